"""The life of a help request: its times, asked, closed, asked again, called off; and what the list says of it."""

from django.db import transaction
from django.db.models import F

from circles.models import Consent, JournalEntry
from supportnet.notices.wake import wake

from .locks import lock_in_order
from .relisting import Relisted
from .slot_times import OVER
from .wave_plan import OPEN_WAVES, NotOpen
from .when_needed import WhenNeeded

# The journal's word for a draft that is gone; `missing` in `views/access.py` looks for it.
THROWN_AWAY = "thrown away"


class Lifecycle(WhenNeeded, Relisted):
    """The part of `HelpRequest` from draft to end."""

    def rewrite(self, *, by, at, times, reach=None, version=None, **fields):
        """Say anew all that a draft says. Raises `EditedMeanwhile`, and `NotOpen` once it was asked."""
        with transaction.atomic():
            if self._lock_with_slots().state != "draft":
                raise NotOpen
            self.edit(by=by, at=at, version=version or self.version, **fields)
            self.set_times(**times, at=at)
            self.set_reach(**reach or {})

    def discard(self, *, by, at):
        """Throw a draft away for good; twice is once. Raises `NotOpen` once it was asked."""
        with transaction.atomic():
            own = self.own_consent and self._hold_own_consent()
            deleted, _rows = type(self).objects.drafts().filter(pk=self.pk).delete()
            if not deleted:
                if type(self).objects.filter(pk=self.pk).exists():
                    raise NotOpen
                return
            # Of no circle, as no circle knew of it. By this line `by` learns in another tab what became of it.
            JournalEntry.objects.write(THROWN_AWAY, self, by=by, at=at)
            if own and not own.help_requests.exists():
                own.delete()

    def _hold_own_consent(self):
        """Its row, held; None where somebody who threw the draft away a moment ago took it along."""
        return Consent.objects.select_for_update(no_key=True).filter(pk=self.consent_id).first()

    def publish(self, *, by, at, up_to=None):
        """Ask: the first wave sees it from now on and is told, the others as planned. Twice is once.

        `up_to` asks the circle up to that ring at once, instead of what was planned. Raises `NotOpen` for a cancelled
        draft, when the circle was put away or `by` is not in it, `NoConsent`, `NotVerified`.
        """
        by.require_verified()
        if self.cancelled_at:
            raise NotOpen
        self.require_open_circle(by)
        with transaction.atomic():
            self._lock_with_slots()
            self.hold_to_the_yes()
            self.require_yes(by)
            won = type(self).objects.drafts().filter(pk=self.pk).update(published_at=at, changed_at=at)
            if not won:
                return
            self.refresh_from_db()
            if up_to or not self.waves.exists():
                self.set_reach(starts=up_to)
            self.waves.update(opens_at=at + F("after"))
            self.waves.filter(opens_at__lte=at).update(opened_at=at)
            self._open_slots(at=at)
            JournalEntry.objects.write("asked", self, by=by, at=at, circle=self.circle)
            wake(OPEN_WAVES)

    def lock(self, only=()):
        """The request as it stands now, its row held until the transaction ends; fetched are the fields `only`."""
        rows = type(self).objects.select_for_update(no_key=True, of=("self",))
        rows = rows.select_related("consent", "circle__consent")
        return (rows.only(*only) if only else rows).get(pk=self.pk)

    def lock_row(self):
        """Hold its row until the transaction ends."""
        type(self).objects.select_for_update(no_key=True).values_list("pk").get(pk=self.pk)

    def _lock_with_slots(self):
        """As `lock`, with its slots and promises, in the order of `locks.py`."""
        self._lock_slots()
        return self.lock()

    def _lock_slots(self):
        """Its slots as they stand now, held with itself and the promises, by number."""
        held = lock_in_order(self.slots.all(), requests=type(self).objects.filter(pk=self.pk))
        for slot in held:
            slot.help_request = self
        return held

    def require_open_circle(self, person):
        """Raise `NotOpen` unless `person` is in the circle and it was not put away: only then they ask there."""
        if self.circle.archived_at or not self.circle.memberships.current().filter(person=person).exists():
            raise NotOpen

    def _open_slots(self, *, at):
        """Its slots are held, all but new ones."""
        for slot in self.slots.filter(cancelled_at__isnull=True).order_by("pk"):
            slot.open_until = at if self.pauses(slot) else slot.last_moment()
            slot.save(update_fields=["open_until"])
            if slot.open_until <= at:
                slot.close_calls(at=at)
        self.relist(at=at)

    def close(self, *, by, at, reason=""):
        """No more help is needed: open places are no longer offered, what was promised stands. Raises `NotOpen`.

        Offers that waited for a yes are answered kindly, and whoever was asked to step in is thanked.
        """
        with transaction.atomic():
            slots = self._lock_slots()
            open_now = type(self).objects.open().filter(pk=self.pk)
            if not open_now.update(closed_at=at, close_reason=reason, changed_at=at):
                raise NotOpen
            self.slots.filter(open_until__gt=at).update(open_until=at)
            self.refresh_from_db()
            JournalEntry.objects.write("closed", self, by=by, at=at, circle=self.circle)
            self.relist(at=at)
            for slot in slots:
                self._end_waiting(slot, by=by, at=at)

    def _end_waiting(self, slot, *, by, at):
        """Nobody waits for an answer that can't come any more."""
        if not slot.is_over(at=at):
            for offer in slot.claims.waiting().select_related("person").order_by("pk"):
                offer.slot = slot
                offer.turn_down(by=by, at=at)
        slot.close_calls(at=at)

    def reopen(self, *, by, at, **time):
        """Ask again after closing. Old claims stay; where no place would be open, a new slot counts from zero.

        What was promised without a time and closed a day ago is over: its helpers are shown no address again.
        The new slot is as `time` says for `add_slot`, or "whenever suits". Raises `NotOpen` unless it is closed, where
        `publish` would, and of somebody who left.
        """
        self.require_open_circle(by)
        if not self.is_still_here:
            raise NotOpen
        with transaction.atomic():
            closed_at = self._lock_with_slots().closed_at
            won = (
                type(self)
                .objects.filter(pk=self.pk, closed_at__isnull=False)
                .update(closed_at=None, close_reason="", changed_at=at)
            )
            if not won:
                raise NotOpen
            self.refresh_from_db()
            if at >= closed_at + OVER:
                self.claims().undated_done(since=closed_at)
            self._open_slots(at=at)
            if not self.takes_answers and not self.slots.open(at=at).exists():
                self.add_slot(by=by, at=at, **time)
            JournalEntry.objects.write("reopened", self, by=by, at=at, circle=self.circle)

    def cancel(self, *, by, at, reason=""):
        """Call it off: every place is cancelled, and whoever promised to come is told why. Raises `NotOpen`."""
        with transaction.atomic():
            for slot in self._lock_slots():
                slot.call_off(by=by, at=at, reason=reason)
            not_ended = type(self).objects.filter(
                pk=self.pk, closed_at__isnull=True, cancelled_at__isnull=True
            )
            if not not_ended.update(cancelled_at=at, cancel_reason=reason, changed_at=at):
                raise NotOpen
            self.refresh_from_db()
            JournalEntry.objects.write("cancelled", self, by=by, at=at, circle=self.circle)
            self.relist(at=at)
