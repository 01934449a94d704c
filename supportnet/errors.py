"""Our own answers where Django's would fail, would not be kind, or would give up too soon."""

import re
import sys

from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.views.defaults import page_not_found
from django.views.defaults import server_error as bug

from requests.views.access import ThrownAway
from requests.views.thrown_away import thrown_away

from . import unsent
from .notices.local_paths import LONGEST
from .outages import is_away

# No address of ours ends in anything else; a letter of another script begins the next sentence. What was marked up or
# escaped once too often has entities, a query or a fragment in its path; behind a slash stand marks of emphasis.
AFTER_A_LINK = re.compile(
    r"(?:[?#].*|&(?:amp|gt|lt|quot|nbsp|#\w+);|(?<=/)[_=~-]+|[^A-Za-z\d_=~-])+\Z", re.DOTALL
)
RETRY_AFTER_SECONDS = 10


def bad_request(request, exception):
    """400, without a look at the body: Django's own page reads it for its token, and would fail over it once more."""
    return HttpResponseBadRequest(render_to_string("400.html", request=request))


def not_found(request, exception):
    """404, unless it was a link of ours with what mail programs and people add to it: that leads on.

    Whoever threw away what they look for is told so, and keeps what they typed.
    """
    if isinstance(exception, ThrownAway):
        return thrown_away(request, unsent.typed(request))
    meant = request.method in ("GET", "HEAD") and without_tail(request.path_info)
    if not meant:
        return page_not_found(request, exception)
    query = request.META.get("QUERY_STRING")
    return HttpResponseRedirect(f"{meant}?{query}" if query else meant)


def without_tail(path):
    """The address that was meant by `path`, such as `/requests/5/).`; None if nothing was added, or it is none of ours.

    Whether a page of that address is there, and for whom, is its own business.
    """
    if len(path) > LONGEST:  # none of ours is, and what is tried at each of its letters would take long
        return None
    bare = AFTER_A_LINK.sub("", path)
    if bare == path.removesuffix("/"):
        return None
    return next((one for one in (bare, f"{bare}/") if one.startswith("/") and is_valid_path(one)), None)


def server_error(request):
    """503 where database or disk are out of order, whoever met it, a page or what lies before it; else a bug of ours.

    Django's log says so in one line (`supportnet.logs`).
    """
    return one_moment() if is_away(sys.exception()) else bug(request)


def one_moment(*, took_too_long=False, is_busy=False):
    """503: nothing is wrong with what somebody did."""
    page = render_to_string("503.html", {"took_too_long": took_too_long, "is_busy": is_busy})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
