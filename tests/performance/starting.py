"""`manage.py run`, as `make run` does it: how long until the first page, and how much memory it keeps."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from tests.smtp import free_port

from .measuring import say

OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SUPPORTNET_VAR", "TEST_DATABASE", "TEST_SERVICES")
IDLE = 5  # seconds


def measure(world, asked):
    """Started once to set up, then again; processes are looked at when they have been idle for a while."""
    with tempfile.TemporaryDirectory(prefix="supportnet-run-") as folder:
        port = free_port()
        idle = 0 if asked.quick else IDLE
        first = _start(folder, port, idle)
        again = []
        for _ in range(1 if asked.quick else 3):
            again.append(_start(folder, port, idle))
        seconds, megabytes = min(seconds for seconds, _ in again), max(megabytes for _, megabytes in again)
    say(
        "manage.py run, not the first time, to the first page: seconds",
        seconds,
        at_most=3,
        first_time=first[0],
    )
    say("manage.py run, idle: MB in all processes", megabytes, at_most=250)


def _start(folder, port, idle):
    """(seconds to the first page, megabytes when idle)."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"SUPPORTNET_VAR": folder, "PORT": str(port), "DEMO": "0"}
    started = time.perf_counter()
    with open(Path(folder) / "run.out", "w") as output:
        command = [sys.executable, settings.ROOT / "manage.py", "run"]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        seconds = _first_page(port, process, output.name) - started
        time.sleep(idle)
        return seconds, sum(_proportional_kilobytes(pid) for pid in _family(process.pid)) / 1000
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _first_page(port, process, output):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
                answer.read()
                return time.perf_counter()
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"It did not start: {Path(output).read_text()[-2000:]}")


def _family(pid):
    """A process and all that descend from it."""
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # It may end while it is looked at.
            found += map(int, file.read_text().split())
    return [pid, *(one for child in found for one in _family(child))]


def _proportional_kilobytes(pid):
    """What is shared counts by its share (PSS); a process that has ended since it was listed keeps nothing."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
