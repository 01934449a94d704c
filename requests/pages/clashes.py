"""What else is at the same time: promises already made, and others that are about to be. Back to back is no clash."""

from ..models import Claim, HelpRequest


def clashes_of(person, slots):
    """{slot's id: (slot, claim) pairs of what else `person` has then}; the claim is None for another of `slots`.

    One query, or none where no slot has a time.
    """
    dated = [slot for slot in slots if slot.starts_at]
    if not dated:
        return {}
    others = [(claim.slot, claim) for claim in _promised(person, dated)] + [(slot, None) for slot in dated]
    found = {slot.pk: [pair for pair in others if _overlap(slot, pair[0])] for slot in dated}
    return {pk: clashes for pk, clashes in found.items() if clashes}


def _promised(person, dated):
    """Live promises in the span of these slots."""
    mine = Claim.objects.live().filter(
        person=person,
        slot__cancelled_at__isnull=True,
        slot__starts_at__lt=max(slot.ends_at for slot in dated),
        slot__ends_at__gt=min(slot.starts_at for slot in dated),
    )
    return mine.select_related("slot__help_request")


def _overlap(slot, other):
    return slot != other and slot.starts_at < other.ends_at and other.starts_at < slot.ends_at


def seen_of(claims, person, *, at):
    """Those of `claims` on requests that `person` may see: what is in the way may be another circle's business."""
    asked = {claim.slot.help_request_id for claim in claims}
    seen = HelpRequest.objects.visible_to(person, at=at).filter(pk__in=asked)
    seen = set(seen.values_list("pk", flat=True))
    return [claim for claim in claims if claim.slot.help_request_id in seen]
