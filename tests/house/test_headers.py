"""What every answer tells the browser."""

import pytest
from django.test import Client

from tests.cast import now
from tests.fuzz.answers import unsafe
from tests.house.watched import lacking

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
PATHS = ["/", "/accounts/login/code/", "/admin/login/", "/healthz", "/no-such-page/", "/mailbox/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_every_page_comes_with_the_strict_headers(client, path):
    response = client.get(path)

    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert lacking(response) == []
    assert response["X-Frame-Options"] == "DENY"
    assert not response.has_header("Strict-Transport-Security")


def test_over_tls_the_browser_is_told_to_stay_there(client, db, settings):
    settings.SECURE_HSTS_SECONDS = 63072000
    client = Client()

    response = client.get("/accounts/login/code/", secure=True)

    assert response["Strict-Transport-Security"] == "max-age=63072000"


def test_no_cache_keeps_the_page_of_somebody_signed_in(client, ada):
    client.force_login(ada)

    response = client.get("/me/notices/")

    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_no_cache_keeps_the_page_of_somebody_who_has_its_link(client, street, olga):
    link = street.open_link(by=olga, at=now())

    for path in (link.get_absolute_url(), "/me/unsubscribe/x/", "/go/x/", "/circles/consent/x/"):
        assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_what_is_neither_asking_nor_sending_reaches_no_page(ada, method):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    for path in ("/", "/me/", "/circles/new/", "/accounts/email/", "/healthz", "/no-such-page/"):
        response = client.generic(method, path)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")
        assert lacking(response) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/"])
def test_there_is_one_door_and_it_remembers_where_one_was_going(client, path):
    response = client.get(path, {"next": "/slots/7/claim/"})

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/code/?next=%2Fslots%2F7%2Fclaim%2F"


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_refused_with_all_headers(client):
    response = client.get("/", headers={"Host": "evil example"})

    assert (response.status_code, unsafe(response)) == (400, [])


@pytest.mark.django_db
def test_the_way_to_tls_comes_with_all_headers(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = Client().get("/me/")

    assert (response.status_code, unsafe(response)) == (301, [])
