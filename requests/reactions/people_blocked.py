"""Two people who do not see each other any more: what one promised the other is free again."""

from django.db.models import F, Q

from ..models import Claim, HelpRequest, Slot, StandbyCall, Wave
from ..models.locks import lock_in_order


def free_promises_between(one, other, *, at):
    """Free what either promised the other and has not happened yet, and ask neither to step in for the other.

    `one` is whoever blocked. The other hears of it as if `one` had left: what `one` promised is given back, and
    what they promised `one` is called off. Who does not know the name behind a quiet ask keeps their offer: that it
    ended just now would tell the name. Its asker does not see it, and hears that `one` can't come. No reason is
    given; nobody's name stands in the journal, which says that it was done and not who parted from whom. People,
    slots and then requests are locked, each in their order, as everywhere. Call it inside the transaction of the
    block.
    """
    between = _by(one, other) | _by(other, one)
    claims = Claim.objects.live().ahead(at=at).filter(between)
    unsaid = claims.behind_a_name_unsaid()
    offers = list(unsaid.filter(person=one).select_related("slot__help_request__circle"))
    claims = claims.exclude(pk__in=unsaid.values("pk"))
    calls = StandbyCall.objects.waiting().filter(between, slot__help_request__quietly=False)
    slots = Slot.objects.filter(Q(pk__in=claims.values("slot")) | Q(pk__in=calls.values("slot")))
    lock_in_order(slots, people=(one, other))
    for call in calls.select_related("slot__help_request").order_by("slot_id"):
        StandbyCall.objects.waiting().filter(pk=call.pk).update(closed_at=at)
        call.slot.ask_standbys(at=at)
    about = claims.select_related("slot__help_request__circle", "person")
    about = list(about.order_by("slot__help_request_id", "slot_id"))
    # In the order of a leaving: first what they promised, then what they asked.
    for claim in (claim for claim in about if claim.person_id == one.pk):
        claim.free(by=None, at=at)
    for claim in (claim for claim in about if claim.person_id == other.pk):
        claim.cancel(by=None, at=at)
    for offer in offers:
        offer.tell_as_given_back(at=at)
    _posted_by_one_for_the_other(one, other).update(posted_by=F("asker"))
    _asked_by_name(one, other).delete()


def _posted_by_one_for_the_other(one, other):
    """It is the asker's alone from now on, as when one of them leaves."""
    posted = Q(asker=one, posted_by=other) | Q(asker=other, posted_by=one)
    return HelpRequest.objects.filter(posted, published_at__isnull=False)


def _asked_by_name(one, other):
    """Neither asks the other by name any more; of what is asked quietly that would tell who asks."""
    asked = HelpRequest.objects.filter(quietly=False)
    return Wave.objects.filter(
        Q(person=one, help_request__in=asked.asked_by(other).values("pk"))
        | Q(person=other, help_request__in=asked.asked_by(one).values("pk"))
    )


def _by(helper, asker):
    """What `helper` promised, or was asked to, on what `asker` asks, or posted for somebody."""
    asked = Q(slot__help_request__asker=asker) | Q(slot__help_request__posted_by=asker)
    return Q(person=helper) & asked
