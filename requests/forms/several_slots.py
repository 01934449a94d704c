"""Several times at once: which, what is brought, and whether two at one time will do."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line

from ..models.bringing import MOST_TOGETHER
from .claim import BringForm, company, too_few

# Two months of daily times, on one page.
MOST = 60


class SeveralForm(BringForm):
    """The chosen ones of `times` (slots), what is brought to all of them, and on which day it is something else.

    `clashes` says of a slot's id what else is at that time: whoever promises both says that both will do. `read` is
    pressed by whoever has read the gentle words about what they bring.
    """

    use_required_attribute = False

    slots = forms.TypedMultipleChoiceField(
        label=_("Which times?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one time.")},
    )
    read = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, times, clashes, **kwargs):
        super().__init__(*args, **kwargs)
        self.times, self.clashes = times, clashes
        self.fields["slots"].choices = [(slot.pk, "") for slot in times]
        if any(slot.has_room_for(2) for slot in times) or self.data.get("party_size") not in (None, "", "1"):
            self.fields["party_size"] = company(room=MOST_TOGETHER)
        for slot in times:
            self._add_fields_of(slot.pk)

    def _add_fields_of(self, pk):
        self.fields[f"party_size_{pk}"] = company(room=MOST_TOGETHER)
        self.fields[f"party_size_{pk}"].label = _("How many of you come that day?")
        self.fields[f"party_size_{pk}"].initial = None
        if "dish" in self.fields:
            kinds = self.fields["dish"].choices
            self.fields[f"dish_{pk}"] = forms.ChoiceField(
                label=_("What kind of dish is it?"), choices=kinds, required=False
            )
        self.fields[f"bringing_{pk}"] = Line(label=_("What I bring that day"), max_length=200, required=False)
        if self.clashes.get(pk):
            self.fields[f"both_{pk}"] = forms.BooleanField(label=_("I can do both"), required=False)

    def clean_slots(self):
        """Not more than one can mean: all are promised in one go."""
        chosen = self.cleaned_data["slots"]
        if len(chosen) > MOST:
            words = _("Up to %(most)d times at once, please; these are %(number)d.")
            raise forms.ValidationError(words, params={"most": MOST, "number": len(chosen)})
        return chosen

    def clean(self):
        """Two at one time only if somebody says so."""
        values = super().clean()
        for pk in values.get("slots", ()):
            if self.clashes.get(pk) and not values.get(f"both_{pk}"):
                self.add_error(f"both_{pk}", _("Say that both will do, or leave this time out."))
        for slot in self.times:
            if slot.pk in values.get("slots", ()):
                self._require_room(slot, self._party(slot.pk))
        return values

    def _party(self, pk):
        return self.cleaned_data.get(f"party_size_{pk}") or self.cleaned_data.get("party_size") or 1

    def _require_room(self, slot, party_size):
        """A party is never made smaller without a word: they say how many come that day, or leave the time out."""
        if not slot.is_full and not slot.has_room_for(party_size):
            self.add_error(f"party_size_{slot.pk}", too_few(slot.room, party_size))

    def said(self):
        """What `HelpRequest.claim_several` wants to know, of a valid form."""
        values = self.cleaned_data
        common = {
            name: values[name] for name in ("bringing", "note", "dish", "portions") if name in self.fields
        }
        return {
            **common,
            "party_size": values.get("party_size") or 1,
            "otherwise": {pk: own for pk in values["slots"] if (own := self._own(pk) | self._own_party(pk))},
            "both_will_do": [pk for pk in values["slots"] if values.get(f"both_{pk}")],
        }

    def _own(self, pk):
        """What is said of one day alone: where there is something, it stands for all that is brought then."""
        names = [name for name in ("bringing", "dish") if f"{name}_{pk}" in self.fields]
        own = {name: self.cleaned_data[f"{name}_{pk}"] for name in names}
        return own if any(own.values()) else {}

    def _own_party(self, pk):
        own = self.cleaned_data.get(f"party_size_{pk}")
        return {"party_size": own} if own else {}

    def rows(self):
        """Of each slot: the slot, its box to tick, what clashes, and its own fields."""
        for slot, box in zip(self.times, self["slots"], strict=True):
            own = {name: self._field(name, slot.pk) for name in ("dish", "bringing", "both", "party_size")}
            is_own = any(
                field and (field.value() or field.errors) for field in (own["dish"], own["bringing"])
            )
            clashes = self.clashes.get(slot.pk, ())
            yield {"slot": slot, "box": box, "clashes": clashes, "is_own": is_own, **own}

    def _field(self, name, pk):
        name = f"{name}_{pk}"
        return self[name] if name in self.fields else None
