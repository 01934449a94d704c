"""What is asked for, in words: the part of the form that is the same for a new request and for an old one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line, Words

from ..catalogue import HABITS, Category, Doorstep, categories_of
from ..catalogue.details import DETAILS, said
from ..models import Importance, Wanted
from .fields import of_request
from .private_fields import LadderForm
from .quiet_asking import KeepsQuiet

# From the least to the most, in the words of whoever asks.
IMPORTANCE = [
    (Importance.NICE, _("Nice to have")),
    (Importance.HELPS, _("It would really help")),
    (Importance.NEED, _("I need this")),
]
# The second line tells whoever asks what helpers will make of it.
WANTED = [
    (Wanted.LISTEN, _("Just listen\nNo advice, no fixing.")),
    (Wanted.DISTRACT, _("Distract me\nTalk about anything else.")),
    (Wanted.THINK, _("Think of me\nA sign that somebody knows.")),
    (Wanted.ADVICE, _("Advice welcome\nTell me what you would do.")),
]
# Nothing chosen is stored as what is usual for the category: see `clean`.
DOORSTEP = [
    ("", _("What is usual\nMeals are left by the door, others say a short hello.")),
    (Doorstep.LEAVE, _("Leave it, don't ring")),
    (Doorstep.HELLO, _("A short hello")),
    (Doorstep.STAY, _("Please stay a while")),
]
TO_WHO_COMES = _("Shown only to the people who come, until a day afterwards. You can choose otherwise below.")


class TextsForm(KeepsQuiet):
    """What every request says. `texts` names the fields that the request stores."""

    use_required_attribute = False
    kind = None
    ladder = ()
    # What is said first stands first among what still needs a look.
    field_order = ["circle", "category", "title"]
    texts = ["category", "title", "would_help", "would_not_help", "importance"]

    category = forms.ChoiceField(label=_("What is it?"), widget=forms.RadioSelect)
    title = of_request(
        "title", Line, help_text=_("One line that says it all. Everybody you ask reads it first.")
    )
    would_help = of_request("would_help", Words, rows=2)
    would_not_help = of_request("would_not_help", Words, rows=2)
    importance = forms.ChoiceField(
        label=_("How much does it matter?"),
        choices=IMPORTANCE,
        initial=Importance.HELPS,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = categories_of(self.kind)
        self.fields["category"].choices = [(c.value, f"{c.label}\n{HABITS[c].example}") for c in known]
        self.chosen = self._chosen()
        example = HABITS.get(self.initial.get("category"), HABITS[known[0]]).example
        self.fields["title"].widget.attrs |= {"placeholder": example, "data-suggest": "category"}

    def _chosen(self):
        """The category in words, once somebody chose one."""
        value = self["category"].value()
        return Category(value).label if value in Category.values else ""

    def said(self):
        """The values for the request's own fields."""
        return {name: self.cleaned_data[name] for name in self.texts}


class PlaceForm(LadderForm):
    """Where it is, and what whoever comes must know. The profile says what stands there at first."""

    ladder = ["address", "way_in", "phone", "medical_note"]
    place = ["area", *ladder]

    area = of_request("area", Line, help_text=_("A part of town. Everybody you ask sees this."))
    address = of_request("address", Line, help_text=TO_WHO_COMES)
    way_in = of_request("way_in", Line, help_text=_("The bell, the floor, the gate."))
    phone = of_request("phone", Line, help_text=TO_WHO_COMES)
    medical_note = of_request(
        "medical_note",
        Words,
        rows=2,
        help_text=_("What whoever comes should know about health, so that nobody has to ask."),
    )


class PracticalTexts(PlaceForm, TextsForm):
    """What a practical request says, with the few fields of each category."""

    kind = "instrumental"
    ladder = [*PlaceForm.ladder, "children", "away"]
    texts = [*TextsForm.texts, "area", *ladder, "how_done", "doorstep"]

    children = of_request("children", Line, help_text=_("So that they can be called by their names."))
    away = of_request("away", Line, help_text=_("So that nobody comes in vain."))
    how_done = of_request("how_done", Line, help_text=_("The bags stand in the kitchen, the tap is dry."))
    doorstep = forms.ChoiceField(
        label=_("When somebody comes to the door"), choices=DOORSTEP, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stored = self.initial.get("details") or {}
        for category, form in DETAILS.items():
            for name, field in form().fields.items():
                self.fields[f"{category}-{name}"] = field
                self.initial.setdefault(f"{category}-{name}", stored.get(name))

    def details_parts(self):
        """What each category asks for more: dicts with category, heading, safety, fields, and whether it stays hidden.

        Once a category is chosen, those of the others would only be in the way.
        """
        chosen = self["category"].value()
        is_chosen = chosen in Category.values
        return [
            self._part(category, form, is_hidden=is_chosen and chosen != category)
            for category, form in DETAILS.items()
        ]

    def _part(self, category, form, *, is_hidden):
        return {
            "category": category.value,
            "heading": HABITS[category].heading,
            "safety": HABITS[category].safety,
            "fields": [self[f"{category}-{name}"] for name in form.base_fields],
            "is_hidden": is_hidden,
        }

    def clean(self):
        """Forget what other categories would ask, and take the usual doorstep wish where none is chosen."""
        values = super().clean()
        category = values.get("category")
        for other, form in DETAILS.items():
            if other != category:
                for name in form.base_fields:
                    self.errors.pop(f"{other}-{name}", None)
        if category and not values.get("doorstep"):
            values["doorstep"] = HABITS[category].doorstep
        return values

    def said(self):
        """The values for the request's own fields, and the details of its category."""
        category = self.cleaned_data["category"]
        names = DETAILS[category].base_fields if category in DETAILS else ()
        return super().said() | {
            "details": said({name: self.cleaned_data[f"{category}-{name}"] for name in names})
        }


class EmotionalTexts(PlaceForm, TextsForm):
    """What somebody says who would like company."""

    kind = "emotional"
    texts = [*TextsForm.texts, *PlaceForm.place, "wanted", "doorstep"]

    wanted = forms.ChoiceField(
        label=_("What do you want just now?"), choices=WANTED, initial=Wanted.LISTEN, widget=forms.RadioSelect
    )

    def said(self):
        """The values for the request's own fields; a visit has the usual doorstep wish."""
        self.cleaned_data["doorstep"] = HABITS[self.cleaned_data["category"]].doorstep
        return super().said()


class QuestionTexts(TextsForm):
    """What a question says."""

    kind = "informational"
    texts = [*TextsForm.texts, "tags"]

    tags = of_request(
        "tags", Line, help_text=_("A few words by which others find it, with commas between them.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("category", Category.QUESTION)
        self.fields["category"].widget = forms.HiddenInput()
        self.fields["title"].label = _("Your question")
        self.fields["would_help"].label = _("More about it")
