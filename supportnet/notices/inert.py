"""Words of somebody whom the reader does not know yet: they stay words, and no mail program makes a link of them.

A stranger's mail says in its sender's words how the two know each other, and holds names that people gave themselves.
Mail programs make a link of whatever looks like an address, so the dots of what does are put in brackets, what stands
before "://" goes, and so does what nobody can see. Phones make a link of a number to ring: its first two digits stay.
Days and years are no such number. Done to what is written, so that no template can forget it; the letter's own
addresses stay.
"""

import re
import unicodedata
from itertools import count

DOT = "[.\u3002\uff0e\uff61\u2024]"  # what programs read as the dot of an address (UTS 46, 4.5)
# What hides within an address or turns a line around. Joiners are left alone: scripts need them.
HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Any scheme before "://", also with full-width signs, backslashes or a blank between.
SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{0,30}\s?[:：]\s?[/／\\]+", re.IGNORECASE)
OTHER_SCHEME = re.compile(
    r"\b(?:mailto|tel|sms|callto|facetime|skype|whatsapp|javascript|vbscript|data|file|blob)[:：](?=\S)",
    re.IGNORECASE,
)
# Of a mail address; with a blank before it, as in "see you @home", it is none.
AT = re.compile(r"(?<=\S)[@＠](?=\w)")
BETWEEN_LABELS = re.compile(rf"(?<=\w){DOT}(?=[^\W\d_][^\s.,;:!?()\[\]\"'“”‘’«»&<>])")
# An IPv4 address: `BETWEEN_LABELS` wants a letter behind the dot, and misses it.
FOUR_NUMBERS = re.compile(rf"\b\d{{1,3}}(?:{DOT}\d{{1,3}}){{3}}\b")
# Six digits at least, with what stands between those of a number, and the days and years that look like one.
BETWEEN_DIGITS = r"[ \t\u00a0\u2000-\u200a\u202f().+/\-\u2010-\u2015\u2212\ufe0f\u20e3]{0,3}"
# With a letter right before or behind it, it is something else ("B123456").
NUMBER = re.compile(rf"(?<!\w)[+(]?\d(?:{BETWEEN_DIGITS}\d){{5,}}(?!\w)")
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)?\d\d"
# With the hour behind a date, and two years as a span: `NUMBER` takes either for one number.
DAYS = re.compile(
    rf"(?:{_DAY}([./-]){_MONTH}\1{_YEAR}|{_MONTH}/{_DAY}/{_YEAR}|(?:19|20)\d\d([./-]){_MONTH}\2{_DAY})"
    r"(?:\s\d{1,2}(?:\.\d\d)?)?|(?:19|20)\d\d(?:\s\d{1,2}|\s?[/\-\u2013]\s?(?:19|20)\d\d)"
)
# In HTML only the text between them is anybody's words.
TAGS = re.compile(r"(<[^>]*>)")


def defuse(text, *, keep=()):
    """`text` with nothing in it that becomes a link, but for the addresses in `keep`, where they stand alone."""
    kept = "|".join(re.escape(address) for address in sorted(filter(None, keep), key=len, reverse=True))
    parts = re.split(rf"(?<!\S)({kept})(?!\S)", text) if kept else [text]
    return "".join(part if place % 2 else _defused(part) for place, part in enumerate(parts))


def defuse_html(html):
    """The same for what is read of an HTML page; its tags, and the links in them, are the letter's own."""
    head, body, rest = html.partition("<body")
    parts = TAGS.split(body + rest)
    return head + "".join(part if place % 2 else _defused(part) for place, part in enumerate(parts))


def _defused(text):
    text = OTHER_SCHEME.sub("", SCHEME.sub("", HIDDEN.sub("", text)))
    text = FOUR_NUMBERS.sub(lambda found: re.sub(DOT, "[.]", found[0]), AT.sub("[at]", text))
    return NUMBER.sub(_undialled, BETWEEN_LABELS.sub("[.]", text))


def has_number(text):
    """Whether it holds what a phone would dial."""
    return any(not _is_day(found[0]) for found in NUMBER.finditer(HIDDEN.sub("", text)))


def _is_day(number):
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in number)
    return bool(DAYS.fullmatch(plain))


def _undialled(found):
    """ "+49 30 5550101" is "+49 •• •••••••"."""
    if _is_day(found[0]):
        return found[0]
    seen = count()
    return "".join("•" if sign.isdecimal() and next(seen) > 1 else sign for sign in found[0])
