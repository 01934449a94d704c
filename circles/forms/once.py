"""Forms that make something: pressed twice they make it once, and other words are never taken for the first ones.

Whoever goes back, changes something and sends the page again reads that the first was done, keeps what they typed, and
chooses: change what was made, or send it as one more.
"""

import hashlib
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import SentForm

SENT_ALREADY = _(
    "You have sent this page already, and it was done. What you changed since is below and was not sent. "
    "If you send it now, it is one more."
)
# Left out of the digest: what the page carries along, and what only helps to fill it in.
NOT_SAID = {"form_key", "seen", "find"}


class OneTimeKey(forms.UUIDField):
    """What makes a double click one thing: sent along, unseen, and different in every form that is opened."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs):
        super().__init__(**{"initial": uuid.uuid4, **kwargs})


def own_key(key, *owners, words=""):
    """The key as it is stored: nobody meets what another made, whatever key they send.

    With `words`, what is written differently by whoever went back to the form is not the same thing.
    """
    return uuid.uuid5(key, ":".join([*(str(owner.pk) for owner in owners), *([words] if words else [])]))


class OnceForm(forms.Form):
    """`by` is who fills it in; the view notes what was done (`SentForm.objects.note`).

    `makes_another` names fields of which another value is asking for another thing: another name, another circle.
    """

    makes_another = ()
    sent = None  # what the same page made before, where that said something else

    form_key = OneTimeKey()

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    @property
    def once(self):
        """The key of what this makes for `by`. Only of a form whose key can be read."""
        another = ":".join(str(self.cleaned_data.get(name, "")) for name in self.makes_another)
        return own_key(self.cleaned_data["form_key"], self.by, words=another)

    @property
    def digest(self):
        """A digest of all that is said, as it was sent."""
        sent = sorted((name, str(self._sent(name))) for name in self.fields if name not in NOT_SAID)
        return hashlib.sha256(repr(sent).encode()).hexdigest()[:16]

    def _sent(self, name):
        widget = self.fields[name].widget
        return widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def clean(self):
        """Say so where the page was sent before and said something else; its next press is another thing."""
        values = super().clean() or self.cleaned_data
        if "form_key" in values:
            sent = self.sent_before()
            if sent and sent.said != self.digest:
                self.sent, self.data = sent, self.data.copy()
                self.data[self.add_prefix("form_key")] = str(uuid.uuid4())
                self.add_error(None, forms.ValidationError(SENT_ALREADY, code="sent"))
        return values

    def sent_before(self):
        """The `SentForm` of an earlier press, or None."""
        return SentForm.objects.filter(pk=self.once).first()
