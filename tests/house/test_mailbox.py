"""The embedded mailbox: for eyes on this machine only."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from supportnet import mailbox


@pytest.fixture
def box(settings, tmp_path):
    """An installation without a mail server."""
    settings.EMAIL_BACKEND = "supportnet.mailbox.EmailBackend"
    settings.EMBEDDED_MAIL = True
    settings.MAILBOX = tmp_path / "mailbox"
    return settings.MAILBOX


@pytest.fixture
def client():
    """A browser on this machine that asks by one of its names."""
    return Client(headers={"host": "localhost:8000"})


def send(subject="Your code", text="ABC-DEF https://example.org/?a=1", html="<p>ABC-DEF</p>", attach=True):
    """A mail to bo."""
    message = EmailMultiAlternatives(subject, text, to=["bo@example.org"])
    message.attach_alternative(html, "text/html")
    if attach:
        message.attach("promise.ics", "BEGIN:VCALENDAR", "text/calendar")
    return message.send()


def test_mails_are_listed_newest_first(client, box):
    assert send("First") == send("Second") == 1

    page = client.get("/mailbox/").content.decode()

    assert page.index("Second") < page.index("First")


def test_a_mail_shows_its_text_its_letter_and_what_is_attached(client, box):
    send()
    name = mailbox.names()[0]

    page = client.get(f"/mailbox/{name}/")
    letter = client.get(f"/mailbox/{name}/html/")
    attached = client.get(f"/mailbox/{name}/0/")

    assert "ABC-DEF" in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert letter.content.decode().rstrip() == '<base target="_top"><p>ABC-DEF</p>'
    assert attached.content == b"BEGIN:VCALENDAR"
    assert attached["Content-Disposition"] == 'attachment; filename="promise.ics"'


def test_the_letter_of_a_mail_can_do_nothing(client, box):
    send(html="<script>alert(1)</script><form action=/me/></form>")

    letter = client.get(f"/mailbox/{mailbox.names()[0]}/html/")

    policy = letter["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert letter["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", "", "localhost"])
def test_nobody_else_reads_it(client, box, address):
    send()
    name = mailbox.names()[0]

    for path in ("/mailbox/", f"/mailbox/{name}/", f"/mailbox/{name}/html/", f"/mailbox/{name}/0/"):
        assert client.get(path, REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize(
    "header",
    [
        *("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via", "X-Forwarded-Host", "X-Forwarded-Port"),
        *(
            "X-Forwarded-Proto",
            "X-Client-Ip",
            "True-Client-Ip",
            "Cf-Connecting-Ip",
            "X-Original-Forwarded-For",
        ),
    ],
)
def test_it_is_not_there_behind_a_proxy(client, box, header):
    assert client.get("/mailbox/", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(
    "host", ["help.example.org", "192.0.2.7:8000", "localhost.example.org", "localhost@example.org"]
)
def test_it_is_not_there_behind_a_proxy_that_says_nothing_of_itself(client, box, settings, host):
    settings.ALLOWED_HOSTS = ["*"]

    assert client.get("/mailbox/", headers={"host": host}).status_code in (400, 404)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_it_is_there_by_each_name_of_this_machine(client, box, host):
    assert client.get("/mailbox/", headers={"host": host}).status_code == 200


def test_with_a_mail_server_there_is_no_mailbox(client, box, settings):
    settings.EMBEDDED_MAIL = False

    assert client.get("/mailbox/").status_code == 404


@pytest.mark.parametrize("name", ["..%2fsecret_key", "x", "0" * 20 + "-zzzzzzzz", "0" * 20 + "-00000000"])
def test_what_is_no_mail_is_not_found(client, box, name):
    assert client.get(f"/mailbox/{name}/").status_code == 404


def test_a_number_too_high_is_not_found(client, box):
    send()

    assert client.get(f"/mailbox/{mailbox.names()[0]}/7/").status_code == 404


def test_the_oldest_mails_give_way(box, monkeypatch):
    monkeypatch.setattr(mailbox, "KEPT", 3)

    for number in range(5):
        send(f"Mail {number}", attach=False)

    assert [mailbox.read(name)["subject"] for name in mailbox.names()] == ["Mail 4", "Mail 3", "Mail 2"]
    assert [path for path in box.iterdir() if path.suffix != ".eml"] == []


def test_an_empty_mailbox_says_so(client, box):
    assert "No mail so far" in client.get("/mailbox/").content.decode()
    assert mail.outbox == []
