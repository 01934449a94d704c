"""A prayer or a thought."""

from django.utils.translation import gettext_lazy as _

from circles.models.membership import Ring

from ..spec import Entry, RequestKind

entry = Entry(
    value="thought",
    label=_("A prayer or a thought"),
    kind=RequestKind.EMOTIONAL,
    order=60,
    example=_("Think of me on Monday morning"),
    ring=Ring.INNER,
    may_be_quiet=True,
)
