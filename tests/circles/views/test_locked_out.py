"""What strangers press: it keeps nobody out, fills no mailbox, leaves nothing behind, and tells nothing."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from circles import browsers
from circles.models import Person
from tests.cast import now
from tests.circles.pages import code_in, text

pytestmark = pytest.mark.slow
DOOR = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"
# How long after each press the next that matters follows: those between are as the last
# (`test_sign_in_code.py` has whole days of them).
PRESSES = [1, 1, 57, 1, 60, 60, 60, 60]


def ask(client, email="ada@example.org"):
    return client.post(DOOR, {"email": email})


def come_in(client, mailoutbox, email="ada@example.org"):
    ask(client, email)
    return client.post(CONFIRM, {"code": code_in(mailoutbox[-1])})


def is_in(client):
    return SESSION_KEY in client.session


@pytest.mark.parametrize("browser_is_known", [True, False])
def test_a_stranger_pressing_once_a_second_for_ten_minutes_keeps_nobody_out(
    ada, mailoutbox, browser_is_known
):
    owner, stranger = Client(), Client()
    with time_machine.travel(now(), tick=False) as clock:
        if browser_is_known:
            come_in(owner, mailoutbox)
            owner.post("/accounts/logout/")
            mailoutbox.clear()
            clock.shift(dt.timedelta(hours=2))
        for seconds in PRESSES:
            ask(stranger)
            stranger.post(CONFIRM, {"code": "1234-5678"})
            clock.shift(seconds)
        asked = ask(owner)
        came = owner.post(CONFIRM, {"code": code_in(mailoutbox[-1])})
        elsewhere = []
        for seconds in PRESSES:
            ask(stranger)
            clock.shift(seconds)
            if seconds == 60:
                elsewhere.append(Client())
                ask(elsewhere[-1])
                elsewhere[-1].post(CONFIRM, {"code": code_in(mailoutbox[-1])})

    assert (asked.url, came.url) == (CONFIRM, "/")
    assert is_in(owner)
    assert [is_in(browser) for browser in elsewhere] == [True] * 4
    assert len(mailoutbox) <= 5


def test_an_address_that_never_came_back_leaves_no_person_and_a_session_of_hours(client, db, mailoutbox):
    ask(client, "zed@example.org")

    assert Person.objects.count() == 0
    assert Session.objects.get().expire_date < now() + dt.timedelta(hours=5)


def test_a_session_lasts_from_the_moment_one_is_in(client, ada, mailoutbox):
    come_in(client, mailoutbox)

    assert Session.objects.latest("expire_date").expire_date > now() + dt.timedelta(days=80)


@pytest.mark.parametrize("step", ["ask", "guess"])
def test_known_unknown_and_closed_addresses_take_the_same_queries_and_the_same_mails(
    ada, bo, mailoutbox, step
):
    bo.deactivate(by=bo, at=now())
    counts = []
    for email in ("ada@example.org", "zed@example.org", "bo@example.org"):
        client = Client()
        if step == "guess":
            ask(client, email)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            if step == "ask":
                answer = ask(client, email)
            else:
                answer = client.post(CONFIRM, {"code": "0000-0000"})
        kinds = [query["sql"].split(" ")[0] for query in queries.captured_queries]
        counts.append((answer.status_code, kinds, len([m for m in mailoutbox if m.to == [email]])))

    assert counts[0] == counts[1] == counts[2]


def test_the_cookie_of_a_known_browser_signs_nobody_in_and_is_not_made_up(client, ada, mailoutbox, settings):
    come_in(client, mailoutbox)
    known = client.cookies[settings.KNOWN_COOKIE_NAME]

    other = Client()
    other.cookies[settings.KNOWN_COOKIE_NAME] = known.value
    assert other.get("/circles/").status_code == 302
    assert known["httponly"]
    assert "ada" not in known.value
    request = type("Request", (), {"COOKIES": {settings.KNOWN_COOKIE_NAME: known.value[:-1] + "x"}})()
    assert not browsers.is_known(request, "ada@example.org")


def test_a_browser_is_known_to_those_who_came_in_by_it_and_to_nobody_else(
    client, ada, bo, mailoutbox, settings
):
    come_in(client, mailoutbox)

    request = type(
        "Request", (), {"COOKIES": {name: morsel.value for name, morsel in client.cookies.items()}}
    )()
    assert browsers.is_known(request, "ada@example.org")
    assert not browsers.is_known(request, "bo@example.org")


def test_the_words_say_what_is_so(ada, mailoutbox):
    client = Client()
    ask(client)

    again = client.post(CONFIRM, {"action": "resend"}, follow=True)

    assert "The code is in your mailbox already" in text(again)
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    "typed",
    ["{a}–{b}", "{a}\u2011{b}", "\u200e{a}{b}\u200f", "“{a}-{b}”", "Code: {a}-{b}", " {a} {b}\n"],
)
def test_a_code_is_read_however_it_was_copied(client, ada, mailoutbox, typed):
    ask(client)
    a, b = code_in(mailoutbox[0]).split("-")

    assert client.post(CONFIRM, {"code": typed.format(a=a, b=b)}).status_code == 302


def test_no_other_mail_can_be_set_off_by_strangers(client, ada, mailoutbox):
    for path in ("reset/", "reset/key/1-abc/", "reset/done/", "set/", "change/"):
        assert client.post(f"/accounts/password/{path}", {"email": ada.email}).status_code == 404

    assert mailoutbox == []


@pytest.mark.parametrize("addresses", [["ada@example.org"], [f"p{n}@example.org" for n in range(60)]])
def test_a_parish_hall_behind_one_network_address_comes_in(db, mailoutbox, addresses):
    """A stranger in the hall presses for one address; or people come at two hundred in five minutes."""
    with time_machine.travel(now(), tick=False) as clock:
        answers = []
        for email in addresses * (60 // len(addresses)):
            answers.append(ask(Client(), email).status_code)
            clock.shift(1.5)

    assert set(answers) == {302}


def test_a_stranger_in_the_same_network_who_presses_very_fast_keeps_nobody_out(ada, bo, mailoutbox):
    with time_machine.travel(now(), tick=False):
        fast = {ask(Client()).status_code for _ in range(140)}
        owner, neighbour = Client(), Client()
        asked = ask(owner), ask(neighbour, bo.email)
        owner.post(CONFIRM, {"code": code_in(mailoutbox[0])})

    assert (fast, [answer.status_code for answer in asked]) == ({302}, [302, 302])
    assert is_in(owner)


def test_without_a_shared_cache_the_mails_to_an_address_are_bounded_all_the_same(ada, mailoutbox):
    for _ in range(30):
        ask(Client())
        cache.clear()

    assert len(mailoutbox) == 1
