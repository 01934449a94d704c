"""One time: claiming a place in it, changing it, calling it off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from circles.views.access import for_verified
from supportnet.notices.text_direction import typed

from ..forms import ClaimForm
from ..models import (
    Claim,
    Clash,
    Slot,
    SlotMoved,
    SlotUnavailable,
    TooFewPlaces,
)
from ..pages.dish_hints import gentle_words, neighbours, wishes_in_words
from ..pages.monthly_limit import promised_often
from ..pages.situations import why_not
from ..pages.slots import held_unseen, place, with_helpers
from ..visibility import policies
from ..visibility.viewer import fetched_for, is_shut_to
from .access import only_if, posted, seen_sequence, seen_slot, slot_to_claim
from .help_requests import check_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@for_verified
def slot_claim(request, pk):
    """Looking shows what a promise would be; only a press makes it."""
    at = timezone.now()
    slot = (slot_to_claim if request.method == "POST" else seen_slot)(request, pk, at=at)
    only_if(policies.may_claim(request.user, slot.help_request))
    unseen = held_unseen(slot, request.user, slot.help_request)
    form = ClaimForm(posted(request), slot=slot, coming=unseen)
    if not form.is_bound:
        return _claim_page(request, slot, form, at=at)
    return _claim(request, slot, form, at=at) if form.is_valid() else _ask_again(request, slot, form, at=at)


def _claim(request, slot, form, *, at):
    words = _gentle_words(slot, form, request.user, at=at)
    if not form.cleaned_data["sure"] and (words or promised_often(request.user, slot, at=at)):
        return _ask_once_more(request, slot, form, at=at, gentle_words=words)
    try:
        claim = slot.claim(by=request.user, at=at, seen=seen_sequence(request), **form.said())
    except (Clash, SlotMoved, TooFewPlaces) as why:
        _say_what_came_between(request, form, why)
        return _ask_once_more(request, slot, form, at=at)
    except SlotUnavailable as why:
        messages.info(request, why_not(why))
        return show_slot(request, slot, at=at, otherwise=slot.help_request)
    messages.success(request, _promised_words(claim))
    return show_slot(request, slot, at=at, otherwise=claim)


def _say_what_came_between(request, form, why):
    """Of a clash the page speaks itself."""
    if isinstance(why, SlotMoved):
        messages.warning(request, why_not(why))
    if isinstance(why, TooFewPlaces):
        form.offer(why.left)


def _ask_once_more(request, slot, form, *, at, **more):
    if request.htmx:
        return HttpResponseClientRedirect(slot.get_absolute_url())
    return _ask_again(request, slot, form, at=at, **more)


def _ask_again(request, slot, form, *, at, **more):
    """The page with what was said, and all of what it shows."""
    return _claim_page(request, seen_slot(request, slot.pk, at=at), form, at=at, status=422, **more)


def hint(request, slot, form, person, *, at):
    """Say what is gently to be said about what `person` brings."""
    near = neighbours(slot, request.user, at=at)
    for words in gentle_words(slot, near, **_brought(form), person=person):
        messages.info(request, words)


def _brought(form):
    return {name: form.cleaned_data.get(name) or "" for name in ("dish", "bringing")}


def _gentle_words(slot, form, person, *, at):
    said = _brought(form)
    if not any(said.values()):
        return []
    return gentle_words(slot, neighbours(slot, person, at=at), **said, person=person)


def _promised_words(claim):
    if claim.accepted_at:
        return _("It is yours. Thank you.")
    return _("Your offer is on its way. %(asker)s will say.") % typed(
        asker=policies.name_of_asker(claim.person, claim.help_request)
    )


def show_slot(request, slot, *, at, otherwise):
    """The place as it stands now, for htmx; else on to another page."""
    if not request.htmx:
        return redirect(otherwise)
    fresh = with_helpers(Slot.objects.filter(pk=slot.pk), request.user).get()
    # What a press fetched is less than what decides how the place looks to whoever pressed.
    help_request = fetched_for(request.user, slot.help_request, at=at)
    shown = place(fresh, help_request, request.user, at=at)
    return render(request, "requests/_slot_swapped.html", {"place": shown})


def _claim_page(request, slot, form, *, at, status=200, **more):
    mine = Claim.objects.live().filter(person=request.user)
    page = {
        "slot": slot,
        "help_request": slot.help_request,
        "form": form,
        "mine": mine.filter(slot=slot).first(),
        "is_open": slot.is_open(at=at) and not is_shut_to(request.user, slot.help_request),
        "check": check_of(request.user, slot.help_request, at=at),
        "often": promised_often(request.user, slot, at=at),
        "clashes": mine.clashing_with(slot).select_related("slot__help_request"),
        "neighbours": neighbours(slot, request.user, at=at),
        "wishes": wishes_in_words(slot.help_request),
        "at": at,
        **more,
    }
    return render(request, "requests/promise.html", page, status=status)
