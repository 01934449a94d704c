"""Whom somebody met here: what they may tell the keepers of them does not end when the two do not see each other."""

from django.db.models import F, Min, Q
from django.urls import reverse

from circles.models import Membership
from circles.models.person import known

from ..models import Claim

# Whoever has met more looks for a name.
MOST = 50


def met_by(person, *, name="", circle=None):
    """Up to `MOST` dicts of name and url, by name, and whether there are more: whom `person` may report.

    Everybody in the circles of `person` whom they could see there once, and whom they promised something or who did so
    for them. Who left, who blocked and who is simply there stand side by side. `name` is a part of the name; `circle`
    (an id) narrows it. Three queries, in however many circles. Raises `NobodyAsked` without a person.
    """
    found = {}
    for other in _called(_once(Membership.objects.met_by(person, circle=circle)), "person", name):
        url = reverse("member_report", args=[other.circle_id, other.pk])
        found[other.person_id] = {"name": str(other.person), "url": url}
    for claim, other in _dealings(person, name) if not circle else ():
        url = reverse("claim_report", args=[claim.pk])
        found.setdefault(other.pk, {"name": str(other), "url": url})
    people = sorted(found.values(), key=lambda one: (one["name"].casefold(), one["url"]))
    return people[:MOST], len(people) > MOST


def _once(memberships):
    """Of each person the one in which they were met first: several circles are one meeting."""
    first = memberships.values("person").annotate(first=Min("pk")).values("first")
    return Membership.objects.filter(pk__in=first)


def _called(rows, who, name):
    """The first of the rows whose person, at `who`, has a name with that in it, by name."""
    rows = rows.filter(**{f"{who}__name__icontains": name}) if name else rows
    return rows.select_related(who).order_by(f"{who}__name", "pk")[: MOST + 1]


def _dealings(person, name):
    """(claim, the other one) of promises between `person` and somebody whose name they were told."""
    asked = "slot__help_request__asker"
    for claim in _called(dealings_of(person).filter(person=person, knows_asker=True), asked, name):
        yield claim, claim.help_request.asker
    for claim in _called(dealings_of(person).exclude(person=person), "person", name):
        yield claim, claim.person


def dealings_of(person):
    """Promises of `person`, and on what they ask or posted, whatever became of them, and whether they see them still.

    With `knows_asker`: whether whoever promised was told who asks.
    """
    asks = Q(slot__help_request__asker=known(person)) | Q(slot__help_request__posted_by=person)
    told = Q(slot__help_request__quietly=False) | Q(accepted_at__isnull=False)
    claims = Claim.objects.filter(Q(person=person) | asks).annotate(knows_asker=told)
    return claims.exclude(person=F("slot__help_request__asker")).select_related(
        "person", *(f"slot__help_request__{name}" for name in ("circle", "asker", "consent"))
    )
