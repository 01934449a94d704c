"""Who is asked: more people, the next ones at once, nobody else for now."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circles.models import Circle

from ..forms import MoreForm
from ..models import EditedMeanwhile, HelpRequest, NotOpen
from ..pages.wave_summary import who_is_asked
from ..visibility import policies
from .access import only_if, posted, seen_request


@login_required
def request_reach(request, pk):
    """Ask more people now: some by name, a group, or another circle."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_widen(request.user, help_request))
    if not help_request.is_open:
        messages.info(request, _("Only what is asked and still open can be asked of more people."))
        return redirect(help_request)
    circles = _circles(request.user, help_request)
    form = MoreForm(posted(request), asker=request.user, help_request=help_request, circles=circles, at=at)
    if form.is_valid():
        return _ask_more(request, help_request, form, at=at)
    asked = who_is_asked(help_request, request.user, at=at)
    page = {"help_request": help_request, "form": form, "asked": asked}
    return render(request, "requests/reach.html", page, status=422 if form.errors else 200)


def _circles(person, help_request):
    """The circles in which `person` may ask it."""
    circles = Circle.objects.visible_to(person).in_use()
    if help_request.may_be_asked_elsewhere_by(person):
        return circles
    return circles.filter(pk=help_request.circle_id)


def _ask_more(request, help_request, form, *, at):
    try:
        help_request.ask_more(by=request.user, at=at, **form.more())
        messages.success(request, _("They are asked."))
    except NotOpen:
        messages.warning(request, _("This can't be asked any more."))
    return _back_to(help_request)


def _back_to(help_request):
    return redirect(f"{help_request.get_absolute_url()}#asked")


@require_POST
@login_required
def request_anybody(request, pk):
    """Also those may help whom no keeper has checked: that is for whoever asks to say."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_widen(request.user, help_request))
    if help_request.is_open and help_request.needs_checked:
        try:
            help_request.edit(by=request.user, at=at, version=help_request.version, needs_checked=False)
            messages.success(request, _("Everybody who sees it can help now."))
        except EditedMeanwhile:
            messages.warning(request, _("Somebody changed it at the same moment. Here is how it stands now."))
    return _back_to(help_request)


@require_POST
@login_required
def request_hasten(request, pk):
    """Ask the next ones now."""
    seen = _moment(request.POST.get("planned_for", ""))
    return _do(request, pk, HelpRequest.hasten, _("The next ones are asked now."), planned_for=seen)


def _moment(typed):
    """When those were to be asked whom the reader saw as the next; None where the form does not say."""
    try:
        moment = parse_datetime(typed)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


@require_POST
@login_required
def request_hold(request, pk):
    """Nobody else for now."""
    return _do(request, pk, HelpRequest.pause_waves, _("On hold. Nobody else is asked until you go on."))


@require_POST
@login_required
def request_go_on(request, pk):
    """As it was planned."""
    return _do(request, pk, HelpRequest.resume_waves, _("It goes on as you planned."))


def _do(request, pk, verb, words, **how):
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_run(request.user, help_request))
    if help_request.is_open:
        verb(help_request, by=request.user, at=at, **how)
        messages.success(request, words)
    return _back_to(help_request)
