"""Claims by who may see them and whether the promise stands; and the row that a new promise is made on."""

import datetime as dt

from django.db import models
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from circles.models import Block, Membership
from circles.models.person import known
from supportnet.notices.models import Notice

from .exceptions import Clash, OwnRequest
from .help_request import HelpRequest
from .wave import Wave

TICK = dt.timedelta(microseconds=1)
# Stands, accepted or not; `is_live` in `visibility/sql.py` says the same in SQL.
LIVE = Q(released_at__isnull=True, cancelled_at__isnull=True, declined_at__isnull=True)


class ClaimQuerySet(models.QuerySet):
    """Claims, by who may see them and whether the promise stands."""

    def with_unseen(self, person):
        """Each with `is_unseen`, whether a block between `person` and the helper hides the claim, and `is_gone`,
        whether there is one at all, or the helper left where it is asked: what was over before keeps its name."""
        gone = Block.objects.parting(person, field="person") | ~Exists(_here())
        return self.annotate(is_unseen=_unseen(person), is_gone=gone)

    def visible_to(self, person, *, at):
        """My claims and those in circles that I keep, while I see the request; and those on what I ask or posted.

        None is seen across a block, but for what was over by then, by whoever was blocked (see
        `circles.models.block.PARTED_SINCE`); unless the rule lets a keeper see the request. Raises `NobodyAsked`
        without a person.
        """
        seen = Q(slot__help_request__in=HelpRequest.objects.visible_to(known(person), at=at).values("pk"))
        kept = Q(slot__help_request__circle__in=Membership.objects.circles_kept_by(person))
        asked = Q(slot__help_request__asker=person) | Q(slot__help_request__posted_by=person)
        asked &= ~_unseen(person)
        return self.filter(asked | seen & (Q(person=person) | kept))

    def kept_by(self, person):
        """Claims on requests in the circles that `person` keeps."""
        return self.filter(slot__help_request__in=HelpRequest.objects.kept_by(person).values("pk"))

    def live(self):
        """Promises that stand, accepted or waiting for the asker's yes."""
        return self.filter(LIVE)

    def live_or_called_off(self):
        """Promises that stand, and those that ended because their whole time was called off."""
        return self.filter(LIVE | Q(cancelled_at=F("slot__cancelled_at")))

    def accepted(self):
        """Promises that stand and hold a place."""
        return self.live().filter(accepted_at__isnull=False)

    def behind_a_name_unsaid(self):
        """Offers on what is asked quietly by whoever was never told the name: the circle's keepers know it anyway."""
        keeps = Membership.objects.keepers().filter(
            person=OuterRef("person"), circle=OuterRef("slot__help_request__circle")
        )
        told = self.model.objects.filter(
            person=OuterRef("person"),
            slot__help_request=OuterRef("slot__help_request"),
            accepted_at__isnull=False,
        )
        return self.filter(~Exists(keeps), ~Exists(told), slot__help_request__quietly=True)

    def ended(self):
        """Promises that stand no more, by whatever way they ended."""
        return self.exclude(LIVE)

    def ended_since(self, moment):
        """Promises that ended at `moment` or later, which may be an expression."""
        return self.filter(
            Q(released_at__gte=moment) | Q(declined_at__gte=moment) | Q(cancelled_at__gte=moment)
        )

    def waiting(self):
        """Promises that wait for the asker's yes."""
        return self.live().filter(accepted_at__isnull=True)

    def undated_done(self, *, since):
        """What was promised without a time counts as done `since` then, unless its helper has said since when."""
        return self.accepted().filter(slot__ends_at=None, happened_at=None).update(happened_at=since)

    def ahead(self, *, at):
        """Claims on slots that are not over and not called off at the UTC time `at`."""
        return self.filter(
            Q(slot__ends_at__gt=at) | Q(slot__ends_at__isnull=True),
            slot__cancelled_at__isnull=True,
        )

    def in_circle(self, circle):
        """Promises on what is asked in `circle`, or of it by a wave."""
        waves = Wave.objects.filter(circle=circle).values("help_request")
        return self.filter(Q(slot__help_request__circle=circle) | Q(slot__help_request__in=waves))

    def in_doubt(self, *, at, set_aside_only=False):
        """Promises ahead whose helpers were set aside since by a circle that is asked, or are not checked on the day
        although it is for checked helpers; unless a keeper has said that they come all the same."""
        asked = OuterRef("slot__help_request")
        here = Q(circle=OuterRef("slot__help_request__circle"))
        theirs = Membership.objects.filter(person=OuterRef("person"))
        aside = theirs.filter(here | Q(circle__waves__help_request=asked), excluded_at__isnull=False)
        checked = theirs.filter(here).checked(at=OuterRef("deadline"))
        last = ExpressionWrapper(F("slot__ends_at") - TICK, DateTimeField())
        claims = self.live().ahead(at=at).filter(kept_at__isnull=True)
        claims = claims.alias(deadline=Coalesce("slot__starts_at", last, Value(at, DateTimeField())))
        bare = Q(slot__help_request__needs_checked=True) & ~Exists(checked)
        return claims.filter(Exists(aside) if set_aside_only else Exists(aside) | bare)

    def put_to_keepers(self, *, by, at):
        """Ask the keepers of each of these promises, which are in doubt, whether it stands; unless a mail that does
        waits, for whoever was set aside, taken back and set aside again is one question."""
        for claim in self.select_related("slot__help_request__circle", "person").order_by("pk"):
            asks = Notice.objects.waiting().filter(kind="claim_in_doubt", cause_id=claim.pk)
            asked = set(asks.values_list("reader", flat=True))
            for keeper in claim.help_request.circle.keepers().exclude(person__in=asked):
                key = f"claim_in_doubt:{claim.pk}:{at.isoformat()}:{keeper.person_id}"
                Notice.objects.queue("claim_in_doubt", claim, to=keeper.person, at=at, by=by, key=key)

    def clashing_with(self, slot):
        """Claims on other slots whose time overlaps that of `slot`; back to back is no clash."""
        if slot.starts_at is None:
            return self.none()
        return self.filter(
            slot__starts_at__lt=slot.ends_at,
            slot__ends_at__gt=slot.starts_at,
            slot__cancelled_at__isnull=True,
        ).exclude(slot=slot)

    def make(self, *, slot, person, made_by, at, said, seen, even_if_clashing, over_limit_because=""):
        """The part of `Slot.claim` under the person's lock."""
        claim = self.row_for(slot, person, even_if_clashing=even_if_clashing)
        if claim.pk and claim.is_live:
            return claim
        if over_limit_because and slot.help_request.circle.is_kept_by(made_by):
            slot.lock()
            slot.make_room(said.party_size, by=made_by, at=at, because=over_limit_because)
        claim.begin(said, seen=seen, made_by=made_by, at=at)
        return claim

    def row_for(self, slot, person, *, even_if_clashing, but=None):
        """Their claim on `slot`, made before, or new and not saved. Raises `OwnRequest` and `Clash`, not with `but`."""
        of_slot, clashes = self._promises(slot, person, but)
        if of_slot and of_slot.is_live:
            return of_slot
        if slot.help_request.is_run_by(person):
            raise OwnRequest
        if clashes and not even_if_clashing:
            raise Clash(clashes)
        return of_slot or self.model(slot=slot, person=person)

    def _promises(self, slot, person, but):
        """Their claim on `slot` or None, and their live ones that clash with it: one query."""
        clashing = Q(pk__in=self.live().filter(person=person).clashing_with(slot).values("pk"))
        found = [
            claim
            for claim in self.filter(Q(slot=slot) | clashing, person=person)
            if claim.pk != getattr(but, "pk", 0)
        ]
        of_slot = next((claim for claim in found if claim.slot_id == slot.pk), None)
        if of_slot:
            of_slot.slot, of_slot.person = slot, person
        return of_slot, [claim for claim in found if claim.slot_id != slot.pk]

    def keep_time_with(self, person, *, at):
        """Somebody's clock or reminder times changed: calculate their coming reminders anew."""
        claims = self.accepted().ahead(at=at).filter(person=person).order_by("pk")
        list(claims.select_for_update(no_key=True).values_list("pk"))
        for claim in claims.select_related("slot__help_request__circle"):
            claim.person = person
            claim.set_reminders(at=at)


def _here():
    """Current memberships of a claim's helper in the circles in which it is asked."""
    asked = Wave.objects.filter(help_request=OuterRef(OuterRef("slot__help_request")))
    there = Q(circle=OuterRef("slot__help_request__circle")) | Q(circle__in=asked.values("circle"))
    return Membership.objects.current().filter(there, person=OuterRef("person"))


def _unseen(person):
    """Whether a block hides the claim from `person`: it was over when it ended, or else when its time had passed."""
    over = Coalesce("released_at", "cancelled_at", "declined_at", "slot__ends_at")
    return Block.objects.unseen(person, field="person", over=over)
