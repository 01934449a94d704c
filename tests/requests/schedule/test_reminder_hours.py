"""When a helper is reminded, to the minute: what comes on the stroke of an hour, in a short night, in another zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from circles.models import Circle, Person
from requests.models import HelpRequest, Slot
from requests.schedule.reminders import times, too_late

LISBON = ZoneInfo("Europe/Lisbon")
MOMENT = dt.timedelta(microseconds=1)


def at(day, hour, minute=0, zone=LISBON):
    """A moment of February 2027."""
    return dt.datetime(2027, 2, day, hour, minute, tzinfo=zone).astimezone(dt.UTC)


EARLIER = at(1, 12)


def helper(remind_at="18:00", quiet="21:00-08:00", zone="Europe/Lisbon", twice=True):
    """Somebody with such a clock, and such wishes."""
    clocks = [dt.time.fromisoformat(clock) for clock in (remind_at, *quiet.split("-"))]
    wishes = dict(zip(("remind_at", "quiet_from", "quiet_until"), clocks, strict=True))
    return Person(time_zone=zone, remind_two_hours=twice, **wishes)


def an_hour(starts_at):
    return Slot(starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1))


def a_day(day, zone):
    """The whole day of a circle in that zone."""
    there, circle = ZoneInfo(zone), Circle(time_zone=zone)
    ends_at = at(day + 1, 0, zone=there)
    asked = HelpRequest(circle=circle)
    return Slot(starts_at=at(day, 0, zone=there), ends_at=ends_at, all_day=True, help_request=asked)


def reminders(slot, person, *, promised_at=EARLIER):
    """The two before it begins."""
    return times(slot, person, promised_at=promised_at)[:2]


@pytest.mark.parametrize(
    ("promised_at", "due"),
    [
        (at(9, 17, 59), (at(9, 18), at(10, 15))),
        (at(9, 18), (None, at(10, 15))),
        (at(10, 14, 59), (None, at(10, 15))),
        (at(10, 15), (None, None)),
    ],
)
def test_who_promises_at_the_very_hour_of_a_reminder_needs_none(promised_at, due):
    assert reminders(an_hour(at(10, 17)), helper(), promised_at=promised_at) == due


@pytest.mark.parametrize(
    ("remind_at", "due"),
    [("21:30", (at(9, 21, 30), at(9, 22, 30))), ("21:31", (at(9, 21, 31), None))],
)
def test_two_reminders_within_less_than_an_hour_are_one(remind_at, due):
    assert reminders(an_hour(at(10, 0, 30)), helper(remind_at, quiet="23:00-07:00")) == due


@pytest.mark.parametrize(
    ("starts_at", "second"), [(at(10, 9), at(10, 8)), (at(10, 8, 59), None), (at(10, 8, 30), None)]
)
def test_with_less_than_an_hour_to_go_the_first_was_enough(starts_at, second):
    assert reminders(an_hour(starts_at), helper()) == (at(9, 18), second)


@pytest.mark.parametrize(("starts_at", "second"), [(at(10, 8, 16), at(10, 8)), (at(10, 8, 15), None)])
def test_with_a_quarter_of_an_hour_to_go_they_are_on_their_way(starts_at, second):
    assert reminders(an_hour(starts_at), helper(), promised_at=at(9, 20)) == (None, second)


@pytest.mark.parametrize(
    ("promised_at", "starts_at", "first"),
    [
        (at(9, 20, 29), at(10, 17), at(9, 20, 30)),
        (at(9, 20, 30), at(10, 17), at(10, 8)),
        (at(9, 23), at(10, 8, 1), at(10, 8)),
        (at(9, 23), at(10, 8), None),
        (at(10, 8), at(10, 17), None),
    ],
)
def test_a_reminder_that_would_wake_them_comes_before_the_night_or_after_it_but_never_too_late(
    promised_at, starts_at, first
):
    sleeps = helper("22:00", twice=False)

    assert reminders(an_hour(starts_at), sleeps, promised_at=promised_at) == (first, None)


def test_any_time_before_a_day_needs_no_second_reminder_and_can_be_told_of_until_its_last_moment():
    slot = Slot(ends_at=at(11, 0))

    assert reminders(slot, helper()) == (at(9, 18), None)
    assert not too_late(slot, at=at(11, 0) - 2 * MOMENT)
    assert too_late(slot, at=at(11, 0) - MOMENT)


def test_whenever_suits_has_no_reminder():
    assert times(Slot(), helper(), promised_at=EARLIER) == (None, None, None)


@pytest.mark.parametrize(
    ("zone", "first"),
    [("Asia/Karachi", at(9, 18)), ("Asia/Dhaka", at(8, 18)), ("Asia/Tokyo", at(8, 18))],
)
def test_a_whole_day_that_begins_elsewhere_is_told_before_it_begins_there(zone, first):
    assert reminders(a_day(10, zone), helper(twice=False)) == (first, None)


@pytest.mark.parametrize(
    ("zone", "asked"),
    [
        ("Asia/Manila", at(11, 9, zone=ZoneInfo("Asia/Manila"))),
        ("Asia/Tokyo", at(11, 9, zone=ZoneInfo("Asia/Tokyo"))),
        ("Australia/Brisbane", at(12, 9, zone=ZoneInfo("Australia/Brisbane"))),
    ],
)
def test_nobody_is_asked_how_it_was_before_it_is_over_where_it_was(zone, asked):
    assert times(a_day(10, "Europe/Lisbon"), helper(zone=zone), promised_at=EARLIER)[2] == asked


def test_the_evening_and_the_morning_are_those_of_the_helper():
    there = ZoneInfo("America/New_York")
    slot = an_hour(at(10, 2))  # for them it is nine in the evening of the day before

    evening, soon, morning = times(slot, helper(zone="America/New_York"), promised_at=EARLIER)

    assert (evening, soon) == (at(8, 18, zone=there), at(9, 19, zone=there))
    assert morning == at(10, 9, zone=there)
