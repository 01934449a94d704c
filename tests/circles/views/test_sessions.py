"""Where I am signed in, and who I am once more before a way in changes."""

import datetime as dt

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from circles.browsers import device
from circles.models import AddressChange
from supportnet.notices.models import Notice
from tests.cast import now
from tests.circles.pages import code_in, shows_it_is_them, text

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
SAMSUNG = "Samsung Internet on Android"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) {}/140.0 Safari/537.36"
SESSIONS = "/accounts/sessions/"


def come_in(person, mailoutbox, **headers):
    client = Client(headers=headers)
    client.post("/accounts/login/code/", {"email": person.email})
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
    return client


def add_app(client):
    """Set up an authenticator app as the page asks."""
    page = reverse("mfa_activate_totp")
    client.get(page)
    secret = client.session[totp.SECRET_SESSION_KEY]
    counter = next(totp.yield_hotp_counters_from_time())
    answer = client.post(page, {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))})
    assert answer.status_code == 302, answer.text


def is_in(client):
    return client.get("/circles/").status_code == 200


@pytest.fixture
def phone(ada, mailoutbox):
    return come_in(ada, mailoutbox, user_agent=IPHONE)


@pytest.fixture
def desk(ada, phone, mailoutbox):
    with time_machine.travel(now() + dt.timedelta(minutes=2)):
        return come_in(ada, mailoutbox, user_agent=FIREFOX)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {BLINK.format('HeadlessChrome')}", "Chrome on Linux"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {BLINK.format('Chrome')}", "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {BLINK.format('Chrome')} Edg/140.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15) {BLINK.format('Chrome')} EdgA/140.0", "Edge on Android"),
        (f"Mozilla/5.0 (Linux; Android 15) {BLINK.format('Chrome')} OPR/90", "Opera on Android"),
        (f"Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28 {BLINK.format('Chrome')}", SAMSUNG),
        ("Mozilla/5.0 (X11; Linux x86_64) Version/18.0 Safari/605.1 Epiphany/48", "GNOME Web on Linux"),
        ("Mozilla/5.0 (X11; Linux x86_64) Version/18.0 Safari/605.1", "A browser on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) CriOS/140 Mobile Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) EdgiOS/140 Mobile Safari/604.1", "Edge on iPhone"),
        ("curl/8.9", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_device_is_named_by_what_it_says_of_itself(says, words):
    assert device(says) == words


def test_my_sessions_stand_in_a_list_without_network_addresses(ada, phone, desk):
    page = text(desk.get(SESSIONS))

    assert "Firefox on Linux This browser" in page
    assert "Safari on iPhone" in page
    assert set(UserSession.objects.values_list("ip", flat=True)) == {"0.0.0.0"}  # noqa: S104


def test_one_session_can_be_ended(ada, phone, desk):
    theirs = UserSession.objects.exclude(session_key=desk.session.session_key).get()

    desk.post(reverse("session_end", args=[theirs.pk]))

    assert (is_in(phone), is_in(desk)) == (False, True)


def test_nobody_ends_anothers_session(ada, bo, phone, mailoutbox):
    theirs = UserSession.objects.get()
    mallory = come_in(bo, mailoutbox)

    assert mallory.post(reverse("session_end", args=[theirs.pk])).status_code == 404
    assert is_in(phone)


def test_signing_out_everywhere_else_ends_also_what_no_list_knows(ada, phone, desk):
    unlisted = Client()
    unlisted.force_login(ada)

    desk.post(SESSIONS)

    assert [is_in(client) for client in (phone, unlisted, desk)] == [False, False, True]
    assert UserSession.objects.get().session_key == desk.session.session_key


def test_a_visit_is_noted_once_a_day(ada, desk):
    with time_machine.travel(now() + dt.timedelta(days=3)):
        desk.get(SESSIONS)
        seen = UserSession.objects.get(session_key=desk.session.session_key).last_seen_at

        assert now() - seen < dt.timedelta(minutes=1)


# Once more, who it is -------------------------------------------------------------------------------------

ASKED_AGAIN = [
    ("account_email", {"action_add": "", "email": "new@example.org"}),
    ("mfa_activate_totp", {}),
    ("mfa_add_webauthn", {}),
    ("mfa_generate_recovery_codes", {}),
]


@pytest.mark.parametrize(("name", "fields"), ASKED_AGAIN)
def test_whoever_only_has_the_session_changes_no_way_in(ada, phone, mailoutbox, name, fields):
    response = phone.post(reverse(name), fields)

    assert response.url.startswith("/accounts/reauthenticate/code/")
    ada.refresh_from_db()
    assert (ada.email, Authenticator.objects.exists()) == ("ada@example.org", False)
    assert len(mailoutbox) == 1


def test_the_code_that_shows_who_it_is_goes_to_the_present_address_alone(ada, phone, mailoutbox):
    phone.post("/accounts/reauthenticate/code/", {"recipient": "mallory@example.org"})
    phone.post("/accounts/reauthenticate/code/", {"recipient": "ada@example.org"})

    assert [mail.to for mail in mailoutbox[1:]] == [["ada@example.org"]]


def test_a_changed_address_leaves_only_this_browser_signed_in_and_tells_the_old_one(
    ada, phone, desk, mailoutbox
):
    shows_it_is_them(desk, ada, mailoutbox)
    desk.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})
    response = desk.post(reverse("account_email_verification_sent"), {"code": code_in(mailoutbox[-1])})

    assert response.url == reverse("account_email")
    assert [is_in(client) for client in (phone, desk)] == [False, True]
    assert Notice.objects.get(kind="address_changed").address == "ada@example.org"
    assert AddressChange.objects.get().became == "new@example.org"


def test_coming_in_with_an_address_that_was_changed_away_leads_to_taking_it_back(ada, desk, mailoutbox):
    from circles.models import Person, change_email

    change = change_email(ada, "thief@example.org", at=now())

    owner = Client()
    with time_machine.travel(now() + dt.timedelta(minutes=10)):
        owner.post("/accounts/login/code/", {"email": "ada@example.org"})
        came = owner.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
        owner.post(came.url)

    assert came.url == change.get_absolute_url()
    assert list(Person.objects.values_list("email", flat=True)) == ["ada@example.org"]


def test_a_way_in_that_was_added_is_told(ada, phone, mailoutbox, django_capture_on_commit_callbacks):
    shows_it_is_them(phone, ada, mailoutbox)

    with django_capture_on_commit_callbacks(execute=True):
        add_app(phone)

    assert [(n.reader, n.facts) for n in Notice.objects.filter(kind="way_in_changed")] == [
        (ada, {"what": "totp_activated"})
    ]
    assert is_in(phone)


def test_a_second_lock_is_asked_for_after_the_code_and_a_session_begins_only_behind_it(ada, mailoutbox):
    Authenticator.objects.create(user=ada, type="totp", data={"secret": "x"})
    client = Client()
    client.post("/accounts/login/code/", {"email": ada.email})

    came = client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[-1])})

    assert came.url.startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    assert client.get("/accounts/login/code/confirm/").status_code == 302


def test_wrong_numbers_at_the_second_lock_keep_nobody_out_who_has_no_part_in_it(ada, mailoutbox):
    """Only whoever reads the person's mail gets as far as guessing, and that is bounded for each account."""
    Authenticator.objects.create(user=ada, type="totp", data={"secret": "x"})

    answers = [Client().post(reverse("mfa_authenticate"), {"code": "000000"}).status_code for _ in range(20)]

    assert set(answers) == {302}


def test_a_change_that_was_asked_for_goes_on_after_the_code(ada, phone, mailoutbox):
    asked = phone.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})

    phone.post("/accounts/reauthenticate/code/?next=/accounts/email/", {"recipient": ada.email})
    went_on = phone.post(
        "/accounts/reauthenticate/code/confirm/",
        {"code": code_in(mailoutbox[-1]), "next": "/accounts/email/"},
    )

    assert asked.url == "/accounts/reauthenticate/code/?next=%2Faccounts%2Femail%2F"
    assert went_on.url == reverse("account_email_verification_sent")
    assert mailoutbox[-1].to == ["new@example.org"]


def test_asking_once_more_who_it_is_mails_the_same_code(ada, phone, mailoutbox):
    phone.post("/accounts/reauthenticate/code/", {"recipient": ada.email})
    phone.post("/accounts/reauthenticate/code/confirm/", {"action": "resend"})

    assert len(mailoutbox) == 3
    assert code_in(mailoutbox[1]) == code_in(mailoutbox[2])


def test_too_many_mails_to_an_address_are_refused_in_words_on_every_page(ada, phone, mailoutbox):
    for _ in range(4):
        phone.post("/accounts/reauthenticate/code/", {"recipient": ada.email})

    page = phone.post("/accounts/reauthenticate/code/", {"recipient": ada.email}, follow=True)

    assert len(mailoutbox) == 4  # the fifth is for when no code could work any more
    assert "Several codes were mailed to this address lately." in text(page)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_showing_who_it_is_leads_only_to_pages_of_ours(ada, phone, mailoutbox, wanted):
    phone.post(f"/accounts/reauthenticate/code/?next={wanted}", {"recipient": ada.email})

    response = phone.post(
        "/accounts/reauthenticate/code/confirm/", {"code": code_in(mailoutbox[-1]), "next": wanted}
    )

    assert response.url == "/"
