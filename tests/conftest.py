"""What every test stands on: plain static files, a mailbox in memory, the cast."""

import fcntl
import gc
import os
from collections import defaultdict
from random import Random

import pytest

pytest_plugins = ["tests.memory", "tests.cast"]

# Playwright runs a loop of its own in the thread in which the tests talk to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


# Each case of these counts on PostgreSQL.
EVERY_CASE = {"browser", "faults", "fuzz", "postgres", "slow"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """What the database can try, and what is worth trying on it."""
    if os.environ.get("TEST_DATABASE") == "postgres":
        left_out = _more_of_the_same(items) if os.environ.get("TEST_CASES") != "all" else []
        if left_out:
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)
        return
    for item in items:
        # SQLite lets one transaction write at a time, and its test database lives in one process.
        if {"postgres", "browser"} & _marks(item):
            item.add_marker(pytest.mark.skip(reason="This wants TEST_DATABASE=postgres."))


def pytest_collection_finish():
    """What was imported stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()


def _marks(item):
    return {mark.name for mark in item.iter_markers()}


def _more_of_the_same(items):
    """Cases that SQLite has tried and that ask PostgreSQL nothing new: cases differ by values, databases by queries.

    Of each test stay its first case, its last, and one by TEST_SEED. TEST_CASES=all leaves none out.
    """
    cases, seed = defaultdict(list), os.environ.get("TEST_SEED", "1")
    for item in items:
        if not EVERY_CASE & _marks(item):
            cases[item.nodeid.partition("[")[0]].append(item)
    left_out = set()
    for name, (_first, *others) in cases.items():
        if len(others) > 2:
            middle = others[:-1]
            left_out |= {*middle} - {Random(seed + name).choice(middle)}
    return left_out


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Tables straight from the models, in a second instead of five. `house/test_schema.py` tries the migrations."""
    from django.db import connection

    connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(autouse=True)
def _plain_static_files(request, settings):
    """Only what tests the real files waits for them to be collected."""
    if "collected" not in request.fixturenames:
        settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN}


@pytest.fixture(autouse=True)
def _nothing_left_in_the_cache():
    """Limits on signing in are counted in the cache; no test counts for another."""
    from django.core.cache import cache

    yield
    cache.clear()


@pytest.fixture(scope="session")
def collected():
    """The static files as in production: hashed, compressed, with a manifest."""
    from django.conf import settings
    from django.core.management import call_command

    with open(settings.VAR / "collected.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (settings.STATIC_ROOT / "staticfiles.json").exists():
            call_command("collectstatic", interactive=False, verbosity=0)
