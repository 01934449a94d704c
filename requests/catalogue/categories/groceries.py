"""Something to be fetched."""

from django.utils.translation import gettext_lazy as _

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="groceries",
    label=_("Groceries and errands"),
    kind=RequestKind.INSTRUMENTAL,
    order=50,
    example=_("A bag of groceries this week"),
    doorstep=Doorstep.HELLO,
    safety=_("Nobody needs your card or its number: agree on how the money is given back."),
    heading=_("About the errand"),
    asks=(
        Ask("list", _("What to get"), "words", most=1000),
        Ask("shop", _("Where")),
        Ask(
            "money",
            _("How the money is given back"),
            help=_("In cash at the door, by transfer, nothing to pay."),
        ),
    ),
)
