"""What whoever asked says to a helper afterwards."""

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from circles.limits import at_most
from supportnet.notices.models import Notice


class Thanked:
    """The part of `Claim` that is thanked for."""

    def thank(self, *, by, text, at, tell=True):
        """Thank the helper; a second thanks replaces the words and tells nobody again.

        Without `tell` they find the words on the promise's page alone.
        """
        with transaction.atomic():
            thanks, made = Thanks.objects.update_or_create(
                claim=self,
                defaults={"text": text},
                create_defaults={"text": text, "by": by, "created_at": at},
            )
            if made and tell:
                Notice.objects.queue("thanks_given", thanks, to=self.person, at=at, by=by)
        return thanks


class Thanks(models.Model):
    """What the asker says to a helper afterwards."""

    claim = models.OneToOneField("requests.Claim", models.CASCADE, related_name="thanks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(_("thanks"), max_length=500)
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("thanks")
        verbose_name_plural = _("thanks")
        constraints = [at_most(500, "text", model="thanks")]

    def __str__(self):
        return self.text
