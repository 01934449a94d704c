from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from circles.models import Person
from supportnet.notices import kinds
from supportnet.notices.delivery import deliver
from supportnet.notices.quiet_hours import awake_between, awake_later, may_tell_from, quiet_until


def clock(zone, *local):
    return datetime(*local, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "local", "until"),
    [
        ("Europe/Berlin", (2026, 6, 1, 20, 59), None),
        ("Europe/Berlin", (2026, 6, 1, 21, 0), (2026, 6, 2, 8, 0)),
        ("Europe/Berlin", (2026, 6, 2, 3, 0), (2026, 6, 2, 8, 0)),
        ("Europe/Berlin", (2026, 6, 2, 8, 0), None),
        ("Europe/Berlin", (2026, 3, 28, 23, 0), (2026, 3, 29, 8, 0)),
        ("Europe/Berlin", (2026, 10, 24, 23, 0), (2026, 10, 25, 8, 0)),
        ("Asia/Kathmandu", (2026, 12, 31, 23, 59), (2027, 1, 1, 8, 0)),
        ("Pacific/Auckland", (2026, 6, 1, 12, 0), None),
    ],
)
def test_quiet_hours_are_on_the_readers_clock(zone, local, until):
    reader = Person(time_zone=zone)

    assert quiet_until(reader, clock(zone, *local)) == (until and clock(zone, *until))


@pytest.mark.parametrize(
    ("start", "end", "hour", "until"),
    [(13, 15, 14, 15), (13, 15, 12, None), (13, 15, 15, None), (0, 0, 0, None), (0, 6, 3, 6)],
)
def test_quiet_hours_may_lie_within_a_day_or_nowhere(start, end, hour, until):
    reader = Person(time_zone="UTC", quiet_from=time(start), quiet_until=time(end))
    day = datetime(2026, 6, 1, tzinfo=UTC)

    assert quiet_until(reader, day.replace(hour=hour)) == (until and day.replace(hour=until))


def test_it_waits_until_the_morning_without_counting_an_attempt(sink, tell, ada, bo):
    night = clock("Europe/Lisbon", 2026, 6, 1, 23, 30)
    notice = tell(bo, ada, "test_quiet", at=night)

    deliver(at=night)
    notice.refresh_from_db()
    assert (sink.mails, notice.try_at, notice.attempts, notice.lease) == (
        [],
        clock("Europe/Lisbon", 2026, 6, 2, 8, 0),
        0,
        None,
    )
    deliver(at=notice.try_at)

    assert sink.recipients == ["bo@example.org"]


def test_it_is_sent_in_the_night_rather_than_too_late(sink, tell, ada, bo):
    night = clock("Europe/Lisbon", 2026, 6, 1, 23, 30)
    tell(bo, ada, "test_quiet", at=night, expires_at=night + timedelta(hours=6))

    deliver(at=night)

    assert sink.recipients == ["bo@example.org"]


def test_a_kind_may_wake_the_reader(sink, tell, ada, bo, monkeypatch):
    monkeypatch.setattr(kinds.find("test_quiet"), "may_wake", lambda cause, notice, at: cause == ada)
    night = clock("Europe/Lisbon", 2026, 6, 1, 23, 30)
    tell(bo, ada, "test_quiet", at=night), tell(ada, bo, "test_quiet", at=night)

    deliver(at=night)

    assert sink.recipients == ["bo@example.org"]


# Hours in which somebody may be told ------------------------------------------------------------------------

ZONES = [
    "Europe/Lisbon",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/St_Johns",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
readers = st.builds(
    Person,
    time_zone=st.sampled_from(ZONES),
    quiet_from=st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    quiet_until=st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
)
moments = st.integers(0, 2 * 365 * 24 * 60 - 1).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
)


def is_told(reader, at):
    """By the clock on the wall alone, where no hour comes twice."""
    now, start, end = at.astimezone(reader.zone).time(), reader.quiet_from, reader.quiet_until
    return not ((now >= start or now < end) if start > end else start <= now < end)


@given(readers, moments)
def test_whoever_may_not_be_told_now_may_be_when_their_quiet_hours_end(reader, at):
    first = may_tell_from(reader, at)

    assert first >= at and may_tell_from(reader, first) == first
    assert first - at <= DAY + HOUR
    if not around_a_change(reader, at):
        assert (first == at) == is_told(reader, at)


def around_a_change(reader, at):
    """Whether the reader's clocks change within a day."""
    return len({(at + n * HOUR).astimezone(reader.zone).utcoffset() for n in range(-25, 26)}) > 1


@settings(max_examples=40, deadline=None)
@given(readers, moments, st.integers(1, 4 * 60))
def test_hours_to_answer_are_those_in_which_the_reader_may_be_told(reader, at, minutes):
    """Counted minute by minute."""
    by, at = awake_later(reader, at, minutes * MINUTE), at.replace(second=0, microsecond=0)
    assume(by - at < 30 * DAY)

    counted = sum(quiet_until(reader, at + n * MINUTE) is None for n in range((by - at) // MINUTE))

    assert abs(counted - minutes) <= 2
    assert abs(awake_between(reader, at, by) - minutes * MINUTE) <= 2 * MINUTE


def test_of_what_is_new_nobody_hears_before_their_break_is_over():
    reader = Person(time_zone="America/New_York", break_until=date(2026, 6, 5))
    at = clock("America/New_York", 2026, 6, 5, 19, 30)

    assert may_tell_from(reader, at) == at
    assert may_tell_from(reader, at, of_new=True) == clock("America/New_York", 2026, 6, 6, 8)


def test_an_hour_that_comes_twice_ends_the_quiet_hours_the_second_time():
    reader = Person(time_zone="Europe/Berlin", quiet_until=time(2, 30))
    second = datetime(2026, 10, 25, 2, 15, tzinfo=ZoneInfo("Europe/Berlin"), fold=1).astimezone(UTC)

    assert quiet_until(reader, second) == second + 15 * MINUTE
    assert quiet_until(reader, second - HOUR) == second + 15 * MINUTE


@pytest.mark.django_db
def test_what_waits_for_the_morning_follows_the_reader_into_other_quiet_hours(sink, tell, ada, bo):
    night = clock("Europe/Lisbon", 2026, 6, 1, 23, 30)
    tell(bo, ada, "test_quiet", at=night)
    deliver(at=night)

    bo.edit(at=night + HOUR, quiet_until=time(6))
    for hour in (1, 2, 6, 7):
        deliver(at=clock("Europe/Lisbon", 2026, 6, 2, hour))
        assert len(sink.recipients) == (hour >= 6)
