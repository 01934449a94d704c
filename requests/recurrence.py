"""Local wall time in, UTC at rest: "every Monday at six" is six on both sides of a clock change (RFC 5545, 3.3.10)."""

import datetime as dt

from dateutil.rrule import WEEKLY, rrule
from dateutil.tz import datetime_ambiguous, datetime_exists

MOST_OCCURRENCES = 366


class NoSuchTime(ValueError):
    """The clocks skip this local time. `local` is the naive local datetime."""

    def __init__(self, local):
        super().__init__(local)
        self.local = local


class TimeTwice(NoSuchTime):
    """The clocks show this local time twice."""


def in_utc(date, time, zone):
    """The UTC datetime of a local date and wall time. Raises `NoSuchTime`, or `TimeTwice` where it is ambiguous."""
    local = dt.datetime.combine(date, time)
    aware = local.replace(tzinfo=zone)
    if not datetime_exists(aware):
        raise NoSuchTime(local)
    if datetime_ambiguous(aware):
        raise TimeTwice(local)
    return aware.astimezone(dt.UTC)


def end_of_day(date, zone):
    """The UTC datetime at which the local `date` is over: the next local midnight, or the first moment after it."""
    return dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), tzinfo=zone).astimezone(dt.UTC)


def dates(*, weekdays, starts_on, until, skips=()):
    """The local dates on `weekdays` (ISO: Monday is 1) from `starts_on` to `until`, both included, without `skips`."""
    rule = rrule(
        WEEKLY,
        byweekday=[day - 1 for day in weekdays],
        dtstart=dt.datetime.combine(starts_on, dt.time()),
        until=dt.datetime.combine(until, dt.time()),
    )
    skipped = set(skips)
    return [moment.date() for moment in rule if moment.date() not in skipped] if weekdays else []


def occurrences(*, weekdays, starts_on, until, local_start, minutes, zone, skips=()):
    """`(date, starts_at, ends_at)` for every date of the pattern, times in UTC; `minutes` is the length that passes.

    Raises `NoSuchTime` or `TimeTwice` if a date has no such wall time, or has it twice.
    """
    length = dt.timedelta(minutes=minutes)
    for date in dates(weekdays=weekdays, starts_on=starts_on, until=until, skips=skips):
        starts_at = in_utc(date, local_start, zone)
        yield date, starts_at, starts_at + length
