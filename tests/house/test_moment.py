"""The tests' own clock (`tests/moment.py`): here, and in the processes that tests start."""

import datetime as dt
import os
import subprocess
import sys

import pytest

from tests import moment

MINUTE = dt.timedelta(minutes=1)
CLOCK = "import datetime; print(datetime.datetime.now(datetime.UTC).isoformat())"


def now():
    return dt.datetime.now(dt.UTC)


def of_another_process():
    """What time it is in a process that we start."""
    environment = {name: os.environ[name] for name in moment.INHERITED}
    said = subprocess.run(
        [sys.executable, "-c", CLOCK], env=environment, capture_output=True, text=True, check=True
    )
    return dt.datetime.fromisoformat(said.stdout.strip())


def test_a_test_begins_at_the_moment_of_the_run(pytestconfig):
    assert pytestconfig.clock.moment <= now() < pytestconfig.clock.moment + MINUTE
    assert pytestconfig.clock.moment <= of_another_process() < pytestconfig.clock.moment + MINUTE


@pytest.fixture(scope="module")
def world():
    """When something was made that all tests here share."""
    return now()


@pytest.mark.parametrize("number", [1, 2])
def test_what_tests_share_was_made_before_each_of_them_begins(world, number):
    assert world < now() < world + 5 * MINUTE


@pytest.mark.moment("2028-02-29T23:30+01:00")
def test_a_test_about_a_certain_date_begins_there():
    pinned = dt.datetime(2028, 2, 29, 22, 30, tzinfo=dt.UTC)

    assert pinned <= now() < pinned + MINUTE
    assert pinned <= of_another_process() < pinned + MINUTE


@pytest.mark.faults
def test_what_outlives_a_test_lives_at_the_moment_of_the_whole_run(pytestconfig):
    ahead = now() - moment.real()
    here, there = now(), of_another_process()

    assert abs(ahead - pytestconfig.clock.ahead) < dt.timedelta(seconds=1)
    assert dt.timedelta() <= there - here < MINUTE


@pytest.mark.parametrize("text", ["2028-02-29T22:30", "2027-02-29T22:30Z", "tomorrow"])
def test_a_moment_is_a_date_with_its_zone(text):
    with pytest.raises(ValueError, match="."):
        moment.read(text)
