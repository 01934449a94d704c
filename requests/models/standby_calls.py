"""One standby asked for one slot, with a deadline."""

import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from circles.models.person import known
from supportnet.notices.models import Notice

from ..schedule.standby_hours import answer_by

# What a mail takes from being due to being sent is not late.
A_MOMENT = dt.timedelta(minutes=1)
# The index that the sweep goes by holds these alone.
WAITING = Q(yes_at__isnull=True, no_at__isnull=True, closed_at__isnull=True)


class StandbyCallQuerySet(models.QuerySet):
    """Calls by whom they ask and where they stand."""

    def visible_to(self, person, *, at):
        """The calls that ask `person`. Raises `NobodyAsked` without a person."""
        return self.filter(person=known(person))

    def waiting(self):
        """Asked, and neither answered nor needed no longer."""
        return self.filter(WAITING)

    def answered_yes(self):
        """Calls to which somebody said yes; of an emotional request, whoever asks has the last word."""
        return self.filter(yes_at__isnull=False)

    def used(self, slot):
        """Calls for the present time of `slot` that wait, were answered, or were told to whom they ask."""
        asked = Notice.objects.filter(
            kind="standby_asked", cause_id=OuterRef("pk"), reader=OuterRef("person")
        )
        told = Exists(asked.filter(Q(sent_at__isnull=False) | Q(failed_at__isnull=False)))
        answered = Q(yes_at__isnull=False) | Q(no_at__isnull=False)
        return self.filter(WAITING | answered | told, slot=slot, starts_at=slot.deadline)

    def expired(self, *, at):
        """Calls whose time to answer is over."""
        return self.waiting().filter(answer_by__lte=at)


class StandbyCall(models.Model):
    """One standby asked for one slot, with a deadline; the first yes wins, and the others are thanked.

    `starts_at` is the slot's start (or end, where it has none) when they were asked: a moved slot asks anew.
    `asked_at` is the first moment at which they may be told, which may be the next morning.
    """

    slot = models.ForeignKey("requests.Slot", models.CASCADE, related_name="standby_calls")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="standby_calls")
    starts_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(_("asked"))
    answer_by = models.DateTimeField(_("answer wanted by"))
    yes_at = models.DateTimeField(_("said yes"), null=True, blank=True)
    no_at = models.DateTimeField(_("said no"), null=True, blank=True)
    closed_at = models.DateTimeField(_("no longer needed"), null=True, blank=True)

    objects = StandbyCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("standby call")
        verbose_name_plural = _("standby calls")
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "person", "starts_at"], name="one_call_per_slot_person_and_time"
            ),
            models.CheckConstraint(
                condition=Q(answer_by__gt=F("asked_at")), name="standby_call_has_time_to_answer"
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by"],
                condition=WAITING,
                name="standby_calls_open",
            ),
        ]

    def __str__(self):
        return f"{self.person_id} – {self.slot_id}"

    @property
    def is_waiting(self):
        """Whether an answer is still wanted."""
        return self.yes_at is None and self.no_at is None and self.closed_at is None

    def say_yes(self, *, at, even_if_clashing=False, **said):
        """I'll come: returns the claim, which waits where whoever asks has the last word. A late yes counts.

        `said` is what `Bringing` takes. Raises what `Slot.claim` raises; `SlotTaken` when somebody was faster.
        """
        with transaction.atomic():
            claim = self.slot.claim(by=self.person, at=at, even_if_clashing=even_if_clashing, **said)
            StandbyCall.objects.filter(pk=self.pk).update(yes_at=at, no_at=None, closed_at=None)
            self.refresh_from_db()
        return claim

    def say_no(self, *, at):
        """Not this time: the next one is asked. Nobody learns who passed."""
        with transaction.atomic():
            self.slot.lock()
            if StandbyCall.objects.waiting().filter(pk=self.pk).update(no_at=at):
                self.refresh_from_db()
                self.slot.ask_standbys(at=at)

    def be_let_be(self, *, at):
        """Its time is over: the next one is asked. The slot's row is held.

        Whoever was told late has all of their time from then on, and whoever was not told yet still may be.
        """
        told = self._notice()
        if told and told.sent_at and self.starts_at:
            later = answer_by(self.person, asked_at=max(told.sent_at, self.asked_at), deadline=self.starts_at)
            if later > max(at, self.answer_by + A_MOMENT):
                StandbyCall.objects.waiting().filter(pk=self.pk).update(answer_by=later)
                return
        still_to_be_told = told and told.state == "waiting" and self.starts_at and self.starts_at > at
        if not still_to_be_told:
            StandbyCall.objects.waiting().filter(pk=self.pk).update(closed_at=at)
        self.slot.ask_standbys(at=at)

    def _notice(self):
        """What asks them, as it was queued last."""
        asked = Notice.objects.filter(kind="standby_asked", cause_id=self.pk, reader=self.person_id)
        return asked.order_by("-pk").first()

    def ask(self, *, at):
        """Queue the mail that asks, for when they may be told; unless one waits since an earlier call."""
        told = self._notice()
        if told is None or told.state != "waiting":
            key = f"standby_asked:{self.pk}:{self.asked_at.isoformat()}"
            Notice.objects.queue("standby_asked", self, to=self.person, at=at, due_at=self.asked_at, key=key)

    def thank(self, *, at):
        """Somebody else was faster: thank whoever was ready. The caller has closed the call."""
        Notice.objects.queue("standby_thanked", self, to=self.person, at=at)
