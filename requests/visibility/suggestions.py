"""Whom somebody might ask by name: members of the circle who like to do such things, are free, and carry little.

How much somebody carries is never shown. It is calculated in steps, and those on one step stand in an order that is
shuffled for each request, so that nobody can read it off a list either.
"""

import datetime as dt
from zlib import crc32

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Mod

from circles.models import Block, Membership

from ..models import Claim, HelpRequest, NotThisTime
from .audience import inclined, welcome

# How far back and ahead promises weigh.
MONTH = dt.timedelta(days=30)
# Alike are those who promised nothing, once or twice, up to five times, and more often.
STEP = Case(When(load=0, then=0), When(load__lte=2, then=1), When(load__lte=5, then=2), default=3)
# Of a very large circle only so many are weighed: those who say that they fit, and then as the shuffle has it.
WEIGHED = 200
# People who fit alike take turns, in another order for each request: their ids are multiplied by a number of its
# own, and modulo a prime no two of them get the same turn.
PRIME = 2_147_483_647


def may_be_asked(about, *, by):
    """Memberships of those whom `by` may ask by name: they could help and were not asked by name yet.

    `about` is a help request, or the circle as long as there is none.
    """
    is_asked = isinstance(about, HelpRequest)
    members = Membership.objects.not_excluded().filter(circle=about.circle_id if is_asked else about)
    # Nobody can be asked by the house who has no address.
    members = members.filter(person__is_active=True, person__verified_at__isnull=False).exclude(person=by)
    if not is_asked:
        return members.filter(~Block.objects.parting(by, field="person"))
    members = welcome(members, about)
    named = about.waves.filter(person=OuterRef("person"), opened_at__isnull=False)
    helps = Claim.objects.live().filter(person=OuterRef("person"), slot__help_request=about)
    return members.filter(~Exists(named), ~Exists(helps))


def suggested(about, category=None, weekdays=(), *, by, at):
    """Memberships of those who fit best, best first, with their people; one query for as many as the caller takes.

    First who says that they do things of the `category`, of these first who is free on one of the `weekdays` (ISO), of
    these who has promised least in the last and the coming 30 days. Left out is who takes a break, does other things
    only, has promised as much as they want to, or passed on something not long ago. `about` as in `may_be_asked`.
    """
    passed = NotThisTime.objects.lately(at=at).filter(person=OuterRef("person"))
    likely = inclined(may_be_asked(about, by=by).filter(~Exists(passed)), category, at=at)
    wishes = _wishes(about, category, weekdays, by=by)
    weighed = likely.annotate(**wishes).order_by("fits", "is_free", "turn", "pk")[:WEIGHED]
    carries = {"load": _promised(-MONTH, MONTH, at=at), "ahead": _promised(dt.timedelta(), MONTH, at=at)}
    best = Membership.objects.filter(pk__in=weighed.values("pk")).annotate(**wishes, **carries, step=STEP)
    best = best.exclude(person__most_a_month__lte=F("ahead")).select_related("person")
    return best.order_by("fits", "is_free", "step", "turn", "pk")


def _wishes(about, category, weekdays, *, by):
    """Annotations: what they say about such things and such days, and their turn in the shuffle of this request."""
    days = Q()
    for day in weekdays:
        days |= Q(days__contains=str(day))
    return {
        "does": Cast("person__does", TextField()),
        "days": Cast("person__free_on", TextField()),
        "fits": Case(When(does__contains=f'"{category}"', then=0), default=1),
        "is_free": Case(When(days, then=0), When(days__in=["", "[]"], then=1), default=2)
        if days
        else Value(0),
        "turn": Mod(F("person_id") * _number(about, category, by), PRIME),
    }


def _number(about, category, by):
    """The same for the same request, and else another: what each person's number is multiplied by."""
    return 1 + crc32(f"{about._meta.label}:{about.pk}:{by.pk}:{category}".encode()) % (PRIME - 1)


def _promised(since, until, *, at):
    """How many of their promises lie between two distances from `at`; undated ones count a month long."""
    theirs = Claim.objects.live().filter(person=OuterRef("person"))
    then = Q(slot__ends_at__range=(at + since, at + until)) | Q(slot__ends_at=None, claimed_at__gt=at - MONTH)
    number = theirs.filter(then).order_by().values("person").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number), 0)
