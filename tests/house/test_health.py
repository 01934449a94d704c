"""/healthz and /readyz."""

import socket
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from supportnet.celery import app, note_heartbeat
from supportnet.notices.models import Heartbeat, Notice


@pytest.fixture
def alive(db):
    """Beat and worker were seen just now."""
    for process in ("beat", "worker"):
        Heartbeat.objects.beat(process, timezone.now())


def queue(**fields):
    """A notice as somebody's verb would have queued it."""
    at = timezone.now() - timedelta(hours=1)
    times = {"created_at": at, "due_at": at, "try_at": at, **fields}
    return Notice.objects.create(key="k", kind="k", address="bo@example.org", cause_id=1, **times)


def test_healthz_answers_while_the_process_lives(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_is_well_when_everything_is(client, alive):
    response = client.get("/readyz")

    report = response.json()
    assert response.status_code == 200
    assert report["troubles"] == []
    assert (report["database"], report["broker"], report["notices_waiting"]) == ("ok", "ok", 0)
    assert report["beat"]["seconds_ago"] < 5
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("silent", ["beat", "worker"])
def test_readyz_says_who_has_fallen_silent(client, alive, silent):
    Heartbeat.objects.beat(silent, timezone.now() - timedelta(minutes=15))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["troubles"] == [silent]
    assert response.json()[silent]["seconds_ago"] > 890


def test_before_the_first_heartbeat_nothing_is_ready(client, db):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["troubles"] == ["beat", "worker"]


def test_readyz_counts_what_is_due_and_says_when_it_lies_too_long(client, alive):
    queue()

    response = client.get("/readyz")

    report = response.json()
    assert response.status_code == 503
    assert report["troubles"] == ["overdue_seconds"]
    assert report["notices_waiting"] == 1
    assert 3590 < report["oldest_seconds"] < 3700


def test_a_notice_for_later_is_no_trouble(client, alive):
    later = timezone.now() + timedelta(hours=1)
    queue(due_at=later, try_at=later)

    assert client.get("/readyz").json()["notices_waiting"] == 0


def test_a_broker_that_is_away_or_swallows_everything_is_said_in_time(client, alive, settings):
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{hole.getsockname()[1]}/0"
        started = time.monotonic()
        silent = client.get("/readyz")
        took = time.monotonic() - started
    away = client.get("/readyz")

    assert (silent.status_code, silent.json()["broker"]) == (503, "TimeoutError")
    assert (away.status_code, away.json()["broker"]) == (503, "ConnectionError")
    assert took < 4


def test_readyz_says_nothing_about_anybody(client, alive, ada, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        response = client.get("/readyz")

    assert "ada" not in response.content.decode()


def test_beat_tells_the_database_that_it_lives(db, monkeypatch):
    monkeypatch.setattr("supportnet.celery._last", {})
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)

    note_heartbeat("beat")
    note_heartbeat("beat")

    assert Heartbeat.objects.get().process == "beat"


def test_after_a_start_every_entry_of_beat_is_overdue():
    from supportnet.celery import Scheduler

    scheduler = Scheduler(app)

    assert [entry.is_due().is_due for entry in scheduler.schedule.values()] == [True]
