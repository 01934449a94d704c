"""What a factory did once, it does again by sending the same writes: `@remembered`, in `tests.cast`.

A circle of three costs 30 ms by its verbs, nearly all of it for making SQL, and thousands of tests begin with one.
The first test of a process that asks for it goes that way, and what it wrote is kept; later ones write it as it is.

Both are the same world only where they begin alike. So a test remembers

- on SQLite, inside its transaction, where keys begin anew;
- until it writes anything by itself: from then on its factories go the long way;
- each call as one of a chain: when the test began, the keys given by then, what was made before and from what;
- at fixed moments: the clock goes forward to when the first call began, then to when it ended, and never back.

`TEST_MEMORY=off` goes the long way always.
"""

import copy
import functools
import os
from datetime import timedelta
from enum import Enum

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone, translation

PAUSE = timedelta(seconds=0.5)
PLAIN = (str, int, float, bool, type(None), timedelta, Enum)
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "ROLLBACK")


class Memory:
    """What the tests of this process wrote when a remembered factory was first called."""

    def __init__(self):
        self.kept, self.keys, self.is_on = {}, {}, False

    def begin(self, clock):
        """The transaction of a test is open, and nothing is written yet."""
        if connection.vendor == "sqlite" and connection.in_atomic_block and clock.begins:
            self.clock, self.until = clock, clock.begins
            self.is_on, self.chain, self.writes = True, None, None
            connection.execute_wrappers.append(self.see)

    def end(self):
        """The rest of the test goes the long way."""
        if self.is_on:
            self.is_on = False
            connection.execute_wrappers.remove(self.see)

    def see(self, execute, sql, params, many, context):
        """Keep what a factory writes. A test that writes by itself has a world of its own."""
        if sql.startswith(WRITES):
            if self.writes is None:
                self.end()
            else:
                self.writes.append((sql, copy.copy(params), many))
        return execute(sql, params, many, context)

    def call(self, make, args, kwargs):
        """What `make` returns, by the short way where there is one."""
        told = [*args, *kwargs.values()]
        if not self._can_remember(told):
            return make(*args, **kwargs)
        key = self._key(make, kwargs, told)
        self.clock.set(self.until + PAUSE)
        if key in self.kept:
            return self._again(key, told)
        return self._first_time(key, told, functools.partial(make, *args, **kwargs))

    def _can_remember(self, told):
        return (
            self.is_on
            and self.writes is None
            and self.until <= timezone.now() <= self.until + PAUSE
            and all(isinstance(one, (*PLAIN, Model)) for one in told)
            # Whoever watches queries is to see those of the long way.
            and connection.execute_wrappers[-1] == self.see
            and not connection.queries_logged
        )

    def _key(self, make, kwargs, told):
        if self.chain is None:
            self.chain = (self.clock.begins, _keys_given())
        place = (translation.get_language(), timezone.get_current_timezone_name())
        key = (self.chain, place, make, *kwargs, *map(_values, told))
        return self.keys.setdefault(key, len(self.keys))

    def _first_time(self, key, told, make):
        before, others, self.writes = [_values(one) for one in told], len(connection.run_on_commit), []
        try:
            made = make()
        finally:
            writes, self.writes = self.writes, None
        self.until = timezone.now()
        if any(sql.startswith("ROLLBACK") for sql, *_ in writes):
            self.end()
            return made
        afterwards = [(act, robust) for _, act, robust in connection.run_on_commit[others:]]
        changed = [_parts(one) if _values(one) != was else () for one, was in zip(told, before, strict=True)]
        left = copy.deepcopy((made, changed), {id(one): one for one in told})
        self.kept[key] = (writes, afterwards, told, left, self.until)
        self.chain = key
        return made

    def _again(self, key, told):
        writes, afterwards, told_first, left, self.until = self.kept[key]
        connection.execute_wrappers.remove(self.see)
        with connection.cursor() as cursor:
            for sql, params, many in writes:
                (cursor.executemany if many else cursor.execute)(sql, params)
                if cursor.description:
                    cursor.fetchall()
        connection.execute_wrappers.append(self.see)
        for act, robust in afterwards:
            transaction.on_commit(act, robust=robust)
        self.clock.set(max(self.until, timezone.now()))
        self.chain = key
        made, changed = copy.deepcopy(
            left, {id(first): one for first, one in zip(told_first, told, strict=True)}
        )
        for one, parts in zip(told, changed, strict=True):
            if parts:
                vars(one).update(parts[0])
                one._state.fields_cache.update(parts[1])
        return made


def _keys_given():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name")
        return tuple(cursor.fetchall())


def _values(one):
    """A plain value, or what a row in memory holds, to compare it by."""
    if not isinstance(one, Model):
        return type(one), one
    return type(one), repr(held(one)), tuple(one._state.fields_cache)


def _parts(row):
    """What a factory may change in a row in memory: its fields, and what it remembers of other rows."""
    return {name: value for name, value in vars(row).items() if name != "_state"}, row._state.fields_cache


def held(row):
    """(name, value) of all that a row in memory holds, whether it is a copy or not."""
    return sorted(
        (name, value) for name, value in vars(row).items() if name not in ("_state", "_django_version")
    )


MEMORY = Memory()


def remembered(make):
    """For a factory whose arguments are rows and plain values."""

    @functools.wraps(make)
    def remember(*args, **kwargs):
        return MEMORY.call(make, args, kwargs)

    return remember


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Begin where pytest-django has opened the transaction of a test."""
    made = yield
    if fixturedef.argname == "_django_db_helper" and os.environ.get("TEST_MEMORY") != "off":
        MEMORY.begin(request.config.clock)
    return made


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown():
    MEMORY.end()
