"""The choices of whoever asks: how much it matters, what is wanted, when it is needed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Importance(models.TextChoices):
    """How much it matters to whoever asks."""

    NICE = "nice", _("Nice to have")
    HELPS = "helps", _("It would really help")
    NEED = "need", _("I need this")


class Wanted(models.TextChoices):
    """What somebody who asks for emotional support would like."""

    LISTEN = "listen", _("Just listen")
    DISTRACT = "distract", _("Distract me")
    THINK = "think", _("Think of me")
    ADVICE = "advice", _("Advice welcome")


class Timing(models.TextChoices):
    """When help is needed: the form's choice, from which slots are made."""

    ONCE = "once", _("At one time")
    BEFORE = "before", _("Any time before a day")
    WHENEVER = "whenever", _("Whenever suits")
    SERIES = "series", _("On several days")
    NONE = "none", _("No time needed")
