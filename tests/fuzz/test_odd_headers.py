"""Heads of requests that no browser sends, with every address: no answer of 500, and all security headers on it."""

import pytest
from django.conf import settings

from tests.fuzz.answers import faults_of
from tests.fuzz.finding import ROLES, fresh  # noqa: F401
from tests.fuzz.values import STRANGE
from tests.house.test_permissions import addresses, only_tried, path_to, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]
NAMES = (
    *("Referer", "Origin", "Host", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Range"),
    *("If-Modified-Since", "If-None-Match", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"),
    *("HX-Request", "HX-Boosted", "HX-Target", "HX-Trigger", "HX-Prompt", "HX-Current-URL"),
    *("X-CSRFToken", "X-Requested-With", "Authorization"),
)
COOKIES = ("messages", settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, settings.SESSION_COOKIE_NAME)
URLS = (
    "http://[",
    "http://[::1",
    "//",
    "http://testserver:99999999/",
    "http://testserver/\x00",
    "%%%",
    "http://a]b",
)
# Not ready is its answer here, where nothing runs behind the pages.
EXCEPT = {"readyz"}


def test_no_header_and_no_cookie_breaks_a_page(walk, fresh):  # noqa: F811
    names = sorted(set(addresses()) - EXCEPT)
    while walk.goes_on:
        name, role, method = (
            walk.random.choice(names),
            walk.random.choice(ROLES),
            walk.random.choice(("get", "post")),
        )
        headers = {"HX-Request": "true"} if walk.random.random() < 0.3 else {}
        headers |= {header: odd(walk.random) for header in walk.random.sample(NAMES, 2)}
        with only_tried():
            client, path = fresh.client(role), path_to(fresh, name, role)
            if walk.random.random() < 0.3:
                client.cookies[walk.random.choice(COOKIES)] = odd(walk.random)
            send = getattr(client, method)
            _response, faults = faults_of(
                lambda send=send, path=path, headers=headers: send(path, headers=headers)
            )
        walk.count("heads")
        walk.found(*((name, method, role, headers, fault) for fault in faults))

    walk.shows_nothing()


def odd(chance):
    """A strange value, as a server reads it: one character a byte, and no line break."""
    value = chance.choice((*STRANGE, *URLS, *URLS))[:5000]
    return value.encode("utf-8", "surrogatepass").decode("latin-1").replace("\r", " ").replace("\n", " ")
