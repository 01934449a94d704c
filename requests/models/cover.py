"""A way out that leaves nobody hungry: looking for somebody else while the place stays one's own."""

from django.db import transaction

from .exceptions import SlotOver


class Covering:
    """The part of `Claim` that looks for somebody to hand a promise on to. They step in by `Occupancy`."""

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
            self._lock()
            if not self.is_accepted or self.cover_wanted_at:
                return
            self._want_cover(at)
            self.slot.give_back(0, covering=-self.party_size)
            self._note("looked for cover", by=by, at=at)
            self._tell_askers("cover_wanted", by=by, at=at, also=self._keepers_on_short_notice(at=at))
            self.slot.settle(freed=True, at=at)

    def stay(self, *, at):
        """I can come after all: nobody needs to take it over any more."""
        with transaction.atomic():
            self._lock()
            if not self.places_to_cover:
                return
            self._want_cover(None)
            self.slot.give_back(0, covering=self.party_size)
            self._note("stayed", by=self.person, at=at)
            self.slot.settle(freed=False, at=at)

    def _want_cover(self, since):
        self.cover_wanted_at = since
        self.save(update_fields=["cover_wanted_at"])

    def has_begun(self, *, at):
        """Whether its time has come at the UTC time `at`: from then on one can only run late."""
        begun = self.slot.starts_at is not None and self.slot.starts_at <= at
        return begun or self.slot.is_over(at=at)
