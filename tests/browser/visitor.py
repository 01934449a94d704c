"""Somebody in front of a browser window, who reads, fills in and presses."""

import re

from playwright.sync_api import expect

# Chromium reports every answer that is no success as an error; these are answers that pages give on purpose.
MEANT = re.compile(r"the server responded with a status of (403|404|409|410|422)")

NAME_OF_FOCUS = """() => {
    const here = document.activeElement;
    return here.labels?.[0]?.textContent ?? here.getAttribute("aria-label") ?? here.textContent ?? "";
}"""
FOCUS_IS_SEEN = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
}"""


class Visitor:
    """One window. `troubles` collects errors of scripts, violations of the policy, and error pages."""

    def __init__(self, context, house):
        self.context, self.house = context, house
        self.troubles = []
        self.page = context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("response", self._answered)

    def _said(self, message):
        if message.type in ("error", "warning") and not MEANT.search(message.text):
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _answered(self, response):
        if response.status >= 500:
            self.troubles.append(f"{response.status} {response.url}")

    def go(self, path):
        """Open a page; returns the status."""
        return self.page.goto(path).status

    def read(self):
        """The words of the page, without header and footer."""
        return self.page.locator("main").inner_text()

    def sees(self, words):
        """Wait until the page says `words`."""
        expect(self.page.locator("main")).to_contain_text(words)

    def fill(self, **fields):
        """Fill in fields by their names: text, choices and ticks."""
        for name, value in fields.items():
            field = self.page.locator(f'main [name="{name}"]')
            if field.first.get_attribute("type") in ("radio", "checkbox"):
                for one in value if isinstance(value, list) else [value]:
                    (field if one is True else field.and_(self.page.locator(f'[value="{one}"]'))).check(
                        force=True
                    )
            elif field.first.evaluate("field => field.tagName") == "SELECT":
                field.first.select_option(value)
            else:
                field.first.fill(value)

    def press(self, name):
        """Press the button or follow the link of that name, and wait for what comes."""
        named = re.compile(rf"^\s*{re.escape(name)}(?!\w)")
        button = self.page.locator("main, #container").get_by_role("button", name=named)
        link = self.page.locator("main, #container").get_by_role("link", name=named)
        button.or_(link).first.click()
        self.page.wait_for_load_state("load")

    def tab_to(self, name):
        """Press Tab until the button, link or field of that name has the focus, and see that it shows it."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(NAME_OF_FOCUS).strip().startswith(name):
                assert self.page.evaluate(FOCUS_IS_SEEN), name
                return
        raise AssertionError(f"Tab does not lead to {name!r}.")

    def come_in(self, address):
        """Go to the door, get a code and enter it."""
        self.go("/accounts/login/")
        self.come_in_here(address)

    def come_in_here(self, address):
        """Get a code and enter it; ends on the page that one came for."""
        self.fill(email=address)
        self.press("Mail me a code")
        self.enter_code(address)

    def enter_code(self, address):
        """Type the code from the latest mail to `address`."""
        self.fill(code=self.house.mail_to(address, "code").code)
        self.press("Go on")
