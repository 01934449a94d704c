"""A circle was put away: what was asked there is called off, and whoever had promised to come is told."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import ngettext

from ..catalogue import RequestKind
from ..models import Claim, HelpRequest, Slot, Wave
from .membership_ended import call_off, lock_all


def end_with_circle(circle, *, by, at):
    """Call off what is asked in the circle, and let it hear of nothing that is asked elsewhere later on.

    Slots and then requests are locked, each in their order, as everywhere. Call it inside the transaction that put the
    circle away.
    """
    asked = _asked(circle, at=at)
    lock_all(Claim.objects.none(), asked)
    for help_request in asked.select_related("circle").order_by("pk"):
        call_off(help_request, by=by, at=at)
    Wave.objects.filter(circle=circle, opened_at__isnull=True).exclude(help_request__circle=circle).delete()


def effect_of_archive(circle, *, at):
    """What putting the circle away would call off, as sentences: how much, and never what or whose."""
    yield from _called_off(_asked(circle, at=at).filter(closed_at__isnull=True).count())
    asked = _asked(circle, at=at).values("pk")
    promised = Claim.objects.live().ahead(at=at).filter(slot__help_request__in=asked)
    yield from _told(promised.values("person").distinct().count())


def _called_off(asked):
    if asked:
        words = ngettext(
            "%(number)d request that is open here is called off.",
            "%(number)d requests that are open here are called off.",
            asked,
        )
        yield words % {"number": asked}


def _told(people):
    if people:
        words = ngettext(
            "%(number)d person who promised to come is told that they need not.",
            "%(number)d people who promised to come are told that they need not.",
            people,
        )
        yield words % {"number": people}


def _asked(circle, *, at):
    """What is not over: what took place was not called off."""
    ahead = Slot.objects.filter(Q(ends_at__gt=at) | Q(ends_at__isnull=True), cancelled_at__isnull=True)
    is_ahead = Q(kind=RequestKind.INFORMATIONAL) | Exists(ahead.filter(help_request=OuterRef("pk")))
    asked = HelpRequest.objects.filter(is_ahead, circle=circle, published_at__isnull=False)
    return asked.filter(cancelled_at__isnull=True).order_by("pk")
