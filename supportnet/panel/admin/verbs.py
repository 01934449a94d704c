"""Verbs of the models as buttons of the panel: alone on an object's page, or in bulk on a list."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms


class VerbForm(forms.Form):
    """What a verb needs to know besides who and when. Knows the object, the keeper and the moment."""

    def __init__(self, *args, obj, by, at, **kwargs):
        self.obj, self.by, self.at = obj, by, at
        super().__init__(*args, **kwargs)


@dataclass(frozen=True)
class Verb:
    """One thing that a keeper can do with an object.

    `act(obj, by=, at=, **what the form says)` does it; `when(obj)` says whether it makes sense now. `bulk`
    offers it on the list too. `hint` says what will happen, on the page that asks first; without it and
    without a form, the button on the object's page acts at once. `tells(obj, at=)` are the people whom it tells, who
    are named before, in bulk too.
    """

    name: str
    label: str
    act: Callable
    done: str
    when: Callable = lambda obj: True
    form: type[VerbForm] = VerbForm
    hint: str = ""
    bulk: bool = False
    tells: Callable = lambda obj, *, at: ()

    @property
    def asks_first(self):
        """Whether a page stands before it."""
        return bool(self.hint or self.form.base_fields)

    def told(self, objects, *, at):
        """The people whom doing it to all `objects` tells, each once, by name."""
        people = {person.pk: person for obj in objects for person in self.tells(obj, at=at)}
        return sorted(people.values(), key=lambda person: str(person).casefold())
