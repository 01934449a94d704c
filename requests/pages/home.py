"""What a person's first page shows: what I promised, what my circles need, what I asked.

Two queries for all of it, whatever the number of rows, and plain dicts with times and links written out:
objects and templates are what such a page spends its time on, not the database.
"""

from django.utils.text import capfirst
from django.utils.translation import gettext

from circles import time_text
from circles.zones import zone_named

from ..catalogue import Category, Doorstep, RequestKind
from ..models import Importance
from .home_queries import mine_of
from .links import link
from .open_requests import needs_of
from .slot_words import hours, leaf

# Needs on the first page; the rest is on a page of its own.
FEW = 6


def home_of(person, *, at):
    """`{"promises", "needs", "asked"}` for `person` at the UTC time `at`, each a list of dicts. Two queries.

    A few needs are enough to choose from: `more_needs` says whether there are others. `near` and `later` are the
    promises once more, and `waiting` what is asked and waits for a yes.
    """
    mine = mine_of(person, at=at)
    promises = [_promise(row, person, at=at) for row in mine.get("promise", [])]
    asked = [_asked(row, person, at=at) for row in mine.get("asked", [])]
    needs = [as_card(need, person, at=at) for need in needs_of(person, at=at, limit=FEW + 1)]
    return {
        "promises": promises,
        "near": [row for row in promises if row["is_near"]],
        "later": [row for row in promises if not row["is_near"]],
        "asked": asked,
        "waiting": [row for row in asked if row["waiting"]],
        "needs": needs[:FEW],
        "more_needs": len(needs) > FEW,
    }


def _promise(row, person, *, at):
    zone = _zone(row, person)
    return row | {
        "url": link("claim", row["row_id"]),
        "when": capfirst(time_text.when(row["begins"], row["ends"], zone=zone, at=at)),
        **_place(row, zone=zone, at=at),
        "wish": Doorstep(row["wish"]).label if row["wish"] else "",
        "is_near": row["begins"] is not None
        and (row["begins"].astimezone(zone).date() - _today(zone, at)).days <= 1,
    }


def _place(row, *, zone, at):
    """The promise as a place at the table: the day as a leaf, and the hours."""
    if row["begins"] is None:
        return {"leaf": None}
    return {
        "leaf": leaf(row["begins"], zone=zone),
        "hours": hours(row["begins"], row["ends"], zone=zone, at=at),
    }


def _asked(row, person, *, at):
    return row | {
        "url": link("request", row["about_id"]),
        "category": Category(row["about_category"]).label,
        "next": _begins(row, person, at=at) if row["begins"] else "",
        "takes_answers": row["about_kind"] == RequestKind.INFORMATIONAL,
    }


def _begins(row, person, *, at):
    told = time_text.day if row["own_zone"] else time_text.moment_in_words
    return told(row["begins"], zone=_zone(row, person), at=at)


def _zone(row, person):
    """A whole day is that date whoever looks; everything else is told by the reader's clock."""
    name = row.get("own_zone")
    return zone_named(name) if name else person.zone


def as_card(need, person, *, at):
    """A row of `open_requests.needs_of` with what its card says written out, in the active language."""
    is_question = need["kind"] == RequestKind.INFORMATIONAL
    request_url = link("request", need["help_request_id"])
    return need | {
        "url": request_url,
        "act_url": f"{request_url}#answer" if is_question else link("slot_claim", need["slot_id"]),
        "act": _act(need),
        "pass_url": f"{request_url}pass/",
        "asker_name": gettext("Someone in your circle") if need["quietly"] else need["asker_name"],
        "category_label": Category(need["category"]).label,
        "importance_label": Importance(need["importance"]).label,
        "when": "" if is_question else capfirst(_when(need, person, at=at)),
    }


def _when(need, person, *, at):
    return time_text.when(need["starts_at"], need["ends_at"], zone=_zone(need, person), at=at)


def _act(need):
    if need["kind"] == RequestKind.INFORMATIONAL:
        return gettext("Answer")
    offered = need["quietly"] or need["kind"] == RequestKind.EMOTIONAL
    return gettext("Offer this") if offered else gettext("I'll do it")


def greeting(person, promises, *, at):
    """The page's heading: the time of day, and what is next."""
    hello = _hello(at.astimezone(person.zone).hour)
    return f"{hello} {_what_is_next(person, promises, at=at)}".strip()


def _hello(hour):
    if 4 <= hour < 12:
        return gettext("Good morning.")
    return gettext("Good afternoon.") if 12 <= hour < 18 else gettext("Good evening.")


def _what_is_next(person, promises, *, at):
    days = [
        (row["begins"].astimezone(zone).date() - _today(zone, at)).days
        for row in promises
        for zone in [_zone(row, person)]
        if row["begins"]
    ]
    if not days:
        return ""
    return {0: gettext("Today is yours."), 1: gettext("Tomorrow is yours.")}.get(min(days), "")


def _today(zone, at):
    return at.astimezone(zone).date()
