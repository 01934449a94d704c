"""Looking for somebody by name."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line

LARGEST = 2**63 - 1  # what a number of a row can be


class NameForm(forms.Form):
    """A part of a name, and the circle in which one looks; nothing is everybody."""

    q = Line(
        label=_("Who is it about?"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "class": "list__main"}),
    )
    circle = forms.IntegerField(
        required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput, localize=False
    )

    def wanted(self):
        """What `met.met_by` wants; everybody while the form is wrong."""
        said = self.cleaned_data if self.is_valid() else {}
        return {"name": said.get("q", ""), "circle": said.get("circle")}
