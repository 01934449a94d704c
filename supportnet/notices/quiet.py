"""Quiet hours: nobody's phone lights up at night for what can wait."""

from datetime import UTC, datetime, timedelta

DAY = timedelta(days=1)


def quiet_hours_around(reader, at):
    """`(start, end)` in UTC of the reader's quiet hours that hold `at`, on their own clock; else None."""
    here = at.astimezone(reader.zone)
    now, start, end = here.time(), reader.quiet_from, reader.quiet_until
    spans_midnight = start > end
    quiet = (now >= start or now < end) if spans_midnight else start <= now < end
    if not quiet:
        return None
    began = here.date() - (DAY if spans_midnight and now < end else timedelta(0))
    ends = began + (DAY if spans_midnight else timedelta(0))
    return tuple(
        datetime.combine(date, clock, tzinfo=reader.zone).astimezone(UTC)
        for date, clock in ((began, start), (ends, end))
    )


def quiet_until(reader, at):
    """The end of the reader's quiet hours if `at` falls into them, else None."""
    hours = quiet_hours_around(reader, at)
    return hours and hours[1]
