"""What somebody does for a living or with love, as a gift."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="service",
    label=_("A gifted service"),
    kind=RequestKind.INSTRUMENTAL,
    order=100,
    example=_("A haircut at home"),
    doorstep=Doorstep.HELLO,
    heading=_("About the service"),
    asks=(
        Ask(
            "what",
            _("What would you like?"),
            help=_("A haircut, a massage, a photograph, an hour of teaching."),
        ),
    ),
)
