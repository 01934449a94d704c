"""Fields and pieces that the forms of this room share."""

import datetime as dt
import re

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import HelpRequest
from ..models.series import MOST_HELPERS

# Nobody plans help for longer; a typed year of 2206 is a slip.
FARTHEST = dt.timedelta(days=2 * 366)
# Between two days; but the comma of "Dec 24, 2026" is none.
BETWEEN_DAYS = re.compile(r"[,،](?!\s*\d{4}\s*(?:[,،;؛\n]|$))|[;؛\n]")
# The example in what is said to whoever types days.
SUCH_AS = {"day": "2026-12-24"}


class Day(forms.DateField):
    """A day, from a calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Days(forms.CharField):
    """A few days, as the reader's language writes them or as 2026-12-24, with commas or line breaks between."""

    def __init__(self, **kwargs):
        help_text = _("Such as %(day)s; more of them with commas between.") % SUCH_AS
        super().__init__(**{"max_length": 400, "help_text": help_text, **kwargs})

    def to_python(self, value):
        """The dates, each once, in order."""
        words = (word.strip() for word in BETWEEN_DAYS.split(super().to_python(value) or ""))
        return sorted({self._day(word) for word in words if word})

    def _day(self, word):
        try:
            return forms.DateField().to_python(word)
        except forms.ValidationError as error:
            said = _("“%(word)s” is no day that can be read. Please write days such as %(day)s.")
            raise forms.ValidationError(said, params={"word": word, **SUCH_AS}, code="invalid") from error


class TickedDays(forms.MultipleChoiceField):
    """Some of the days that are offered (`choices`). Whatever was offered before may be ticked as well."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value):
        """The dates, each once, in order."""
        day = forms.DateField(input_formats=["%Y-%m-%d"])
        return sorted({day.to_python(word) for word in super().to_python(value)})

    def validate(self, value):
        """The form knows which days there are."""


def as_it_stands(form, name):
    """What the form's field says so far, before anything is checked; None as long as it can't be read."""
    try:
        return form.fields[name].clean(form[name].value())
    except forms.ValidationError:
        return None


class Helpers(forms.IntegerField):
    """How many helpers there is room for."""

    def __init__(self, **kwargs):
        limits = {"min_value": 1, "max_value": MOST_HELPERS, "initial": 1}
        super().__init__(**{"label": _("How many helpers?"), **limits, **kwargs})


def of_request(name, form_class=None, **kwargs):
    """A form field with the label and the limits of the request's field of that name."""
    extra = {"form_class": form_class} if form_class else {}
    field = HelpRequest._meta.get_field(name).formfield(**extra, **kwargs)
    if not isinstance(field.label, str):
        return field
    field.label = field.label[:1].upper() + field.label[1:]
    return field
