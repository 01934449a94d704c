"""The one door: an address, then the code that we mailed there."""

import unicodedata

from allauth.account.forms import (
    AddEmailForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmReauthenticationCodeForm,
    RequestLoginCodeForm,
)
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from ..addresses import AddressField
from ..models import Person
from ..models.sign_in_code import grouped

LONGEST_ADDRESS = Person._meta.get_field("email").max_length


class SignInForm(RequestLoginCodeForm):
    """An address, known or new: both are treated alike to the letter, so that nobody learns who is here."""

    email = AddressField(
        label=_("Your e-mail address"),
        validators=[MaxLengthValidator(LONGEST_ADDRESS)],
        widget=forms.EmailInput({"autocomplete": "email", "maxlength": LONGEST_ADDRESS}),
    )

    def clean_email(self):
        """Who it is, and whether a code may be mailed, is found out later, alike for all."""
        return self.cleaned_data["email"]


def code_input(**attributes):
    """Where one types digits from a mail."""
    attributes = {
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
        "autocapitalize": "off",
        **attributes,
    }
    return forms.TextInput({"maxlength": 64, **attributes})


class CodeForm(forms.Form):
    """The mailed code: only the digits count, in any script, with whatever came along when it was copied."""

    code = forms.CharField(label=_("Code"), widget=code_input())

    def clean_code(self):
        """The digits."""
        return digits(self.cleaned_data["code"])


class _Copied:
    """The library's own forms for codes, as forgiving as ours."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget = code_input()

    def clean_code(self):
        """The code, when it is the one that we mailed."""
        self.cleaned_data["code"] = grouped(digits(self.cleaned_data["code"]))
        return super().clean_code()


class ReauthenticationCodeForm(_Copied, ConfirmReauthenticationCodeForm):
    """The code that shows once more that it is oneself."""


class NewAddressForm(AddEmailForm):
    """One's new address."""

    email = AddressField(
        label=_("Your new e-mail address"),
        validators=[MaxLengthValidator(LONGEST_ADDRESS)],
        widget=forms.EmailInput({"autocomplete": "email", "maxlength": LONGEST_ADDRESS}),
    )


class NewAddressCodeForm(_Copied, ConfirmEmailVerificationCodeForm):
    """The code that shows that a new address is one's own."""


def digits(text):
    """ "Code: ١٢٣٤‑5678" is 12345678."""
    return "".join(
        str(unicodedata.decimal(sign)) for sign in text if unicodedata.decimal(sign, None) is not None
    )
