"""What the files in `categories` are written with: kinds, doorstep wishes, and what a category says of itself."""

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from circles.models.membership import Ring


class RequestKind(models.TextChoices):
    """The three kinds of support; every help request is of exactly one."""

    EMOTIONAL = "emotional", _("Emotional")
    INSTRUMENTAL = "instrumental", _("Practical")
    INFORMATIONAL = "informational", _("Advice")


class Doorstep(models.TextChoices):
    """What the asker wishes for when somebody comes to the door."""

    LEAVE = "leave", _("Leave it, don't ring")
    HELLO = "hello", _("A short hello")
    STAY = "stay", _("Please stay a while")


class Reach(models.TextChoices):
    """Who sees a field of the ladder besides whoever asks; each sees what those before see, and more see it."""

    KEEPERS = "keepers", _("Only the keepers of the circle")
    HELPERS = "helpers", _("Those who come, until a day afterwards")
    INNER = "inner", _("The people nearest to me")
    CLOSE = "close", _("Those who know me well")
    EVERYONE = "everyone", _("Everyone in the circle who sees it")

    @classmethod
    def said(cls, reaches, field):
        """What the stored `reaches` say of `field`; what they do not say, or nobody knows, is those who come."""
        reach = reaches.get(field) if isinstance(reaches, dict) else None
        return cls(reach) if reach in cls.values else cls.HELPERS


@dataclass(frozen=True)
class Ask:
    """One thing that a category asks besides, kept in `HelpRequest.details` by its `name`.

    `shape` is line, words, number, clock or tick. `most` limits the length of a text, or a number.
    """

    name: str
    label: str
    shape: str = "line"
    help: str = ""
    required: bool = False
    most: int = 120


@dataclass(frozen=True)
class Entry:
    """A category: what it is called, what usually goes with it, and the few things that it asks.

    `order` is its place among those of its kind. `ring` is who is asked first. `may_be_quiet`: the asker's name may
    stay unsaid until they accept somebody, which is never so for tasks in a home or with children. `needs_checked`: in
    a community only for helpers whom a keeper has checked, unless the asker says otherwise. `safety` is a word for
    whoever asks and helps. `heading` stands above what it asks besides.
    """

    value: str
    label: str
    kind: str
    order: int
    example: str
    doorstep: str = ""
    hour: int = 10
    minutes: int = 60
    ring: int = Ring.EVERYONE
    may_be_quiet: bool = False
    needs_checked: bool = False
    safety: str = ""
    heading: str = ""
    asks: tuple = ()

    def times(self):
        """What the fields of a time say at first, in the wall time of whoever asks."""
        start = dt.datetime.combine(dt.date.min, dt.time(self.hour))
        end = start + dt.timedelta(minutes=self.minutes)
        return {
            "start": start.time(),
            "end": end.time(),
            "local_start": start.time(),
            "minutes": self.minutes,
        }
