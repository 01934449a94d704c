"""Walks: they go on until their bound, by a seed, and say at the end how much they tried.

FUZZ_SEED (1) and FUZZ_SECONDS (60, for each walk) come from the environment: `make fuzz SEED=7 BOUND=300`.
"""

import os
import random
import time

import pytest

SEED = int(os.environ.get("FUZZ_SEED", 1))
SECONDS = float(os.environ.get("FUZZ_SECONDS", 60))


def pytest_collection_modifyitems(items):
    """A walk may take its bound and the time to get there, whatever the suite's own limit is."""
    for item in items:
        if item.get_closest_marker("fuzz"):
            item.add_marker(pytest.mark.timeout(2 * SECONDS + 300))


class Walk:
    """Chance by the seed and the test's name, a bound in time, and what was tried."""

    def __init__(self, name, seconds):
        self.random = random.Random(f"{SEED} {name}")
        self.until = time.monotonic() + seconds
        self.seconds = seconds
        self.tried = {}
        self.faults = []

    @property
    def goes_on(self):
        """Whether there is time for more."""
        return time.monotonic() < self.until

    def count(self, what, number=1):
        """Note that `number` more of `what` ("forms", "lookups") were tried."""
        self.tried[what] = self.tried.get(what, 0) + number

    def found(self, *faults):
        """Note what went wrong; the walk goes on, and shows all of it at its end."""
        self.faults += faults

    def report(self):
        """The first thirty faults, one a line."""
        return "\n".join([f"{len(self.faults)} faults:", *map(str, self.faults[:30])])

    def shuffled(self, things):
        """All of `things`, in an order by the seed."""
        return self.random.sample(things := list(things), len(things))


@pytest.fixture
def walk(request):
    """A walk of this test, which lasts for FUZZ_SECONDS."""
    walk = Walk(request.node.name, SECONDS)
    yield walk
    request.node.user_properties.append(("tried", {"seed": SEED, **walk.tried}))


def pytest_terminal_summary(terminalreporter):
    """What each walk tried; the properties of a test come home from the workers of xdist, too."""
    lines = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for key, tried in getattr(report, "user_properties", ()):
                if key == "tried":
                    lines[report.nodeid] = ", ".join(f"{what} {number:,}" for what, number in tried.items())
    if lines:
        terminalreporter.section("walked")
        for name, line in sorted(lines.items()):
            terminalreporter.write_line(f"{name}: {line}")
