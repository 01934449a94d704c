"""Patterns in every time zone of the world against python-dateutil, which reckons with a clock of its own.

In Ireland, Morocco, Western Sahara and Namibia winter time is (or was) "daylight saving" of less than nothing, which
dateutil reads wrongly (its clocks change an hour off): there plain counting is the other opinion.

A usual run takes a few zones by chance, and says which. `ZONES=all` takes all of them, `ZONES=Asia/Gaza` one.
"""

import datetime as dt
import os
import random
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import pytest
from dateutil import rrule
from dateutil.tz import datetime_ambiguous, datetime_exists, tzfile

from requests.schedule.recurrence import NoSuchTime, TimeTwice, dates, end_of_day, in_utc, occurrences

pytestmark = pytest.mark.anywhere
FIRST, YEARS = 2011, 20  # from the day that Samoa left out on
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
MIDNIGHT = dt.time()
# In these hours clocks change, or people eat.
CLOCKS = [dt.time(hour, minute) for hour in (0, 1, 2, 3, 18, 23) for minute in (0, 30)]
WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)


def chosen_zones():
    """The names that this run looks at."""
    names, chosen = sorted(available_timezones() - {"localtime"}), os.environ.get("ZONES", "")
    if chosen == "all":
        return names
    if chosen:
        return chosen.split(",")
    seed = int(os.environ.get("SEED", dt.datetime.now(dt.UTC).timetuple().tm_yday))
    return sorted({"Europe/Lisbon", "Pacific/Apia", *random.Random(seed).sample(names, 6)})


@pytest.fixture(params=chosen_zones(), scope="module")
def clock(request):
    """(ours, the other opinion): the same rules of one zone, read from the same file by two libraries."""
    path = next(path for root in TZPATH if os.path.exists(path := os.path.join(root, request.param)))
    with open(path, "rb") as ours, open(path, "rb") as theirs:
        ours, theirs = ZoneInfo.from_file(ours, key=request.param), tzfile(theirs)
    opinion = other_opinion(ours)
    clock = theirs if opinion is said_by_dateutil else ours
    return ours, lambda date, time: opinion(date, time, clock)


@pytest.fixture
def chance(clock):
    """The same choices for the same zone in every run."""
    return random.Random(clock[0].key)


def changes(zone):
    """The naive local times at which a clock is put forward or back, as it shows them just before."""
    moment = dt.datetime(FIRST, 1, 1, tzinfo=dt.UTC)
    while moment.year < FIRST + YEARS:
        later = moment + DAY
        if offset(moment, zone) != offset(later, zone):
            low, high = moment, later
            while high - low > MINUTE:
                middle = low + (high - low) / 2
                low, high = (middle, high) if offset(middle, zone) == offset(low, zone) else (low, middle)
            yield (low.astimezone(zone).replace(tzinfo=None) + MINUTE).replace(second=0, microsecond=0)
        moment = later


def offset(moment, zone):
    """How far the clock is from UTC at the UTC time `moment`."""
    return moment.astimezone(zone).utcoffset()


def said_by_dateutil(date, time, clock):
    """The UTC time of a local time by dateutil's clock, or the situation that it is."""
    local = dt.datetime.combine(date, time)
    if not datetime_exists(local, clock):
        return NoSuchTime
    if datetime_ambiguous(local, clock):
        return TimeTwice
    return local.replace(tzinfo=clock).astimezone(dt.UTC)


def other_opinion(ours):
    """dateutil; where winter is said to be the odd half of the year (Ireland, Morocco), it errs, and we count."""
    year = (dt.datetime(FIRST, 1, 1, tzinfo=dt.UTC) + n * 9 * DAY for n in range(YEARS * 41))
    reversed_seasons = any(moment.astimezone(ours).dst() < 0 * DAY for moment in year)
    return said_by_counting if reversed_seasons else said_by_dateutil


def said_by_counting(date, time, clock):
    """The same without any library's word for it: how many moments are shown as that local time?"""
    local = dt.datetime.combine(date, time)
    read_as_utc = local.replace(tzinfo=dt.UTC)
    offsets = {offset(read_as_utc + hours * HOUR, clock) for hours in range(-36, 37, 3)}
    shown = [read_as_utc - one for one in offsets if offset(read_as_utc - one, clock) == one]
    return shown[0] if len(shown) == 1 else (TimeTwice if shown else NoSuchTime)


def said_by_us(date, time, zone):
    """The UTC time of a local time by ours, or the very situation that it raises."""
    try:
        return in_utc(date, time, zone)
    except NoSuchTime as situation:
        return type(situation)


def occurrences_or_situation(**pattern):
    """What `occurrences` gives, as far as it gets, and what it raised."""
    found, situation = [], None
    try:
        for occurrence in occurrences(**pattern):
            found.append(occurrence)
    except NoSuchTime as error:
        situation = type(error)
    return found, situation


def ended(starts_at, day, time, minutes, zone):
    """When so many minutes by the clock on the wall are over, counted without a library: the first such moment."""
    local = dt.datetime.combine(day, time) + minutes * MINUTE
    read_as_utc = local.replace(tzinfo=dt.UTC)
    offsets = {offset(read_as_utc + hours * HOUR, zone) for hours in range(-36, 37, 3)}
    shown = [read_as_utc - one for one in offsets if offset(read_as_utc - one, zone) == one]
    later = [moment for moment in shown if moment > starts_at]
    # What the clocks skip is reckoned as if they did not.
    return min(later, default=starts_at + minutes * MINUTE)


def expected(days, time, minutes, theirs, zone):
    """The same by the other opinion: UTC start and end of dateutil's days, until one has no such time or two."""
    found = []
    for day in days:
        start = theirs(day, time)
        if isinstance(start, type):
            return found, start
        found.append((day, start, ended(start, day, time, minutes, zone)))
    return found, None


def test_a_local_time_is_refused_exactly_when_dateutil_says_so(clock, chance):
    ours, theirs = clock
    around = [change + minutes * MINUTE for change in changes(ours) for minutes in range(-120, 121, 15)]
    first = dt.date(FIRST, 1, 1)
    anywhere = [
        dt.datetime.combine(first + chance.randrange(YEARS * 365) * DAY, chance.choice(CLOCKS))
        for _ in range(300)
    ]

    for local in around + anywhere:
        date, time = local.date(), local.time()
        ours_says = said_by_us(date, time, ours)
        assert ours_says == theirs(date, time) == said_by_counting(date, time, ours), (ours.key, local)


@pytest.mark.parametrize("every", [1, 2, 3, 4])
def test_weekday_patterns_keep_their_hour(every, clock, chance):
    ours, theirs = clock
    for year in range(FIRST, FIRST + YEARS, every):
        weekdays = sorted(chance.sample(range(1, 8), chance.randint(1, 3)))
        starts_on = dt.date(year, chance.randint(1, 12), chance.randint(1, 28))
        until, time = starts_on + chance.randint(0, 366) * DAY, chance.choice(CLOCKS)
        minutes = chance.choice([5, 60, 8 * 60, 12 * 60, 24 * 60])  # the last three through the night
        skips = chance.sample([starts_on + n * DAY for n in range(60)], 3)

        # dateutil begins to count weeks where the first of these days comes.
        begins = starts_on
        while begins.isoweekday() not in weekdays:
            begins += DAY
        rule = rrule.rrule(
            rrule.WEEKLY,
            interval=every,
            byweekday=[WEEKDAYS[day - 1] for day in weekdays],
            dtstart=dt.datetime.combine(begins, time),
            until=dt.datetime.combine(until, time),
        )
        days = [moment.date() for moment in rule if moment.date() not in skips]

        pattern = {"weekdays": weekdays, "every": every, "starts_on": starts_on, "until": until}
        found = occurrences_or_situation(**pattern, skips=skips, local_start=time, minutes=minutes, zone=ours)
        assert found == expected(days, time, minutes, theirs, ours), (ours.key, pattern, time)


@pytest.mark.parametrize("short", ["skip", "last"])
def test_monthly_patterns_keep_their_hour_in_short_months_too(short, clock, chance):
    ours, theirs = clock
    for year in range(FIRST, FIRST + YEARS - 1, 3):
        day, every, count = (
            chance.choice([1, 15, 28, 29, 30, 31]),
            chance.randint(1, 3),
            chance.randint(1, 12),
        )
        starts_on, time = dt.date(year, 1, min(day, 28)), chance.choice(CLOCKS)
        # The last of the days 28 to N is a month's day N, or its last one; in January all of them exist.
        named = {"bymonthday": day}
        if short == "last" and day > 28:
            named = {"bymonthday": list(range(28, day + 1)), "bysetpos": -1}
        rule = rrule.rrule(
            rrule.MONTHLY, interval=every, count=count, dtstart=dt.datetime.combine(starts_on, time), **named
        )
        days = [moment.date() for moment in rule]

        pattern = {"month_day": day, "short": short, "every": every, "count": count, "starts_on": starts_on}
        found = occurrences_or_situation(**pattern, local_start=time, minutes=90, zone=ours)
        assert found == expected(days, time, 90, theirs, ours), (ours.key, pattern, time)


def test_whole_days_follow_one_another_without_a_gap(clock):
    ours, theirs = clock
    for year in range(FIRST, FIRST + YEARS):
        days = list(
            occurrences(
                weekdays=range(1, 8),
                starts_on=dt.date(year, 1, 1),
                until=dt.date(year, 12, 31),
                local_start=MIDNIGHT,
                minutes=24 * 60,
                all_day=True,
                zone=ours,
            )
        )

        for date, start, end in days:
            midnights = [theirs(day, MIDNIGHT) for day in (date, date + DAY)]
            assert start == end_of_day(date - DAY, ours) and end == end_of_day(date, ours)
            # A midnight that the clocks skip or show twice is no moment of dateutil's; all the others are.
            for moment, midnight in zip((start, end), midnights, strict=True):
                assert isinstance(midnight, type) or moment == midnight, (ours.key, date)
        assert [end for _date, _start, end in days[:-1]] == [start for _date, start, _end in days[1:]]


def last_day(year, month):
    """The last day of a month."""
    return (dt.date(year + month // 12, month % 12 + 1, 1) - DAY).day


@pytest.mark.parametrize("day", range(1, 32))
def test_days_of_the_month_by_plain_counting(day):
    months = [(2023 + n // 12, n % 12 + 1) for n in range(30)]
    year, month = months[0]

    for short, found in (
        ("skip", [dt.date(y, m, day) for y, m in months if day <= last_day(y, m)]),
        ("last", [dt.date(y, m, min(day, last_day(y, m))) for y, m in months]),
    ):
        until = dt.date(*months[-1], last_day(*months[-1]))
        said = {"month_day": day, "short": short, "starts_on": dt.date(year, month, 1)}
        assert dates(**said, until=until) == found
        assert dates(**said, count=7) == found[:7]


@pytest.mark.parametrize("seed", range(200))
def test_weeks_by_plain_counting(seed):
    chance = random.Random(seed)
    weekdays = sorted(chance.sample(range(1, 8), chance.randint(1, 7)))
    every, starts_on = chance.randint(1, 6), dt.date(2024, 1, 1) + chance.randrange(700) * DAY
    until = starts_on + chance.randrange(250) * DAY

    ahead = [starts_on + n * DAY for n in range((until - starts_on).days + 1)]
    on = [day for day in ahead if day.isoweekday() in weekdays]
    found = []
    if on:
        monday = on[0] - (on[0].isoweekday() - 1) * DAY
        found = [day for day in on if ((day - monday).days // 7) % every == 0]
    skips = chance.sample(found, len(found) // 3)
    said = {"weekdays": weekdays, "every": every, "starts_on": starts_on}

    assert dates(**said, until=until) == found
    assert dates(**said, until=until, skips=skips) == [day for day in found if day not in skips]
    # Days left out count (RFC 5545, 3.8.5.1).
    number = chance.randint(1, len(found) or 1)
    assert dates(**said, count=number)[: len(found)] == found[:number]
