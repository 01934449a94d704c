"""Changing and calling off times."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line
from circles.forms.seen import SeenForm

from ..models import Timing
from .claim import ReasonForm
from .times import SCOPES, WHOLE_DAY, TimeForm


class ScopeForm(forms.Form):
    """How much of a series is meant; of a slot that is in none, always itself."""

    scope = forms.ChoiceField(
        label=_("What do you mean?"), choices=SCOPES, initial="one", widget=forms.RadioSelect
    )

    @property
    def is_one(self):
        """Whether only this one slot is meant."""
        return self.cleaned_data.get("scope", "one") == "one"

    def since(self, slot):
        """The original date from which on the series is meant; None for all that is to come."""
        return slot.original_date if self.cleaned_data["scope"] == "later" else None


class ChangeForm(SeenForm, ScopeForm, TimeForm):
    """Another time or other room for one slot, or another time of day for more of its series."""

    field_order = ["scope"]
    not_stored = ("scope", "because")

    because = Line(
        label=_("A word to those who come"),
        max_length=200,
        required=False,
        help_text=_("They read it in the mail that tells them."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.was.series_id is None:
            del self.fields["scope"]

    def clean(self):
        """Of several slots only the time of day can be changed at once."""
        values = super().clean()
        if not self.errors and not self.is_one:
            if values["timing"] != Timing.ONCE or "date" in self.changed_data:
                self.add_error("scope", _("Another day can only be chosen for this one time."))
        return values

    @property
    def says_room(self):
        """Whether there is to be room for another number of helpers."""
        return bool({"helpers", "no_limit"} & set(self.changed_data))

    def time_of_day(self):
        """What `Series.move` wants."""
        if self.cleaned_data["all_day"]:
            return WHOLE_DAY
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        day = dt.date(2000, 1, 1)
        minutes = (dt.datetime.combine(day, end) - dt.datetime.combine(day, start)).seconds // 60
        return {"local_start": start, "minutes": minutes}


class CallOffForm(ScopeForm, ReasonForm):
    """Which times are called off, and why."""

    def __init__(self, *args, slot, **kwargs):
        super().__init__(*args, **kwargs)
        if slot.series_id is None:
            del self.fields["scope"]
