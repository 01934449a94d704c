"""A way out that leaves nobody hungry: looking for somebody else while the place stays one's own."""

from django.db import transaction
from django.db.models import F

from circles.models import JournalEntry
from supportnet.notices.models import Notice

from .slot import Slot, SlotOver, SlotTaken


class Covering:
    """The part of `Claim` that hands a promise on."""

    took_over = None  # the promise that this one stepped in for, in the moment it is made

    @property
    def places_to_cover(self):
        """How many places of the slot are to be had in its stead."""
        return self.party_size if self.cover_wanted_at and self.is_accepted else 0

    def look_for_cover(self, *, by, at):
        """Find somebody for me: the place stays mine until somebody takes it over, which frees me in the same step.

        The asker is told, on short notice the keepers and the standbys too. Asking twice is asking once. Raises
        `SlotOver` when its time has come.
        """
        if self.has_begun(at=at):
            raise SlotOver
        with transaction.atomic():
            self.person.lock()
            self.slot.hold()
            waits = type(self).objects.accepted().filter(pk=self.pk, cover_wanted_at__isnull=True)
            if not waits.update(cover_wanted_at=at):
                return
            self.refresh_from_db()
            Slot.objects.filter(pk=self.slot_id).update(covering=F("covering") + self.party_size)
            JournalEntry.objects.write(
                "looked for cover", self, by=by, at=at, circle=self.help_request.circle
            )
            self._tell_askers("cover_wanted", by=by, at=at, also=self._keepers_on_short_notice(at=at))
            self.help_request.relist(at=at)
            self.slot.ask_standbys(at=at)

    def stay(self, *, at):
        """I can come after all: nobody needs to take it over any more."""
        with transaction.atomic():
            self.person.lock()
            self.slot.hold()
            waits = type(self).objects.accepted().filter(pk=self.pk, cover_wanted_at__isnull=False)
            if not waits.update(cover_wanted_at=None):
                return
            self.refresh_from_db()
            Slot.objects.filter(pk=self.slot_id).update(covering=F("covering") - self.party_size)
            JournalEntry.objects.write("stayed", self, by=self.person, at=at, circle=self.help_request.circle)
            self.help_request.relist(at=at)
            self.slot.close_calls(at=at)

    def win_place(self, *, at):
        """A free place, or the place of whoever looks for cover longest. Raises what stands in the way."""
        try:
            self.slot.take(self.party_size, at=at)
        except SlotTaken:
            if not self._take_over(at=at):
                raise
            self.slot.refresh_from_db(fields=["taken", "covering"])

    def _take_over(self, *, at):
        """Step in for somebody, who is released in the same step: never in none, never in both."""
        slot = self.slot.hold()
        if not slot.is_open(at=at):
            return False
        if slot.taken + self.party_size <= slot.capacity:
            # Given back in this very moment.
            self.slot.take(self.party_size, at=at)
            return True
        looking = type(self).objects.accepted().filter(slot=slot, cover_wanted_at__isnull=False)
        for other in looking.exclude(person=self.person).order_by("cover_wanted_at", "pk"):
            more = self.party_size - other.party_size
            if slot.taken + more <= slot.capacity:
                self.took_over = other.hand_over(more=more, to=self, at=at)
                return True
        return False

    def hand_over(self, *, more, to, at):
        """The released half of a take-over; the slot's row is held. All three are told, once each."""
        self.slot = to.slot
        Slot.objects.filter(pk=self.slot_id).update(
            taken=F("taken") + more, covering=F("covering") - self.party_size
        )
        self.released_at, self.cover_wanted_at = at, None
        self.save(update_fields=["released_at", "cover_wanted_at"])
        JournalEntry.objects.write("handed over", self, by=to.person, at=at, circle=self.help_request.circle)
        return self

    def tell_of_handing_over(self, *, by, at):
        """After a take-over: the released helper that they are free, the asker who comes instead."""
        other = self.took_over
        Notice.objects.queue(
            "cover_found", other, to=other.person, at=at, by=by, key=other._key("cover_found", at)
        )
        self._tell_askers("cover_taken", by=by, at=at)

    def has_begun(self, *, at):
        """Whether its time has come at the UTC time `at`: from then on one can only run late."""
        begun = self.slot.starts_at is not None and self.slot.starts_at <= at
        return begun or self.slot.is_over(at=at)
