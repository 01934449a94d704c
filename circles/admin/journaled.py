"""What pages about something in a circle have in common."""

from circles.models import Circle, JournalEntry
from supportnet.panel.admin import Kept, Scoped


class KeptCircle(Kept):
    """Filter by one of the circles that the reader keeps."""

    circles = Circle.objects.all


class Journaled(Scoped):
    """A scoped page whose history is the circle's journal."""

    def history_of(self, obj):
        """Who did what with it, oldest first."""
        return JournalEntry.objects.about(obj).select_related("actor")
