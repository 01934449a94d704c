"""Calling a request off: asked once, then done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..forms import ReasonForm
from ..models import NotOpen
from ..visibility import policies
from .access import only_if, posted, seen_request
from .times import to_end


@login_required
def request_cancel(request, pk):
    """Ask once, then call it off; whoever promised is told why."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_run(request.user, help_request))
    form = ReasonForm(posted(request))
    if not help_request.is_open:
        messages.info(request, _("There is nothing to call off any more."))
        return redirect(help_request)
    if form.is_valid():
        return _cancel(request, help_request, form, at=at)
    return _cancel_page(request, help_request, form, at=at)


def _cancel_page(request, help_request, form, *, at):
    """Who had promised, and whom one would have to call."""
    ahead = Q(ends_at=None) | Q(ends_at__gt=at)
    affected = to_end(help_request.slots.filter(ahead, cancelled_at=None))
    to_call = any(not claim.person.hears_by_mail for claim in affected)
    page = {
        "help_request": help_request,
        "form": form,
        "at": at,
        "affected": affected,
        "somebody_to_call": to_call,
    }
    return render(request, "requests/cancel.html", page, status=422 if form.errors else 200)


def _cancel(request, help_request, form, *, at):
    reason = form.cleaned_data["reason"]
    try:
        help_request.cancel(by=request.user, at=at, reason=reason)
    except NotOpen:
        messages.info(request, _("It was closed or called off already."))
    else:
        messages.success(request, _("Called off. Whoever promised to come is told."))
    return redirect(help_request)
