"""What somebody wrote is not gone because their session was."""

import re
import time
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from requests.models import HelpRequest
from supportnet import unsent
from tests.circles.pages import code_in, signed_in, text
from tests.fuzz.forms import forms_of
from tests.house.test_links import samples
from tests.requests.filled_in import ask_fields

pytestmark = pytest.mark.django_db
PAGE = "/requests/new/instrumental/"
LONG = "Something warm on Tuesday.\r\nHe eats little, and <b>nothing</b> sharp & sour."


def come_in(client, address, mailoutbox, after="/"):
    """Through the door with a mailed code; where it leads."""
    confirm = client.post(reverse("account_request_login_code"), {"email": address, "next": after}).url
    return client.post(confirm, {"code": code_in(mailoutbox[-1]), "next": after}).url


@pytest.fixture
def known(ada, mailoutbox, time_machine):
    """A browser in which Ada was signed in, until a moment ago."""
    client = Client()
    come_in(client, ada.email, mailoutbox)
    client.session.flush()
    # The next code is a new one.
    time_machine.move_to(time.time() + 300)
    return client


def led_on_to(response):
    """Where the door leads afterwards."""
    return parse_qs(urlsplit(response.url).query)["next"][0]


def test_a_long_ask_is_there_after_the_door_and_sent_with_one_press(known, ada, street, mailoutbox):
    said = ask_fields(street, title="Supper", would_help=LONG)
    after = led_on_to(known.post(f"{PAGE}?category=meal", said))
    assert HelpRequest.objects.count() == 0

    led = come_in(known, ada.email, mailoutbox, after)
    page = known.get(led)
    form = next(form for form in forms_of(page, led) if form.action == f"{PAGE}?category=meal")
    sent = known.post(form.action, form.filled())

    asked = HelpRequest.objects.get()
    assert "nothing</b> sharp &amp; sour" not in page.text and "He eats little" in page.text
    assert sent.url == asked.get_absolute_url()
    assert (asked.title, asked.would_help) == ("Supper", LONG.replace("\r\n", "\n"))
    assert unsent.KEPT not in known.session


def test_whoever_else_signs_in_there_does_not_read_it(known, ada, bo, street, mailoutbox):
    after = led_on_to(known.post(PAGE, ask_fields(street, would_help=LONG)))

    led = come_in(known, bo.email, mailoutbox, after)

    assert "He eats little" not in known.get(led, follow=True).text


def test_what_a_stranger_sends_is_not_kept(street):
    client = Client()

    response = client.post(PAGE, ask_fields(street, would_help=LONG))

    assert led_on_to(response) == "/"
    assert unsent.KEPT not in client.session


def test_it_is_kept_for_an_hour(known, ada, street, mailoutbox, time_machine):
    after = led_on_to(known.post(PAGE, ask_fields(street, would_help=LONG)))
    time_machine.move_to(time.time() + unsent.SECONDS + 1)

    led = come_in(known, ada.email, mailoutbox, after)

    assert known.get(led).url == "/"
    assert unsent.KEPT not in known.session


def test_it_can_be_thrown_away(known, ada, street, mailoutbox):
    after = led_on_to(known.post(PAGE, ask_fields(street, would_help=LONG)))
    led = come_in(known, ada.email, mailoutbox, after)

    known.post(led)

    assert known.get(led).url == "/"


def test_without_words_one_comes_back_to_the_page_as_it_was(known):
    response = known.post(
        "/requests/7/pass/", headers={"referer": "http://testserver/requests/?kind=emotional"}
    )

    assert led_on_to(response) == "/requests/?kind=emotional"


def test_no_page_that_wants_a_sign_in_loses_what_was_sent(known):
    door, lost, kept = reverse("account_request_login_code"), [], 0
    for path in samples():
        response = known.post(path, {"text": "Some words of mine"})
        if response.status_code == 302 and response.url.startswith(f"{door}?next="):
            kept += 1
            lost += [path] if led_on_to(response) != reverse("unsent") else []
    assert kept > 60
    assert lost == []


def test_a_form_that_is_older_than_the_sign_in_is_sent_again_with_a_press(ada, street):
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})
    client.force_login(ada)
    client.get(PAGE)
    old = ask_fields(street, would_help=LONG, csrfmiddlewaretoken="x" * 64)

    page = client.post(PAGE, old)
    form = next(form for form in forms_of(page, PAGE) if form.action == PAGE)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    sent = client.post(PAGE, {**form.filled(), "csrfmiddlewaretoken": token})

    assert page.status_code == 403
    assert "You are signed in as" in text(page) and "He eats little" in unescape(page.text)
    assert (sent.status_code, HelpRequest.objects.count()) == (302, 1)


def test_a_form_from_before_the_last_sign_in_is_kept_at_the_door_too(known, ada, street, mailoutbox):
    known.handler.enforce_csrf_checks = True
    known.get(reverse("account_request_login_code"))
    origin = {"origin": "http://testserver"}
    old = ask_fields(street, title="Supper", would_help=LONG, csrfmiddlewaretoken="x" * 64)

    page = known.post(PAGE, old, headers=origin)
    form = next(form for form in forms_of(page, PAGE) if form.action == PAGE)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    after = led_on_to(known.post(PAGE, {**form.filled(), "csrfmiddlewaretoken": token}, headers=origin))
    known.handler.enforce_csrf_checks = False
    led = come_in(known, ada.email, mailoutbox, after)

    assert page.status_code == 403
    assert "You are signed in as" not in text(page) and "He eats little" in unescape(page.text)
    assert "He eats little" in unescape(known.get(led).text)


def test_a_browser_without_cookies_is_told_so_instead_of_being_sent_in_a_circle(street):
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})

    page = client.post(PAGE, ask_fields(street, would_help=LONG))

    assert page.status_code == 403
    assert "He eats little" not in page.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_from_elsewhere_is_not_offered_to_be_sent(ada, street, origin):
    client = Client(enforce_csrf_checks=True, headers={"origin": origin} if origin else {})
    client.force_login(ada)

    page = client.post(PAGE, ask_fields(street, would_help=LONG))

    assert page.status_code == 403
    assert "He eats little" not in page.text


def test_where_nothing_is_kept_the_page_leads_home(ada):
    assert signed_in(ada).get(reverse("unsent")).url == "/"
