"""An account from its first code to its last day, and the address that it is known by."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model

from circles import hooks
from circles.models import (
    AddressChange,
    AddressTaken,
    Circle,
    NotVerified,
    Person,
    SignInCode,
    TooLateToTakeBack,
    change_email,
)
from supportnet.notices.models import Notice
from tests.cast import DAY, make_person, now

SECOND = dt.timedelta(seconds=1)


def row(thing):
    """As it stands in the database."""
    return type(thing).objects.get(pk=thing.pk)


def addresses():
    """What the sign-in library knows: (whose, address, verified, primary)."""
    found = EmailAddress.objects.order_by("pk").values_list("user", "email", "verified", "primary")
    return [tuple(one) for one in found]


@pytest.fixture
def clocks(monkeypatch):
    """Whose clock changed, as the next room hears it."""
    heard = []
    monkeypatch.setattr(hooks, "clock_changed", [lambda person, at: heard.append(person)])
    return heard


# Coming in ----------------------------------------------------------------------------------------------------


def test_the_operators_account_is_staff_and_past_the_door(db):
    person = Person.objects.create_superuser("Root@Example.org", "a long password")

    assert (person.email, person.is_staff, person.is_superuser) == ("root@example.org", True, True)
    assert person.is_verified and person.welcomed_at and person.check_password("a long password")
    assert not make_person("Ada").is_staff and not make_person("Bo").is_superuser


def test_an_account_is_found_however_its_address_is_written(ada, bo):
    assert Person.objects.get_by_natural_key(" ADA@Example.org") == ada


def test_an_address_at_the_door_is_one_account_and_not_shown_to_be_theirs_before_the_code(db):
    first, second = (Person.objects.get_or_enter("new@example.org") for _ in range(2))

    assert (first, first.is_verified, first.has_usable_password()) == (second, False, False)
    assert addresses() == [(first.pk, "new@example.org", False, True)]
    with pytest.raises(NotVerified):
        first.require_verified()


def test_whoever_has_a_password_keeps_it_at_the_door(db):
    person = Person.objects.create_user("old@example.org", "a long password")

    assert Person.objects.get_or_enter("old@example.org").check_password("a long password")
    assert addresses() == [(person.pk, "old@example.org", False, True)]


def test_a_code_that_came_back_shows_the_address_once_and_lets_mail_go_again(db, monkeypatch):
    proven = []
    monkeypatch.setattr(hooks, "address_proven", [lambda person, at: proven.append(person)])
    at, person = now(), Person.objects.get_or_enter("new@example.org")
    person.mark_mail_refused(reason="x" * 400, at=at)
    assert (row(person).mail_refused_at, len(row(person).mail_refused_because)) == (at, 300)

    person.verify(at=at)
    person.verify(at=at + DAY)

    shown = row(person)
    assert (shown.verified_at, shown.mail_refused_at, shown.mail_refused_because) == (at, None, "")
    assert addresses() == [(person.pk, "new@example.org", True, True)]
    assert proven == [person, person]


def test_the_first_page_is_filled_in_once_and_can_be_corrected(ada):
    at = now()
    Person.objects.filter(pk=ada.pk).update(welcomed_at=None)
    ada = row(ada)

    ada.welcome(name="Ada L.", time_zone="Asia/Tokyo", language="de", at=at)
    ada.welcome(name="Ada", time_zone="Europe/Lisbon", language="pt", at=at + DAY)

    kept = row(ada)
    assert (kept.name, kept.time_zone, kept.language) == ("Ada", "Europe/Lisbon", "pt")
    assert kept.welcomed_at == at


def test_whoever_has_no_name_yet_is_someone(db):
    assert str(Person.objects.get_or_enter("new@example.org")) == "Someone"


def test_the_own_address_is_the_only_one_and_nobody_elses_goes(ada, bo):
    for person in (ada, bo):
        person.own_address()
    EmailAddress.objects.create(user=ada, email="other@example.org", verified=True)

    ada.own_address()

    assert {address[:2] for address in addresses()} == {(ada.pk, ada.email), (bo.pk, bo.email)}


# Changing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({"area": "Old town"}, False),
        ({"time_zone": "Asia/Tokyo"}, True),
        ({"remind_at": dt.time(17)}, True),
        ({"remind_two_hours": True, "area": "Old town"}, True),
        ({"quiet_from": dt.time(22)}, True),
        ({"quiet_until": dt.time(7)}, True),
        ({"digest_at": dt.time(7)}, True),
        ({"thanks_wanted": False}, False),
    ],
)
def test_reminders_hear_of_another_clock_alone(change, heard, ada, clocks):
    ada.edit(at=now(), **change)

    assert clocks == ([ada] if heard else [])
    assert {field: getattr(row(ada), field) for field in change} == change


def test_every_session_from_before_ends_when_sessions_are_ended(ada):
    before = ada.get_session_auth_hash()

    ada.end_sessions(at=now())

    assert row(ada).get_session_auth_hash() != before
    assert row(ada).sessions_ended_at is not None


def test_who_keeps_a_circle_keeps_one_and_is_asked_once(street, olga, ada, django_assert_num_queries):
    assert row(olga).keeps_any_circle() and not row(ada).keeps_any_circle()
    keeper = row(olga)
    with django_assert_num_queries(1):
        assert keeper.keeps_any_circle() and keeper.keeps_any_circle()


def test_a_closed_account_is_in_no_circle_waits_at_no_door_and_agrees_to_nothing(street, olga, bo, mallory):
    whom = {"name": "Bo", "email": bo.email}
    others = {"name": "Ida", "email": "ida@example.org"}
    circle, other = (
        Circle.objects.start(by=olga, kind="care", name="Near", around=one["name"], at=now(), whom=one)
        for one in (whom, others)
    )
    circle.consent.send(by=olga, at=now())
    circle.consent.agree(by=bo, at=now())
    other.ask_to_join(bo, at=now())
    other.ask_to_join(mallory, at=now())

    bo.deactivate(by=bo, at=now())

    assert not row(bo).is_active and not bo.memberships.current().exists()
    assert [one.person for one in other.memberships.waiting()] == [mallory]
    assert not row(circle.consent).stands
    assert {one.person for one in street.memberships.current()} == {olga, *Person.objects.filter(name="Ada")}


# Another address ----------------------------------------------------------------------------------------------


def test_a_change_may_be_taken_back_for_seven_days_to_the_second(ada):
    at = now()
    change = change_email(ada, "new@example.org", at=at)

    assert change.until == at + 7 * DAY
    for moment, is_open in ((at + 7 * DAY - SECOND, True), (at + 7 * DAY, False)):
        assert change.is_open(moment) is is_open
        assert AddressChange.objects.open(moment).exists() is is_open
        assert (AddressChange.objects.reserving("ada@example.org", at=moment) is not None) is is_open
    with pytest.raises(TooLateToTakeBack):
        change.take_back(at=at + 7 * DAY)
    change.take_back(at=at + 7 * DAY - SECOND)
    assert row(ada).email == "ada@example.org"


def test_a_link_finds_its_own_change_and_no_other(ada, bo):
    adas, bos = (change_email(person, f"{person.name}@new.example".lower(), at=now()) for person in (ada, bo))

    assert [AddressChange.objects.with_token(one.token) for one in (adas, bos)] == [adas, bos]
    assert AddressChange.objects.with_token("0" * 32) is None


def test_ones_own_old_address_is_reserved_for_oneself_and_the_present_one_is_no_news(ada, bo):
    change_email(ada, "new@example.org", at=now())

    with pytest.raises(AddressTaken):
        change_email(ada, "new@example.org", at=now())
    with pytest.raises(AddressTaken):
        change_email(bo, "ada@example.org", at=now())
    change_email(ada, "ada@example.org", at=now())

    assert row(ada).email == "ada@example.org"
    assert AddressChange.objects.reserving("ada@example.org", at=now()) is None
    change_email(bo, "third@example.org", at=now())
    assert AddressChange.objects.reserving("bo@example.org", at=now()).person == bo


def test_an_address_of_which_nothing_is_to_be_taken_back_any_more_is_free(ada, bo):
    change_email(ada, "new@example.org", at=now()).take_back(at=now())

    change_email(bo, "new@example.org", at=now())

    assert row(bo).email == "new@example.org"


def test_the_change_ends_sessions_shows_the_address_and_lets_mail_go_again(ada):
    at = now()
    Person.objects.filter(pk=ada.pk).update(verified_at=None)
    ada = row(ada)
    ada.mark_mail_refused(reason="No such mailbox", at=at)
    SignInCode.objects.ask(ada.email, is_known=True, at=at)

    change_email(ada, "new@example.org", at=at)

    moved = row(ada)
    assert (moved.email, moved.sessions_ended_at, moved.verified_at) == ("new@example.org", at, at)
    assert (moved.mail_refused_at, moved.mail_refused_because) == (None, "")
    assert not SignInCode.objects.is_good("ada@example.org", at=at)
    assert addresses() == [(ada.pk, "new@example.org", True, True)]


def test_what_was_added_up_to_a_week_before_the_change_goes_with_it_and_nothing_else(ada, bo):
    at = now()
    made = {}
    for name, owner, when in (
        ("before", ada, at - 7 * DAY - SECOND),
        ("with it", ada, at - 7 * DAY),
        ("somebody else's", bo, at),
    ):
        made[name] = Authenticator.objects.create(user=owner, type="webauthn", data={})
        Authenticator.objects.filter(pk=made[name].pk).update(created_at=when)

    change_email(ada, "new@example.org", at=at).take_back(at=at)

    assert set(Authenticator.objects.all()) == {made["before"], made["somebody else's"]}


def test_taking_back_a_later_change_leaves_the_earlier_one_open(ada):
    first = change_email(ada, "second@example.org", at=now())
    second = change_email(ada, "third@example.org", at=now())

    second.take_back(at=now())

    assert row(ada).email == "second@example.org"
    assert (second.taken_back_at is not None, row(first).taken_back_at) == (True, None)
    first.take_back(at=now())
    assert row(ada).email == "ada@example.org"


def test_taking_back_takes_back_what_came_later_of_the_same_person_alone(ada, bo):
    first = change_email(ada, "second@example.org", at=now())
    later = change_email(ada, "third@example.org", at=now())
    bos = change_email(bo, "fourth@example.org", at=now())

    first.take_back(at=now())

    assert [row(one).taken_back_at is not None for one in (first, later, bos)] == [True, True, False]


def test_whoever_is_left_behind_is_told_and_nobody_where_the_address_is_the_same_again(ada):
    change = change_email(ada, "new@example.org", at=now())
    change_email(ada, "ada@example.org", at=now())
    Notice.objects.all().delete()

    change.take_back(at=now())

    assert not Notice.objects.filter(kind="address_restored").exists()
    assert get_user_model().objects.get(pk=ada.pk).email == "ada@example.org"


def test_an_address_that_became_somebody_elses_is_not_taken_back(ada, bo):
    change = change_email(ada, "new@example.org", at=now())
    Person.objects.filter(pk=bo.pk).update(email="ada@example.org")

    with pytest.raises(AddressTaken):
        change.take_back(at=now())

    assert (row(ada).email, row(change).taken_back_at) == ("new@example.org", None)
