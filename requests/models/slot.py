"""One time with room for helpers, and the series that makes many of them."""

import datetime as dt

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circles.limits import between
from circles.models import JournalEntry
from circles.models.person import known
from supportnet.notices.models import Notice

from ..categories import Doorstep
from .help_request import HelpRequest
from .series import MOST_HELPERS, Series
from .standby import CallsStandbys
from .wave import FOREVER

GRACE = dt.timedelta(minutes=30)
FAR = dt.timedelta(hours=1)
# A place whose helper looks for somebody else is taken, and open to whoever takes it over.
ROOM = Q(capacity__isnull=True) | Q(taken__lt=F("capacity") + F("covering"))


class SlotUnavailable(Exception):
    """No place in the slot can be claimed."""


class SlotTaken(SlotUnavailable):
    """Someone else claimed the last place."""


class SlotOver(SlotUnavailable):
    """Its time has come or gone."""


class SlotCancelled(SlotUnavailable):
    """It was called off."""


class RequestClosed(SlotUnavailable):
    """No more help is asked for."""


class OwnRequest(SlotUnavailable):
    """Whoever asks can't claim their own slot."""


class OutOfSight(SlotUnavailable):
    """Whoever would claim it may not see the request."""


class NotChecked(SlotUnavailable):
    """It needs a helper whom the circle's keepers have checked."""


class SlotHoldsMore(Exception):
    """More people hold places than the new capacity has room for: `places` too many."""

    def __init__(self, places=None):
        super().__init__(places)
        self.places = places


class Clash(Exception):
    """The person promised something else at the same time; `claims` are those promises."""

    def __init__(self, claims):
        super().__init__(claims)
        self.claims = claims

    def seen_by(self, person, *, at):
        """Those of them on requests that `person` may see: what is in the way may be another circle's business."""
        asked = {claim.slot.help_request_id for claim in self.claims}
        seen = set(
            HelpRequest.objects.visible_to(person, at=at).filter(pk__in=asked).values_list("pk", flat=True)
        )
        return [claim for claim in self.claims if claim.slot.help_request_id in seen]


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

    def in_order(self):
        """By time; undated ones last."""
        return self.order_by(F("starts_at").asc(nulls_last=True), F("ends_at").asc(nulls_last=True), "pk")


class Slot(CallsStandbys, models.Model):
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

    @property
    def room(self):
        """Places that can be had, free ones and those to take over; None when as many as like may come."""
        return None if self.capacity is None else self.capacity - self.taken + self.covering

    @property
    def is_full(self):
        """Whether no place is left."""
        return self.room is not None and self.room <= 0

    def is_open(self, *, at):
        """Whether a place can be claimed at the UTC time `at`."""
        return not self.cancelled_at and not self.is_full and self.open_until > at

    def is_over(self, *, at):
        """Whether its time, or its last day, is past at the UTC time `at`. "Whenever suits" is never over."""
        return self.ends_at is not None and self.ends_at <= at

    @property
    def deadline(self):
        """The moment that a helper must not miss: the start, or the last moment of "any time before"; else None."""
        if self.starts_at:
            return self.starts_at
        return self.ends_at and self.ends_at - dt.timedelta(microseconds=1)

    def last_moment(self):
        """Until when a place may be claimed while the request is open: half an hour into it, or its last day."""
        if self.starts_at:
            return min(self.starts_at + GRACE, self.ends_at)
        return self.ends_at or FOREVER

    def claim(
        self,
        *,
        by,
        at,
        bringing="",
        note="",
        made_by=None,
        even_if_clashing=False,
        party_size=1,
        dish="",
        portions=None,
        over_limit_because="",
    ):
        """Promise to fill a place; returns the claim. Claiming twice is one claim and one mail.

        For emotional support the claim waits for the asker's yes and takes no place yet. `made_by` is the keeper who
        signs `by` up, and alone can where `by` has no address; with `over_limit_because`, a keeper's reason, room is
        made where there is none. Raises `SlotTaken`, `SlotOver`, `SlotCancelled`, `RequestClosed`, `OwnRequest`,
        `OutOfSight`, `NotChecked`, `Clash` (unless `even_if_clashing`) and `NotVerified`. Locks the person, then the
        slot.
        """
        from .claim import Claim

        if not (by.is_by_phone and made_by and self.help_request.circle.is_kept_by(made_by)):
            by.require_verified()
        if not over_limit_because:
            self._spare_the_late(by, at=at)
        with transaction.atomic():
            by.lock()
            return Claim.objects.make(
                slot=self,
                person=by,
                made_by=made_by or by,
                at=at,
                bringing=bringing,
                note=note,
                dish=dish,
                portions=portions,
                even_if_clashing=even_if_clashing,
                party_size=party_size,
                over_limit_because=over_limit_because,
            )

    def _spare_the_late(self, person, *, at):
        """Whoever comes when it is gone already is told so at once: they need not queue for a lock to lose."""
        if self.is_open(at=at) or self.claims.live().filter(person=person).exists():
            return
        self.refresh_from_db()
        if not self.is_open(at=at):
            self.refuse(at=at)

    def take(self, places, *, at):
        """Win `places` by one conditional UPDATE; losers write nothing. Raises what stands in the way."""
        enough = Q(capacity__isnull=True) | Q(taken__lte=F("capacity") - places)
        won = Slot.objects.filter(enough, pk=self.pk, cancelled_at__isnull=True, open_until__gt=at).update(
            taken=F("taken") + places
        )
        if not won:
            self.refuse(at=at)
        self.taken += places

    def hold(self):
        """Hold its row until the transaction ends: before a promise's own row, everywhere."""
        return Slot.objects.select_for_update(no_key=True).get(pk=self.pk)

    def give_back(self, places, *, covering=0, at):
        """Free `places` again, `covering` of which were looking for cover, and list the request as open if it is."""
        Slot.objects.filter(pk=self.pk).update(taken=F("taken") - places, covering=F("covering") - covering)
        self.help_request.relist(at=at)

    def refuse(self, *, at):
        """Raise why no place can be claimed: `SlotCancelled`, `SlotOver`, `RequestClosed` or `SlotTaken`."""
        self.refresh_from_db()
        if self.cancelled_at:
            raise SlotCancelled
        if self.last_moment() <= at:
            raise SlotOver
        if self.open_until <= at:
            raise RequestClosed
        raise SlotTaken

    def move(self, *, starts_at, ends_at, by, at, because="", all_day=False):
        """Give it another time; whoever claimed it is told old and new, and why. Nothing happens if it is the same.

        When it begins more than an hour earlier or later, they keep the place and are asked to say "still on" anew.
        """
        if (starts_at, ends_at) == (self.starts_at, self.ends_at):
            return
        was = {"old_starts_at": self.starts_at, "old_ends_at": self.ends_at}
        with transaction.atomic():
            self.starts_at, self.ends_at, self.changed_because = starts_at, ends_at, because
            self.all_day = all_day
            is_open = self._is_asked_for() and not self.help_request.pauses(self)
            self.open_until = self.last_moment() if is_open else at
            self.sequence += 1
            times = ["starts_at", "ends_at", "all_day", "open_until"]
            self.save(update_fields=[*times, "sequence", "changed_because"])
            JournalEntry.objects.write("moved", self, by=by, at=at, circle=self.help_request.circle)
            for claim in self.claims.live().select_related("person"):
                claim.slot = self
                claim.set_reminders(at=at, moved=True)
                if is_far(starts_at, was["old_starts_at"]):
                    claim.say_anew()
                Notice.objects.queue(
                    "slot_changed",
                    claim,
                    to=claim.person,
                    at=at,
                    by=by,
                    key=f"slot_changed:{claim.pk}:{self.sequence}",
                    facts=was,
                )
                claim.let_them_be_called(by=by, at=at, moved=True)
            self.help_request.relist(at=at)

    def _is_asked_for(self):
        """Whether the request is open now. With the slot held, nobody can close it meanwhile."""
        Slot.objects.select_for_update(no_key=True).get(pk=self.pk)
        return HelpRequest.objects.open().filter(pk=self.help_request_id).exists()

    def change(self, *, starts_at, ends_at, capacity, by, at, because="", let_go=(), all_day=False):
        """Move it and make room, or neither. Raises `SlotHoldsMore`."""
        with transaction.atomic():
            if capacity != self.capacity:
                self.resize(capacity, by=by, at=at, let_go=let_go)
            self.move(starts_at=starts_at, ends_at=ends_at, all_day=all_day, by=by, at=at, because=because)

    def resize(self, capacity, *, by, at, let_go=()):
        """Change how many helpers there is room for.

        `let_go` are the promises that the editor chose to end for it; those helpers are told. Raises `SlotHoldsMore` if
        more hold places even so, and then nothing has happened.
        """
        with transaction.atomic():
            for claim in sorted(let_go, key=lambda claim: claim.person_id):
                claim.person.lock()
            for claim in sorted(let_go, key=lambda claim: claim.person_id):
                claim.cancel(by=by, at=at)
            held = self.hold()
            if capacity is not None and held.taken > capacity:
                raise SlotHoldsMore(held.taken - capacity)
            Slot.objects.filter(pk=self.pk).update(capacity=capacity)
            self.capacity = capacity
            JournalEntry.objects.write("resized", self, by=by, at=at, circle=self.help_request.circle)
            self.help_request.relist(at=at)

    def make_room(self, places, *, by, at, because):
        """A keeper goes over the limit, with a reason that the journal keeps. The slot's row is held by the caller."""
        Slot.objects.filter(pk=self.pk, capacity__isnull=False).update(capacity=F("taken") + places)
        self.refresh_from_db(fields=["capacity", "taken"])
        circle = self.help_request.circle
        JournalEntry.objects.write("went over the limit", self, by=by, at=at, circle=circle, because=because)

    def cancel(self, *, by, at, reason=""):
        """Call this one time off; whoever claimed it is told why. Calling off twice is calling off once."""
        with transaction.atomic():
            self.call_off(by=by, at=at, reason=reason)
            self.help_request.relist(at=at)

    def call_off(self, *, by, at, reason=""):
        """The slot's part of `cancel`, for whoever calls off many; the caller relists the request."""
        won = Slot.objects.filter(pk=self.pk, cancelled_at__isnull=True).update(
            cancelled_at=at, cancel_reason=reason, sequence=F("sequence") + 1
        )
        if not won:
            return
        self.refresh_from_db()
        JournalEntry.objects.write("called off", self, by=by, at=at, circle=self.help_request.circle)
        if not self.is_over(at=at):
            for claim in self.claims.live().select_related("person"):
                claim.end_with_slot(by=by, at=at)


def is_far(start, other):
    """Whether two beginnings lie more than an hour apart, or only one of them is known."""
    if start is None or other is None:
        return start != other
    return abs(start - other) > FAR
