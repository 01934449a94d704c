"""A link from a mail says no more than its mail did, changes nothing by being opened, and undoing brings back."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from circles.models import Circle, CircleKind, change_email
from supportnet.notices import personal_links, unsubscribe_links
from supportnet.notices.kinds import find
from supportnet.notices.models import Notice
from tests.cast import ask, make_circle, now

pytestmark = pytest.mark.django_db

TAILS = (".", ")", "/&", "%E2%80%8B", "\x00")


def undo_on(page):
    """What the button "Undo" sends."""
    return re.search(r'name="undo" value="(\w*)"', page.content.decode())[1]


def links(street, supper, bo, olga, mallory):
    """{how it is turned down: (link, what was chosen)}."""
    asked = street.ask_to_join(mallory, at=now())
    return {
        "daily": unsubscribe_links.path(find("wave_opened"), bo, supper),
        "heard": unsubscribe_links.path(find("join_asked"), olga, asked),
        "at_once": unsubscribe_links.path(
            find("request_claimed"), olga, supper.slots.get().claim(by=bo, at=now())
        ),
    }


@pytest.mark.parametrize("presses", [1, 2, 3])
@pytest.mark.parametrize("was", ["daily", "heard", "at_once"])
def test_undo_brings_back_what_was_before_the_first_of_many_presses(
    was, presses, client, street, supper, bo, olga, mallory
):
    link = links(street, supper, bo, olga, mallory)[was]
    state = lambda: (  # noqa: E731
        list(street.memberships.order_by("pk").values_list("hears", "hears_of_joiners")),
        type(olga).objects.get(pk=olga.pk).told_of_claims,
    )
    before = state()

    for _ in range(presses):
        page = client.post(link)
    assert (undo_on(page), state() == before) == (was, False)
    client.post(link, {"undo": undo_on(page)})

    assert state() == before


def test_what_was_off_before_the_first_press_stays_off(client, street, supper, bo):
    street.memberships.update(hears="never")
    link = unsubscribe_links.path(find("wave_opened"), bo, supper)

    assert b'name="undo"' not in client.post(link).content
    client.post(link, {"undo": ""})

    assert street.memberships.get(person=bo).hears == "never"


ENDS = {
    "removed": lambda circle, olga, bo: circle.memberships.get(person=bo).remove(by=olga, at=now()),
    "left": lambda circle, olga, bo: circle.memberships.get(person=bo).leave(at=now()),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_somebody_who_is_in_the_circle_no_more_learns_no_new_name_of_it(
    end, client, street, supper, olga, bo
):
    link = unsubscribe_links.path(find("wave_opened"), bo, supper)
    assert "new requests in Our street" in client.get(link).content.decode()

    end(street, olga, bo)
    Circle.objects.filter(pk=street.pk).update(name="Secret name")

    for page in (client.get(link), client.post(link), client.post(link, {"undo": "daily"})):
        assert page.status_code == 200 and "Secret name" not in page.content.decode()


def test_after_a_yes_was_taken_back_the_circle_is_not_named(client, olga, bo):
    whom = {"name": "Rosa", "how": "by_phone", "note": "She said yes"}
    circle = make_circle(olga, kind=CircleKind.CARE, name="Around Rosa", whom=whom)
    circle.memberships.create(person=bo).join(at=now())
    link = unsubscribe_links.path(find("wave_opened"), bo, ask(olga, circle))
    assert "Around Rosa" in client.get(link).content.decode()

    Circle.objects.get(pk=circle.pk).consent.withdraw(by=olga, at=now())

    assert "Rosa" not in client.get(link).content.decode()


def test_with_the_address_its_links_die_and_whoever_has_the_old_mailbox_turns_down_nothing(
    client, street, supper, bo
):
    link = unsubscribe_links.path(find("wave_opened"), bo, supper)
    assert client.get(link).status_code == 200

    change = change_email(bo, "new@example.org", at=now())

    for page in (client.get(link), client.post(link), client.post(link, {"undo": "weekly"})):
        assert page.status_code == 404 and street.name not in page.content.decode()
    assert street.memberships.get(person=bo).hears == "daily"
    change.take_back(at=now())
    assert client.get(link).status_code == 200


# Every address with a token ----------------------------------------------------------------------------------


def tokened(patterns=None, before="/"):
    """The addresses that hold a token, read from the resolver."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from tokened(pattern.url_patterns, route)
        elif ":token>" in route or "<token>" in route:
            yield route


@pytest.fixture
def tokens(street, supper, olga, bo):
    """True tokens, by the address that they are for, as far as this world has them."""
    gone = street.open_link(by=olga, at=now())
    gone.revoke(by=olga, at=now())
    last = lambda path: path.rstrip("/").rpartition("/")[2]  # noqa: E731
    return {
        "open link": street.open_link(by=olga, at=now()).token,
        "closed link": gone.token,
        "invitation": street.invite(email="zed@example.org", by=olga, at=now()).token,
        "unsubscribe": last(unsubscribe_links.path(find("wave_opened"), bo, supper)),
        "go": last(personal_links.path(bo, supper.get_absolute_url())),
        "nothing": "x",
    }


def test_no_token_whole_cut_for_another_page_or_with_a_tail_breaks_or_changes_anything(
    tokens, street, supper, bo, mallory
):
    routes = sorted(set(tokened()))
    facts = lambda: (  # noqa: E731
        [list(model.objects.order_by("pk").values()) for model in (Circle, Notice)],
        list(street.memberships.order_by("pk").values()),
        list(street.invitations.order_by("pk").values()),
    )
    before, tried = facts(), 0

    assert len(routes) >= 4
    for person in (None, mallory):
        client = Client(raise_request_exception=False)
        if person:
            client.force_login(person)
        for route in routes:
            for token in tokens.values():
                for form in (
                    token,
                    token[:-1] or "y",
                    token[: len(token) // 2] or "y",
                    *(token + t for t in TAILS),
                ):
                    path = re.sub(r"<(?:\w+:)?token>", form, route)
                    answer = client.get(re.sub(r"<[^>]+>", "1", path))
                    tried += 1
                    assert answer.status_code < 500, (route, form)
    assert facts() == before
    assert tried > 300
