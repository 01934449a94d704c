"""Whatever an address says to go on to, nobody leaves the house by it, and no page breaks on it."""

from urllib.parse import urlsplit

import pytest
from django.db import transaction
from hypothesis import example, given
from hypothesis import strategies as st

from supportnet.notices.local_paths import is_ours, page_of
from tests.house.test_permissions import FIELDS, SAMPLES, World, addresses, only_tried, path_to

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OURS = "/requests/?from=here"
SAID_IN = ("next", "from", "redirect", "url", "REDIRECT_FIELD_NAME")
# The panels lead nowhere but to their own pages (see test_permissions); allauth's pages go on from a look, too.
PANELS, METHODS = ("admin", "organize", "mfa"), {"account": ("get", "post")}
# What has to be filled in before one goes on.
TYPED = {
    "welcome": {"name": "Ada", "time_zone": "Europe/Lisbon"},
    "circle_hears": {"hears": "daily"},
    "doorstep_today": {"doorstep": "hello"},
}
ELSEWHERE = [
    *("x", "home", "me", "circle_invite", "organize:index", ".", "..", "?", "#", "é", "requests/", ""),
    *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example"),
    *("http:evil.example", "https:/evil.example", "http://evil.example/", "HTTPS://testserver@evil.example"),
    *("javascript:alert(1)", "data:text/html,x", "mailto:a@evil.example", "//[::1", "http://[x/"),
    *("/\t/evil.example", "/\n/evil.example", "/\r\nX-Mark: 1", "\t//evil.example", "/\x00", "\x00", "\x7f/"),
    *(" //evil.example", "/\u2028/evil.example", "/" + "x" * 100_000, "x" * 100_000),
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def led_to(world, role, name, method, url):
    """The status, and where it leads."""
    said = {
        **dict.fromkeys(SAID_IN, url),
        "csrfmiddlewaretoken": "",
        **FIELDS.get(name, {}),
        **TYPED.get(name, {}),
    }
    if name == "circle_place":
        said["member"] = world.membership.pk
    with only_tried():
        response = getattr(world.client(role), method)(path_to(world, name, role), said)
    headers = (response.headers.get(header, "") for header in ("Location", "HX-Redirect", "HX-Location"))
    return response.status_code, next(filter(None, headers), "")


@pytest.fixture
def followers(world, _plain_static_files):
    """(role, name, method) of every address that leads on to a page of ours when asked to; found once."""
    if not hasattr(world, "followers"):
        world.followers = [
            (role, name, method)
            for name in sorted(set(addresses()) - SAMPLES)
            if not name.startswith(PANELS)
            for role in ("keeper", "asker")
            for method in METHODS.get(name.partition("_")[0], ("post",))
            if led_to(world, role, name, method, OURS)[1] == OURS
        ]
    return world.followers


def test_the_pages_that_lead_on_are_found(followers):
    assert {name for _, name, _ in followers} >= {
        *("circle_place", "circle_hears", "member_admit", "welcome", "account_logout", "request_pass"),
        *("invitation_revoke", "request_unpass", "doorstep_today"),
    }


def test_no_page_leads_elsewhere_or_breaks(world, followers):
    once = {(name, method): (role, name, method) for role, name, method in followers}.values()
    # Each of them with a third of the addresses, and each address with a third of them.
    answers = [
        (name, url[:40], led_to(world, role, name, method, url))
        for place, (role, name, method) in enumerate(once)
        for url in ELSEWHERE[place % 3 :: 3]
    ]

    assert [one for one in answers if one[2][0] >= 500] == []
    assert [one for one in answers if not leads_home(one[2][1])] == []


def leads_home(location):
    """Whether a browser that follows it stays on the site, at an address that is whole."""
    parts = urlsplit(location)
    return not location or (location.startswith("/") and not parts.netloc and "evil" not in parts.path)


@given(st.one_of(st.text(), st.text(alphabet="/\\:@.?#%x \t\n\r\x00e\u202e\u3002", max_size=12)))
@example("/ok")
@example("/\\")
def test_what_counts_as_ours_stays_on_the_site(url):
    if is_ours(url):
        assert url.startswith("/") and not url.startswith(("//", "/\\"))
        assert not set(url) & set("\t\r\n\x00")
        assert urlsplit(url).netloc == ""


@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_other_address_counts_as_ours(url):
    assert not is_ours(url)


@pytest.mark.parametrize("url", ["/", "/requests/?a=b&c=//d#e", "/é", "/a:b", "/circles/1/"])
def test_paths_of_ours_are_led_to(url):
    assert is_ours(url)


def test_the_page_that_a_browser_names_is_ours_only_at_our_host():
    pages = [
        page_of(url, host="here")
        for url in (
            "http://here/a/?b=c",
            "http://here.evil.example/a/",
            "//here/a",
            "http://here//evil",
            *ELSEWHERE,
        )
    ]

    assert pages == ["/a/?b=c", *[""] * (len(pages) - 1)]
