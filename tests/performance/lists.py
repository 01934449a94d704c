"""The list of what my circles need: as fast among a million requests as among a hundred thousand."""

import statistics

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests.pages.open_requests import needs_of

from .measuring import say, take_turns
from .world import LOOKERS

BUDGETS = {"five": 0.3, "many": 2, "big": 0.5, "quiet": 0.2, "aside": 0.3}
WORDS = {
    "five": "5 circles",
    "many": "200 circles",
    "big": "one big circle",
    "quiet": "quiet circles",
    "aside": "5 circles and set aside in a big one",
}


def look(world):
    """(milliseconds, pages touched) of the database for the list of each of those who look."""
    return {name: _undisturbed(_statement(world.looker(name))) for name in LOOKERS}


def _statement(person):
    with CaptureQueriesContext(connection) as seen:
        needs_of(person, at=timezone.now())
    return seen.captured_queries[0]["sql"]


def _undisturbed(statement, times=200):
    """The first tenth of many: what it takes while the machine has nothing else to do."""
    runs = [_run(statement) for _ in range(times)]
    return statistics.quantiles([ms for ms, _ in runs], n=10)[0], min(pages for _, pages in runs)


def _run(statement):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {statement}")
        [done] = cursor.fetchone()[0]
    return done["Execution Time"], done["Plan"]["Shared Hit Blocks"] + done["Plan"]["Shared Read Blocks"]


def compare(world, before, after):
    """Say how long it takes now, how much longer than among fewer, and what planning and Python add."""
    for name in LOOKERS:
        words = f"list, {WORDS[name]}, {world.requests} requests"
        (ms, pages), (ms_before, pages_before) = after[name], before[name]
        say(f"{words}: ms", ms, at_most=BUDGETS[name], with_planning_and_python=_call_ms(world.looker(name)))
        say(f"{words}: growth in ms", ms / ms_before, at_most=1.5, before_ms=ms_before)
        say(f"{words}: growth in pages touched", pages / pages_before, at_most=1.5, pages=pages)


def _call_ms(person):
    at = timezone.now()
    [took] = take_turns(lambda: needs_of(person, at=at))
    return 1000 * took.wall
