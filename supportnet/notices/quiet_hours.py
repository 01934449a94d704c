"""When somebody may be told: nobody's phone lights up at night for what can wait.

Every calculation of hours for a person starts here: by their own clock, on both sides of a clock change.
"""

from datetime import UTC, datetime, time, timedelta

from dateutil.tz import datetime_ambiguous

DAY = timedelta(days=1)


def quiet_hours_around(reader, at):
    """`(start, end)` in UTC of the reader's quiet hours that hold `at`, on their own clock; else None."""
    return next((hours for hours in _nights(reader, at) if hours[0] <= at < hours[1]), None)


def quiet_until(reader, at):
    """The end of the reader's quiet hours if `at` falls into them, else None."""
    hours = quiet_hours_around(reader, at)
    return hours and hours[1]


def may_tell_from(reader, at, *, of_new=False):
    """The first moment from `at` on at which the reader may be told of what can wait for it.

    `of_new`: of something that they have not promised yet, so not while they take a break either.
    """
    if of_new and reader.break_until:
        over = datetime.combine(reader.break_until + DAY, time(), tzinfo=reader.zone).astimezone(UTC)
        at = max(at, over)
    return quiet_until(reader, at) or at


def awake_later(reader, at, length):
    """The moment by which `length` has passed since `at`, of hours in which the reader may be told."""
    at = may_tell_from(reader, at)
    while (night := _next_night(reader, at)) and at + length > night[0]:
        length -= night[0] - at
        at = may_tell_from(reader, night[1])
    return at + length


def awake_between(reader, start, end):
    """How much of the time from `start` to `end` the reader may be told."""
    awake, at = timedelta(0), may_tell_from(reader, start)
    while at < end:
        night = _next_night(reader, at)
        awake += min(night[0] if night else end, end) - at
        at = may_tell_from(reader, night[1]) if night else end
    return awake


def _next_night(reader, at):
    """The first quiet hours that begin at `at` or later, None for somebody without any."""
    return next((hours for hours in _nights(reader, at) if hours[0] >= at and hours[0] < hours[1]), None)


def _nights(reader, at):
    """The quiet hours that begin on the day before `at`, on its day and on the two after it; none where there are none.

    Of an hour that the clocks show twice the first begins them, and the last ends them.
    """
    start, end = reader.quiet_from, reader.quiet_until
    if start == end:
        return
    today, length = at.astimezone(reader.zone).date(), DAY if start > end else timedelta(0)
    for date in (today - DAY, today, today + DAY, today + 2 * DAY):
        ends = datetime.combine(date + length, end, tzinfo=reader.zone)
        if datetime_ambiguous(ends):
            ends = ends.replace(fold=1)
        yield datetime.combine(date, start, tzinfo=reader.zone).astimezone(UTC), ends.astimezone(UTC)
