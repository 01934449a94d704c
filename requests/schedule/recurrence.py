"""Local wall time in, UTC at rest: "every Monday at six" is six on both sides of a clock change (RFC 5545, 3.3.10)."""

import datetime as dt
from itertools import islice

from dateutil.rrule import MO, MONTHLY, WEEKLY, rrule
from dateutil.tz import datetime_ambiguous, datetime_exists

# A year of days: what repeats longer is asked for again.
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


def dates(*, starts_on, until=None, count=None, weekdays=(), every=1, month_day=None, short="skip", skips=()):
    """The local dates of a pattern from `starts_on` on, as far as `until` (included) or `count` of them, less `skips`.

    Either on `weekdays` (ISO: Monday is 1) of every `every`-th week, counted from the first that comes; or on
    `month_day` of every `every`-th month, where a shorter month is left out or, with `short="last"`, has its last day
    instead. Days left out count (RFC 5545, 3.8.5.1). At most `MOST_OCCURRENCES` + 1 are calculated.
    """
    if month_day:
        pattern = {"freq": MONTHLY, "bymonthday": month_day}
        if short == "last":
            # Of the days 28 to N that the month has, the last one.
            pattern |= {"bymonthday": range(min(28, month_day), month_day + 1), "bysetpos": -1}
    elif weekdays:
        pattern = {"freq": WEEKLY, "byweekday": [day - 1 for day in weekdays], "wkst": MO}
        starts_on += dt.timedelta(days=min((day - starts_on.isoweekday()) % 7 for day in weekdays))
    else:
        return []
    rule = rrule(
        **pattern,
        interval=every,
        dtstart=dt.datetime.combine(starts_on, dt.time()),
        **({"count": count} if count else {"until": dt.datetime.combine(until, dt.time())}),
    )
    found, skipped = islice(rule, MOST_OCCURRENCES + 1), set(skips)
    return [moment.date() for moment in found if moment.date() not in skipped]


def occurrences(*, local_start, minutes, zone, all_day=False, **pattern):
    """`(date, starts_at, ends_at)` for every date of the `pattern` (see `dates`), times in UTC.

    `minutes` is the length by the clock on the wall: a night from 22:00 to 06:00 ends at 06:00 also when the clocks
    change in it, and then lasts longer or shorter; `all_day` is from one local midnight to the next. Raises
    `NoSuchTime` or `TimeTwice` if a date has no such wall time, or has it twice.
    """
    for date in dates(**pattern):
        yield date, *times_on(date, local_start=local_start, minutes=minutes, all_day=all_day, zone=zone)


def times_on(date, *, local_start, minutes, zone, all_day=False):
    """Start and end in UTC on a local date; as `occurrences`."""
    if all_day:
        return end_of_day(date - dt.timedelta(days=1), zone), end_of_day(date, zone)
    starts_at = in_utc(date, local_start, zone)
    return starts_at, end_by_the_wall(date, local_start, minutes, zone=zone, starts_at=starts_at)


def end_by_the_wall(date, local_start, minutes, *, zone, starts_at):
    """The UTC end of what lasts from `local_start` on `date` for so many minutes by the clock on the wall.

    An end that the clocks skip is calculated as if they did not, and of one that comes twice it is the first (RFC 5545,
    3.3.5); where that would not be after `starts_at`, so many minutes pass.
    """
    length = dt.timedelta(minutes=minutes)
    ends = (dt.datetime.combine(date, local_start) + length).replace(tzinfo=zone).astimezone(dt.UTC)
    return ends if ends > starts_at else starts_at + length
