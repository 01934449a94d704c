"""A series as a whole: more of the same, or other days. What becomes of its times is shown first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from ..forms import DaysForm, ExtendForm, words_about
from ..models import Claim, DaysChangedMeanwhile, NotOpen, Series
from ..schedule.recurrence import MOST_OCCURRENCES, NoSuchTime
from ..visibility import policies
from .access import only_if, posted, seen_request
from .times import to_end


def _series_to_run(request, pk, *, at):
    series = Series.objects.filter(pk=pk).first()
    help_request = seen_request(request, series.help_request_id if series else 0, at=at)
    only_if(policies.may_run(request.user, help_request))
    series.help_request = help_request
    return series


@login_required
def series_extend(request, pk):
    """More of the same, until a later day."""
    at = timezone.now()
    series = _series_to_run(request, pk, at=at)
    form = ExtendForm(posted(request), series=series, at=at)
    if form.is_valid() and _extend(series, form, by=request.user, at=at):
        messages.success(request, _("More times are asked for."))
        return redirect(series.help_request)
    page = {"help_request": series.help_request, "form": form, "series": series}
    return render(request, "requests/series.html", page, status=422 if form.is_bound else 200)


def _extend(series, form, *, by, at):
    """Whether it is still being asked, and every day has such a time."""
    try:
        series.extend(until=form.cleaned_data["until"], by=by, at=at)
    except NoSuchTime as error:
        form.add_error("until", words_about(error))
    except NotOpen:
        form.add_error(None, _("It is closed. Ask again first."))
    return not form.errors


@login_required
def series_days(request, pk):
    """Other days, from a day on: first what that means, and for whom; then it is done."""
    at = timezone.now()
    series = _series_to_run(request, pk, at=at)
    form = DaysForm(posted(request), series=series, at=at, initial={"since": _since(request, series, at=at)})
    found = _other_days(series, form, at=at) if form.is_valid() else None
    if (
        found
        and request.POST.get("shown") == found.stamp
        and _change_days(series, form, found, request, at=at)
    ):
        messages.success(request, _("Saved. Whoever is not needed any more is told."))
        return redirect(series.help_request)
    return _days_page(request, series, form, found, at=at)


def _since(request, series, *, at):
    """The day that the address names, or that of the next time."""
    try:
        named = parse_date(request.GET.get("since", ""))
    except ValueError:
        named = None
    ahead = series.ahead(at=at).order_by("original_date").values_list("original_date", flat=True)
    return named or ahead.first() or series.earliest_change(at=at)


def _other_days(series, form, *, at):
    """What the form means, or None after saying what is wrong with it."""
    try:
        found = series.other_days(form.days(), since=form.cleaned_data["since"], at=at)
    except NoSuchTime as error:
        form.add_error("since", words_about(error))
        return None
    if not (found.stays or found.comes):
        form.add_error("weekdays", _("None of these days lies between the first and the last day."))
    elif not (found.goes or found.comes):
        form.add_error("weekdays", _("It is on these days already."))
    elif len(found.stays) + len(found.comes) > MOST_OCCURRENCES * len(found.parts):
        form.add_error("weekdays", _("These are more than 366 times. Please end it earlier."))
    return None if form.errors else found


def _change_days(series, form, found, request, *, at):
    """Whether nothing has changed since it was shown, and it is still being asked."""
    said = {"since": form.cleaned_data["since"], "reason": form.cleaned_data["reason"]}
    try:
        series.change_days(form.days(), **said, by=request.user, at=at, seen=found.stamp)
    except DaysChangedMeanwhile:
        return False
    except NotOpen:
        form.add_error(None, _("It is closed. Ask again first."))
    return not form.errors


def _days_page(request, series, form, found, *, at):
    page = {"help_request": series.help_request, "form": form, "series": series, "found": found, "at": at}
    if found and not form.errors:
        affected = to_end(found.goes)
        page |= {"affected": affected, "kept": Claim.objects.live().filter(slot__in=found.stays).count()}
        page["somebody_to_call"] = any(not claim.person.hears_by_mail for claim in affected)
        page["is_anew"] = "shown" in request.POST
    return render(request, "requests/days.html", page, status=422 if form.is_bound else 200)
