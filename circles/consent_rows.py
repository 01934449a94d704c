"""What somebody lays open by saying yes: row by row, who would see what.

Each room adds its sections to the page on which the person decides (see `circles.views.consent`), and to the stamp of
what they saw there.
"""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing that would be seen, or somebody who would see it. Without a `key` it can't be struck out."""

    what: str
    said: str = ""
    who: str = ""
    key: str = ""


@dataclass(frozen=True)
class Section:
    """Rows of one kind. Of what is `needed` at least one row must be left."""

    title: str
    rows: tuple
    intro: str = ""
    needed: bool = False

    def keys(self):
        """What can be struck out."""
        return {row.key for row in self.rows if row.key}


class ChangedMeanwhile(Exception):
    """What is asked is not what was on the page any more: whoever says yes looks once more."""


class NobodyLeft(Exception):
    """Everybody who would be asked was struck out."""


class Room:
    """What one room knows of a consent. A subclass is registered once, and every room is asked."""

    def circle(self, consent):
        """The circle whose people ask, where it is this room that knows it."""

    def lock(self, consent, *, at):
        """Hold every row that `words` and `sections` are read from until the transaction ends."""

    def words(self, consent):
        """All that is asked as the database has it, for `stamp`: what can be sorted and written as text."""
        return []

    def sections(self, consent, at):
        """The sections of the page."""
        return []


_rooms = []


def register(room):
    """Class decorator: ask this room, too."""
    _rooms.append(room())
    return room


def circle_of(consent):
    """The circle whose people ask, or None while there is none."""
    return next(filter(None, (room.circle(consent) for room in _rooms)), None)


def lock(consent, *, at):
    """Hold all that is asked as it is now; the consent itself is held already. Circles before requests."""
    for room in _rooms:
        room.lock(consent, at=at)


def stamp(consent):
    """All that is asked, in one short word: whoever agrees agrees to what they saw, and to nothing newer.

    Read from the rows and not from the page, which says "tomorrow" and "three more": the stamp covers what is
    published, in whatever language it was read. Take it before `sections_of`.
    """
    words = [
        consent.name,
        consent.how_they_know,
        consent.asked_by_id,
        consent.asked_by.name,
        *(room.words(consent) for room in _rooms),
    ]
    return hashlib.sha256(json.dumps(words, default=str).encode()).hexdigest()[:16]


def sections_of(consent, at):
    """What the person sees before they agree, of every room; nothing where there is nothing to agree to."""
    return [section for room in _rooms for section in room.sections(consent, at)]


def checked(consent, struck, *, seen, at):
    """Of the keys `struck` those that are there to strike. Call it with everything held (`lock`).

    Raises `ChangedMeanwhile` where `seen` is not what is asked now, and `NobodyLeft`. Who reads no page (None) strikes
    as they say.
    """
    if seen is None:
        return set(struck)
    if seen != stamp(consent):
        raise ChangedMeanwhile
    sections = sections_of(consent, at)
    if leaves_nobody(sections, set(struck)):
        raise NobodyLeft
    return set(struck) & {key for one in sections for key in one.keys()}


def leaves_nobody(sections, struck):
    """Whether nothing of what is needed would be left."""
    return any(section.needed and section.keys() and section.keys() <= struck for section in sections)
