"""A member was placed elsewhere, set aside, or their check ended: what they were asked, and what they have promised."""

from django.db.models import Q
from django.utils.translation import gettext

from circles import time_text
from circles.models.keeper_notes import RAN_OUT
from supportnet.notices.text_direction import typed

from ..models import Claim, Slot, StandbyCall
from ..models.locks import lock_in_order

FEW = 5
# After these a keeper's word about a promise is wanted anew.
PUTS_IN_DOUBT = {"excluded", "checked", "check ended"}


def put_in_doubt_by(what):
    """A condition: which promises may be in doubt by `what` happened. What has a day was when it was set, or when the
    check was noted: as the check runs out, keepers are asked of what has none."""
    if what == RAN_OUT:
        return Q(slot__ends_at__isnull=True)
    return Q() if what in PUTS_IN_DOUBT else Q(pk__in=())


def follow_memberships(memberships, what, *, by, at):
    """Whoever can't take a place any more is not asked to step in, the next one is; promises are put to the keepers.

    Call it inside the transaction of the change. The people, slots, requests and promises are held, in this order.
    """
    people = [membership.person for membership in memberships]
    calls = StandbyCall.objects.waiting().filter(person__in=people)
    claims = Claim.objects.live().ahead(at=at).filter(person__in=people).filter(put_in_doubt_by(what))
    slots = Slot.objects.filter(Q(pk__in=calls.values("slot")) | Q(pk__in=claims.values("slot")))
    lock_in_order(slots, people=people)
    let_be(calls, at=at)
    for membership in memberships:
        theirs = claims.filter(person=membership.person).in_circle(membership.circle)
        if what in PUTS_IN_DOUBT:
            theirs.filter(kept_at__isnull=False).update(kept_at=None)
        theirs.in_doubt(at=at).put_to_keepers(by=by, at=at)


def doubts_about(membership, *, to, at):
    """(question, address) of the first promises of a member of which the keeper `to` has to say whether they stand."""
    claims = Claim.objects.kept_by(to).in_doubt(at=at).filter(person=membership.person_id).exclude(person=to)
    claims = claims.filter(slot__help_request__circle=membership.circle_id)
    claims = claims.select_related("slot__help_request__circle")
    words = gettext("%(name)s has promised “%(title)s”, %(when)s: do they still come?")
    for claim in claims.order_by("slot__starts_at", "pk")[:FEW]:
        slot, zone = claim.slot, claim.help_request.zone
        when = time_text.when(slot.starts_at, slot.ends_at, zone=zone, at=at)
        said = words % {**typed(name=membership.person, title=claim.help_request), "when": when}
        yield said, claim.get_absolute_url()


def let_be(calls, *, at):
    """Of the waiting `calls` those end whose people can't take the place by now, and the next ones are asked."""
    for call in calls.select_related("slot__help_request__circle").order_by("slot_id"):
        if call.slot.let_be_who_can_not(at=at):
            call.slot.settle(freed=True, at=at)
