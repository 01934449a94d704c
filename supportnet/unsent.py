"""What somebody sent and we could not act on: it is kept, and sent again with one press.

Their session was gone (signed out elsewhere, or run out), or the page was older than the last sign-in. Without this a
long ask, written in a hard hour, would be lost at the door.
"""

import time

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as refused
from django.views.decorators.http import require_http_methods

from circles import browsers

KEPT = "unsent"  # in the session
# How long what somebody typed is kept while they sign in.
SECONDS = 3600
MOST = 100_000  # characters of names and values together: it lies in the database meanwhile
# The page from which it is sent again has its own of both; a token from before the sign-in would be refused.
NOT_TYPED = {"csrfmiddlewaretoken", KEPT}


def typed(request):
    """[[name, value], …] of the form that was sent."""
    lists = request.POST.lists()
    return [[name, value] for name, values in lists if name not in NOT_TYPED for value in values]


def words(pairs):
    """Those values that read as words: what somebody would miss."""
    return [value for _name, value in pairs if " " in value.strip()]


def keep(request):
    """Keep what was sent signed out, for whoever signs in and was signed in here before; whether it was kept.

    What a stranger sends is not kept: it would fill the database.
    """
    pairs, readers = typed(request), browsers.known_here(request)
    if not pairs or not readers or sum(len(name) + len(value) for name, value in pairs) > MOST:
        return False
    request.session[KEPT] = {
        "action": request.get_full_path(),
        "typed": pairs,
        "readers": readers,
        "until": time.time() + SECONDS,
    }
    return True


def forget(request):
    """Drop what is kept here once it was sent again, or lay there long enough."""
    kept = request.session.get(KEPT)
    if kept and (KEPT in request.POST or kept["until"] < time.time()):
        del request.session[KEPT]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsent(request):
    """What was sent while signed out, to be sent again or thrown away (POST)."""
    kept = request.session.get(KEPT)
    if request.method == "POST" or not kept or not browsers.is_one_of(request.user, kept["readers"]):
        if request.method == "POST" and request.session.pop(KEPT, None):
            messages.info(request, _("It is thrown away."))
        return redirect("home")
    return render(request, "unsent.html", page_with(kept["typed"], kept["action"]))


def page_with(pairs, action):
    """What `_typed.html` needs to show what was typed, and to send it to `action`."""
    return {"typed": pairs, "words": words(pairs), "action": action}


def csrf_failure(request, reason=""):
    """A page that is older than the last sign-in is sent again with a press; a form from elsewhere is refused."""
    pairs = typed(request)
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    # Whoever was signed out since then is kept for at the door, once the page is sent with a token of today.
    if not (pairs and ours) or reason == REASON_NO_CSRF_COOKIE:
        return refused(request, reason)
    page = page_with(pairs, request.get_full_path())
    return render(request, "unsent.html", {**page, "was_open_too_long": True}, status=403)


def address():
    """Where it waits after the door."""
    return reverse("unsent")
