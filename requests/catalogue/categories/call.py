"""A call, just to talk."""

from django.utils.translation import gettext_lazy as _

from circles.models.membership import Ring

from ..spec import Entry, RequestKind

entry = Entry(
    value="call",
    label=_("A listening ear"),
    kind=RequestKind.EMOTIONAL,
    order=10,
    example=_("A call one evening, just to talk"),
    hour=19,
    minutes=30,
    ring=Ring.INNER,
    may_be_quiet=True,
)
