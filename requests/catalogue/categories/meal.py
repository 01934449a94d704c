"""A meal for a family."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="meal",
    label=_("Meals"),
    kind=RequestKind.INSTRUMENTAL,
    order=10,
    example=_("Supper for four on Thursday"),
    doorstep=Doorstep.LEAVE,
    hour=18,
    safety=_("Say what must not be in it. Nobody can promise that a kitchen is free of traces."),
    heading=_("About the meal"),
    asks=(
        Ask("people", _("For how many people?"), "number", most=50),
        Ask(
            "portions",
            _("Portions"),
            help=_("Small ones for children, or one more for the freezer."),
            most=100,
        ),
        Ask(
            "diet",
            _("Diet and allergies"),
            help=_("What must not be in it comes first. Everybody who sees the request sees this."),
            most=200,
        ),
        Ask("likes", _("What everybody likes"), most=200),
    ),
)
