"""Who did what, when, for those who keep the circle."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from circles.models import Circle, JournalEntry, Report
from supportnet.notices.text_direction import joined
from supportnet.panel.admin import organizers

from .journaled import Journaled, KeptCircle


@admin.register(JournalEntry, site=organizers)
class JournalAdmin(Journaled):
    """Who did what in the circles; only to be read."""

    weight = 70
    list_display = ["at", "actor", "verb", "change", "subject", "circle"]
    list_filter = [KeptCircle]
    list_select_related = ["actor", "circle"]
    search_fields = ["actor__name", "verb", "subject"]
    fields = ["at", "actor", "verb", "change", "subject", "circle", "details"]
    readonly_fields = ["change"]
    ordering = ["-at", "-pk"]

    def get_queryset(self, request):
        """What was done in the circles that the reader keeps, but for reports about themselves."""
        kept = Circle.objects.kept_by(request.user).values("pk")
        about_reader = Report.objects.subjects_about(request.user)
        rows = JournalEntry.objects.filter(circle__in=kept).exclude(subject__in=about_reader)
        return rows.order_by(*self.ordering)

    @admin.display(description=_("before and after"))
    def change(self, entry):
        """What was and what is, where it says so."""
        return joined(entry.before_and_after, " → ")
