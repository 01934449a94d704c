"""A few lines."""

from django.utils.translation import gettext_lazy as _

from circles.models.membership import Ring

from ..spec import Entry, RequestKind

entry = Entry(
    value="write",
    label=_("Write to me"),
    kind=RequestKind.EMOTIONAL,
    order=40,
    example=_("A few lines now and then"),
    ring=Ring.INNER,
    may_be_quiet=True,
)
