"""What keepers do for one member: a press each."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from supportnet.notices.text_direction import typed

from .. import hooks, time_text
from ..forms import CheckForm
from ..models import LastKeeper, Membership, PutAway, StruckOut
from .access import PUT_AWAY, for_keepers, safe_next
from .circle import they_struck_out
from .members import _members_page, _ring


class _WasFaster(Exception):
    """Another keeper answered a moment ago."""


def _action(state, *, raises_questions=False):
    """A keeper's action on a membership in `state`: `act(request, membership)` returns what to say of a "name".

    With `raises_questions` the page after it leads to what they have to decide about that member now.
    """

    def decorate(act):
        @require_POST
        @for_keepers
        def view(request, circle, membership_pk):
            membership = _member(circle, membership_pk, state)
            if membership is not None:
                _say(request, act, membership)
                if raises_questions:
                    _lead_to_decisions(request, membership)
            else:
                late = circle.memberships.select_related("person", "circle").get(pk=membership_pk)
                messages.info(request, _what_came_first(late, request.user))
            return redirect(safe_next(request, otherwise=_members_page(circle)))

        return view

    return decorate


def _lead_to_decisions(request, membership):
    for words, address in hooks.to_decide_about(membership, to=request.user, at=timezone.now()):
        messages.info(request, format_html('{} <a href="{}">{}</a>', words, address, _("Decide")))


def _member(circle, pk, state):
    """The membership if it still is in `state`, None when somebody was faster, 404 when it is not of here."""
    membership = get_object_or_404(
        Membership.objects.select_related("person", "circle"), pk=pk, circle=circle
    )
    return membership if membership.state == state else None


def _say(request, act, membership):
    try:
        said = act(request, membership)
    except LastKeeper:
        messages.warning(request, _("A circle needs a keeper. Name another one first."))
    except StruckOut:
        messages.warning(request, they_struck_out(membership.circle))
    except PutAway:
        messages.warning(request, PUT_AWAY)
    except _WasFaster:
        messages.info(request, _what_came_first(membership, request.user))
    else:
        messages.success(request, said % typed(name=membership.person))


def _what_came_first(membership, reader):
    """What to say when somebody was faster: who did what, and when."""
    membership.refresh_from_db()
    last = membership.applications.select_related("decided_by").first()
    words = {
        ("current", "admitted"): _("%(keeper)s let %(name)s in already: %(when)s."),
        ("declined", "declined"): _("%(keeper)s answered %(name)s already, with a kind no: %(when)s."),
    }.get((membership.state, last.state if last else ""))
    if words is None or last.decided_by is None:
        return _as_it_stands(membership, last) % typed(name=membership.person)
    decided = time_text.moment_in_words(
        last.admitted_at or last.declined_at, zone=reader.zone, at=timezone.now()
    )
    return words % {**typed(keeper=last.decided_by, name=membership.person), "when": decided}


def _as_it_stands(membership, last):
    if membership.state == "current":
        return _("%(name)s is in this circle.")
    if last and last.state == "taken back":
        return _("%(name)s does not want to join any more.")
    return _("%(name)s is not in this circle.")


@_action("waiting")
def admit(request, membership):
    """Let somebody in."""
    if membership.admit(by=request.user, at=timezone.now()):
        return _("%(name)s is in.")
    raise _WasFaster


@_action("waiting")
def decline(request, membership):
    """Say no, kindly; they may ask again later."""
    if membership.decline(by=request.user, at=timezone.now()):
        return _("%(name)s is told kindly.")
    raise _WasFaster


@_action("current")
def remove(request, membership):
    """Remove somebody else; whoever wants to go themselves has a page for it."""
    if membership.person_id == request.user.pk:
        raise Http404
    membership.remove(by=request.user, at=timezone.now())
    return _("%(name)s is no longer in this circle.")


@_action("current")
def place(request, membership):
    """Say how near somebody stands."""
    membership.place(_ring(request), by=request.user, at=timezone.now())
    return _("Saved. Only keepers see how near %(name)s stands.")


@_action("current")
def keeper(request, membership):
    """Let somebody keep the circle too."""
    membership.make_keeper(by=request.user, at=timezone.now())
    return _("%(name)s keeps this circle too.")


@_action("current")
def member(request, membership):
    """Take back the keeping."""
    membership.make_member(by=request.user, at=timezone.now())
    return _("%(name)s is a member now.")


@_action("current")
def contact(request, membership):
    """Note that there was a first word with somebody (`done`), or that there was none."""
    if request.POST.get("done"):
        membership.note_contact(by=request.user, at=timezone.now())
        return _("Noted: there was a first word with %(name)s. Only keepers see it.")
    membership.forget_contact(by=request.user, at=timezone.now())
    return _("Noted: there was no first word with %(name)s yet.")


@_action("current", raises_questions=True)
def exclude(request, membership):
    """Set somebody quietly aside (`aside`), or take them back among the others."""
    if request.POST.get("aside"):
        membership.exclude(by=request.user, at=timezone.now())
        return _("%(name)s is quietly set aside and is not told. You can undo it at any time.")
    membership.include_again(by=request.user, at=timezone.now())
    return _("%(name)s stands among the others again and is not told.")


@for_keepers
def check(request, circle, membership_pk):
    """Note until when a helper counts as checked, or that they no longer do (`end`)."""
    membership = _member(circle, membership_pk, "current")
    if membership is None:
        return redirect(_members_page(circle))
    at = timezone.now()
    if "end" in request.POST:
        membership.end_check(by=request.user, at=at)
        return _noted(request, membership, _("%(name)s no longer counts as checked."))
    form = CheckForm(request.POST if request.method == "POST" else None, today=circle.date_at(at))
    if form.is_valid():
        membership.note_check(by=request.user, at=at, **form.cleaned_data)
        return _noted(request, membership, _("%(name)s counts as checked now."))
    page = {"circle": circle, "member": membership, "form": form}
    return render(request, "circles/check.html", page, status=422 if form.errors else 200)


def _noted(request, membership, words):
    messages.success(request, words % typed(name=membership.person))
    _lead_to_decisions(request, membership)
    return redirect(_members_page(membership.circle))
