"""Neighbouring dishes, the third pasta, words that name an allergy, and wishes."""

import pytest
from django.urls import reverse

from requests.models import Claim, HelpRequest
from requests.pages.dish_hints import flagged, gentle_words, neighbours
from tests.cast import ask, now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("diet", "bringing", "found"),
    [
        ("No nuts, please", "Nut roast", ["nuts"]),
        ("allergic to peanuts", "Chicken in peanut sauce", ["peanuts"]),
        ("gluten-free, no shellfish", "Shellfish pie", ["shellfish"]),
        ("no tomatoes", "Soup with tomato", ["tomatoes"]),
        ("no nuts", "Lentil soup", []),
        ("vegetarian, no fish", "Vegetarian bake", []),
        ("", "Anything", []),
        ("no eggs", "", []),
    ],
)
def test_words_that_name_an_allergy_are_flagged(diet, bringing, found):
    assert flagged(diet, bringing) == found


@pytest.fixture
def week(ada, street):
    """Three suppers in a row, two of them in other requests of the same family."""
    return [ask(ada, street, in_days=days).slots.get() for days in (3, 4, 5)]


def test_the_third_pasta_of_a_week_gets_a_gentle_word(week, bo, olga):
    first, second, third = week
    first.claim(by=bo, at=now(), dish="pasta")
    words = gentle_words(third, neighbours(third, bo, at=now()), dish="pasta")
    assert words == []

    second.claim(by=olga, at=now(), dish="pasta")
    words = gentle_words(third, neighbours(third, bo, at=now()), dish="pasta")
    assert words == ["It would be the third of its kind this week: Pasta."]
    assert gentle_words(third, neighbours(third, bo, at=now()), dish="soup") == []


def test_the_page_shows_what_comes_around_and_not_who_brings_it(client, week, bo, olga):
    week[0].claim(by=olga, at=now(), dish="soup", portions=4)
    client.force_login(bo)

    page = client.get(reverse("slot_claim", args=[week[1].pk])).content.decode()

    assert "Soup or stew, 4 portions" in page
    assert "Olga" not in page


def test_dishes_of_requests_that_one_does_not_see_are_not_shown(week, bo, olga, street):
    week[0].claim(by=olga, at=now(), dish="soup")
    week[0].help_request.waves.update(ring=1)

    assert neighbours(week[1], bo, at=now()) == []


def test_a_gentle_word_comes_before_the_promise_and_is_decided_by_the_helper(client, week, bo):
    slot = week[0]
    HelpRequest.objects.filter(pk=slot.help_request_id).update(
        details={"diet": "No nuts"}, wishes={"no_more": ["soup"], "freezer_full": True, "smaller": True}
    )
    client.force_login(bo)
    url = reverse("slot_claim", args=[slot.pk])
    typed = {"dish": "soup", "bringing": "Nut soup", "portions": "4"}

    asked = client.post(url, typed)

    page = asked.content.decode()
    assert (asked.status_code, Claim.objects.count()) == (422, 0)
    for words in (
        "enough of this for now",
        "They wrote about nuts",
        "The freezer is full",
        "Smaller portions",
    ):
        assert words in page
    assert 'value="Nut soup"' in page

    client.post(url, {**typed, "sure": "on"})
    assert Claim.objects.get().brings == "Nut soup, 4 portions"


@pytest.mark.parametrize(
    "bad", [{"dish": "stone"}, {"portions": "0"}, {"portions": "-1"}, {"portions": "9" * 30}]
)
def test_bad_input_stays_and_is_named(bad, client, slot, bo):
    client.force_login(bo)

    response = client.post(reverse("slot_claim", args=[slot.pk]), {"bringing": "Soup", **bad})

    assert (response.status_code, list(response.context["form"].errors)) == (422, list(bad))
    assert Claim.objects.count() == 0


def test_a_ride_asks_nothing_about_dishes(client, ada, bo, street):
    slot = ask(ada, street, category="ride").slots.get()
    client.force_login(bo)

    assert 'name="dish"' not in client.get(reverse("slot_claim", args=[slot.pk])).content.decode()
