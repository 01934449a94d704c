"""Following an invitation.

Opening it changes nothing and signs nobody in: people pass links on, and scanners open them.
"""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..forms import SignInForm
from ..models import AskedLately, Invitation, InvitationUnusable
from .access import for_verified
from .door import NO_MAIL_JUST_NOW, mail_code_unseen, masked


@for_verified
def join(request, token):
    """Who invites me to what, and "Continue as NAME?"."""
    try:
        invitation = Invitation.objects.by_token(token)
    except Invitation.DoesNotExist:
        return closed(request, status=404)
    if request.user.is_authenticated:
        return _known(request, invitation)
    return _unknown(request, invitation)


def closed(request, *, status):
    """The page of an invitation that opens nothing: no data, and how to get a new one."""
    return render(request, "circles/join_closed.html", status=status)


def _known(request, invitation):
    membership = invitation.circle.memberships.filter(person=request.user).first()
    if membership and membership.is_current:
        return redirect(invitation.circle)
    try:
        _check(invitation)
        return (
            _accept(request, invitation)
            if request.method == "POST"
            else _ask(request, invitation, membership)
        )
    except InvitationUnusable:
        return closed(request, status=410)
    except AskedLately as lately:
        return render(request, "circles/join_later.html", {"again_at": lately.again_at}, status=409)


def _check(invitation):
    if invitation.circle.archived_at:
        raise InvitationUnusable
    invitation.check_usable(at=timezone.now())


def _ask(request, invitation, membership):
    if membership and membership.state == "waiting" and not _is_for(invitation, request.user):
        return redirect(invitation.circle)
    page = {"invitation": invitation, "is_mine": _is_for(invitation, request.user)}
    return render(request, "circles/join.html", page)


def _is_for(invitation, person):
    return invitation.is_for_one and invitation.email == person.email


def _accept(request, invitation):
    membership = invitation.accept(by=request.user, at=timezone.now())
    if membership.is_current:
        messages.success(request, _("Welcome to %(circle)s.") % {"circle": invitation.circle})
    return redirect(invitation.circle)


def _unknown(request, invitation):
    """Somebody who is not signed in: a code to the invited address, which the page does not tell."""
    try:
        _check(invitation)
    except InvitationUnusable:
        return closed(request, status=410)
    if request.method == "POST" and invitation.is_for_one:
        return _mail_code(request, invitation)
    return _sign_in_page(request, invitation)


def _mail_code(request, invitation):
    if mail_code_unseen(request, invitation.email):
        onwards = urlencode({"next": request.path})
        return HttpResponseRedirect(f"{reverse('account_confirm_login_code')}?{onwards}")
    return _sign_in_page(request, invitation, trouble=NO_MAIL_JUST_NOW, status=422)


def _sign_in_page(request, invitation, *, trouble="", status=200):
    page = {
        "invitation": invitation,
        "masked": masked(invitation.email) if invitation.is_for_one else "",
        "form": SignInForm(),
        "trouble": trouble,
    }
    return render(request, "circles/join_sign_in.html", page, status=status)
