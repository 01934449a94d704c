"""The pages of the sign-in library wear our clothes, from the door to the second lock."""

import re

import pytest
from django.core import mail
from django.urls import reverse

pytestmark = pytest.mark.django_db


def come_in(client, address):
    """Ask for a code at the door, read it in the mail, enter it."""
    client.post(reverse("account_request_login_code"), {"email": address})
    code = re.search(r"Your code: (\S+)", mail.outbox[-1].subject)[1]
    client.post(reverse("account_confirm_login_code"), {"code": code})


def test_the_door_is_one_for_all(client):
    page = client.get(reverse("account_login"), follow=True)

    assert page.redirect_chain[-1][0].startswith(reverse("account_request_login_code"))
    assert "<h1>Sign in or join</h1>" in page.text
    assert re.search(r'name="email"[^>]*autocomplete="email"', page.text)


def test_the_code_comes_as_a_letter_and_opens_the_door(client, ada):
    come_in(client, ada.email)

    letter = mail.outbox[0]
    assert letter.body.startswith("Here is your code for SupportNet:")
    assert "<main" in letter.alternatives[0].content
    assert "_auth_user_id" in client.session


def test_a_wrong_code_is_met_with_a_hand(client):
    client.post(reverse("account_request_login_code"), {"email": "ada@example.org"})

    page = client.post(reverse("account_confirm_login_code"), {"code": "WRONG"})

    assert 'autocomplete="one-time-code"' in page.text
    assert "Nothing is lost." in page.text
    assert "Start again" in page.text


@pytest.mark.parametrize(
    "name",
    [
        *("account_logout", "account_email", "account_request_reauthentication_code"),
        *("mfa_index", "mfa_list_webauthn", "usersessions_list"),
    ],
)
def test_the_pages_about_the_account_are_dressed(client, name):
    come_in(client, "ada@example.org")

    page = client.get(reverse(name))

    assert page.status_code == 200
    assert 'class="page"' in page.text
    assert page.text.count("<h1>") == 1
