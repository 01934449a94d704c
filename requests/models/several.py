"""Promising several times of a request at once."""

from django.db import transaction


class Several:
    """The part of `HelpRequest` that takes one person's promises for many of its times."""

    def claim_several(self, slots, *, by, at, bringing="", note="", brings=None, both_will_do=()):
        """Promise to fill a place in each of `slots`, ids or slots; returns `(claims, refused)`, each by time.

        `brings` says of a slot's id what is brought instead of `bringing`; `both_will_do` are ids of those that may
        clash with other promises. What can't be had leaves the others alone: `refused` are pairs of the slot and the
        `SlotUnavailable` or `Clash` that `Slot.claim` would raise. Raises `NotVerified`.

        Locks the person, then all the slots, then the request: see `HelpRequest.lock`.
        """
        by.require_verified()
        claims, refused = [], []
        with transaction.atomic():
            by.lock()
            for slot in self._held(slots):
                said = {"bringing": (brings or {}).get(slot.pk, bringing), "note": note}
                self._try(
                    slot, claims, refused, by=by, at=at, even_if_clashing=slot.pk in both_will_do, **said
                )
        return sorted(claims, key=_by_time), sorted(refused, key=lambda pair: _time_of(pair[0]))

    def _held(self, slots):
        """Its slots among these, their rows held in order until the transaction ends."""
        pks = [getattr(slot, "pk", slot) for slot in slots]
        held = list(self.slots.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))
        for slot in held:
            slot.help_request = self
        return held

    def _try(self, slot, claims, refused, *, by, **said):
        from .claim import Claim
        from .slot import Clash, SlotUnavailable

        try:
            with transaction.atomic():
                claims.append(Claim.objects.make(slot=slot, person=by, made_by=by, party_size=1, **said))
        except (SlotUnavailable, Clash) as why:
            refused.append((slot, why))


def _by_time(claim):
    return _time_of(claim.slot)


def _time_of(slot):
    """Undated ones last."""
    moment = slot.starts_at or slot.ends_at
    return (moment is None, moment and moment.timestamp(), slot.pk)
