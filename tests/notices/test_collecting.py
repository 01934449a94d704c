from datetime import timedelta

from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import make_person, now

MINUTE = timedelta(minutes=1)


def subjects(sink):
    return [mail["Subject"] for mail in sink.mails]


def test_what_waits_for_one_reader_goes_out_in_one_mail(sink, tell, ada, bo, olga):
    for cause in (ada, olga):
        tell(bo, cause, "test_collected")
    tell(ada, olga, "test_collected")

    assert deliver(at=now()) == 2
    assert subjects(sink) == ["Hello from Ada Olga", "Hello from Olga"]
    assert Notice.objects.sent().count() == 3


def test_the_first_goes_at_once_and_the_rest_together_when_the_window_ends(sink, tell, ada, bo, olga):
    at = now()
    tell(bo, ada, "test_collected", at=at)
    deliver(at=at)
    for minutes, cause in ((1, olga), (2, make_person("Cleo"))):
        tell(bo, cause, "test_collected", at=at + minutes * MINUTE)
        deliver(at=at + minutes * MINUTE)
    assert subjects(sink) == ["Hello from Ada"]

    deliver(at=at + 11 * MINUTE)

    assert subjects(sink) == ["Hello from Ada", "Hello from Olga Cleo"]
    assert {notice.attempts for notice in Notice.objects.all()} == {0}


def test_what_becomes_due_within_the_window_goes_along(sink, tell, ada, bo, olga):
    at = now()
    tell(bo, ada, "test_collected", due_at=at)
    tell(bo, olga, "test_collected", due_at=at + 9 * MINUTE)
    tell(bo, bo, "test_collected", due_at=at + 11 * MINUTE)

    deliver(at=at)

    assert subjects(sink) == ["Hello from Ada Olga"]


def test_siblings_in_other_hands_are_not_overtaken(sink, tell, ada, bo, olga):
    at = now()
    tell(bo, ada, "test_collected", at=at)
    elsewhere = Notice.objects.take(at, limit=10)
    waiting = tell(bo, olga, "test_collected", at=at)

    deliver(at=at + MINUTE)
    Notice.objects.give_back(elsewhere)
    deliver(at=at + 11 * MINUTE + MINUTE)

    waiting.refresh_from_db()
    assert subjects(sink) == ["Hello from Ada Olga"]


def test_a_copy_of_a_group_carries_the_same_message_id(sink, tell, ada, bo, olga):
    at = now()
    for cause in (ada, olga):
        tell(bo, cause, "test_collected", at=at)
    deliver(at=at)
    Notice.objects.update(sent_at=None)
    tell(bo, bo, "test_collected", at=at)

    deliver(at=at + MINUTE)

    assert subjects(sink) == ["Hello from Ada Olga", "Hello from Ada Olga Bo"]
    assert len({mail["Message-ID"] for mail in sink.mails}) == 1


def test_one_that_breaks_the_mail_is_left_out_of_it(sink, tell, ada, bo, olga, monkeypatch):
    from supportnet.notices import kinds

    def context(causes, notices, reader, at):
        return {"broken": 1 / 0} if ada in causes else {}

    monkeypatch.setattr(kinds.find("test_collected"), "context", context)
    for cause in (ada, olga):
        tell(bo, cause, "test_collected")

    deliver(at=now())

    assert subjects(sink) == ["Hello from Olga"]
    assert [notice.state for notice in Notice.objects.order_by("pk")] == ["waiting", "sent"]
