"""What somebody who would like to join said, and what came of it: one row for each time they asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Application(models.Model):
    """One ask to join. `answers` is a list of [question, answer], as the questions stood then."""

    membership = models.ForeignKey("circles.Membership", models.CASCADE, related_name="applications")
    asked_at = models.DateTimeField(_("asked to join"))
    answers = models.JSONField(_("answers"), default=list, blank=True)
    admitted_at = models.DateTimeField(_("let in"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(admitted_at__isnull=True, declined_at__isnull=True, taken_back_at__isnull=True),
                name="one_open_application_per_membership",
            ),
        ]

    def __str__(self):
        return f"{self.membership_id}: {self.asked_at}"
