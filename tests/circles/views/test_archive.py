"""A circle that is put away: its keeper sees first what that does; nothing goes on in it, and nothing is lost."""

import pytest

from circles.models import ByInvitationOnly, Circle, JournalEntry, Membership, PutAway
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, make_person, now
from tests.circles.pages import signed_in, text

INTO_IT = {
    "an invitation": lambda street, olga: street.invite(email="zed@example.org", by=olga, at=now()),
    "a link": lambda street, olga: street.open_link(by=olga, at=now()),
    "somebody by phone": lambda street, olga: street.add_without_email(
        name="Zed", phone="+351 555 0199", by=olga, at=now()
    ),
    "other words": lambda street, olga: street.edit(name="Another name", by=olga, at=now()),
    "somebody who waits": lambda street, olga: street.memberships.waiting().get().admit(by=olga, at=now()),
}


@pytest.fixture
def waiting(street, mallory):
    """Mallory would like to join."""
    return street.ask_to_join(mallory, at=now())


def put_away(street, olga):
    return signed_in(olga).post(f"/circles/{street.pk}/put-away/")


def noon():
    """Tomorrow, when everybody may be told."""
    return (now() + DAY).replace(hour=12)


def test_the_page_says_first_what_it_does_and_does_nothing(street, olga, waiting):
    street.invite(email="zed@example.org", by=olga, at=now())
    street.open_link(by=olga, at=now())

    page = signed_in(olga).get(f"/circles/{street.pk}/put-away/")

    assert page.context["effect"] == [
        "1 person who waits to be let in is told kindly that it does not fit now.",
        "2 open invitations and links end.",
        "2 other members are told that the circle was put away.",
    ]
    street.refresh_from_db()
    assert street.archived_at is None


def test_where_nothing_follows_nothing_is_threatened(street, olga):
    for person in street.memberships.exclude(person=olga):
        person.leave(at=now())

    assert signed_in(olga).get(f"/circles/{street.pk}/put-away/").context["effect"] == []


def test_it_leaves_the_lists_and_says_on_its_page_that_nothing_can_be_asked(street, olga, ada, mallory):
    Circle.objects.filter(pk=street.pk).update(listed=True)

    put_away(street, olga)

    page = signed_in(ada).get(f"/circles/{street.pk}/")
    assert "was put away on" in text(page)
    assert "Ask for something" not in text(page) and "Take it up again" not in text(page)
    assert "Take it up again" in text(signed_in(olga).get(f"/circles/{street.pk}/"))
    mine = signed_in(ada).get("/circles/")
    assert (mine.context["memberships"], len(mine.context["put_away"])) == ([], 1)
    assert "Our street" not in text(signed_in(mallory).get("/circles/directory/"))
    assert signed_in(mallory).get(f"/circles/{street.pk}/").status_code == 404


@pytest.mark.parametrize("do", INTO_IT.values(), ids=INTO_IT)
def test_nothing_and_nobody_comes_into_it(do, street, olga, waiting):
    Circle.objects.filter(pk=street.pk).update(archived_at=now())
    before = list(Membership.objects.order_by("pk").values())

    with pytest.raises(PutAway):
        do(street, olga)

    assert list(Membership.objects.order_by("pk").values()) == before
    assert not street.invitations.exists()


def test_nobody_asks_to_join_it(street, olga, mallory):
    put_away(street, olga)

    for ask in (street.ask_to_join, street.receive):
        with pytest.raises((PutAway, ByInvitationOnly)):
            ask(mallory, at=now())

    assert not street.memberships.waiting().exists()


@pytest.mark.parametrize("way", ["edit", "invite", "link", "members/add", "put-away"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_its_keeper_is_told_so_and_led_back(way, method, street, olga):
    put_away(street, olga)

    response = getattr(signed_in(olga), method)(f"/circles/{street.pk}/{way}/", follow=True)

    assert response.redirect_chain == [(f"/circles/{street.pk}/", 302)]
    assert "This circle was put away. A keeper can take it up again." in text(response)


def test_whoever_was_let_in_a_moment_too_late_is_not_in(street, olga, waiting):
    Circle.objects.filter(pk=street.pk).update(archived_at=now())

    response = signed_in(olga).post(f"/circles/{street.pk}/members/{waiting.pk}/admit/", follow=True)

    assert "This circle was put away." in text(response)
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_who_waits_is_told_kindly_and_members_hear_of_it_once_but_not_whoever_did_it(
    street, olga, waiting, mailoutbox
):
    put_away(street, olga)
    put_away(street, olga)
    deliver(at=noon())

    told = sorted((mail.to[0], mail.subject) for mail in mailoutbox if "street" not in mail.subject)
    assert [to for to, subject in told if subject == "A circle of yours was put away"] == [
        "ada@example.org",
        "bo@example.org",
    ]
    waiting.refresh_from_db()
    assert waiting.state == "declined"
    assert Notice.objects.filter(kind="join_declined", reader=waiting.person).count() == 1
    assert JournalEntry.objects.filter(verb="archived").count() == 1


def test_nobody_is_told_of_it_who_left_meanwhile_or_once_it_was_taken_up_again(street, olga, ada, bo):
    put_away(street, olga)
    street.memberships.get(person=bo).leave(at=now())
    deliver(at=noon())
    of = Notice.objects.filter(kind="circle_put_away")
    assert of.get(reader=bo).dropped_because and not of.get(reader=ada).dropped_because

    of.update(sent_at=None, dropped_at=None, dropped_because="", try_at=now(), due_at=now())
    signed_in(olga).post(f"/circles/{street.pk}/take-up/")
    deliver(at=noon() + DAY)

    assert of.get(reader=ada).dropped_because == "The circle was taken up again."


def test_taken_up_again_it_is_as_before_but_for_what_ended(street, olga, ada):
    link = street.open_link(by=olga, at=now())
    put_away(street, olga)

    response = signed_in(olga).post(f"/circles/{street.pk}/take-up/", follow=True)

    assert "The circle is in use again." in text(response)
    assert len(signed_in(ada).get("/circles/").context["memberships"]) == 1
    assert list(street.invitations.lapsed()) == [link]
    street.invite(email="zed@example.org", by=olga, at=now())


@pytest.mark.parametrize("way", ["put-away", "take-up"])
def test_only_its_keepers_put_it_away_or_take_it_up(way, street, olga, ada, mallory):
    if way == "take-up":
        put_away(street, olga)
    was = Circle.objects.get(pk=street.pk).archived_at

    answers = [signed_in(who).post(f"/circles/{street.pk}/{way}/").status_code for who in (ada, mallory)]

    assert answers == [403, 404]
    assert Circle.objects.get(pk=street.pk).archived_at == was


def test_who_cannot_see_a_circle_is_not_told_of_it_either(olga, ada, mailoutbox):
    whom = {"name": "Rosa", "email": "rosa@example.org"}
    circle = Circle.objects.start(by=olga, kind="care", name="Around Rosa", at=now(), whom=whom)
    circle.memberships.create(person=ada).join(at=now())

    page = signed_in(olga).get(f"/circles/{circle.pk}/put-away/")
    put_away(circle, olga)
    deliver(at=noon())

    assert page.context["effect"] == []
    assert not [mail for mail in mailoutbox if mail.to == [ada.email]]


def test_whoever_has_no_address_is_not_waited_for(street, olga):
    street.add_without_email(name="Zed", phone="+351 555 0199", by=olga, at=now())
    make_person("Nobody")

    put_away(street, olga)

    readers = Notice.objects.filter(kind="circle_put_away").values_list("reader__name", flat=True)
    assert sorted(readers) == ["Ada", "Bo"]
