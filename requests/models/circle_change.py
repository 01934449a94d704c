"""Asking in another circle instead: who sees it from then on, and who loses a place."""

from django.db import transaction
from django.db.models import F

from circles.models import JournalEntry, Membership, Role
from supportnet.notices.wake import wake

from .asking_for_another import NoConsent
from .wave_plan import OPEN_WAVES, NotOpen


class Moving:
    """The part of `HelpRequest` that moves it to another circle."""

    def move_to(self, circle, *, by, at):
        """Ask in `circle` instead: it hears of it as far, and when, this one did or would have.

        Those who were asked by name, and other circles, stay asked. Whoever could not see it any more but for their
        promise is told, once, that they are not needed; what is past stays. Raises `NotOpen` unless it is open and
        `by`, who asks it or posted it, is in that circle and it was not put away, and for what somebody else agreed
        to; `NoConsent` when the circle's own is missing. Locks slots, then the request.
        """
        with transaction.atomic():
            was = self._lock_with_slots()
            was.require_movable(circle, by=by)
            losing = was.losing_their_place([circle], at=at)[circle.pk]
            was._move_waves(circle, at=at)
            type(self).objects.filter(pk=self.pk).update(
                circle=circle, version=F("version") + 1, changed_at=at
            )
            self.refresh_from_db()
            JournalEntry.objects.write("moved away", self, by=by, at=at, circle=was.circle)
            JournalEntry.objects.write("moved here", self, by=by, at=at, circle=circle)
            for claim in sorted(losing, key=lambda claim: claim.pk):
                claim.slot.help_request = self
                claim.end_with_slot(by=by, at=at)
                JournalEntry.objects.write("cancelled", claim, by=by, at=at, circle=was.circle)
            self.relist(at=at)
            self._ask_who_is_left({claim.slot_id for claim in losing}, at=at)
            wake(OPEN_WAVES)

    def _ask_who_is_left(self, freed, *, at):
        """Who was asked to step in and is out of its sight by now is let be; where a place is free, the next is."""
        for slot in self.slots.order_by("pk"):
            slot.help_request = self
            if slot.let_be_who_can_not(at=at) or slot.pk in freed:
                slot.settle(freed=True, at=at)

    def is_movable(self, *, by):
        """Whether `by` may ask it elsewhere: it is open, theirs, and nobody else agreed to who sees it here."""
        if not (self.is_open and self.is_run_by(by)):
            return False
        consents = (self.consent_id and self.consent, self.circle.consent_id and self.circle.consent)
        return all(consent.person_id == by.pk for consent in consents if consent)

    def require_movable(self, circle, *, by):
        """Raise what `move_to` raises."""
        is_member = circle.memberships.current().filter(person=by).exists()
        if not self.is_movable(by=by) or circle == self.circle or circle.archived_at or not is_member:
            raise NotOpen
        if circle.consent_id and not circle.consent.stands:
            raise NoConsent

    def losing_their_place(self, circles, *, at):
        """{circle number: live promises ahead of people who could not see it in that circle}. Three queries."""
        claims = self.claims().live().ahead(at=at)
        claims = list(claims.select_related("person", "slot").order_by("slot_id", "pk"))
        waves = list(self.waves.all())
        where = {circle.pk for circle in circles} | {wave.circle_id for wave in waves} - {None}
        held = Membership.objects.filter(circle__in=where, person__in={c.person_id for c in claims})
        held = {(membership.circle_id, membership.person_id): membership for membership in held}
        return {
            circle.pk: [claim for claim in claims if not self._stays(claim, circle, waves, held, at)]
            for circle in circles
        }

    def _stays(self, claim, circle, waves, held, at):
        """Whether they would see it there without their promise, and could take the place."""
        person = claim.person_id
        here = held.get((circle.pk, person))
        asked = {circle.pk} | {wave.circle_id for wave in waves if wave.circle_id != self.circle_id}
        if (here and here.removed_at) or any(
            held[one, person].excluded_at for one in asked if (one, person) in held
        ):
            return False
        is_member = here is not None and here.is_current
        if self.needs_checked and not (here and here.is_checked(at=claim.slot.checked_at(at=at))):
            return False
        if is_member and here.role == Role.KEEPER:
            return True
        opened = (wave for wave in waves if wave.opened_at and wave.opened_at <= at)
        return any(self._would_reach(wave, person, circle, held) for wave in opened)

    def _would_reach(self, wave, person, circle, held):
        """By name nobody who has left that circle."""
        if wave.person_id:
            here = held.get((circle.pk, person))
            return wave.person_id == person and (here is None or here.is_current)
        moved = wave.circle_id == self.circle_id
        near = held.get((circle.pk if moved else wave.circle_id, person))
        return near is not None and near.is_current and near.ring <= wave.ring

    def _move_waves(self, circle, *, at):
        """The same rings by the same plan; where both circles were asked, what has opened stays open."""
        there = {wave.ring: wave for wave in self.waves.filter(circle=circle)}
        for wave in self.waves.filter(circle=self.circle):
            twin = there.get(wave.ring)
            if twin and (twin.opened_at or not wave.opened_at):
                wave.delete()
                continue
            if twin:
                twin.delete()
            wave.circle, wave.opened_at, wave.told_at = circle, wave.opened_at and at, None
            wave.save(update_fields=["circle", "opened_at", "told_at"])
