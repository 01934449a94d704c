"""One time: claiming a place in it, changing it, calling it off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from circles.views.access import for_verified

from .. import policies
from ..forms import ClaimForm, ReasonForm, SeriesForm, TimeForm, times_of, words_about
from ..models import (
    Claim,
    Clash,
    OwnRequest,
    RequestClosed,
    Series,
    Slot,
    SlotCancelled,
    SlotHoldsMore,
    SlotOver,
    SlotTaken,
    SlotUnavailable,
)
from ..places import place, with_helpers
from ..recurrence import NoSuchTime
from .access import only_if, posted, seen_request, seen_slot


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@for_verified
def slot_claim(request, pk):
    """Looking shows what a promise would be; only a press makes it."""
    at = timezone.now()
    slot = seen_slot(request, pk, at=at)
    only_if(policies.may_claim(request.user, slot.help_request))
    form = ClaimForm(posted(request))
    if form.is_valid():
        return _claim(request, slot, form, at=at)
    return _claim_page(request, slot, form, at=at, status=422 if form.is_bound else 200)


def _claim(request, slot, form, *, at):
    said = form.cleaned_data
    try:
        claim = slot.claim(by=request.user, at=at, **said)
    except Clash:
        if request.htmx:
            return HttpResponseClientRedirect(slot.get_absolute_url())
        return _claim_page(request, slot, form, at=at, status=422)
    except SlotUnavailable as why:
        messages.info(request, why_not(why))
        return show_slot(request, slot, at=at, otherwise=slot.help_request)
    messages.success(request, _promised_words(claim))
    return show_slot(request, slot, at=at, otherwise=claim)


def why_not(why):
    """What to say to somebody who came too late."""
    return {
        SlotTaken: _("Someone just took this one. Thank you all the same."),
        SlotOver: _("The time for this one has gone by. Thank you all the same."),
        SlotCancelled: _("This one was called off. Thank you all the same."),
        RequestClosed: _("No more help is needed here just now. Thank you all the same."),
        OwnRequest: _("This is your own request, so its places are for others."),
    }.get(type(why), _("This place can't be taken now."))


def _promised_words(claim):
    if claim.accepted_at:
        return _("It is yours. Thank you.")
    return _("Your offer is on its way. %(asker)s will say.") % {
        "asker": policies.name_of_asker(claim.person, claim.help_request)
    }


def show_slot(request, slot, *, at, otherwise):
    """The place as it stands now, for htmx; else on to another page."""
    if not request.htmx:
        return redirect(otherwise)
    fresh = with_helpers(Slot.objects.filter(pk=slot.pk), request.user).get()
    shown = place(fresh, slot.help_request, request.user, at=at)
    return render(request, "requests/_slot_swapped.html", {"place": shown})


def _claim_page(request, slot, form, *, at, status):
    mine = Claim.objects.live().filter(person=request.user)
    page = {
        "slot": slot,
        "help_request": slot.help_request,
        "form": form,
        "mine": mine.filter(slot=slot).first(),
        "is_open": slot.is_open(at=at) and not slot.help_request.shut_to_reader,
        "clashes": mine.clashing_with(slot).select_related("slot__help_request"),
        "at": at,
    }
    return render(request, "requests/promise.html", page, status=status)


@login_required
def slot_edit(request, pk):
    """Another time, or room for more or fewer."""
    at = timezone.now()
    slot = _slot_to_run(request, pk, at=at)
    help_request = slot.help_request
    if slot.cancelled_at or slot.is_over(at=at):
        messages.info(request, _("This time is over and stays as it is."))
        return redirect(help_request)
    initial = times_of(slot, help_request.zone)
    form = TimeForm(posted(request), zone=help_request.zone, at=at, was=slot, initial=initial)
    if form.is_valid() and _change(slot, form, by=request.user, at=at):
        messages.success(request, _("Saved. Whoever promised to come is told."))
        return redirect(help_request)
    page = {"help_request": help_request, "form": form, "slot": slot, "purpose": "change"}
    return render(request, "requests/time.html", page, status=422 if form.is_bound else 200)


def _slot_to_run(request, pk, *, at):
    slot = seen_slot(request, pk, at=at)
    only_if(policies.may_run(request.user, slot.help_request))
    return slot


def _change(slot, form, *, by, at):
    """Whether it fitted: more may hold places than there would be room for."""
    try:
        slot.change(by=by, at=at, **{name: form.times[name] for name in ("starts_at", "ends_at", "capacity")})
    except SlotHoldsMore:
        form.add_error("helpers", _("More people have promised to come than that."))
        return False
    return True


@login_required
def slot_cancel(request, pk):
    """Ask once, then call this one time off."""
    at = timezone.now()
    slot = _slot_to_run(request, pk, at=at)
    form = ReasonForm(posted(request))
    if slot.cancelled_at or slot.is_over(at=at):
        messages.info(request, _("This time is over and stays as it is."))
        return redirect(slot.help_request)
    if form.is_valid():
        slot.cancel(by=request.user, at=at, reason=form.cleaned_data["reason"])
        messages.success(request, _("Called off. Whoever promised to come is told."))
        return redirect(slot.help_request)
    page = {"help_request": slot.help_request, "form": form, "slot": slot, "at": at}
    return render(request, "requests/cancel.html", page, status=422 if form.errors else 200)


@login_required
def series_edit(request, pk):
    """Another time of day for all that is still ahead of a series and was not moved by hand."""
    at = timezone.now()
    series = Series.objects.filter(pk=pk).first()
    help_request = seen_request(request, series.help_request_id if series else 0, at=at)
    only_if(policies.may_run(request.user, help_request))
    initial = {"local_start": series.local_start, "minutes": series.minutes}
    form = SeriesForm(posted(request), initial=initial)
    if form.is_valid() and _move(series, form, by=request.user, at=at):
        messages.success(request, _("Saved. Whoever promised to come is told."))
        return redirect(help_request)
    page = {"help_request": help_request, "form": form, "series": series}
    return render(request, "requests/series.html", page, status=422 if form.is_bound else 200)


def _move(series, form, *, by, at):
    """Whether every day has such a time."""
    try:
        series.move(by=by, at=at, **form.cleaned_data)
    except NoSuchTime as error:
        form.add_error("local_start", words_about(error))
        return False
    return True
