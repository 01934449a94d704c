"""One time with room for helpers, and the series that makes many of them."""

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circles.limits import between

from ..catalogue import Doorstep
from .bringing import Bringing
from .calling_standbys import CallsStandbys
from .capacity import CHANGEABLE, Room
from .exceptions import CheckEndsBefore, NotChecked, OutOfSight, SlotTaken
from .help_request import HelpRequest
from .help_request_queries import is_checked, shut_out
from .series import MOST_HELPERS, Series
from .slot_queries import SlotQuerySet
from .slot_times import Schedule


class Slot(Room, Schedule, CallsStandbys, models.Model):
    """One time with room for N helpers.

    `starts_at` and `ends_at`: a time; only `ends_at`: any time before; neither: whenever suits. `capacity` null means
    that as many as like may come. `open_until` is the moment until which a place can be claimed; publishing,
    moving, closing and reopening set it. `sequence` counts what calendars must learn (RFC 5545, 3.8.7.4).
    """

    help_request = models.ForeignKey("requests.HelpRequest", models.CASCADE, related_name="slots")
    series = models.ForeignKey(Series, models.CASCADE, null=True, blank=True, related_name="slots")
    original_date = models.DateField(null=True, blank=True, editable=False)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    all_day = models.BooleanField(_("all day"), default=False)
    doorstep = models.CharField(_("doorstep wish for this time"), max_length=10, choices=Doorstep, blank=True)
    capacity = models.PositiveSmallIntegerField(_("helpers"), null=True, blank=True, default=1)
    taken = models.PositiveSmallIntegerField(_("places taken"), default=0, editable=False)
    covering = models.PositiveSmallIntegerField(
        _("places whose helpers look for somebody else"), default=0, editable=False
    )
    open_until = models.DateTimeField(editable=False)
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed_because = models.CharField(_("why it was changed"), max_length=200, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="slot_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=False),
                name="slot_that_starts_also_ends",
            ),
            between(1, MOST_HELPERS, "capacity", model="slot"),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & (Q(capacity__isnull=True) | Q(taken__lte=F("capacity"))),
                name="slot_has_no_more_helpers_than_room",
            ),
            models.CheckConstraint(
                condition=Q(covering__gte=0, covering__lte=F("taken")), name="slot_covers_what_is_taken"
            ),
            models.UniqueConstraint(fields=["series", "original_date"], name="one_slot_per_series_and_date"),
        ]
        indexes = [
            models.Index(fields=["help_request", "starts_at"], name="slot_of_help_request"),
            models.Index(fields=["starts_at"], name="slot_by_start"),
        ]

    def __str__(self):
        return f"{self.help_request_id}: {self.starts_at or self.ends_at or _('whenever suits')}"

    def get_absolute_url(self):
        """Where a place in it is claimed."""
        return reverse("slot_claim", args=[self.pk])

    @property
    def wish(self):
        """The doorstep wish for this time, in words: its own, else the request's."""
        return Doorstep(wish).label if (wish := self.doorstep or self.help_request.doorstep) else ""

    @property
    def own_zone(self):
        """The zone by which it is told to everybody: of a whole day the one where it is meant; else None."""
        return self.help_request.zone if self.all_day else None

    def claim(
        self, *, by, at, made_by=None, seen=None, even_if_clashing=False, over_limit_because="", **said
    ):
        """Promise to fill a place; returns the claim. Claiming twice is one claim and one mail.

        `said` is what `Bringing` takes. For emotional support the claim waits for the asker's yes and takes no place
        yet. `made_by` is the keeper who signs `by` up, and alone can where `by` has no address; with
        `over_limit_because`, a keeper's reason, room is made where there is none. `seen` is the `sequence` of the time
        that whoever pressed had before them. Raises `SlotTaken`, `TooFewPlaces`, `SlotMoved`, `SlotOver`,
        `SlotCancelled`, `RequestClosed`, `OwnRequest`, `OutOfSight`, `NotChecked`, `Clash` (unless `even_if_clashing`)
        and `NotVerified`.
        """
        if not (by.is_by_phone and made_by and self.help_request.circle.is_kept_by(made_by)):
            by.require_verified()
        if not over_limit_because:
            self._spare_the_late(by, at=at)
        with transaction.atomic():
            by.lock()
            return self.claims.model.objects.make(
                slot=self,
                person=by,
                made_by=made_by or by,
                at=at,
                said=Bringing(**said),
                seen=seen,
                even_if_clashing=even_if_clashing,
                over_limit_because=over_limit_because,
            )

    def require_welcome(self, person, *, at):
        """Raise unless they see it, nobody keeps it from them, and they are checked where that is needed, also on its
        day. One query.

        Somebody whom the keepers exclude is told what everybody is told who comes too late.
        """
        seen = HelpRequest.objects.visible_to(person, at=at).filter(pk=self.help_request_id)
        checks = is_checked(person, at=at), is_checked(person, at=self.checked_at(at=at))
        found = seen.values_list("needs_checked", shut_out(person), *checks).first()
        if found is None:
            raise OutOfSight
        needs_checked, is_shut_out, checked, checked_then = found
        if is_shut_out:
            raise SlotTaken
        if needs_checked and not checked_then:
            raise CheckEndsBefore if checked else NotChecked

    def _spare_the_late(self, person, *, at):
        """Whoever comes when it is gone already is told so at once: they need not queue for a lock to lose."""
        if self.is_open(at=at) or self.claims.live().filter(person=person).exists():
            return
        self.refresh_from_db(fields=CHANGEABLE)
        if not self.is_open(at=at):
            self.refuse(at=at)
