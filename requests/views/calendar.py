"""Calendars: of one request, of a circle, and mine; as a month or as a list."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from circles.views.access import for_members

from ..models import HelpRequest
from ..pages.calendar import Calendar
from ..pages.months import Month, weekdays

# What `?view=` may say; anything else is as if nothing were said.
LIST, MONTH = "list", "month"


@require_safe
@login_required
def request_calendar(request, pk):
    """The times of one request; several of them can be ticked at once."""
    seen = HelpRequest.objects.visible_to(request.user, at=timezone.now())
    help_request = get_object_or_404(seen.only("title", "kind", "quietly"), pk=pk)
    return _page(request, {"help_request": help_request}, help_request=help_request.pk)


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
    undated = calendar.whenever()
    days = [{"times": undated}, *shown["days"], *shown.get("earlier", ())]
    page |= {
        "may_take": "help_request" in whose and _can_be_had(days) > 1,
        "month": month,
        "view": view,
        "today": Month.of(today),
        "undated": undated,
        "ends_on": calendar.ends_on,
        "is_one_request": "help_request" in whose,
    }
    return render(request, "requests/calendar.html", page | shown)


def _can_be_had(days):
    """How many of the times that are shown the reader could take."""
    return sum(time["can_be_had"] for day in days for time in day["times"])


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
