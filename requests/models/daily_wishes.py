"""What whoever asks wishes from day to day: less soup, a pause, another word at the door, a Plan B."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from circles.models import JournalEntry

# What a helper needs at the door, by the key in `HelpRequest.visit`.
VISIT = {
    "cooler": _("A cooler or place to leave things"),
    "dishes": _("Dishes to take back, or none"),
    "pets": _("Pets"),
    "parking": _("Parking"),
}


class Wishing:
    """The part of `HelpRequest` that changes from day to day while people come."""

    def wish(self, *, by, at, wishes, visit, plan_b):
        """Say what is wished about what is brought, what a helper needs at the door, and the own Plan B.

        `wishes`: freezer_full, smaller (bool), no_more (list of `Dish` values). `visit`: cooler, dishes, pets, parking
        (texts). Whoever promised to come is told, once within five minutes, of what matters to them.
        """
        with transaction.atomic():
            self.hold_to_the_yes()
            said = self.without_struck_fields({"wishes": wishes, "visit": visit}, by=by)
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
