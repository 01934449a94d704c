"""Forms about what others may change, too: each carries what its reader saw.

An older tab must not undo what was saved since. What its reader did not touch takes the newer value, what both touched
is shown beside the field, and nothing is saved before the reader has seen it so: optimistic locking, field by field.
"""

import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Above the form whenever anything was saved meanwhile; the next one stands beside a field that both changed.
LOOK_AGAIN = _(
    "Somebody changed this after you opened the page. Below is how it stands now, with what you changed; "
    "please look once more, then save."
)
IT_NOW_SAYS = _("Somebody changed this meanwhile. It now says: %(text)s")
NOTHING = _("nothing")


class Seen(forms.CharField):
    """What the reader saw; nothing that they say."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        """It is never what was changed."""
        return False


class SeenForm(forms.Form):
    """`seen` holds a digest of each stored value that the page showed; `not_stored` names fields that show none."""

    not_stored = ()
    has_caught_up = False  # whether something was saved since the reader opened the page
    seen = Seen(required=False)

    def get_initial_for_field(self, field, field_name):
        """Of `seen` what stands there now."""
        return self._now() if field_name == "seen" else super().get_initial_for_field(field, field_name)

    def full_clean(self):
        """Before anything is read, take over what was saved since in fields that the reader did not touch."""
        self._conflicts = {}
        seen = self.data.get(self.add_prefix("seen"), "")
        if seen and seen != (now := self._now()):
            self._catch_up(_digests(seen), _digests(now))
            self.data[self.add_prefix("seen")] = now
        super().full_clean()

    def clean(self):
        """Nothing is saved that the reader has not seen so."""
        values = super().clean() or self.cleaned_data
        values.pop("seen", None)
        for name, text in self._conflicts.items():
            if name in self.fields:
                self.add_error(name, ValidationError(IT_NOW_SAYS, params={"text": text}, code="changed"))
        if self.has_caught_up:
            self.add_error(None, ValidationError(LOOK_AGAIN, code="changed"))
        return values

    def _stored(self):
        """{name: field} of what the form shows of the row."""
        others = {"seen", *self.not_stored}
        return {name: field for name, field in self.fields.items() if name not in others}

    def _now(self):
        digests = (
            f"{name}:{_digest(field, self.get_initial_for_field(field, name))}"
            for name, field in self._stored().items()
        )
        return " ".join(digests)

    def _catch_up(self, was, now):
        self.data, self.has_caught_up = self.data.copy(), True
        for name, field in self._stored().items():
            if was.get(name) != now[name]:
                self._take_over_or_ask(name, field, was.get(name), now[name])

    def _take_over_or_ask(self, name, field, was, now):
        typed = self._typed(name, field)
        stored = self.get_initial_for_field(field, name)
        if typed == was:
            self.data.setlist(self.add_prefix(name), _as_sent(field, stored))
        elif typed != now:
            self._conflicts[name] = _in_words(field, stored) or NOTHING

    def _typed(self, name, field):
        """The digest of what was sent; None of what can't be read."""
        sent = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        try:
            return _digest(field, field.to_python(sent))
        except ValidationError:
            return None


def _digests(seen):
    """{name: digest} of what `seen` says."""
    return dict(pair.split(":", 1) for pair in seen.split() if ":" in pair)


def _as_sent(field, value):
    """The values under the field's name with which a browser sends the stored `value` back."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    shown = field.widget.format_value(field.prepare_value(value))
    if shown is None:
        return []
    return [str(one) for one in shown] if isinstance(shown, (list, tuple)) else [str(shown)]


def _digest(field, value):
    sent = "\n".join(sorted(_as_sent(field, value))).strip()
    return hashlib.sha256(sent.encode()).hexdigest()[:8]


def _in_words(field, value):
    """The stored `value` as its reader knows it."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    labels = dict(getattr(field, "choices", ()) or ())
    sent = _as_sent(field, value)
    return ", ".join(str(labels.get(one, one)).partition("\n")[0] for one in sent if one)
