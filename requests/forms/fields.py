"""Fields and pieces that the forms of this room share."""

import datetime as dt
import re
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import HelpRequest
from ..models.series import MOST_HELPERS

FARTHEST = dt.timedelta(days=2 * 366)


class Day(forms.DateField):
    """A day, from a calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Days(forms.CharField):
    """A few days, as the reader's language writes them or as 2026-12-24, with commas or line breaks between."""

    def __init__(self, **kwargs):
        help_text = _("Such as %(day)s; more of them with commas between.") % {"day": "2026-12-24"}
        super().__init__(**{"max_length": 400, "help_text": help_text, **kwargs})

    def to_python(self, value):
        """The dates, each once, in order."""
        words = [word.strip() for word in re.split(r"[,;\n]", super().to_python(value) or "") if word.strip()]
        day = forms.DateField()
        try:
            return sorted({day.to_python(word) for word in words})
        except forms.ValidationError as error:
            said = _("Please write days such as %(day)s, with commas between.") % {"day": "2026-12-24"}
            raise forms.ValidationError(said, code="invalid") from error

    def prepare_value(self, value):
        """What was typed, or the stored dates with commas between."""
        return ", ".join(str(day) for day in value) if isinstance(value, list) else value


class Helpers(forms.IntegerField):
    """How many helpers there is room for."""

    def __init__(self, **kwargs):
        limits = {"min_value": 1, "max_value": MOST_HELPERS, "initial": 1}
        super().__init__(**{"label": _("How many helpers?"), **limits, **kwargs})


class OneTimeKey(forms.UUIDField):
    """What makes a double click one thing: sent along, unseen, and different in every form that is opened."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs):
        super().__init__(**{"initial": uuid.uuid4, **kwargs})


def own_key(key, *owners):
    """The key as it is stored: nobody meets what another made, whatever key they send."""
    return uuid.uuid5(key, ":".join(str(owner.pk) for owner in owners))


def of_request(name, form_class=None, **kwargs):
    """A form field with the label and the limits of the request's field of that name."""
    extra = {"form_class": form_class} if form_class else {}
    field = HelpRequest._meta.get_field(name).formfield(**extra, **kwargs)
    if not isinstance(field.label, str):
        return field
    field.label = field.label[:1].upper() + field.label[1:]
    return field
