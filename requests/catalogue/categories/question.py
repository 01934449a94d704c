"""A question to people who may have been through it."""

from django.utils.translation import gettext_lazy as _

from ..spec import Entry, RequestKind

entry = Entry(
    value="question",
    label=_("A question"),
    kind=RequestKind.INFORMATIONAL,
    order=10,
    example=_("How did you choose a care home?"),
    may_be_quiet=True,
)
