"""Something to be done in the house."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="chores",
    label=_("Chores and repairs"),
    kind=RequestKind.INSTRUMENTAL,
    order=70,
    example=_("Mend the kitchen tap"),
    doorstep=Doorstep.HELLO,
    minutes=120,
    safety=_("Electricity and gas are for people who do it for a living."),
    heading=_("About the work"),
    asks=(
        Ask("tools", _("The tools are there"), "tick"),
        Ask("heavy", _("It is heavy work"), "tick"),
    ),
)
