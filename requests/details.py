"""What a category asks besides: one small form each. What it cleans stands in `HelpRequest.details`."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line

from .categories import Category


class MealDetails(forms.Form):
    """For whom one cooks."""

    people = forms.IntegerField(label=_("For how many people?"), min_value=1, max_value=50, required=False)
    portions = Line(
        label=_("Portions"),
        max_length=100,
        required=False,
        help_text=_("Small ones for children, or one more for the freezer."),
    )
    diet = Line(
        label=_("Diet and allergies"),
        max_length=200,
        required=False,
        help_text=_("What must not be in it comes first. Everybody who sees the request sees this."),
    )


class RideDetails(forms.Form):
    """From where to where."""

    start = Line(
        label=_("From"),
        max_length=120,
        required=False,
        help_text=_("A part of town is enough; your address stands below."),
    )
    to = Line(label=_("To"), max_length=120)
    back = forms.BooleanField(label=_("And back again"), required=False)
    wheelchair = forms.BooleanField(label=_("Room for a wheelchair"), required=False)
    child_seat = forms.BooleanField(label=_("A child seat"), required=False)


class ChildcareDetails(forms.Form):
    """How old they are. Names do not belong here."""

    ages = Line(label=_("How old are the children?"), max_length=100, help_text=_("Ages only, no names."))


DETAILS = {
    Category.MEAL: MealDetails,
    Category.RIDE: RideDetails,
    Category.CHILDCARE: ChildcareDetails,
}


def said(values):
    """What somebody filled in, of the cleaned values of one of these forms."""
    return {name: value for name, value in values.items() if value not in (None, "", False)}


def in_words(help_request):
    """(label, value) of each detail of `help_request`, in the order of the form."""
    return [(label, value) for _name, label, value in named(help_request)]


def named(help_request):
    """The same with the name of each detail before it."""
    form = DETAILS.get(help_request.category)
    fields = form.base_fields.items() if form else ()
    told = [(name, field.label, help_request.details.get(name)) for name, field in fields]
    return [(name, label, _("yes") if value is True else value) for name, label, value in told if value]
