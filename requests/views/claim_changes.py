"""What a helper says of a promise afterwards: still on, late, given back, something else to bring."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from supportnet.notices.text_direction import typed

from ..forms import GiveBackForm, HappenedForm, LateForm, ReleaseForm
from ..models import HelpRequest, SlotOver, SlotUnavailable, TooFewPlaces
from ..pages.situations import why_not
from ..visibility import policies
from .access import only_if, posted, seen_claim
from .claims import _bring_form, _has_begun, claim_page
from .slots import hint, show_slot


def _mine(request, pk, *, at):
    """The claim, for whoever made the promise; 403 for those who only count on it."""
    claim = seen_claim(request, pk, at=at)
    only_if(claim.person == request.user)
    return claim


def _mine_or_for_them(request, pk, *, at):
    """The claim, for whoever made the promise and for the circle's keepers, who pass on what they were told."""
    claim = seen_claim(request, pk, at=at)
    is_mine = claim.person == request.user
    only_if(is_mine or policies.may_speak_for(request.user, claim.help_request, claim))
    return claim, is_mine


def _stands(request, claim):
    """Whether there is a promise to speak of; says so if not."""
    if not claim.is_live:
        messages.info(request, _("This promise does not stand any more."))
    return claim.is_live


@require_POST
@login_required
def claim_confirm(request, pk):
    """Still on; said by the helper, or by a keeper whom they told so."""
    at = timezone.now()
    claim, is_mine = _mine_or_for_them(request, pk, at=at)
    if _stands(request, claim) and claim.is_accepted:
        claim.confirm(by=request.user, at=at)
        words = _("Good. They know that they can count on you.")
        for_them = _("Noted: %(helper)s comes.") % typed(helper=claim.person)
        messages.success(request, words if is_mine else for_them)
    return redirect(claim)


@require_POST
@login_required
def claim_late(request, pk):
    """Running late; whoever waits is told at once. Or on time after all."""
    at = timezone.now()
    claim = _mine(request, pk, at=at)
    form = LateForm(request.POST, auto_id="late_%s")
    if not _stands(request, claim):
        return redirect(claim)
    if "on_time" in request.POST:
        claim.be_on_time()
        messages.success(request, _("Saved."))
        return redirect(claim)
    if not form.is_valid():
        return claim_page(request, claim, at=at, late_form=form, status=422)
    _run_late(request, claim, form, at=at)
    return redirect(claim)


def _run_late(request, claim, form, *, at):
    asker = policies.name_of_asker(claim.person, claim.help_request)
    try:
        claim.run_late(minutes=form.cleaned_data["minutes"], by=request.user, at=at)
        messages.success(request, _("%(asker)s is told. No need to hurry.") % typed(asker=asker))
    except SlotOver as why:
        messages.info(request, why_not(why))


@require_POST
@login_required
def claim_release(request, pk):
    """I can't: the place is given back, and nobody asks why. A keeper may say it for a helper who told them."""
    at = timezone.now()
    claim, is_mine = _mine_or_for_them(request, pk, at=at)
    form = (ReleaseForm if is_mine else GiveBackForm)(request.POST, auto_id="release_%s")
    if not form.is_valid():
        return claim_page(request, claim, at=at, release_form=form, status=422)
    try:
        claim.release(by=request.user, at=at, note=form.cleaned_data["note"])
    except SlotOver:
        messages.info(request, _("Its time has begun. Please call, if you can't come."))
        return redirect(claim)
    return _given_back(request, claim, is_mine=is_mine, at=at)


def _given_back(request, claim, *, is_mine, at):
    """The place that is free again; or the first page, for whoever saw the request by this promise alone."""
    words = _("Given back, and those who should know are told. A no costs nothing.")
    for_them = _("Given back for %(helper)s. The place is open again.") % typed(helper=claim.person)
    messages.success(request, words if is_mine else for_them)
    seen = HelpRequest.objects.visible_to(request.user, at=at).filter(pk=claim.help_request.pk).exists()
    return show_slot(request, claim.slot, at=at, otherwise=claim.help_request if seen else "home")


@require_POST
@login_required
def claim_bring(request, pk):
    """Say anew what I bring."""
    at = timezone.now()
    claim = _mine(request, pk, at=at)
    form = _bring_form(claim, request.POST)
    if not _stands(request, claim):
        return redirect(claim)
    if not form.is_valid():
        return claim_page(request, claim, at=at, bring_form=form, status=422)
    return _bring(request, claim, form, at=at)


def _bring(request, claim, form, *, at):
    try:
        claim.bring(at=at, **form.cleaned_data)
    except SlotUnavailable as why:
        return _not_all_fit(request, claim, form, why, at=at)
    messages.success(request, _("Saved."))
    hint(request, claim.slot, form, claim.person, at=at)
    return redirect(claim)


def _not_all_fit(request, claim, form, why, *, at):
    """More come than there are places: say how many there are, if any."""
    fresh = seen_claim(request, claim.pk, at=at)
    if not isinstance(why, TooFewPlaces):
        form.add_error("party_size", _("All places are taken."))
    else:
        form = _bring_form(fresh, request.POST)
        if form.is_valid():
            form.offer(why.left + fresh.party_size)
    return claim_page(request, fresh, at=at, bring_form=form, status=422)


@login_required
def claim_happened(request, pk):
    """Did it happen? The mail of the morning after leads here; only a press answers."""
    at = timezone.now()
    claim = _mine(request, pk, at=at)
    if not claim.is_accepted or not _has_begun(claim, at=at) and claim.slot.ends_at:
        messages.info(request, _("There is nothing to tell yet."))
        return redirect(claim)
    form = HappenedForm(posted(request))
    if form.is_valid():
        claim.say_it_happened(form.cleaned_data["happened"], at=at)
        messages.success(request, _("Thank you for telling."))
        return redirect(claim)
    page = {"claim": claim, "slot": claim.slot, "help_request": claim.help_request, "form": form, "at": at}
    return render(request, "requests/happened.html", page, status=422 if form.is_bound else 200)
