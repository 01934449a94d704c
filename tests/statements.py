"""What each test asks the database and the cache: written down on SQLite, read on PostgreSQL.

Databases differ by what they are asked. So the run on PostgreSQL, which costs more, leaves out each test that asks it
nothing new: every statement, from every function of ours that makes it, with every error that came of it, is asked
by `ENOUGH` of the tests that stay, as far as there are so many. The same holds for what the cache is asked, which is
Valkey there. A test that starts a process stays, and so does one of which nothing is known.

`TEST_STATEMENTS=folder` says where; without it nothing is written, and nothing left out.
"""

import functools
import hashlib
import heapq
import json
import math
import os
import re
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
TESTS, OTHERS = f"{ROOT}/tests/", f"{ROOT}/.venv/"
ENOUGH = 1
# Seconds that every test takes.
LEAST = 0.02
FOLDER = os.environ.get("TEST_STATEMENTS")
IS_WRITTEN = FOLDER and os.environ.get("TEST_DATABASE") != "postgres"
IS_READ = FOLDER and os.environ.get("TEST_DATABASE") == "postgres"
# They need PostgreSQL, or watch what no statement shows.
ALWAYS = {"browser", "faults", "fuzz", "postgres"}
ASKED_OF_THE_CACHE = ("get", "set", "add", "incr", "delete", "touch")
VALUES = re.compile(r"%s(?:, %s)+")
ROWS = re.compile(r"(\([^()]*\))(?:, \1)+")
NO_NEWS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")


class Statements:
    """What the tests of this process asked."""

    def __init__(self):
        self.by_test, self.asked = {}, None
        self.short = {}  # the hash of what is asked, by what it is

    def watch(self):
        """Before the first test."""
        for name in ASKED_OF_THE_CACHE:
            setattr(LocMemCache, name, self._noting(getattr(LocMemCache, name)))
        sys.addaudithook(self._see_process)

    def _noting(self, ask):
        @functools.wraps(ask)
        def asked(*args, **kwargs):
            self.note(f"cache.{ask.__name__}")
            return ask(*args, **kwargs)

        return asked

    def _see_process(self, event, _args):
        if event == "subprocess.Popen" and self.asked is not None:
            self.note("a process", self.test)

    def see(self, execute, sql, params, many, context):
        """Between Django and the database."""
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            self.note(sql, type(error).__name__)
            raise
        finally:
            self.note(sql)

    def note(self, what, more=""):
        """One thing that the present test asks, and which function of ours makes it do so."""
        if self.asked is None or what.startswith(NO_NEWS):
            return
        key = (what, more, _ours(sys._getframe(2)))
        if key not in self.short:
            plain = ROWS.sub(r"\1", VALUES.sub("%s", what))
            self.short[key] = hashlib.blake2b(repr((plain, *key[1:])).encode(), digest_size=6).hexdigest()
        self.asked.add(self.short[key])


def _ours(frame):
    """The nearest function of ours, tests apart."""
    while frame:
        path = frame.f_code.co_filename
        if path.startswith(str(ROOT)) and not path.startswith((TESTS, OTHERS)):
            return path[len(str(ROOT)) :], frame.f_code.co_name
        frame = frame.f_back
    return None


STATEMENTS = Statements()

if IS_WRITTEN:

    def pytest_sessionstart():
        STATEMENTS.watch()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(item):
        """Watch one test, its fixtures too."""
        STATEMENTS.test, STATEMENTS.asked, began = item.nodeid, set(), time.perf_counter()
        connection.execute_wrappers.insert(0, STATEMENTS.see)
        try:
            return (yield)
        finally:
            connection.execute_wrappers.remove(STATEMENTS.see)
            STATEMENTS.by_test[item.nodeid] = [time.perf_counter() - began, sorted(STATEMENTS.asked)]
            STATEMENTS.asked = None

    def pytest_sessionfinish():
        if STATEMENTS.by_test:
            Path(FOLDER).mkdir(parents=True, exist_ok=True)
            worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
            (Path(FOLDER) / f"{worker}.json").write_text(json.dumps(STATEMENTS.by_test))


if IS_READ:

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(config, items):
        left_out = {item for item in items if not ALWAYS & {mark.name for mark in item.iter_markers()}}
        known = {name: told for path in sorted(Path(FOLDER).glob("*.json")) for name, told in _read(path)}
        stay = enough({item.nodeid: known[item.nodeid] for item in left_out if item.nodeid in known})
        left_out = [item for item in left_out if item.nodeid in known and item.nodeid not in stay]
        if left_out:
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)


def _read(path):
    return json.loads(path.read_text()).items()


def enough(known):
    """Of the tests by name, each with its seconds and what it asks, those that ask all there is, `ENOUGH` times.

    Those come first that ask most news in a second.
    """
    times = Counter(one for _, asked in known.values() for one in asked)
    missing = {one: min(ENOUGH, number) for one, number in times.items()}
    stay, waiting = set(), [(-math.inf, name) for name in sorted(known)]
    while waiting:
        _, name = heapq.heappop(waiting)
        seconds, asked = known[name]
        news = -sum(missing[one] > 0 for one in asked) / (seconds + LEAST)
        if news and waiting and news > waiting[0][0]:
            heapq.heappush(waiting, (news, name))
        elif news:
            stay.add(name)
            missing |= {one: missing[one] - 1 for one in asked}
    return stay
