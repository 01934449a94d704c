"""A Valkey that is full, read-only, alone or stopped: signing in, reading and promising go on; mails go out later."""

import asyncio
import json
import os
import signal
import sys
from contextlib import contextmanager

import pytest
import redis

from tests.running import Running, until
from tests.visitors import Visitor

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

# How it comes to refuse what is written, and how it comes to itself.
REFUSING = {
    "full": (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
    "read-only": (("REPLICAOF", "127.0.0.1", "9"), ("REPLICAOF", "NO", "ONE")),
    "alone": (
        ("CONFIG", "SET", "min-replicas-to-write", "1"),
        ("CONFIG", "SET", "min-replicas-to-write", "0"),
    ),
    "stopped": (signal.SIGSTOP, signal.SIGCONT),
}
NOTE = "I can come with my own pot, at whatever hour it suits you best."


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """With a helper and a place for each way of refusing, and one more of both."""
    here = Running(tmp_path_factory.mktemp("refusing") / "var").furnish()
    here.place = here.run("tests.neighbourhood", len(REFUSING) + 1, 1, len(REFUSING) + 1)
    here.promised = []
    here.start()
    try:
        until(here.ready)
        yield here
    finally:
        here.end_if_need_be()


@contextmanager
def refusing(here, how):
    """The broker refuses meanwhile."""
    _tell(here, REFUSING[how][0])
    try:
        yield
    finally:
        _tell(here, REFUSING[how][1])


def _tell(here, what):
    if isinstance(what, signal.Signals):
        os.kill(here.children()[0], what)
        return
    with redis.Redis(unix_socket_path=str(here.var / "broker.sock")) as client:
        client.execute_command(*what)


def help_out(here):
    """Whoever has not yet been here signs in, reads, and promises; the page of the promise."""
    number = len(here.promised)
    here.promised.append(here.place["emails"][number])

    async def come():
        visitor = await Visitor(here.port).sign_in(here.promised[-1], here.var / "mailbox")
        assert (await visitor.get("/")).status == 200
        slot = here.place["slots"][number]
        answer = await visitor.post(f"/slots/{slot}/claim/", even_if_clashing="on", sure="on", note=NOTE)
        return await visitor.get(answer.leads_to)

    return asyncio.run(come())


def confirmed(here):
    """Those who have the mail with what they have promised, once for each."""
    mails = [path.read_text() for path in sorted((here.var / "mailbox").glob("*.eml"))]
    heads = [mail.partition("\n\n")[0] for mail in mails if ".ics" in mail]
    return sorted(email for email in here.place["emails"] for head in heads if f"To: {email}" in head)


@pytest.mark.parametrize("how", REFUSING)
def test_people_notice_nothing_and_readyz_says_it(running, how):
    with refusing(running, how):
        promise = help_out(running)
        status, report = running.get("/readyz")

    assert promise.status == 200
    assert NOTE in promise.body.decode()
    assert (status, json.loads(report)["troubles"]) == (503, ["broker"])
    until(running.ready)
    assert "Traceback" not in running.output.read_text()


def test_as_soon_as_it_takes_what_is_written_everybody_is_told_once(running):
    help_out(running)

    until(lambda: len(confirmed(running)) >= len(running.promised))

    assert confirmed(running) == sorted(running.promised)
