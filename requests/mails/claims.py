"""What happens with a promise: made, accepted, declined, given back, late."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import register

from . import ical
from .claim_base import GONE, OVER, AboutClaim
from .claim_ends import ClaimReleased
from .own_requests import AboutOwnRequest


@register
class ClaimConfirmed(AboutClaim):
    """To the helper: the place is theirs."""

    name = "claim_confirmed"
    label = _("What you promised")
    collects = dt.timedelta(minutes=10)
    own_acts_count = True

    def still_true(self, cause, notice, at):
        """While the promise stands and is ahead."""
        if not cause.is_accepted or cause.slot.cancelled_at:
            return GONE
        return OVER if cause.slot.is_over(at=at) else ""

    def apart(self, cause):
        """One mail says in one way whose doing it is: the reader's own, the yes of one asker, or a keeper's."""
        if cause.help_request.needs_yes:
            return "yes", cause.help_request.asker_id
        return None if cause.made_by_id == cause.person_id else ("keeper", cause.made_by_id)

    def may_wake(self, cause, notice, at):
        """Whoever just pressed the button is awake."""
        return self._own_act(cause) or super().may_wake(cause, notice, at)

    def context(self, causes, notices, reader, at):
        """Whether the reader did it, a keeper signed them up, or the asker said yes."""
        context = super().context(causes, notices, reader, at)
        claim = context["claim"]
        said_yes = claim.help_request.needs_yes
        signed_up_by = claim.made_by if claim.made_by != claim.person else None
        askers = {claim.help_request.asker_id for claim in context["claims"]}
        return {
            **context,
            "said_yes": said_yes,
            "signed_up_by": signed_up_by,
            "has_one_asker": len(askers) == 1,
        }

    def attachments(self, causes, notices, reader, at):
        """One calendar file with all of them."""
        return ical.attachment(causes, at=at)

    def _own_act(self, claim):
        return claim.made_by_id == claim.person_id and not claim.help_request.needs_yes


@register
class RequestClaimed(AboutOwnRequest, AboutClaim):
    """To the asker: somebody promised to come, or offers to and waits for a yes."""

    name = "request_claimed"
    label = _("Somebody promised to help")
    collects = dt.timedelta(minutes=10)

    def still_true(self, cause, notice, at):
        """While the promise stands and is ahead."""
        if not cause.is_live or cause.slot.cancelled_at:
            return GONE
        return super().still_true(cause, notice, at) or (OVER if cause.slot.is_over(at=at) else "")

    def context(self, causes, notices, reader, at):
        """How many wait for a yes; each line says what is so of it."""
        context = super().context(causes, notices, reader, at)
        return {**context, "waiting": sum(claim.accepted_at is None for claim in context["claims"])}

    def url(self, cause):
        """The request: there the asker says yes."""
        return cause.help_request.get_absolute_url()


@register
class PartyChanged(ClaimReleased):
    """To the asker: more or fewer come with somebody than they said; of fewer, on short notice to keepers."""

    name = "party_changed"
    label = _("More or fewer come than promised")

    def still_true(self, cause, notice, at):
        """While they come, in another number than before."""
        if not cause.is_accepted or cause.slot.cancelled_at or cause.slot.is_over(at=at):
            return GONE
        return "As many come as before." if cause.party_size == notice.facts["was"] else ""

    def context(self, causes, notices, reader, at):
        """How many came before any of these changes, and how many do now."""
        claim = causes[0]
        was = next(
            notice.facts["was"] for cause, notice in zip(causes, notices, strict=True) if cause == claim
        )
        fewer = max(was - claim.party_size, 0)
        return {**super().context(causes, notices, reader, at), "was": was, "fewer": fewer}


@register
class CallHelper(ClaimReleased):
    """To whoever signed up a helper who gets no mail, else to all keepers: they must hear of it by phone."""

    name = "call_helper"
    label = _("Somebody without e-mail is to be called")
    collects = waits = dt.timedelta(minutes=5)
    own_acts_count = True

    def unheard_of(self, pairs):
        """Nothing: whom they call may have heard of it by phone."""
        return {}

    def still_true(self, cause, notice, at):
        """Until it is over; and of what was moved or changed, only while they still come."""
        if cause.slot.is_over(at=at):
            return "It is over."
        still_comes = cause.is_live and not cause.slot.cancelled_at
        return GONE if {"moved", "changed"} & set(notice.facts) and not still_comes else ""

    def url(self, cause):
        """The members of the circle: there is their number."""
        return reverse("circle_members", args=[cause.help_request.circle_id])


@register
class ClaimLate(AboutClaim):
    """To the asker: somebody comes later."""

    name = "claim_late"
    label = _("Somebody runs late")
    quiet = False

    def still_true(self, cause, notice, at):
        """Until it is over, unless they come on time after all."""
        if not cause.is_live or cause.slot.cancelled_at:
            return GONE
        if cause.late_at is None:
            return "They come on time after all."
        return "It is over." if cause.slot.is_over(at=at) else ""

    def may_wake(self, cause, notice, at):
        """Always: somebody waits at the door."""
        return True

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()
