"""A month as a page of a calendar: its weeks, its neighbours, and what they are called. Pure."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils import dateformat
from django.utils.formats import get_format
from django.utils.translation import get_language, pgettext

from circles import time_text

# What may stand in an address; further away a digit must be wrong.
NAMED = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
DAY = dt.timedelta(days=1)
# What ends at midnight ends on the day before: its last moment is one tick earlier.
TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Month:
    """One month of one year."""

    year: int
    number: int

    @classmethod
    def of(cls, date):
        """The month in which `date` lies."""
        return cls(date.year, date.month)

    @classmethod
    def named(cls, text, *, today):
        """The month that `text` names ("2026-12"); the one of `today` where it names none."""
        found = NAMED.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else cls.of(today)

    @property
    def first(self):
        """Its first date."""
        return dt.date(self.year, self.number, 1)

    @property
    def last(self):
        """Its last date."""
        return dt.date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def previous(self):
        """The month before, or None where no address names it."""
        return self._if_named(Month.of(self.first - DAY))

    @property
    def following(self):
        """The month after, or None where no address names it."""
        return self._if_named(Month.of(self.last + DAY))

    def _if_named(self, month):
        return month if NAMED.fullmatch(month.key) else None

    @property
    def key(self):
        """As it stands in an address: "2026-12"."""
        return f"{self.first:%Y-%m}"

    def __str__(self):
        # Translators: Django's date format letters, for "December 2026".
        return dateformat.format(self.first, pgettext("date format", "F Y"))

    @property
    def weeks(self):
        """Lists of seven dates; those of other months are None."""
        weeks = calendar.Calendar(first_weekday()).monthdatescalendar(self.year, self.number)
        return [[date if date.month == self.number else None for date in week] for week in weeks]

    def date(self, text):
        """The date of this month whose day `text` says ("17"), or None."""
        day = int(text) if re.fullmatch(r"[1-9]\d?", text, re.ASCII) else 0
        return self.first.replace(day=day) if 0 < day <= self.last.day else None


def name_of(date, *, today):
    """ "Friday 6 March"."""
    return _name_of(date, today.year == date.year, get_language())


@lru_cache(1024)
def _name_of(date, is_this_year, language):
    return time_text.calendar_day(date, today=date if is_this_year else dt.date.min)


def weekdays():
    """(short name, name) of the days of a week, in its order."""
    days = calendar.Calendar(first_weekday()).monthdatescalendar(2024, 1)[0]
    return [(dateformat.format(day, "D"), dateformat.format(day, "l")) for day in days]


def first_weekday():
    """The day that a week begins with, counted from Monday as 0: as the active language has it.

    English alone is not American here: its weeks begin on Monday, as everywhere in our forms.
    """
    if get_language() == "en":
        return calendar.MONDAY
    return (get_format("FIRST_DAY_OF_WEEK") - 1) % 7
