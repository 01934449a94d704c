"""Every answer carries the security headers, and a refusal is one line in the log that names nobody.

`watched.Browser` sees to both in the permission table, where everybody looks at and presses every address. Here is what
that table does not try: forms without their token, and what never reaches an address.
"""

from types import SimpleNamespace

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import include, path

from supportnet import urls
from tests.house.test_permissions import addresses, path_to
from tests.house.watched import Browser, Log, lacking

pytestmark = [pytest.mark.django_db]

PRIVATE = "carla.private@example.org"


def broken(request, name):
    """A page with a bug, which names somebody."""
    raise ValueError(f"no such person: {PRIVATE}")


# With one page more, this module is a list of addresses.
urlpatterns = [path("broken/<name>/", broken), path("", include(urls))]


def test_a_form_without_its_token_is_refused_everywhere_in_one_line():
    nowhere = SimpleNamespace(own={})
    browser = Browser(enforce_csrf_checks=True, names=[PRIVATE])

    taken = {}
    for name in addresses():
        place = path_to(nowhere, name)
        response = browser.post(
            place, {"email": PRIVATE}, headers={"referer": f"http://testserver/?{PRIVATE}"}
        )
        if response.status_code not in (403, 404):
            taken[name] = response.status_code

    # Moved to where it is now, or asked by machines: neither takes a form.
    assert set(taken.values()) <= {302, 405}, taken


LOGIN = "/accounts/login/code/"
STRANGE = {
    "a strange host": (400, lambda browser: browser.get("/", headers={"host": f"{PRIVATE}.evil"})),
    "a host that is none": (400, lambda browser: browser.get("/", headers={"host": "a b\x00"})),
    "too much": (413, lambda browser: browser.post(LOGIN, {"login": PRIVATE * 100_000})),
    "too many fields": (
        400,
        lambda browser: browser.post(LOGIN, {f"{PRIVATE}{n}": "b" for n in range(2000)}),
    ),
    "a path that names somebody": (404, lambda browser: browser.get(f"/nobody/{PRIVATE}/?q=chemo")),
    "a path with a line break": (404, lambda browser: browser.get("/nobody/a%0Ab/")),
    "a path that is no text": (404, lambda browser: browser.get("/nobody/%ff%00/")),
    "no number": (404, lambda browser: browser.get("/requests/9999999999999999999999/")),
    "a verb that nobody knows": (405, lambda browser: browser.generic("BREW", LOGIN)),
    "a file that is not there": (404, lambda browser: browser.get("/static/css/nothing.css")),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_reaches_no_page_is_refused_with_the_headers_and_in_one_line(what):
    status, send = STRANGE[what]

    response = send(Browser(raise_request_exception=False, names=[PRIVATE, "chemo"]))

    assert response.status_code == status
    assert "Traceback" not in response.text


def test_a_host_without_tls_is_refused_with_the_headers_where_all_is_led_to_tls(settings):
    settings.SECURE_SSL_REDIRECT = True

    assert Browser().get("/", headers={"host": "evil.example"}).status_code == 400
    assert Browser().get("/").status_code == 301


def test_what_is_too_much_is_said_in_words(client):
    response = client.post(LOGIN, {"login": "a" * 3_000_000})

    assert "Nothing has changed." in response.text


def test_a_bug_leaves_a_traceback_that_names_nobody(settings):
    settings.ROOT_URLCONF = __name__

    with Log() as log:
        response = Browser(raise_request_exception=False).get(f"/broken/{PRIVATE}/?q={PRIVATE}")

    assert response.status_code == 500
    assert "in broken" in log.text
    assert "ValueError: no such person: [address]" in log.text
    assert PRIVATE not in log.text


def test_files_come_with_every_header_too(collected, client):
    response = client.get(staticfiles_storage.url("css/app.css"))
    response.close()

    assert (response.status_code, lacking(response)) == (200, [])
