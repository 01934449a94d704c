"""What a browser hands over from a passkey: bytes that anybody may have made up, also somebody who is not signed in."""

import struct

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.forms.fields import InvalidJSONInput

# What reading made-up JSON and CBOR ends in, at the latest when one is nested a thousand deep in the other.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


class CredentialField(forms.JSONField):
    """The answer of a passkey to one challenge."""

    widget = forms.HiddenInput

    def bound_data(self, data, initial):
        """Nothing: a refused answer serves no second time, and would have to be read again to be shown."""
        return InvalidJSONInput("")


class PasskeyForm(forms.Form):
    """The library's forms for passkeys, which refuse what can't be read as they refuse a wrong key."""

    credential = CredentialField()

    def full_clean(self):
        """See `Form.full_clean`."""
        try:
            super().full_clean()
        except UNREADABLE:
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))


class LoginPasskeyForm(PasskeyForm, passkeys.LoginWebAuthnForm):
    """Sign in by a passkey alone."""


class SecondPasskeyForm(PasskeyForm, passkeys.AuthenticateWebAuthnForm):
    """Show it after the mailed code, as a second lock."""


class ReauthenticatePasskeyForm(PasskeyForm, passkeys.ReauthenticateWebAuthnForm):
    """Show once more that it is oneself."""


class AddPasskeyForm(PasskeyForm, passkeys.AddWebAuthnForm):
    """Add a passkey to one's account."""
