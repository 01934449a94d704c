"""A circle's page with what is open in it."""

from django.utils import timezone

from circles.views.circle import circle_page

from ..pages.home import as_card
from ..pages.open_requests import needs_of


def circle(request, pk):
    """The page of the room before ours, with the open requests that the reader may see."""
    return circle_page(request, pk, more=_open_requests)


def _open_requests(request, circle, membership):
    at = timezone.now()
    found = needs_of(request.user, at=at, circle=circle.pk)
    return {
        "open_requests_template": "requests/_open_in_circle.html",
        "needs": [as_card(need, request.user, at=at) for need in found],
    }
