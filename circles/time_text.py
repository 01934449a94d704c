"""How a time reads to a person: in their zone, in their language, and seen from now.

Pure functions: the zone and the present moment are arguments, the language is the active one. Answers
are remembered, because a page of thirty rows asks for the same few days again and again and Django's
`date` filter takes 88 µs each time.
"""

import datetime as dt
from functools import lru_cache

from django.utils import dateformat
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext, ngettext, pgettext

from .zones import zone_named

# A month of a busy circle says each of its times a few times over.
REMEMBERED = 4096


def when(starts_at, ends_at, *, zone, at):
    """A slot's time in words, as the end of a sentence or a line of its own (then `capfirst` it).

    With both: "Tomorrow, Wednesday, 17:30 to 18:30", or "Friday 6 March, all day" from midnight to midnight.
    With an end only: "any time before Friday 6 March".
    With neither: "whenever suits". `zone` is a `ZoneInfo` or an IANA name; `at` is the present moment.
    """
    zone = _zone(zone)
    return _when(_stamp(starts_at), _stamp(ends_at), zone, _today(at, zone), get_language())


def day(moment, *, zone, at):
    """The day alone: "Today", "Tomorrow, Wednesday", "Friday 6 March", "Friday 1 January 2027"."""
    zone = _zone(zone)
    return _day_of(moment.timestamp(), zone, _today(at, zone), get_language())


def calendar_day(date, *, today):
    """A date that stands in no zone, within a sentence: "Friday 6 March", "Friday 1 January 2027"."""
    return _date(date, today)


def clock(moment, *, zone):
    """The time of day alone: "17:30"; an hour that exists twice says which: "2:30 CET"."""
    return _clock_of(moment.timestamp(), _zone(zone), get_language())


def pattern(*, weekdays, every, month_day, **_more):
    """On which days something is again and again: "Monday, Friday, every week", "day 5 of every month"."""
    if not month_day:
        days = ", ".join(str(WEEKDAYS[day - 1]) for day in sorted(weekdays))
        words = ngettext("%(days)s, every week", "%(days)s, every %(number)d weeks", every)
        return words % {"days": days, "number": every}
    words = ngettext("day %(day)d of every month", "day %(day)d, every %(number)d months", every)
    return words % {"day": month_day, "number": every}


def weekday(moment, *, zone):
    """The short day of the week, for a calendar leaf: "Fri"."""
    return _formatted(moment.timestamp(), _zone(zone), "D", get_language())


def day_of_month(moment, *, zone):
    """The number on a calendar leaf: "6"."""
    return str(moment.astimezone(_zone(zone)).day)


def month(moment, *, zone):
    """The short month under the number on a calendar leaf: "Mar"."""
    return _formatted(moment.timestamp(), _zone(zone), "M", get_language())


def moment_in_words(moment, *, zone, at):
    """One moment with its day: "Today, 17:30", "Friday 6 March, 9:15"."""
    return gettext("%(day)s, %(clock)s") % {
        "day": day(moment, zone=zone, at=at),
        "clock": clock(moment, zone=zone),
    }


def _zone(zone):
    return zone_named(zone) if isinstance(zone, str) else zone


def _stamp(moment):
    # Two moments of a repeated hour compare equal as datetimes of one zone; as numbers they do not.
    return None if moment is None else moment.timestamp()


def _today(at, zone):
    return at.astimezone(zone).date()


@lru_cache(REMEMBERED)
def _when(start, end, zone, today, language):
    if start is None:
        return gettext("whenever suits") if end is None else _before(_local(end, zone), today)
    starts, first = _local(start, zone), _day(_local(start, zone).date(), today)
    words = {"day": first, "start": _clock(starts)}
    if end is None:
        return gettext("%(day)s, %(start)s") % words
    ends = _local(end, zone)
    words |= {"end": _clock(ends), "end_day": _date(ends.date(), today)}
    if is_whole_day(starts, ends):
        return gettext("%(day)s, all day") % words
    lasts = true_length(starts, ends)
    if ends.date() == starts.date():
        return gettext("%(day)s, %(start)s to %(end)s") % words + lasts
    return gettext("%(day)s, %(start)s to %(end_day)s, %(end)s") % words + lasts


def true_length(starts, ends):
    """How long it really lasts, in brackets, where the clocks change between two local times; else nothing."""
    if starts.utcoffset() == ends.utcoffset() or _exists_twice(starts) and _exists_twice(ends):
        return ""
    minutes = round((ends.astimezone(dt.UTC) - starts.astimezone(dt.UTC)).total_seconds() / 60)
    words = {"hours": minutes // 60, "minutes": minutes % 60}
    if words["minutes"]:
        lasts = gettext("%(hours)s h %(minutes)s min, as the clocks change") % words
    else:
        lasts = gettext("%(hours)s h, as the clocks change") % words
    return f" ({lasts})"


def is_whole_day(starts, ends):
    """Whether two local times are a midnight and the next one."""
    return starts.time() == ends.time() == dt.time() and ends.date() - starts.date() == dt.timedelta(days=1)


def _before(ends, today):
    """ "any time before …"; an end at midnight is the end of the day before it."""
    last = (ends - dt.timedelta(microseconds=1)).date()
    at_midnight = last != ends.date()
    words = {"day": _date(ends.date(), today), "clock": _clock(ends)}
    if last == today:
        return (
            gettext("any time today") if at_midnight else gettext("any time before %(clock)s today") % words
        )
    if at_midnight:
        return gettext("any time before %(day)s") % words
    return gettext("any time before %(day)s, %(clock)s") % words


@lru_cache(REMEMBERED)
def _day_of(stamp, zone, today, language):
    return _day(_local(stamp, zone).date(), today)


@lru_cache(REMEMBERED)
def _clock_of(stamp, zone, language):
    return _clock(_local(stamp, zone))


@lru_cache(REMEMBERED)
def _formatted(stamp, zone, pattern, language):
    return dateformat.format(_local(stamp, zone), pattern)


def _local(stamp, zone):
    return dt.datetime.fromtimestamp(stamp, zone)


def _day(date, today):
    """A day as a line begins with it."""
    distance = (date - today).days
    if distance == 0:
        return gettext("Today")
    if distance == 1:
        return gettext("Tomorrow, %(weekday)s") % {"weekday": dateformat.format(date, "l")}
    if distance == -1:
        return gettext("Yesterday, %(weekday)s") % {"weekday": dateformat.format(date, "l")}
    return _date(date, today)


def _date(date, today):
    """A date within a sentence; the year only when it is another one."""
    if date.year == today.year:
        # Translators: Django's date format letters, for "Friday 6 March".
        pattern = pgettext("date format", "l j F")
    else:
        # Translators: Django's date format letters, for "Friday 6 March 2027".
        pattern = pgettext("date format", "l j F Y")
    return dateformat.format(date, pattern)


def _clock(local):
    # Translators: Django's date format letters, for "17:30".
    written = dateformat.time_format(local, pgettext("time format", "G:i"))
    return f"{written} {local.tzname()}" if _exists_twice(local) else written


def _exists_twice(local):
    """Whether the clocks show this time twice, as they do when they go back."""
    return local.utcoffset() != local.replace(fold=not local.fold).utcoffset()
