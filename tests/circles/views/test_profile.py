import datetime as dt

import pytest
from django.test import Client

from circles import hooks
from circles.models import Person
from tests.cast import make_circle, make_person
from tests.circles.pages import errors, signed_in, text

ME = {
    "name": "Ada",
    "phone": "+351 555 0101",
    "area": "Old town",
    "address": "12 Lime Street",
    "way_in": "Second bell",
    "language": "en",
    "time_zone": "Europe/Lisbon",
    "remind_at": "18:00",
    "quiet_from": "21:00",
    "quiet_until": "08:00",
    "digest_at": "08:00",
    "told_of_claims": "at_once",
}


@pytest.fixture
def newcomer(db):
    return make_person("New", welcomed_at=None, time_zone="UTC")


def test_the_first_page_asks_for_a_name_and_a_zone_and_nothing_else(newcomer):
    response = signed_in(newcomer).get("/me/welcome/")

    assert list(response.context["form"].fields) == ["name", "time_zone"]
    assert 'data-timezone="UTC"' in response.content.decode()


def test_the_first_page_is_filled_in_and_leads_on(newcomer):
    response = signed_in(newcomer).post(
        "/me/welcome/",
        {"name": " Nina ", "time_zone": "Asia/Calcutta", "next": "/circles/", "is_staff": "on"},
        headers={"accept-language": "de-AT,de;q=0.9"},
    )

    newcomer.refresh_from_db()
    assert response.url == "/circles/"
    assert (newcomer.name, newcomer.time_zone, newcomer.language, newcomer.is_staff) == (
        "Nina",
        "Asia/Calcutta",
        "de",
        False,
    )
    assert newcomer.welcomed_at is not None


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil"]
)
def test_the_first_page_leads_only_to_pages_of_ours(newcomer, elsewhere):
    client = signed_in(newcomer)

    page = client.get("/me/welcome/", {"next": elsewhere})
    response = client.post("/me/welcome/", {"name": "N", "time_zone": "UTC", "next": elsewhere})

    assert (page.context["next"], response.url) == ("/", "/")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "", "time_zone": "UTC"}, {"name": ["This field is required."]}),
        (
            {"name": "N", "time_zone": "Mars/Base"},
            {"time_zone": ["Select a valid choice. Mars/Base is not one of the available choices."]},
        ),
    ],
)
def test_the_first_page_says_what_it_still_needs(newcomer, fields, wrong):
    response = signed_in(newcomer).post("/me/welcome/", {**fields, "next": "/circles/"})

    assert (response.status_code, errors(response), response.context["next"]) == (422, wrong, "/circles/")
    newcomer.refresh_from_db()
    assert newcomer.welcomed_at is None


def test_my_page_shows_and_keeps_what_i_say(ada):
    client = signed_in(ada)
    response = client.post(
        "/me/", {**ME, "remind_at": "19:30", "remind_two_hours": "on", "told_of_claims": "daily"}
    )

    ada.refresh_from_db()
    assert response.url == "/me/"
    assert (ada.phone, ada.address, ada.way_in) == ("+351 555 0101", "12 Lime Street", "Second bell")
    assert (ada.remind_at, ada.remind_two_hours, ada.told_of_claims) == (dt.time(19, 30), True, "daily")
    page = client.get("/me/").content.decode()
    for said in ("12 Lime Street", "19:30", "ada@example.org"):
        assert said in page


def test_reminders_follow_only_when_the_clock_changed(ada, monkeypatch):
    heard = []
    monkeypatch.setattr(hooks, "clock_changed", [lambda person, at: heard.append(person)])
    client = signed_in(ada)

    client.post("/me/", ME)
    assert heard == []
    client.post("/me/", {**ME, "time_zone": "Asia/Tokyo"})
    assert heard == [ada]


def test_nobody_gives_themselves_what_is_not_theirs_to_give(ada):
    signed_in(ada).post(
        "/me/", {**ME, "is_staff": "on", "is_superuser": "on", "email": "bo@example.org", "verified_at": ""}
    )

    kept = Person.objects.get(pk=ada.pk)
    assert (kept.is_staff, kept.is_superuser, kept.email, kept.verified_at) == (
        False,
        False,
        "ada@example.org",
        ada.verified_at,
    )


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(ada):
    response = signed_in(ada).post(
        "/me/", {**ME, "name": "", "remind_at": "25:00", "language": "xx", "phone": "1" * 41, "area": "Hill"}
    )

    assert response.status_code == 422
    assert sorted(errors(response)) == ["language", "name", "phone", "remind_at"]
    assert 'value="25:00"' in response.content.decode() and 'value="Hill"' in response.content.decode()
    assert "Hello, Ada" in text(response)
    assert Person.objects.get(pk=ada.pk).area == ""


def test_my_page_lists_how_i_hear_of_each_circle(olga, street, elsewhere):
    forms = signed_in(olga).get("/me/").context["hears_forms"]

    assert [(form.instance.circle, list(form.fields)) for form in forms] == [
        (street, ["hears", "hears_of_joiners", "seen"])
    ]


def test_a_member_is_not_asked_about_joiners(bo, street):
    [form] = signed_in(bo).get("/me/").context["hears_forms"]

    assert list(form.fields) == ["hears", "seen"]


@pytest.mark.parametrize("number", [1, 3])
def test_my_page_takes_four_queries(ada, number, django_assert_num_queries):
    for index in range(number):
        make_circle(ada, name=f"Circle {index}")
    client = signed_in(ada)

    with django_assert_num_queries(4):
        client.get("/me/")


def test_the_language_changes_at_once(ada):
    client = signed_in(ada)

    client.post("/me/", {**ME, "language": "ar"})

    assert 'dir="rtl"' in client.get("/me/").content.decode()


def test_my_page_is_mine(db):
    assert Client().get("/me/").url.startswith("/accounts/login/code/")
