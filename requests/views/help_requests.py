"""One request: its page, and what becomes of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circles.views.access import for_verified

from .. import ladder, policies
from ..asked import who_is_asked, with_waves
from ..categories import Doorstep
from ..forms import AnswerForm, ReasonForm, ThanksForm, TimeForm
from ..models import HelpRequest, NoConsent, NotOpen, NotThisTime
from ..places import offers, series_urls, table, unthanked, with_table
from ..sense import wishes_in_words
from .access import only_if, posted, seen_request
from .ask import wait_for_yes
from .times import to_end


@login_required
def help_request(request, pk):
    """The request as the reader may see it. At most six queries, whatever stands on it."""
    at = timezone.now()
    return request_page(request, with_all(request, pk, at=at), at=at)


def with_all(request, pk, *, at):
    """The request with all that its page shows of it; 404 if the reader may not see it."""
    person = request.user
    found = with_waves(with_table(HelpRequest.objects, person), person)
    found = found.annotate(is_passed=NotThisTime.objects.said_by(person))
    return seen_request(request, pk, at=at, among=found)


def request_page(request, help_request, *, at, answer_form=None, thanks_form=None, status=200):
    """The page, also with an answer or thanks that still need a look."""
    person = request.user
    is_mine = help_request.is_run_by(person)
    places = table(help_request, person, at=at)
    page = {
        "help_request": help_request,
        "places": places,
        "can_tick": any(place["pick"] for place in places),
        "may_print": bool(places) and policies.may_see_sheet(person, help_request, at=at),
        "may_stand_by": help_request.stands_by or _may_stand_by(person, help_request, places),
        "stands_by": help_request.stands_by,
        "wishes": wishes_in_words(help_request),
        "comes_today": is_mine and _wishes_of_today(person, help_request, at=at),
        "wishes_today": Doorstep.choices,
        "is_mine": is_mine,
        "offers": offers(help_request) if is_mine else [],
        "unthanked": unthanked(help_request, at=at) if is_mine else [],
        "thanks_form": thanks_form or ThanksForm(auto_id="thanks_%s"),
        "series_urls": series_urls(help_request, at=at),
        "looks": help_request.looks()[:10] if is_mine and not ladder.is_empty(help_request) else [],
        "asked": who_is_asked(help_request, person, at=at),
        "check": check_of(person, help_request, at=at),
        "is_passed": help_request.is_passed,
        "may_pass": _may_pass(person, help_request, places),
        "answers": _answers(help_request, person),
        "answer_form": answer_form or AnswerForm(),
        "at": at,
    }
    ladder.note_look(person, help_request, at=at)
    template = "requests/draft.html" if help_request.state == "draft" else "requests/request.html"
    return render(request, template, page, status=status)


def check_of(person, help_request, *, at):
    """How somebody gets checked who would have to be before they can help; None for everybody else.

    Whom it reaches by another circle learns nothing of this one, neither its name nor who keeps it.
    """
    may_help = policies.may_claim(person, help_request) and help_request.is_open
    if not may_help or not policies.must_be_checked(person, help_request, at=at):
        return None
    circle = help_request.circle
    keepers = [keeping.person for keeping in circle.keepers()] if help_request.ring_of_reader else []
    return {"how": circle.how_checked if keepers else "", "keepers": keepers}


def _may_pass(person, help_request, places):
    """While it is open, and unless they help already: then they can give it back."""
    helps = any(place["mine_url"] for place in places)
    return help_request.is_open and policies.may_claim(person, help_request) and not helps


def _may_stand_by(person, help_request, places):
    """Where all that is ahead is taken: else there is something to promise at once."""
    ahead = [place for place in places if not place["is_past"]]
    taken = bool(ahead) and all(place["state"] == "taken" for place in ahead)
    return taken and policies.may_stand_by(person, help_request)


def _wishes_of_today(person, help_request, *, at):
    """What is wished at the door of those who still come today; empty if nobody does."""
    today = at.astimezone(person.zone).date()
    return {
        slot.doorstep or help_request.doorstep
        for slot in help_request.slots.all()
        if slot.taken and slot.starts_at and slot.starts_at.astimezone(person.zone).date() == today
        if not slot.is_over(at=at)
    }


def _answers(help_request, person):
    if not help_request.takes_answers:
        return []
    return help_request.answers.seen_by(person).select_related("person").order_by("created_at", "pk")


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
    try:
        help_request.publish(by=request.user, at=at)
        messages.success(request, _("It is asked. You will hear as soon as somebody answers."))
    except NotOpen:
        messages.warning(request, _("This can't be asked any more."))
    except NoConsent:
        return wait_for_yes(request, help_request)
    return redirect(help_request)


@require_POST
@login_required
def request_discard(request, pk):
    """Throw a draft away."""
    help_request = seen_request(request, pk, at=timezone.now())
    only_if(help_request.is_run_by(request.user))
    try:
        help_request.discard()
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
    affected = to_end(
        help_request.slots.filter(cancelled_at=None).filter(Q(ends_at=None) | Q(ends_at__gt=at))
    )
    page = {"help_request": help_request, "form": form, "at": at, "affected": affected}
    page["somebody_to_call"] = any(not claim.person.hears_by_mail for claim in affected)
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
