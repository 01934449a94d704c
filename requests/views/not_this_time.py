"""Not this time: one press, no reason, and nobody learns of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circles.views.access import safe_next

from ..models import NotThisTime
from ..visibility import policies
from .access import only_if, seen_request


@require_POST
@login_required
def request_pass(request, pk):
    """It is not shown to me again; with htmx a line that takes it back stands where the card was."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_claim(request.user, help_request))
    NotThisTime.objects.say(person=request.user, help_request=help_request, at=at)
    going_to = safe_next(request, otherwise="/requests/")
    if request.htmx:
        return render(request, "requests/_passed.html", {"help_request": help_request, "next": going_to})
    messages.success(request, _told(help_request))
    return redirect(going_to)


def _told(help_request):
    return format_html(
        '{} <a href="{}#pass">{}</a>',
        _("It is off your list. Nobody learns of it."),
        help_request.get_absolute_url(),
        _("Show it again?"),
    )


@require_POST
@login_required
def request_unpass(request, pk):
    """Show it again."""
    help_request = seen_request(request, pk, at=timezone.now())
    only_if(policies.may_claim(request.user, help_request))
    NotThisTime.objects.take_back(person=request.user, help_request=help_request)
    messages.success(request, _("It is on your list again."))
    return redirect(safe_next(request, otherwise=help_request.get_absolute_url()))
