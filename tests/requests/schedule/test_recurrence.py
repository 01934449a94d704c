"""Wall time stays what it says, on both sides of a clock change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests.models import Slot
from requests.schedule.recurrence import NoSuchTime, TimeTwice, dates, end_of_day, in_utc, occurrences
from tests.cast import draft, now

BERLIN, LISBON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Lisbon")
ZONES = [
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "UTC",
]


def tuesdays(starts_on, until, zone=BERLIN):
    """Every Tuesday at six in the evening."""
    return list(
        occurrences(
            weekdays=[2], starts_on=starts_on, until=until, local_start=dt.time(18), minutes=60, zone=zone
        )
    )


@pytest.mark.parametrize("month, before, after", [(3, 17, 16), (10, 16, 17)])
def test_every_tuesday_at_six_is_six_on_both_sides_of_a_clock_change(month, before, after):
    found = tuesdays(dt.date(2026, month, 18), dt.date(2026, month, 31))

    assert [starts_at.hour for _date, starts_at, _end in found] == [before, after]
    assert {starts_at.astimezone(BERLIN).time() for _date, starts_at, _end in found} == {dt.time(18)}


def test_monday_is_a_day_and_the_first_is_the_next_one():
    assert dates(weekdays=[1], starts_on=dt.date(2026, 3, 4), until=dt.date(2026, 3, 17)) == [
        dt.date(2026, 3, 9),
        dt.date(2026, 3, 16),
    ]


def test_days_left_out_are_left_out():
    found = dates(
        weekdays=[1, 3], starts_on=dt.date(2026, 3, 2), until=dt.date(2026, 3, 9), skips=[dt.date(2026, 3, 4)]
    )

    assert found == [dt.date(2026, 3, 2), dt.date(2026, 3, 9)]


def test_no_weekday_is_no_date():
    assert dates(weekdays=[], starts_on=dt.date(2026, 3, 2), until=dt.date(2026, 3, 9)) == []


def test_a_time_that_the_clocks_skip_is_refused():
    with pytest.raises(NoSuchTime):
        in_utc(dt.date(2026, 3, 29), dt.time(2, 30), BERLIN)


def test_a_time_that_comes_twice_is_refused():
    with pytest.raises(TimeTwice):
        in_utc(dt.date(2026, 10, 25), dt.time(2, 30), BERLIN)


@pytest.mark.parametrize(
    ("date", "start", "minutes", "until", "hours"),
    [
        (dt.date(2026, 3, 28), dt.time(22), 480, dt.time(6), 7),
        (dt.date(2026, 10, 24), dt.time(22), 480, dt.time(6), 9),
        (dt.date(2026, 10, 25), dt.time(1), 180, dt.time(4), 4),
        # An end that the clocks skip, and one that comes twice.
        (dt.date(2026, 3, 29), dt.time(1, 30), 60, dt.time(3, 30), 1),
        (dt.date(2026, 10, 25), dt.time(1), 90, dt.time(2, 30), 1.5),
    ],
)
def test_a_night_in_which_the_clocks_change_keeps_both_its_hours(date, start, minutes, until, hours):
    ((_date, starts_at, ends_at),) = occurrences(
        weekdays=[date.isoweekday()],
        starts_on=date,
        until=date,
        local_start=start,
        minutes=minutes,
        zone=BERLIN,
    )

    assert ends_at.astimezone(BERLIN).time() == until
    assert ends_at - starts_at == dt.timedelta(hours=hours)


def test_a_day_of_a_clock_change_ends_at_its_own_midnight():
    assert end_of_day(dt.date(2026, 3, 29), BERLIN) == dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)


@given(
    st.sampled_from(ZONES),
    st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)),
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(1, 120),
)
def test_every_occurrence_falls_on_its_weekday_at_its_wall_time(zone, starts_on, weekdays, days):
    zone, until = ZoneInfo(zone), starts_on + dt.timedelta(days=days)

    found = list(
        occurrences(
            weekdays=sorted(weekdays),
            starts_on=starts_on,
            until=until,
            local_start=dt.time(18),
            minutes=45,
            zone=zone,
        )
    )

    wanted = [starts_on + dt.timedelta(days=n) for n in range(days + 1)]
    assert [date for date, _start, _end in found] == [day for day in wanted if day.isoweekday() in weekdays]
    assert all(start.astimezone(zone).time() == dt.time(18) for _date, start, _end in found)
    assert all(end - start == dt.timedelta(minutes=45) for _date, start, end in found)


@pytest.fixture
def series(ada, street):
    """Suppers on Monday and Wednesday at 19:15, from next week on."""
    help_request = draft(ada, street)
    monday = now().date() + dt.timedelta(days=7 - now().weekday())
    help_request.set_times(
        timing="series",
        weekdays=[1, 3],
        starts_on=monday,
        until=monday + dt.timedelta(days=13),
        local_start=dt.time(19, 15),
        minutes=60,
        at=now(),
    )
    help_request.publish(by=ada, at=now())
    return help_request.series.get()


def wall_times(series):
    """The local starts of the slots of a series."""
    return [slot.starts_at.astimezone(LISBON).time() for slot in series.slots.in_order()]


@pytest.mark.django_db
def test_a_series_makes_one_slot_for_each_day(series):
    assert wall_times(series) == [dt.time(19, 15)] * 4


@pytest.mark.django_db
def test_a_moved_series_does_not_come_back_at_its_old_time(series, ada, bo):
    series.slots.in_order().first().claim(by=bo, at=now())

    series.move(local_start=dt.time(18, 30), minutes=60, by=ada, at=now())
    series.expand()

    assert wall_times(series) == [dt.time(18, 30)] * 4
    assert series.slots.filter(taken=1).count() == 1


@pytest.mark.django_db
def test_an_occurrence_moved_by_hand_keeps_its_time_and_is_not_doubled(series, ada):
    first = series.slots.in_order().first()
    hour = dt.timedelta(hours=1)
    first.move(starts_at=first.starts_at + hour, ends_at=first.ends_at + hour, by=ada, at=now())

    series.move(local_start=dt.time(18, 30), minutes=60, by=ada, at=now())
    series.expand()

    assert sorted(wall_times(series)) == [dt.time(18, 30)] * 3 + [dt.time(20, 15)]


@pytest.mark.django_db
def test_what_is_past_does_not_move(series, ada):
    last = series.slots.in_order().last()

    series.move(local_start=dt.time(18, 30), minutes=60, by=ada, at=last.starts_at - dt.timedelta(hours=1))

    assert wall_times(series) == [dt.time(19, 15)] * 3 + [dt.time(18, 30)]
    assert Slot.objects.count() == 4


@pytest.mark.django_db
def test_todays_time_stays_when_the_new_one_is_past_already(series, ada):
    noon = dt.datetime.combine(series.starts_on, dt.time(12), tzinfo=LISBON)

    series.move(local_start=dt.time(8), minutes=60, by=ada, at=noon)

    assert wall_times(series) == [dt.time(19, 15), *[dt.time(8)] * 3]
