"""Where I am signed in: a list, and an end to each."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import browsers


@login_required
def sessions(request):
    """This browser and the others, the latest first; POST signs all others out."""
    if request.method == "POST":
        browsers.end_others(request, request.user, at=timezone.now())
        messages.success(request, _("You are signed out everywhere else."))
        return redirect("usersessions_list")
    others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    page = {
        "this_device": browsers.device(request.headers.get("user-agent", "")),
        "others": [
            {"session": session, "device": browsers.device(session.user_agent)}
            for session in others.order_by("-last_seen_at", "-pk")
        ],
    }
    return render(request, "me/sessions.html", page)


@require_POST
@login_required
def session_end(request, pk):
    """Sign out one of them; it may be this one."""
    session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    is_this = session.session_key == request.session.session_key
    browsers.end_one(session)
    if is_this:
        logout(request)
    messages.success(request, _("That browser is signed out."))
    return redirect("home" if is_this else "usersessions_list")
