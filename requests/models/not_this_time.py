"""Somebody can't help with this, and needs no reason."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..visibility.rule import PASSED, ByHand

# Whoever passed on one request is suggested for no other either for so long.
NOT_SOON = dt.timedelta(days=14)


class NotThisTimeManager(models.Manager):
    """Says it, and takes it back. Neither is told to anybody, nor written into the journal."""

    def say(self, *, person, help_request, at):
        """`person` is not shown `help_request` any more and hears no more of it. Saying it twice is saying it once."""
        passed, _made = self.get_or_create(person=person, help_request=help_request, defaults={"at": at})
        return passed

    def take_back(self, *, person, help_request):
        """Show it to them again."""
        self.filter(person=person, help_request=help_request).delete()

    def said_by(self, person):
        """An expression for help requests: whether `person` passed on one."""
        return ByHand(PASSED, person)

    def lately(self, *, at):
        """Said so short before the UTC time `at` that one should not ask again soon."""
        return self.filter(at__gt=at - NOT_SOON)


class NotThisTime(models.Model):
    """`person` passed on a request: it is not offered to them again. Nobody else ever sees this row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="not_this_time")
    help_request = models.ForeignKey("requests.HelpRequest", models.CASCADE, related_name="passed_by")
    at = models.DateTimeField(_("when"))

    objects = NotThisTimeManager()

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
