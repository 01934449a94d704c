"""What no other category names."""

from django.utils.translation import gettext_lazy as _

from ..spec import Doorstep, Entry, RequestKind

entry = Entry(
    value="other",
    label=_("Something else"),
    kind=RequestKind.INSTRUMENTAL,
    order=110,
    example=_("Water the plants while we are away"),
    doorstep=Doorstep.HELLO,
)
