"""Several times at once: which, what is brought, and whether two at one time will do."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line


class SeveralForm(forms.Form):
    """The chosen ones of `slots`, one line for all of them, and another for a day on which it is something else.

    `clashes` says of a slot's id what else is at that time: whoever promises both says that both will do.
    """

    use_required_attribute = False

    slots = forms.TypedMultipleChoiceField(
        label=_("Which times?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one time.")},
    )
    bringing = Line(label=_("What I bring"), max_length=200, required=False)
    note = Line(label=_("A line to the one who asks"), max_length=500, required=False)

    def __init__(self, *args, slots, clashes, **kwargs):
        super().__init__(*args, **kwargs)
        self.clashes = clashes
        self.fields["slots"].choices = [(slot.pk, "") for slot in slots]
        for slot in slots:
            self.fields[f"bringing_{slot.pk}"] = Line(
                label=_("Something else on this day"), max_length=200, required=False
            )
            if clashes.get(slot.pk):
                self.fields[f"both_{slot.pk}"] = forms.BooleanField(label=_("I can do both"), required=False)
        self.times = slots

    def clean(self):
        """Two at one time only if somebody says so."""
        values = super().clean()
        for pk in values.get("slots", ()):
            if self.clashes.get(pk) and not values.get(f"both_{pk}"):
                self.add_error(f"both_{pk}", _("Say that both will do, or leave this time out."))
        return values

    def said(self):
        """What `HelpRequest.claim_several` wants to know, of a valid form."""
        values = self.cleaned_data
        chosen = values["slots"]
        return {
            "bringing": values["bringing"],
            "note": values["note"],
            "brings": {pk: values[f"bringing_{pk}"] for pk in chosen if values[f"bringing_{pk}"]},
            "both_will_do": [pk for pk in chosen if values.get(f"both_{pk}")],
        }

    def rows(self):
        """Of each slot: the slot, its box to tick, what clashes, and its own fields."""
        for slot, box in zip(self.times, self["slots"], strict=True):
            both = f"both_{slot.pk}"
            yield {
                "slot": slot,
                "box": box,
                "clashes": self.clashes.get(slot.pk, ()),
                "bringing": self[f"bringing_{slot.pk}"],
                "both": self[both] if both in self.fields else None,
            }
