"""Animals that are looked after."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="pets",
    label=_("Pets"),
    kind=RequestKind.INSTRUMENTAL,
    order=60,
    example=_("Walk the dog on weekday mornings"),
    doorstep=Doorstep.HELLO,
    minutes=30,
    heading=_("About the animals"),
    asks=(
        Ask("animals", _("Which animals?"), required=True),
        Ask("needs", _("What they need"), help=_("A walk, food, a clean box, company."), most=300),
        Ask("friendly", _("They are fine with strangers"), "tick"),
    ),
)
