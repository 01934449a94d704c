"""The life of a request: asked, thrown away, closed, asked again, called off, thanked for."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circles.views.access import for_verified

from ..forms import ThanksForm, TimeForm
from ..models import HelpRequest, NoConsent, NotOpen
from ..visibility import policies
from .access import missing, only_if, posted, seen_request
from .ask import wait_for_yes
from .help_requests import request_page, with_all


@require_POST
@login_required
@for_verified
def request_publish(request, pk):
    """Ask what was put down, unless its times have gone by."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(help_request.is_run_by(request.user))
    if help_request.is_too_late(at=at):
        messages.warning(request, _("The time of it has gone by. Choose another one, then ask."))
        return redirect("request_edit", pk=pk)
    return _publish(request, help_request, at=at)


def _publish(request, help_request, *, at):
    try:
        help_request.publish(by=request.user, at=at)
        messages.success(request, _("It is asked. You will hear as soon as somebody answers."))
    except NotOpen:
        messages.warning(request, _("This can't be asked any more."))
    except NoConsent:
        return wait_for_yes(request, help_request)
    except HelpRequest.DoesNotExist:
        raise missing(request, help_request.pk) from None
    return redirect(help_request)


@require_POST
@login_required
def request_discard(request, pk):
    """Throw a draft away."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(help_request.is_run_by(request.user))
    try:
        help_request.discard(by=request.user, at=at)
    except NotOpen:
        messages.warning(request, _("This was asked already. You can call it off instead."))
        return redirect(help_request)
    messages.success(request, _("Thrown away."))
    return redirect("home")


@require_POST
@login_required
def request_thank(request, pk):
    """The same words of thanks to all who came."""
    at = timezone.now()
    help_request = with_all(request, pk, at=at)
    only_if(policies.may_say_yes(request.user, help_request))
    form = ThanksForm(request.POST, auto_id="thanks_%s")
    if not form.is_valid():
        return request_page(request, help_request, at=at, thanks_form=form, status=422)
    if help_request.thank_all(by=request.user, text=form.cleaned_data["text"], at=at):
        messages.success(request, _("Your thanks are on their way."))
    return redirect(help_request)


@require_POST
@login_required
def request_close(request, pk):
    """No more help needed. What was promised stands."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_run(request.user, help_request))
    try:
        help_request.close(by=request.user, at=at, reason="answered" if help_request.takes_answers else "")
        messages.success(request, _closed_words(help_request))
    except NotOpen:
        messages.info(request, _("It was closed already."))
    return redirect(help_request)


def _closed_words(help_request):
    if help_request.takes_answers:
        return _("Closed as answered. The answers stay here.")
    return _("No more help is asked for. What was promised stands.")


@login_required
def request_reopen(request, pk):
    """Ask again. Where every time has gone by or is taken, say when."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_run(request.user, help_request))
    form = TimeForm(posted(request), zone=help_request.zone, at=at, initial={"timing": "whenever"})
    needs_time = _needs_time(help_request, at=at)
    if help_request.state != "closed":
        messages.info(request, _("It is not closed."))
    elif form.is_bound and (not needs_time or form.is_valid()):
        _reopen(request, help_request, at=at, **(_times(form, "capacity") if needs_time else {}))
    else:
        return _time_page(request, help_request, form if needs_time else None, "reopen")
    return redirect(help_request)


def _reopen(request, help_request, *, at, **times):
    try:
        help_request.reopen(by=request.user, at=at, **times)
        messages.success(request, _("Asked again. Old promises stay where they are."))
    except NotOpen:
        messages.warning(request, _("This can't be asked any more."))


def _needs_time(help_request, *, at):
    if help_request.takes_answers:
        return False
    slots = help_request.slots.filter(cancelled_at=None)
    return all(slot.is_full or slot.last_moment() <= at for slot in slots)


def _times(form, *names):
    times = {name: form.times[name] for name in ("starts_at", "ends_at", *names)}
    return {**times, "all_day": form.times.get("all_day", False)}


def _time_page(request, help_request, form, purpose):
    page = {"help_request": help_request, "form": form, "purpose": purpose}
    return render(request, "requests/time.html", page, status=422 if request.method == "POST" else 200)


@login_required
def request_times(request, pk):
    """One more time."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_run(request.user, help_request) and not help_request.takes_answers)
    form = TimeForm(posted(request), zone=help_request.zone, at=at, initial={"timing": "once"})
    if not help_request.is_open:
        messages.info(request, _("It is closed. Ask again first."))
    elif form.is_valid():
        _add(request, help_request, at=at, **_times(form, "capacity"))
    else:
        return _time_page(request, help_request, form, "add")
    return redirect(help_request)


def _add(request, help_request, *, at, **times):
    try:
        help_request.add_slot(by=request.user, at=at, **times)
        messages.success(request, _("One more time is asked for."))
    except NotOpen:
        messages.warning(request, _("This can't be asked any more."))
