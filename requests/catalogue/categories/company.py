"""Somebody beside me at an appointment."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="company",
    label=_("Company to an appointment"),
    kind=RequestKind.INSTRUMENTAL,
    order=30,
    example=_("Sit beside me in the waiting room"),
    doorstep=Doorstep.HELLO,
    minutes=120,
    may_be_quiet=True,
    safety=_("What is said there stays there."),
    heading=_("About the appointment"),
    asks=(
        Ask("where", _("Where is it?"), help=_("A part of town is enough.")),
        Ask("comes_in", _("Please come in with me"), "tick"),
        Ask("ride_too", _("I need a ride there too"), "tick"),
    ),
)
