"""Asking standbys when somebody drops out: one after the other, several at once where time is short."""

from ..schedule.standby_hours import SHORTEST, answer_by, how_many_at_once, may_be_asked_from
from .exceptions import SlotUnavailable
from .standby import Standby
from .standby_calls import StandbyCall


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
        try:
            self.require_welcome(person, at=at)
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
