"""Mails are passed on: a link in one signs nobody in, and leads whom it was meant for to the page."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from circles.models import Person, change_email
from supportnet.notices import personal_links
from supportnet.notices.models import Notice
from tests.cast import make_person, now
from tests.circles.pages import code_in, signed_in, text

DOOR = "/accounts/login/code/"
CONFIRM = f"{DOOR}confirm/"


@pytest.fixture
def link(bo, street):
    """Mailed to Bo, about the circle that he is in."""
    return personal_links.path(bo, street.get_absolute_url())


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Person, Notice, Session)]


def test_the_person_themselves_is_led_straight_on(link, bo, street):
    response = signed_in(bo).get(link)

    assert (response.status_code, response.url) == (302, f"/circles/{street.pk}/")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing_and_signs_nobody_in(method, link, bo, mallory, mailoutbox):
    clients = [Client(), signed_in(mallory), signed_in(bo)]
    before = everything()

    for client in clients:
        getattr(client, method)(link)

    assert everything() == before
    assert mailoutbox == []


def test_signed_out_it_asks_who_comes_and_shows_no_whole_address(link, bo):
    response = Client().get(link)

    assert "Continue as Bo?" in text(response)
    assert "b•••@example.org" in text(response)
    assert "bo@" not in response.content.decode()
    assert "Our street" not in text(response)


def test_with_the_code_from_ones_own_mailbox_one_is_where_the_link_leads(link, bo, street, mailoutbox):
    client = Client()

    sent = client.post(link)
    asked = client.get(sent.url)
    entered = client.post(
        CONFIRM, {"code": code_in(mailoutbox[0]), "next": asked.context["redirect_field_value"]}
    )

    assert sent.url == f"{CONFIRM}?next=%2Fcircles%2F{street.pk}%2F"
    assert "b•••@example.org" in text(asked)
    assert "bo@" not in asked.content.decode()
    assert mailoutbox[0].to == ["bo@example.org"]
    assert entered.url == f"/circles/{street.pk}/"
    assert "Our street" in text(client.get(entered.url))


def test_whoever_got_it_from_somebody_else_comes_no_further_than_by_themselves(link, mallory, street):
    client = signed_in(mallory)

    response = client.get(link)

    assert response.status_code == 200
    assert "This link was sent to somebody else" in text(response)
    assert "You are signed in as Mallory" in text(response)
    assert "Bo" not in text(response).split() and "b•••" not in text(response)
    assert f'href="/circles/{street.pk}/"' in response.content.decode()
    assert client.get(f"/circles/{street.pk}/").status_code == 404


def test_who_may_see_the_page_too_goes_on_as_themselves(link, ada, street):
    client = signed_in(ada)

    response = client.get(link)

    assert "Go on as Ada" in text(response)
    assert client.get(f"/circles/{street.pk}/").status_code == 200


def test_pressing_as_somebody_else_mails_nobody_a_code(link, ada, mailoutbox):
    assert signed_in(ada).post(link).status_code == 200
    assert mailoutbox == []


def test_signing_out_leads_back_to_the_question(link, ada):
    client = signed_in(ada)

    response = client.post("/accounts/logout/", {"next": link}, follow=True)

    assert response.redirect_chain[-1][0] == link
    assert "Continue as Bo?" in text(response)


@pytest.mark.parametrize("gone", ["deactivated", "deleted"])
def test_for_somebody_who_is_gone_there_is_the_plain_door(link, bo, street, gone, mailoutbox):
    Person.objects.filter(pk=bo.pk).update(is_active=False)
    if gone == "deleted":
        link = personal_links.path(Person(pk=987654), street.get_absolute_url())

    answers = [getattr(Client(), method)(link) for method in ("get", "post")]

    assert [answer.url for answer in answers][0] == f"{DOOR}?next=%2Fcircles%2F{street.pk}%2F"
    assert all(answer.url.startswith(DOOR) for answer in answers)
    assert mailoutbox == []


def test_it_asks_in_the_language_of_the_mail(link, bo):
    Person.objects.filter(pk=bo.pk).update(language="ar")

    page = Client().get(link).content.decode()

    assert 'dir="rtl"' in page


def test_pressing_again_and_again_mails_one_code_and_keeps_nobody_out(link, mailoutbox):
    answers = [Client().post(link).status_code for _ in range(4)]

    assert answers == [302] * 4
    assert len(mailoutbox) == 1


def test_a_link_dies_with_the_address_that_it_was_mailed_to_and_says_nothing(link, bo, mailoutbox):
    change_email(bo, "bo.new@example.org", at=now())

    answers = [Client().get(link), Client().post(link)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "Bo" not in text(answers[0])
    assert mailoutbox == []


def test_a_mail_server_that_is_away_is_said_on_the_page(link, settings):
    settings.EMAIL_BACKEND = "tests.circles.views.test_sign_in.Down"

    response = Client().post(link)

    assert response.status_code == 422
    assert "We could not send the mail just now" in text(response)


def test_the_place_on_the_page_is_kept(bo, mailoutbox):
    link = personal_links.path(bo, "/claims/7/#late")

    assert signed_in(bo).get(link).url == "/claims/7/#late"
    assert Client().post(link).url == f"{CONFIRM}?next=%2Fclaims%2F7%2F%23late"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token[1:],
        lambda token: token.partition(".")[0],
        lambda token: token + "A",
        lambda token: "A" + token,
        lambda token: "٣" * 9,
        lambda token: ".",
        lambda token: "x" * 5000,
    ],
)
@pytest.mark.parametrize("person", ["anonymous", "Bo"])
def test_half_a_link_says_so_and_leads_nowhere(spoil, person, link, bo, mailoutbox):
    client = Client() if person == "anonymous" else signed_in(bo)
    token = spoil(link.split("/")[2])

    answers = [client.get(f"/go/{token}/"), client.post(f"/go/{token}/")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "This link does not work" in text(answers[0])
    assert mailoutbox == []


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example/", "/\\evil.example/", "https://evil.example/", "javascript:alert(1)", "", "evil"],
)
def test_even_with_our_signature_it_leads_nowhere_else(elsewhere, bo):
    link = personal_links.path(bo, elsewhere)

    assert signed_in(bo).get(link).status_code == 404


def test_a_token_is_the_same_every_time_and_each_readers_own(bo, ada):
    first, again, hers, elsewhere = (
        personal_links.path(reader, to)
        for reader, to in ((bo, "/requests/7/"), (bo, "/requests/7/"), (ada, "/requests/7/"), (bo, "/me/"))
    )

    assert first == again
    assert len({first, hers, elsewhere}) == 3
    assert "bo" not in first.lower().split("/")[2].split(".")[0]
    assert len(first) < 70


def test_a_token_outlives_a_change_of_the_installations_key(bo, settings):
    link = personal_links.path(bo, "/requests/7/")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "quite another one"

    assert personal_links.read(link.split("/")[2]) == (bo.pk, "/requests/7/")
    assert personal_links.path(bo, "/requests/7/") != link


def test_a_newcomer_is_asked_for_a_name_first_and_then_led_on(street):
    dana = make_person("Dana", welcomed_at=None)
    link = personal_links.path(dana, street.get_absolute_url())

    assert signed_in(dana).get(link).url.startswith("/me/welcome/?next=%2Fgo%2F")
