"""Nothing is lost and nothing is sent twice, whatever dies meanwhile."""

import os
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest

from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import now

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def until(condition, seconds=30):
    """Wait until `condition()` is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.005)


def kill(process):
    """kill -9, and nothing else."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_several_deliverers_send_each_notice_once(sink, start, letters):
    people = letters(300)

    deliverers = [start("tests.faults.deliverer", "0") for _ in range(4)]
    for deliverer in deliverers:
        assert deliverer.wait(60) == 0

    assert sorted(sink.recipients) == sorted(person.email for person in people)
    assert Notice.objects.sent().count() == 300
    assert sink.connections > 1


def test_a_killed_deliverer_loses_nothing_and_makes_one_copy_at_most(sink, start, letters):
    people = letters(120)
    sink.slow = 0.01
    kills = 4

    for number in range(kills):
        sent = len(sink.mails)
        deliverer = start("tests.faults.deliverer", str(6 * number))
        until(lambda sent=sent: len(sink.mails) >= sent + 15)
        kill(deliverer)
    sink.slow = 0
    while Notice.objects.waiting().exists():
        deliver(at=now() + timedelta(minutes=6 * kills))

    copies = Counter(sink.recipients)
    assert set(copies) == {person.email for person in people}
    assert sum(copies.values()) - len(people) <= kills
    assert len({mail["Message-ID"] for mail in sink.mails}) == len(people)


def test_a_notice_comes_back_from_a_dead_deliverer_only_when_its_lease_ends(sink, start, letters):
    letters(3)
    sink.slow = 5
    deliverer = start("tests.faults.deliverer", "0")
    until(lambda: Notice.objects.exclude(lease=None).exists())
    kill(deliverer)
    sink.slow = 0

    assert deliver(at=now() + timedelta(minutes=4)) == 0
    assert deliver(at=now() + timedelta(minutes=6)) == 3


def test_a_mail_server_that_comes_back_gets_everything(sink, start, letters):
    people = letters(20)
    sink.stop()
    assert start("tests.faults.deliverer", "0").wait(30) == 0
    assert Notice.objects.waiting().count() == 20

    sink.start()
    for minutes in (2, 4):
        deliver(at=now() + timedelta(minutes=minutes))

    assert sorted(sink.recipients) == sorted(person.email for person in people)


def test_a_worker_sends_within_two_seconds_of_the_commit(sink, start, letters):
    worker = start(
        "celery", "-A", "supportnet", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"
    )
    letters(1)
    until(lambda: len(sink.mails) == 1)
    began = time.monotonic()

    reader = Notice.objects.get().reader
    Notice.objects.queue("join_accepted", reader.memberships.get(), to=reader, at=now(), key="again")
    until(lambda: len(sink.mails) == 2)

    assert time.monotonic() - began < 2
    kill(worker)


def test_what_the_broker_forgot_is_sent_by_the_sweep(sink, letters):
    import redis
    from django.conf import settings

    from supportnet.tasks import sweep

    letters(2)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()

    sweep()

    assert len(sink.mails) == 2
