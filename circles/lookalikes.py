"""Names that look like another's: a Cyrillic О among Latin letters, a capital I for a small l.

Two names look alike when their skeletons are the same (UTS 39, section 4). The table of characters that are drawn alike
is Unicode's own, from the package confusable-homoglyphs: data alone, kept since 2016, without the build that ICU's
spoof checker wants. Whatever looks alike in it is one class here; a skeleton is made of one of each.
"""

import re
import unicodedata
from functools import cache
from itertools import islice, product

from confusable_homoglyphs.confusables import confusables_data

# ASCII alone, and no capital within a word: a capital I cannot pass for a small l there.
PLAIN = re.compile(r"[A-Z][a-z]*(?:[ -][A-Z][a-z]*)*")
WORDS = re.compile(r"[^\W_]+")
# Two small letters that are drawn like one. The table has the first alone; at the beginning of a name "Cl" is no "D".
TOGETHER = [(r"rn", "m"), (r"vv", "w"), (r"(?<=\w)cl", "d")]
# The pairs of `TOGETHER` the other way round, to look up how a plain name could be written otherwise.
APART = {"m": "rn", "w": "vv", "d": "cl"}
TWO, EITHER = re.compile(r"(?<=\w)(rn|vv|cl)"), re.compile(r"(?<=\w)(rn|vv|cl|[mwd])")
# n such places have 2^n spellings: up to six are looked up in full, of more the first 64 alone.
MOST_SPELLINGS = 64
MARKS_AROUND = "\u200e\u200f"  # the table is made for reading and keeps the line straight by these


def skeletons(name):
    """How `name` looks, as it is written and in small letters: two names look alike that share one."""
    composed = unicodedata.normalize("NFC", name)
    return {_drawn(composed), _drawn(composed.casefold())}


def _drawn(name):
    drawn = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).translate(_drawn_alike()))
    drawn = " ".join(drawn.casefold().split())
    for two, one in TOGETHER:
        drawn = re.sub(two, one, drawn)
    return drawn


def _plain(name):
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def is_plain(name):
    """Whether it is written as nobody writes who wants to be taken for somebody: in plain Latin letters, large ones
    at the beginning of a word alone. It saves a look at all the others."""
    return bool(PLAIN.fullmatch(name))


def may_be_the_same(name, other):
    """Whether two names may be of one person: alike as they look, or all the words of the one are in the other."""
    return any(one <= two or two <= one for one in _word_sets(name) for two in _word_sets(other))


def _word_sets(name):
    """The words of each of the ways it looks, without marks; of initials it is not known what they stand for."""
    spelled = ("".join(c for c in drawn if unicodedata.category(c) != "Mn") for drawn in skeletons(name))
    split = [WORDS.findall(drawn.replace("'", "")) for drawn in spelled]
    return [
        frozenset(word for word in words if len(word) > 1) or frozenset(words) for words in split if words
    ]


def respelled(name, *, both_ways=True):
    """The other ways, in small letters, to write a plain name with one letter for two; `both_ways`: or two for one."""
    parts = (EITHER if both_ways else TWO).split(name)
    pairs = APART | {two: one for one, two in APART.items()}
    ways = [[part, pairs[part]] if part in pairs else [part] for part in parts]
    spellings = {"".join(way).casefold() for way in islice(product(*ways), MOST_SPELLINGS)}
    return spellings - {name.casefold()}


def looking_like(names, others):
    """{name: the first of `others` that looks like it and is written otherwise} for those of `names` that have one.

    People who share a name write it alike, and are told apart by other things.
    """
    known = {}
    for other in others:
        for skeleton in skeletons(other):
            known.setdefault(skeleton, set()).add(other)
    found = {}
    for name in names:
        near = set().union(*(known.get(skeleton, ()) for skeleton in skeletons(name)))
        if alike := sorted(other for other in near if _plain(other) != _plain(name)):
            found[name] = alike[0]
    return found


@cache
def _drawn_alike():
    """{code point: what stands for its class}, for `str.translate`."""
    classes = {}
    for source, alike in confusables_data.items():
        members = {source.strip(MARKS_AROUND), *(one["c"].strip(MARKS_AROUND) for one in alike)}
        joined = members.union(*(classes.get(member, ()) for member in members))
        classes |= dict.fromkeys(joined, joined)
    return {ord(one): min(members, key=_simplest) for one, members in classes.items() if len(one) == 1}


def _simplest(drawn):
    """Letters of ASCII before the rest, one character before two, lower case before upper."""
    return not (drawn.isascii() and drawn.isalpha()), len(drawn), not drawn.islower(), drawn
