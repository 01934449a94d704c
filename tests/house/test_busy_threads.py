"""All threads of all processes may wait for something: the web still says that it lives, and loses nobody."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest

from tests import moment
from tests.running import ROOT, free_port, until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="hands connections over"),
]

PROCESSES, THREADS = 2, 2


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Where the web of deploy/ listens, with a page that takes a second."""
    folder, port = tmp_path_factory.mktemp("busy"), free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG", *moment.INHERITED) if name in os.environ},
        "HOME": str(folder),
        "SUPPORTNET_VAR": str(folder),
        "DEBUG": "1",
        "REDIS_URL": "memory://",
        "BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": str(PROCESSES),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "tests.slow_pages"]
    with open(folder / "log", "w") as log:
        web = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: took(port, "/healthz") is not None)
        yield port
    finally:
        web.terminate()
        web.wait(15)


def took(port, path):
    """Seconds until a page was there in full, or None."""
    began = time.monotonic()
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return time.monotonic() - began if answer.read() in (b"ok\n", b"slow\n") else None
    except OSError:
        return None


def test_the_web_says_that_it_lives_while_every_thread_is_busy_and_answers_everybody(port):
    """Thirty slow pages for four threads: eight seconds in which no thread is ever free."""
    with ThreadPoolExecutor(32) as visitors:
        slow = [visitors.submit(took, port, "/slow/") for _ in range(30)]
        time.sleep(0.5)
        health = []
        while not all(one.done() for one in slow):
            health.append(took(port, "/healthz"))
            time.sleep(0.2)
        pages = [one.result() for one in slow]

    assert len(health) > 10 and max(health) < 1
    assert None not in pages
    # Nobody waits behind another while a process is idle: as many rounds as there must be.
    assert max(pages) < 30 / (PROCESSES * THREADS) + 3


def test_afterwards_all_is_as_before(port):
    assert took(port, "/healthz") < 0.5
    assert took(port, "/slow/") < 2
