"""A keeper promises for somebody who told them that they come."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from circles.models import NotVerified
from supportnet.notices.text_direction import typed

from ..forms import SignUpForm
from ..models import (
    Clash,
    SlotMoved,
    SlotTaken,
    SlotUnavailable,
    TooFewPlaces,
)
from ..pages.clashes import seen_of
from ..pages.dish_hints import neighbours, wishes_in_words
from ..pages.situations import why_not, why_not_sign_up
from ..visibility import policies
from ..visibility.audience import to_sign_up
from .access import only_if, posted, seen_sequence, seen_slot
from .slots import hint


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def slot_sign_up(request, pk):
    """Sign somebody up, also over the limit with a reason; they are told who did it."""
    at = timezone.now()
    slot = seen_slot(request, pk, at=at)
    only_if(policies.keeps(request.user, slot.help_request))
    if not policies.may_promise_for(request.user, slot.help_request) or not _is_ahead(slot, at=at):
        messages.info(request, _("Nobody can be signed up for this time any more."))
        return redirect(slot.help_request)
    form = _form(request, slot, at=at)
    if form.is_valid():
        return _sign_up(request, slot, form, at=at)
    return _page(request, slot, form, at=at)


def _is_ahead(slot, *, at):
    return not slot.cancelled_at and slot.open_until > at


def _form(request, slot, *, at):
    people = to_sign_up(slot, at=at).exclude(pk=request.user.pk)
    return SignUpForm(posted(request), slot=slot, people=people, name=_looked_for(request))


def _looked_for(request):
    """Part of a name, no longer than names are."""
    return request.GET.get("name", "").replace("\x00", "").strip()[:80]


def _sign_up(request, slot, form, *, at):
    person, help_request = form.cleaned_data["person"], slot.help_request
    try:
        claim = slot.claim(by=person, made_by=request.user, at=at, seen=seen_sequence(request), **form.said())
    except Clash as clash:
        return _page(request, slot, form, at=at, clashes={"seen": seen_of(clash.claims, request.user, at=at)})
    except (SlotUnavailable, NotVerified) as why:
        # What was fetched for the reader went when the slot was looked at anew.
        slot.help_request = help_request
        return _refused(request, slot, form, why, at=at)
    messages.success(request, _words(claim, request.user))
    hint(request, slot, form, person, at=at)
    return redirect(help_request)


def _refused(request, slot, form, why, *, at):
    """Somebody was faster, or something stands in the way: say so kindly, with what was typed."""
    if isinstance(why, SlotTaken):
        form = _form(request, slot, at=at)
        form.is_valid()
    if isinstance(why, SlotMoved):
        form.add_error(None, why_not(why))
        return _page(request, seen_slot(request, slot.pk, at=at), form, at=at)
    if isinstance(why, TooFewPlaces):
        return _page(request, slot, form, at=at)
    form.add_error(None if isinstance(why, SlotTaken) else "person", why_not_sign_up(why))
    return _page(request, slot, form, at=at)


def _words(claim, keeper):
    helper = typed(helper=claim.person, phone=claim.person.phone)
    if claim.accepted_at is None:
        asker = policies.name_of_asker(keeper, claim.help_request)
        return _("%(helper)s is put forward. %(asker)s will say.") % {**helper, **typed(asker=asker)}
    if claim.person.is_by_phone:
        return _("%(helper)s is signed up. They get no mail: you reach them at %(phone)s.") % helper
    return _("%(helper)s is signed up, and is told that it was you.") % helper


def _page(request, slot, form, *, at, **more):
    page = {
        "slot": slot,
        "help_request": slot.help_request,
        "form": form,
        "name": _looked_for(request),
        "neighbours": neighbours(slot, request.user, at=at),
        "wishes": wishes_in_words(slot.help_request),
        "at": at,
        **more,
    }
    return render(request, "requests/sign_up.html", page, status=422 if form.is_bound else 200)
