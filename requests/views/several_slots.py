"""Several times of a request at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from circles import time_text
from circles.views.access import for_verified

from ..forms import SeveralForm
from ..models import Claim
from ..pages.clashes import clashes_of
from ..pages.dish_hints import gentle_words_of_several, wishes_in_words
from ..pages.situations import why_not
from ..visibility import policies
from .access import only_if, seen_request, seen_sequence


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@for_verified
def request_claims(request, pk):
    """Choose times, see what is to be brought and what clashes; only the last press promises."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_claim(request.user, help_request))
    chosen = _chosen(request, help_request)
    if not chosen:
        return _choose(request, help_request, at=at)
    if "sure" not in request.POST:
        return _look(request, help_request, chosen, at=at)
    form = _form(request, help_request, chosen, request.POST)
    words = _gentle_words(request, form, at=at)
    if form.is_valid() and not words:
        return _claim(request, help_request, form, at=at)
    return _page(request, help_request, form, at=at, gentle_words=words)


def _chosen(request, help_request):
    """Those that were ticked. Whatever else was sent is nothing of this request's, and left out."""
    ticked = set(request.POST.getlist("slots") or request.GET.getlist("slots"))
    if not ticked:
        return []
    slots = help_request.slots.filter(cancelled_at__isnull=True).in_order()
    return [_of(help_request, slot) for slot in slots if str(slot.pk) in ticked]


def _offered(person, help_request, *, at):
    """The times in which the reader could take a place and has not."""
    if not policies.may_take_places(person, help_request):
        return []
    mine = Claim.objects.live().filter(person=person)
    slots = help_request.slots.open(at=at).exclude(pk__in=mine.values("slot")).in_order()
    return [_of(help_request, slot) for slot in slots]


def _of(help_request, slot):
    slot.help_request = help_request
    return slot


def _choose(request, help_request, *, at):
    """All that is open, to be ticked; also after a press with nothing ticked."""
    data = request.POST if request.method == "POST" else None
    form = _form(request, help_request, _offered(request.user, help_request, at=at), data)
    return _page(request, help_request, form, at=at, is_choosing="sure" not in request.POST)


def _look(request, help_request, chosen, *, at):
    """What was ticked, as far as it is still to be had."""
    offered = _offered(request.user, help_request, at=at)
    times = [slot for slot in chosen if slot in offered]
    if len(times) < len(chosen):
        messages.info(request, _("Some of these are taken or over by now. Thank you all the same."))
    form = _form(request, help_request, times or offered, ticked=times)
    return _page(request, help_request, form, at=at, is_choosing=not times)


def _form(request, help_request, times, data=None, *, ticked=()):
    return SeveralForm(
        data,
        help_request=help_request,
        times=times,
        clashes=clashes_of(request.user, times),
        initial={"slots": [slot.pk for slot in ticked]},
    )


def _gentle_words(request, form, *, at):
    """Sentences for whoever has not read them yet."""
    if not form.is_valid() or form.cleaned_data["read"]:
        return []
    chosen = [slot for slot in form.times if slot.pk in form.cleaned_data["slots"]]
    said = form.said()
    brings = {
        slot: {
            name: (said | said["otherwise"].get(slot.pk, {})).get(name) or "" for name in ("dish", "bringing")
        }
        for slot in chosen
    }
    return gentle_words_of_several(brings, person=request.user, at=at)


def _page(request, help_request, form, *, at, is_choosing=False, gentle_words=()):
    page = {
        "help_request": help_request,
        "form": form,
        "is_choosing": is_choosing,
        "gentle_words": gentle_words,
        "wishes": wishes_in_words(help_request),
        "at": at,
    }
    return render(request, "requests/several.html", page, status=422 if form.errors or gentle_words else 200)


def _claim(request, help_request, form, *, at):
    claims, refused = help_request.claim_several(
        form.cleaned_data["slots"], by=request.user, at=at, seen=_seen(request, form), **form.said()
    )
    for slot, why in refused:
        when = capfirst(
            time_text.when(slot.starts_at, slot.ends_at, zone=slot.own_zone or request.user.zone, at=at)
        )
        messages.info(request, _("%(time)s: %(why)s") % {"time": when, "why": why_not(why)})
    if claims:
        messages.success(request, _promised(help_request, len(claims)))
    return redirect(help_request)


def _seen(request, form):
    """{id: `sequence`} of the times as the page showed them."""
    seen = {slot.pk: seen_sequence(request, f"seen_{slot.pk}") for slot in form.times}
    return {pk: sequence for pk, sequence in seen.items() if sequence is not None}


def _promised(help_request, number):
    if help_request.needs_yes:
        words = ngettext("Your offer is on its way.", "Your %(number)d offers are on their way.", number)
    else:
        words = ngettext("It is yours. Thank you.", "%(number)d times are yours. Thank you.", number)
    return words % {"number": number}
