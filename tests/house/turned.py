"""Words that run against the page, and whether each is isolated where it stands."""

import re
from html.parser import HTMLParser

from supportnet.markup_places import SHOWN

# In pages of the language: what would take a comma and the next name along to its own side.
AGAINST = {"en": "سلام (2)", "ar": "Bo (2)"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
OF_DJANGO = "Change history: "  # a heading that ends with the name, isolated as a whole
UNSEEN = {"script", "style", "template"}
NOT_TYPED_INTO = {"hidden", "checkbox", "radio", "submit"}


def loose(text, word):
    """How often `word` stands in the plain `text` without isolation of its very own."""
    return re.sub(f"[\u2066-\u2068]{re.escape(word)}\u2069", "", text).count(word)


class Turned(HTMLParser):
    """`loose` are the places in a page where `word` could turn its line; `seen` counts all of them."""

    def __init__(self, html, word):
        super().__init__()
        self.word, self.loose, self.seen, self.open = word, [], 0, [("", {})]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.loose += [f"{tag} {name}" for name in found if "<" in name]
        for name, value in attributes:
            if self.word in (value or ""):
                self._judge(tag, name, value, found)
        if tag not in VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag):
        while tag in (name for name, _ in self.open) and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tag, attributes = self.open[-1]
        if self.word not in data or tag in UNSEEN:
            return
        self.seen += 1
        isolates = tag == "bdi" or attributes.get("dir") == "auto" or self._is_a_cell()
        if data.strip()[1:].startswith(OF_DJANGO):
            return
        if not (isolates and data.strip() == self.word) and loose(data, self.word):
            self.loose.append(f"<{tag}> {data.strip()[:90]}")

    def _is_a_cell(self):
        """Whether it is a whole block of the panel, as Django draws it; the link in it counts for it."""
        tag, attributes = next(found for found in reversed(self.open) if found[0] != "a")
        return tag in ("td", "th") or attributes.get("class") == "readonly"

    def _judge(self, tag, name, value, attributes):
        # Django's own box beside a row is named for those who listen, and is not drawn.
        if name in SHOWN and attributes.get("class") != "action-select":
            self.seen += 1
            if loose(value, self.word):
                self.loose.append(f"{tag}[{name}] {value[:90]}")
        elif name == "value" and tag == "input" and attributes.get("type") not in NOT_TYPED_INTO:
            self.seen += 1
            if attributes.get("dir") not in ("auto", "ltr"):
                self.loose.append(f"input[{attributes.get('name')}] {value[:90]}")
