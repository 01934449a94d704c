"""A member was placed elsewhere, set aside, or their check ended: what they were asked, and what they have promised."""

from django.db.models import Q

from supportnet.notices.models import Notice

from ..models import Claim, Slot, StandbyCall
from ..models.locks import hold_in_order

# After these a keeper's word about a promise is wanted anew.
PUTS_IN_DOUBT = {"excluded", "checked", "check ended"}


def follow_memberships(memberships, what, *, by, at):
    """Whoever can't take a place any more is not asked to step in, the next one is; promises are put to the keepers.

    Call it inside the transaction of the change. The people, slots, requests and promises are held, in this order.
    """
    people = [membership.person for membership in memberships]
    calls = StandbyCall.objects.waiting().filter(person__in=people)
    claims = Claim.objects.live().ahead(at=at).filter(person__in=people if what in PUTS_IN_DOUBT else ())
    slots = Slot.objects.filter(Q(pk__in=calls.values("slot")) | Q(pk__in=claims.values("slot")))
    hold_in_order(slots, people=people)
    let_be(calls, at=at)
    for membership in memberships:
        theirs = claims.filter(person=membership.person).in_circle(membership.circle)
        put_to_keepers(theirs, by=by, at=at)


def let_be(calls, *, at):
    """Of the waiting `calls` those end whose people can't take the place by now, and the next ones are asked."""
    for call in calls.select_related("slot__help_request__circle").order_by("slot_id"):
        if call.slot.let_be_who_can_not(at=at):
            call.slot.settle(freed=True, at=at)


def put_to_keepers(claims, *, by, at):
    """Ask the keepers of each promise that is in doubt now whether it stands; what they said before does not count."""
    claims.filter(kept_at__isnull=False).update(kept_at=None)
    for claim in claims.in_doubt(at=at).select_related("slot__help_request__circle", "person").order_by("pk"):
        for keeper in claim.help_request.circle.keepers():
            key = f"claim_in_doubt:{claim.pk}:{at.isoformat()}:{keeper.person_id}"
            Notice.objects.queue("claim_in_doubt", claim, to=keeper.person, at=at, by=by, key=key)
