"""Disks that are full or read-only, and a database that is damaged: one line on the terminal says what to do, pages ask
for a moment. Each installation lies on a small file system of its own, which nobody else sees and ends with it.
"""

import asyncio
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from supportnet.outages import CLOSED, DAMAGED, FULL
from tests.running import Running, furniture, until
from tests.visitors import Visitor

APART = ["unshare", "--map-root-user", "--mount"]
# Its words: the size, where, what to copy there if anything, what to do to it then; and the command.
ON_A_SMALL_DISK = """
set -e
mount -t tmpfs -o size=$0,mode=700 none "$1"
[ -z "$2" ] || cp -a "$2/." "$1"
cd "$1"
eval "$3"
cd "$OLDPWD"
shift 3
exec "$@"
"""
FURNISHED = "32m"
DOOR = "/accounts/login/code/"
# What may be done to it, and what is said then.
REFUSED = {
    "a disk that was never large enough": ("16k", False, "", FULL),
    "a full disk": (FURNISHED, True, "dd if=/dev/zero of=filler bs=64k 2> /dev/null || true", FULL),
    "a read-only folder": (FURNISHED, True, "mount -o remount,ro .", "a folder that can be written in"),
    "a read-only database": (
        FURNISHED,
        True,
        "mount --bind supportnet.sqlite3 supportnet.sqlite3; mount -o remount,ro,bind supportnet.sqlite3",
        CLOSED,
    ),
    "a damaged database": (
        FURNISHED,
        True,
        "dd if=/dev/urandom of=supportnet.sqlite3 bs=4096 seek=20 count=40 conv=notrunc status=none",
        DAMAGED,
    ),
    "something else in its place": (
        FURNISHED,
        True,
        "head -c 9999 /dev/urandom > supportnet.sqlite3",
        DAMAGED,
    ),
}


def may_mount():
    """Whether this machine lets us have file systems that nobody else sees."""
    if sys.platform != "linux":
        return False
    trial = [*APART, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


pytestmark = [pytest.mark.faults, pytest.mark.skipif(not may_mount(), reason="may not mount a small disk")]


def start(folder, size=FURNISHED, is_furnished=True, then=""):
    """Start an installation on a disk of that size, after `then` was done to it."""
    here = Running(folder / "var")
    here.var.mkdir()
    words = (size, str(here.var), str(furniture()) if is_furnished else "", then)
    return here.start(*APART, "sh", "-c", ON_A_SMALL_DISK, *words)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One with some space left."""
    here = start(tmp_path_factory.mktemp("small"))
    try:
        until(here.ready)
        yield here
    finally:
        here.end_if_need_be()


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """All that cannot start, started at the same time."""
    return {what: start(tmp_path_factory.mktemp("refused"), *how) for what, (*how, _words) in REFUSED.items()}


def kept(here):
    """Its folder, seen from outside."""
    return Path(f"/proc/{here.process.pid}/root{here.var}")


def fill(path):
    """Take all the space that is left."""
    with open(path, "wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4096)):
                pass
        except OSError:
            return


def at_the_door(port):
    """Somebody who has read the page on which one asks for a code."""
    visitor = Visitor(port)
    assert asyncio.run(visitor.get(DOOR)).status == 200
    return visitor


def knock(visitor):
    """Ask for a code: a session, a row and a mail are written."""
    return asyncio.run(visitor.post(DOOR, email="ada@example.org"))


def test_a_full_disk_is_said_and_when_there_is_room_again_it_goes_on(running):
    visitor, filler = at_the_door(running.port), kept(running) / "filler"
    fill(filler)

    page, (status, report) = knock(visitor), running.get("/readyz")
    said = running.output.read_text()
    filler.unlink()

    assert (page.status, page.headers["retry-after"]) == (503, "10")
    assert (status, json.loads(report)["disk"]) == (503, FULL)
    assert FULL in said
    assert "Traceback" not in said
    assert knock(visitor).leads_to == f"{DOOR}confirm/"
    until(running.ready)


def test_a_database_that_is_damaged_meanwhile_is_said(running):
    visitor, database = at_the_door(running.port), kept(running) / "supportnet.sqlite3"
    with open(database, "r+b") as file:
        file.write(random.randbytes(database.stat().st_size))

    page, (status, report) = knock(visitor), running.get("/readyz")
    said = running.output.read_text()

    assert (page.status, page.headers["retry-after"]) == (503, "10")
    assert (status, json.loads(report)["database"]) == (503, DAMAGED)
    assert DAMAGED in said
    assert "Traceback" not in said


@pytest.mark.parametrize("what", REFUSED)
def test_it_does_not_start_and_says_why_in_one_line(refused, what):
    here, words = refused[what], REFUSED[what][-1]

    code = here.process.wait(60)

    assert code == 1
    [line] = here.output.read_text().splitlines()
    assert "SupportNet cannot start: " in line
    assert words in line
