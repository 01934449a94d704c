"""What somebody who would like to join said, and what came of it: one row for each time they asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# At most one for each membership, by the constraint below; taking it back ends it as an answer does.
OPEN = Q(admitted_at__isnull=True, declined_at__isnull=True, taken_back_at__isnull=True)


class ApplicationQuerySet(models.QuerySet):
    """Applications, by whether they have an answer."""

    def open(self):
        """Those that nobody has answered and that were not taken back."""
        return self.filter(OPEN)

    def of(self, memberships):
        """{id of the membership: its applications, newest first} for several memberships. One query."""
        found = {membership.pk: [] for membership in memberships}
        for application in self.filter(membership__in=found).select_related("decided_by"):
            found[application.membership_id].append(application)
        return found


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

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=OPEN,
                name="one_open_application_per_membership",
            ),
        ]

    def __str__(self):
        return f"{self.membership_id}: {self.asked_at}"

    @property
    def state(self):
        """ "by rule" (nobody decided), "admitted", "declined", "taken back" or "open"."""
        if self.admitted_at:
            return "admitted" if self.decided_by_id else "by rule"
        if self.declined_at:
            return "declined"
        return "taken back" if self.taken_back_at else "open"
