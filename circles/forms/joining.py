"""What somebody says who would like to join, and how they look for a circle."""

import hashlib

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import Line, Words

# A few sentences: keepers read it on the panel, on one line.
LONGEST_ANSWER = 500


class JoinForm(forms.Form):
    """The circle's questions, each with room for an answer; a circle without questions has an empty form."""

    def __init__(self, *args, questions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = {_name_of(question): question for question in questions}
        for name, question in self.questions.items():
            self.fields[name] = Words(label=question, max_length=LONGEST_ANSWER, rows=2)

    def answers(self):
        """[question, answer] for each question, in the order in which they were asked."""
        return [[question, self.cleaned_data[name]] for name, question in self.questions.items()]


def _name_of(question):
    """A name that goes with the question's words: an answer never lands under a question that was changed since."""
    return f"answer_{hashlib.sha256(question.encode()).hexdigest()[:8]}"


# Each is looked for in three columns.
MOST_WORDS = 8


class SearchForm(forms.Form):
    """Words to look for."""

    q = Line(
        label=_("A name, a place, or what it is about"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "class": "list__main"}),
    )

    def words(self):
        """What is looked for, word by word, the first few of them; nothing while the form is wrong."""
        return self.cleaned_data.get("q", "").split()[:MOST_WORDS] if self.is_valid() else []
