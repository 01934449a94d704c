"""The first page: what I promised, what my circles need, what I asked."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from requests.pages.home import greeting, home_of
from tests.cast import DAY, ask, ask_for_advice, ask_for_company, draft, now

pytestmark = pytest.mark.django_db


def test_the_page_shows_what_i_promised_what_is_needed_and_what_i_asked(ada, bo, olga, street):
    ask(ada, street, title="Supper").slots.get().claim(by=bo, at=now(), bringing="Lentil soup")
    ask(olga, street, title="Ride")
    ask(bo, street, title="Shelves")

    home = home_of(bo, at=now())

    assert [row["about_title"] for row in home["promises"]] == ["Supper"]
    assert [row["title"] for row in home["needs"]] == ["Ride"]
    assert [(row["about_title"], row["places"]) for row in home["asked"]] == [("Shelves", 1)]


def test_what_i_asked_counts_offers_and_answers(ada, bo, olga, street):
    walk = ask_for_company(ada, street).slots.get()
    walk.claim(by=bo, at=now())
    walk.claim(by=olga, at=now())
    ask_for_advice(ada, street).answer(by=bo, text="We asked the neighbours.", at=now())
    draft(ada, street, title="Not yet")

    asked = {row["about_title"]: row for row in home_of(ada, at=now())["asked"]}

    assert asked["A walk by the river"]["waiting"] == 2
    assert asked["How did you choose a care home?"]["replies"] == 1
    assert asked["Not yet"]["since"] is None


def test_past_and_released_promises_are_gone(slot, bo):
    claim = slot.claim(by=bo, at=now())
    assert home_of(bo, at=slot.ends_at + DAY)["promises"] == []

    claim.release(by=bo, at=now())

    assert home_of(bo, at=now())["promises"] == []


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_page_makes_four_queries_whatever_it_shows(
    number, client, ada, bo, street, django_assert_num_queries
):
    for _ in range(number):
        ask(ada, street)
        ask(ada, street).slots.get().claim(by=bo, at=now(), even_if_clashing=True)
        ask(bo, street)
    client.force_login(bo)

    with django_assert_num_queries(4):
        response = client.get(reverse("home"))

    assert response.status_code == 200


def test_the_greeting_knows_the_time_of_day_and_what_is_next(bo):
    evening = dt.datetime(2027, 3, 2, 20, tzinfo=ZoneInfo("Europe/Lisbon"))

    assert greeting(bo, [{"begins": evening + DAY}], at=evening) == "Good evening. Tomorrow is yours."
    assert greeting(bo, [{"begins": None}], at=evening - DAY / 2) == "Good morning."


def test_signed_out_people_see_what_it_is(client):
    response = client.get("/")

    assert response.status_code == 200
    assert b"Sign in or join" in response.content


def test_the_list_goes_on_page_by_page(client, ada, bo, street):
    for number in range(32):
        ask(ada, street, title=f"Ask {number:02}", in_days=1 + number / 10)
    client.force_login(bo)

    first = client.get(reverse("requests"))
    last = first.context["last"]
    second = client.get(
        reverse("requests"), {"after": last["sort_at"].isoformat(), "id": last["help_request_id"]}
    )

    titles = [need["title"] for page in (first, second) for need in page.context["needs"]]
    assert titles == [f"Ask {number:02}" for number in range(32)]


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "nonsense"},
        {"after": "x", "id": "1"},
        {"after": "2026-01-01", "id": "y"},
        {"after": "", "id": 9**99},
    ],
)
def test_a_query_that_means_nothing_narrows_nothing(query, client, supper, bo):
    client.force_login(bo)

    response = client.get(reverse("requests"), query)

    assert [need["title"] for need in response.context["needs"]] == ["Supper for four"]


def test_the_list_is_narrowed_by_kind_and_category(client, ada, bo, street):
    ask(ada, street, title="Supper")
    ask(ada, street, title="Ride", category="ride")
    ask_for_company(ada, street)
    client.force_login(bo)

    response = client.get(reverse("requests"), {"kind": "instrumental", "category": "ride"})

    assert [need["title"] for need in response.context["needs"]] == ["Ride"]
