"""A question and its answers."""

import uuid

import pytest
from django.urls import reverse

from requests.models import Answer, HelpRequest, NotOpen
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask_for_advice, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(ada, street):
    """Ada asks for advice."""
    return ask_for_advice(ada, street)


def answer(person, question, **typed):
    """Send the form of an answer as `person`."""
    fields = {"text": "We visited at supper time.", "form_key": str(uuid.uuid4()), **typed}
    return signed_in(person).post(reverse("request_answers", args=[question.pk]), fields)


def test_an_answer_says_where_it_comes_from_and_reaches_the_asker(question, ada, bo):
    response = answer(bo, question, been_there="on", for_work="on")

    given = Answer.objects.get()
    page = text(signed_in(ada).get(question.get_absolute_url()))
    assert response.url == f"{question.get_absolute_url()}#answer-{given.pk}"
    assert (given.been_there, given.for_work) == (True, True)
    for words in ("We visited at supper time.", "Has been through this", "Does this for work"):
        assert words in page
    assert Notice.objects.filter(kind="request_answered", reader=ada).count() == 1


def test_a_double_click_is_one_answer(question, bo):
    key = str(uuid.uuid4())

    for _ in range(2):
        answer(bo, question, form_key=key)

    assert Answer.objects.count() == 1


def test_whoever_goes_back_and_writes_more_loses_no_word(question, bo):
    key = str(uuid.uuid4())

    for words in ("We visited at supper time.", "We visited at supper time, twice."):
        answer(bo, question, form_key=key, text=words)

    assert Answer.objects.filter(text="We visited at supper time, twice.").count() == 1


def test_a_key_that_somebody_else_used_makes_an_answer_of_its_own(question, bo, olga):
    key = str(uuid.uuid4())

    answer(bo, question, form_key=key)
    answer(olga, question, form_key=key, text="Ask about the nights.")

    assert sorted(given.person.name for given in Answer.objects.all()) == ["Bo", "Olga"]


@pytest.mark.parametrize("typed", [{"text": ""}, {"text": " \n "}, {"text": "x" * 4001}, {"form_key": "x"}])
def test_an_empty_or_endless_answer_comes_back(question, bo, typed):
    response = answer(bo, question, **typed)

    assert response.status_code == 422
    assert "Nothing is lost" in text(response)
    assert not Answer.objects.exists()


def test_the_asker_marks_what_helped_and_closes_with_answered(question, ada, bo):
    answer(bo, question)
    client, given = signed_in(ada), Answer.objects.get()

    client.post(reverse("answer_helped", args=[given.pk]))
    client.post(reverse("request_close", args=[question.pk]))

    page = text(signed_in(bo).get(question.get_absolute_url()))
    assert HelpRequest.objects.get().close_reason == "answered"
    assert "That helped" in page
    assert "Answered" in page
    assert "Do you know something" not in page


def test_a_closed_question_takes_no_answer(question, ada, bo):
    question.close(by=ada, at=now())

    answer(bo, question)

    assert not Answer.objects.exists()


def test_who_may_answer_and_who_may_say_that_it_helped(question, supper, ada, bo, olga, mallory, elsewhere):
    assert answer(ada, question).status_code == 403
    assert answer(mallory, question).status_code == 404
    assert answer(bo, supper).status_code == 403
    answer(bo, question)
    helped = reverse("answer_helped", args=[Answer.objects.get().pk])

    assert [signed_in(person).post(helped).status_code for person in (bo, olga, mallory)] == [403, 403, 404]
    assert Answer.objects.get().helped_at is None


def test_a_question_has_no_times(question, ada):
    with pytest.raises(NotOpen):
        question.add_slot(by=ada, at=now(), starts_at=now() + DAY, ends_at=now() + DAY + HOUR)

    assert not question.slots.exists()
