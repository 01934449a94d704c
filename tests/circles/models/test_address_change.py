"""The address is the identity: changing it is told to the old one, which may take it back for a week."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from circles import hooks
from circles.addresses import canonical
from circles.models import AddressChange, AddressTaken, Person, SignInCode, TooLateToTakeBack, change_email
from supportnet.notices.models import Notice
from tests.cast import DAY, now
from tests.circles.pages import code_in, signed_in, text

WEEK = dt.timedelta(days=7)


def addresses(person):
    """What the library knows of a person's addresses."""
    return [(a.email, a.verified, a.primary) for a in EmailAddress.objects.filter(user=person)]


def is_in(client):
    """Whether this browser is still signed in."""
    return client.get("/circles/").status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        "ADA@example.org",
        " ada@example.org\n",
        "a\u200bda@example.org",
        "ada@exam\u00adple.org",
        "ａｄａ＠example.org",
    ],
)
def test_one_mailbox_is_one_address_however_it_was_pasted(typed):
    assert canonical(typed) == "ada@example.org"


def test_a_changed_address_is_the_only_one_and_the_old_one_is_told(ada):
    change = change_email(ada, "new@example.org", at=now())

    ada.refresh_from_db()
    assert (ada.email, addresses(ada)) == ("new@example.org", [("new@example.org", True, True)])
    assert list(Notice.objects.values_list("kind", "address", "cause_id")) == [
        ("address_changed", "ada@example.org", change.pk)
    ]


def test_a_change_of_address_signs_out_every_browser(ada):
    browsers = [signed_in(ada), signed_in(ada)]

    change_email(ada, "new@example.org", at=now())

    assert [is_in(browser) for browser in browsers] == [False, False]


def test_what_hangs_on_the_old_address_is_told_that_it_changed(ada, monkeypatch):
    told = []
    monkeypatch.setattr(hooks, "email_changed", [lambda person, *, was, at: told.append((person, was))])

    change_email(ada, "new@example.org", at=now()).take_back(at=now())

    assert told == [(ada, "ada@example.org"), (ada, "new@example.org")]


def test_a_code_to_the_old_address_opens_nothing_after_the_change(ada):
    code = SignInCode.objects.ask(ada.email, is_known=False, at=now()).code.replace("-", "")

    change_email(ada, "new@example.org", at=now())

    assert not SignInCode.objects.is_right("ada@example.org", code, at=now())


def test_nobody_gets_an_address_that_is_somebody_elses(ada, bo):
    with pytest.raises(AddressTaken):
        change_email(ada, "bo@example.org", at=now())


def test_nobody_else_gets_the_old_address_while_it_may_be_taken_back(ada, bo):
    change_email(ada, "new@example.org", at=now())

    with pytest.raises(AddressTaken):
        change_email(bo, "ada@example.org", at=now())
    change_email(bo, "ada@example.org", at=now() + WEEK)


def test_looking_at_the_link_changes_nothing_and_a_press_takes_the_change_back(ada):
    change = change_email(ada, "new@example.org", at=now())
    thief, owner = signed_in(Person.objects.get()), Client()

    looked = owner.get(change.get_absolute_url())
    assert ("a•••@example.org" in text(looked), is_in(thief)) == (True, True)
    pressed = owner.post(change.get_absolute_url())

    ada.refresh_from_db()
    assert pressed.url == "/accounts/login/code/"
    assert (ada.email, addresses(ada)) == ("ada@example.org", [("ada@example.org", True, True)])
    assert not is_in(thief)
    assert SESSION_KEY not in owner.session
    assert Notice.objects.filter(kind="address_restored", address="new@example.org").count() == 1


def added(person, kind, ago):
    """A way in that was added so long ago."""
    way_in = Authenticator.objects.create(user=person, type=kind, data={})
    Authenticator.objects.filter(pk=way_in.pk).update(created_at=now() - ago)
    return way_in


def test_what_a_thief_added_in_the_week_before_the_change_or_since_is_gone_and_the_owner_is_told(ada):
    old = added(ada, "webauthn", 30 * DAY)
    change = change_email(ada, "new@example.org", at=now() - 5 * DAY)
    added(ada, "webauthn", 11 * DAY)
    added(ada, "totp", 6 * DAY)
    added(ada, "recovery_codes", DAY)

    page = Client().post(change.get_absolute_url(), follow=True)

    assert list(Authenticator.objects.filter(user=ada)) == [old]
    told = Notice.objects.filter(kind="way_in_changed", reader=ada)
    assert sorted(notice.facts["what"] for notice in told) == [
        *("recovery_codes_removed", "totp_deactivated", "webauthn_removed")
    ]
    gone, kept = (date_format(now() - ago, "DATE_FORMAT") for ago in (6 * DAY, 30 * DAY))
    assert f"authenticator app ({gone})" in text(page)
    assert f"These were there long before and stay: passkey ({kept})." in text(page)


def test_recovery_codes_that_guard_nothing_any_more_keep_nobody_out(ada):
    added(ada, "recovery_codes", 30 * DAY)
    change = change_email(ada, "new@example.org", at=now())
    added(ada, "totp", DAY)

    change.take_back(at=now())

    assert not Authenticator.objects.filter(user=ada).exists()


def test_a_session_that_waits_at_the_second_lock_does_not_outlive_the_taking_back(ada, mailoutbox):
    """A thief who has entered the code already, and shows the app that they added."""
    change = change_email(ada, "thief@example.org", at=now())
    added(ada, "totp", DAY)
    thief = Client()
    thief.post("/accounts/login/code/", {"email": "thief@example.org"})
    came = thief.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
    assert came.url.startswith(reverse("mfa_authenticate"))

    change.take_back(at=now())
    thief.get(came.url)
    thief.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert not is_in(thief)


def test_taking_back_the_first_change_ends_those_after_it(ada):
    first = change_email(ada, "second@example.org", at=now())
    second = change_email(ada, "third@example.org", at=now())

    first.take_back(at=now())

    with pytest.raises(TooLateToTakeBack):
        second.take_back(at=now())
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"


def test_after_a_week_the_link_takes_nothing_back(ada):
    change = change_email(ada, "new@example.org", at=now() - WEEK)

    with pytest.raises(TooLateToTakeBack):
        change.take_back(at=now())
    assert Client().post(change.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: t + ".", lambda t: "0" * 32])
def test_a_cut_a_lengthened_and_a_guessed_link_are_answered_kindly(ada, spoil):
    change = change_email(ada, "new@example.org", at=now())

    response = Client().post(f"/me/address/{spoil(change.token)}/")

    assert response.status_code == 404
    assert "This link takes nothing back" in text(response)
    assert Person.objects.get().email == "new@example.org"


def test_a_link_that_was_used_takes_nothing_back_twice(ada):
    change = change_email(ada, "new@example.org", at=now())

    answers = [Client().post(change.get_absolute_url()).status_code for _ in range(2)]

    assert answers == [302, 404]


def test_only_a_fingerprint_of_the_link_is_stored(ada):
    change = change_email(ada, "new@example.org", at=now())

    stored = AddressChange.objects.values().get()
    assert change.token not in map(str, stored.values())
