"""Who is asked, and when, in the words of whoever runs the request: what has opened, and what will.

The waves come along with the request itself, as JSON in one column: its page has no query to spare.
"""

import datetime as dt
import json
from dataclasses import dataclass
from itertools import groupby

from django.db.models import TextField
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext

from circles import time_text
from circles.models import Ring
from supportnet.notices.text_direction import joined, typed

from ..models import HelpRequest
from ..visibility import policies
from ..visibility.rule import KEPT, ByHand

# Of those who are asked by name; of more only their number is said.
MOST_NAMES = 3
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# In JSON they come without their names: whoever reads them goes by this order.
COLUMNS = "w.ring, w.circle_id, c.name, p.name, {after}, w.opens_at, w.held_at, w.opened_at, w.listed_until"
# Who is asked is told to whoever runs the request, and to its keepers; nobody else's page has the rows at all.
WAVES = f"""CASE WHEN {{asker}} = %(person)s OR {{posted_by}} = %(person)s OR {KEPT} THEN (
    SELECT all_of_it FROM requests_wave w
    LEFT JOIN circles_circle c ON c.id = w.circle_id LEFT JOIN circles_person p ON p.id = w.person_id
    WHERE w.help_request_id = {{pk}}
) END"""  # noqa: S608 (only words of ours are put into it)
# SQLite keeps a duration as microseconds.
ON_SQLITE = f"json_group_array(json_array({COLUMNS.format(after='w.after / 1000000')}))"
# The two databases put rows into JSON each in its own way.
ON_POSTGRESQL = (
    f"CAST(json_agg(json_build_array({COLUMNS.format(after='EXTRACT(EPOCH FROM w.after)')})) AS text)"
)


class WavesOf(ByHand):
    """The waves of a help request as JSON for `person`, if they run it, within the query that fetches it."""

    output_field = TextField()

    def __init__(self, person):
        super().__init__(WAVES.replace("all_of_it", ON_POSTGRESQL), person)

    def as_sqlite(self, compiler, connection, **context):
        """With SQLite's own functions for JSON."""
        own = self.copy()
        own.sql = WAVES.replace("all_of_it", ON_SQLITE)
        return own.as_sql(compiler, connection, **context)


@dataclass(frozen=True)
class Asked:
    """One wave as it is read: a circle up to a `ring`, or somebody by `name`. Without `opens_at` it is a plan."""

    ring: int | None = None
    circle_id: int | None = None
    circle: str = ""
    name: str = ""
    after: dt.timedelta = dt.timedelta()
    opens_at: dt.datetime | None = None
    held_at: dt.datetime | None = None
    opened_at: dt.datetime | None = None
    listed_until: dt.datetime | None = None

    @property
    def order(self):
        """As they open: people by name before a ring, the nearest ring first."""
        return (self.opened_at or self.opens_at or dt.datetime.min.replace(tzinfo=dt.UTC)), *self.alike

    @property
    def alike(self):
        """What those have in common who are spoken of in one line."""
        return self.opened_at is None, self.opened_at or self.after, self.ring or 0, self.circle_id or 0


def with_waves(help_requests, person):
    """Help requests whose waves come along for those who run them, in the same query; nobody else gets any."""
    return help_requests.annotate(waves_asked=WavesOf(person))


def waves_of(help_request, person):
    """What `with_waves` brought along, in order; one query if it did not."""
    if not hasattr(help_request, "waves_asked"):
        fetched = with_waves(HelpRequest.objects.filter(pk=help_request.pk), person)
        help_request.waves_asked = fetched.values_list("waves_asked", flat=True).first()
    return sorted((_read(row) for row in json.loads(help_request.waves_asked or "[]")), key=lambda w: w.order)


def _read(row):
    ring, circle_id, circle, name, seconds, *times = row
    times = [_moment(time) for time in times]
    return Asked(ring, circle_id, circle or "", name or "", dt.timedelta(seconds=float(seconds)), *times)


def _moment(text):
    moment = parse_datetime(text) if text else None
    return moment.replace(tzinfo=dt.UTC) if moment and moment.tzinfo is None else moment


def who_is_asked(help_request, person, *, at):
    """Who sees it and who will, for whoever runs it; None for anybody else, and where nobody is asked any more.

    `opened` and `coming` are lists of dicts with whom, when and ring (0: by name); `next_at` is when the first of those
    to come are asked. `is_held`: those to come wait for a
    word; `is_taken`: they wait for a place. No query after `with_waves`.
    """
    if help_request.state not in ("draft", "open") or not policies.may_run(person, help_request):
        return None
    waves = waves_of(help_request, person)
    opened, coming = [w for w in waves if w.opened_at], [w for w in waves if not w.opened_at]
    words = (
        {}
        if help_request.is_run_by(person)
        else {"nearest_to": help_request.whom, "here": help_request.circle_id}
    )
    return {
        "opened": lines(opened, when=lambda w: _in_words(w.opened_at, person, at=at), **words),
        "coming": lines(coming, when=lambda w: _when(w, person, at=at), **words),
        "next_at": coming[0].opens_at if coming else None,
        "is_held": any(wave.held_at for wave in coming),
        "is_taken": help_request.is_open and not any(_is_listed(wave, at=at) for wave in waves),
    }


def lines(waves, *, when, nearest_to="", here=None):
    """Waves in their order as dicts with whom, when and ring; people by name who are asked together are one.

    `nearest_to` is the name of whoever asks, for a reader who is somebody else: such a reader learns no names, neither
    of people nor of other circles than the one `here` (an id).
    """
    groups = [list(group) for _alike, group in groupby(waves, key=lambda wave: wave.alike)]
    return [
        {"whom": _whom(group, nearest_to, here), "when": when(group[0]), "ring": group[0].ring or 0}
        for group in groups
    ]


def _whom(group, nearest_to, here):
    wave = group[0]
    if wave.ring is None:
        return _by_number(len(group)) if nearest_to else _by_name([wave.name for wave in group])
    if nearest_to and wave.circle_id != here:
        return gettext("People in another circle")
    if wave.ring == Ring.EVERYONE:
        return gettext("Everyone in %(circle)s") % typed(circle=wave.circle)
    if nearest_to:
        near = gettext("The people nearest to %(name)s"), gettext("Those who know %(name)s well")
        return near[wave.ring - Ring.INNER] % typed(name=nearest_to)
    return {
        Ring.INNER: gettext("The people nearest to you"),
        Ring.CLOSE: gettext("Those who know you well"),
    }[wave.ring]


def _by_number(number):
    return ngettext("%(number)d person by name", "%(number)d people by name", number) % {"number": number}


def _by_name(names):
    names = sorted((name or gettext("Someone") for name in names), key=str.casefold)
    first, rest = names[:MOST_NAMES], len(names) - MOST_NAMES
    if rest > 0:
        more = ngettext("%(names)s and %(number)d other", "%(names)s and %(number)d others", rest)
        return more % {"names": joined(first), "number": rest}
    if len(first) == 1:
        return first[0]
    return gettext("%(names)s and %(name)s") % {"names": joined(first[:-1]), **typed(name=first[-1])}


def later(after):
    """How long after the asking, in words: "At once", "After 4 hours", "After 1 day"."""
    if not after:
        return gettext("At once")
    if after % DAY:
        number = after // HOUR
        return ngettext("After %(number)d hour", "After %(number)d hours", number) % {"number": number}
    number = after // DAY
    return ngettext("After %(number)d day", "After %(number)d days", number) % {"number": number}


def _when(wave, person, *, at):
    """When a wave is to open: by the calendar once it was asked, else calculated from the asking."""
    if wave.opens_at is None:
        return later(wave.after)
    if wave.opens_at > at:
        return _in_words(wave.opens_at, person, at=at)
    return gettext("In a moment") if _is_listed(wave, at=at) else gettext("As soon as a place is free again")


def _in_words(moment, person, *, at):
    return time_text.moment_in_words(moment, zone=person.zone, at=at)


def _is_listed(wave, *, at):
    return wave.listed_until is not None and wave.listed_until > at
