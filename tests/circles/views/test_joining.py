import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from circles.models import Invitation, Membership, Person
from supportnet.notices.models import Notice
from tests.cast import DAY, make_person, now
from tests.circles.pages import code_in, signed_in, text

CONFIRM = "/accounts/login/code/confirm/"
CLOSED = "This invitation does not open any more"


@pytest.fixture
def invitation(street, olga):
    """Sent to mallory, who is outside."""
    return street.invite(
        email="mallory@example.org", name="Mallory", how_they_know="We sing in one choir.", by=olga, at=now()
    )


@pytest.fixture
def link(street, olga):
    return street.open_link(by=olga, at=now())


def url(invitation):
    return invitation.get_absolute_url()


def state(circle, person):
    membership = circle.memberships.filter(person=person).first()
    return membership and membership.state


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Person, Membership, Invitation, Notice, Session)
    ]


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_an_invitation_changes_nothing_and_signs_nobody_in(method, invitation, link, mallory, bo):
    clients = [Client(), signed_in(mallory), signed_in(bo)]
    before = everything()

    for client in clients:
        for one in (invitation, link):
            getattr(client, method)(url(one))

    assert everything() == before


def test_the_page_names_the_circle_the_inviter_and_how_they_know_each_other(invitation, mallory):
    words = text(signed_in(mallory).get(url(invitation)))

    for said in (
        "Our street",
        "Our community",
        "Olga invites you",
        "We sing in one choir.",
        "Continue as Mallory",
    ):
        assert said in words
    assert "Ada" not in words and "Bo" not in words


def test_one_press_joins(invitation, mallory, street):
    response = signed_in(mallory).post(url(invitation), follow=True)

    assert response.redirect_chain == [(f"/circles/{street.pk}/", 302)]
    assert "Welcome to Our street." in text(response)
    assert state(street, mallory) == "current"


def test_pressing_twice_leads_to_the_circle(invitation, mallory, street):
    client = signed_in(mallory)

    assert [client.post(url(invitation)).url for _ in range(2)] == [f"/circles/{street.pk}/"] * 2


def test_somebody_else_may_ask_and_a_keeper_decides(invitation, street):
    zed = make_person("Zed")
    client = signed_in(zed)

    words = text(client.get(url(invitation)))
    response = client.post(url(invitation), follow=True)

    assert "You are signed in as Zed. This was sent to somebody else" in words
    assert "mallory@" not in words
    assert state(street, zed) == "waiting"
    assert "You asked to join" in text(response)
    assert Invitation.objects.get().uses_left == 1


def test_by_a_link_one_asks(link, mallory, street):
    client = signed_in(mallory)

    assert "Ask to join as Mallory" in text(client.get(url(link)))
    client.post(url(link))
    assert state(street, mallory) == "waiting"
    assert client.get(url(link)).url == f"/circles/{street.pk}/"


def test_whoever_waits_may_follow_an_invitation_of_their_own(link, invitation, mallory, street):
    client = signed_in(mallory)
    client.post(url(link))

    assert "Continue as Mallory" in text(client.get(url(invitation)))
    client.post(url(invitation))
    assert state(street, mallory) == "current"


def test_members_are_led_to_the_circle(invitation, link, bo, street):
    for one in (invitation, link):
        assert signed_in(bo).get(url(one)).url == f"/circles/{street.pk}/"


# Signed out -------------------------------------------------------------------------------------------------


def test_the_invited_come_in_by_a_code_to_the_address_that_nobody_else_learns(
    invitation, mallory, street, mailoutbox
):
    client = Client()
    page = client.get(url(invitation))
    assert "m•••@example.org" in text(page) and "mallory@" not in page.content.decode()

    sent = client.post(url(invitation))
    confirm = client.get(sent.url)
    assert sent.url.startswith(CONFIRM)
    assert "mallory@" not in confirm.content.decode() and "m•••@example.org" in text(confirm)
    assert mailoutbox[-1].to == ["mallory@example.org"]

    entered = client.post(sent.url, {"code": code_in(mailoutbox[-1]), "next": url(invitation)})
    assert entered.url == url(invitation)
    assert state(street, mallory) is None
    client.post(entered.url)
    assert state(street, mallory) == "current"


def test_the_invited_without_an_account_come_in_the_same_way(street, olga, mailoutbox):
    invitation = street.invite(email="new@example.org", by=olga, at=now())
    client = Client()

    sent = client.post(url(invitation))
    client.post(sent.url, {"code": code_in(mailoutbox[-1]), "next": url(invitation)})
    welcome = client.get(url(invitation))
    assert welcome.url.startswith("/me/welcome/?next=%2Fcircles%2Fjoin%2F")
    there = client.post(
        "/me/welcome/", {"name": "New", "time_zone": "Europe/Lisbon", "next": url(invitation)}
    )
    client.post(there.url)

    assert state(street, Person.objects.get(email="new@example.org")) == "current"


def test_by_a_link_one_types_ones_address_and_comes_back(link, street, mailoutbox):
    client = Client()
    page = client.get(url(link)).content.decode()
    assert 'action="/accounts/login/code/"' in page and f'value="{url(link)}"' in page

    sent = client.post("/accounts/login/code/", {"email": "new@example.org", "next": url(link)})
    entered = client.post(sent.url, {"code": code_in(mailoutbox[-1]), "next": url(link)})

    assert entered.url == url(link)


def test_a_mail_server_that_is_away_is_said_on_the_page(invitation, settings):
    settings.EMAIL_BACKEND = "tests.circles.views.test_sign_in.Down"

    response = Client().post(url(invitation))

    assert (response.status_code, "We could not send the mail just now." in text(response)) == (422, True)


def test_posting_a_link_signed_out_joins_nobody(link):
    assert Client().post(url(link)).status_code == 200
    assert Membership.objects.filter(via=link).count() == 0


# Closed -----------------------------------------------------------------------------------------------------


def close_by(how, invitation, olga):
    if how == "expired":
        Invitation.objects.filter(pk=invitation.pk).update(
            created_at=now() - 31 * DAY, expires_at=now() - DAY
        )
    elif how == "revoked":
        invitation.revoke(by=olga, at=now())
    elif how == "used":
        Invitation.objects.filter(pk=invitation.pk).update(uses_left=0)
    else:
        invitation.circle.archive(by=olga, at=now())


@pytest.mark.parametrize("how", ["expired", "revoked", "used", "archived"])
def test_a_closed_invitation_says_how_to_get_a_new_one_and_nothing_of_the_circle(
    how, invitation, mallory, olga, street, mailoutbox
):
    close_by(how, invitation, olga)

    for client in (Client(), signed_in(mallory)):
        for response in (client.get(url(invitation)), client.post(url(invitation))):
            words = text(response)
            assert (response.status_code, CLOSED in words) == (410, True)
            assert "Ask the person who sent it to you for a new one" in words
            assert "Our street" not in words and "Olga" not in words
    assert (state(street, mallory), mailoutbox) == (None, [])


@pytest.mark.parametrize("token", ["x", "0" * 32, "a" * 500, "%00", "..", "ü"])
def test_an_unknown_invitation_is_not_found(db, mallory, token):
    for client in (Client(), signed_in(mallory)):
        response = client.get(f"/circles/join/{token}/")
        assert response.status_code == 404


def test_whoever_was_declined_waits_for_a_week(link, mallory, olga, street):
    client = signed_in(mallory)
    client.post(url(link))
    street.memberships.get(person=mallory).decline(by=olga, at=now())

    response = client.post(url(link))

    assert (response.status_code, state(street, mallory)) == (409, "declined")
    assert "You may ask again from" in text(response)


def test_whoever_was_removed_has_to_be_let_in_by_a_keeper(street, olga, bo):
    invitation = street.invite(email="bo@example.org", by=olga, at=now())
    street.memberships.get(person=bo).remove(by=olga, at=now())

    signed_in(bo).post(url(invitation))

    assert state(street, bo) == "waiting"


def test_whoever_has_not_shown_the_address_is_told_how(link, invitation, street):
    stranger = make_person("Stranger", verified_at=None)

    response = signed_in(stranger).post(url(link))

    assert (response.status_code, state(street, stranger)) == (403, None)
    assert "Verify your address first" in text(response)
