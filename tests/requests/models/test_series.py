"""A series as a whole and in parts: what changes together, what is called off together, what goes on."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from requests.models import Series, Slot
from tests.cast import DAY, HOUR, draft, now

pytestmark = [pytest.mark.django_db, pytest.mark.moment("2027-01-11T10:30Z")]  # a Monday in winter
MONDAY = dt.date(2027, 1, 11)


def day(number):
    """The so-many-th of January."""
    return dt.date(2027, 1, number)


@pytest.fixture
def ways(ada, street):
    """There at eight and back at four, from Tuesday to Friday."""
    asked = draft(ada, street)
    rule = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "starts_on": day(12), "until": day(15), "minutes": 60}
    asked.set_times(timing="series", local_start=dt.time(8), also=[dt.time(16)], at=now(), **rule)
    asked.publish(by=ada, at=now())
    return asked


def series_at(asked, hour):
    return asked.series.get(local_start=dt.time(hour))


def left(asked):
    """(day, hour) of what is still asked for."""
    slots = asked.slots.filter(cancelled_at=None).in_order()
    return [(slot.starts_at.day, slot.starts_at.hour) for slot in slots]


def test_who_needs_no_way_there_needs_no_way_back_either(ways, ada):
    series_at(ways, 8).cancel(since=day(14), by=ada, at=now(), reason="Holidays")

    assert left(ways) == [(12, 8), (12, 16), (13, 8), (13, 16)]
    assert {slot.cancel_reason for slot in ways.slots.exclude(cancelled_at=None)} == {"Holidays"}


def test_the_way_back_alone_leaves_the_way_there_of_that_day(ways, ada):
    series_at(ways, 16).cancel(since=day(14), by=ada, at=now())

    assert left(ways) == [(12, 8), (12, 16), (13, 8), (13, 16), (14, 8)]


def test_what_has_begun_is_not_called_off(ways, ada):
    noon = dt.datetime(2027, 1, 13, 12, tzinfo=dt.UTC)

    series_at(ways, 8).cancel(by=ada, at=noon)

    assert left(ways) == [(12, 8), (12, 16), (13, 8)]


def test_from_a_day_on_which_nothing_is_left_nothing_is_called_off(ways, ada):
    series_at(ways, 8).cancel(since=day(20), by=ada, at=now())

    assert len(left(ways)) == 8
    assert ways.waves.get().listed_until is not None


def test_a_series_that_goes_on_takes_its_other_hours_along_and_is_asked_for(ways, ada):
    series_at(ways, 8).extend(until=day(17), by=ada, at=now())

    assert left(ways)[8:] == [(16, 8), (16, 16), (17, 8), (17, 16)]
    assert ways.slots.open(at=now()).count() == 12
    assert {series.until for series in ways.series.all()} == {day(17)}


def test_going_on_to_an_earlier_day_takes_nothing_away(ways, ada):
    series_at(ways, 8).extend(until=day(13), by=ada, at=now())

    assert (len(left(ways)), {series.until for series in ways.series.all()}) == (8, {day(15)})


def test_this_and_later_ones_at_another_hour_are_a_series_that_says_so(ways, ada, bo):
    claim = ways.slots.get(original_date=day(14), starts_at__hour=8).claim(by=bo, at=now())

    series_at(ways, 8).move(local_start=dt.time(9), minutes=90, since=day(14), by=ada, at=now())

    earlier, later = series_at(ways, 8), series_at(ways, 9)
    assert (earlier.until, later.starts_on, later.until) == (day(13), day(14), day(15))
    assert [slot.original_date for slot in later.slots.in_order()] == [day(14), day(15)]
    assert {slot.ends_at - slot.starts_at for slot in later.slots.all()} == {1.5 * HOUR}
    claim.refresh_from_db()
    assert (claim.slot.series, claim.slot.starts_at.hour, claim.is_accepted) == (later, 9, True)


@pytest.mark.parametrize("since", [None, day(12), day(1)])
def test_all_of_it_stays_one_series(since, ways, ada):
    series_at(ways, 8).move(local_start=dt.time(9), minutes=60, since=since, by=ada, at=now())

    assert Series.objects.count() == 2
    assert [hour for _day, hour in left(ways)] == [9, 16] * 4


def test_a_count_is_no_promise_of_more_once_the_series_was_split(ways, ada):
    Series.objects.filter(pk=series_at(ways, 8).pk).update(count=4)

    series_at(ways, 8).move(local_start=dt.time(9), minutes=60, since=day(14), by=ada, at=now())

    assert [series_at(ways, hour).count for hour in (8, 9)] == [None, None]


def test_what_was_moved_by_hand_called_off_or_is_past_keeps_what_it_has(ways, ada):
    slots = list(series_at(ways, 8).slots.in_order())
    slots[1].move(starts_at=slots[1].starts_at + HOUR, ends_at=slots[1].ends_at + HOUR, by=ada, at=now())
    slots[2].cancel(by=ada, at=now())

    changes = series_at(ways, 8).changes(local_start=dt.time(7), minutes=60, at=slots[0].starts_at)

    assert [(slot, start.hour, end.hour) for slot, start, end in changes] == [(slots[3], 7, 8)]


def test_the_same_hours_by_other_clocks(ways, ada):
    slots = list(series_at(ways, 8).slots.in_order())
    slots[1].move(starts_at=slots[1].starts_at + HOUR, ends_at=slots[1].ends_at + HOUR, by=ada, at=now())

    changes = series_at(ways, 8).changes_in_zone(ZoneInfo("Europe/Berlin"), at=now())

    expected = [(slot, slot.starts_at - HOUR, slot.ends_at - HOUR) for slot in (slots[0], *slots[2:])]
    assert changes == expected


def test_by_other_clocks_what_would_have_begun_already_stays(ways):
    slots = list(series_at(ways, 8).slots.in_order())
    soon = slots[0].starts_at - HOUR

    changes = series_at(ways, 8).changes_in_zone(ZoneInfo("Europe/Berlin"), at=soon)

    assert [slot for slot, _start, _end in changes] == slots[1:]


def test_whole_days_by_other_clocks_last_from_midnight_to_midnight(ada, street):
    asked = draft(ada, street)
    rule = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "starts_on": day(12), "until": day(12), "minutes": 60}
    asked.set_times(timing="series", local_start=dt.time(0), all_day=True, at=now(), **rule)

    ((slot, start, end),) = asked.series.get().changes_in_zone(ZoneInfo("Europe/Berlin"), at=now())

    assert (start, end - start) == (slot.starts_at - HOUR, DAY)


def test_days_left_out_do_not_come_back_when_it_goes_on(ways, ada):
    Series.objects.update(skips=["2027-01-16"])

    series_at(ways, 8).extend(until=day(17), by=ada, at=now())

    assert [slot.original_date for slot in Slot.objects.in_order()][8:] == [day(17), day(17)]
    assert series_at(ways, 8).dates_until(day(18)) == [day(number) for number in (12, 13, 14, 15, 17, 18)]
