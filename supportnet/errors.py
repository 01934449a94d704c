"""Our own answer where Django's would fail."""

from django.http import HttpResponseBadRequest
from django.template.loader import render_to_string


def bad_request(request, exception):
    """400, without a look at the body: Django's own page reads it for its token, and would fail over it once more."""
    return HttpResponseBadRequest(render_to_string("400.html", request=request))
