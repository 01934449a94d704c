"""Inviting one person by mail, or many by a link."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..addresses import AddressField
from ..models import Invitation, Ring
from .fields import Line, Name
from .once import OnceForm

# How long a link may hold; somebody who has it may pass it on as long.
DAYS = [(7, _("a week")), (30, _("a month")), (90, _("three months"))]


class InviteForm(OnceForm, forms.ModelForm):
    """Whom a keeper invites, and how the two know each other."""

    makes_another = ("email",)

    email = AddressField(
        label=_("Their e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = Name(label=_("Their name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    how_they_know = Line(
        label=_("How do you know each other?"),
        max_length=200,
        help_text=_("They read this, and know that it is really you: “We sing in the same choir.”"),
    )
    ring = forms.TypedChoiceField(
        label=_("How near do they stand?"),
        coerce=int,
        widget=forms.RadioSelect,
        initial=Ring.EVERYONE,
        help_text=_("Only keepers see this. It decides who is asked first."),
        choices=[
            (Ring.INNER, _("Inner\nThe few who are asked first.")),
            (Ring.CLOSE, _("Close\nPeople one knows well.")),
            (Ring.EVERYONE, _("Everyone\nAll others in the circle.")),
        ],
    )

    class Meta:
        model = Invitation
        fields = ["email", "name", "how_they_know", "ring"]

    def clean_ring(self):
        """The ring as such."""
        return Ring(self.cleaned_data["ring"])


class LinkForm(OnceForm):
    """How long a link stays open, and for how many people."""

    makes_another = ("days", "uses")

    days = forms.TypedChoiceField(label=_("Open for"), coerce=int, choices=DAYS, initial=30)
    uses = forms.IntegerField(
        label=_("For how many people"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("Leave it empty for as many as come."),
    )
