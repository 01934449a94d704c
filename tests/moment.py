"""Every test begins at one moment, whatever the clock says: `-p tests.moment`. From there, time goes on.

`TEST_MOMENT=2028-02-29T22:30Z` tries another, `make moments` tries those at which suites break. A test about a
certain date pins its own: `@pytest.mark.moment("2027-02-01T12:00Z")`.

Processes that a test starts live at the same moment, because PYTHONPATH leads them to `tests/clock/`. Some of
them outlive a test: where a test is marked "browser" or "faults", its clock is that of the whole run, which began
at the moment and never jumps back.
"""

import datetime as dt
import os
from pathlib import Path

import pytest
import time_machine

# A Tuesday in a month in which hardly any zone changes its clocks.
USUAL = "2027-01-12T10:30Z"
CLOCK = str(Path(__file__).parent / "clock")
# What a process must inherit to live at the moment, where a test does not hand down all of its environment.
INHERITED = ("PYTHONPATH", "TEST_CLOCK_AHEAD")
OF_THE_WHOLE_RUN = {"browser", "faults"}
# What several tests share was made so long before each of them begins.
EARLIER = dt.timedelta(minutes=2)


class Clock:
    """The clock of the tests. Other processes know of it by the environment alone."""

    def __init__(self):
        self.moment = read(os.environ.setdefault("TEST_MOMENT", USUAL))
        self.traveller = time_machine.travel(self.moment, tick=True).start()
        # The workers of xdist inherit how far ahead the run is, so that all of them agree.
        ahead = os.environ.setdefault("TEST_RUN_AHEAD", str((self.moment - real()).total_seconds()))
        self.ahead = dt.timedelta(seconds=float(ahead))
        self.begins = None  # when the test under way begins, where its clock jumps back at all

    def set(self, moment):
        """Go to `moment`, and lead there the processes that are started from now on."""
        self.traveller.move_to(moment)
        # The clock stands until it is looked at for the first time, which is here.
        ahead = dt.datetime.now(dt.UTC) - real()
        os.environ["TEST_CLOCK_AHEAD"] = str(ahead.total_seconds())
        os.environ["PYTHONPATH"] = CLOCK


def read(text):
    """The moment that `text` says in ISO 8601, with its zone."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"A moment needs a zone: {text}Z, for example.")
    return moment.astimezone(dt.UTC)


def real():
    """What the clock of this machine says."""
    return time_machine.escape_hatch.datetime.datetime.now(dt.UTC)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """Before anything of ours is imported."""
    try:
        early_config.clock = Clock()
    except ValueError as wrong:
        raise pytest.UsageError(f"TEST_MOMENT: {wrong}") from wrong


def pytest_report_header(config):
    return f"moment: {config.clock.moment:%A %Y-%m-%d %H:%M:%S} UTC (TEST_MOMENT tries another)"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before the first fixture of each test."""
    clock, pinned = item.config.clock, item.get_closest_marker("moment")
    if OF_THE_WHOLE_RUN & {mark.name for mark in item.iter_markers()}:
        assert not pinned, "The processes of browser and fault tests live at the moment of the run."
        clock.begins = None
        clock.set(real() + clock.ahead)
    else:
        clock.begins = read(*pinned.args) if pinned else clock.moment
        clock.set(clock.begins)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """A world for many tests is made before the moment at which each of them begins anew, not a little after it."""
    clock = request.config.clock
    if fixturedef.scope == "function" or clock.begins is None:
        return (yield)
    clock.set(clock.begins - EARLIER)
    try:
        return (yield)
    finally:
        clock.set(clock.begins)
