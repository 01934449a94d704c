"""Pages speak the language and the hours of whoever is signed in, and greet newcomers first."""

import pytest
from django.http import HttpResponse
from django.utils import timezone

from supportnet.middleware import Reader


def test_a_visitor_is_spoken_to_in_the_language_of_the_browser(client, db):
    response = client.get("/accounts/login/code/", headers={"accept-language": "de"})

    assert response["Content-Language"] == "de"


def test_a_person_is_spoken_to_in_their_own(client, ada):
    ada.language = "ar"
    ada.save(update_fields=["language"])
    client.force_login(ada)

    response = client.get("/me/notices/", headers={"accept-language": "de"})

    assert response["Content-Language"] == "ar"
    assert 'dir="rtl"' in response.content.decode()


def test_the_hours_of_one_reader_are_not_left_to_the_next(ada, rf):
    seen = []
    request = rf.get("/")
    request.user = ada

    Reader(lambda request: HttpResponse(seen.append(timezone.get_current_timezone_name())))(request)

    assert seen == ["Europe/Lisbon"]
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.fixture
def newcomer(client, ada):
    """Ada, who has a code but has not said her name yet."""
    ada.welcomed_at = None
    ada.save(update_fields=["welcomed_at"])
    client.force_login(ada)
    return ada


def test_a_newcomer_is_welcomed_first_and_then_goes_on(client, newcomer):
    response = client.get("/me/notices/?page=2")
    by_htmx = client.get("/me/notices/", headers={"hx-request": "true"})

    assert response["Location"] == "/me/welcome/?next=%2Fme%2Fnotices%2F%3Fpage%3D2"
    assert by_htmx["HX-Redirect"] == "/me/welcome/?next=%2Fme%2Fnotices%2F"


@pytest.mark.parametrize("path", ["/healthz", "/accounts/logout/", "/me/welcome/"])
def test_some_doors_are_open_before_the_welcome(client, newcomer, path):
    assert client.get(path).status_code == 200
