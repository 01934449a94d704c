"""What keepers note about members."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

# People change, and a check without an end would never be looked at again.
A_YEAR = dt.timedelta(days=365)
LONGEST = 5 * A_YEAR


class CheckForm(forms.Form):
    """Until when somebody counts as checked; a year from today, unless the keeper says otherwise."""

    until = forms.DateField(
        label=_("Until"),
        help_text=_("The last day on which it holds."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, initial={"until": today + A_YEAR}, **kwargs)
        self.today = today

    def clean_until(self):
        """A day that is still ahead, and not a lifetime away."""
        until = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(_("Choose a day that is still ahead."))
        if until > self.today + LONGEST:
            raise forms.ValidationError(_("Choose a day within five years; it can be noted again then."))
        return until
