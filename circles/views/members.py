"""Who is in a circle, and what its keepers do for them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..models import LastKeeper, Membership, Ring
from .access import for_keepers, for_members, safe_next


@for_members
def circle_members(request, membership):
    """The members by name. Keepers also see who waits, how near each stands, and what they can do."""
    circle = membership.circle
    members = list(circle.members())
    page = {
        "circle": circle,
        "membership": membership,
        "members": members,
        "only_one_keeper": sum(member.is_keeper for member in members) == 1,
    }
    if membership.is_keeper:
        page["joiners"] = circle.memberships.waiting().select_related("person", "via__invited_by")
        page["rings"] = Ring.choices
    return render(request, "circles/members.html", page)


def _action(state):
    """A keeper's action on a membership in `state`: `act(request, membership)` returns what to say."""

    def decorate(act):
        @require_POST
        @for_keepers
        def view(request, circle, membership_pk):
            membership = _member(circle, membership_pk, state)
            if membership is not None:
                _say(request, act, membership)
            return redirect(safe_next(request, otherwise=_members_page(circle)))

        return view

    return decorate


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
    else:
        messages.success(request, said % {"name": membership.person})


def _members_page(circle):
    return f"{circle.get_absolute_url()}members/"


@_action("waiting")
def admit(request, membership):
    """Let somebody in."""
    membership.admit(by=request.user, at=timezone.now())
    return _("%(name)s is in.")


@_action("waiting")
def decline(request, membership):
    """Say no, kindly; they may ask again later."""
    membership.decline(by=request.user, at=timezone.now())
    return _("%(name)s is told kindly.")


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
    ring = request.POST.get("ring", "")
    if ring not in {str(value) for value in Ring.values}:
        raise Http404
    membership.place(Ring(int(ring)), by=request.user, at=timezone.now())
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
