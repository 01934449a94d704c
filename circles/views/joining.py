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

from supportnet.notices.text_direction import typed

from ..addresses import masked
from ..forms import JoinForm, SignInForm
from ..models import AskedLately, Invitation, InvitationUnusable
from .access import for_verified
from .directory import asked_lately
from .sign_in_codes import mail_code_unseen


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
        invitation.check_usable(at=timezone.now())
        return _answer(request, invitation, membership)
    except InvitationUnusable:
        return closed(request, status=410)
    except AskedLately as lately:
        return asked_lately(request, lately)


def _answer(request, invitation, membership):
    request.user.require_verified()
    joins = invitation.opens_directly_for(request.user, membership)
    if membership and membership.state == "waiting" and not joins:
        return redirect(invitation.circle)
    questions = [] if joins else invitation.circle.questions
    form = JoinForm(request.POST if request.method == "POST" else None, questions=questions)
    if form.is_valid():
        return _accept(request, invitation, form.answers())
    page = {"invitation": invitation, "joins": joins, "is_mine": invitation.is_whose(request.user)}
    return render(request, "circles/join.html", page | {"form": form}, status=422 if form.errors else 200)


def _accept(request, invitation, answers):
    membership = invitation.accept(by=request.user, at=timezone.now(), answers=answers)
    if membership.is_current:
        messages.success(request, _("Welcome to %(circle)s.") % typed(circle=invitation.circle))
    return redirect(invitation.circle)


def _unknown(request, invitation):
    """Somebody who is not signed in: a code to the invited address, which the page does not tell."""
    try:
        invitation.check_usable(at=timezone.now())
    except InvitationUnusable:
        return closed(request, status=410)
    if request.method == "POST" and invitation.is_for_one:
        return _mail_code(request, invitation)
    return _sign_in_page(request, invitation)


def _mail_code(request, invitation):
    trouble = mail_code_unseen(request, invitation.reached_at)
    if trouble:
        return _sign_in_page(request, invitation, trouble=trouble, status=422)
    onwards = urlencode({"next": request.path})
    return HttpResponseRedirect(f"{reverse('account_confirm_login_code')}?{onwards}")


def _sign_in_page(request, invitation, *, trouble="", status=200):
    page = {
        "invitation": invitation,
        "masked": masked(invitation.reached_at) if invitation.is_for_one else "",
        "form": SignInForm(),
        "trouble": trouble,
    }
    return render(request, "circles/join_sign_in.html", page, status=status)
