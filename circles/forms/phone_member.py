"""Helpers without e-mail, by name and phone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..phones import looks_like_a_number
from .fields import Line, Name
from .once import OnceForm
from .seen import SeenForm


class ByPhoneForm(OnceForm, SeenForm):
    """What somebody without e-mail is called, and how a keeper reaches them.

    `member` is the membership that is corrected, if it is not a new one. Where the number is somebody else's already,
    the form asks whether both live in the same home.
    """

    not_stored = ("form_key", "somebody_else")

    name = Name(label=_("Their name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = Line(
        label=_("Their phone"),
        max_length=40,
        help_text=_("Only the keepers see it, and whoever asks while this helper comes to them."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    somebody_else = forms.BooleanField(
        label=_("This is somebody else with the same phone"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, circle, member=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.circle, self.member = circle, member
        if member:
            del self.fields["form_key"]
            self.initial |= {"name": member.person.name, "phone": member.person.phone}

    def clean_phone(self):
        """Something that can be called."""
        phone = self.cleaned_data["phone"]
        if not looks_like_a_number(phone):
            raise forms.ValidationError(_("Write it in digits, as one would dial it."))
        return phone

    def clean(self):
        """Ask once whether it is somebody else who has the same number."""
        said = super().clean()
        if {"name", "phone"} <= set(said) and not said.get("somebody_else"):
            self._ask_about(self._others(**said))
        return said

    def _others(self, *, name, phone, **_said):
        """Members by another name who have that number."""
        return [
            one
            for one in self.circle.with_number(phone)
            if one.is_current and one != self.member and one.person.name.casefold() != name.casefold()
        ]

    def _ask_about(self, others):
        if not others:
            return
        self.fields["somebody_else"].widget = forms.CheckboxInput()
        # The number of somebody with an account is theirs to tell.
        known = next((one.person for one in others if one.person.is_by_phone), None)
        words = (
            _("%(name)s is here by this number already. If this is somebody else, say so below.")
            if known
            else _("A member has this number already. If this is somebody else, say so below.")
        )
        self.add_error("phone", forms.ValidationError(words, params={"name": known}))
