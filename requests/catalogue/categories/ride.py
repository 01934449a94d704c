"""From one place to another, and back."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="ride",
    label=_("Ride"),
    kind=RequestKind.INSTRUMENTAL,
    order=20,
    example=_("To the clinic and back on Friday"),
    doorstep=Doorstep.HELLO,
    minutes=120,
    safety=_("Children need their own seat, and everybody a belt."),
    heading=_("About the ride"),
    asks=(
        Ask("start", _("From"), help=_("A part of town is enough; your address stands below.")),
        Ask("to", _("To"), required=True),
        Ask("back", _("And back again"), "tick"),
        Ask(
            "back_at",
            _("The way back begins at"),
            "clock",
            help=_("Then the way back is a time of its own: somebody else may take it."),
        ),
        Ask("wheelchair", _("Room for a wheelchair"), "tick"),
        Ask("child_seat", _("A child seat"), "tick"),
    ),
)
