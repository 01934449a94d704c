"""Somebody who sits with me."""

from django.utils.translation import gettext_lazy as _

from circles.models.membership import Ring

from ..spec import Doorstep, Entry, RequestKind

entry = Entry(
    value="sit",
    label=_("Sit with me"),
    kind=RequestKind.EMOTIONAL,
    order=30,
    example=_("Sit with me for an hour"),
    doorstep=Doorstep.STAY,
    hour=17,
    minutes=120,
    ring=Ring.INNER,
)
