"""Stopwatches for a noisy machine: rounds that take turns, and the median of them."""

import json
import statistics
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Took:
    """Seconds for one call: on the wall, and of this process's processor."""

    wall: float
    cpu: float


most_rounds = 101  # in a bench in which they all take part; fewer where it is only tried


def take_turns(*calls, rounds=101, warm_up=5):
    """`Took` of each of `calls`: the median of so many rounds, in each of which each is called once."""
    rounds = min(rounds, most_rounds)
    laps = [[] for _ in calls]
    for number in range(rounds + warm_up):
        for call, seen in zip(calls, laps, strict=True):
            lap = _lap(call)
            if number >= warm_up:
                seen.append(lap)
    return [_median(seen) for seen in laps]


def _lap(call):
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def _median(laps):
    return Took(statistics.median(lap.wall for lap in laps), statistics.median(lap.cpu for lap in laps))


def say(measure, value, *, at_most=None, at_least=None, **more):
    """Print one JSON line: what was measured, its budget, and whether it is kept."""
    line = {"measure": measure, "value": _short(value)}
    if at_most is not None:
        line |= {"budget": f"<= {at_most:g}", "ok": value <= at_most}
    if at_least is not None:
        line |= {"budget": f">= {at_least:g}", "ok": value >= at_least}
    print(json.dumps(line | {name: _short(number) for name, number in more.items()}), flush=True)


def _short(value):
    return float(f"{value:.3g}") if isinstance(value, float) else value
