"""The minute in which nothing is due, among five million slots."""

from django.utils import timezone

from requests.models import Slot
from supportnet.notices import sweeps

from .measuring import say, take_turns


def measure(world, asked):
    """All sweeps together, and each by its name."""
    sweeps.run_all(timezone.now())
    took = take_turns(*(_running(sweep) for sweep in sweeps._sweeps))
    each = {sweep.__name__: 1000 * lap.wall for sweep, lap in zip(sweeps._sweeps, took, strict=True)}
    words = f"all sweeps, nothing due, {Slot.objects.count()} slots: ms"
    say(words, sum(each.values()), at_most=50, **each)


def _running(sweep):
    return lambda: sweep(timezone.now())
