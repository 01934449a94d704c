"""People who said "ask me if someone drops out".

They are asked one after the other, each with time to answer.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Standby(models.Model):
    """`person` may be asked if somebody drops out of a help request."""

    help_request = models.ForeignKey("requests.HelpRequest", models.CASCADE, related_name="standbys")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="standbys")
    since = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("no more"), null=True, blank=True)

    class Meta:
        verbose_name = _("standby")
        verbose_name_plural = _("standbys")
        constraints = [
            models.UniqueConstraint(
                fields=["help_request", "person"], name="one_standby_per_request_and_person"
            ),
        ]

    def __str__(self):
        return f"{self.person_id} – {self.help_request_id}"


class StandbyCall(models.Model):
    """One standby asked for one slot, with a deadline; the first yes wins, and the others are thanked.

    `starts_at` is the slot's start (or end, where it has none) when they were asked: a moved slot asks anew.
    """

    slot = models.ForeignKey("requests.Slot", models.CASCADE, related_name="standby_calls")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="standby_calls")
    starts_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(_("asked"))
    answer_by = models.DateTimeField(_("answer wanted by"))
    yes_at = models.DateTimeField(_("said yes"), null=True, blank=True)
    no_at = models.DateTimeField(_("said no"), null=True, blank=True)
    closed_at = models.DateTimeField(_("no longer needed"), null=True, blank=True)

    class Meta:
        verbose_name = _("standby call")
        verbose_name_plural = _("standby calls")
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "person", "starts_at"], name="one_call_per_slot_person_and_time"
            ),
            models.CheckConstraint(
                condition=Q(answer_by__gt=F("asked_at")), name="standby_call_has_time_to_answer"
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by"],
                condition=Q(yes_at__isnull=True, no_at__isnull=True, closed_at__isnull=True),
                name="standby_calls_open",
            ),
        ]

    def __str__(self):
        return f"{self.person_id} – {self.slot_id}"
