"""Somebody looks for cover: who is asked to step in, who is told, and the family's own Plan B."""

from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register

from ..models import Slot
from .claim_base import GONE, OVER, AboutClaim, short_time
from .claim_ends import ClaimReleased
from .consent import CONSENTS, OnlyAgreed


@register
class CoverWanted(ClaimReleased):
    """To the asker, on short notice to keepers: somebody looks for somebody else, and comes if nobody is found."""

    name = "cover_wanted"
    label = _("Somebody looks for cover")

    def unheard_of(self, pairs):
        """Nothing: the promise stands."""
        return {}

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
        """While the new promise stands and is ahead."""
        if not cause.is_accepted or cause.slot.cancelled_at:
            return GONE
        return OVER if cause.slot.is_over(at=at) else ""

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()


@register
class CoverFound(AboutClaim):
    """To the helper who looked for cover: they are free."""

    name = "cover_found"
    label = _("Somebody stepped in for you")

    def still_true(self, cause, notice, at):
        """Unless they promised anew, or it is over."""
        if cause.is_live:
            return "The reader promised again."
        return OVER if cause.slot.is_over(at=at) else ""

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"


@register
class PlanB(OnlyAgreed, Kind):
    """To whoever asks, some hours before: nobody could, and this is what they had in mind for that."""

    name = "plan_b"
    model = Slot
    related = tuple(f"help_request__{name}" for name in ("circle", "asker", *CONSENTS))
    label = _("Your Plan B")

    def circle_id(self, cause):
        """The circle of the request."""
        return cause.help_request.circle_id

    def still_true(self, cause, notice, at):
        """While nobody comes, a place is open, and it stands at the same time."""
        if cause.taken or not cause.help_request.is_open or not cause.is_open(at=at):
            return "It is taken, or no more help is asked for."
        return "" if cause.starts_at and cause.starts_at == notice.expires_at else "It was moved."

    def context(self, causes, notices, reader, at):
        """When, and what was planned for it."""
        slot = causes[0]
        return {"slot": slot, "time": short_time(slot, at), "plan": slot.help_request.plan_b}

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()
