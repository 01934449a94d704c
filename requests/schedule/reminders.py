"""When a helper is reminded of a promise, by their own clock, on both sides of a clock change."""

import datetime as dt

from supportnet.notices.quiet_hours import may_tell_from, quiet_hours_around

# By the helper's clock: late enough to be awake, early enough to remember.
AFTERWARDS_AT = dt.time(9)
# Time to cook, or to find somebody else.
SOON = dt.timedelta(hours=2)
# Whoever is on their way already needs no reminder.
ON_THE_WAY = dt.timedelta(minutes=15)
# Two reminders within less than this are one; and with less than this to go the first was enough.
APART = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
# What ends at midnight ends on the day before.
MOMENT = dt.timedelta(microseconds=1)
# By the helper's clock it is two days before at most; quiet hours, or a day of another zone, move it by hours.
EVENING_AT_MOST_BEFORE = dt.timedelta(hours=52)
# What would fall into the quiet hours is told so long before they begin.
IN_GOOD_TIME = dt.timedelta(minutes=30)


def times(slot, person, *, promised_at):
    """`(evening before, two hours before, morning after)` in UTC for a promise made at `promised_at`; each may be None.

    "Any time before" a day counts as that last day, without a second reminder; "whenever suits" has none.
    A promise made after a reminder's time gets none.
    """
    if slot.deadline is None:
        return None, None, None
    evening = _useful(evening_before(slot, person), slot, person, promised_at)
    soon = _two_hours_before(slot, person, promised_at)
    if evening and soon and not evening + APART <= soon <= slot.starts_at - APART:
        soon = None
    return evening, soon, morning_after(slot, person)


def evening_before(slot, person):
    """The UTC time of the person's reminder hour on the local day before the slot's; a whole day is its circle's."""
    date = slot.deadline.astimezone(slot.own_zone or person.zone).date() - DAY
    due = _local(date, person.remind_at, person)
    return due if due < slot.deadline else _local(date - DAY, person.remind_at, person)


def morning_after(slot, person):
    """The UTC time of nine in the morning, where the person is, on the day after it ends; midnight ends a day."""
    date = (slot.ends_at - MOMENT).astimezone(slot.own_zone or person.zone).date() + DAY
    due = _local(date, AFTERWARDS_AT, person)
    return due if due >= slot.ends_at else _local(date + DAY, AFTERWARDS_AT, person)


def too_late(slot, *, at):
    """Whether a reminder at the UTC time `at` helps nobody any more: it has begun, or they are on their way.

    Of "whenever suits" nobody is reminded.
    """
    return slot.deadline <= (at + ON_THE_WAY if slot.starts_at else at)


def _two_hours_before(slot, person, promised_at):
    """For whoever wants it: two hours before, or when their quiet hours end; not the evening before, as "Soon"."""
    if not person.remind_two_hours or slot.starts_at is None or slot.all_day:
        return None
    due = may_tell_from(person, slot.starts_at - SOON)
    return due if promised_at < due and not too_late(slot, at=due) else None


def _useful(due, slot, person, promised_at):
    """`due`, or outside the quiet hours: half an hour before them, else as they end, never after the start.

    On the stroke of the quiet hours it would be too late: a sweep queues it, and a deliverer finds them begun.
    """
    hours = quiet_hours_around(person, due)
    if hours is None:
        return due if promised_at < due else None
    before, after = may_tell_from(person, hours[0] - IN_GOOD_TIME), hours[1]
    if promised_at < before < hours[0]:
        return before
    return after if promised_at < after < slot.deadline else None


def _local(date, clock, person):
    """The UTC time of a local date and clock; a time that the clocks skip becomes the moment after the gap."""
    return dt.datetime.combine(date, clock, tzinfo=person.zone).astimezone(dt.UTC)
