"""Changing and calling off times: one, this and later ones, or all to come. Who is affected is shown first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from circles import time_text
from supportnet.notices.typed_ids import typed_id

from ..forms import CallOffForm, ChangeForm, times_of, words_about
from ..models import Claim, SlotHoldsMore, SlotMoved
from ..models.slot_times import is_far
from ..schedule.recurrence import NoSuchTime
from ..visibility import policies
from .access import only_if, posted, seen_slot


def _slot_to_run(request, pk, *, at):
    slot = seen_slot(request, pk, at=at)
    only_if(policies.may_run(request.user, slot.help_request))
    return slot


def _is_settled(request, slot, *, at):
    if slot.cancelled_at or slot.is_over(at=at):
        messages.info(request, _("This time is over and stays as it is."))
        return True
    return False


@login_required
def slot_edit(request, pk):
    """Another time, or room for more or fewer; of a series as much as is meant."""
    at = timezone.now()
    slot = _slot_to_run(request, pk, at=at)
    if _is_settled(request, slot, at=at):
        return redirect(slot.help_request)
    zone = slot.help_request.zone
    initial = {**times_of(slot, zone), "scope": request.GET.get("scope", "one")}
    form = ChangeForm(posted(request), zone=zone, at=at, was=slot, initial=initial)
    if not form.is_valid():
        return _edit_page(request, slot, form)
    return _change(request, slot, form, at=at)


def _change(request, slot, form, *, at):
    try:
        changes = _changes(slot, form, at=at)
        affected = _affected(changes)
        if affected and "sure" not in request.POST:
            return _edit_page(request, slot, form, affected=affected)
        _apply(request, slot, form, at=at)
    except NoSuchTime as error:
        form.add_error("start", words_about(error))
        return _edit_page(request, slot, form)
    except SlotMoved:
        # Somebody saved between the look at the form and the lock: the form sees that now.
        return slot_edit(request, slot.pk)
    except SlotHoldsMore as more:
        return _who_goes(request, slot, form, places=more.places, at=at)
    messages.success(request, _("Saved. Whoever promised to come is told."))
    return redirect(slot.help_request)


def _changes(slot, form, *, at):
    """(slot, new start, new end) of all that is meant; writes nothing."""
    if form.is_one:
        times = form.times["starts_at"], form.times["ends_at"]
        return [] if times == (slot.starts_at, slot.ends_at) else [(slot, *times)]
    return slot.series.changes(**form.time_of_day(), since=form.since(slot), at=at)


def _affected(changes):
    """(claim, new start, new end, whether they are asked to say "still on" anew) of every promise among `changes`."""
    times = {slot.pk: (starts_at, ends_at) for slot, starts_at, ends_at in changes}
    claims = Claim.objects.live().filter(slot__in=times).select_related("person", "slot")
    return [
        (claim, *times[claim.slot_id], is_far(times[claim.slot_id][0], claim.slot.starts_at))
        for claim in claims.order_by("slot__starts_at", "person__name", "pk")
    ]


def _apply(request, slot, form, *, at):
    if not form.is_one:
        return _apply_to_series(request, slot, form, at=at)
    ids = [pk for pk in map(typed_id, request.POST.getlist("let_go")) if pk]
    chosen = Claim.objects.accepted().filter(slot=slot, pk__in=ids)
    let_go = list(chosen.select_related("person", "slot__help_request__circle"))
    times = {name: form.times[name] for name in ("starts_at", "ends_at", "capacity")}
    all_day = form.times.get("all_day", False)
    said = {"because": form.cleaned_data["because"], "seen": (slot.sequence, slot.capacity)}
    slot.change(**times, **said, all_day=all_day, by=request.user, at=at, let_go=let_go)


def _apply_to_series(request, slot, form, *, at):
    said = {"because": form.cleaned_data["because"], "since": form.since(slot), "by": request.user, "at": at}
    if form.says_room:
        slot.series.change(**form.time_of_day(), **said, capacity=form.times["capacity"])
    else:
        slot.series.move(**form.time_of_day(), **said)


def _who_goes(request, slot, form, *, places, at):
    """There would be less room than people: whoever changes it says who is let go."""
    if not form.is_one:
        words = _(
            "More people have promised to come than that: %(when)s. Change such a time by itself first."
        )
        form.add_error("helpers", words % {"when": _fullest(slot, form, at=at)})
        return _edit_page(request, slot, form)
    form.add_error(
        "helpers", _("More people have promised to come than that. Choose below who need not come.")
    )
    claims = Claim.objects.accepted().filter(slot=slot).select_related("person").order_by("claimed_at", "pk")
    return _edit_page(request, slot, form, holders=claims, places=places)


def _fullest(slot, form, *, at):
    """When more people come than there would be room for, in words: the first few times."""
    ahead = slot.series.ahead(since=form.since(slot), at=at)
    full = ahead.filter(taken__gt=form.times["capacity"]).order_by("starts_at")[:3]
    zone = slot.help_request.zone
    return ", ".join(time_text.when(one.starts_at, one.ends_at, zone=zone, at=at) for one in full)


def _edit_page(request, slot, form, **more):
    page = {"help_request": slot.help_request, "form": form, "slot": slot, "purpose": "change", **more}
    page["may_promise_for"] = policies.may_promise_for(request.user, slot.help_request)
    return render(request, "requests/time.html", page, status=422 if form.is_bound else 200)


@login_required
def slot_cancel(request, pk):
    """Ask once, and show who had promised; then call off as much as is meant."""
    at = timezone.now()
    slot = _slot_to_run(request, pk, at=at)
    form = CallOffForm(posted(request), slot=slot)
    if _is_settled(request, slot, at=at):
        return redirect(slot.help_request)
    if not form.is_valid():
        return _cancel_page(request, slot, form, at=at, affected=to_end([slot]))
    affected = _who_had_promised(slot, form, at=at)
    if affected and not form.is_one and "sure" not in request.POST:
        return _cancel_page(request, slot, form, at=at, affected=affected)
    return _call_off(request, slot, form, at=at)


def _call_off(request, slot, form, *, at):
    said = {"by": request.user, "at": at, "reason": form.cleaned_data["reason"]}
    if form.is_one:
        slot.cancel(**said)
    else:
        slot.series.cancel(since=form.since(slot), **said)
    messages.success(request, _("Called off. Whoever promised to come is told."))
    return redirect(slot.help_request)


def _who_had_promised(slot, form, *, at):
    slots = [slot] if form.is_one else slot.series.to_call_off(since=form.since(slot), at=at)
    return to_end(slots)


def to_end(slots):
    """The promises that would end with `slots`, for whoever calls them off; soonest first."""
    claims = Claim.objects.live().filter(slot__in=slots).select_related("person", "slot")
    return claims.order_by("slot__starts_at", "person__name", "pk")


def _cancel_page(request, slot, form, *, at, affected=()):
    page = {"help_request": slot.help_request, "form": form, "slot": slot, "at": at, "affected": affected}
    page["somebody_to_call"] = any(not claim.person.hears_by_mail for claim in affected)
    return render(request, "requests/cancel.html", page, status=422 if form.is_bound else 200)
