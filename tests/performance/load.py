"""A hundred people at once on the embedded default, over real HTTP: they read, and now and then they promise."""

import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests import ledger
from tests.running import Running, until
from tests.visitors import Visitor

from .measuring import say

# People, requests, times of each, and seconds.
CROWD, FEW = (100, 12, 25, 120), (30, 4, 8, 10)
# Each looks at a page for so long before the next press; every fifth press is a promise.
LOOKS_FOR = (1.0, 5.0)
CLAIMS = 0.2
AT_THE_DOOR = 4  # who sign in at the same time
LAPS = 15
CLAIMED = "/claims/"


@dataclass
class Seen:
    """What all of them met."""

    reads: list = field(default_factory=list)
    claims: list = field(default_factory=list)
    promised: set = field(default_factory=set)

    @property
    def answers(self):
        """Every answer there was."""
        return [*self.reads, *self.claims]

    def number(self, is_so):
        """How many answers are so."""
        return sum(map(is_so, self.answers))


def measure(world, asked):
    """The world of the other measurements has no part in it: this is `manage.py run` in a folder of its own."""
    *size, seconds = FEW if asked.quick else CROWD
    with tempfile.TemporaryDirectory(prefix="supportnet-load-") as folder:
        here = Running(Path(folder) / "var").furnish().start()
        try:
            until(here.ready)
            place = here.run("tests.neighbourhood", *size)
            unloaded, seen = asyncio.run(visit(here, place, seconds))
            report(here, unloaded, seen, seconds)
        finally:
            here.end_if_need_be()


async def visit(here, place, seconds):
    """({path: seconds of an unloaded read}, what was seen under load)."""
    visitors = await come_in(here, place["emails"])
    unloaded = await read_alone(visitors[0], pages(place))
    seen, until_then = Seen(), time.monotonic() + seconds
    await asyncio.gather(*(live(visitor, place, until_then, seen) for visitor in visitors))
    return unloaded, seen


async def come_in(here, emails):
    """A visitor for each address, signed in through the door, a few at a time."""
    door = asyncio.Semaphore(AT_THE_DOOR)

    async def enter(email):
        async with door:
            return await Visitor(here.port).sign_in(email, here.var / "mailbox")

    return await asyncio.gather(*map(enter, emails))


def pages(place):
    """What is read: home, the list, what one has promised, the circle and its calendar, and each request."""
    circle = f"/circles/{place['circle']}/"
    requests = [f"/requests/{pk}/" for pk in place["requests"]]
    return ["/", "/requests/", "/me/helping/", circle, f"{circle}calendar/", *requests]


async def read_alone(visitor, paths):
    """{path: median seconds} while nobody else is there."""
    laps = {path: [] for path in paths}
    for _ in range(LAPS):
        for path in paths:
            answer = await visitor.get(path)
            assert answer.status == 200, (path, answer.status)
            laps[path].append(answer.seconds)
    return {path: statistics.median(seen) for path, seen in laps.items()}


async def live(visitor, place, until_then, seen):
    """One person's two minutes."""
    paths = pages(place)
    await asyncio.sleep(random.uniform(0, LOOKS_FOR[1]))
    while time.monotonic() < until_then:
        if random.random() < CLAIMS:
            await claim(visitor, random.choice(place["slots"]), seen)
        else:
            seen.reads.append(await visitor.get(random.choice(paths)))
        await asyncio.sleep(random.uniform(*LOOKS_FOR))


async def claim(visitor, slot, seen):
    """A press; a yes leads to the page of the promise."""
    answer = await visitor.post(f"/slots/{slot}/claim/", even_if_clashing="on", sure="on")
    seen.claims.append(answer)
    if answer.leads_to.startswith(CLAIMED):
        seen.promised.add(int(answer.leads_to.split("/")[2]))


def report(here, unloaded, seen, seconds):
    """Whoever was told yes has a place; nobody was left without an answer; reading stays quick."""
    who = f"a crowd for {seconds} s on SQLite"
    statuses = dict(Counter(answer.status for answer in seen.answers))
    say(f"{who}: answers dropped", seen.number(lambda answer: not answer.status), at_most=0)
    say(f"{who}: errors", seen.number(is_error), at_most=0, statuses=statuses)
    with closing(sqlite3.connect(f"file:{here.var}/supportnet.sqlite3?mode=ro", uri=True)) as database:
        wrong, lost = ledger.wrong_places(database), ledger.lost(seen.promised, database)
    say(f"{who}: places that hold another number than was promised", len(wrong), at_most=0)
    say(f"{who}: promises answered with yes and not kept", len(lost), at_most=0, promised=len(seen.promised))
    times = sorted(answer.seconds / unloaded[answer.path] for answer in seen.reads)
    p95 = times[int(0.95 * len(times))]
    figures = {"reads": len(times), "a_second": len(seen.answers) / seconds}
    figures |= {"unloaded_ms": 1000 * statistics.median(unloaded.values())}
    figures |= {"claim_p95_ms": 1000 * percentile([answer.seconds for answer in seen.claims])}
    say(f"{who}: 95 of 100 reads within so many times their unloaded time", p95, at_most=10, **figures)


def is_error(answer):
    """Whether it is none of what a page may say to somebody who did nothing wrong."""
    return answer.status not in (0, 200, 302, 303, 422)


def percentile(values):
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[int(0.95 * len(values))]
