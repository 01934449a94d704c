"""Nobody floods anybody: whatever makes rows or mails is counted, and who comes to a limit loses no word."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from requests.models import Answer, HelpRequest
from supportnet import posting_limits
from supportnet.posting_limits import COUNTED, give_back, take
from tests import cast
from tests.house.test_permissions import SAMPLES, World, addresses, lines, only_tried, path_to
from tests.requests.forms import ask_fields

# What is pressed without being counted, and why that floods nobody.
EXEMPT = {
    "me": "one's own page",
    "welcome": "one's own page",
    "notices": "one's own page",
    "helping": "one's own page",
    "unsubscribe": "one's own choice",
    "personal_link": "asks who comes, and makes nothing",
    "circle_hears": "one's own choice",
    "circle_take_back": "takes something back",
    "circle_leave": "takes something back",
    "block_lift": "takes something back",
    "invitation_revoke": "takes something back",
    "request_discard": "takes something back",
    "request_unpass": "takes something back",
    "request_close": "an end, once for each request",
    "request_go_on": "an answer of one's own, once for each request",
    "request_hold": "stops what would be mailed",
    "request_pass": "one's own list",
    "circle_edit": "mails nobody, and lies with the keepers",
    "member_edit": "mails nobody, and lies with the keepers",
    "member_admit": "an answer, once for each who asked",
    "member_decline": "an answer, once for each who asked",
    "member_remove": "protects, once for each member",
    **dict.fromkeys(
        ("member_place", "circle_place", "member_contact", "member_check", "member_exclude"),
        "mails nobody, and lies with the keepers",
    ),
    **dict.fromkeys(("member_keeper", "member_member"), "mails nobody, and lies with the keepers"),
    "answer_helped": "a mark on an answer",
    **dict.fromkeys(("claim_accept", "claim_decline"), "an answer, once for each promise"),
    **dict.fromkeys(("claim_cancel", "claim_no_show", "claim_happened"), "once for each promise"),
}
# Not pages of ours: allauth counts for itself, staff and keepers answer for their own.
ELSEWHERE = ("admin", "organize", "mfa", "account", "mailbox")
# What the form of a question asks for, and what it does not.
QUESTION = {
    "category": "question",
    **dict.fromkeys(("importance", "timing", "date", "start", "end", "helpers")),
}


def pressed():
    """The names of the addresses that take a press, as the permission table has them."""
    return {name for name, _, doing in lines() if doing and not name.startswith(ELSEWHERE)} - SAMPLES


def test_whatever_is_pressed_is_counted_or_floods_nobody():
    assert pressed() - set(COUNTED) == set(EXEMPT)
    assert set(COUNTED) <= set(addresses())


def test_every_limit_is_used_and_has_numbers():
    counted = {counted.what for counted in COUNTED.values()}

    assert counted == set(django_settings.POSTING_LIMITS)
    assert all(most > 0 for what in counted for most, _, _ in posting_limits.limits(what))
    assert all("person" in {whose for _, _, whose in posting_limits.limits(what)} for what in counted)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(COUNTED))
def test_whoever_has_come_to_a_limit_is_told_and_keeps_every_word(world, name, settings):
    settings.POSTING_LIMITS = dict.fromkeys(settings.POSTING_LIMITS, "0/d/person")
    typed = {"do": next(iter(COUNTED[name].only), ""), "words": "Two <b>words", "form_key": "k"}
    with only_tried():
        answer = world.client("asker").post(path_to(world, name, "asker"), typed)

    assert answer.status_code == 422
    assert "A little later, please" in answer.text and int(answer.headers["Retry-After"]) > 0
    assert "Two &lt;b&gt;words" in answer.text and 'name="form_key" value="k"' in answer.text


@pytest.mark.slow
@pytest.mark.django_db
def test_a_press_of_somebody_who_may_not_is_not_counted(world):
    with only_tried():
        for _ in range(3):
            world.client("stranger").post(path_to(world, "request_answers"), {"text": "Hello there"})

        assert take("answer", owners={"person": world.stranger.pk}, at=0)[1] is None
    assert [key for key in getattr(cache, "_cache", {}) if str(world.stranger.pk) in key] == []


def ask(person, circle, **said):
    client = Client()
    client.force_login(person)
    return client.post("/requests/new/informational/", ask_fields(circle, **{**QUESTION, **said}))


def test_the_twenty_first_question_of_an_hour_waits(ada, street):
    answers = [ask(ada, street, title=f"How is it done? {number}") for number in range(22)]

    assert [answer.status_code for answer in answers] == [302] * 20 + [422] * 2
    assert HelpRequest.objects.count() == 20
    assert "How is it done? 21" in answers[-1].text and "You have asked for a lot" in answers[-1].text


def test_ten_accounts_are_one_flood(street, olga, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "ask": "20/h/person 3/h/circle"}
    people = [cast.make_person(f"one{number}") for number in range(5)]
    for person in people:
        cast.join(street, person, by=olga)
    elsewhere = cast.make_circle(people[0], name="Elsewhere")

    assert [ask(person, street).status_code for person in people] == [302] * 3 + [422] * 2
    assert ask(people[0], elsewhere).status_code == 302


def test_what_its_form_refuses_counts_for_nothing(ada, street, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "ask": "1/h/person"}

    assert [ask(ada, street, title="").status_code for _ in range(3)] == [422] * 3
    assert ask(ada, street).status_code == 302


def test_sent_again_later_it_is_there(ada, bo, street, settings):
    question = cast.ask_for_advice(ada, street)
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "answer": "0/h/person"}
    client = Client()
    client.force_login(bo)
    refused = client.post(
        f"/requests/{question.pk}/answers/", {"text": "Ask them twice", "form_key": "5" * 32}
    )
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "answer": "1/h/person"}

    client.post(f"/requests/{question.pk}/answers/", dict(refused.context["typed"]))

    assert [answer.text for answer in Answer.objects.all()] == ["Ask them twice"]


@pytest.mark.anywhere
def test_pressed_at_once_no_more_get_through(settings):
    settings.POSTING_LIMITS = {"ask": "20/h/person"}
    with ThreadPoolExecutor(16) as threads:
        got = list(threads.map(lambda _: take("ask", owners={"person": 1}, at=100)[1], range(80)))

    assert sum(too_much is None for too_much in got) <= 20
    assert take("ask", owners={"person": 2}, at=100)[1] is None
    assert take("ask", owners={"person": 1}, at=3600 + 100)[1] is None


@pytest.mark.anywhere
def test_what_is_given_back_may_be_taken_again(settings):
    settings.POSTING_LIMITS = {"ask": "1/h/person 1/d/circle"}
    owners = {"person": 1, "circle": 1}
    taken, _ = take("ask", owners=owners, at=100)

    assert take("ask", owners=owners, at=100)[1].whose == "person"
    assert take("ask", owners={**owners, "person": 2}, at=100)[1].whose == "circle"
    give_back(taken)
    assert take("ask", owners=owners, at=100)[1] is None
