"""What can be asked for, by kind, and what each category brings along."""

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


class Category(models.TextChoices):
    """One specific thing to ask for."""

    MEAL = "meal", _("Meals")
    RIDE = "ride", _("Ride")
    COMPANY = "company", _("Company to an appointment")
    CHILDCARE = "childcare", _("Childcare")
    GROCERIES = "groceries", _("Groceries and errands")
    PETS = "pets", _("Pets")
    CHORES = "chores", _("Chores and repairs")
    PAPERWORK = "paperwork", _("Paperwork")
    MOVING = "moving", _("Moving")
    SERVICE = "service", _("A gifted service")
    OTHER = "other", _("Something else")

    CALL = "call", _("A listening ear")
    WALK = "walk", _("A walk")
    SIT = "sit", _("Sit with me")
    WRITE = "write", _("Write to me")
    ALONG = "along", _("Come along")
    THOUGHT = "thought", _("A prayer or a thought")

    QUESTION = "question", _("A question")


@dataclass(frozen=True)
class Habit:
    """What usually goes with a category; the form starts from it.

    `ring` is who is asked first. `may_be_quiet`: the asker's name may stay unsaid until they accept somebody, which is
    never so for tasks in a home or with children.
    """

    kind: str
    doorstep: str = ""
    hour: int = 10
    minutes: int = 60
    ring: int = Ring.EVERYONE
    may_be_quiet: bool = False

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


HABITS = {
    Category.MEAL: Habit(RequestKind.INSTRUMENTAL, Doorstep.LEAVE, hour=18),
    Category.RIDE: Habit(RequestKind.INSTRUMENTAL, Doorstep.HELLO, minutes=120),
    Category.COMPANY: Habit(RequestKind.INSTRUMENTAL, Doorstep.HELLO, minutes=120, may_be_quiet=True),
    Category.CHILDCARE: Habit(RequestKind.INSTRUMENTAL, Doorstep.STAY, hour=15, minutes=180, ring=Ring.INNER),
    Category.GROCERIES: Habit(RequestKind.INSTRUMENTAL, Doorstep.HELLO),
    Category.PETS: Habit(RequestKind.INSTRUMENTAL, Doorstep.HELLO, minutes=30),
    Category.CHORES: Habit(RequestKind.INSTRUMENTAL, Doorstep.HELLO, minutes=120),
    Category.PAPERWORK: Habit(RequestKind.INSTRUMENTAL, Doorstep.STAY, minutes=120),
    Category.MOVING: Habit(RequestKind.INSTRUMENTAL, Doorstep.HELLO, minutes=240),
    Category.SERVICE: Habit(RequestKind.INSTRUMENTAL, Doorstep.HELLO),
    Category.OTHER: Habit(RequestKind.INSTRUMENTAL, Doorstep.HELLO),
    Category.CALL: Habit(RequestKind.EMOTIONAL, hour=19, minutes=30, ring=Ring.INNER, may_be_quiet=True),
    Category.WALK: Habit(RequestKind.EMOTIONAL, hour=17, ring=Ring.INNER, may_be_quiet=True),
    Category.SIT: Habit(RequestKind.EMOTIONAL, Doorstep.STAY, hour=17, minutes=120, ring=Ring.INNER),
    Category.WRITE: Habit(RequestKind.EMOTIONAL, ring=Ring.INNER, may_be_quiet=True),
    Category.ALONG: Habit(
        RequestKind.EMOTIONAL, Doorstep.HELLO, minutes=120, ring=Ring.INNER, may_be_quiet=True
    ),
    Category.THOUGHT: Habit(RequestKind.EMOTIONAL, ring=Ring.INNER, may_be_quiet=True),
    Category.QUESTION: Habit(RequestKind.INFORMATIONAL, may_be_quiet=True),
}


def categories_of(kind):
    """The categories of one kind, in the order in which they are offered."""
    return [category for category, habit in HABITS.items() if habit.kind == kind]


QUIET = [category for category, habit in HABITS.items() if habit.may_be_quiet]
