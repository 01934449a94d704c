"""The mails of this room: what people are told about circles."""

from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register

from .models import Invitation, Membership


@register
class Invited(Kind):
    """Somebody invites a person into a circle."""

    name = "invitation"
    model = Invitation
    related = ("circle", "invited_by")
    label = _("Invitations")


@register
class JoinAsked(Kind):
    """Somebody wants to join; told to keepers."""

    name = "join_asked"
    model = Membership
    related = ("circle", "person")
    label = _("People who want to join")
    topic = "joiners"


@register
class JoinAccepted(Kind):
    """A keeper said yes."""

    name = "join_accepted"
    model = Membership
    related = ("circle", "person")
    label = _("You are in")


@register
class JoinDeclined(Kind):
    """A keeper said no."""

    name = "join_declined"
    model = Membership
    related = ("circle", "person")
    label = _("An answer from a circle")
