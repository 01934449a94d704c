import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from circles.models import Person
from supportnet.notices import kinds, personal_links, rendering
from supportnet.notices.delivery import deliver
from supportnet.notices.rendering import one_line
from tests.cast import now


def test_a_letter_has_text_and_html_and_says_that_a_machine_wrote_it(sink, tell, ada, bo, settings):
    settings.SITE_URL = "https://help.example.net"
    tell(bo, ada)

    deliver(at=now())

    [mail] = sink.mails
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{24}@help\.example\.net>", mail["Message-ID"])
    assert mail["List-Unsubscribe"] is None


def test_what_can_be_turned_down_says_how(sink, tell, ada, bo, settings):
    settings.SITE_URL = "https://help.example.net"
    tell(bo, ada, "test_declinable")

    deliver(at=now())

    [mail] = sink.mails
    assert re.fullmatch(
        r"<https://help\.example\.net/me/unsubscribe/[^/\s]+/>", mail["List-Unsubscribe"].strip()
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip()[1:-1] in mail.get_body(["plain"]).get_content()


def test_nobodys_name_can_add_a_header(sink, tell, ada, bo):
    Person.objects.filter(pk=ada.pk).update(name="Ada\r\nBcc: mallory@example.org\x1b\u2028<b>")
    tell(bo, ada)

    deliver(at=now())

    [mail] = sink.mails
    assert mail["Subject"] == "Hello from Ada Bcc: mallory@example.org <b>"
    assert (mail["Bcc"], mail["To"]) == (None, "bo@example.org")
    assert "<b>" in mail.get_body(["plain"]).get_content()
    assert "&lt;b&gt;" in mail.get_body(["html"]).get_content()


@pytest.mark.parametrize("nasty", ["\n", "\r\n", "\x00", "\x0b", "\x1b", "\x85", "\u2028", "\u2029", "\t"])
def test_a_subject_is_one_line(nasty):
    assert one_line(f" a{nasty}b ") == "a b"


def test_names_in_any_script_arrive(sink, tell, ada, bo):
    Person.objects.filter(pk=ada.pk).update(name="Zoë 東京 عائشة")
    tell(bo, ada)

    deliver(at=now())

    assert sink.mails[0]["Subject"] == "Hello from \u2068Zoë 東京 عائشة\u2069"


def test_it_is_rendered_on_the_readers_clock(sink, tell, ada, bo):
    Person.objects.filter(pk=bo.pk).update(time_zone="Asia/Kathmandu")
    at = datetime(2026, 6, 1, 12, 0, tzinfo=ZoneInfo("UTC"))
    tell(bo, ada, at=at)

    deliver(at=at)

    assert sink.mails[0].get_body(["plain"]).get_content().startswith("17:45")


def test_it_is_rendered_in_the_readers_language(sink, tell, ada, bo, tmp_path):
    (tmp_path / "mail" / "test_greeting.txt").write_text("{{ at|date:'l' }}")
    Person.objects.filter(pk=bo.pk).update(language="de")
    at = datetime(2026, 6, 1, 12, 0, tzinfo=ZoneInfo("UTC"))
    tell(bo, ada, at=at)

    deliver(at=at)

    assert sink.mails[0].get_body(["plain"]).get_content().strip() == "Montag"


def links_in(mail):
    return re.findall(r"https?://[^\s<>\"]+", mail.get_body(["plain"]).get_content())


def test_every_address_of_ours_becomes_the_readers_own(sink, tell, ada, bo, tmp_path, settings):
    settings.SITE_URL = "https://help.example.net"
    written = (
        "See {% load ui %}{% site_url %}/claims/7/#late, ({% site_url %}/). {{ cause.name }} {% site_url %}"
    )
    for ending in ("txt", "html"):
        (tmp_path / "mail" / f"test_greeting.{ending}").write_text(written)
    Person.objects.filter(pk=ada.pk).update(
        name='"https://help.example.net/me/?a=1&b=2" https://help.example.net.evil.example/'
    )
    tell(bo, ada)

    deliver(at=now())

    [mail] = sink.mails
    claim, home, typed = (
        "https://help.example.net" + personal_links.path(bo, to)
        for to in ("/claims/7/#late", "/", "/me/?a=1&b=2")
    )
    foreign = "https://help.example.net.evil.example/"
    expected = f'See {claim}, ({home}). "{typed}" {foreign} https://help.example.net'
    assert mail.get_body(["plain"]).get_content().strip() == expected
    assert unescape(mail.get_body(["html"]).get_content()).strip() == expected


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "/\\evil.example/"])
def test_nobody_makes_a_link_of_ours_that_leads_elsewhere(sink, tell, ada, bo, elsewhere, settings):
    Person.objects.filter(pk=ada.pk).update(name=settings.SITE_URL + elsewhere)
    tell(bo, ada)

    deliver(at=now())

    assert "/go/" not in sink.mails[0].get_body(["plain"]).get_content()


def test_whoever_has_no_account_gets_plain_addresses(sink, tell, ada, tmp_path, settings):
    (tmp_path / "mail" / "test_greeting.txt").write_text("{% load ui %}{% site_url %}/circles/join/abc/")
    tell("new@example.org", ada)

    deliver(at=now())

    assert links_in(sink.mails[0]) == [f"{settings.SITE_URL}/circles/join/abc/"]


def test_a_kind_whose_link_asks_for_itself_keeps_it(sink, tell, ada, bo, tmp_path, settings, monkeypatch):
    (tmp_path / "mail" / "test_greeting.txt").write_text("{% load ui %}{% site_url %}/circles/join/abc/")
    monkeypatch.setattr(kinds.find("test_greeting"), "has_own_link", True)
    tell(bo, ada)

    deliver(at=now())

    assert links_in(sink.mails[0]) == [f"{settings.SITE_URL}/circles/join/abc/"]


def test_a_calendar_file_travels_along(sink, tell, ada, bo, monkeypatch):
    calendar = ("visit.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar; method=PUBLISH")
    monkeypatch.setattr(kinds.find("test_greeting"), "attachments", lambda *about: [calendar])
    tell(bo, ada)

    deliver(at=now())

    [attachment] = sink.mails[0].iter_attachments()
    assert attachment.get_filename() == "visit.ics"
    assert attachment.get_content_type() == "text/calendar"
    assert attachment["Content-Type"].params["method"] == "PUBLISH"


def test_what_reads_alike_is_rendered_once_and_keeps_each_readers_own_links(
    tell, ada, bo, olga, monkeypatch, tmp_path
):
    (tmp_path / "mail" / "test_declinable.txt").write_text(
        "{{ at|time:'Hi' }} {{ button_url }} {{ unsubscribe_url }}"
    )
    kind = kinds.find("test_declinable")
    monkeypatch.setattr(kind, "reads_alike", True)
    notices, drafts = [tell(reader, ada, kind.name) for reader in (bo, olga)], {}

    shared = [rendering.compose(kind, [notice], [ada], at=now(), drafts=drafts) for notice in notices]

    assert len(drafts) == 1
    for notice, letter in zip(notices, shared, strict=True):
        alone = rendering.compose(kind, [notice], [ada], at=now())
        assert letter.body.split()[1:] == alone.body.split()[1:]
        assert letter.extra_headers == alone.extra_headers
        assert letter.to == alone.to
    theirs = [letter.body.split()[1:] for letter in shared]
    assert not set(theirs[0]) & set(theirs[1])
