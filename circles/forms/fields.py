"""Fields that several forms share."""

import unicodedata
from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import names

# Unicode categories that end a line or steer a terminal.
BREAKS = {"Cc", "Zl", "Zp"}


def plain_breaks(text):
    """`text` with one character for each line break; what is no text as it is."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text


class Line(forms.CharField):
    """One line of words: line breaks and control characters become blanks."""

    def to_python(self, value):
        """The text on one line, without blanks around it."""
        text = super().to_python(value)
        plain = "".join(" " if unicodedata.category(letter) in BREAKS else letter for letter in text)
        return " ".join(plain.split())


class Words(forms.CharField):
    """Several lines of words. A line break is one character, as the reader's browser counts it, though it sends two
    (HTML, "constructing the entry list"); and so it is stored."""

    def __init__(self, *, rows=3, placeholder="", **kwargs):
        widget = forms.Textarea(
            attrs={"rows": rows, "placeholder": placeholder} if placeholder else {"rows": rows}
        )
        # A model's field would bring a textarea of ten lines.
        super().__init__(**{**kwargs, "widget": widget})

    def to_python(self, value):
        """The words with plain line breaks."""
        return plain_breaks(super().to_python(plain_breaks(value)))


class Name(forms.CharField):
    """What a person or a circle is called (`circles.names`). What was stored before passes as it is, unless it is
    to be stored anew (`anew`)."""

    def __init__(self, *, anew=False, **kwargs):
        super().__init__(**{"max_length": 80, **kwargs})
        self.anew, self.stored = anew, None

    def get_bound_field(self, form, field_name):
        """Remember what is called so already."""
        self.stored = None if self.anew else form.get_initial_for_field(self, field_name)
        return super().get_bound_field(form, field_name)

    def to_python(self, value):
        """The name, tidied; an error beside the field when it can't be one."""
        text = super().to_python(value)
        if text and text == self.stored:
            return text
        try:
            return names.fit(text)
        except names.Unfit as unfit:
            raise forms.ValidationError(unfit.words, code="unfit") from None


class Lines(forms.CharField):
    """Several lines of words as a list of them: empty lines and repetitions are left out."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, most, longest, **kwargs):
        """At most `most` lines with at most `longest` characters each."""
        super().__init__(empty_value=[], **kwargs)
        self.most, self.longest = most, longest

    def to_python(self, value):
        """The lines, each without blanks around it."""
        lines = (Line().to_python(line) for line in (super().to_python(value) or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def prepare_value(self, value):
        """One below the other."""
        return "\n".join(value) if isinstance(value, list) else value

    def validate(self, value):
        """Not too many, and none too long."""
        super().validate(value)
        if len(value) > self.most:
            words = _("Up to %(most)d lines, please; these are %(number)d.")
            raise forms.ValidationError(words, params={"most": self.most, "number": len(value)})
        if any(len(line) > self.longest for line in value):
            words = _("Up to %(longest)d characters a line, please.")
            raise forms.ValidationError(words, params={"longest": self.longest})

    def has_changed(self, initial, data):
        """Whether other lines were typed."""
        return (initial or []) != self.to_python(data)


class Clock(forms.TimeField):
    """A time of day, to the minute."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class ZoneField(forms.ChoiceField):
    """An IANA time zone that people live in, or the one that is stored, whatever it is.

    A select in which nothing is chosen sends its first entry. So what is stored is always an entry; and where it is
    no zone any more, the first entry is none, which is refused.
    """

    def __init__(self, *, guess=False, **kwargs):
        """`guess` lets the page take over the browser's own zone while nobody has chosen another."""
        super().__init__(choices=zones, **{"label": _("Time zone"), **kwargs})
        self.guess = guess

    def get_bound_field(self, form, field_name):
        """Offer what is stored, and tell the page if that is only our first guess."""
        stored = form.get_initial_for_field(self, field_name) or ""
        listed = zones()
        if stored not in dict(listed):
            listed = [
                (stored, stored) if stored in available_timezones() else ("", _("Please choose")),
                *listed,
            ]
        self.choices = listed
        if self.guess:
            self.widget.attrs["data-timezone"] = stored
        return super().get_bound_field(form, field_name)


@cache
def zones():
    """(name, readable name) of every zone with a place in it, and UTC."""
    named = (zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [(zone, zone.replace("_", " ")) for zone in sorted([*named, "UTC"])]
