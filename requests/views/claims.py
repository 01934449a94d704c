"""A promise: for whoever made it, and for whoever counts on it."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from supportnet.notices.direction import typed

from .. import ladder, policies
from ..forms import BringingForm, GiveBackForm, HappenedForm, LateForm, ReleaseForm, ThanksForm
from ..mails.changes import what_changed
from ..models import HelpRequest, SlotAhead, SlotMoved, SlotOver, SlotTaken, SlotUnavailable, TooFewPlaces
from ..places import held_unseen
from ..sense import gentle_words, neighbours, wishes_in_words
from .access import only_if, posted, seen_claim, seen_sequence
from .slots import show_slot, why_not

# A reminder may come this long before (see `mails/reminders.py`): from then on one says "still on" or "late".
NEAR = dt.timedelta(hours=52)
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
        ladder.note_look(request.user, claim.help_request, at=at)
    page = {
        "claim": claim,
        "slot": claim.slot,
        "help_request": claim.help_request,
        "is_ahead": not claim.slot.cancelled_at and not _has_begun(claim, at=at),
        "is_over": claim.slot.is_over(at=at),
        "may_tell": _may_tell(claim, at=at),
        "has_begun": _has_begun(claim, at=at),
        "is_near": bool(claim.slot.starts_at and claim.slot.starts_at <= at + NEAR),
        "is_fresh": claim.is_live and at < claim.claimed_at + FRESH,
        "may_say_yes": policies.may_say_yes(request.user, claim.help_request),
        "may_speak_for": may_speak_for,
        "may_decide_doubt": policies.may_decide_doubt(request.user, claim.help_request, claim, at=at),
        "waits_for_keeper": is_mine and policies.waits_for_keeper(claim),
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
    try:
        claim.run_late(minutes=form.cleaned_data["minutes"], by=request.user, at=at)
        messages.success(
            request,
            _("%(asker)s is told. No need to hurry.")
            % typed(asker=policies.name_of_asker(claim.person, claim.help_request)),
        )
    except SlotOver as why:
        messages.info(request, why_not(why))
    return redirect(claim)


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
        words = _("Given back, and those who should know are told. A no costs nothing.")
        for_them = _("Given back for %(helper)s. The place is open again.") % typed(helper=claim.person)
        messages.success(request, words if is_mine else for_them)
    except SlotOver:
        messages.info(request, _("Its time has begun. Please call, if you can't come."))
        return redirect(claim)
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
    try:
        claim.bring(at=at, **form.cleaned_data)
    except TooFewPlaces as few:
        fresh = seen_claim(request, pk, at=at)
        form = _bring_form(fresh, request.POST)
        if form.is_valid():
            form.offer(few.left + fresh.party_size)
        return claim_page(request, fresh, at=at, bring_form=form, status=422)
    except SlotUnavailable:
        form.add_error("party_size", _("All places are taken."))
        return claim_page(request, seen_claim(request, pk, at=at), at=at, bring_form=form, status=422)
    messages.success(request, _("Saved."))
    said = {name: form.cleaned_data.get(name) or "" for name in ("dish", "bringing")}
    for words in gentle_words(
        claim.slot, neighbours(claim.slot, claim.person, at=at), **said, person=claim.person
    ):
        messages.info(request, words)
    return redirect(claim)


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
