"""Where a member stands in a circle, what they may do, and how they hear of things."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ring(models.IntegerChoices):
    """How near a member stands. Only the circle's keepers see it."""

    INNER = 1, _("Inner")
    CLOSE = 2, _("Close")
    EVERYONE = 3, _("Everyone")


class Role(models.TextChoices):
    """What a member may do. "keeper" sorts before "member"."""

    KEEPER = "keeper", _("Keeper")
    MEMBER = "member", _("Member")


class Hears(models.TextChoices):
    """How a member is told of new requests in this circle."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    NEVER = "never", _("Not by mail")


class CircleKind(models.TextChoices):
    """The three presets of a circle."""

    PERSONAL = "personal", _("For me")
    CARE = "care", _("Around someone")
    COMMUNITY = "community", _("Our community")


class JoinRule(models.TextChoices):
    """How somebody comes into a circle who was not invited by name."""

    INVITATION = "invitation", _("By invitation only")
    APPROVAL = "approval", _("They ask, and a keeper says yes")
    OPEN = "open", _("Open to everybody who finds it")
