"""Somebody looks for cover: who is asked to step in, who is told, and the family's own Plan B."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circles import moments
from circles.unseen import Unseen
from supportnet.notices.kinds import Kind, register

from .. import policies
from ..models import Slot, StandbyCall
from .about_claim import WAKES, AboutClaim, askers, short_time
from .consent import CONSENTS, OnlyAgreed
from .promises import GONE, ClaimReleased


@register
class CoverWanted(ClaimReleased):
    """To the asker, on short notice to keepers: somebody looks for somebody else, and comes if nobody is found."""

    name = "cover_wanted"
    label = _("Somebody looks for cover")

    def still_true(self, cause, notice, at):
        """While they look."""
        if not cause.is_accepted or cause.slot.cancelled_at or cause.slot.is_over(at=at):
            return GONE
        return "" if cause.cover_wanted_at else "They come after all."


@register
class CoverTaken(AboutClaim):
    """To the asker: who comes instead."""

    name = "cover_taken"
    label = _("Somebody else comes")

    def still_true(self, cause, notice, at):
        """While the new promise stands."""
        return "" if cause.is_accepted and not cause.slot.cancelled_at else GONE

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()


@register
class CoverFound(AboutClaim):
    """To the helper who looked for cover: they are free."""

    name = "cover_found"
    label = _("Somebody stepped in for you")

    def still_true(self, cause, notice, at):
        """Unless they promised anew."""
        return "The reader promised again." if cause.is_live else ""

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"


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
        zone = timezone.get_current_timezone()
        return {
            "call": call,
            "asker": policies.name_of_asker(reader, call.slot.help_request),
            "time": short_time(call.slot, at),
            "answer_by": moments.moment_in_words(call.answer_by, zone=zone, at=at),
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
        return "" if cause.slot.is_open_to(cause.person, at=at) else "The reader can't take the place by now."

    def may_wake(self, cause, notice, at):
        """When it is about the next twelve hours."""
        return cause.starts_at is not None and at < cause.starts_at <= at + WAKES

    def url(self, cause):
        """The page with yes and no."""
        return reverse("standby_call", args=[cause.pk])


@register
class StandbyThanked(AboutCall):
    """To a standby who was asked: somebody was faster, and thank you."""

    name = "standby_thanked"
    label = _("Thank you for being ready")

    def still_true(self, cause, notice, at):
        """Only to those who had been told of it, and did not answer."""
        if cause.yes_at or cause.no_at:
            return "The reader has answered."
        return ""

    def context(self, causes, notices, reader, at):
        """Whether somebody comes, or nobody needs to."""
        slot = causes[0].slot
        return {
            **super().context(causes, notices, reader, at),
            "is_taken": slot.is_full and not slot.cancelled_at,
        }

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"


@register
class PlanB(OnlyAgreed, Kind):
    """To whoever asks, three hours before: nobody could, and this is what they had in mind for that."""

    name = "plan_b"
    model = Slot
    related = tuple(f"help_request__{name}" for name in ("circle", "asker", *CONSENTS))
    label = _("Your Plan B")

    def circle_id(self, cause):
        """The circle of the request."""
        return cause.help_request.circle_id

    def still_true(self, cause, notice, at):
        """While a place is open and its time has not come."""
        if not cause.help_request.is_open or not cause.is_open(at=at):
            return "It is taken, or no more help is asked for."
        return (
            "" if cause.starts_at and at < cause.starts_at <= at + dt.timedelta(hours=4) else "It was moved."
        )

    def may_wake(self, cause, notice, at):
        """It is about the next hours."""
        return True

    def context(self, causes, notices, reader, at):
        """When, and what was planned for it."""
        slot = causes[0]
        return {"slot": slot, "time": short_time(slot, at), "plan": slot.help_request.plan_b}

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()
