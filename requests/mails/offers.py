"""Offers that wait for a yes: the asker hears of them once more while it helps, the helper when the time has passed."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import register

from .claim_base import GONE, OVER, AboutClaim
from .own_requests import AboutOwnRequest


@register
class OfferWaits(AboutOwnRequest, AboutClaim):
    """To the asker: somebody still waits for their answer."""

    name = "offer_waits"
    label = _("Somebody waits for your answer")
    collects = dt.timedelta(minutes=10)

    def still_true(self, cause, notice, at):
        """While it waits and an answer helps."""
        if not cause.is_live or cause.accepted_at or cause.slot.cancelled_at:
            return GONE
        return super().still_true(cause, notice, at) or (OVER if cause.slot.is_over(at=at) else "")

    def context(self, causes, notices, reader, at):
        """How many they are who wait."""
        helpers = len({claim.person_id for claim in causes})
        return {**super().context(causes, notices, reader, at), "helpers": helpers, "waiting": len(causes)}

    def url(self, cause):
        """The request: there the asker says yes."""
        return cause.help_request.get_absolute_url()


@register
class OfferPassed(AboutClaim):
    """To the helper: the time has passed without an answer, and thank you."""

    name = "offer_passed"
    label = _("Your offer was not answered")

    def still_true(self, cause, notice, at):
        """While nobody has answered."""
        return "" if cause.is_live and not cause.accepted_at and not cause.slot.cancelled_at else GONE

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"
