"""Two people who do not see each other any more: what one promised the other is free again."""

from django.db.models import Q

from .models import Claim, Slot


def free_promises_between(one, other, *, at):
    """Call off what either promised the other and has not happened yet.

    The helper is told that it is called off and the asker that a place is open, without a reason; nobody's name
    stands in the journal, which says that it was done and not who parted from whom. People, slots and then requests
    are locked, each in their order, as everywhere. Call it inside the transaction of the block.
    """
    for person in sorted((one, other), key=lambda person: person.pk):
        person.lock()
    claims = Claim.objects.live().ahead(at=at).filter(_promised(one, other) | _promised(other, one))
    slots = Slot.objects.filter(pk__in=claims.values("slot")).order_by("pk")
    list(slots.select_for_update(no_key=True).values_list("pk"))
    about = claims.select_related("slot__help_request__circle", "person")
    for claim in about.order_by("slot__help_request_id", "slot_id"):
        claim.cancel(by=None, at=at)


def _promised(helper, asker):
    """Promises of `helper` on what `asker` asks, or posted for somebody."""
    asked = Q(slot__help_request__asker=asker) | Q(slot__help_request__posted_by=asker)
    return Q(person=helper) & asked
