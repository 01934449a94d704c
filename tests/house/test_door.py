"""Signed out in the middle of something: to the door, and back to a page."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def door(after):
    """The door's address that leads to `after`."""
    return f"{reverse('account_request_login_code')}?next={after}"


def test_a_page_comes_back_after_the_door(client):
    assert client.get("/circles/").url == door("/circles/")


def test_a_button_pressed_signed_out_leads_back_to_its_page(client):
    response = client.post("/circles/7/leave/", headers={"referer": "http://testserver/circles/7/"})

    assert response.url == door("/circles/7/")


@pytest.mark.parametrize("referer", ["", "https://evil.example/circles/", "//evil.example/"])
def test_a_page_elsewhere_is_not_gone_back_to(client, referer):
    response = client.post("/circles/7/leave/", headers={"referer": referer})

    assert response.url == door("/")


def test_with_htmx_the_door_is_a_navigation_not_a_swap(client):
    response = client.get("/circles/", headers={"hx-request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (200, door("/circles/"))
