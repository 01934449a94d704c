"""Who takes a break: until the end of the day that they named, where they are."""

import datetime as dt
from zoneinfo import available_timezones

from django.db.models import Q

from .zones import zone_named

DAY = dt.timedelta(days=1)


def on_break(at, *, person=""):
    """A condition: `person` (the way to them, such as "person__") takes a break at the UTC time `at`.

    The day is everybody's own: at any moment some are a day ahead of UTC, and others behind.
    """
    today = at.astimezone(dt.UTC).date()
    until, zone = f"{person}break_until", f"{person}time_zone__in"
    is_today = Q(**{until: today}) & ~Q(**{zone: _zones_on(today + DAY, at)})
    is_yesterday = Q(**{until: today - DAY, zone: _zones_on(today - DAY, at)})
    return Q(**{f"{until}__gt": today}) | is_today | is_yesterday


def _zones_on(date, at):
    """The names of the time zones in which `at` falls on `date`."""
    return [name for name in available_timezones() if at.astimezone(zone_named(name)).date() == date]
