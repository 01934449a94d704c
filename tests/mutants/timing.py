"""Plugin of pytest that writes down at TOOK, as JSON, how many seconds each test took that passed."""

import json
import os
from collections import Counter
from pathlib import Path

TOOK, NOT_PASSED = Counter(), set()


def pytest_runtest_logreport(report):
    TOOK[report.nodeid] += report.duration
    if not report.passed:
        NOT_PASSED.add(report.nodeid)


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        took = {test: seconds for test, seconds in TOOK.items() if test not in NOT_PASSED}
        Path(os.environ["TOOK"]).write_text(json.dumps(took))
