"""What whoever asks wishes from day to day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line
from circles.forms.seen import SeenForm

from ..catalogue import Category, Doorstep
from ..models import Dish
from ..models.daily_wishes import VISIT
from .fields import FARTHEST, Day


class WishesForm(SeenForm):
    """Wishes about what is brought, what a helper needs at the door, a pause, and the own Plan B."""

    use_required_attribute = False

    freezer_full = forms.BooleanField(label=_("The freezer is full"), required=False)
    smaller = forms.BooleanField(label=_("Smaller portions, please"), required=False)
    no_more = forms.MultipleChoiceField(
        label=_("Enough for now"), choices=Dish.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    cooler = Line(label=VISIT["cooler"], max_length=120, required=False)
    dishes = Line(label=VISIT["dishes"], max_length=120, required=False)
    pets = Line(label=VISIT["pets"], max_length=120, required=False)
    parking = Line(label=VISIT["parking"], max_length=120, required=False)
    paused_until = Day(
        label=_("Take a break until"),
        required=False,
        help_text=_("Nobody can promise anything for the days before. What is promised stands."),
    )
    plan_b = Line(
        label=_("What we do if nobody can"),
        max_length=300,
        required=False,
        help_text=_("Only for you: three hours before, you are reminded of it if a place is still open."),
    )

    meal_only = ("freezer_full", "smaller", "no_more")

    def __init__(self, *args, help_request, at, **kwargs):
        self.help_request, self.at = help_request, at
        super().__init__(*args, initial=self._as_stored(help_request), **kwargs)
        if help_request.category != Category.MEAL:
            for name in self.meal_only:
                del self.fields[name]

    def _as_stored(self, help_request):
        own = {"paused_until": help_request.paused_until, "plan_b": help_request.plan_b}
        return {**help_request.wishes, **help_request.visit, **own}

    def clean_paused_until(self):
        """A day to come, within two years; nothing ends the break."""
        until = self.cleaned_data["paused_until"]
        today = self.at.astimezone(self.help_request.zone).date()
        if until and not today < until < (self.at + FARTHEST).date():
            raise forms.ValidationError(_("Please choose a day to come, within the next two years."))
        return until

    def said(self):
        """What `HelpRequest.wish` wants."""
        values = self.cleaned_data
        wishes = {name: values[name] for name in self.meal_only if values.get(name)}
        return {
            "wishes": wishes,
            "visit": {name: values[name] for name in VISIT if values[name]},
            "plan_b": values["plan_b"],
        }


class DoorstepForm(forms.Form):
    """One wish for all of today."""

    doorstep = forms.ChoiceField(label=_("When somebody comes to the door"), choices=Doorstep.choices)
