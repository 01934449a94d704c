"""What whoever asks wishes from day to day, and at the door today."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from circles.views.access import safe_next

from ..forms import DoorstepForm, WishesForm
from ..models import Slot
from ..visibility import policies, private_fields
from .access import only_if, posted, seen_request
from .edit import say_what_was_left_out


@login_required
def request_wishes(request, pk):
    """Wishes about what is brought, the door, a break, Plan B."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_edit(request.user, help_request, at=at) and not help_request.takes_answers)
    private_fields.note_look(request.user, help_request, at=at, of={"visit"})
    form = WishesForm(posted(request), help_request=help_request, at=at)
    if form.is_valid():
        return _wish(request, help_request, form, at=at)
    page = {"help_request": help_request, "form": form}
    return render(request, "requests/wishes.html", page, status=422 if form.is_bound else 200)


def _wish(request, help_request, form, *, at):
    said = form.said()
    wished = {name: said[name] for name in ("wishes", "visit")}
    goes_further = help_request.goes_further(wished, by=request.user)
    help_request.wish(by=request.user, at=at, **said)
    if form.cleaned_data["paused_until"] != help_request.paused_until:
        help_request.pause(form.cleaned_data["paused_until"], by=request.user, at=at)
    messages.success(request, _("Saved. Whoever promised to come is told what matters to them."))
    if goes_further:
        say_what_was_left_out(request, help_request)
    return redirect(help_request)


@require_POST
@login_required
def doorstep_today(request):
    """One wish for all who come today."""
    form = DoorstepForm(request.POST)
    if not form.is_valid():
        raise Http404
    number = Slot.objects.wish_for_today(form.cleaned_data["doorstep"], by=request.user, at=timezone.now())
    (messages.success if number else messages.info)(request, _told(number))
    return redirect(safe_next(request, otherwise="/"))


def _told(number):
    if not number:
        return _("Nobody was going to come to you today, or that was your wish already.")
    return ngettext(
        "Changed for %(number)d time today. Those who come are told.",
        "Changed for %(number)d times today. Those who come are told.",
        number,
    ) % {"number": number}
