"""Somebody can't help with this, and needs no reason."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NotThisTime(models.Model):
    """`person` passed on a request: it is not offered to them again. Nobody else ever sees this row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="not_this_time")
    help_request = models.ForeignKey("requests.HelpRequest", models.CASCADE, related_name="passed_by")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("not this time")
        verbose_name_plural = _("not this time")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "help_request"], name="one_pass_per_person_and_request"
            ),
        ]

    def __str__(self):
        return f"{self.person_id} – {self.help_request_id}"
