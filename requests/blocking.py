"""Two people who do not see each other any more: what one promised the other is free again."""

from django.db.models import Q

from .models import Claim, Slot, StandbyCall


def free_promises_between(one, other, *, at):
    """Free what either promised the other and has not happened yet, and ask neither to step in for the other.

    `one` is whoever blocked. The other hears of it as if `one` had left: what `one` promised is given back, and what
    they promised `one` is called off. Who does not know the name behind a quiet ask keeps their offer, which its asker
    does not see: that it ended just now would tell the name. No reason is given; nobody's name stands in the journal,
    which says that it was done and not who parted from whom. People, slots and then requests are locked, each in their
    order, as everywhere. Call it inside the transaction of the block.
    """
    for person in sorted((one, other), key=lambda person: person.pk):
        person.lock()
    between = _by(one, other) | _by(other, one)
    claims = Claim.objects.live().ahead(at=at).filter(between)
    claims = claims.exclude(pk__in=claims.behind_a_name_unsaid().values("pk"))
    calls = StandbyCall.objects.waiting().filter(between, slot__help_request__quietly=False)
    slots = Slot.objects.filter(Q(pk__in=claims.values("slot")) | Q(pk__in=calls.values("slot")))
    list(slots.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    for call in calls.select_related("slot__help_request").order_by("slot_id"):
        StandbyCall.objects.waiting().filter(pk=call.pk).update(closed_at=at)
        call.slot.ask_standbys(at=at)
    about = claims.select_related("slot__help_request__circle", "person")
    for claim in about.order_by("slot__help_request_id", "slot_id"):
        end = claim.free if claim.person_id == one.pk else claim.cancel
        end(by=None, at=at)


def _by(helper, asker):
    """What `helper` promised, or was asked to, on what `asker` asks, or posted for somebody."""
    asked = Q(slot__help_request__asker=asker) | Q(slot__help_request__posted_by=asker)
    return Q(person=helper) & asked
