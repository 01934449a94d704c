"""Our own answers where Django's would fail or give up too soon."""

import re

from django.http import HttpResponseBadRequest, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.views.defaults import page_not_found

# No address of ours ends in anything else; a letter of another script begins the next sentence.
AFTER_A_LINK = re.compile(r"(?:&amp;|[^A-Za-z\d_=~-])+\Z")


def bad_request(request, exception):
    """400, without a look at the body: Django's own page reads it for its token, and would fail over it once more."""
    return HttpResponseBadRequest(render_to_string("400.html", request=request))


def not_found(request, exception):
    """404, unless it was a link of ours with what mail programs and people add to it: that leads on."""
    meant = request.method in ("GET", "HEAD") and without_tail(request.path_info)
    if not meant:
        return page_not_found(request, exception)
    query = request.META.get("QUERY_STRING")
    return HttpResponseRedirect(f"{meant}?{query}" if query else meant)


def without_tail(path):
    """The address that was meant by `path`, such as `/requests/5/).`; None if nothing was added, or it is none of ours.

    Whether a page of that address is there, and for whom, is its own business.
    """
    bare = AFTER_A_LINK.sub("", path)
    if bare == path.removesuffix("/"):
        return None
    return next((one for one in (bare, f"{bare}/") if one.startswith("/") and is_valid_path(one)), None)
