"""Asking for a yes: when once more, by whom, of whom, and whose no protects whom from whom."""

import datetime as dt

import pytest

from circles import hooks
from circles.models import (
    AskedLately,
    Circle,
    Consent,
    JournalEntry,
    LeftInPeace,
    NotVerified,
    Refusal,
    TheirsToSay,
    change_email,
)
from supportnet.notices.models import Notice
from tests.cast import DAY, make_person, now

pytestmark = pytest.mark.django_db

SECOND = dt.timedelta(seconds=1)
SPOKEN = {"how": "by_phone", "note": "On Sunday."}


@pytest.fixture
def rosa():
    """Is cared for."""
    return make_person("Rosa")


@pytest.fixture
def dora():
    """Decides for rosa where she is named."""
    return make_person("Dora")


def ask(by, email="rosa@example.org", *, name="Rosa", at=None):
    """The consent of a new care circle, asked for."""
    whom = {"name": name, "email": email}
    circle = Circle.objects.start(by=by, kind="care", name="Near", around=name, at=now(), whom=whom)
    circle.consent.send(by=by, at=at or now())
    return row(circle.consent)


def spoken(by, name="Rosa", **fields):
    """A yes that was written down."""
    return Consent.objects.record(name=name, by=by, at=now(), **SPOKEN, **fields)


def row(consent):
    """The consent as it stands in the database."""
    return Consent.objects.get(pk=consent.pk)


def row_of(person):
    """The person as they are now."""
    return type(person).objects.get(pk=person.pk)


def mails(kind="consent_asked"):
    """(who, which of both) of the mails that ask."""
    notices = Notice.objects.filter(kind=kind).order_by("pk")
    return [(one.reader.name if one.reader else one.address, one.facts.get("to")) for one in notices]


# Once more ----------------------------------------------------------------------------------------------------


def test_nobody_is_asked_once_more_who_was_never_asked_who_agreed_or_who_has_no_address(olga, rosa):
    draft = Consent.objects.draft(name="Rosa", email=rosa.email, by=olga, at=now())
    agreed = ask(olga)
    agreed.agree(by=rosa, at=now())
    taken_back = spoken(olga, "Ida")
    taken_back.withdraw(by=olga, at=now())
    before = mails()

    for consent in (draft, agreed, taken_back):
        assert consent.may_ask_again_at() is None
        consent.ask_again(by=olga, at=now() + 400 * DAY)

    assert mails() == before


def test_who_has_not_answered_may_be_reminded_to_the_second_three_days_later(olga):
    at = now()
    consent = ask(olga, at=at)

    with pytest.raises(AskedLately) as early:
        consent.ask_again(by=olga, at=at + 3 * DAY - SECOND)
    assert early.value.again_at == at + 3 * DAY
    consent.ask_again(by=olga, at=at + 3 * DAY)

    assert mails() == [("rosa@example.org", "person")] * 2
    assert row(consent).asked_at == at + 3 * DAY
    assert [entry.verb for entry in JournalEntry.objects.about(consent)] == ["asked for consent"] * 2


@pytest.mark.parametrize("agreed", [False, True])
def test_who_said_no_or_took_it_back_may_be_asked_to_the_second_thirty_days_later(agreed, olga, rosa):
    at = now()
    consent = ask(olga)
    if agreed:
        consent.agree(by=rosa, at=at - 10 * DAY)
    getattr(consent, "withdraw" if agreed else "decline")(by=rosa, at=at)

    with pytest.raises(AskedLately) as early:
        consent.ask_again(by=olga, at=at + 30 * DAY - SECOND)
    assert early.value.again_at == consent.may_ask_again_at() == at + 30 * DAY
    consent.ask_again(by=olga, at=at + 30 * DAY)

    assert row(consent).state == ("taken back" if agreed else "waiting")
    assert mails()[-1] == ("Rosa", "person")


def test_whoever_has_not_shown_their_address_asks_nobody_and_writes_nothing_down(olga):
    stranger = make_person("Stranger", verified_at=None)
    consent, draft = ask(olga), Consent.objects.draft(name="Ida", email="ida@example.org", by=olga, at=now())
    yes = spoken(olga)
    yes.withdraw(by=olga, at=now())

    for act in (
        lambda: draft.send(by=stranger, at=now()),
        lambda: consent.ask_again(by=stranger, at=now() + 4 * DAY),
        lambda: yes.record_again(by=stranger, at=now(), **SPOKEN),
        lambda: spoken(stranger, "Ida"),
    ):
        with pytest.raises(NotVerified):
            act()

    assert (len(mails()), row(yes).state) == (1, "taken back")


# More than they agreed to -------------------------------------------------------------------------------------


def test_where_more_is_to_be_seen_the_yes_holds_no_more_and_they_are_asked(olga, rosa):
    at = now()
    consent = ask(olga)
    consent.agree(by=rosa, at=at)

    consent.ask_about_more(by=olga, at=at + DAY)

    assert (consent.state, consent.agreed_at, consent.agreed_by) == ("waiting", None, None)
    assert mails()[1:] == [("Rosa", "person")]


def test_who_has_not_agreed_or_was_written_down_is_not_asked_about_more(olga):
    waiting, yes = ask(olga), spoken(olga, "Ida")

    for consent in (waiting, yes):
        consent.ask_about_more(by=olga, at=now() + DAY)

    assert (row(waiting).state, row(yes).state, len(mails())) == ("waiting", "stands", 1)


def test_who_is_left_in_peace_is_not_asked_about_more_and_their_yes_does_not_hold_for_it(olga, rosa):
    consent, other = ask(olga), ask(olga)
    other.decline(by=rosa, at=now())
    consent.agree(by=rosa, at=now())
    asked = len(mails())

    consent.ask_about_more(by=olga, at=now())

    assert (row(consent).stands, len(mails())) == (False, asked)


# Written down -------------------------------------------------------------------------------------------------


def test_a_yes_is_written_down_once_more_only_after_it_was_taken_back(olga, monkeypatch):
    heard = []
    monkeypatch.setattr(hooks, "consent_changed", [lambda consent, by, at: heard.append(consent.state)])
    at, consent = now(), spoken(olga)
    said = {"how": "in_person", "note": "At the door."}

    consent.record_again(by=olga, at=at + DAY, **said)
    assert (row(consent).recorded_how, heard) == ("by_phone", [])
    consent.withdraw(by=olga, at=at + DAY)
    consent.record_again(by=olga, at=at + 2 * DAY, **said)

    again = row(consent)
    assert (again.state, again.recorded_how, again.recorded_note) == ("stands", "in_person", "At the door.")
    assert (again.agreed_at, again.agreed_by) == (at + 2 * DAY, olga)
    assert heard == ["taken back", "stands"]


# Whose no protects whom ---------------------------------------------------------------------------------------


def test_a_no_protects_from_the_same_circle_and_from_whoever_asked_and_from_nobody_else(olga, rosa, bo):
    consent = ask(olga)
    circle = consent.circle
    circle.memberships.create(person=bo).join(at=now())
    circle.memberships.get(person=bo).make_keeper(by=olga, at=now())
    consent.decline(by=rosa, at=now())
    again = now() + 30 * DAY - SECOND

    def may_ask(consent, by):
        return not Refusal.objects.against(consent, by=by, at=again).exists()

    assert not may_ask(consent, by=bo)
    draft = Consent.objects.draft(name="Rosa", email=rosa.email, by=bo, at=now())
    assert may_ask(draft, by=bo) and not may_ask(draft, by=olga)
    stranger = Consent.objects.draft(name="Ida", email="ida@example.org", by=olga, at=now())
    assert may_ask(stranger, by=olga)


def test_a_name_is_protected_from_being_written_down_where_somebody_of_that_name_said_no(olga, rosa, bo):
    consent = ask(olga)
    circle = consent.circle
    consent.decline(by=rosa, at=now())

    for name in ("Rosa", " rosa ", "ROSA"):
        with pytest.raises(LeftInPeace):
            spoken(olga, name)
        with pytest.raises(LeftInPeace):
            spoken(bo, name, circle=circle)
    assert spoken(bo).stands and spoken(olga, "Ida").stands


def test_an_address_that_was_theirs_once_leads_to_the_same_person_and_to_no_other(olga, rosa, bo):
    ask(olga).decline(by=rosa, at=now())
    somebody = make_person("Zed")
    ask(bo, somebody.email, name="Zed").decline(by=somebody, at=now())

    zeds = Consent.objects.draft(name="Zed", email=somebody.email, by=olga, at=now())
    rosas = Consent.objects.draft(name="Rosa", email=rosa.email, by=olga, at=now())

    assert not Refusal.objects.against(zeds, by=olga, at=now()).exists()
    assert {one.person for one in Refusal.objects.against(rosas, by=olga, at=now())} == {rosa}


def test_an_address_that_was_theirs_leads_to_a_no_that_they_said_under_another(olga, rosa):
    ask(olga)
    change_email(rosa, "rosa@new.example", at=now())
    ask(olga, "rosa@new.example").decline(by=row_of(rosa), at=now())

    with pytest.raises(LeftInPeace):
        ask(olga, "rosa@example.org")
    assert ask(olga, "zed@example.org", name="Zed").state == "waiting"


def test_what_nobody_owns_yet_is_asked_although_others_without_an_account_said_no(olga):
    ida = make_person("Ida")
    consent = ask(olga, ida.email, name="Ida")
    consent.decline(by=ida, at=now())
    Refusal.objects.update(person=None)

    assert ask(olga, "new@example.org", name="New").state == "waiting"


@pytest.mark.parametrize("thrown_away", [False, True])
def test_their_own_no_to_one_lets_no_delegate_agree_to_another_even_when_it_was_thrown_away(
    thrown_away, olga, rosa, dora
):
    first, second = ask(olga), ask(olga)
    second.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    first.decline(by=rosa, at=now())
    if thrown_away:
        Circle.objects.filter(consent=first).update(consent=None)
        first.delete()

    with pytest.raises(TheirsToSay):
        second.agree(by=dora, at=now() + 30 * DAY - SECOND)

    assert second.is_refused(at=now()) and not second.is_refused(at=now() + 30 * DAY)
    second.agree(by=dora, at=now() + 30 * DAY)


def test_somebody_elses_no_lets_a_delegate_agree(olga, rosa, dora):
    ida = make_person("Ida")
    ask(olga, ida.email, name="Ida").decline(by=ida, at=now())
    consent = ask(olga)
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())

    consent.agree(by=dora, at=now())

    assert row(consent).stands


def test_what_was_taken_back_by_whom_they_named_is_theirs_to_give_again(olga, rosa, dora):
    consent = ask(olga)
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    consent.agree(by=rosa, at=now())
    consent.withdraw(by=dora, at=now())

    assert not row(consent).is_refused(at=now())
    consent.agree(by=dora, at=now())
    assert row(consent).stands


def test_never_again_that_was_followed_by_their_own_yes_leaves_this_one_to_whom_they_named(olga, rosa, dora):
    consent = ask(olga)
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    consent.never_ask_again(by=rosa, at=now())
    consent.agree(by=rosa, at=now())
    consent.withdraw(by=dora, at=now())

    consent.agree(by=dora, at=now())

    assert row(consent).stands and row(consent).asks_never_again()


def test_a_consent_that_nobody_owns_is_refused_by_nobody(olga):
    assert not ask(olga, "new@example.org", name="New").is_refused(at=now())
