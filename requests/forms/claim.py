"""What a helper says with a promise, and what is said to them."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from circles.forms.fields import Line, Words
from circles.forms.once import OnceForm
from circles.forms.seen import SeenForm

from ..catalogue import Category
from ..models import Dish
from ..models.bringing import MOST_TOGETHER


class PromiseForm(forms.Form):
    """A promise needs no words; some help."""

    bringing = Line(label=_("What I bring"), max_length=200, required=False)
    note = Line(label=_("A line to the one who asks"), max_length=500, required=False)


class MealPromise(forms.Form):
    """What kind of dish, and for how many; only asked where a meal is."""

    dish = forms.ChoiceField(
        label=_("What kind of dish is it?"), choices=[("", _("Not sure yet")), *Dish.choices], required=False
    )
    portions = forms.IntegerField(label=_("Portions"), min_value=1, max_value=100, required=False)


class BringForm(MealPromise, PromiseForm):
    """What a helper says of a promise. Without a meal nothing is asked about dishes."""

    field_order = ["dish", "bringing", "portions", "note"]

    def __init__(self, *args, help_request, **kwargs):
        super().__init__(*args, **kwargs)
        if help_request.category != Category.MEAL:
            del self.fields["dish"], self.fields["portions"]


def company(*, room):
    """How many come, in a field, with `room` for so many."""
    return forms.IntegerField(
        label=_("How many of you come?"),
        min_value=1,
        max_value=MOST_TOGETHER,
        initial=1,
        required=False,
        widget=forms.NumberInput(attrs={"max": min(room, MOST_TOGETHER)}),
    )


def too_few(left, party_size):
    """What to say to a party that is larger than what is left: it may be chosen to come all the same, or not at all."""
    places = ngettext("Only %(left)d place is left", "Only %(left)d places are left", left) % {"left": left}
    more = party_size - 1
    come = ngettext("and you come with %(more)d more.", "and you come with %(more)d more.", more) % {
        "more": more
    }
    return _("%(places)s, %(come)s") % {"places": places, "come": come}


class TogetherForm(BringForm):
    """A promise for a slot, by somebody who may bring others along where there is room for more than one.

    A party that has become too large is never made smaller without a word: `fewer_left` says for how many there is
    room, and the page offers that or nothing. `coming` are those who hold a place now.
    """

    field_order = ["dish", "bringing", "portions", "party_size", "note"]
    fewer_left = None

    def __init__(self, *args, slot, coming=0, **kwargs):
        super().__init__(*args, help_request=slot.help_request, **kwargs)
        self.room = MOST_TOGETHER if slot.room is None else slot.room + coming
        if self.room > 1 or self.data.get("party_size") not in (None, "", "1"):
            self.fields["party_size"] = company(room=max(self.room, 1))
            self.order_fields(self.field_order)

    def clean_party_size(self):
        """Who says nothing comes alone."""
        return self.cleaned_data["party_size"] or 1

    def clean(self):
        """A party is not larger than what is left. Only now: what is offered instead may bring a field of its own."""
        super().clean()
        party_size = self.cleaned_data.get("party_size", 1)
        if 0 < self.room < party_size:
            self.offer(self.room, party_size)
        return self.cleaned_data

    def offer(self, left, party_size=None):
        """Say that only so many places are left for all who would come."""
        self.fewer_left = left
        self.add_error("party_size", too_few(left, party_size or self.cleaned_data["party_size"]))

    @property
    def fewer_words(self):
        """What is pressed by whoever comes all the same."""
        if self.fewer_left == 1:
            return _("Come alone")
        return _("Come as %(number)d") % {"number": self.fewer_left}


class BringingForm(SeenForm, TogetherForm):
    """What is brought after all, of a promise that stands."""


class ClaimForm(TogetherForm):
    """To promise; whoever has promised something else for the same time says that both will do.

    `sure` is pressed by whoever has read the gentle words about what they bring, or about how often they help.
    """

    even_if_clashing = forms.BooleanField(required=False, widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def said(self):
        """What `Slot.claim` wants."""
        return {name: value for name, value in self.cleaned_data.items() if name != "sure"}


class StandbyForm(TogetherForm):
    """A standby's yes: who was asked need say nothing but how many come, where there is room for more."""

    even_if_clashing = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"party_size", "even_if_clashing"}:
            del self.fields[name]


class LateForm(forms.Form):
    """By how much somebody is late."""

    use_required_attribute = False

    minutes = forms.IntegerField(label=_("About how many minutes?"), min_value=1, max_value=600)


class ReleaseForm(forms.Form):
    """A way out; no reason is asked for."""

    note = Line(
        label=_("A line to the one who asks"),
        max_length=200,
        required=False,
        help_text=_("You need no reason."),
    )


class ReasonForm(forms.Form):
    """Why something is called off, for those who counted on it."""

    reason = Line(
        label=_("The reason"),
        max_length=200,
        required=False,
        help_text=_("It is sent to those who promised to come."),
    )


class ThanksForm(forms.Form):
    """Words of thanks."""

    use_required_attribute = False

    text = Line(label=_("Say thanks"), max_length=500)


class AnswerForm(OnceForm):
    """An answer, and where the knowledge comes from."""

    use_required_attribute = False
    makes_another = ("text",)

    text = Words(label=_("Your answer"), max_length=4000, rows=5)
    been_there = forms.BooleanField(label=_("I have been through this"), required=False)
    for_work = forms.BooleanField(label=_("I do this for work"), required=False)


class HappenedForm(forms.Form):
    """Did it happen?"""

    happened = forms.TypedChoiceField(
        choices=[("yes", _("Yes, it did")), ("no", _("No"))], coerce=lambda value: value == "yes"
    )
