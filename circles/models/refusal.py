"""A no is left in peace: by the whole circle, by whoever asked, and under each address that is known of them."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..addresses import AddressColumn
from ..limits import at_most
from ..lookalikes import may_be_the_same

# Who has not answered may be reminded soon; who has said no is left in peace for a good while.
REMINDS_AFTER, ASKS_AGAIN_AFTER = dt.timedelta(days=3), dt.timedelta(days=30)


# Of what was thrown away since nobody knows who said it: it counts as the person's own.
OWN = Q(consent__refused_at__isnull=False) | Q(consent__isnull=True) | Q(until__isnull=True)


class LeftInPeace(Exception):
    """Nobody is asked just now. Whoever wanted to ask is never told why: it may be somebody else's no."""


class RefusalQuerySet(models.QuerySet):
    """Refusals by whom they protect, and from whom."""

    def standing(self, *, at):
        """Those that still hold at the UTC time `at`."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at))

    def of(self, person):
        """What `person` said themselves."""
        return self.filter(person=person)

    def against(self, consent, *, by, at):
        """Those for which `by` may not ask what `consent` asks: their circle or they themselves heard a no lately.

        Whoever is known by the address counts, under whichever address they said it.
        """
        whose = Q(email=consent.email) | Q(person__in=_known_by(consent))
        return self.standing(at=at).filter(whose, _heard(consent.asked_in, by))

    def own_against(self, consent, *, at):
        """Those of `against` that the person said themselves to something else: whom they named says no yes to this."""
        if consent.owner_id is None:
            return self.none()
        theirs = self.against(consent, by=consent.asked_by, at=at).filter(OWN, person=consent.owner_id)
        return theirs.exclude(consent=consent.pk)

    def forbid_recording(self, name, *, circle, by, at):
        """Whether `by` may not write down a yes of `name` in `circle`: somebody called so said no there.

        The person's own no holds for good: they read e-mail, and say themselves when they think otherwise. It holds
        under whatever is left out of the name, put in another order, or drawn alike.
        """
        holds = Q(until__isnull=True) | Q(until__gt=at) | OWN
        heard = self.filter(holds, _heard(circle, by)).values_list("name", flat=True)
        return any(may_be_the_same(name, other) for other in heard)


def _heard(circle, by):
    return Q(asked_by=by) | Q(circle=circle) if circle else Q(asked_by=by)


def _known_by(consent):
    """The ids of those who have, or are known to have had, the address that is asked."""
    same = type(consent).objects.filter(email=consent.email)
    return {consent.owner_id, *same.values_list("owner", flat=True)} - {None}


class Refusal(models.Model):
    """Somebody's no to being asked for: nothing more comes until `until`, or ever where that is null.

    It outlives the consent, which goes with a draft that is thrown away. `person` is null where a delegate said it
    for somebody without an account. `email` and `name` are those under which they were asked.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="refusals"
    )
    email = AddressColumn(_("e-mail address"), blank=True)
    name = models.CharField(_("for whom"), max_length=80)
    circle = models.ForeignKey(
        "circles.Circle", models.CASCADE, null=True, blank=True, related_name="refusals"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    consent = models.ForeignKey(
        "circles.Consent", models.SET_NULL, null=True, blank=True, related_name="refusals"
    )
    at = models.DateTimeField(_("said no"))
    until = models.DateTimeField(_("left in peace until"), null=True, blank=True)

    objects = RefusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        constraints = [
            at_most(80, "name", model="refusal"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("at")),
                name="refusal_ends_after_it_began",
            ),
        ]

    def __str__(self):
        return self.name
