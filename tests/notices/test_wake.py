import pytest
from django.db import transaction

from supportnet.notices import tasks
from supportnet.notices.models import Notice
from tests.cast import now


@pytest.fixture
def published(monkeypatch):
    """What was handed to the broker."""
    calls = []
    monkeypatch.setattr(tasks.deliver, "delay", lambda: calls.append("deliver"))
    return calls


def test_one_transaction_wakes_one_deliverer(ada, bo, olga, published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        Notice.objects.queue("test_greeting", ada, to=bo, at=now())
        with transaction.atomic():
            Notice.objects.queue("test_greeting", ada, to=olga, at=now())

    assert published == ["deliver"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_breaks_nothing(ada, bo, monkeypatch, caplog):
    def away():
        raise ConnectionError

    monkeypatch.setattr(tasks.deliver, "delay", away)

    Notice.objects.queue("test_greeting", ada, to=bo, at=now())

    assert Notice.objects.waiting().count() == 1
    assert "Could not hurry the notices along: ConnectionError" in caplog.text
