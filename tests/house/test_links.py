"""A link of ours still leads to its page with what mail programs and people write behind it."""

import re
import time
from urllib.parse import quote

import pytest
from django.urls import is_valid_path

from supportnet.errors import without_tail
from tests.circles.pages import signed_in, text
from tests.house.test_permissions import addresses

TAILS = [
    ".",
    ",",
    ")",
    ").",
    ">",
    ">.",
    "”",
    "’,",
    "\u200b",
    "\ufeff",
    "/&",
    "&",
    "/&amp;",
    "/&gt;",
    "&quot;&gt;.",
    "&nbsp;",
    "&#39;,",
    "/*",
    "/_",
    "/=",
    "?",
    "#answer-7",
    "/?from=mail",
    "…",
    " ",
    "/.",
    "のページ",
]
# A value for each kind of thing in an address.
GIVEN = {"uuid": "6f1c9a52-7f0e-4a5d-9d1b-0d7c6e0f7a11", "number": "7", "int": "7"}
GIVEN |= {"number": "7", "slug": "word", "str": "A9_-x:1tL0aQ:x-Y", "path": "word"}


def samples():
    """An address of each pattern that has one (the catch-alls of the panels are regular expressions)."""
    for route in addresses().values():
        path = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: GIVEN[found[1] or "str"], route)
        if is_valid_path(path):
            yield path


@pytest.mark.parametrize("tail", TAILS, ids=ascii)
def test_every_address_is_found_with_what_stands_behind_it(tail):
    paths = list(samples())
    assert len(paths) > 120

    lost = [path for path in paths if not is_valid_path(path + tail) and without_tail(path + tail) != path]

    assert lost == []


@pytest.mark.django_db
@pytest.mark.parametrize("tail", TAILS, ids=ascii)
def test_a_helper_who_follows_such_a_link_sees_the_page(bo, slot, tail):
    path = slot.help_request.get_absolute_url()

    response = signed_in(bo).get(f"{path}{quote(tail)}", {"from": "mail"})

    assert (response.status_code, response.url) == (302, f"{path}?from=mail")


@pytest.mark.django_db
def test_it_tells_a_stranger_nothing(mallory, slot):
    path = slot.help_request.get_absolute_url()
    nothing = path.replace(str(slot.help_request_id), "999999")

    led = [signed_in(mallory).get(f"{one}).", follow=True) for one in (path, nothing)]

    assert [response.status_code for response in led] == [404, 404]
    assert text(led[0]) == text(led[1])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/nothing).", "/requests/no-number/.", "/requests/٣/", "/static/nothing.css."]
)
def test_what_is_no_address_of_ours_stays_not_found(ada, path):
    assert signed_in(ada).get(path).status_code == 404


def test_it_leads_to_nobody_elses_site():
    assert without_tail("//evil.example/.") is None


@pytest.mark.django_db
def test_what_is_sent_to_such_an_address_is_not_sent_on(ada, slot):
    assert signed_in(ada).post(f"/requests/{slot.help_request_id}/cancel/.").status_code == 404


def test_a_long_row_of_slashes_holds_nobody_up():
    started = time.process_time()

    for path in ("/" * 30_000 + "x", "/" * 1_999 + "x"):
        assert without_tail(path) is None

    assert time.process_time() - started < 1
