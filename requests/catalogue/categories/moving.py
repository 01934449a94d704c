"""Boxes and furniture."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="moving",
    label=_("Moving"),
    kind=RequestKind.INSTRUMENTAL,
    order=90,
    example=_("Carry boxes on Saturday"),
    doorstep=Doorstep.HELLO,
    minutes=240,
    heading=_("About the move"),
    asks=(
        Ask("start", _("From"), help=_("A part of town is enough; your address stands below.")),
        Ask("to", _("To")),
        Ask("stairs", _("Stairs and lifts")),
        Ask("van", _("A car or van is needed"), "tick"),
    ),
)
