"""Telling the keepers that something is not right."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import Words


class ReportForm(forms.Form):
    """What is not right, in the reporter's words, and whether they would rather not see that person any more."""

    reason = Words(
        label=_("What is not right?"),
        max_length=1000,
        rows=5,
        help_text=_("A line or two are enough."),
    )
    block = forms.BooleanField(
        label=_("Block this person as well"),
        required=False,
        help_text=_("Neither of you sees the other any more, and nobody is told why."),
    )

    def __init__(self, *args, may_block=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_block:
            del self.fields["block"]
