"""A sample of the walk over all bodies and addresses: tests/fuzz/test_bodies.py."""

import pytest
from django.test import Client

from tests.fuzz.answers import unsafe
from tests.fuzz.test_bodies import BODIES, TOKEN, send

pytestmark = pytest.mark.django_db
# A page of ours, the door, and a page of the panel.
PATHS = ["/me/", "/accounts/login/code/", "/organize/"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_no_browser_sends_is_refused_with_all_headers(ada, settings, path, what):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN

    response = send(client, path, what)

    assert unsafe(response) == []
    assert response.status_code in (200, 302, 400, 403, 404, 413, 422)


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "zlib"])
def test_a_form_in_another_charset_is_refused_in_words(ada, settings, charset):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN

    kind = f"application/x-www-form-urlencoded; charset={charset}"
    response = client.generic("POST", "/me/", b"name=Bo", kind, headers={"X-CSRFToken": TOKEN})

    assert response.status_code == 400
    assert "Please go back and try once more" in response.content.decode()
