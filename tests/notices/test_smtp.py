from datetime import timedelta

import pytest

from supportnet.notices import smtp
from supportnet.notices.batch import WAITS
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import make_person, now

MINUTE = timedelta(minutes=1)


def states():
    return list(
        Notice.objects.order_by("pk").values_list("reader__name", "attempts", "error", named=False)
    ), [notice.state for notice in Notice.objects.order_by("pk")]


def test_a_refused_address_fails_and_is_marked(sink, tell, ada, bo, olga):
    sink.refused_recipients["bo@example.org"] = "550 5.1.1 <bo@example.org> no such user"
    refused, _fine = tell(bo, ada), tell(olga, ada)

    deliver(at=now())

    refused.refresh_from_db()
    bo.refresh_from_db()
    assert sink.recipients == ["olga@example.org"]
    assert (refused.state, refused.error) == ("failed", "550 5.1.1 <…> no such user")
    assert (bo.mail_refused_at, bo.mail_refused_because) == (refused.failed_at, refused.error)


def test_a_policy_of_the_server_is_not_the_addresss_fault(sink, tell, ada, bo):
    sink.refused_recipients["bo@example.org"] = "554 5.7.1 relaying denied"
    notice = tell(bo, ada)

    deliver(at=now())

    notice.refresh_from_db()
    bo.refresh_from_db()
    assert (notice.state, bo.mail_refused_at) == ("failed", None)


def test_a_refused_letter_fails_but_the_address_stays_good(sink, tell, ada, bo, olga):
    sink.refused_letters["bo@example.org"] = "554 we take no such letter"
    refused, _fine = tell(bo, ada), tell(olga, ada)

    deliver(at=now())

    refused.refresh_from_db()
    bo.refresh_from_db()
    assert sink.recipients == ["olga@example.org"]
    assert (refused.state, refused.error, bo.mail_refused_at) == (
        "failed",
        "554 we take no such letter",
        None,
    )


@pytest.mark.parametrize("stage", ["refused_recipients", "refused_letters"])
def test_a_refusal_for_now_waits_longer_each_time(sink, tell, ada, bo, stage):
    getattr(sink, stage)["bo@example.org"] = "451 come back later"
    notice = tell(bo, ada)
    waits, at = [], now()
    for _ in range(6):
        deliver(at=at)
        notice.refresh_from_db()
        waits.append(round((notice.try_at - at) / MINUTE))
        at = notice.try_at

    getattr(sink, stage).clear()
    deliver(at=at)

    assert waits == [1, 5, 15, 60, 180, 360]
    assert sink.recipients == ["bo@example.org"]


def test_a_refusal_for_now_that_lasts_three_days_has_failed(sink, tell, ada, bo):
    sink.refused_recipients["bo@example.org"] = "450 mailbox busy"
    notice = tell(bo, ada)
    Notice.objects.update(attempts=len(WAITS))

    deliver(at=now())

    notice.refresh_from_db()
    bo.refresh_from_db()
    assert (notice.state, notice.error, bo.mail_refused_at) == ("failed", "450 mailbox busy", None)


def test_what_is_of_use_for_an_hour_does_not_wait_for_three(sink, tell, ada, bo):
    sink.refused_recipients["bo@example.org"] = "450 mailbox busy"
    at = now()
    notice = tell(bo, ada, at=at, expires_at=at + 60 * MINUTE)
    Notice.objects.update(attempts=4)

    deliver(at=at)

    notice.refresh_from_db()
    assert round((notice.try_at - at) / MINUTE) == 30


def test_a_server_that_is_down_costs_one_attempt_and_the_rest_goes_back(sink, tell, ada, bo, olga):
    sink.stop()
    at = now()
    for reader in (bo, olga, ada):
        tell(reader, ada, at=at)

    deliver(at=at)
    assert [(n.state, n.attempts, n.lease) for n in Notice.objects.order_by("pk")] == [
        ("waiting", 1, None),
        ("waiting", 0, None),
        ("waiting", 0, None),
    ]

    sink.start()
    deliver(at=at + 2 * MINUTE)
    assert sorted(sink.recipients) == ["ada@example.org", "bo@example.org", "olga@example.org"]


def test_a_server_that_refuses_us_is_treated_as_down(sink, tell, ada, bo, olga):
    sink.refused_senders["*"] = "550 who are you"
    tell(bo, ada), tell(olga, ada)

    deliver(at=now())

    assert [(n.state, n.attempts) for n in Notice.objects.order_by("pk")] == [("waiting", 1), ("waiting", 0)]


def test_a_line_cut_between_two_letters_is_opened_again(sink, tell, ada, bo, olga, monkeypatch):
    import time

    sink.drop_between = 1
    tell(bo, ada), tell(olga, ada)
    first = smtp.Post.send

    def send_slowly(self, message):
        first(self, message)
        time.sleep(0.2)

    monkeypatch.setattr(smtp.Post, "send", send_slowly)
    deliver(at=now())

    assert sink.recipients == ["bo@example.org", "olga@example.org"]
    assert {(n.state, n.attempts) for n in Notice.objects.all()} == {("sent", 0)}


def test_a_line_cut_after_the_letter_was_taken_makes_one_copy_with_the_same_id(sink, tell, ada, bo, olga):
    sink.drop_after_data = 1
    at = now()
    tell(bo, ada, at=at), tell(olga, ada, at=at)

    deliver(at=at)
    deliver(at=at + 2 * MINUTE)

    assert sink.recipients == ["bo@example.org", "olga@example.org", "bo@example.org"]
    assert sink.mails[0]["Message-ID"] == sink.mails[2]["Message-ID"] != sink.mails[1]["Message-ID"]


def test_a_server_that_always_cuts_the_line_is_left_alone_after_two(sink, tell, ada):
    sink.drop_after_data = 100
    for number in range(5):
        tell(make_person(f"Reader{number}"), ada)

    deliver(at=now())

    assert len(sink.mails) == 2
    assert [n.attempts for n in Notice.objects.order_by("pk")] == [1, 1, 0, 0, 0]


def test_a_server_too_slow_to_answer_is_left_for_later(sink, tell, ada, bo, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.2)
    sink.slow = 1
    notice = tell(bo, ada)

    deliver(at=now())

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("waiting", 1)
