"""How somebody stands to a help request: what the policies need to know of whoever looks.

Pages fetch it together with the request (`views/access.py`); everybody else asks once, by one query. What was fetched
for one reader is never taken for another.
"""

from copy import copy
from dataclasses import dataclass

from django.db.models import IntegerField, Value

from circles.models.person import known

from ..models import HelpRequest
from ..models.help_request_queries import is_checked, last_look, shut_out
from .rule import BELONGS, KEPT, PARTED, RING, ByHand

# What a query for one reader brings along (`annotations`), and is handed on from a slot or a promise.
FETCHED = (
    *("reader", "kept_by_reader", "ring_of_reader", "shut_to_reader"),
    *("checked_reader", "belongs_reader", "parted_reader", "last_look"),
)


class NotFetched(Exception):
    """How whoever looks stands to the request did not come along with it: nobody is shown anything for want of it."""


@dataclass(frozen=True)
class Standing:
    """`keeps` its circle; stands in a `ring` of it, or None; `belongs` to those whom it was asked of, by name or in a
    circle; `is_parted` from whoever asks or posted it; `is_shut_out` quietly by a keeper; `is_checked` by one."""

    keeps: bool
    ring: int | None
    belongs: bool
    is_parted: bool
    is_shut_out: bool
    is_checked: bool


def annotations(person, *, at, to=""):
    """What a query for a page of `person` adds to what it fetches; `to` is the way to the request."""
    return {
        "reader": Value(known(person).pk),
        "kept_by_reader": ByHand(KEPT, person, to=to),
        "ring_of_reader": ByHand(RING, person, to=to, output_field=IntegerField()),
        "shut_to_reader": shut_out(person, to=to),
        "checked_reader": is_checked(person, at=at, to=to),
        "belongs_reader": ByHand(BELONGS, person, to=to, at=at),
        "parted_reader": ByHand(PARTED, person, to=to),
        "last_look": last_look(person, at=at, to=to),
    }


def hand_on(found, help_request):
    """Take over what was fetched with a slot or a promise."""
    for name in FETCHED:
        setattr(help_request, name, getattr(found, name))


def fetched_for(person, help_request, *, at):
    """The same request with how `person` stands to it at the UTC time `at`: one query, unless it came along."""
    if help_request.reader == person.pk:
        return help_request
    of_person = copy(help_request)
    hand_on(HelpRequest.objects.annotate(**annotations(person, at=at)).get(pk=help_request.pk), of_person)
    return of_person


def is_shut_to(person, help_request):
    """Whether a circle quietly excludes `person`, as it was fetched for them; raises `NotFetched` where it was not."""
    if help_request.reader != person.pk:
        raise NotFetched
    return help_request.shut_to_reader


def standing(person, help_request, *, at):
    """How `person` stands to it at the UTC time `at`: as fetched with it, else by one query."""
    fetched = fetched_for(person, help_request, at=at)
    return Standing(
        keeps=fetched.kept_by_reader,
        ring=fetched.ring_of_reader,
        belongs=fetched.belongs_reader,
        is_parted=fetched.parted_reader,
        is_shut_out=fetched.shut_to_reader,
        is_checked=fetched.checked_reader,
    )
