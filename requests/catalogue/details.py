"""What a category asks besides: a small form each, made from its file; cleaned into `HelpRequest.details`."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Clock, Line, Words

from . import HABITS


def _field(ask):
    """The form field of one `spec.Ask`."""
    usual = {"label": ask.label, "help_text": ask.help, "required": ask.required}
    if ask.shape == "tick":
        return forms.BooleanField(**usual)
    if ask.shape == "number":
        return forms.IntegerField(**usual, min_value=1, max_value=ask.most)
    if ask.shape == "clock":
        return Clock(**usual)
    if ask.shape == "words":
        return Words(**usual, max_length=ask.most)
    return Line(**usual, max_length=ask.most)


def _form(entry):
    return type(f"{entry.value.title()}Details", (forms.Form,), {ask.name: _field(ask) for ask in entry.asks})


# Categories that ask nothing besides have no form: whoever looks one up has to expect that.
DETAILS = {category: _form(entry) for category, entry in HABITS.items() if entry.asks}


def said(values):
    """What somebody filled in, of the cleaned values of one of these forms."""
    return {
        name: value.strftime("%H:%M") if isinstance(value, dt.time) else value
        for name, value in values.items()
        if value not in (None, "", False)
    }


def in_words(help_request):
    """(label, value) of each detail of `help_request`, in the order of the form."""
    return [(label, value) for _name, label, value in named(help_request)]


def named(help_request):
    """The same with the name of each detail before it."""
    form = DETAILS.get(help_request.category)
    fields = form.base_fields.items() if form else ()
    told = [(name, field.label, help_request.details.get(name)) for name, field in fields]
    return [(name, label, _("yes") if value is True else value) for name, label, value in told if value]
