"""What became of a promise, once its time has come: it happened, or nobody came."""

from django.db import transaction

from circles.models import JournalEntry

from .exceptions import SlotAhead
from .slot_times import OVER


class Afterwards:
    """The part of `Claim` that looks back."""

    def say_it_happened(self, happened, *, at):
        """The helper answers "did it happen?"; the last answer counts.

        Where no time says when it is over, their first yes does: within a day it can be taken back, and later nothing
        opens the address again.
        """
        said = self.happened_at if self.slot.ends_at is None else None
        if said and (happened or at >= said + OVER):
            return
        self.happened_at, self.missed_at = (at, None) if happened else (None, at)
        self.save(update_fields=["happened_at", "missed_at"])

    def note_no_show(self, *, by, at):
        """Whoever asks notes that nobody came; only they and the keepers see it. Noting it twice is noting it once.

        Raises `SlotAhead` before its time has come.
        """
        if not self.has_begun(at=at):
            raise SlotAhead
        self._set_no_show(at, "noted a no-show", by=by, at=at)

    def take_no_show_back(self, *, by, at):
        """The note that nobody came was a slip, or is forgiven."""
        self._set_no_show(None, "took a no-show back", by=by, at=at)

    def _set_no_show(self, moment, verb, *, by, at):
        with transaction.atomic():
            noted = type(self).objects.filter(pk=self.pk, no_show_at__isnull=moment is not None)
            if noted.update(no_show_at=moment):
                JournalEntry.objects.write(verb, self, by=by, at=at, circle=self.help_request.circle)
        self.refresh_from_db(fields=["no_show_at"])
