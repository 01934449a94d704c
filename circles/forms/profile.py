"""What a person says about themselves and how they want to hear of things."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Membership, Person
from .fields import Clock, Line, Name, ZoneField
from .seen import SeenForm


class WelcomeForm(forms.ModelForm):
    """The first page: what to call them, and what time it is where they are."""

    name = Name(
        label=_("What shall we call you?"),
        max_length=80,
        help_text=_("The name that people in your circles know you by."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    time_zone = ZoneField(guess=True, help_text=_("So that Tuesday at six is six o’clock where you are."))

    class Meta:
        model = Person
        fields = ["name", "time_zone"]


class MeForm(SeenForm, forms.ModelForm):
    """Name, place and clock; what is not filled in is nobody's business."""

    name = Name(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = Line(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_(
            "Seen by whoever you promised to help, until a day afterwards, and by their circle’s keepers."
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    area = Line(
        label=_("Area"),
        max_length=80,
        required=False,
        help_text=_("A part of town or a village, so that people can guess the way. No street."),
    )
    address = Line(
        label=_("Address"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    way_in = Line(
        label=_("Way in"),
        max_length=200,
        required=False,
        help_text=_("Which bell, which floor, where to park."),
    )
    time_zone = ZoneField()
    remind_at = Clock(label=_("Remind me the evening before at"))
    remind_two_hours = forms.BooleanField(label=_("Remind me again two hours before"), required=False)
    digest_at = Clock(label=_("The mail of the day comes at"))
    quiet_from = Clock(label=_("No mail after"))
    quiet_until = Clock(label=_("No mail before"))

    class Meta:
        model = Person
        fields = [
            "name",
            "phone",
            "area",
            "address",
            "way_in",
            "language",
            "time_zone",
            "remind_at",
            "remind_two_hours",
            "quiet_from",
            "quiet_until",
            "digest_at",
            "told_of_claims",
            "thanks_wanted",
        ]
        labels = {
            "thanks_wanted": _("Remind people that thanks are welcome, when I helped"),
            "language": _("Language"),
            "told_of_claims": _("When somebody takes, gives back or answers what I asked"),
        }

    def changes(self):
        """What is different from before, by field."""
        return {field: self.cleaned_data[field] for field in self.changed_data}


class HearsForm(SeenForm, forms.ModelForm):
    """How a member hears of new requests in one circle, and a keeper of people who want to join."""

    class Meta:
        model = Membership
        fields = ["hears", "hears_of_joiners"]
        labels = {
            "hears": _("Tell me of new requests"),
            "hears_of_joiners": _("Tell me when somebody wants to join"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.auto_id = f"hears-{self.instance.pk}-%s"
        if not self.instance.is_keeper:
            del self.fields["hears_of_joiners"]
