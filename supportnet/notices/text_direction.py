"""What people typed, kept from turning the line around it (Unicode, UAX 9; W3C, "Inline markup and bidi text").

A name in Arabic with a number behind it, in an English sentence, takes the number, the comma and the next name along to
its own side. Isolated it stays a single thing in the line: by `<bdi>` in markup, by FSI … PDI where no markup can be.

What reads in the direction of the page anyway is left as it is, so that mails can be searched.
"""

import re

from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeData, SafeString

# Isolates and their end (UAX 9, 2.4 and 2.5): what stands between two of them turns nothing around it.
LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
PDF = "\u202c"
# Letters that run from right to left, and what Unicode keeps free for more of them (DerivedBidiClass.txt).
RIGHT_TO_LEFT = "\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff"
# Marks that change how all that follows is read, until another ends it.
CONTROLS = "\u202a-\u202e\u2066-\u2069"
RUNS_LEFT = re.compile(f"[{RIGHT_TO_LEFT}]")
RUNS_RIGHT = re.compile(rf"(?![{RIGHT_TO_LEFT}])[^\W\d_]")
CONTROL = re.compile(f"[{CONTROLS}]")
# Embeddings and overrides end with PDF, isolates with PDI (UAX 9, 2.3 and 2.5).
ENDED_BY = dict.fromkeys("\u202a\u202b\u202d\u202e", PDF) | dict.fromkeys((LRI, RLI, FSI), PDI)


def typed(**values):
    """`values` as they are put into a sentence: `_("Welcome to %(circle)s.") % typed(circle=circle)`."""
    return {name: isolated(value) for name, value in values.items()}


def isolated(value):
    """`value` between FSI and PDI on each of its lines, if it could disturb a line in the language of this moment."""
    if isinstance(value, (int, float, Promise, SafeData)):
        return value
    return in_characters(str(value))


def joined(values, between=", "):
    """`values` in one line, each isolated."""
    return between.join(str(isolated(value)) for value in values)


def in_characters(text):
    """The plain `text`, isolated line by line: a paragraph's end is the end of any isolate."""
    if not disturbs(text) or is_address(text):
        return text
    return "\n".join(_line_in_characters(line) if disturbs(line) else line for line in text.split("\n"))


def in_markup(html):
    """The escaped `html` of a text, in `<bdi>`."""
    if not disturbs(html):
        return html
    side = _own_side(html) or "auto"
    return SafeString(f'<bdi dir="{side}">{balanced(html)}</bdi>')


def disturbs(text):
    """Whether `text` has letters that run against the page, or would be turned by it, as a telephone number is."""
    if translation.get_language_bidi():
        return bool(RUNS_RIGHT.search(text) or CONTROL.search(text) or _is_of_numbers(text))
    return not text.isascii() and bool(RUNS_LEFT.search(text) or CONTROL.search(text))


def is_address(text):
    """Whether it is a link alone, or the path at the end of one, which nothing may be added to."""
    return text.startswith(("http://", "https://", "/")) and not any(letter.isspace() for letter in text)


def balanced(text):
    """`text` with every control in it ended on its line, and no end of what it did not begin."""
    if not CONTROL.search(text):
        return text
    kept, begun = [], []
    for letter in text:
        if letter == "\n":
            kept += [ENDED_BY[open] for open in reversed(begun)]
            begun = []
        elif letter in ENDED_BY:
            begun.append(letter)
        elif letter in (PDF, PDI):
            if not begun or ENDED_BY[begun[-1]] != letter:
                continue
            begun.pop()
        kept.append(letter)
    return "".join([*kept, *(ENDED_BY[open] for open in reversed(begun))])


def _line_in_characters(line):
    begin = {"ltr": LRI, "rtl": RLI, "": FSI}[_own_side(line)]
    return f"{begin}{balanced(line)}{PDI}"


def _own_side(text):
    """The side from which `text` is read; "" to go by its first letter.

    A sentence of ours with something isolated in it goes by the page: HTML would take the first letter in the isolate.
    """
    if FSI in text:
        return "rtl" if translation.get_language_bidi() else "ltr"
    return "" if RUNS_LEFT.search(text) or RUNS_RIGHT.search(text) else "ltr"


def _is_of_numbers(text):
    return not text.isalnum() and any(letter.isdigit() for letter in text) and not RUNS_LEFT.search(text)
