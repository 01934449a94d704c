"""What a passkey answers is made by whoever posts it: what can't be read is refused, and breaks nothing."""

import base64
import json
from inspect import isclass

import pytest
from allauth.mfa import app_settings
from allauth.mfa.webauthn import forms as theirs
from django.conf import settings
from django.contrib.messages import get_messages
from django.forms import Form
from django.urls import reverse
from django.utils.module_loading import import_string

from circles.forms.passkeys import LoginPasskeyForm

DEEP = 5_000


def _coded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _answered(**response):
    return json.dumps({"id": "aWQ", "rawId": "aWQ", "type": "public-key", "response": response})


CLIENT = _coded(b'{"type": "webauthn.get", "challenge": "aWQ", "origin": "http://testserver"}')
# 32 bytes of whose site it is, the flag for what follows, four bytes of a counter.
HEAD = b"\0" * 32 + b"\x85" + b"\0" * 4
ODD_BYTES = {
    "nested arrays": b"\x81" * DEEP,
    "nested maps": b"\xa1\x00" * DEEP,
    "an end too soon": b"\x82",
    "a number cut off": b"\x1b\x00",
    "an unknown kind": b"\xc0\x00",
    "a map in the place of a key": b"\xa1\xa0\x00",
    "a text that is none": b"\x62\xff\xfe",
    "more than is told of": b"\x00\x00",
}
ODD = {
    "nested lists": "[" * DEEP,
    "nested lists that end": "[" * DEEP + "]" * DEEP,
    "nested objects": '{"a":' * DEEP,
    "a list": "[]",
    "a number": "1" * 5000,
    "a lone surrogate": '{"id": "\\ud83d", "rawId": 1}',
    "odd kinds": '{"id": {}, "rawId": [], "response": 1}',
    "nested in what the browser says": _answered(
        clientDataJSON=_coded(b"[" * DEEP), authenticatorData=_coded(HEAD), signature="", userHandle="MQ"
    ),
    **{
        f"{name} from the key": _answered(
            clientDataJSON=CLIENT, authenticatorData=_coded(HEAD + odd), signature="", userHandle="MQ"
        )
        for name, odd in ODD_BYTES.items()
    },
    **{
        f"{name} of a new key": _answered(clientDataJSON=CLIENT, attestationObject=_coded(odd))
        for name, odd in ODD_BYTES.items()
    },
}


FORMS = {key: import_string(path) for key, path in settings.MFA_FORMS.items()}


@pytest.mark.parametrize(
    "odd", ["nested lists", "nested in what the browser says", "nested maps from the key"]
)
def test_whoever_signs_in_with_what_is_no_passkey_is_led_back_to_the_door(client, db, odd):
    response = client.post(reverse("mfa_login_webauthn"), {"credential": ODD[odd]})

    assert (response.status_code, response.url) == (302, reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert len(list(get_messages(response.wsgi_request))) == 1


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_form_breaks_on_what_is_no_passkey_nor_shows_it_again(client, ada, form):
    client.get(reverse("account_login"))
    usual = {} if form is LoginPasskeyForm else {"user": ada}

    tried = {name: form(data={"credential": odd}, **usual) for name, odd in ODD.items()}

    assert {name for name, one in tried.items() if one.is_valid()} == set()
    assert {name for name, one in tried.items() if "value" in str(one["credential"])} == set()


def test_every_form_of_the_library_that_takes_a_passkey_is_ours():
    known = [one for one in vars(theirs).values() if isclass(one) and issubclass(one, Form)]
    taking = {one for one in known if "credential" in one.base_fields and not one.__name__.startswith("_")}

    ours = {base for form in FORMS.values() for base in form.__mro__}

    # Nobody signs up with a passkey here.
    assert taking - ours == {theirs.SignupWebAuthnForm} and not app_settings.PASSKEY_SIGNUP_ENABLED
