"""The one door: an address, then the code that we mailed there."""

import unicodedata

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context, ratelimit
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from ..models import Person

LONGEST_ADDRESS = Person._meta.get_field("email").max_length


class SignInForm(RequestLoginCodeForm):
    """An address, known or new: both are treated alike to the letter, so that nobody learns who is here."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("Your e-mail address")
        email.validators.append(MaxLengthValidator(LONGEST_ADDRESS))
        email.widget.attrs |= {"placeholder": "", "autocomplete": "email", "maxlength": LONGEST_ADDRESS}

    def clean_email(self):
        """The address in lower case. Its person enters here; whoever was deactivated gets no code."""
        email = self.cleaned_data["email"].lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        person = Person.objects.get_or_enter(email)
        self._user = person if person.is_active else None
        return email


class CodeForm(ConfirmLoginCodeForm):
    """The mailed code, in the digits of any script."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Code")
        code.widget.attrs |= {
            "placeholder": "",
            "inputmode": "numeric",
            "autocapitalize": "off",
            "maxlength": 32,
        }

    def clean_code(self):
        """The code, when it is the one that we mailed."""
        self.cleaned_data["code"] = "".join(map(western, self.cleaned_data["code"]))
        return super().clean_code()


def western(character):
    """٣ is 3: the same digit in the script that codes are made of; anything else stays."""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
