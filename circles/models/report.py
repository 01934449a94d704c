"""What a member tells the keepers because something is not right."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..limits import at_most


class Report(models.Model):
    """Somebody reports a person, a request or an answer. `subject` is "<model>:<pk>", as in the journal.

    `about` is the person whose doing it is: they never see it, even as a keeper.
    """

    circle = models.ForeignKey("circles.Circle", models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports_made")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports_about")
    subject = models.CharField(_("what is reported"), max_length=60)
    reason = models.TextField(_("reason"), max_length=1000)
    created_at = models.DateTimeField(_("reported"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(_("what was done"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            at_most(1000, "reason", model="report"),
            models.CheckConstraint(condition=~Q(reason=""), name="report_has_a_reason"),
            models.UniqueConstraint(
                fields=["circle", "reporter", "subject"],
                condition=Q(settled_at__isnull=True),
                name="one_open_report_per_person_and_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subject"], condition=Q(settled_at__isnull=True), name="open_reports_of_subject"
            ),
        ]

    def __str__(self):
        return f"{self.subject} – {self.circle_id}"
