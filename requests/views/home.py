"""The first page, and the list of what my circles need."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ..catalogue import Category, RequestKind, categories_of
from ..pages.home import as_card, greeting, home_of
from ..pages.open_requests import PAGE, needs_of
from .closed_requests import past


def home(request):
    """The landing page, or what I promised, what my circles need and what I asked. Four queries in all."""
    if not request.user.is_authenticated:
        return render(request, "landing.html")
    at = timezone.now()
    context = home_of(request.user, at=at)
    if not any((context["needs"], context["promises"], context["asked"])):
        context["in_no_circle"] = not _is_or_will_be_in_a_circle(request.user)
    context["greeting"] = greeting(request.user, context["promises"], at=at)
    return render(request, "requests/home.html", context)


def _is_or_will_be_in_a_circle(person):
    return (person.memberships.current() | person.memberships.waiting()).exists()


@login_required
def needs(request):
    """What my circles need, by kind and category; a page at a time. Or, if so asked, what is no longer open."""
    if request.GET.get("state") == "closed":
        return past(request)
    at = timezone.now()
    wanted = _wanted(request.GET)
    found = needs_of(request.user, at=at, after=_after(request.GET), limit=PAGE + 1, **wanted)
    context = {
        **wanted,
        "needs": [as_card(need, request.user, at=at) for need in found[:PAGE]],
        "kinds": RequestKind.choices,
        "categories": [(c.value, c.label) for c in categories_of(wanted["kind"])] if wanted["kind"] else [],
        "last": found[PAGE - 1] if len(found) > PAGE else None,
    }
    return render(request, "requests/needs.html", context)


def _wanted(query):
    """What the list is narrowed to; words that mean nothing here narrow nothing."""
    kind, category = query.get("kind"), query.get("category")
    kind = kind if kind in RequestKind.values else None
    known = kind and category in Category.values and category in categories_of(kind)
    return {"kind": kind, "category": category if known else None}


def _after(query):
    """Where the page before ended: the sort key of its last row, or nothing if it makes no sense."""
    try:
        moment, pk = parse_datetime(query.get("after", "")), int(query.get("id", ""))
    except ValueError:
        return None
    if moment is None or timezone.is_naive(moment) or not 0 < pk < 2**63 or not 1 < moment.year < 9999:
        return None
    return {"sort_at": moment, "help_request_id": pk}
