"""`manage.py run` as a person uses it: started, visited, harmed, ended."""

import json
import os
import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing

import pytest

from tests.running import Running, is_gone, until

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """One folder for all of this module, so that only the first start prepares a database."""
    return tmp_path_factory.mktemp("installation") / "var"


@pytest.fixture
def installation(var):
    """Started and ready; ended afterwards, whatever happened."""
    here = Running(var).start()
    try:
        until(here.ready)
        yield here
    finally:
        here.end_if_need_be()


def test_one_command_serves_pages_and_ctrl_c_ends_it_all(installation):
    status, page = installation.get("/accounts/login/code/")
    family = installation.family()
    said = installation.output.read_text()

    code = installation.end()

    assert status == 200
    assert "/static/css/app." in page
    assert f"SupportNet is at http://localhost:{installation.port}" in said
    assert f"http://localhost:{installation.port}/mailbox/" in said
    assert len(family) == 6
    assert code == 0
    assert [pid for pid in family if not is_gone(pid)] == []
    assert "Traceback" not in installation.output.read_text()


def test_every_child_that_dies_is_started_again(installation):
    before = installation.children()

    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(set(installation.children()) - set(before)) == len(before))
    until(installation.ready)

    assert installation.get("/accounts/login/code/")[0] == 200
    assert installation.end() == 0


def test_when_the_supervisor_is_killed_nobody_stays_behind(installation):
    family = installation.family()

    installation.process.kill()
    installation.process.wait()

    until(lambda: all(is_gone(pid) for pid in family))


def test_a_sweep_runs_soon_after_the_start(installation):
    def last():
        with closing(sqlite3.connect(installation.var / "supportnet.sqlite3")) as database:
            return database.execute("select process from notices_heartbeat order by process").fetchall()

    until(lambda: last() == [("beat",), ("worker",)])


def test_readyz_says_when_the_broker_is_gone(installation):
    broker = installation.children()[0]
    os.kill(broker, signal.SIGSTOP)

    status, report = installation.get("/readyz")
    os.kill(broker, signal.SIGCONT)

    assert status == 503
    assert json.loads(report)["troubles"] == ["broker"]
    assert installation.get("/accounts/login/code/")[0] == 200


def test_a_taken_port_is_said_in_one_sentence(var, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        here = Running(tmp_path / "var")
        here.port = other.getsockname()[1]

        assert here.start().process.wait(30) == 1

    assert here.output.read_text().strip() == (
        f"CommandError: Port {here.port} is taken or not allowed. Choose another one: make run PORT=8001"
    )


def test_two_do_not_run_from_one_folder(installation):
    second = Running(installation.var)

    assert second.start().process.wait(30) == 1
    assert "SupportNet runs from this folder already" in second.output.read_text()
    assert installation.ready()


def test_an_idle_browser_holds_up_nobody(installation):
    idle = [socket.create_connection(("127.0.0.1", installation.port)) for _ in range(4)]

    started = time.monotonic()
    status, _ = installation.get("/healthz")
    took = time.monotonic() - started
    for connection in idle:
        connection.close()

    assert status == 200
    assert took < 2
