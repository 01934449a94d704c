import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from circles import time_text

LISBON, BERLIN, AUCKLAND = ZoneInfo("Europe/Lisbon"), ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
AT = dt.datetime(2026, 3, 3, 10, tzinfo=LISBON)  # a Tuesday


def lisbon(day, hour, minute=0, *, month=3, year=2026):
    return dt.datetime(year, month, day, hour, minute, tzinfo=LISBON)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "words"),
    [
        (lisbon(3, 17, 30), lisbon(3, 18, 30), "Today, 17:30 to 18:30"),
        (lisbon(4, 17, 30), lisbon(4, 18, 30), "Tomorrow, Wednesday, 17:30 to 18:30"),
        (lisbon(2, 17, 30), lisbon(2, 18, 30), "Yesterday, Monday, 17:30 to 18:30"),
        (lisbon(6, 9, 15), lisbon(6, 11, 15), "Friday 6 March, 9:15 to 11:15"),
        (lisbon(6, 22), lisbon(7, 6), "Friday 6 March, 22:00 to Saturday 7 March, 6:00"),
        (lisbon(3, 22), lisbon(4, 6), "Today, 22:00 to Wednesday 4 March, 6:00"),
        (
            lisbon(1, 9, month=1, year=2027),
            lisbon(1, 10, month=1, year=2027),
            "Friday 1 January 2027, 9:00 to 10:00",
        ),
        (
            lisbon(28, 22),
            lisbon(29, 6),
            "Saturday 28 March, 22:00 to Sunday 29 March, 6:00 (7 h, as the clocks change)",
        ),
        (
            lisbon(25, 0, 30, month=10),
            lisbon(25, 8, month=10),
            "Sunday 25 October, 0:30 to 8:00 (8 h 30 min, as the clocks change)",
        ),
        (None, lisbon(6, 0), "any time before Friday 6 March"),
        (None, lisbon(6, 18), "any time before Friday 6 March, 18:00"),
        (None, lisbon(3, 18), "any time before 18:00 today"),
        (None, lisbon(4, 0), "any time today"),
        (lisbon(6, 9), None, "Friday 6 March, 9:00"),
        (None, None, "whenever suits"),
    ],
)
def test_a_time_reads_as_one_would_say_it(starts_at, ends_at, words):
    assert time_text.when(starts_at, ends_at, zone=LISBON, at=AT) == words


def test_the_same_moment_reads_by_the_clock_of_whoever_reads_it():
    starts_at, ends_at = lisbon(3, 22), lisbon(3, 23)

    assert (
        time_text.when(starts_at, ends_at, zone="Pacific/Auckland", at=AT)
        == "Tomorrow, Wednesday, 11:00 to 12:00"
    )
    assert time_text.when(starts_at, ends_at, zone=BERLIN, at=AT) == "Today, 23:00 to Wednesday 4 March, 0:00"


def test_the_parts_of_a_list_row():
    moment = lisbon(6, 9, 5)

    assert time_text.day(moment, zone=LISBON, at=AT) == "Friday 6 March"
    assert time_text.clock(moment, zone=LISBON) == "9:05"
    assert time_text.weekday(moment, zone=LISBON) == "Fri"
    assert time_text.day_of_month(moment, zone=LISBON) == "6"
    assert time_text.moment_in_words(moment, zone=LISBON, at=AT) == "Friday 6 March, 9:05"


def test_a_time_speaks_the_active_language():
    with translation.override("de"):
        assert time_text.weekday(lisbon(6, 9), zone=LISBON) == "Fr"
        assert "März" in time_text.day(lisbon(6, 9), zone=LISBON, at=AT)
    assert time_text.day(lisbon(6, 9), zone=LISBON, at=AT) == "Friday 6 March"


def test_what_is_remembered_changes_with_the_day():
    before, after = lisbon(3, 23, 59), lisbon(4, 0, 1)

    assert time_text.day(lisbon(4, 9), zone=LISBON, at=before) == "Tomorrow, Wednesday"
    assert time_text.day(lisbon(4, 9), zone=LISBON, at=after) == "Today"


def test_an_hour_that_exists_twice_says_which():
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    second = first + dt.timedelta(hours=1)

    words = time_text.when(first, second, zone=BERLIN, at=AT)

    assert words == "Sunday 25 October, 2:30 CEST to 2:30 CET"


def test_two_moments_of_a_repeated_hour_are_remembered_apart():
    first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)

    assert time_text.clock(first, zone=BERLIN) == "2:30 CEST"
    assert time_text.clock(first.replace(fold=1), zone=BERLIN) == "2:30 CET"


def test_an_end_at_the_start_of_a_day_without_midnight_still_reads():
    # In Beirut the clocks go from 23:59 to 1:00 at the end of March.
    beirut = ZoneInfo("Asia/Beirut")
    ends_at = dt.datetime(2026, 3, 29, 1, tzinfo=beirut)

    assert time_text.when(None, ends_at, zone=beirut, at=AT) == "any time before Sunday 29 March, 1:00"


@given(
    st.floats(0, 5 * 365 * 86400).map(lambda seconds: START + dt.timedelta(seconds=seconds)),
    st.integers(0, 72),
    st.timezones(),
)
def test_every_time_reads_in_every_zone(starts_at, hours, zone):
    ends_at = starts_at + dt.timedelta(hours=hours)

    local = starts_at.astimezone(zone)
    assume(
        local.time() != dt.time() or ends_at.astimezone(zone).time() != dt.time()
    )  # whole days are told as such

    words = time_text.when(starts_at, ends_at, zone=zone, at=starts_at)

    assert words.startswith(f"Today, {local.hour}:{local.minute:02}")
    assert str(ends_at.astimezone(zone).hour) in words
