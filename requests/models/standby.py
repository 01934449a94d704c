"""People who said "ask me if someone drops out".

They are asked one after the other, each with time to answer, and several at once where time is short; the first yes
wins, and the others are thanked. Nobody is used up who was not told.
"""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from circles.models import Block, Membership

from .standby_calls import StandbyCall


class StandbyQuerySet(models.QuerySet):
    """Standbys of a request."""

    def ready(self):
        """Those who still may be asked, and whom a mail reaches."""
        by_mail = Q(person__verified_at__isnull=False, person__mail_refused_at__isnull=True)
        return self.filter(by_mail, ended_at__isnull=True, person__is_active=True)

    def stand_by(self, *, person, help_request, at):
        """`person` may be asked if somebody drops out. Saying it twice is saying it once."""
        person.require_verified()
        standby, made = self.get_or_create(person=person, help_request=help_request, defaults={"since": at})
        if standby.ended_at:
            self.filter(pk=standby.pk).update(ended_at=None, since=at)
        return standby

    def stand_down(self, *, person, help_request, at):
        """`person` is not asked any more."""
        ready = self.filter(person=person, help_request=help_request, ended_at__isnull=True)
        ready.update(ended_at=at)

    def to_ask_for(self, slot):
        """Those who could step in for a place in `slot`, in the order in which they said so.

        Left out are who has a place there, who was asked for this time already and told so, and who may not see the
        request.
        """
        help_request = slot.help_request
        askers = [help_request.asker_id, help_request.posted_by_id]
        person = OuterRef("person")
        asked = StandbyCall.objects.used(slot).filter(person=person)
        holds = slot.claims.live().filter(person=person)
        parted = Block.objects.filter(Q(by=person, whom__in=askers) | Q(whom=person, by__in=askers))
        member = Membership.objects.current().filter(
            person=person, circle__in=help_request.circles_asked(), excluded_at__isnull=True
        )
        return (
            self.ready()
            .filter(
                ~Exists(asked), ~Exists(holds), ~Exists(parted), Exists(member), help_request=help_request
            )
            .select_related("person")
            .order_by("since", "pk")
        )


class Standby(models.Model):
    """`person` may be asked if somebody drops out of a help request."""

    help_request = models.ForeignKey("requests.HelpRequest", models.CASCADE, related_name="standbys")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="standbys")
    since = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("no more"), null=True, blank=True)

    objects = StandbyQuerySet.as_manager()

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
