"""An hour or three with the children. Names do not belong here."""

from django.utils.translation import gettext_lazy as _

from circles.models.membership import Ring

from ..spec import Ask, Doorstep, Entry, RequestKind

entry = Entry(
    value="childcare",
    label=_("Childcare"),
    kind=RequestKind.INSTRUMENTAL,
    order=40,
    example=_("Two hours with the children on Tuesday"),
    doorstep=Doorstep.STAY,
    hour=15,
    minutes=180,
    ring=Ring.INNER,
    needs_checked=True,
    safety=_(
        "Two adults together are a good rule. Leave a number that somebody answers, "
        "and say who else may fetch the children."
    ),
    heading=_("About the children"),
    asks=(
        Ask("ages", _("How old are the children?"), help=_("Ages only, no names."), required=True, most=100),
        Ask("two_adults", _("Always two adults together"), "tick"),
        Ask("like", _("What they like to do"), most=200),
    ),
)
