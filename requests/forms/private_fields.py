"""What only some may see: the fields of the ladder, each with the question who that is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..catalogue import Reach

# The question beside each field of the ladder.
WHO_SEES = {
    "address": _("Who sees the address?"),
    "way_in": _("Who sees the way in?"),
    "phone": _("Who sees the phone number?"),
    "medical_note": _("Who sees the medical note?"),
    "children": _("Who sees the children's names?"),
    "away": _("Who sees when nobody is home?"),
}
# Behind a line of its own in the form; the others stand with the place.
MORE = ("medical_note", "children", "away")


class LadderForm(forms.Form):
    """`ladder` names its private fields. Each has another beside it, `<name>_reach`; only what is unusual is stored."""

    ladder = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stored = self.initial.get("reaches")
        self.stored = stored if isinstance(stored, dict) else {}
        for name in self.ladder:
            self.fields[f"{name}_reach"] = forms.ChoiceField(
                label=WHO_SEES[name], choices=Reach.choices, required=False
            )
            # What nobody says is what is usual: nothing that one may leave out.
            self.fields[f"{name}_reach"].needed = True
            self.initial.setdefault(f"{name}_reach", Reach.said(self.stored, name))

    def more_is_open(self):
        """Whether the page shows what else helpers may need: once something stands there, or needs another look."""
        more = [self[name] for name in self.ladder if name in MORE]
        return any(field.value() or field.errors or self[f"{field.name}_reach"].errors for field in more)

    def place_reach_is_open(self):
        """Whether the page shows who sees the rest: once somebody chose that, or needs to look again."""
        reaches = [self[f"{name}_reach"] for name in self.ladder if name not in MORE]
        return any(field.errors or field.value() not in ("", None, Reach.HELPERS) for field in reaches)

    def said(self):
        """Who sees what, besides what else is said."""
        chosen = {name: self.cleaned_data[f"{name}_reach"] or Reach.HELPERS for name in self.ladder}
        unusual = {name: str(reach) for name, reach in chosen.items() if reach != Reach.HELPERS}
        others = {name: reach for name, reach in self.stored.items() if name not in self.ladder}
        return super().said() | {"reaches": others | unusual}
