import os
import signal
import subprocess
import sys
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from circles.models import Circle, Person
from supportnet.notices.models import Notice
from tests.cast import make_circle, make_person, now
from tests.smtp import Sink

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sink(settings):
    """A mail server, for this process and those that a test starts."""
    sink = Sink().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    yield sink
    sink.stop()


def database_url():
    """The test database, for another process."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def environment(sink):
    """What a process of ours needs to know to work on the test's database and mail server."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "supportnet.settings",
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
    }


@pytest.fixture
def start(sink):
    """Starts a program of ours on the test's database; whatever still runs afterwards is ended."""
    processes = []

    def start(*command):
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=environment(sink),
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        )
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


@pytest.fixture
def letters(transactional_db):
    """Queues that many notices, each to a reader of their own, awake at any hour."""

    def letters(number):
        olga = make_person("Olga")
        circle = Circle.objects.get(pk=make_circle(olga).pk)
        people = [make_person(f"Reader{n}", quiet_from=time(0), quiet_until=time(0)) for n in range(number)]
        for person in people:
            circle.memberships.create(person=person).join(at=now())
        memberships = circle.memberships.filter(person__in=people).select_related("person")
        Notice.objects.queue_all("join_accepted", [(m, m.person) for m in memberships], at=now())
        return Person.objects.filter(pk__in=[person.pk for person in people])

    return letters
