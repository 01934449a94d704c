"""Whose a consent is: by address, by account, by whom they named; and who was struck out of what."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail

from circles.models import (
    Circle,
    Consent,
    JournalEntry,
    LeftInPeace,
    NobodyAsked,
    NotTheirs,
    Person,
    StruckOut,
)
from circles.models.mailed_link import proven
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, join, make_person, now

pytestmark = pytest.mark.django_db

SPOKEN = {"how": "by_phone", "note": "On Sunday."}


@pytest.fixture
def rosa():
    """Is cared for."""
    return make_person("Rosa")


@pytest.fixture
def dora():
    """Decides for rosa where she is named."""
    return make_person("Dora")


def ask(by, email="rosa@example.org", **words):
    """The consent of a new care circle, asked for."""
    whom = {"name": "Rosa", "email": email}
    circle = Circle.objects.start(
        by=by, kind="care", name="Near", around="Rosa", at=now(), whom=whom, **words
    )
    circle.consent.send(by=by, at=now())
    return row(circle.consent)


def draft(by, email="rosa@example.org", **fields):
    return Consent.objects.draft(name="Rosa", email=email, by=by, at=now(), **fields)


def row(thing):
    """As it stands in the database."""
    return type(thing).objects.get(pk=thing.pk)


def mailed():
    """(address or name, to which of both) of the mails that ask."""
    notices = Notice.objects.filter(kind="consent_asked").order_by("pk")
    return [(one.reader.name if one.reader else one.address, one.facts["to"]) for one in notices]


def verbs(consent):
    return [entry.verb for entry in JournalEntry.objects.about(consent)]


# Making one ---------------------------------------------------------------------------------------------------


def test_one_key_of_one_person_makes_one_consent_and_without_a_key_each_is_another(olga, bo):
    key = uuid.uuid4()
    first, again, bos = (draft(by, form_key=key) for by in (olga, olga, bo))

    assert first == again != bos
    assert draft(olga) != draft(olga)
    assert (again.asked_by, again.name, again.token, len(again.salt)) == (olga, "Rosa", first.token, 32)
    assert Consent.objects.count() == 4


def test_what_was_written_down_twice_with_one_key_stands_once_in_the_history(olga):
    key = uuid.uuid4()
    first, again = (
        Consent.objects.record(name="Rosa", by=olga, at=now(), form_key=key, **SPOKEN) for _ in range(2)
    )

    assert (first, verbs(first)) == (again, ["recorded consent"])


def test_a_consent_is_a_draft_then_waits_then_has_an_answer(olga, rosa):
    consent = draft(olga)
    states = [consent.state]
    consent.send(by=olga, at=now())
    states.append(consent.state)
    for verb in ("decline", "agree", "withdraw", "agree"):
        getattr(consent, verb)(by=rosa, at=now())
        states.append((consent.state, consent.stands, consent.is_taken_back))

    assert states == [
        "draft",
        "waiting",
        ("declined", False, False),
        ("stands", True, False),
        ("taken back", False, True),
        ("stands", True, False),
    ]


def test_a_link_leads_to_what_was_asked_and_to_no_draft(olga):
    asked, waits = ask(olga), draft(olga)

    assert Consent.objects.by_token(asked.token) == asked
    with pytest.raises(Consent.DoesNotExist):
        Consent.objects.by_token(waits.token)
    assert len(asked.token) == 32


def test_it_is_asked_in_its_circle_or_nowhere_yet(olga):
    consent = ask(olga)

    assert (consent.asked_in, draft(olga).asked_in) == (consent.circle, None)


# Whose --------------------------------------------------------------------------------------------------------


def test_it_is_for_whoever_has_shown_that_the_address_is_theirs(olga, rosa, mallory):
    typed = make_person("Typed", verified_at=None)
    by_phone = Person.objects.add_by_phone(name="Ida", phone="+351 555 0107")
    rosas, typeds = ask(olga), ask(olga, typed.email)
    spoken = Consent.objects.record(name="Ida", by=olga, at=now(), **SPOKEN)

    everybody = (rosa, mallory, typed, by_phone)
    assert [rosas.is_for(person) for person in everybody] == [True, False, False, False]
    assert [typeds.is_for(person) for person in everybody] == [False] * 4
    assert [spoken.may_decide(person) for person in (*everybody, AnonymousUser())] == [False] * 5
    assert not any(one.is_delegate(person) for one in (rosas, typeds, spoken) for person in everybody)
    typed.verify(at=now())
    assert row(typeds).is_for(typed)


def test_before_the_address_is_shown_to_be_theirs_a_consent_belongs_to_the_address(olga, rosa):
    consent = ask(olga)
    Consent.objects.update(owner=None)

    assert row(consent).is_for(rosa)
    assert not row(consent).is_for(make_person("Zed"))
    Person.objects.filter(pk=rosa.pk).update(verified_at=None)
    assert not row(consent).is_for(row(rosa))


def test_whoever_was_named_decides_by_account_or_by_address_but_not_what_they_are_not_named_for(
    olga, rosa, dora, mallory
):
    consent = ask(olga)
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    consent = row(consent)
    assert consent.delegate == dora

    for delegate in (dora, None):
        Consent.objects.filter(pk=consent.pk).update(delegate=delegate)
        found = row(consent)
        assert [found.is_delegate(person) for person in (dora, rosa, mallory)] == [True, False, False]
        assert [found.may_decide(person) for person in (dora, rosa, mallory)] == [True, True, False]
    Person.objects.filter(pk=dora.pk).update(verified_at=None)
    assert not row(consent).is_delegate(row(dora))


def test_ones_page_holds_what_was_asked_of_oneself_or_of_who_named_one(olga, rosa, dora, mallory):
    asked, waits, others = ask(olga), draft(olga), ask(olga, "zed@example.org")
    asked.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())

    found = [set(Consent.objects.decided_by(person)) for person in (rosa, dora, mallory, olga)]

    assert found == [{asked}, {asked}, set(), set()]
    unproven = make_person("Zed", verified_at=None)
    assert not Consent.objects.decided_by(unproven).exists()
    unproven.verify(at=now())
    assert set(Consent.objects.decided_by(unproven)) == {others}
    assert waits not in found[0]
    with pytest.raises(NobodyAsked):
        Consent.objects.decided_by(None)


def test_who_decides_with_the_proven_address_has_it_from_then_on_and_nothing_else_with_it(olga, rosa):
    one, other = ask(olga), ask(olga)
    Consent.objects.update(owner=None)

    row(one).agree(by=rosa, at=now())

    assert (row(one).owner, row(one).person, row(other).owner) == (rosa, rosa, None)


def test_what_was_mailed_to_an_address_is_its_owners_and_nobody_elses_goes_with_it(olga, rosa, dora):
    rosas, doras, named = ask(olga), ask(olga, dora.email), ask(olga)
    named.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    Consent.objects.update(owner=None, delegate=None)

    Consent.objects.hand_over_to(dora)

    owners = [(row(one).owner, row(one).delegate) for one in (rosas, doras, named)]
    assert owners == [(None, None), (dora, None), (None, dora)]
    assert set(Consent.objects.in_hands_of(dora, dora.email)) == {doras, named}
    assert set(Consent.objects.in_hands_of(rosa, rosa.email)) == {rosas, named}


def test_links_that_are_made_new_lead_nowhere_under_the_old_ones(olga):
    consent, other = ask(olga), ask(olga)
    old, others = consent.token, other.token

    Consent.objects.filter(pk=consent.pk).renew_links()

    assert not Consent.objects.filter(pk=consent.pk, token_hash="").exists()
    with pytest.raises(Consent.DoesNotExist):
        Consent.objects.by_token(old)
    assert Consent.objects.by_token(row(consent).token) == consent
    assert Consent.objects.by_token(others) == other


def test_a_mail_goes_to_the_account_or_to_the_address_as_long_as_it_is_nobodys(olga, rosa):
    make_person("Typed", verified_at=None)

    assert [proven(email) for email in (rosa.email, "typed@example.org", "", None)] == [rosa, None, "", None]
    for email in (rosa.email, "typed@example.org", "new@example.org"):
        ask(olga, email)

    assert mailed() == [("Rosa", "person"), ("typed@example.org", "person"), ("new@example.org", "person")]


def test_a_code_goes_where_its_owner_is_reached_today(olga, rosa):
    consent, typed = ask(olga), ask(olga, "new@example.org")
    Person.objects.filter(pk=rosa.pk).update(email="rosa@new.example")

    assert (row(consent).reached_at, row(typed).reached_at) == ("rosa@new.example", "new@example.org")


# Naming somebody ----------------------------------------------------------------------------------------------


def test_naming_somebody_mails_them_once_and_writes_it_down_once(olga, rosa, dora):
    consent = ask(olga)
    for email in (dora.email, "Dora@Example.org"):
        consent.name_delegate(name="Dora", email=email, by=rosa, at=now())

    assert (consent.delegate_name, consent.delegate_email, consent.delegate) == ("Dora", dora.email, dora)
    assert mailed() == [("Rosa", "person"), ("Dora", "delegate")]
    assert verbs(consent) == ["asked for consent", "named delegate"]


def test_naming_another_or_nobody_kills_the_link_of_the_one_before_and_no_other(olga, rosa, dora):
    consent, other = ask(olga), ask(olga)
    tokens = [consent.token]
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    tokens.append(consent.token)
    consent.name_delegate(name="Zed", email="zed@example.org", by=rosa, at=now())
    tokens.append(consent.token)
    consent.name_nobody(by=rosa, at=now())
    tokens.append(consent.token)
    consent.name_nobody(by=rosa, at=now())

    assert tokens[0] == tokens[1] and len({*tokens}) == 3 and row(consent).token == tokens[3]
    assert (row(consent).delegate_name, row(consent).delegate_email, row(consent).delegate) == ("", "", None)
    assert verbs(consent) == ["asked for consent", *["named delegate"] * 2, "named nobody"]
    assert Consent.objects.by_token(other.token) == other
    assert mailed()[2:] == [("Dora", "delegate"), ("zed@example.org", "delegate")]


@pytest.mark.parametrize("email", ["dora@example.org", "zed@example.org"])
def test_who_is_named_left_and_named_again_is_mailed_once_an_hour(olga, rosa, dora, email):
    consent = ask(olga)
    mailed_at = []
    for minute in range(150):
        at = now() + minute * dt.timedelta(minutes=1)
        if minute % 10 == 0:
            consent.name_delegate(name="Somebody", email=email, by=rosa, at=at)
        elif minute % 10 == 5 and minute < 140:
            consent.name_nobody(by=rosa, at=at)
        deliver(at=at)
        found = [message for message in mail.outbox if message.to == [email]]
        mailed_at += [minute] * (len(found) - len(mailed_at))

    assert mailed_at == [0, 60, 120]


def test_who_is_left_before_the_mail_went_out_hears_nothing(olga, rosa, dora):
    consent = ask(olga)
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    consent.name_nobody(by=rosa, at=now())

    deliver(at=now() + dt.timedelta(hours=2))

    assert not [message for message in mail.outbox if message.to == [dora.email]]


def test_whom_nobody_named_names_nobody(olga, rosa, dora, mallory):
    consent = ask(olga)
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())

    for person in (dora, mallory, olga):
        with pytest.raises(NotTheirs):
            consent.name_delegate(name="Zed", email="zed@example.org", by=person, at=now())
        with pytest.raises(NotTheirs):
            consent.name_nobody(by=person, at=now())

    assert row(consent).delegate == dora


# Who may say yes ----------------------------------------------------------------------------------------------


def test_the_person_may_always_say_yes_and_whom_they_named_unless_they_said_no(olga, rosa, dora, mallory):
    consent = ask(olga)
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())

    def may():
        return [row(consent).may_agree(person, at=now()) for person in (rosa, dora, mallory)]

    assert may() == [True, True, False]
    consent.decline(by=rosa, at=now())
    assert may() == [True, False, False]
    assert row(consent).is_refused(at=now() + 400 * DAY)


def test_a_name_that_said_no_is_not_written_down(olga, rosa):
    ask(olga).decline(by=rosa, at=now())

    with pytest.raises(LeftInPeace):
        Consent.objects.record(name="Rosa", by=olga, at=now(), **SPOKEN)

    assert not Consent.objects.filter(agreed_at__isnull=False).exists()


# Struck out ---------------------------------------------------------------------------------------------------


@pytest.fixture
def struck(olga, rosa, bo):
    """Rosa's circle without its area, without bo, and without whoever reads zed@example.org."""
    consent = ask(olga, description="Everything", area="Old town")
    circle = consent.circle
    bos = join(circle, bo, by=olga)
    join(circle, make_person("Quinn"), by=olga)
    zeds = circle.invite(email="zed@example.org", by=olga, at=now())
    circle.invite(email="zoe@example.org", by=olga, at=now())
    keys = ["area", f"membership:{bos.pk}", f"invitation:{zeds.pk}"]
    consent.agree(by=rosa, at=now(), struck=keys)
    return row(circle)


def is_out(circle, by, **whom):
    try:
        circle.require_not_struck(by=by, **whom)
    except StruckOut as out:
        return out.circle == circle
    return False


def test_who_was_struck_out_is_not_let_in_by_name_or_by_address_and_others_are(struck, olga, rosa, bo):
    zed, zoe = make_person("Zed"), make_person("Zoe")
    ida = Person.objects.add_by_phone(name="Ida", phone="+351 555 0107")

    assert [is_out(struck, olga, person=person) for person in (bo, zed, zoe, ida)] == [
        True,
        True,
        False,
        False,
    ]
    addresses = [bo.email, "zed@example.org", "zoe@example.org", "new@example.org"]
    assert [is_out(struck, olga, email=email) for email in addresses] == [True, True, False, False]
    assert not is_out(struck, rosa, person=bo)


def test_who_was_struck_out_by_address_stays_out_under_another(struck, olga):
    zed = make_person("Zed")
    struck.invitations.filter(email=zed.email).update(owner=zed)
    Person.objects.filter(pk=zed.pk).update(email="zed@new.example")

    assert is_out(struck, olga, email="zed@new.example")
    assert is_out(struck, olga, person=row(zed))


def test_where_nothing_was_struck_or_nobody_is_asked_everybody_may_come(street, olga, bo, rosa):
    consent = ask(olga)
    consent.agree(by=rosa, at=now())

    for circle in (street, row(consent.circle)):
        assert not is_out(circle, olga, person=bo)
        assert not is_out(circle, olga, email="new@example.org")


def test_words_that_were_struck_come_back_by_their_own_hand_alone(struck, olga, rosa, street):
    words = {"area": "New town", "description": "Less"}

    assert struck.without_struck_fields(words, by=olga) == {"area": "", "description": "Less"}
    assert struck.without_struck_fields(words, by=rosa) == words
    assert street.without_struck_fields(words, by=olga) == words
