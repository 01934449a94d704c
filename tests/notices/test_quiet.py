from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from circles.models import Person
from supportnet.notices import kinds
from supportnet.notices.delivery import deliver
from supportnet.notices.quiet import quiet_until


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
