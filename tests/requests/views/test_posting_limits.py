"""Who has asked, answered or invited a great deal waits a little, and nothing typed is lost."""

from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from requests.models import Answer, HelpRequest
from supportnet.posting_counts import give_back, take
from tests import cast
from tests.requests.filled_in import ask_fields

# What the form of a question does not ask for.
NOT_ASKED = dict.fromkeys(("timing", "date", "start", "end", "helpers"))


def ask(person, circle, **said):
    client = Client()
    client.force_login(person)
    return client.post(
        "/requests/new/informational/", ask_fields(circle, **{"category": "question", **NOT_ASKED, **said})
    )


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

    Named = namedtuple("Named", "pk")  # as somebody might type the circle's number
    numbers = (street.pk, f" {street.pk}", f"+{street.pk}", f"0{street.pk}\n", street.pk)
    asked = [ask(person, Named(number)) for person, number in zip(people, numbers, strict=True)]
    assert [answer.status_code for answer in asked] == [302] * 3 + [422] * 2
    assert ask(people[0], elsewhere).status_code == 302


def test_what_its_form_refuses_counts_for_nothing(ada, street, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "ask": "1/h/person"}

    assert [ask(ada, street, title="").status_code for _ in range(3)] == [422] * 3
    assert ask(ada, street).status_code == 302


@pytest.mark.parametrize("look", ["names", "plan", "days"])
def test_a_look_while_it_is_filled_in_counts_for_nothing(ada, street, settings, look):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "ask": "1/h/person"}
    client = Client()
    client.force_login(ada)
    said, htmx = ask_fields(street), {"HX-Request": "true"}

    looks = [
        client.post("/requests/new/instrumental/", {**said, "look": look}, headers=htmx) for _ in range(3)
    ]
    asked = [client.post("/requests/new/instrumental/", {**said, "form_key": str(n) * 32}) for n in (1, 2)]

    assert [answer.status_code for answer in looks + asked] == [200, 200, 200, 302, 422]


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
    assert take("ask", owners={"person": 1}, at=3600 + 300)[1] is None


@pytest.mark.anywhere
@given(st.lists(st.integers(0, 4000), min_size=30, max_size=60), st.integers(0, 3600))
@settings(max_examples=60, deadline=None)
def test_no_hour_holds_more_than_the_limit_wherever_it_begins(pauses, start):
    """And whoever waits until the moment that they were told goes on then."""
    cache.clear()
    at, done = 10**9 + start, []
    with override_settings(POSTING_LIMITS={"ask": "3/h/person"}):
        for pause in pauses:
            at += pause // 8
            too_much = take("ask", owners={"person": 1}, at=at)[1]
            if too_much:
                assert at < too_much.ends_at <= at + 3600 + 300
                at = too_much.ends_at
                assert take("ask", owners={"person": 1}, at=at)[1] is None
            done.append(at)

    assert max(sum(one <= other < one + 3600 for other in done) for one in done) <= 3


@pytest.mark.anywhere
@pytest.mark.parametrize("second", [3500, 3599])
def test_no_more_get_through_around_the_full_hour(settings, second):
    settings.POSTING_LIMITS = {"ask": "20/h/person"}
    got = [take("ask", owners={"person": 1}, at=at)[1] for at in [second] * 20 + [3601] * 20]

    assert [too_much is None for too_much in got] == [True] * 20 + [False] * 20
    assert got[-1].ends_at == 7200


@pytest.mark.anywhere
def test_many_rows_at_once_are_many(settings):
    settings.POSTING_LIMITS = {"keep": "100/h/person"}
    taken, _ = take("keep", owners={"person": 1}, at=100, times=90)

    assert take("keep", owners={"person": 1}, at=100, times=11)[1].whose == "person"
    assert take("keep", owners={"person": 1}, at=100, times=10)[1] is None
    give_back(taken)
    assert take("keep", owners={"person": 1}, at=100, times=90)[1] is None


@pytest.mark.anywhere
def test_what_is_given_back_may_be_taken_again(settings):
    settings.POSTING_LIMITS = {"ask": "1/h/person 1/d/circle"}
    owners = {"person": 1, "circle": 1}
    taken, _ = take("ask", owners=owners, at=100)

    assert take("ask", owners=owners, at=100)[1].whose == "person"
    assert take("ask", owners={**owners, "person": 2}, at=100)[1].whose == "circle"
    give_back(taken)
    assert take("ask", owners=owners, at=100)[1] is None
