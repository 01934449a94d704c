"""One way to win a place and one to lose it, for every kind of promise.

A claim, the asker's yes, a standby's, a take-over, a keeper's hand, a move and a growing party win by `_occupy`; a
release, a no, a cancellation, a time called off, a smaller slot, a leaving, a block and a take-over lose by `_vacate`.
What follows for the list and for standbys hangs on the slot: see `Room.settle`.
"""

from django.db import transaction

from circles.models import JournalEntry

from .bringing import Bringing
from .exceptions import Clash, RequestClosed, SlotOver, SlotTaken
from .locks import lock_in_order
from .standby_calls import StandbyCall

# Where a promise stands; begun anew, all of it is forgotten.
STATE = (
    *("accepted_at", "confirmed_at", "late_at", "late_minutes", "cover_wanted_at", "no_show_at"),
    *("happened_at", "missed_at", "released_at", "declined_at", "cancelled_at", "kept_at"),
)
# What another may have changed while one waited for the row; the words of a promise are not read again.
AS_IT_STANDS = (*STATE, "party_size", "claimed_at")


class Occupancy:
    """The part of `Claim` that wins and loses places."""

    took_over = ()  # the promises that this one stepped in for, in the moment it is made

    def _lock(self):
        """Hold the person, the slot, the request and then the promise, and read how all of it stands now."""
        self.person.lock()
        self.slot.lock()
        self._lock_row()

    def _lock_row(self):
        rows = type(self).objects.select_for_update(no_key=True)
        self.refresh_from_db(fields=AS_IT_STANDS, from_queryset=rows)

    # Winning

    def _occupy(self, *, at):
        """Win the places: free ones, else those of whoever looks for cover longest. Raises what stands in the way."""
        self._win(self.party_size, at=at)
        self.accepted_at = at
        self._calculate_reminders()
        self._settle_won(at=at)

    def _win(self, places, *, at):
        try:
            self.slot.take(places, at=at)
        except SlotTaken:
            self._take_over(places, at=at)

    def _settle_won(self, *, at):
        if self.took_over or self.slot.is_full:
            self.slot.settle(freed=bool(self.took_over), at=at, but=self.person)

    def _take_over(self, places, *, at):
        """Step in for somebody, who is released in the same step: never in none, never in both."""
        self.slot.lock()
        if self.slot.is_open(at=at):
            self.took_over = self._to_step_in_for(self.slot.taken + places - self.slot.capacity)
        for other in sorted(self.took_over, key=lambda claim: claim.pk):
            other.hand_over(to=self, at=at)
        self.slot.take(places, at=at)

    def _to_step_in_for(self, places):
        """The promise that looks for cover longest of those that free so many; else several; else none."""
        if places <= 0:
            return ()  # given back in this very moment
        looking = type(self).objects.accepted().filter(slot=self.slot, cover_wanted_at__isnull=False)
        looking = list(looking.exclude(person=self.person).order_by("cover_wanted_at", "pk"))
        enough = [claim for claim in looking if claim.party_size >= places]
        chosen = []
        for claim in enough[:1] or looking:
            if sum(one.party_size for one in chosen) < places:
                chosen.append(claim)
        return chosen if sum(one.party_size for one in chosen) >= places else ()

    def hand_over(self, *, to, at):
        """The released half of a take-over; the slot's row is held. All three are told, once each."""
        self.slot = to.slot
        self._lock_row()
        self._vacate("released", at=at)
        self._note("handed over", by=to.person, at=at)

    def begin(self, said, *, seen, made_by, at):
        """Make the promise, or make it again: win the place, or wait for the asker's yes. See `Slot.claim`."""
        said.put_on(self)
        self.made_by, self.claimed_at, self.release_note = made_by, at, ""
        for field in STATE:
            setattr(self, field, None)
        if self.help_request.needs_yes:
            self._require_room(at=at)
        else:
            self._occupy(at=at)
        # Not before the slot's row is theirs: while they waited for it, the time may have moved, and the request out of
        # their sight.
        self.slot.require_seen(seen)
        self.slot.require_welcome(self.person, at=at)
        self.save()
        self._note("claimed", by=made_by, at=at, slot=self.slot_id)
        self._tell_of_beginning(by=made_by, at=at)

    def _require_room(self, *, at):
        """An offer takes no place yet, but there is one for as many as would come."""
        self.slot.lock()
        if not self.slot.is_open(at=at) or not self.slot.has_room_for(self.party_size):
            self.slot.refuse(self.party_size, at=at)
        # Pressed a moment before it was closed, and come too late for an answer.
        if not self.slot.is_asked_for():
            raise RequestClosed

    def accept(self, *, by, at, seen=None):
        """The asker says yes: the place is won now, and the helper is told. Raises `SlotTaken` and its like.

        `seen` is the slot's `sequence` as the asker had it before them: see `Slot.claim`.

        Whoever left the circle and what they asked quietly there says no yes to anybody: `RequestClosed`.
        """
        with transaction.atomic():
            self._lock()
            if self.help_request.ends_unnoticed_at:
                raise RequestClosed
            if not self.is_live or self.accepted_at:
                return
            self.slot.require_seen(seen)
            self._occupy(at=at)
            self.save(update_fields=["accepted_at"])
            self.set_reminders(at=at)
            self._note("accepted", by=by, at=at)
            self._confirm_to_helper(at=at)
            if self.took_over:
                self.tell_of_handing_over(by=by, at=at)

    def come_with(self, party_size, *, at):
        """More or fewer come than was said. Whoever asks is told; places that are freed, others can have.

        Raises `SlotTaken` and its like. Call it inside the transaction.
        """
        self._lock()
        was, more = self.party_size, party_size - self.party_size
        if not self.is_live or not more:
            return
        if self.accepted_at:
            if more > 0:
                self._win(more, at=at)
            self.slot.give_back(max(-more, 0), covering=-more if self.cover_wanted_at else 0)
        self.party_size = party_size
        self.save(update_fields=["party_size"])
        if self.accepted_at:
            self._tell_of_party(was, at=at)
            self.slot.settle(freed=more < 0 or bool(self.took_over), at=at, but=self.person)

    # Losing

    def _vacate(self, how, *, at, note=""):
        """Lose the place, or the offer of one: `how` is "released", "declined" or "cancelled". Says whether it stood.

        The rows are held. Whoever calls it tells whom it concerns and settles the slot, once for all that it loses.
        """
        if not self.is_live:
            return False
        places, covering = (self.party_size if self.accepted_at else 0), self.places_to_cover
        setattr(self, f"{how}_at", at)
        self.cover_wanted_at, self.release_note = None, note
        self.save(update_fields=[f"{how}_at", "cover_wanted_at", "release_note"])
        if places:
            self.slot.give_back(places, covering=covering)
        return True

    def _settle_lost(self, *, at):
        """A place is free again; or a standby who was called has none after all, and the next one is asked."""
        if self.accepted_at:
            self.slot.settle(freed=True, at=at)
        elif StandbyCall.objects.answered_yes().filter(slot=self.slot, person=self.person).exists():
            self.slot.ask_standbys(at=at)

    def decline(self, *, by, at):
        """The asker says not this time; the helper is told in kind words. A standby was called: so is the next."""
        with transaction.atomic():
            self._lock()
            if self.is_live and not self.accepted_at:
                self.turn_down(by=by, at=at)
                self._settle_lost(at=at)

    def turn_down(self, *, by, at):
        """The offer's part of `decline`, for whoever turns down many; the rows are held."""
        self._vacate("declined", at=at)
        self._note("declined", by=by, at=at)
        self._tell_helper("claim_declined", by=by, at=at)
        self.let_them_be_called(by=by, at=at)

    def release(self, *, by, at, note=""):
        """Give the place back while there is time; the asker is told, on short notice the keepers too.

        When a keeper does it for them, so is the helper. Releasing twice is releasing once. Raises `SlotOver` when its
        time has come.
        """
        if self.has_begun(at=at):
            raise SlotOver
        with transaction.atomic():
            if self.free(by=by, at=at, note=note) and by != self.person:
                self._tell_helper("given_back", by=by, at=at)

    def free(self, *, by, at, note=""):
        """The part of `release` that also ends a promise whose time has begun, when a membership ends.

        Returns whether it stood until now.
        """
        with transaction.atomic():
            self._lock()
            if not self._vacate("released", at=at, note=note):
                return False
            self._note("released", by=by, at=at)
            self._tell_that_it_is_free(by=by, at=at)
            self._settle_lost(at=at)
        return True

    def cancel(self, *, by, at):
        """A keeper or the asker takes the promise back for the helper; the place is open again.

        The helper is told, and the asker that the place is open.
        """
        with transaction.atomic():
            self._lock()
            if self.let_go(by=by, at=at):
                self._settle_lost(at=at)

    def let_go(self, *, by, at):
        """The promise's part of `cancel`, for whoever settles the slot; its row and the request's are held."""
        self._lock_row()
        if not self._vacate("cancelled", at=at):
            return False
        self._note("cancelled", by=by, at=at)
        self._tell_of_cancelling(by=by, at=at)
        self._tell_that_it_is_free(by=by, at=at)
        return True

    def end_with_slot(self, *, by, at):
        """The slot was called off: so is the promise, and the helper is told why. The rows are held."""
        if self._vacate("cancelled", at=at):
            self._tell_of_cancelling(by=by, at=at)

    # Another place

    def move(self, to, *, by, at, even_if_clashing=False):
        """Another time of the same request, in one step: what was agreed stays agreed. Returns the promise there.

        The helper is told by one mail, and so is whoever asks. Raises what `Slot.claim` raises.
        """
        with transaction.atomic():
            both = type(to).objects.filter(pk__in=[self.slot_id, to.pk])
            lock_in_order(both, people=[self.person])
            self._lock()
            there = type(self).objects.row_for(to, self.person, even_if_clashing=even_if_clashing, but=self)
            if not self.is_live or there.slot_id == self.slot_id:
                return self
            if there.pk and there.is_live:
                raise Clash([there])
            there._take_the_place_of(self, by=by, at=at)
            self._note("moved", by=by, at=at, slot=to.pk)
            there._tell_of_moving(self, by=by, at=at)
        return there

    def _take_the_place_of(self, other, *, by, at):
        agreed = other.accepted_at
        Bringing.of(other).put_on(self)
        for field in STATE:
            setattr(self, field, None)
        self.made_by, self.claimed_at, self.release_note = by, other.claimed_at, ""
        other._vacate("cancelled", at=at)
        if agreed:
            self._occupy(at=at)
            self.accepted_at = agreed
        else:
            self._require_room(at=at)
        self.slot.require_welcome(self.person, at=at)
        self.save()
        self.set_reminders(at=at)
        other._settle_lost(at=at)

    def _note(self, verb, *, by, at, **details):
        JournalEntry.objects.write(verb, self, by=by, at=at, circle=self.help_request.circle, **details)
