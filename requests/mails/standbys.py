"""Standbys: who is asked to step in, and who is thanked."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circles import time_text
from circles.mails.guard_blocks import Unseen
from supportnet.notices.kinds import Kind, register
from supportnet.notices.models import Notice

from ..models import StandbyCall
from ..schedule.standby_hours import answer_by, may_be_asked_from
from ..visibility import policies
from .claim_base import askers, short_time
from .consent import CONSENTS, OnlyAgreed


class AboutCall(OnlyAgreed, Unseen, Kind):
    """A notice about a standby who was asked."""

    model = StandbyCall
    related = (
        *(f"slot__help_request__{name}" for name in ("circle", "asker", *CONSENTS)),
        "person",
    )

    def agreed_about(self, cause):
        """The request."""
        return cause.slot.help_request

    def circle_id(self, cause):
        """The circle of the request."""
        return cause.slot.help_request.circle_id

    def people(self, cause, reader_id):
        """Who asks, unless the reader does not know it."""
        return askers(cause.slot.help_request, is_named=not cause.slot.help_request.quietly)

    def context(self, causes, notices, reader, at):
        """For whom, when, and until when an answer helps."""
        call = causes[0]
        return {
            "call": call,
            "asker": policies.name_of_asker(reader, call.slot.help_request),
            "time": short_time(call.slot, at),
        }


@register
class StandbyAsked(AboutCall):
    """To a standby: can you step in?"""

    name = "standby_asked"
    label = _("You are asked to step in")

    def still_true(self, cause, notice, at):
        """While a place is to be had and the time is the same."""
        if not cause.is_waiting or not cause.slot.is_open(at=at) or cause.slot.deadline != cause.starts_at:
            return "Nobody needs to step in any more."
        if cause.person.is_on_break(at=at):
            return "The reader takes a break."
        return "" if cause.slot.is_open_to(cause.person, at=at) else "The reader can't take the place by now."

    def may_wake(self, cause, notice, at):
        """When it would be too late in the morning."""
        return may_be_asked_from(cause.person, deadline=cause.starts_at, at=at) == at

    def context(self, causes, notices, reader, at):
        """Until when an answer helps, also where the mail leaves late; and whether somebody still keeps the place."""
        context = super().context(causes, notices, reader, at)
        call, slot = context["call"], context["call"].slot
        by = max(call.answer_by, answer_by(call.person, asked_at=at, deadline=call.starts_at))
        zone = timezone.get_current_timezone()
        return {
            **context,
            "answer_by": time_text.moment_in_words(by, zone=zone, at=at),
            "is_kept": slot.capacity is not None and slot.taken >= slot.capacity,
        }

    def url(self, cause):
        """The page with yes and no."""
        return reverse("standby_call", args=[cause.pk])


@register
class StandbyThanked(AboutCall):
    """To a standby who was asked and did not answer: nobody needs to step in any more, and thank you."""

    name = "standby_thanked"
    label = _("Thank you for being ready")

    def still_true(self, cause, notice, at):
        """While they have not answered, and no place is to be had again."""
        if cause.yes_at or cause.no_at:
            return "The reader has answered."
        return "A place is open again." if cause.slot.is_open(at=at) else ""

    def reasons_against(self, pairs, at):
        """Only to those who had been told of it."""
        calls = {call.pk for _, call in pairs}
        asked = Notice.objects.filter(kind="standby_asked", cause_id__in=calls, sent_at__isnull=False)
        told = set(
            asked.filter(reader__in={call.person_id for _, call in pairs}).values_list("cause_id", flat=True)
        )
        never = {notice.pk: "The reader was not asked yet." for notice, call in pairs if call.pk not in told}
        return never | super().reasons_against(pairs, at)

    def context(self, causes, notices, reader, at):
        """Whether somebody comes, or nobody needs to; and whether somebody promised since the reader was asked."""
        call, slot = causes[0], causes[0].slot
        return {
            **super().context(causes, notices, reader, at),
            "is_taken": slot.is_full and not slot.cancelled_at,
            "has_stepped_in": slot.claims.accepted().filter(accepted_at__gte=call.asked_at).exists(),
        }

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"
