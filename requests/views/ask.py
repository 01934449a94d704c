"""Asking: which kind, then what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from circles.models import Circle, LeftInPeace, SentForm
from circles.views.access import for_verified
from circles.views.consent import NOT_WRITTEN_DOWN_NOW

from ..catalogue import RequestKind, categories_of
from ..forms import ASKS, blank
from ..reactions import consent_changed
from .access import posted

# In the order of the page.
KINDS = (RequestKind.INSTRUMENTAL, RequestKind.EMOTIONAL, RequestKind.INFORMATIONAL)
# By what `look` says: the part of the form that comes back alone while somebody fills it in.
LOOKS = {"names": "requests/_reach.html", "plan": "requests/_plan.html", "days": "requests/_left_out.html"}


@login_required
def request_new(request):
    """Which kind of help, and in which circle."""
    circles = list(_circles(request.user))
    page = {
        "circles": circles,
        "circle": _chosen(request, circles),
        "kinds": [(kind, _invitation(kind), categories_of(kind)) for kind in KINDS],
    }
    return render(request, "requests/new.html", page)


def _invitation(kind):
    return {
        RequestKind.INSTRUMENTAL: (
            _("Something practical"),
            _("A meal, a ride, an hour with the children: something somebody can do for you."),
        ),
        RequestKind.EMOTIONAL: (
            _("Company or an ear"),
            _("A call, a walk, somebody beside you. You say yes to each person who offers."),
        ),
        RequestKind.INFORMATIONAL: (
            _("A question"),
            _("A question to people who may have been through it. It needs no date."),
        ),
    }[kind]


@login_required
@for_verified
def request_new_kind(request, kind):
    """The form of one kind: ask, or put it down for later."""
    request.user.require_verified()
    circles = _circles(request.user)
    if kind not in ASKS:
        raise Http404
    if not circles:
        return redirect("request_new")
    at = timezone.now()
    form = _form(request, kind, circles, at=at)
    if form.is_valid():
        return _ask(request, form, at=at)
    return ask_page(request, form, status=422 if form.errors else 200)


def _form(request, kind, circles, *, at):
    usual = {"circle": _chosen(request, circles), "category": request.GET.get("category")}
    initial = blank(kind, request.user, **usual)
    return ASKS[kind](posted(request), asker=request.user, circles=circles, at=at, initial=initial)


def _circles(person):
    return Circle.objects.visible_to(person).in_use()


def _chosen(request, circles):
    """The circle that the address names, or the only one."""
    named = [circle for circle in circles if str(circle.pk) == request.GET.get("circle")]
    return (named or (list(circles) if len(circles) == 1 else [None]))[0]


def _ask(request, form, *, at):
    publish = "put_down" not in request.POST
    try:
        help_request = _asked(form, by=request.user, publish=publish, at=at)
    except LeftInPeace:
        form.add_error(None, NOT_WRITTEN_DOWN_NOW)
        return ask_page(request, form, status=422)
    if publish and help_request.state == "draft":
        return wait_for_yes(request, help_request)
    asked = _("It is asked. You will hear as soon as somebody answers.")
    messages.success(request, asked if publish else _("Put down. Nobody sees it but you."))
    return redirect(help_request)


def _asked(form, *, by, publish, at):
    """The request, and with it what the form said; a draft takes what is said last."""
    said = {**form.about(), **form.said(), **form.terms()}
    with transaction.atomic():
        help_request = consent_changed.ask(
            by=by, at=at, times=form.when(), reach=form.reach(), publish=publish, **said
        )
        if help_request.state != "draft":
            SentForm.objects.note(form, page=help_request.get_absolute_url(), at=at)
    return help_request


def wait_for_yes(request, help_request):
    """It can't be asked before somebody's yes: on to where they are asked for it, or to where it waits."""
    messages.info(request, _("It is kept. Nobody sees it but you, until there is a yes."))
    return redirect("request_consent" if help_request.own_consent else "request", help_request.pk)


def ask_page(request, form, *, status=200, **more):
    """The form of a new request or of a draft; for htmx the part of it that was asked for."""
    part = LOOKS.get(request.POST.get("look")) if request.htmx and form.is_looking else None
    page = {"form": form, "kind": form.kind, "kind_label": RequestKind(form.kind).label, **more}
    response = render(request, part or "requests/ask.html", page, status=status)
    response.only_looked = form.is_looking
    return response
