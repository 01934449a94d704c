"""What is no longer open."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from supportnet.notices.typed_ids import typed_id

from ..pages.closed_requests import PAGE, as_row, past_of


@login_required
def past(request):
    """What was asked and is closed, called off or gone by; a page at a time."""
    at = timezone.now()
    found = past_of(request.user, at=at, before=typed_id(request.GET.get("before")), limit=PAGE + 1)
    context = {
        "asked": [as_row(help_request, request.user) for help_request in found[:PAGE]],
        "last": found[PAGE - 1] if len(found) > PAGE else None,
    }
    return render(request, "requests/past.html", context)
