"""The answers of whoever asks to a promise: yes, not this time, called off, thanks, and that nobody came."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from supportnet.notices.text_direction import typed

from ..forms import ThanksForm
from ..models import SlotAhead, SlotMoved, SlotTaken, SlotUnavailable, TooFewPlaces
from ..pages.situations import why_not
from ..visibility import policies
from .access import only_if, seen_claim, seen_sequence
from .claim_changes import _stands
from .claims import claim_page


def _for_asker(request, pk, *, at):
    """The claim, for whoever asks or posted the request; 403 for others who see it."""
    claim = seen_claim(request, pk, at=at)
    only_if(policies.may_say_yes(request.user, claim.help_request))
    return claim


@require_POST
@login_required
def claim_accept(request, pk):
    """The asker says yes."""
    at = timezone.now()
    claim = _for_asker(request, pk, at=at)
    if not _waits(request, claim):
        return redirect(claim.help_request)
    try:
        claim.accept(by=request.user, at=at, seen=seen_sequence(request))
        if _stands(request, claim):
            messages.success(request, _("%(helper)s is told.") % typed(helper=claim.person))
    except SlotUnavailable as why:
        messages.info(request, why_not_yes(why))
    return redirect(claim.help_request)


def _waits(request, claim):
    """Whether an answer to the offer is still to be given; says so if not."""
    if claim.is_accepted:
        messages.info(request, _("You have said yes to %(helper)s.") % typed(helper=claim.person))
    return _stands(request, claim) and not claim.is_accepted


def why_not_yes(why):
    """What to say to an asker whose yes comes too late."""
    if isinstance(why, SlotMoved):
        return why_not(why)
    if isinstance(why, TooFewPlaces):
        words = ngettext(
            "Only %(left)d place is left, and more of them come. Make room first, then say yes.",
            "Only %(left)d places are left, and more of them come. Make room first, then say yes.",
            why.left,
        )
        return words % {"left": why.left}
    if isinstance(why, SlotTaken):
        return _("All places are taken. Make room for one more first, then say yes.")
    return _("This time is over or closed, so nobody can be taken on for it any more.")


@require_POST
@login_required
def claim_decline(request, pk):
    """The asker says not this time."""
    at = timezone.now()
    claim = _for_asker(request, pk, at=at)
    if _waits(request, claim):
        claim.decline(by=request.user, at=at)
        if claim.declined_at == at or _waits(request, claim):
            messages.success(request, _("%(helper)s is told, in kind words.") % typed(helper=claim.person))
    return redirect(claim.help_request)


@require_POST
@login_required
def claim_cancel(request, pk):
    """Whoever runs the request takes the promise back for the helper."""
    at = timezone.now()
    claim = seen_claim(request, pk, at=at)
    only_if(policies.may_run(request.user, claim.help_request))
    if _stands(request, claim):
        claim.cancel(by=request.user, at=at)
        if claim.cancelled_at == at or _stands(request, claim):
            words = _("The place is open again, and %(helper)s is told.") % typed(helper=claim.person)
            messages.success(request, words)
    return redirect(claim.help_request)


@require_POST
@login_required
def claim_keep(request, pk):
    """A keeper decides that somebody who was set aside, or is unchecked by now, comes all the same."""
    at = timezone.now()
    claim = seen_claim(request, pk, at=at)
    only_if(policies.may_speak_for(request.user, claim.help_request, claim))
    if _stands(request, claim):
        claim.keep(by=request.user, at=at)
        messages.success(
            request, _("Saved. %(helper)s comes, and sees what they need.") % typed(helper=claim.person)
        )
    return redirect(claim)


@require_POST
@login_required
def claim_thank(request, pk):
    """Say thanks."""
    at = timezone.now()
    claim = _for_asker(request, pk, at=at)
    form = ThanksForm(request.POST)
    if not claim.is_accepted:
        _stands(request, claim)
        return redirect(claim)
    if not form.is_valid():
        return claim_page(request, claim, at=at, thanks_form=form, status=422)
    claim.thank(by=request.user, at=at, text=form.cleaned_data["text"])
    messages.success(request, _("Your thanks are on their way."))
    return redirect(claim.help_request)


@require_POST
@login_required
def claim_no_show(request, pk):
    """Nobody came: a private note, for whoever asks and the keepers; or the note is taken back."""
    at = timezone.now()
    claim = _for_asker(request, pk, at=at)
    try:
        if request.POST.get("noted") == "no":
            claim.take_no_show_back(by=request.user, at=at)
        else:
            claim.note_no_show(by=request.user, at=at)
        messages.success(request, _("Saved. Only you and the keepers see it."))
    except SlotAhead:
        messages.info(request, _("Its time has not come yet."))
    return redirect(claim)
