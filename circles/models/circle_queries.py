"""Circles by who may see them, and how one is started."""

import functools
import operator
import uuid

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from .. import names
from .choices import CircleKind, JoinRule
from .consent import agreed
from .journal import JournalEntry
from .membership import Membership, Ring, Role
from .person import known

# How one comes into a new circle of each kind; by invitation alone where nothing is said.
JOINED_BY = {CircleKind.COMMUNITY: JoinRule.APPROVAL}


class CircleQuerySet(models.QuerySet):
    """Circles, by who may see or keep them."""

    def visible_to(self, person):
        """Circles in which `person` is a current member. Raises `NobodyAsked` without a person.

        While the yes of whom a circle is around is missing, its keepers alone see it.
        """
        mine = Membership.objects.in_sight().current().filter(person=known(person))
        return self.filter(pk__in=mine.values("circle"))

    def agreed(self):
        """Circles for which nobody's consent is missing."""
        return self.filter(agreed())

    def kept_by(self, person):
        """Circles that `person` keeps. Raises `NobodyAsked` without a person."""
        return self.filter(pk__in=Membership.objects.circles_kept_by(person))

    def in_use(self):
        """Circles that were not put away."""
        return self.filter(archived_at__isnull=True)

    def listed(self):
        """Circles that stand in the directory: in use, and with the yes of whom they are around."""
        return self.in_use().agreed().filter(listed=True)

    def saying(self, words):
        """Circles whose name, description or area say each of the `words`."""
        found = self
        for word in words:
            says = (Q(**{f"{field}__icontains": word}) for field in ("name", "description", "area"))
            found = found.filter(functools.reduce(operator.or_, says))
        return found

    def left_alone(self, *, since):
        """Circles in use from before `since` whose keepers have all neither signed in nor done anything since."""
        acted = JournalEntry.objects.filter(actor=OuterRef("person"), at__gte=since)
        at_work = Membership.objects.keepers().filter(Q(person__last_login__gte=since) | Exists(acted))
        return self.in_use().filter(created_at__lt=since).exclude(pk__in=at_work.values("circle"))

    def start(self, *, by, kind, name, at, form_key=None, whom=None, **fields):
        """Start a circle with `by` as its first keeper, in the inner ring. Raises `NotVerified`.

        The same `form_key`, kind and name give the same person the same circle again: a double click makes one. Unless
        `fields` say who may join, a community is asked by whoever would like to, and into the others one is invited.
        `whom` says around whom it is whose consent is needed: what `Consent.objects.draft` or, with `how`, `record`
        wants.
        """
        by.require_verified()
        fields["join_rule"] = fields.get("join_rule") or JOINED_BY.get(kind, JoinRule.INVITATION)
        fields = names.fitted(fields | {"kind": kind, "name": name, "created_at": at})
        with transaction.atomic():
            # By person, kind and name: nobody meets what another made, and going back to rename it makes another.
            key = uuid.uuid5(form_key, f"{by.pk}:{kind}:{name}") if form_key else uuid.uuid4()
            circle, made = self.get_or_create(form_key=key, defaults=fields)
            if made:
                circle.memberships.create(
                    person=by,
                    role=Role.KEEPER,
                    ring=Ring.INNER,
                    asked_at=at,
                    joined_at=at,
                )
                JournalEntry.objects.write("started", circle, by=by, at=at, circle=circle)
                if whom:
                    circle.gather_around(whom, by=by, at=at)
        return circle
