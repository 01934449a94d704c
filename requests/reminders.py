"""When a helper is reminded of a promise, by their own clock, on both sides of a clock change."""

import datetime as dt

from supportnet.notices.quiet import quiet_hours_around

AFTERWARDS_AT = dt.time(9)
SOON = dt.timedelta(hours=2)
DAY = dt.timedelta(days=1)
MOMENT = dt.timedelta(microseconds=1)
IN_GOOD_TIME = dt.timedelta(minutes=30)


def times(slot, person, *, promised_at):
    """`(evening before, two hours before, morning after)` in UTC for a promise made at `promised_at`; each may be None.

    "Any time before" a day counts as that last day, without a second reminder; "whenever suits" has none.
    A promise made after a reminder's time gets none.
    """
    if slot.deadline is None:
        return None, None, None
    evening = _useful(evening_before(slot.deadline, person), slot, person, promised_at)
    soon = None
    if person.remind_two_hours and slot.starts_at:
        soon = _useful(slot.starts_at - SOON, slot, person, promised_at)
    return (
        evening,
        (soon if soon != evening else None),
        morning_after(slot.ends_at, person),
    )


def evening_before(deadline, person):
    """The UTC time of the person's reminder hour on the local day before `deadline`."""
    date = deadline.astimezone(person.zone).date() - DAY
    return _local(date, person.remind_at, person)


def morning_after(ends_at, person):
    """The UTC time of nine in the morning, where the person is, on the day after `ends_at`; midnight ends a day."""
    return _local((ends_at - MOMENT).astimezone(person.zone).date() + DAY, AFTERWARDS_AT, person)


def _useful(due, slot, person, promised_at):
    """`due`, or outside the quiet hours: half an hour before them, else as they end, never after the start.

    On the stroke of the quiet hours it would be too late: a sweep queues it, and a deliverer finds them begun.
    """
    hours = quiet_hours_around(person, due)
    if hours is None:
        return due if promised_at < due else None
    before, after = hours[0] - IN_GOOD_TIME, hours[1]
    if promised_at < before:
        return before
    return after if promised_at < after < slot.deadline else None


def _local(date, clock, person):
    """The UTC time of a local date and clock; a time that the clocks skip becomes the moment after the gap."""
    return dt.datetime.combine(date, clock, tzinfo=person.zone).astimezone(dt.UTC)
