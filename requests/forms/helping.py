"""How somebody likes to help."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.seen import SeenForm

from ..catalogue import HABITS
from .fields import FARTHEST, Day
from .series import WEEKDAYS


class HelpingForm(SeenForm):
    """What a `person` likes to do, which days suit, how often, and until when they take a break."""

    use_required_attribute = False

    does = forms.MultipleChoiceField(
        label=_("I like to help with"),
        required=False,
        choices=[(c.value, c.label) for c in HABITS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You hear of these only. Choose nothing, and you hear of everything."),
    )
    free_on = forms.TypedMultipleChoiceField(
        label=_("Days that suit me"),
        required=False,
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("On other days others are asked before you."),
    )
    most_a_month = forms.IntegerField(
        label=_("At most so often a month"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_("Beyond that we ask whether you are sure, and suggest you to nobody."),
    )
    break_until = Day(
        label=_("I take a break until"),
        required=False,
        help_text=_("No reason needed. You hear of nothing new; what you promised stands."),
    )

    def __init__(self, *args, person, today, **kwargs):
        stored = {name: getattr(person, name) for name in ("does", "free_on", "most_a_month", "break_until")}
        if stored["break_until"] and stored["break_until"] < today:
            stored["break_until"] = None
        super().__init__(*args, initial=stored, **kwargs)
        self.today = today

    def clean_break_until(self):
        """A day that is still ahead and not a lifetime away; without one there is no break."""
        until = self.cleaned_data["break_until"]
        if until and not self.today <= until <= self.today + FARTHEST:
            raise forms.ValidationError(_("Please choose a day within the next two years."))
        return until
