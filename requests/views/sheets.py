"""Pages that are made to be printed."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from circles.views.access import for_keepers

from ..pages.calls import calls_of
from ..pages.sheets import sheet_of_circle, sheet_of_request
from ..visibility import policies
from .access import only_if, seen_request


@require_safe
@login_required
def request_sheet(request, pk):
    """The sheet for the fridge: who comes when, and what they bring."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_see_sheet(request.user, help_request, at=at))
    since = _since(request, help_request.zone, at=at)
    page = {"help_request": help_request, "since": since, "at": at}
    page |= sheet_of_request(help_request, request.user, since=since, at=at)
    return render(request, "requests/sheet.html", page)


@require_safe
@for_keepers
def circle_sheet(request, circle):
    """What is planned in the circle in the next two weeks; phone numbers only when asked for."""
    at = timezone.now()
    since = _since(request, circle.zone, at=at)
    page = {"circle": circle, "since": since, "at": at, "with_phones": "phones" in request.GET}
    page |= sheet_of_circle(circle, request.user, since=since, at=at)
    return render(request, "requests/sheet.html", page)


@require_safe
@for_keepers
def circle_calls(request, circle):
    """Whom to call about tomorrow and the day after."""
    at = timezone.now()
    page = {"circle": circle, "at": at, "today": circle.date_at(at), **calls_of(circle, request.user, at=at)}
    return render(request, "requests/calls.html", page)


def _since(request, zone, *, at):
    """`?from=2026-12-01` begins on that day; what is no day, or lies far away, is today."""
    today = at.astimezone(zone).date()
    try:
        asked = parse_date(request.GET.get("from", ""))
    except ValueError:
        return today
    return asked if asked and abs((asked - today).days) < 3 * 366 else today
