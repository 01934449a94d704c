"""Plugin of pytest that writes down at TOOK, as JSON, how many seconds of a processor each test took that passed."""

import json
import os
import time
from pathlib import Path

import pytest

TOOK, NOT_PASSED = {}, set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    item.began = time.process_time()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    report.took = time.process_time() - item.began
    return report


def pytest_runtest_logreport(report):
    TOOK[report.nodeid] = report.took
    if not report.passed:
        NOT_PASSED.add(report.nodeid)


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        took = {test: seconds for test, seconds in TOOK.items() if test not in NOT_PASSED}
        Path(os.environ["TOOK"]).write_text(json.dumps(took))
