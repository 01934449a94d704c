"""A way out: finding somebody else, and stepping in for somebody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circles.views.access import for_verified
from supportnet.notices.text_direction import typed

from ..forms import StandbyForm
from ..models import Claim, Clash, SlotMoved, SlotOver, SlotUnavailable, Standby, StandbyCall, TooFewPlaces
from ..pages.situations import why_not
from ..visibility import policies
from ..visibility.viewer import is_shut_to
from .access import only_if, seen_claim, seen_request, seen_sequence


def _mine(request, pk, *, at):
    claim = seen_claim(request, pk, at=at)
    only_if(claim.person == request.user)
    return claim


@require_POST
@login_required
def claim_cover(request, pk):
    """Find somebody for me. The place stays mine until then."""
    at = timezone.now()
    claim = _mine(request, pk, at=at)
    try:
        claim.look_for_cover(by=request.user, at=at)
        messages.success(
            request, _("We are looking for somebody. The place stays yours until somebody takes it over.")
        )
    except SlotOver:
        messages.info(request, _("Its time has begun. Please call, if you can't come."))
    return redirect(claim)


@require_POST
@login_required
def claim_stay(request, pk):
    """I can come after all."""
    at = timezone.now()
    claim = _mine(request, pk, at=at)
    claim.stay(at=at)
    messages.success(request, _("Good. It stays yours, and nobody is asked any more."))
    return redirect(claim)


@require_POST
@login_required
@for_verified
def request_standby(request, pk):
    """Ask me if someone drops out; or not any more."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_stand_by(request.user, help_request))
    if request.POST.get("ready") == "no":
        Standby.objects.stand_down(person=request.user, help_request=help_request, at=at)
        messages.success(request, _("You are not asked any more if somebody drops out."))
    else:
        Standby.objects.stand_by(person=request.user, help_request=help_request, at=at)
        messages.success(request, _("Thank you. You are asked if somebody drops out; a no is fine then too."))
    return redirect(help_request)


@login_required
@for_verified
def standby_call(request, pk):
    """Can you step in? Looking answers nothing; a press does."""
    at = timezone.now()
    calls = StandbyCall.objects.visible_to(request.user, at=at)
    call = get_object_or_404(calls.select_related("slot__help_request__circle", "person"), pk=pk)
    call.slot.help_request = seen_request(request, call.slot.help_request_id, at=at)
    if request.method == "POST":
        return _answer(request, call, at=at)
    return _call_page(request, call, StandbyForm(slot=call.slot), at=at)


def _answer(request, call, *, at):
    if request.POST.get("answer") != "yes":
        call.say_no(at=at)
        messages.success(request, _("Thank you for saying so. Nobody learns of it."))
        return redirect("home")
    form = StandbyForm(request.POST, slot=call.slot)
    if not form.is_valid():
        return _call_page(request, call, form, at=at, status=422)
    try:
        claim = call.say_yes(at=at, seen=seen_sequence(request), **form.cleaned_data)
    except Clash:
        return _call_page(request, call, form, at=at, status=422)
    except SlotMoved as why:
        messages.warning(request, why_not(why))
        return redirect("slot_claim", call.slot_id)
    except TooFewPlaces as few:
        form.offer(few.left)
        return _call_page(request, call, form, at=at, status=422)
    except SlotUnavailable as why:
        messages.info(request, why_not(why))
        return redirect("home")
    messages.success(request, _said_yes(claim))
    return redirect(claim)


def _said_yes(claim):
    """Whoever asks has the last word where both sides say yes."""
    if claim.accepted_at:
        return _("It is yours. Thank you for stepping in.")
    asker = policies.name_of_asker(claim.person, claim.help_request)
    return _("Thank you. %(asker)s has been asked whether it suits.") % typed(asker=asker)


def _call_page(request, call, form, *, at, status=200):
    mine = Claim.objects.live().filter(person=request.user)
    page = {
        "call": call,
        "form": form,
        "mine": mine.filter(slot=call.slot).first(),
        "slot": call.slot,
        "help_request": call.slot.help_request,
        "is_open": call.slot.is_open(at=at) and not is_shut_to(request.user, call.slot.help_request),
        "clashes": mine.clashing_with(call.slot).select_related("slot__help_request"),
        "at": at,
    }
    return render(request, "requests/standby.html", page, status=status)
