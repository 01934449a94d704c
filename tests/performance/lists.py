"""The list of what my circles need: as fast among a million requests as among a hundred thousand."""

import json
import statistics

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests.listing import needs_of

from .measuring import say, take_turns
from .world import LOOKERS

BUDGETS = {"five": 0.3, "many": 2, "big": 0.5, "quiet": 0.2}
WORDS = {"five": "5 circles", "many": "200 circles", "big": "one big circle", "quiet": "quiet circles"}


def look(world):
    """Milliseconds in which the database answers the list of each of those who look, a median of many."""
    return {name: _median_of(_statement(world.looker(name))) for name in LOOKERS}


def _statement(person):
    with CaptureQueriesContext(connection) as seen:
        needs_of(person, at=timezone.now())
    return seen.captured_queries[0]["sql"]


def _median_of(statement, times=101):
    return statistics.median(_execution_ms(statement) for _ in range(times))


def _execution_ms(statement):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0]
    return (json.loads(plan) if isinstance(plan, str) else plan)[0]["Execution Time"]


def compare(world, before, after):
    """Say how long it takes now, how much longer than among fewer, and what planning and Python add."""
    for name in LOOKERS:
        words = f"list, {WORDS[name]}, {world.requests} requests"
        say(
            f"{words}: ms",
            after[name],
            at_most=BUDGETS[name],
            with_planning_and_python=_call_ms(world.looker(name)),
        )
        say(f"{words}: growth", after[name] / before[name], at_most=1.5, before_ms=before[name])


def _call_ms(person):
    at = timezone.now()
    [took] = take_turns(lambda: needs_of(person, at=at))
    return 1000 * took.wall
