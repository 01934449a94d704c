"""What whoever asks wishes from day to day: less soup, a pause, another word at the door, a Plan B."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from circles.models import JournalEntry


class Wishing:
    """The part of `HelpRequest` that changes from day to day while people come."""

    def wish(self, *, by, at, wishes, visit, plan_b):
        """Say what is wished about what is brought, what a helper needs at the door, and the own Plan B.

        `wishes`: freezer_full, smaller (bool), no_more (list of `Dish` values). `visit`: cooler, dishes, pets, parking
        (texts). Whoever promised to come is told, once within five minutes, of what matters to them.
        """
        with transaction.atomic():
            self.hold_to_the_yes()
            said = self.but_what_was_struck({"wishes": wishes, "visit": visit}, by=by)
            told = {name for name, new in said.items() if new != getattr(self, name)}
            self.wishes, self.visit, self.plan_b = said["wishes"], said["visit"], plan_b
            self.save(update_fields=["wishes", "visit", "plan_b"])
            self._note_unless_draft("wished", by=by, at=at)
            self._tell_claimers(told, by=by, at=at, key=at.isoformat())
            self.tell_who_agreed(told, by=by, at=at)

    def pause(self, until, *, by, at):
        """Take no new promises for times before the local date `until`; None ends the pause. Promises stand."""
        with transaction.atomic():
            self._lock_with_slots()
            self.paused_until = until
            self.save(update_fields=["paused_until"])
            if self.is_open:
                self._open_slots(at=at)
            self._note_unless_draft("paused", by=by, at=at)

    def _note_unless_draft(self, verb, *, by, at):
        """The keepers read the circle's journal, and of a draft they know nothing."""
        if self.published_at:
            JournalEntry.objects.write(verb, self, by=by, at=at, circle=self.circle)

    def pauses(self, slot):
        """Whether the pause covers the slot. "Whenever suits" waits for its end."""
        if self.paused_until is None:
            return False
        moment = slot.starts_at or slot.ends_at
        return moment is None or moment.astimezone(self.zone).date() < self.paused_until


def wish_for_today(person, wish, *, at):
    """One doorstep wish for all of today's times, by their own clock, of what `person` asks. Returns how many.

    Those who come today are told at once.
    """
    from .claim import Claim
    from .slot import Slot

    midnight = dt.datetime.combine(at.astimezone(person.zone).date(), dt.time(), tzinfo=person.zone)
    with transaction.atomic():
        today = Slot.objects.asked_by(person).filter(
            cancelled_at__isnull=True, ends_at__gt=at, starts_at__lt=(midnight + dt.timedelta(days=1))
        )
        another = today.exclude(Q(doorstep=wish) | Q(doorstep="", help_request__doorstep=wish))
        slots = list(another.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(doorstep=wish)
        was = {slot.pk: slot.doorstep for slot in slots}
        claims = Claim.objects.accepted().filter(slot__in=slots)
        for claim in claims.select_related("person", "slot__help_request__circle"):
            claim.tell_of_wish(was[claim.slot_id] or claim.help_request.doorstep, by=person, at=at)
    return len(slots)


VISIT = {
    "cooler": _("A cooler or place to leave things"),
    "dishes": _("Dishes to take back, or none"),
    "pets": _("Pets"),
    "parking": _("Parking"),
}
