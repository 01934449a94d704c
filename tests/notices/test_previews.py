import re
from contextlib import contextmanager
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import resolve, reverse
from icalendar import Calendar

from supportnet.notices import kinds, personal_links
from supportnet.notices import previews as scenes
from supportnet.notices.models import Notice
from tests.cast import now

# Every scene is played for each look at the mails.
pytestmark = [pytest.mark.anywhere, pytest.mark.slow]
LANGUAGES = [code for code, _ in settings.LANGUAGES]
# Pages that a mail leads to by a token of its own, and that ask who comes themselves.
TOKENS_OF_THEIR_OWN = {"join", "consent", "address_back", "account_request_login_code"}


@pytest.fixture(autouse=True)
def _only_real_kinds(greetings):
    """The kinds of these tests' own are not to be previewed."""
    for kind in [kind for kind in kinds.all_kinds() if kind.name.startswith("test_")]:
        kinds.forget(kind)


@contextmanager
def told(language, blocker):
    """Every mail in a language, told once for all who look."""
    with blocker.unblock(), transaction.atomic():
        yield scenes.previews(language=language, at=now())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def previews(django_db_setup, django_db_blocker):
    with told("en", django_db_blocker) as previews:
        pass
    return previews


@pytest.fixture(scope="module", params=LANGUAGES)
def translated(request, django_db_setup, django_db_blocker):
    """(a language, every mail in it)."""
    with told(request.param, django_db_blocker) as previews:
        pass
    return request.param, previews


class Links(HTMLParser):
    """What a scanner would fetch or load."""

    def __init__(self, html):
        super().__init__()
        self.hrefs, self.loaded = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "a":
            self.hrefs.append(found["href"])
        self.loaded += [found[name] for name in ("src", "background", "srcset") if name in found]


def test_every_kind_has_a_preview(db):
    assert scenes.kinds_without_preview(now()) == []


def test_previews_leave_nothing_behind(db):
    scenes.previews(language="en", at=now(), kind="reminder")

    assert Notice.objects.count() == 0


def test_every_mail_is_complete_in_every_language(translated):
    language, previews = translated
    for preview in previews:
        message, name = preview.message, preview.kind.name
        assert message.subject, name
        assert "\n" not in message.subject, name
        assert f'lang="{language}"' in preview.html, name
        assert len(preview.text.split()) > 15, name
        message.message().as_bytes()


def test_mails_have_no_remote_images_and_no_tracking(previews):
    for preview in previews:
        assert Links(preview.html).loaded == [], preview.kind.name


def test_every_link_leads_here(previews):
    for preview in previews:
        links = Links(preview.html).hrefs + re.findall(r"https?://\S+", preview.text)
        assert {urlsplit(link).netloc for link in links} == {urlsplit(settings.SITE_URL).netloc}, (
            preview.kind.name
        )


def addresses_in(preview):
    """What is written in a mail's text and HTML, but for our bare address: the front page is open to all."""
    written = Links(preview.html).hrefs + re.findall(r"https?://[^\s<>]+", preview.text)
    return [url for url in written if url.rstrip("/") != settings.SITE_URL.rstrip("/")]


def test_every_link_asks_who_comes(translated):
    for preview in translated[1]:
        ways = {resolve(urlsplit(url).path).url_name for url in addresses_in(preview)}
        expected = TOKENS_OF_THEIR_OWN if preview.kind.has_own_link else {"personal_link"}
        turned_down = {"unsubscribe"} if preview.kind.topic else set()
        assert ways - turned_down and ways - turned_down <= expected, preview.kind.name


def test_every_link_of_a_mail_is_for_one_reader_and_leads_to_a_page(previews):
    for preview in previews:
        paths = [resolve(urlsplit(url).path) for url in addresses_in(preview)]
        tokens = [found.kwargs["token"] for found in paths if found.url_name == "personal_link"]
        if not preview.kind.has_own_link:
            assert len({personal_links.read(token)[0] for token in tokens}) == 1, preview.kind.name
        for token in tokens:
            resolve(urlsplit(personal_links.read(token)[1]).path)


def test_the_text_says_what_the_html_says(previews):
    for preview in previews:
        hrefs = {link.rstrip("/") for link in Links(preview.html).hrefs}
        written = {link.rstrip("/") for link in re.findall(r"https?://\S+", preview.text)}
        assert written <= hrefs, preview.kind.name


def test_what_can_be_turned_down_has_a_link_for_it(previews):
    for preview in previews:
        has_link = "List-Unsubscribe" in preview.message.extra_headers
        assert has_link == ("/me/unsubscribe/" in preview.text) == bool(preview.kind.topic), preview.kind.name


def test_calendar_files_are_valid_and_keep_the_address_to_themselves(previews):
    files = [(p, content) for p in previews for _, content in p.attachments]

    assert {preview.kind.name for preview, _ in files} == {
        "claim_confirmed",
        "given_back",
        "slot_changed",
        "slot_cancelled",
    }
    for _, content in files:
        calendar = Calendar.from_ical(content)
        for event in calendar.walk("VEVENT"):
            assert re.fullmatch(r"claim-\d+@[\w.-]+", event["uid"])
            assert "LOCATION" not in event
            assert event["summary"] == "For Ada"


@pytest.mark.parametrize("url", [("mails",), ("mail", "reminder", "de"), ("mail_html", "reminder", "de", 0)])
def test_the_pages_are_for_staff(client, bo, url):
    name, *arguments = url
    address = reverse(name, args=arguments)

    assert client.get(address).status_code == 302
    client.force_login(bo)
    assert client.get(address).status_code == 404
    bo.is_staff = True
    bo.save(update_fields=["is_staff"])
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "place", ["nothing/de", "reminder/xx", "reminder/de/99", "reminder/de/-1", "reminder/de/x"]
)
def test_what_is_not_there_is_not_found(client, bo, place):
    bo.is_staff = True
    bo.save(update_fields=["is_staff"])
    client.force_login(bo)

    assert client.get(f"/admin/mails/{place}/").status_code == 404
