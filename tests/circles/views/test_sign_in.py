import datetime as dt
import smtplib

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from circles.models import Person
from tests.cast import DAY, make_circle, make_person, now
from tests.circles.pages import code_in, errors, shows_it_is_them, signed_in, text

DOOR = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"


class Down:
    """A mail server that is not there."""

    def __init__(self, *args, error=ConnectionRefusedError, **kwargs):
        self.error = error

    def send_messages(self, messages):
        raise self.error


class Refuses(Down):
    """A mail server that does not want this reader."""

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({})


def ask_for_code(client, email, **fields):
    return client.post(DOOR, {"email": email, **fields})


@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/signup/"])
def test_there_is_one_door(client, db, url):
    response = client.get(url, {"next": "/circles/"})

    assert (response.status_code, response.url) == (302, f"{DOOR}?next=%2Fcircles%2F")


def test_a_new_person_comes_in_with_a_code_and_has_shown_the_address(client, db, mailoutbox):
    ask_for_code(client, "New@Example.org")
    response = client.post(CONFIRM, {"code": code_in(mailoutbox[0])})

    person = Person.objects.get()
    assert response.url == "/"
    assert (person.email, person.is_verified, person.welcomed_at) == ("new@example.org", True, None)
    assert [(a.email, a.verified, a.primary) for a in EmailAddress.objects.all()] == [
        ("new@example.org", True, True)
    ]
    assert client.get("/circles/").url == "/me/welcome/?next=%2Fcircles%2F"


def test_an_old_person_comes_in_by_the_same_door(client, ada, mailoutbox):
    ask_for_code(client, "ADA@example.org")
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})

    assert client.get("/circles/").status_code == 200
    assert Person.objects.count() == 1


def test_nobody_learns_who_has_an_account(client, ada, mailoutbox):
    old, new = Client(), Client()
    first = ask_for_code(old, "ada@example.org"), ask_for_code(new, "zed@example.org")
    second = old.get(CONFIRM), new.get(CONFIRM)

    assert [(r.status_code, r.url) for r in first] == [(302, CONFIRM)] * 2
    assert text(second[0]).replace("ada@", "") == text(second[1]).replace("zed@", "")
    mails = [(m.subject + m.body).replace(code_in(m), "") for m in mailoutbox]
    assert mails[0] == mails[1]


def test_that_an_account_is_closed_is_told_to_whoever_reads_its_mail_and_to_nobody_else(
    client, ada, mailoutbox
):
    ada.deactivate(by=ada, at=now())

    asked = ask_for_code(client, "ada@example.org")
    wrong = client.post(CONFIRM, {"code": "0000-0000"})
    came = client.post(CONFIRM, {"code": code_in(mailoutbox[0])}, follow=True)

    assert (asked.status_code, asked.url, wrong.status_code) == (302, CONFIRM, 422)
    assert "closed" not in text(wrong) + mailoutbox[0].body
    assert came.redirect_chain == [(DOOR, 302)]
    assert "This account is closed." in text(came)
    assert client.get("/circles/").status_code == 302


def test_a_wrong_code_is_said_beside_the_field_and_five_are_enough(client, db, mailoutbox):
    ask_for_code(client, "new@example.org")

    answers = [client.post(CONFIRM, {"code": "0000-000x"}) for _ in range(5)]

    assert [response.status_code for response in answers] == [422] * 4 + [302]
    assert errors(answers[0]) == {"code": ["Incorrect code."]}
    assert client.post(CONFIRM, {"code": code_in(mailoutbox[0])}).url == DOOR
    assert Person.objects.count() == 0


def test_the_log_knows_of_wrong_codes_and_of_who_came_in_by_number(client, ada, mailoutbox, caplog):
    caplog.set_level("INFO", "circles")
    ask_for_code(client, ada.email)

    client.post(CONFIRM, {"code": "0000-0000"})
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})

    assert [record.getMessage() for record in caplog.records if record.name.startswith("circles")] == [
        "A wrong code at the door.",
        f"Signed in: person {ada.pk}.",
    ]


def test_a_code_may_be_typed_in_the_digits_of_any_script(client, db, mailoutbox):
    ask_for_code(client, "new@example.org")
    arabic = code_in(mailoutbox[0]).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")).replace("-", " ")

    assert client.post(CONFIRM, {"code": arabic}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "This field is required."),
        ("ada", "Enter a valid email address."),
        ("ada@example.org\nBcc: x@example.org", "Enter a valid email address."),
        (f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.org", None),
    ],
)
def test_what_is_no_address_makes_nobody(client, db, typed, words):
    response = ask_for_code(client, typed)

    assert response.status_code == 422
    assert not words or errors(response) == {"email": [words]}
    assert Person.objects.count() == 0


@pytest.mark.parametrize("server", ["Down", "Refuses"])
def test_a_mail_server_that_is_away_is_said_beside_the_address_which_stays(client, db, settings, server):
    settings.EMAIL_BACKEND = f"tests.circles.views.test_sign_in.{server}"

    response = ask_for_code(client, "new@example.org", next="/circles/")

    assert response.status_code == 422
    assert errors(response) == {
        "email": ["We could not send the mail just now. Please try again in a minute."]
    }
    assert 'value="new@example.org"' in response.content.decode()
    assert 'value="/circles/"' in response.content.decode()


def test_a_mail_server_that_is_away_when_a_new_code_is_wanted_loses_nothing(client, db, settings, mailoutbox):
    ask_for_code(client, "new@example.org")
    settings.EMAIL_BACKEND = "tests.circles.views.test_sign_in.Down"

    with time_machine.travel(now() + dt.timedelta(minutes=2)):
        response = client.post(CONFIRM, {"action": "resend"}, follow=True)

    assert "We could not send the mail just now." in text(response)


def test_another_address_may_be_typed_while_a_code_is_on_its_way(client, db, mailoutbox):
    ask_for_code(client, "wrong@example.org")
    ask_for_code(client, "right@example.org")

    client.post(CONFIRM, {"code": code_in(mailoutbox[1])})

    assert [message.to for message in mailoutbox] == [["wrong@example.org"], ["right@example.org"]]
    assert list(Person.objects.filter(verified_at__isnull=False).values_list("email", flat=True)) == [
        "right@example.org"
    ]


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/circles/", "/circles/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_leads_only_to_pages_of_ours(client, ada, mailoutbox, wanted, reached):
    response = ask_for_code(client, "ada@example.org", next=wanted)

    assert client.post(response.url, {"code": code_in(mailoutbox[0]), "next": wanted}).url == reached


def test_the_mail_speaks_the_readers_language_and_a_machine_wrote_it(client, db, mailoutbox, monkeypatch):
    from django.utils import translation

    make_person("Gerda", language="de")
    spoken = []
    monkeypatch.setattr(
        "circles.adapter.DefaultAccountAdapter.send_mail",
        lambda self, prefix, email, context: spoken.append((email, translation.get_language())),
    )

    ask_for_code(client, "gerda@example.org")
    client.post(DOOR, {"email": "new@example.org"}, headers={"accept-language": "es"})

    assert spoken == [("gerda@example.org", "de"), ("new@example.org", "es")]


def test_a_code_that_came_back_makes_refused_mail_welcome_again(client, ada, mailoutbox):
    ada.mark_mail_refused(reason="550 no such user", at=now())

    ask_for_code(client, "ada@example.org")
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})

    ada.refresh_from_db()
    assert (ada.mail_refused_at, ada.mail_refused_because) == (None, "")


def test_a_changed_address_stays_in_lower_case_and_in_step(ada, mailoutbox):
    client = Client()
    ask_for_code(client, "ada@example.org")
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    shows_it_is_them(client, ada, mailoutbox)

    client.post(reverse("account_email"), {"action_add": "", "email": "Ada.New@Example.ORG"})
    client.post(reverse("account_email_verification_sent"), {"code": code_in(mailoutbox[-1])})

    ada.refresh_from_db()
    assert (ada.email, ada.is_verified) == ("ada.new@example.org", True)
    assert [(a.email, a.verified, a.primary) for a in EmailAddress.objects.all()] == [
        ("ada.new@example.org", True, True)
    ]


def test_nobody_takes_over_an_address_that_is_somebody_elses(ada, bo, mailoutbox):
    client = Client()
    ask_for_code(client, "ada@example.org")
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    shows_it_is_them(client, ada, mailoutbox)

    client.post(reverse("account_email"), {"action_add": "", "email": "bo@example.org"})
    response = client.post(reverse("account_email_verification_sent"), {"code": code_in(mailoutbox[-1])})

    ada.refresh_from_db()
    assert errors(response) == {"code": ["A user is already registered with this email address."]}
    assert ada.email == "ada@example.org"


def test_addresses_that_nobody_proved_are_forgotten_after_a_day(db, olga):
    from circles.sweeps import forget_unproven_addresses

    hour = timezone.now().replace(minute=0)
    old, young, invited = (
        Person.objects.get_or_enter(f"{name}@example.org") for name in ("old", "young", "named")
    )
    circle = make_circle(olga)
    circle.memberships.create(person=invited)
    Person.objects.exclude(pk=young.pk).update(joined_at=hour - 8 * DAY)

    forget_unproven_addresses(hour + dt.timedelta(minutes=1))
    assert Person.objects.filter(pk=old.pk).exists()
    forget_unproven_addresses(hour)

    assert sorted(Person.objects.values_list("email", flat=True)) == [
        "named@example.org",
        "olga@example.org",
        "young@example.org",
    ]


def test_signed_out_pages_lead_to_the_door_and_back(client, street):
    for page in ("/circles/", "/circles/new/", "/me/", "/me/welcome/", f"/circles/{street.pk}/"):
        assert client.get(page).url == f"{DOOR}?next={page}"


def test_whoever_is_signed_in_does_not_meet_the_door(ada):
    assert signed_in(ada).get(DOOR).status_code == 302
