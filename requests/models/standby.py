"""People who said "ask me if someone drops out".

They are asked one after the other, each with time to answer, and several at once where time is short; the first yes
wins, and the others are thanked. Nobody is used up who was not told.
"""

import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from circles.models import Block, Membership
from circles.models.person import known
from supportnet.notices.models import Notice

from ..call_times import SHORTEST, answer_by, how_many_at_once, may_be_asked_from
from .exceptions import SlotUnavailable

# What a mail takes from being due to being sent is not late.
A_MOMENT = dt.timedelta(minutes=1)
WAITING = Q(yes_at__isnull=True, no_at__isnull=True, closed_at__isnull=True)


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
            self.slot.hold()
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


class CallsStandbys:
    """The part of `Slot` that asks standbys when somebody drops out."""

    def ask_standbys(self, *, at):
        """Ask the next standby, or several where time is short, unless enough are being asked or no place is to be had.

        Whoever sleeps is asked in the morning, and who may be told now before them. The slot's row is held.
        """
        fresh = type(self).objects.select_related("help_request").get(pk=self.pk)
        deadline = fresh.deadline
        if not fresh.is_open(at=at) or deadline is None or deadline <= at + SHORTEST:
            return
        if fresh.has_standbys_offer():
            return
        in_hand = fresh.standby_calls.waiting().filter(answer_by__gt=at)
        in_hand = list(in_hand.values_list("asked_at", flat=True))
        ready = list(Standby.objects.to_ask_for(fresh))
        number = len(in_hand) + len(ready)
        for standby in ready:
            asked_at = may_be_asked_from(standby.person, deadline=deadline, at=at)
            if asked_at is None or not fresh.is_open_to(standby.person, at=at):
                continue
            before = sum(moment <= asked_at for moment in in_hand)
            if before < how_many_at_once(number, standby.person, asked_at=asked_at, deadline=deadline):
                fresh.call(standby.person, asked_at=asked_at, at=at)
                in_hand.append(asked_at)

    def call(self, person, *, asked_at, at):
        """Ask `person` to step in, from `asked_at` on; again, if they never heard of the first time."""
        call, _made = StandbyCall.objects.update_or_create(
            slot=self,
            person=person,
            starts_at=self.deadline,
            defaults={
                "asked_at": asked_at,
                "answer_by": answer_by(person, asked_at=asked_at, deadline=self.deadline),
                "closed_at": None,
            },
        )
        call.ask(at=at)

    def has_standbys_offer(self):
        """Whether a standby who was called said yes, and whoever asks has not said whether it suits."""
        called = self.standby_calls.answered_yes().filter(starts_at=self.deadline)
        return self.claims.waiting().filter(person__in=called.values("person")).exists()

    def is_open_to(self, person, *, at):
        """Whether `person` may see it and take a place: they may stand further away by now, or be checked no more."""
        from .claim import Claim

        try:
            Claim.objects.require_welcome(person, self, at=at)
        except SlotUnavailable:
            return False
        return True

    def let_be_who_can_not(self, *, at):
        """Whoever was asked and can't take a place any more is asked no longer. Returns whether there was somebody.

        The slot's row is held. They are not thanked: it is not taken care of.
        """
        waiting = self.standby_calls.waiting().select_related("person")
        gone = [call.pk for call in waiting if not self.is_open_to(call.person, at=at)]
        return bool(StandbyCall.objects.waiting().filter(pk__in=gone).update(closed_at=at))

    def close_calls(self, *, at, but=None):
        """No place is to be had any more: whoever was asked and has not answered is thanked, once."""
        for call in self.standby_calls.waiting().exclude(person=but):
            if StandbyCall.objects.waiting().filter(pk=call.pk).update(closed_at=at):
                call.thank(at=at)
