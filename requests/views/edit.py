"""Changing a request: all of a draft, the texts of what was asked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from circles.models import Circle, LeftInPeace
from circles.views.consent import NOT_WRITTEN_DOWN_NOW
from supportnet.notices.text_direction import typed

from ..forms import DRAFTS, EDITS, as_drafted
from ..models import EditedMeanwhile, HelpRequest, NotOpen
from ..reactions import consent_changed
from ..visibility import policies, private_fields
from .access import only_if, posted, seen_request
from .ask import ask_page, wait_for_yes


@login_required
def request_edit(request, pk):
    """The form with what stands there; whoever saves an old copy sees both."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_edit(request.user, help_request, at=at))
    if help_request.state == "draft":
        return _edit_draft(request, help_request, at=at)
    if help_request.state == "cancelled":
        messages.info(request, _("It was called off and stays as it is."))
        return redirect(help_request)
    private_fields.note_look(request.user, help_request, at=at, of=policies.LADDER)
    return _edit_texts(request, help_request, at=at)


def _edit_draft(request, help_request, *, at):
    form = DRAFTS[help_request.kind](
        posted(request),
        asker=help_request.posted_by,
        circles=Circle.objects.visible_to(request.user).in_use(),
        at=at,
        initial=as_drafted(help_request),
    )
    if not form.is_valid():
        return ask_page(request, form, status=422 if form.errors else 200, draft=help_request)
    said = {"circle": form.cleaned_data["circle"], **form.said(), **form.terms()}
    goes_further = help_request.goes_further(form.said(), by=request.user)
    try:
        consent_changed.rewrite(
            help_request,
            by=request.user,
            at=at,
            times=form.when(),
            reach=form.reach(),
            version=form.cleaned_data["version"],
            **form.for_whom(),
            **said,
        )
    except (NotOpen, HelpRequest.DoesNotExist):
        # It was asked or thrown away since it was fetched: the page sees that now.
        return request_edit(request, help_request.pk)
    except EditedMeanwhile:
        help_request.refresh_from_db()
        form.look_again(help_request.version)
        return ask_page(request, form, status=422, draft=help_request)
    except LeftInPeace:
        form.add_error(None, NOT_WRITTEN_DOWN_NOW)
        return ask_page(request, form, status=422, draft=help_request)
    if goes_further:
        say_what_was_left_out(request, help_request)
    return _kept_or_asked(request, help_request, at=at)


def _kept_or_asked(request, help_request, *, at):
    if "put_down" not in request.POST:
        if not help_request.is_agreed:
            return wait_for_yes(request, help_request)
        help_request.publish(by=request.user, at=at)
        messages.success(request, _("It is asked. You will hear as soon as somebody answers."))
    return redirect(help_request)


def _edit_texts(request, help_request, *, at):
    form = EDITS[help_request.kind](posted(request), initial=as_stored(help_request))
    if form.is_bound and "form_key" in form.data:
        return _asked_since(request, help_request, form)
    if not form.is_valid():
        return _edit_page(request, help_request, form, status=422 if form.is_bound else 200)
    goes_further = help_request.goes_further(form.said(), by=request.user)
    try:
        help_request.edit(by=request.user, at=at, version=form.cleaned_data["version"], **form.said())
    except EditedMeanwhile:
        return _both_texts(request, help_request, form)
    messages.success(request, _("Saved. Whoever promised to come is told what matters to them."))
    if goes_further:
        say_what_was_left_out(request, help_request)
    return redirect(help_request)


def say_what_was_left_out(request, help_request):
    """Whoever changes what somebody agreed to learns that not all of it was taken."""
    words = _("What %(name)s has not agreed to was left out.")
    messages.info(request, words % typed(name=help_request.whom))


def as_stored(help_request):
    """What the form shows at first."""
    names = {"details", "version", "reaches", "quietly", *EDITS[help_request.kind].texts}
    stored = {name: getattr(help_request, name) for name in names}
    return stored | {"names": [help_request.asker.name, help_request.whom]}


def _both_texts(request, help_request, form):
    """What was typed is kept and may be saved over the newer text, once both were seen."""
    help_request.refresh_from_db()
    form.data = form.data.copy()
    form.data["version"] = str(help_request.version)
    differences = form.said_otherwise(help_request)
    return _edit_page(request, help_request, form, status=422, differences=differences, changed=True)


def _asked_since(request, help_request, form):
    """What comes from the page of a draft, or of a new request, was asked before: its words can still be changed."""
    form.data = form.data.copy()
    form.data["version"] = str(help_request.version)
    if form.is_valid() and not (differences := form.said_otherwise(help_request)):
        messages.info(request, _("It was asked already, in these words."))
        return redirect(help_request)
    differences = differences if form.is_valid() else []
    return _edit_page(
        request, help_request, form, status=422, differences=differences, changed=True, was_asked=True
    )


def _edit_page(request, help_request, form, *, status, **more):
    page = {"help_request": help_request, "form": form, "kind": help_request.kind, **more}
    return render(request, "requests/edit.html", page, status=status)
