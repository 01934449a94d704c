"""Promising several times of a request at once."""

from django.db import transaction

from .exceptions import Clash, SlotUnavailable
from .locks import lock_in_order


class Several:
    """The part of `HelpRequest` that takes one person's promises for many of its times."""

    def claim_several(self, slots, *, by, at, otherwise=None, both_will_do=(), seen=None, **said):
        """Promise to fill a place in each of `slots`, ids or slots; returns `(claims, refused)`, each by time.

        `said` is what `Slot.claim` takes of what is brought and the line to the asker; `otherwise` says of a slot's id
        what is said of it instead. `both_will_do` are ids of those that may clash with other promises, `seen` is
        {id: the `sequence` that the page showed}. What can't be had leaves the others alone: `refused` are pairs of the
        slot and the `SlotUnavailable` or `Clash` that `Slot.claim` would raise. Raises `NotVerified`.

        Locks the person, then all the slots, then the request: see `locks.py`.
        """
        by.require_verified()
        claims, refused, seen = [], [], seen or {}
        with transaction.atomic():
            for slot in self._held(slots, by):
                words = said | (otherwise or {}).get(slot.pk, {})
                both = slot.pk in both_will_do
                try:
                    claims.append(
                        slot.claim(by=by, at=at, even_if_clashing=both, seen=seen.get(slot.pk), **words)
                    )
                except (SlotUnavailable, Clash) as why:
                    refused.append((slot, why))
        return sorted(claims, key=_by_time), sorted(refused, key=lambda pair: _time_of(pair[0]))

    def _held(self, slots, person):
        """Its slots among these, held after the person."""
        pks = [getattr(slot, "pk", slot) for slot in slots]
        held = lock_in_order(self.slots.filter(pk__in=pks), people=[person])
        for slot in held:
            slot.help_request = self
        return held


def _by_time(claim):
    return _time_of(claim.slot)


def _time_of(slot):
    """Undated ones last."""
    moment = slot.starts_at or slot.ends_at
    return (moment is None, moment and moment.timestamp(), slot.pk)
