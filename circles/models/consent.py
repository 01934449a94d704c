"""The yes of somebody for whom others ask: before it nothing of theirs is seen, and it can be taken back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..limits import at_most

STANDS = Q(agreed_at__isnull=False, withdrawn_at__isnull=True)


class HowSaid(models.TextChoices):
    """How somebody without e-mail said yes to a keeper."""

    IN_PERSON = "in_person", _("Face to face")
    BY_PHONE = "by_phone", _("By phone")
    IN_WRITING = "in_writing", _("In writing")


class Consent(models.Model):
    """Whether somebody agrees that others ask for them: for a care circle, or for one help request.

    `person` is null until they came with the address `email`; without e-mail a keeper records who agreed, how and
    when. `delegate_email` is whom the person named to decide for them. As with invitations only a hash of the token
    is stored, and the token is derived from `salt`. `struck` lists what they do not want told.
    """

    name = models.CharField(_("for whom"), max_length=80)
    email = models.EmailField(_("their e-mail address"), blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="consents"
    )
    delegate_name = models.CharField(_("who decides for them"), max_length=80, blank=True)
    delegate_email = models.EmailField(_("their delegate's e-mail address"), blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="consents_asked_for")
    asked_at = models.DateTimeField(_("asked"))
    salt = models.CharField(max_length=32, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck = models.JSONField(_("struck out"), default=list, blank=True)
    recorded_how = models.CharField(_("how they said it"), max_length=10, choices=HowSaid, blank=True)
    recorded_note = models.CharField(_("who said it, and when"), max_length=200, blank=True)
    declined_at = models.DateTimeField(_("said no"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_how__in=["", *HowSaid.values]), name="consent_recorded_how_is_known"
            ),
            at_most(80, "name", model="consent"),
            at_most(200, "recorded_note", model="consent"),
            models.CheckConstraint(condition=~Q(name=""), name="consent_is_somebodys"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(agreed_at__isnull=False),
                name="consent_is_taken_back_after_it_was_given",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(declined_at__isnull=True),
                name="consent_is_given_or_not",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def stands(self):
        """Whether they agreed and have not taken it back."""
        return self.agreed_at is not None and self.withdrawn_at is None
