"""How often somebody did a thing within an hour or a day, and until when more of it waits."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What the letters in `POSTING_LIMITS` mean.
SECONDS = {"h": 3600, "d": 86400}
PARTS = 12  # of a window
# By what was done and by whose limit it is; whatever is not named here reads `OTHERWISE`.
WORDS = {
    ("ask", "person"): _("You have asked for a lot in a short time."),
    ("ask", "circle"): _("A lot is being asked in this circle just now."),
    ("invite", "person"): _("You have invited or written to many people in a short time."),
    ("invite", "circle"): _("Many people are being invited into this circle just now."),
    ("join", "person"): _("You have asked to join many circles in a short time."),
    ("join", "circle"): _("Many people are asking to join this circle just now."),
    ("report", "person"): _("You have reported a lot in a short time. A keeper whom you trust can help too."),
    ("address", "person"): _("You have tried many new addresses in a short time."),
    ("circle", "person"): _("You have started many circles in a short time."),
}
OTHERWISE = {
    "person": _("You have done a lot here in a short time."),
    "circle": _("A lot is going on in this circle just now."),
}


@dataclass(frozen=True)
class TooMuch:
    """A limit was reached: of what, whose ("person" or "circle"), and the moment (seconds) at which it ends."""

    what: str
    whose: str
    ends_at: int

    @property
    def words(self):
        """Whose limit it is, in a sentence."""
        return WORDS.get((self.what, self.whose)) or OTHERWISE[self.whose]

    @property
    def again_at(self):
        """When to try again, for the reader's clock."""
        return timezone.datetime.fromtimestamp(self.ends_at, tz=timezone.get_current_timezone())


def limits(what):
    """(how many, seconds, "person" or "circle") of each limit on `what`."""
    for limit in settings.POSTING_LIMITS[what].split():
        most, length, whose = limit.split("/")
        yield int(most), SECONDS[length], whose


def take(what, *, owners, at, times=1):
    """Count `times` more of `what` for its `owners` ({"person": id, "circle": id or None}) at `at`, in seconds.

    Returns (what was counted, for `give_back`, None), or ((), `TooMuch`), and then nothing is counted.
    """
    taken = []
    for most, seconds, whose in limits(what):
        owner = owners.get(whose)
        if owner is None:
            continue
        window = Window(f"posting:{what}:{whose}:{owner}:{seconds}", seconds, at)
        taken.append((window.key(window.now), times))
        if window.add(times) > most:
            give_back(taken)
            return (), TooMuch(what, whose, window.ends_at(most))
    return taken, None


class Window:
    """The last `seconds` before `at`, as the part of it that is now and the `PARTS` before that."""

    def __init__(self, name, seconds, at):
        self.name, self.length = name, seconds // PARTS
        self.now = int(at // self.length)
        self.counts = {}

    def key(self, part):
        """Of one part, in the cache."""
        return f"{self.name}:{part}"

    def add(self, times):
        """Count, and return how many there are in all."""
        keys = {self.key(part): part for part in range(self.now - PARTS, self.now)}
        self.counts = {keys[key]: count for key, count in cache.get_many(keys).items()}
        self.counts[self.now] = _count(self.key(self.now), times, timeout=(PARTS + 1) * self.length)
        return sum(self.counts.values())

    def ends_at(self, most):
        """From when on, in seconds, so many parts have gone by that there is room again."""
        left = sum(self.counts.values())
        for part, count in sorted(self.counts.items()):
            left -= count
            if left < most or part == self.now:
                return (part + PARTS + 1) * self.length


def _count(key, times, *, timeout):
    cache.add(key, 0, timeout=timeout)
    try:
        return cache.incr(key, times)
    except ValueError:  # the cache was emptied between the two
        cache.set(key, times, timeout=timeout)
        return times


def give_back(taken):
    """What was counted was not done after all."""
    for key, times in taken:
        try:
            cache.decr(key, times)
        except ValueError:
            continue
