"""Somewhere together."""

from django.utils.translation import gettext_lazy as _

from circles.models.membership import Ring

from ..spec import Doorstep, Entry, RequestKind

entry = Entry(
    value="along",
    label=_("Come along"),
    kind=RequestKind.EMOTIONAL,
    order=50,
    example=_("Come to the choir with me"),
    doorstep=Doorstep.HELLO,
    minutes=120,
    ring=Ring.INNER,
    may_be_quiet=True,
)
