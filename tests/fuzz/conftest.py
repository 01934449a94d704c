"""Walks: they go on until their bound, by a seed, and say at the end how much they tried.

FUZZ_SEED (1) and FUZZ_SECONDS (60, for each walk) come from the environment: `make fuzz SEED=7 BOUND=300`.
"""

import os
import random
import re
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
        self.seconds = seconds
        self.start()
        self.tried = {}
        self.faults = []

    def start(self):
        """The bound counts from here: what was made ready before is not walking."""
        self.until = time.monotonic() + self.seconds

    @property
    def goes_on(self):
        """Whether there is time for more."""
        return time.monotonic() < self.until

    def count(self, what, number=1):
        """Note that `number` more of `what` ("forms", "lookups") were tried."""
        self.tried[what] = self.tried.get(what, 0) + number

    def found(self, *faults):
        """Note what went wrong, as (where, …, what); the walk goes on, and shows all of it at its end."""
        self.faults += faults

    def shows_nothing(self):
        """Fail if anything went wrong, with all of it."""
        if self.faults:
            pytest.fail(self._report(), pytrace=False)

    def _report(self):
        """What went wrong, by kind: how often, and three examples."""
        kinds = {}
        for fault in self.faults:
            kinds.setdefault(last_word(fault), []).append(str(fault)[:1500])
        lines = [f"{len(same)} × {kind}:\n    " + "\n    ".join(same[:3]) for kind, same in kinds.items()]
        return "\n".join([f"{len(self.faults)} faults:", *lines])

    def shuffled(self, things):
        """All of `things`, in an order by the seed."""
        return self.random.sample(things := list(things), len(things))


def last_word(fault):
    """What went wrong in a word: of an exception its class."""
    lines = str(fault[-1]).strip().splitlines()
    return re.split("[:(]", lines[-1])[0] if lines else ""


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
