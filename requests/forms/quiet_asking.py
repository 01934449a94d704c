"""Asking quietly: nothing that others read may tell the name."""

import re

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from supportnet.notices.text_direction import typed

from ..catalogue import QUIET, Reach, categories_of

# To anybody else a private field would tell the name; not said means those who come (`Reach.said`).
NO_FURTHER = (Reach.KEEPERS, Reach.HELPERS, "", None)


class QuietForm(forms.Form):
    """The choice to ask without one's name, where the category allows it."""

    quietly = forms.BooleanField(
        label=_("Ask quietly"),
        required=False,
        help_text=_(
            "Others read “someone in your circle” until you say yes to somebody; only the keepers of the circle see "
            "your name. The area, and what you write, may still tell who you are: look at them once more."
        ),
    )

    def quiet_categories(self):
        """The categories of this form's kind that may be asked quietly, as `reveal.js` wants them."""
        return " ".join(category for category in categories_of(self.kind) if category in QUIET)

    def said(self):
        """Whether the name stays unsaid, besides what else is said."""
        return super().said() | {"quietly": self.cleaned_data["quietly"]}


class KeepsQuiet(forms.Form):
    """What is asked quietly, now or when it was stored, says so nowhere: not in words, nor by an address."""

    def clean(self):
        """Point at what would tell the name."""
        values = super().clean()
        if values.get("quietly", self.initial.get("quietly")):
            self._refuse_loud_category(values)
            refuse_names(self, values, self._names(values), fields=set(self.texts) - set(self.ladder))
            self._refuse_reach(values)
        return values

    def _refuse_loud_category(self, values):
        if values.get("category") and values["category"] not in QUIET:
            words = _("This can't be asked quietly: whoever helps comes to a home, or to children.")
            self.add_error("quietly" if "quietly" in self.fields else "category", words)

    def _names(self, values):
        """Of whoever asks and of whom it is for, as far as this form knows them."""
        asker = getattr(self, "asker", None)
        known = [asker and asker.name, self.initial.get("whom_is"), values.get("whom_name")]
        return [*self.initial.get("names", ()), *filter(None, known)]

    def _refuse_reach(self, values):
        for name in self.ladder:
            if values.get(f"{name}_reach") not in NO_FURTHER:
                words = _("You ask quietly, and this would tell who you are. Choose those who come.")
                self.add_error(f"{name}_reach", words)


def refuse_names(form, values, names, *, fields):
    """Point at each of the `fields` in which one of the `names` stands."""
    for field in fields:
        if told := name_in(values.get(field), names):
            words = say("“%(name)s” stands here: whoever reads it knows who asks.")
            form.add_error(field, words % typed(name=told))


def name_in(text, names):
    """The first part of the `names` that stands in `text` as a word of its own, or None.

    Upper and lower case count, so that nobody called Will or May has to do without these words.
    """
    words = set(re.findall(r"[\w'’-]+", text)) if isinstance(text, str) else set()
    words |= {part for word in words for part in re.split(r"['’-]", word)}
    parts = (part for name in names for part in name.split() if len(part) > 1)
    return next((part for part in parts if part in words), None)
