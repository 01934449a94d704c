"""Fields and pieces that the forms of this room share."""

import datetime as dt
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import HelpRequest
from ..models.slot import MOST_HELPERS

FARTHEST = dt.timedelta(days=2 * 366)


class Words(forms.CharField):
    """Several lines of words; every line break is one character, whatever the browser sends."""

    def __init__(self, *, rows=3, placeholder="", **kwargs):
        widget = forms.Textarea(attrs={"rows": rows, "placeholder": placeholder})
        # A model's field would bring a textarea of ten lines.
        super().__init__(**{**kwargs, "widget": widget})

    def to_python(self, value):
        """The words with plain line breaks."""
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class Day(forms.DateField):
    """A day, from a calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


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
