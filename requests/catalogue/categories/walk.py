"""A walk together."""

from django.utils.translation import gettext_lazy as _

from circles.models.membership import Ring

from ..spec import Entry, RequestKind

entry = Entry(
    value="walk",
    label=_("A walk"),
    kind=RequestKind.EMOTIONAL,
    order=20,
    example=_("A walk by the river this week"),
    hour=17,
    ring=Ring.INNER,
    may_be_quiet=True,
)
