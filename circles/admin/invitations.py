"""Invitations, for those who keep the circle."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from circles.models import Invitation
from supportnet.panel.admin import Verb, organizers

from .journaled import Journaled, KeptCircle


@admin.register(Invitation, site=organizers)
class InvitationAdmin(Journaled):
    """Ways into the circles, without their secret."""

    list_display = ["__str__", "circle", "invited_by", "uses_left", "expires_at", "revoked_at", "lapsed_at"]
    list_filter = [KeptCircle]
    list_select_related = ["circle", "invited_by"]
    fields = [
        *("circle", "invited_by", "email", "name", "how_they_know"),
        *("ring", "uses_left", "created_at", "expires_at", "revoked_at", "lapsed_at"),
    ]
    verbs = (
        Verb(
            "revoke",
            _("Take it back"),
            lambda invitation, *, by, at: invitation.revoke(by=by, at=at),
            done=_("It opens nothing any more. Whoever joined by it stays."),
            when=lambda invitation: invitation.revoked_at is None,
            hint=_("The link opens nothing any more. Whoever joined by it stays."),
            bulk=True,
        ),
    )
