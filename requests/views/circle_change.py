"""Asking in another circle instead."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from circles.models import Circle
from supportnet.notices.text_direction import typed

from ..forms import MoveForm
from ..models import NoConsent, NotOpen
from ..visibility import policies
from .access import only_if, posted, seen_request

# Nobody chooses among more.
MOST = 50


@login_required
def request_move(request, pk):
    """My other circles, and who would lose a place in each; then it is asked there instead."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(help_request.is_run_by(request.user))
    if not help_request.is_open:
        messages.info(request, _("Only what is open can move to another circle."))
        return redirect(help_request)
    only_if(policies.may_move(request.user, help_request))
    circles = _others(request.user, help_request)
    form = MoveForm(posted(request), circles=circles, losing=help_request.losing_their_place(circles, at=at))
    if form.is_valid():
        return _move(request, help_request, form.cleaned_data["circle"], at=at)
    page = {"help_request": help_request, "form": form}
    return render(request, "requests/move.html", page, status=422 if form.errors else 200)


def _others(person, help_request):
    """Circles of mine that are in use and where nobody's consent is missing."""
    circles = Circle.objects.visible_to(person).in_use().exclude(pk=help_request.circle_id)
    return [
        circle
        for circle in circles.select_related("consent")[:MOST]
        if circle.consent_id is None or circle.consent.stands
    ]


def _move(request, help_request, circle, *, at):
    try:
        help_request.move_to(circle, by=request.user, at=at)
    except (NoConsent, NotOpen):
        messages.warning(request, _("It can't move there any more."))
    else:
        messages.success(request, _("It is asked in %(circle)s now.") % typed(circle=circle))
    return redirect(help_request)
