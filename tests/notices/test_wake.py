import pytest
from celery import current_app
from django.db import transaction

from requests.models.wave_plan import OPEN_WAVES
from supportnet.notices import tasks
from supportnet.notices.models import Notice
from supportnet.notices.wake import DELIVER
from tests.cast import now


@pytest.fixture
def published(monkeypatch):
    """What was handed to the broker."""
    calls = []
    monkeypatch.setattr(current_app, "send_task", calls.append)
    return calls


def test_one_transaction_wakes_one_deliverer(ada, bo, olga, published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        Notice.objects.queue("test_greeting", ada, to=bo, at=now())
        with transaction.atomic():
            Notice.objects.queue("test_greeting", ada, to=olga, at=now())

    assert published == [tasks.deliver.name]


def test_workers_know_the_names_by_which_they_are_woken():
    current_app.loader.import_default_modules()

    assert {DELIVER, OPEN_WAVES} <= set(current_app.tasks)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_breaks_nothing(ada, bo, monkeypatch, caplog):
    def away(task):
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", away)

    Notice.objects.queue("test_greeting", ada, to=bo, at=now())

    assert Notice.objects.waiting().count() == 1
    assert "Could not wake notices.deliver: ConnectionError" in caplog.text
