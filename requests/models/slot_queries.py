"""Slots by who may see them and whether a place can be claimed."""

import datetime as dt

from django.db import models, transaction
from django.db.models import F, Q

from circles.models.person import known

from .help_request import HelpRequest

# A place whose helper looks for somebody else is taken, and open to whoever takes it over.
ROOM = Q(capacity__isnull=True) | Q(taken__lt=F("capacity") + F("covering"))


class SlotQuerySet(models.QuerySet):
    """Slots, by who may see them and whether a place can be claimed."""

    def visible_to(self, person, *, at):
        """Slots of the requests that `person` may see. Raises `NobodyAsked` without a person."""
        return self.filter(help_request__in=HelpRequest.objects.visible_to(known(person), at=at).values("pk"))

    def asked_by(self, person):
        """Slots of what `person` asks or posted for somebody, and is being asked."""
        return self.filter(help_request__in=HelpRequest.objects.open().asked_by(person).values("pk"))

    def kept_by(self, person):
        """Slots of the published requests in circles that `person` keeps."""
        return self.filter(help_request__in=HelpRequest.objects.kept_by(person).values("pk"))

    def open(self, *, at):
        """Slots in which a place can be claimed at the UTC time `at`."""
        return self.filter(ROOM, cancelled_at__isnull=True, open_until__gt=at)

    def starting_between(self, start, end):
        """Slots that start from `start` up to, not including, `end`."""
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def wish_for_today(self, wish, *, by, at):
        """One doorstep wish for all of today's times, by their own clock, of what `by` asks. Returns how many.

        Those who come today are told at once.
        """
        midnight = dt.datetime.combine(at.astimezone(by.zone).date(), dt.time(), tzinfo=by.zone)
        with transaction.atomic():
            today = self.asked_by(by).filter(
                cancelled_at__isnull=True, ends_at__gt=at, starts_at__lt=(midnight + dt.timedelta(days=1))
            )
            another = today.exclude(Q(doorstep=wish) | Q(doorstep="", help_request__doorstep=wish))
            slots = list(another.select_for_update(no_key=True, of=("self",)).order_by("pk"))
            self.filter(pk__in=[slot.pk for slot in slots]).update(doorstep=wish)
            self._tell_of_wish(slots, by=by, at=at)
        return len(slots)

    def _tell_of_wish(self, slots, *, by, at):
        was = {slot.pk: slot.doorstep for slot in slots}
        claims = self.model.claims.field.model.objects.accepted().filter(slot__in=slots)
        for claim in claims.select_related("person", "slot__help_request__circle"):
            claim.tell_of_wish(was[claim.slot_id] or claim.help_request.doorstep, by=by, at=at)

    def in_order(self):
        """By time; undated ones last."""
        return self.order_by(F("starts_at").asc(nulls_last=True), F("ends_at").asc(nulls_last=True), "pk")
