"""A promise: for whoever made it, and for whoever counts on it."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from ..forms import BringingForm, GiveBackForm, LateForm, ReleaseForm, ThanksForm
from ..mails.changes import what_changed
from ..pages.dish_hints import wishes_in_words
from ..pages.slots import held_unseen
from ..schedule.reminders import EVENING_AT_MOST_BEFORE
from ..visibility import policies, private_fields
from .access import seen_claim

# A reminder may come this long before (see `mails/reminders.py`): from then on one says "still on" or "late".
FRESH = dt.timedelta(minutes=1)


@login_required
def claim(request, pk):
    """My promise with all that I need for it; or, for whoever counts on it, who comes."""
    at = timezone.now()
    claim = seen_claim(request, pk, at=at)
    return claim_page(request, claim, at=at)


def claim_page(request, claim, *, at, status=200, **forms):
    """The page, also with a form that still needs a look."""
    is_mine = claim.person == request.user
    may_speak_for = policies.may_speak_for(request.user, claim.help_request, claim)
    if is_mine and claim.is_live:
        private_fields.note_look(request.user, claim.help_request, at=at)
    page = {
        "claim": claim,
        "slot": claim.slot,
        "help_request": claim.help_request,
        "is_ahead": not claim.slot.cancelled_at and not _has_begun(claim, at=at),
        "is_over": claim.slot.is_over(at=at),
        "is_unanswered": claim.is_unanswered(at=at),
        "may_tell": _may_tell(claim, at=at),
        "has_begun": _has_begun(claim, at=at),
        "is_near": bool(claim.slot.starts_at and claim.slot.starts_at <= at + EVENING_AT_MOST_BEFORE),
        "is_fresh": claim.is_live and at < claim.claimed_at + FRESH,
        "may_say_yes": policies.may_say_yes(request.user, claim.help_request),
        "may_speak_for": may_speak_for,
        "may_decide_doubt": policies.may_decide_doubt(request.user, claim.help_request, claim, at=at),
        "waits_for_keeper": is_mine and policies.waits_for_keeper(claim),
        "check_ends_first": is_mine and policies.check_ends_first(claim, at=at),
        "phone": _phone(request.user, claim, at=at),
        "thanks": getattr(claim, "thanks", None),
        "bring_form": _bring_form(claim),
        "release_form": (ReleaseForm if is_mine else GiveBackForm)(auto_id="release_%s"),
        "late_form": LateForm(auto_id="late_%s"),
        "thanks_form": ThanksForm(),
        "minutes": (10, 20, 30, 45),
        "wishes": wishes_in_words(claim.help_request),
        "changed": what_changed(claim, request.user, at=at) if is_mine and claim.is_live else None,
        "at": at,
        **forms,
    }
    template = "requests/claim.html" if is_mine else "requests/helper.html"
    return render(request, template, page, status=status)


def _phone(person, claim, *, at):
    may_call = policies.may_see_phone_of(person, claim.help_request, claim, at=at)
    return claim.person.phone if may_call else ""


def _bring_form(claim, said=None):
    initial = {name: getattr(claim, name) for name in ("bringing", "note", "dish", "portions", "party_size")}
    coming = claim.party_size - claim.places_to_cover if claim.is_accepted else 0
    coming += held_unseen(claim.slot, claim.person, claim.help_request)
    return BringingForm(said, initial=initial, slot=claim.slot, coming=coming)


def _may_tell(claim, *, at):
    """Whether to ask if it happened: once it is over; of what has no time whenever its helper comes back here."""
    if not claim.is_accepted or claim.happened_at:
        return False
    if claim.slot.ends_at is None:
        return at >= claim.claimed_at + FRESH
    return not claim.missed_at and claim.slot.is_over(at=at)


def _has_begun(claim, *, at):
    return bool(claim.slot.starts_at and claim.slot.starts_at <= at) or claim.slot.is_over(at=at)
