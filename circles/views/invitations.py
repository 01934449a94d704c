"""Inviting: by mail to one person, by link to many."""

import datetime as dt

import segno
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from supportnet.notices import kinds, rendering
from supportnet.notices.models import Notice
from supportnet.notices.text_direction import typed

from ..forms import InviteForm, LinkForm
from ..models import Invitation, SentForm, StruckOut
from ..models.exceptions import InvitationWithoutConsent
from .access import for_keepers, safe_next, while_in_use
from .circle import they_struck_out

# The newest: a circle that invites more within a month does not see all that are open.
LONGEST_LIST = 100


@for_keepers
@while_in_use
def circle_invite(request, circle):
    """Write an invitation, see it as it will be sent, send it; or prepare it until the circle's yes is there."""
    if not circle.is_agreed and circle.consent.declined_at:
        return redirect("circle_consent", circle.pk)
    form = InviteForm(request.POST or None, by=request.user)
    if form.is_valid():
        if "send" in request.POST:
            return _send(request, circle, form)
        if "change" not in request.POST:
            return _preview(request, circle, form)
    page = {"circle": circle, "form": form}
    return render(request, "circles/invite.html", page, status=422 if form.errors else 200)


def _preview(request, circle, form):
    letter = _letter(
        Invitation.objects.prepare(circle=circle, by=request.user, at=timezone.now(), **form.cleaned_data)
    )
    return render(request, "circles/invite_preview.html", {"circle": circle, "form": form, "letter": letter})


def _letter(invitation):
    """The mail as somebody gets it who has no account: whether they have one is not the keeper's to know."""
    notice = Notice(kind="invitation", address=invitation.email, cause_id=0, key="preview")
    letter = rendering.compose(kinds.find("invitation"), [notice], [invitation], at=invitation.created_at)
    letter.body = letter.body.replace(invitation.token, "…")
    return letter


def _send(request, circle, form):
    at = timezone.now()
    try:
        invitation = circle.invite(by=request.user, at=at, **form.cleaned_data)
    except StruckOut:
        form.add_error("email", they_struck_out(circle))
        return render(request, "circles/invite.html", {"circle": circle, "form": form}, status=422)
    SentForm.objects.note(form, page=reverse("circle_invitations", args=[circle.pk]), at=at)
    words = (
        _("The invitation to %(name)s is on its way.")
        if circle.is_agreed
        else _("Prepared. The mail to %(name)s goes out once there is a yes.")
    )
    messages.success(request, words % typed(name=invitation.name))
    return redirect("circle_invitations", circle.pk)


@for_keepers
@while_in_use
def circle_link(request, circle):
    """A link and its picture for a phone's camera; a keeper admits each person who follows it."""
    if not circle.is_agreed:
        return redirect("circle_consent", circle.pk)
    form = LinkForm(request.POST or None, by=request.user)
    if form.is_valid():
        return _open_link(request, circle, form)
    at = timezone.now()
    page = {"circle": circle, "form": form, "links": _open_links(circle, at), "at": at}
    return render(request, "circles/link.html", page, status=422 if form.errors else 200)


def _open_link(request, circle, form):
    at, wanted = timezone.now(), form.cleaned_data
    circle.open_link(
        by=request.user,
        at=at,
        expires_at=at + dt.timedelta(days=wanted["days"]),
        uses=wanted["uses"],
        form_key=wanted["form_key"],
    )
    SentForm.objects.note(form, page=reverse("circle_link", args=[circle.pk]), at=at)
    messages.success(request, _("The link is open."))
    return redirect("circle_link", circle.pk)


def _open_links(circle, at):
    links = list(circle.invitations.usable(at).filter(email="")[:LONGEST_LIST])
    for link in links:
        link.qr = qr_code(link.url)
    return links


def qr_code(url):
    """The address as an SVG that stands in the page: without style, script or anything from outside."""
    drawn = segno.make(url, error="m").svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(drawn)  # noqa: S308 (segno draws from numbers alone; the address is not in it as text)


@for_keepers
def circle_invitations(request, circle):
    """What was sent and what is open, newest first. One query."""
    at = timezone.now()
    invitations = list(circle.invitations.select_related("invited_by")[:LONGEST_LIST])
    for invitation in invitations:
        invitation.stands = _how_it_stands(invitation, at)
    has_lapsed = any(invitation.stands == "lapsed" for invitation in invitations)
    page = {"circle": circle, "invitations": invitations, "has_lapsed": has_lapsed}
    return render(request, "circles/invitations.html", page)


def _how_it_stands(invitation, at):
    if invitation.uses_left == 0:
        return "used"
    if invitation.revoked_at:
        return "revoked"
    if invitation.lapsed_at:
        return "lapsed"
    return "open" if invitation.expires_at > at else "expired"


@require_POST
@for_keepers
def invitation_revoke(request, circle, invitation_pk):
    """Take an invitation back; whoever came by it stays."""
    invitation = get_object_or_404(circle.invitations, pk=invitation_pk)
    invitation.revoke(by=request.user, at=timezone.now())
    messages.success(request, _("Taken back. Whoever has joined by it stays."))
    return redirect(safe_next(request, otherwise=f"{circle.get_absolute_url()}invitations/"))


@require_POST
@for_keepers
@while_in_use
def invitation_renew(request, circle, invitation_pk):
    """Invite again, in one's own name, whom a former keeper had invited."""
    invitation = get_object_or_404(circle.invitations.lapsed(), pk=invitation_pk)
    try:
        invitation.make_anew(by=request.user, at=timezone.now())
    except StruckOut:
        messages.error(request, they_struck_out(circle))
    except InvitationWithoutConsent:
        return redirect("circle_consent", circle.pk)
    else:
        messages.success(request, _("Invited again, in your name."))
    return redirect("circle_invitations", circle.pk)
