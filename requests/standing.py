"""How somebody stands to a help request: what the policies need to know of whoever looks.

Pages fetch it together with the request (`views/access.py`); everybody else asks once, by one query. What was fetched
for one reader is never taken for another.
"""

from copy import copy
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery, Value

from circles.models import Block, Membership, Role

from .models import HelpRequest, Wave
from .models.help_request import is_checked, last_look, shut_out

FETCHED = (
    *("reader", "kept_by_reader", "ring_of_reader", "shut_to_reader"),
    *("checked_reader", "belongs_reader", "parted_reader", "last_look"),
)


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
    circle, pk = f"{to}circle", f"{to}pk"
    mine = Membership.objects.current().filter(person=person)
    here = mine.filter(circle=OuterRef(circle))
    return {
        "reader": Value(person.pk),
        "kept_by_reader": Exists(here.filter(role=Role.KEEPER)),
        "ring_of_reader": Subquery(here.filter(excluded_at__isnull=True).values("ring")[:1]),
        "shut_to_reader": shut_out(person, circle=circle, pk=pk),
        "checked_reader": is_checked(person, at=at, circle=circle),
        "belongs_reader": _belongs(person, circle=circle, pk=pk, at=at),
        "parted_reader": Block.objects.parting(person, field=f"{to}asker")
        | Block.objects.parting(person, field=f"{to}posted_by"),
        "last_look": last_look(person, at=at, pk=pk),
    }


def _belongs(person, *, circle, pk, at):
    """Whether they are in its circle, or in another that was asked unless it removed them, or were asked by name and
    have not left it since."""
    theirs = Membership.objects.filter(person=person)
    current, here = theirs.current(), theirs.filter(circle=OuterRef(circle))
    asked = Wave.objects.opened(at=at).filter(help_request=OuterRef(pk))
    elsewhere = Exists(asked.filter(circle__in=current.values("circle")))
    by_name = Exists(asked.filter(person=person))
    left = Exists(here.filter(Q(left_at__isnull=False) | Q(removed_at__isnull=False)))
    removed = Exists(here.filter(removed_at__isnull=False))
    return Exists(here.current()) | elsewhere & ~removed | by_name & ~left


def hand_on(found, help_request):
    """Take over what was fetched with a slot or a promise."""
    for name in FETCHED:
        setattr(help_request, name, getattr(found, name))


def fetched_for(person, help_request, *, at):
    """The same request with how `person` stands to it at the UTC time `at`: one query, unless it came along."""
    if getattr(help_request, "reader", None) == person.pk:
        return help_request
    of_person = copy(help_request)
    hand_on(HelpRequest.objects.annotate(**annotations(person, at=at)).get(pk=help_request.pk), of_person)
    return of_person


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
