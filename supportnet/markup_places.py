"""Where in the markup of a template a value is shown."""

import re

from supportnet.notices import text_direction

SHOWN = {"title", "aria-label", "aria-description", "alt", "placeholder"}  # attributes that people read
BARE = {"title": text_direction.in_characters, "option": text_direction.in_characters} | dict.fromkeys(
    ("textarea", "script", "style")
)  # elements without markup in them, and what isolates there
TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*|$)")
WITHIN_TAG = re.compile(r"""([^\s=>"'/]+)\s*=\s*(["'])|(>)""")


class Place:
    """Where in a page one stands, after the pieces of it that were read."""

    def __init__(self, *, plain=False):
        self.plain = plain
        self.tag = self.attribute = self.quote = self.element = None

    def read(self, text):
        """Go on behind `text`."""
        at = 0
        while at is not None:
            at = self._next(text, at)

    @property
    def isolate(self):
        """What isolates a text printed here; None where nothing may."""
        if self.plain:
            return text_direction.in_characters
        if self.attribute:
            return text_direction.in_characters if self.attribute in SHOWN else None
        return None if self.tag else BARE.get(self.element, text_direction.in_markup)

    def _next(self, text, at):
        """Where to read on in `text` behind what changes the place; None at its end."""
        if self.attribute:
            end = text.find(self.quote, at)
            return None if end < 0 else self._leave_attribute(end + 1)
        found = (WITHIN_TAG if self.tag else TAG).search(text, at)
        if not found:
            return None
        if not self.tag:
            self.tag = found[1] + found[2].lower() or "<"  # what it is called may be printed next
        elif found[3]:
            self._leave_tag()
        else:
            self.attribute, self.quote = found[1].lower(), found[2]
        return found.end()

    def _leave_attribute(self, at):
        self.attribute = self.quote = None
        return at

    def _leave_tag(self):
        if self.tag.lstrip("/") in BARE:
            self.element = None if self.tag.startswith("/") else self.tag
        self.tag = None
