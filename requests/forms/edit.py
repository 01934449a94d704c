"""Changing what was asked: the texts, with the version that the page was opened with."""

from django import forms

from ..catalogue import Reach
from ..models import HelpRequest
from .texts import EmotionalTexts, PracticalTexts, QuestionTexts


class VersionForm(forms.Form):
    """An old copy is known by its version."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def said_otherwise(self, help_request):
        """(label, what stands there now, what was typed) of each text in which the two differ."""
        theirs = {name: getattr(help_request, name) for name in self.said()}
        return [
            (
                label_of(name),
                in_words(name, theirs[name]),
                in_words(name, mine),
            )
            for name, mine in self.said().items()
            if theirs[name] != mine
        ]


def label_of(name):
    """What a field of the request is called."""
    return HelpRequest._meta.get_field(name).verbose_name


def in_words(name, value):
    """A stored value as people read it."""
    if name == "reaches":
        return ", ".join(f"{label_of(field)}: {Reach.said(value, field).label}" for field in value)
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values())
    return dict(HelpRequest._meta.get_field(name).flatchoices).get(value, value)


class PracticalEdit(PracticalTexts, VersionForm):
    """Change a practical request."""


class EmotionalEdit(EmotionalTexts, VersionForm):
    """Change an emotional request."""


class QuestionEdit(QuestionTexts, VersionForm):
    """Change a question."""


EDITS = {form.kind: form for form in (PracticalEdit, EmotionalEdit, QuestionEdit)}
