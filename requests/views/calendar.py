"""Calendars: of one request, of a circle, and mine; as a month or as a list."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from circles.views.access import for_members

from .. import policies
from ..calendar import Calendar
from ..months import Month, weekdays
from .access import seen_request

LIST, MONTH = "list", "month"


@require_safe
@login_required
def request_calendar(request, pk):
    """The times of one request; several of them can be ticked at once."""
    help_request = seen_request(request, pk, at=timezone.now())
    page = {"help_request": help_request, "may_take": policies.may_take_places(request.user, help_request)}
    return _page(request, page, help_request=help_request.pk)


@require_safe
@for_members
def circle_calendar(request, membership):
    """What is planned in a circle, as far as the reader sees it."""
    return _page(request, {"circle": membership.circle}, circle=membership.circle_id)


@require_safe
@login_required
def my_calendar(request):
    """What I promised and what I ask."""
    return _page(request, {})


def _page(request, page, **whose):
    """`?month=2026-12` and `?view=list` or `month` say what is shown; words that mean nothing say nothing."""
    at, asked = timezone.now(), request.GET
    today = timezone.localdate(at)
    month = Month.named(asked.get("month", ""), today=today)
    start = month.date(asked.get("from", ""))
    view = asked.get("view") if asked.get("view") in (LIST, MONTH) else ""
    calendar = Calendar(request.user, month, at=at, start=start if view == LIST else None, **whose)
    shown = _as_list(calendar, start) if view == LIST else _as_month(calendar)
    page |= {
        "month": month,
        "view": view,
        "today": Month.of(today),
        "undated": calendar.whenever(),
        "ends_on": calendar.ends_on,
        "is_one_request": "help_request" in whose,
    }
    return render(request, "requests/calendar.html", page | shown)


def _as_month(calendar):
    weeks = calendar.weeks()
    days = [day for week in weeks for day in week if day and day["times"]]
    earlier = any(day["is_past"] for day in days) and calendar.today <= calendar.month.last
    return {"weeks": weeks, "weekdays": weekdays(), "days": days, "has_earlier": earlier}


def _as_list(calendar, start):
    """What is past of this very month waits behind a press, unless somebody asked for those days."""
    days = calendar.days()
    is_now = calendar.today <= calendar.month.last and not start
    earlier = [day for day in days if day["is_past"]] if is_now else []
    return {"days": days[len(earlier) :], "earlier": earlier}
