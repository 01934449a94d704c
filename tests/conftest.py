"""What every test stands on: plain static files, a mailbox in memory, the cast."""

import fcntl
import gc
import os

import pytest

pytest_plugins = ["tests.memory", "tests.statements", "tests.cast"]

# Playwright runs a loop of its own in the thread in which the tests talk to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What the database can try, and in which order."""
    # What takes long begins first, so that no worker waits for another in the end.
    items.sort(key=lambda item: "slow" not in _marks(item))
    if os.environ.get("TEST_DATABASE") == "postgres":
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
