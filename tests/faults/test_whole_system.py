"""Web, worker, beat, broker, database and mail server: whichever is harmed, nobody is left untold.

What a single deliverer does is in test_delivery.py; here all of it hangs together as in an installation.
"""

import signal
import time
from collections import Counter
from datetime import time as clock

import pytest
from django.db import connection

from circles.models import Person
from supportnet.notices.models import Notice
from tests import cast
from tests.installation import Installation

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def installation(transactional_db, collected, tmp_path):
    """The broker and a mail server; tests start what else they need."""
    installation = Installation(tmp_path)
    try:
        yield installation.start("broker")
    finally:
        installation.stop()


@pytest.fixture
def street(transactional_db):
    """Olga's circle; nobody in it ever sleeps, nor hears of new requests, which beat may tell at any time."""
    people = [
        cast.make_person(name, quiet_from=clock(0), quiet_until=clock(0)) for name in ("Olga", "Ada", "Bo")
    ]
    street = cast.make_circle(*people)
    street.memberships.update(hears="never")
    forget_what_was_told()
    return street


@pytest.fixture
def slot(street):
    """Ada's request, which nobody has been told of."""
    slot = cast.ask(Person.objects.get(name="Ada"), street, in_days=1).slots.get()
    forget_what_was_told()
    return slot


def forget_what_was_told():
    Notice.objects.all().delete()


def claim(installation, slot, person):
    """Claim as a browser does; returns the status and how many seconds it took."""
    began = time.monotonic()
    return installation.post(f"/slots/{slot.pk}/claim/", person), time.monotonic() - began


def letters(number):
    """Queue one letter to each of so many people."""
    circle = cast.make_circle(cast.make_person("Olga"))
    people = [
        cast.make_person(f"Reader{n}", quiet_from=clock(0), quiet_until=clock(0)) for n in range(number)
    ]
    memberships = [circle.ask_to_join(person, at=cast.now()) for person in people]
    forget_what_was_told()
    for membership in memberships:
        membership.admit(by=circle.keepers().get().person, at=cast.now())
    return [person.email for person in people]


def let_leases_run_out():
    """As if five minutes had gone by."""
    Notice.objects.exclude(lease=None).update(leased_until=cast.now())


def told(installation):
    """Who got how many mails."""
    return Counter(installation.sink.recipients)


def everybody_is_told(installation):
    return lambda: not Notice.objects.waiting().exists()


def test_a_worker_killed_in_mid_send_loses_nothing(installation):
    readers = letters(40)
    installation.sink.slow = 0.03
    installation.start("worker").wake()
    installation.wait(lambda: len(installation.sink.mails) >= 10, "ten mails")

    installation.kill("worker")
    let_leases_run_out()
    installation.start("worker", "beat")
    installation.wait(everybody_is_told(installation), "the rest of the mails")

    copies = told(installation)
    assert set(copies) == set(readers)
    assert sum(copies.values()) <= len(readers) + 1
    assert len({mail["Message-ID"] for mail in installation.sink.mails}) == len(readers)


def test_two_beats_and_two_workers_tell_once(installation, slot):
    slot.claim(by=Person.objects.get(name="Bo"), at=cast.now())
    forget_what_was_told()
    slot.claims.update(remind_at=cast.now())

    installation.start("worker", "worker2", "beat", "beat2")
    installation.mail_to("bo@example.org")
    for _ in range(4):
        installation.wake("supportnet.tasks.sweep")
    installation.wait(lambda: installation.redis().llen(installation.queue) == 0, "an empty queue")
    time.sleep(0.5)

    assert told(installation) == {"bo@example.org": 1}


def test_without_a_broker_pages_answer_and_mails_go_out_later(installation, slot):
    installation.start("web", "worker")
    installation.kill("broker")

    status, seconds = claim(installation, slot, Person.objects.get(name="Bo"))

    assert status in (200, 302, 303)
    assert seconds < 3
    assert slot.claims.live().count() == 1
    assert told(installation) == {}
    installation.start("broker", "beat")
    installation.wait(everybody_is_told(installation), "the mails", seconds=40)
    assert told(installation) == {"bo@example.org": 1, "ada@example.org": 1}


def test_a_broker_that_hangs_does_not_hold_a_page(installation, slot):
    installation.start("web")
    installation.processes["broker"].send_signal(signal.SIGSTOP)

    status, seconds = claim(installation, slot, Person.objects.get(name="Bo"))

    assert status in (200, 302, 303)
    assert seconds < 10
    assert slot.claims.live().count() == 1


def test_a_broker_that_forgot_everything_is_only_slower(installation, slot):
    installation.start("web", "worker", "beat")
    installation.wait(lambda: installation.get("/readyz") == 200, "a whole installation")
    with installation.redis() as client:
        client.flushall()

    status, _seconds = claim(installation, slot, Person.objects.get(name="Bo"))

    assert status in (200, 302, 303)
    installation.wait(everybody_is_told(installation), "the mails", seconds=70)
    assert told(installation) == {"bo@example.org": 1, "ada@example.org": 1}


def test_a_mail_server_that_is_away_is_seen_and_gets_its_mails_when_it_is_back(installation, slot):
    installation.start("web", "worker")
    installation.sink.stop()

    assert claim(installation, slot, Person.objects.get(name="Bo"))[0] in (200, 302, 303)
    installation.wait(lambda: Notice.objects.filter(attempts=1).exists(), "an attempt")
    waiting = Notice.objects.waiting()
    assert waiting.count() == 2
    assert waiting.exclude(error="").exists()

    installation.sink.start()
    waiting.update(try_at=cast.now(), lease=None, leased_until=None)
    installation.wake()
    installation.wait(everybody_is_told(installation), "the mails")
    assert told(installation) == {"bo@example.org": 1, "ada@example.org": 1}


def test_connections_to_the_database_are_cut_and_taken_up_again(installation, slot):
    installation.start("web", "worker")
    assert installation.get("/readyz") in (200, 503)
    installation.wake()
    cut_connections()

    assert claim(installation, slot, Person.objects.get(name="Bo"))[0] in (200, 302, 303)
    installation.wait(everybody_is_told(installation), "the mails")
    assert told(installation) == {"bo@example.org": 1, "ada@example.org": 1}


def test_connections_cut_in_mid_send_cost_one_copy_at_most(installation):
    readers = letters(30)
    installation.sink.slow = 0.03
    installation.start("worker").wake()
    installation.wait(lambda: len(installation.sink.mails) >= 10, "ten mails")

    cut_connections()
    time.sleep(0.5)
    let_leases_run_out()
    installation.wake()
    installation.wait(everybody_is_told(installation), "the rest of the mails")

    copies = told(installation)
    assert set(copies) == set(readers)
    assert sum(copies.values()) <= len(readers) + 1
    assert len({mail["Message-ID"] for mail in installation.sink.mails}) == len(readers)


def cut_connections():
    """Cut every connection to the tests' database but this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
