"""Choosing people by name: those who are suggested, those who are found, or anybody of a small circle."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line
from circles.models import Membership, Person
from supportnet.notices.typed_ids import typed_id

from ..visibility.suggestions import may_be_asked, suggested

# So many are suggested.
FEW = 6
# In a larger circle people are found by their names.
MOST_SHOWN = 30
# Whoever finds more types another letter.
MOST_FOUND = 12
# Asking more people than this by name is asking a circle.
MOST_BY_NAME = 20


class People(forms.ModelMultipleChoiceField):
    """Several people, by their ids."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        """The people: not more than a few, and none whom the list does not hold."""
        if any(typed_id(pk) is None for pk in value or []):
            raise ValidationError(_("Please choose from the list."))
        if len(value or []) > MOST_BY_NAME:
            raise ValidationError(_("Choose up to %(most)d people by name."), params={"most": MOST_BY_NAME})
        return super().clean(value)


class PeopleForm(forms.Form):
    """Whom `asker` asks by name, at the UTC time `at`.

    `among` is the circle or the request whose people they are, None as long as one does not know; `what` the category
    and `days` the weekdays on which help is needed. Whoever only wants to see names (`look`) has not finished: nothing
    is checked then, and nothing of what was typed is lost.
    """

    use_required_attribute = False
    among = what = at = None
    days = ()

    people = People(
        label=_("First, by name"),
        queryset=Person.objects.none(),
        required=False,
        help_text=_("They hear of it before everybody else. Nobody learns who else was asked."),
        error_messages={"invalid_choice": _("Not all of them are in this circle. Please choose again.")},
    )
    find = Line(label=_("Find somebody by name"), max_length=80, required=False)

    def __init__(self, *args, asker, **kwargs):
        super().__init__(*args, **kwargs)
        self.asker = asker

    @property
    def is_looking(self):
        """Whether somebody only wants to see names, or what would happen."""
        return self.is_bound and "look" in self.data

    def is_valid(self):
        """Not while somebody is only looking."""
        return not self.is_looking and super().is_valid()

    def full_clean(self):
        """Nothing is checked while somebody is only looking."""
        self.fields["people"].queryset = self._everybody
        if self.is_looking:
            self._errors = ErrorDict()
        else:
            super().full_clean()

    @cached_property
    def _members(self):
        return may_be_asked(self.among, by=self.asker) if self.among else Membership.objects.none()

    @property
    def _everybody(self):
        return Person.objects.filter(pk__in=self._members.values("person"))

    @cached_property
    def chosen_people(self):
        """Those who are ticked and may be."""
        ticked = [pk for pk in self["people"].value() or [] if typed_id(pk) is not None][:MOST_BY_NAME]
        return sorted(self._everybody.filter(pk__in=ticked), key=str) if ticked else []

    @cached_property
    def _offered(self):
        """(those who stand at hand, the others of a small circle), each by name; how well they fit is not shown."""
        near = {person.pk: person for person in [*self.chosen_people, *self._likely, *self._found]}
        others = [] if self.is_large else [p for p in self._first if p.pk not in near]
        return sorted(near.values(), key=str), sorted(others, key=str)

    @cached_property
    def _first(self):
        return [member.person for member in self._members.select_related("person")[: MOST_SHOWN + 1]]

    @property
    def is_large(self):
        """Whether the circle has too many people to show them all."""
        return len(self._first) > MOST_SHOWN

    @property
    def _likely(self):
        if not self.among:
            return []
        best = suggested(self.among, self.what, self.days, by=self.asker, at=self.at)
        return [membership.person for membership in best[:FEW]]

    @property
    def _found(self):
        words = str(self["find"].value() or "").replace("\x00", "").strip()
        return list(self._everybody.filter(name__icontains=words)[:MOST_FOUND]) if words else []

    def at_hand(self):
        """The checkboxes of those who are ticked, suggested or found."""
        return self._checkboxes[: len(self._offered[0])]

    def others(self):
        """The checkboxes of the other people of a small circle."""
        return self._checkboxes[len(self._offered[0]) :]

    @cached_property
    def _checkboxes(self):
        near, others = self._offered
        self.fields["people"].choices = [(person.pk, str(person)) for person in [*near, *others]]
        return list(self["people"])
