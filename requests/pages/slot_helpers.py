"""Who comes to a time, as far as somebody may know."""

from ..schedule.reminders import EVENING_AT_MOST_BEFORE
from ..visibility import policies
from .links import link


def who_comes(claims, mine, help_request, person, *, at):
    """Who comes: dicts with name and what they bring; whoever runs it sees the claim's page and note too."""
    if not policies.may_see_helpers(person, help_request):
        return []
    runs = policies.may_run(person, help_request)
    return [
        _helper(claim, runs=runs, sure=_is_sure(claim, at=at) if runs else None)
        for claim in claims
        if claim.is_accepted and claim is not mine
    ]


def who_had_promised(claims, help_request, person):
    """Whom it was called off for, as links for whoever runs it."""
    if not policies.may_run(person, help_request):
        return []
    return [{"name": claim.who, "url": link("claim", claim.pk)} for claim in claims if not claim.is_live]


def _is_sure(claim, *, at):
    """Whether they have said "still on"; None where no reminder has asked them yet, or it is over."""
    if (
        claim.remind_at
        or claim.slot.deadline is None
        or not at < claim.slot.deadline <= at + EVENING_AT_MOST_BEFORE
    ):
        return None
    return claim.confirmed_at is not None


def _helper(claim, *, runs, sure):
    return {
        "name": claim.who,
        "bringing": claim.brings,
        "note": claim.note if runs else "",
        "late": claim.late_minutes,
        "sure": sure,
        "looks_for_cover": claim.cover_wanted_at is not None,
        "url": link("claim", claim.pk) if runs else "",
    }
