"""What is said of a promise as its time comes: still on, running late, on time after all."""

from django.db import transaction

from circles.models import JournalEntry

from .exceptions import SlotOver


class OnTheDay:
    """The part of `Claim` that is said on the day."""

    def confirm(self, *, at, by=None):
        """Still on: the helper comes as promised. `by` is the keeper whom they told so, if they did not say it here.

        Saying it twice is saying it once.
        """
        with transaction.atomic():
            if not type(self).objects.filter(pk=self.pk, confirmed_at=None).update(confirmed_at=at):
                return
            self.confirmed_at = at
            if by and by != self.person:
                JournalEntry.objects.write("confirmed", self, by=by, at=at, circle=self.help_request.circle)

    def run_late(self, *, minutes, by, at):
        """The helper comes later than agreed; the asker is told at once. Raises `SlotOver`."""
        if self.slot.is_over(at=at):
            raise SlotOver
        with transaction.atomic():
            self.late_at, self.late_minutes = at, minutes
            self.save(update_fields=["late_at", "late_minutes"])
            self._tell_askers("claim_late", by=by, at=at)

    def be_on_time(self):
        """They come as agreed after all; whoever was not told yet that they run late is not."""
        self.late_at = self.late_minutes = None
        self.save(update_fields=["late_at", "late_minutes"])
