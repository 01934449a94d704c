"""Fields that several forms share."""

import unicodedata
from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

BREAKS = {"Cc", "Zl", "Zp"}


class Line(forms.CharField):
    """One line of words: line breaks and control characters become blanks."""

    def to_python(self, value):
        """The text on one line, without blanks around it."""
        text = super().to_python(value)
        plain = "".join(" " if unicodedata.category(letter) in BREAKS else letter for letter in text)
        return " ".join(plain.split())


class Clock(forms.TimeField):
    """A time of day, to the minute."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class ZoneField(forms.ChoiceField):
    """An IANA time zone that people live in."""

    def __init__(self, *, guess=False, **kwargs):
        """`guess` lets the page take over the browser's own zone while nobody has chosen another."""
        super().__init__(choices=zones, **{"label": _("Time zone"), **kwargs})
        self.guess = guess

    def get_bound_field(self, form, field_name):
        """Tell the page which value is only our first guess."""
        if self.guess:
            self.widget.attrs["data-timezone"] = form.get_initial_for_field(self, field_name)
        return super().get_bound_field(form, field_name)


@cache
def zones():
    """(name, readable name) of every zone with a place in it, and UTC."""
    named = (zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [(zone, zone.replace("_", " ")) for zone in sorted([*named, "UTC"])]
