from datetime import timedelta

import pytest

from circles.models import Person
from supportnet.notices import kinds
from supportnet.notices.batch import WAITS
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import make_person, now

MINUTE = timedelta(minutes=1)


def test_a_notice_is_sent_once(sink, tell, ada, bo):
    tell(bo, ada)

    assert deliver(at=now()) == 1
    assert deliver(at=now() + timedelta(days=1)) == 0
    assert sink.recipients == ["bo@example.org"]
    assert [notice.state for notice in Notice.objects.all()] == ["sent"]


def test_each_reader_gets_a_letter_of_their_own_over_one_connection(sink, tell, ada, bo, olga):
    for reader in (ada, bo, olga):
        tell(reader, ada)

    deliver(at=now())

    assert sink.recipients == ["ada@example.org", "bo@example.org", "olga@example.org"]
    assert sink.connections == 1


def test_nothing_is_sent_before_it_is_due(sink, tell, ada, bo):
    at = now()
    tell(bo, ada, due_at=at + MINUTE)

    assert deliver(at=at) == 0
    assert deliver(at=at + MINUTE) == 1


def test_an_address_without_an_account_is_written_to(sink, tell, ada):
    tell("new@example.org", ada)

    deliver(at=now())

    assert sink.recipients == ["new@example.org"]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"is_active": False}, "The reader's account is closed."),
        ({"verified_at": None}, "The reader has not shown that the address is theirs."),
        ({"mail_refused_at": now()}, "The reader's address refused mail earlier."),
    ],
)
def test_readers_who_can_not_be_reached_are_left_alone(sink, tell, ada, bo, change, because):
    notice = tell(bo, ada)
    Person.objects.filter(pk=bo.pk).update(**change)

    deliver(at=now())

    notice.refresh_from_db()
    assert (sink.mails, notice.state, notice.dropped_because) == ([], "dropped", because)


def test_what_came_too_late_is_dropped(sink, tell, ada, bo):
    notice = tell(bo, ada, expires_at=now() - MINUTE)

    deliver(at=now())

    notice.refresh_from_db()
    assert (sink.mails, notice.dropped_because) == ([], "It came too late to be of use.")


def test_what_it_was_about_may_be_gone(sink, tell, ada, bo):
    cleo = make_person("Cleo")
    notice = tell(bo, cleo)
    cleo.delete()

    deliver(at=now())

    notice.refresh_from_db()
    assert (sink.mails, notice.dropped_because) == ([], "What it was about is gone.")


def test_what_is_no_longer_true_is_dropped_with_the_kinds_reason(sink, tell, ada, bo, monkeypatch):
    monkeypatch.setattr(
        kinds.find("test_greeting"), "still_true", lambda cause, notice, at: f"{cause} went away."
    )
    notice = tell(bo, ada)

    deliver(at=now())

    notice.refresh_from_db()
    assert (sink.mails, notice.dropped_because) == ([], "Ada went away.")


def test_a_kind_that_nobody_knows_fails_for_all_to_see(sink, tell, ada, bo):
    unknown = tell(bo, ada)
    Notice.objects.update(kind="long_gone")
    tell(bo, ada, key="another")

    deliver(at=now())

    unknown.refresh_from_db()
    assert (len(sink.mails), unknown.state, unknown.error) == (
        1,
        "failed",
        "Nobody knows this kind of notice.",
    )


def test_one_that_can_not_be_written_does_not_hold_up_the_others(
    sink, tell, ada, bo, olga, monkeypatch, caplog
):
    def context(causes, notices, reader, at):
        if reader == bo:
            raise KeyError(reader.email)
        return {}

    monkeypatch.setattr(kinds.find("test_greeting"), "context", context)
    broken, _fine = tell(bo, ada), tell(olga, ada)

    deliver(at=now())

    broken.refresh_from_db()
    assert sink.recipients == ["olga@example.org"]
    assert (broken.state, broken.attempts) == ("waiting", 1)
    assert broken.error.startswith("KeyError in test_delivery.py")
    assert "bo@example.org" not in caplog.text


def test_what_can_never_be_written_fails_after_about_three_days(sink, tell, ada, bo, monkeypatch):
    monkeypatch.setattr(kinds.find("test_greeting"), "still_true", lambda cause, notice, at: 1 / 0)
    notice = tell(bo, ada)
    began = at = now()
    while notice.state == "waiting":
        deliver(at=at)
        notice.refresh_from_db()
        at = max(notice.try_at, at)

    assert (notice.state, notice.attempts) == ("failed", len(WAITS) + 1)
    assert timedelta(days=2.5) < notice.failed_at - began < timedelta(days=3.5)


def test_a_lease_keeps_others_away_until_it_runs_out(tell, ada, bo):
    tell(bo, ada)
    at = now()
    [mine] = Notice.objects.take(at, limit=10)

    assert Notice.objects.take(at + 4 * MINUTE, limit=10) == []
    [theirs] = Notice.objects.take(at + 5 * MINUTE, limit=10)
    assert Notice.objects.mark_sent([mine], at) == 0
    assert Notice.objects.mark_sent([theirs], at) == 1


def test_a_lease_that_runs_out_in_mid_batch_is_not_sent_any_more(sink, tell, ada, bo, olga, monkeypatch):
    tell(bo, ada), tell(olga, ada)
    at = now()
    moments = iter([at, at, at, at, at, at + 5 * MINUTE])
    monkeypatch.setattr(
        "supportnet.notices.delivery._clock", lambda at: lambda: next(moments, at + 5 * MINUTE)
    )

    deliver(at=at)

    assert sink.recipients == ["bo@example.org"]
    assert [(n.state, n.lease, n.attempts) for n in Notice.objects.filter(reader=olga)] == [
        ("waiting", None, 0)
    ]


def test_a_batch_more_than_full_calls_for_help_once(sink, tell, ada, bo, monkeypatch):
    monkeypatch.setattr("supportnet.notices.delivery.BATCH", 2)
    for number in range(6):
        tell(bo, ada, key=f"greeting:{number}")
    calls = []

    assert deliver(at=now(), call_help=lambda: calls.append("help")) == 6
    assert calls == ["help"]


def test_queries_grow_by_one_a_letter(sink, tell, ada, bo, olga, django_assert_num_queries):
    tell(bo, ada)
    with django_assert_num_queries(7):
        deliver(at=now())
    for number in range(3):
        tell(bo, ada, key=f"greeting:{number}")

    with django_assert_num_queries(9):
        deliver(at=now())


def test_a_kind_may_ask_about_many_at_once(sink, tell, ada, bo, olga, monkeypatch):
    asked = []

    def reasons_against(pairs, at):
        asked.append([cause for _, cause in pairs])
        return {notice.pk: "No longer a member." for notice, _ in pairs if notice.reader == bo}

    monkeypatch.setattr(kinds.find("test_greeting"), "reasons_against", reasons_against)
    for reader in (bo, olga):
        tell(reader, ada)

    deliver(at=now())

    assert (sink.recipients, asked) == (["olga@example.org"], [[ada, ada]])
    assert list(Notice.objects.dropped().values_list("reader", "dropped_because")) == [
        (bo.pk, "No longer a member.")
    ]


def test_a_reader_may_have_chosen_to_wait(sink, tell, ada, bo, monkeypatch):
    at = now()
    monkeypatch.setattr(
        kinds.find("test_greeting"), "not_before", lambda cause, notice, at: notice.due_at + 30 * MINUTE
    )
    tell(bo, ada, at=at)

    assert [deliver(at=at + minutes * MINUTE) for minutes in (0, 29, 30)] == [0, 0, 1]
