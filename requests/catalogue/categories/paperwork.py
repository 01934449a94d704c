"""Forms, letters, calls to offices."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="paperwork",
    label=_("Paperwork"),
    kind=RequestKind.INSTRUMENTAL,
    order=80,
    example=_("Fill in a form together"),
    doorstep=Doorstep.STAY,
    minutes=120,
    safety=_("Look at papers together. Passwords and card numbers stay with you."),
    heading=_("About the paperwork"),
    asks=(
        Ask("what", _("What is it?"), help=_("A form, a letter, a call to an office.")),
        Ask("tongue", _("In which language?"), most=60),
    ),
)
