"""The places of a slot: won by one conditional UPDATE, given back, and what follows from either."""

from django.db import transaction
from django.db.models import F, Q

from circles.models import JournalEntry

from .exceptions import (
    RequestClosed,
    SlotCancelled,
    SlotHoldsMore,
    SlotMoved,
    SlotOver,
    SlotTaken,
    TooFewPlaces,
)

# What others may have changed while one waited for the slot's row.
COUNTED = ("capacity", "taken", "covering", "sequence")
# All that decides whether a place can be had, and what others may have changed; texts are not read again.
CHANGEABLE = (*COUNTED, "starts_at", "ends_at", "all_day", "open_until", "cancelled_at")


class Room:
    """The part of `Slot` that counts its places."""

    @property
    def room(self):
        """Places that can be had, free ones and those to take over; None when as many as like may come."""
        return None if self.capacity is None else self.capacity - self.taken + self.covering

    @property
    def is_full(self):
        """Whether no place is left."""
        return self.room is not None and self.room <= 0

    def has_room_for(self, places):
        """Whether so many places can be had."""
        return self.room is None or self.room >= places

    def is_open(self, *, at):
        """Whether a place can be claimed at the UTC time `at`."""
        return not self.cancelled_at and not self.is_full and self.open_until > at

    def lock(self):
        """Hold its row, then its request's, until the transaction ends, and read it as it stands now.

        A promise's own row comes after both: see `locks.py`.
        """
        rows = type(self).objects.select_for_update(no_key=True)
        self.refresh_from_db(fields=CHANGEABLE, from_queryset=rows)
        self.help_request.lock_row()

    def take(self, places, *, at):
        """Win `places` by one conditional UPDATE; losers write nothing. Raises what stands in the way."""
        enough = Q(capacity__isnull=True) | Q(taken__lte=F("capacity") - places)
        can_be_had = type(self).objects.filter(
            enough, pk=self.pk, cancelled_at__isnull=True, open_until__gt=at
        )
        if not can_be_had.update(taken=F("taken") + places):
            self.refuse(places, at=at)
        self.refresh_from_db(fields=COUNTED)

    def require_seen(self, sequence):
        """Raise `SlotMoved` unless the slot is as it was when it had this `sequence`; None is whoever saw no page.

        The row is held, and `sequence` was read after that.
        """
        if sequence is not None and sequence != self.sequence:
            raise SlotMoved

    def give_back(self, places, *, covering=0):
        """Free `places` again, `covering` of which were looking for cover. What follows is for `settle`."""
        type(self).objects.filter(pk=self.pk).update(
            taken=F("taken") - places, covering=F("covering") - covering
        )
        self.refresh_from_db(fields=COUNTED)

    def settle(self, *, freed, at, but=None):
        """Draw the consequences of who comes and how much room there is; its row is held, `but` is who just came.

        The request is listed or not; where a place is to be had that was `freed`, the next standby is asked; where none
        is, whoever was asked is thanked.
        """
        self.help_request.relist(at=at)
        if not self.is_open(at=at):
            self.close_calls(at=at, but=but)
        elif freed:
            self.ask_standbys(at=at)

    def refuse(self, places=1, *, at):
        """Raise why `places` can't be claimed: it was called off, is over or closed, or too few are left."""
        self.refresh_from_db(fields=CHANGEABLE)
        if self.cancelled_at:
            raise SlotCancelled
        if self.last_moment() <= at:
            raise SlotOver
        if self.open_until <= at:
            raise RequestClosed
        if not self.is_full and self.room < places:
            raise TooFewPlaces(self.room)
        raise SlotTaken

    def resize(self, capacity, *, by, at, let_go=()):
        """Change how many helpers there is room for.

        `let_go` are the promises that the editor chose to end for it; those helpers are told, and nobody is asked to
        step in for them unless room is left. Raises `SlotHoldsMore` if more hold places even so, and then nothing has
        happened.
        """
        let_go = sorted(let_go, key=lambda claim: claim.person_id)
        with transaction.atomic():
            for claim in let_go:
                claim.person.lock()
            self.lock()
            was = self.capacity
            more = capacity is None or (self.capacity is not None and capacity > self.capacity)
            for claim in sorted(let_go, key=lambda claim: claim.pk):
                claim.slot = self
                claim.let_go(by=by, at=at)
            if capacity is not None and self.taken > capacity:
                raise SlotHoldsMore(self.taken - capacity)
            type(self).objects.filter(pk=self.pk).update(capacity=capacity)
            self.capacity = capacity
            circle, helpers = self.help_request.circle, {"old": was, "new": capacity}
            JournalEntry.objects.write("resized", self, by=by, at=at, circle=circle, **helpers)
            self.settle(freed=more or bool(let_go), at=at)

    def make_room(self, places, *, by, at, because):
        """A keeper goes over the limit, with a reason that the journal keeps. The slot's row is held by the caller."""
        if self.capacity is None or self.taken + places <= self.capacity:
            return
        type(self).objects.filter(pk=self.pk).update(capacity=F("taken") + places)
        self.refresh_from_db(fields=COUNTED)
        circle = self.help_request.circle
        JournalEntry.objects.write("went over the limit", self, by=by, at=at, circle=circle, because=because)
