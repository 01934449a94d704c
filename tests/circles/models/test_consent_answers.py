"""What is said to a consent, row by row: what stands afterwards, whose it is, who is told, and who is left in peace."""

import pytest

from circles import hooks
from circles.models import Circle, Consent, JournalEntry, LeftInPeace, NotVerified, Refusal
from supportnet.notices.models import Notice
from tests.cast import DAY, make_person, now

pytestmark = pytest.mark.django_db

MONTH = 30 * DAY


@pytest.fixture
def rosa():
    """Is cared for."""
    return make_person("Rosa")


@pytest.fixture
def dora():
    """Decides for rosa as well."""
    return make_person("Dora")


def ask(by, email, *, around="Rosa"):
    """A care circle kept by `by`, whose consent is asked for at `email`."""
    whom = {"name": around, "email": email}
    circle = Circle.objects.start(by=by, kind="care", name="Near", around=around, at=now(), whom=whom)
    circle.consent.send(by=by, at=now())
    return circle


@pytest.fixture
def circle(olga, rosa):
    """Olga's, around rosa, who was asked."""
    return ask(olga, rosa.email)


@pytest.fixture
def consent(circle, rosa, dora):
    """Rosa's, who named dora."""
    circle.consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    return Consent.objects.get(pk=circle.consent.pk)


def row(consent):
    """The consent as it stands in the database."""
    return Consent.objects.get(pk=consent.pk)


def verbs(consent):
    """What was said, and by whom, after the asking and the naming."""
    entries = JournalEntry.objects.about(consent).exclude(verb__in=["asked for consent", "named delegate"])
    return [(entry.verb, entry.actor.name) for entry in entries]


def told(kind):
    """(who, what was said) of the notices of that kind, in the order in which they came."""
    notices = Notice.objects.filter(kind=kind).order_by("pk")
    return [(one.reader.name if one.reader else one.address, one.facts.get("said")) for one in notices]


# Yes ----------------------------------------------------------------------------------------------------------


def test_whoever_holds_the_consent_in_hand_sees_at_once_what_was_said(consent, rosa):
    at = now()
    consent.agree(by=rosa, at=at)
    assert (consent.state, consent.agreed_at, consent.agreed_by, consent.person) == ("stands", at, rosa, rosa)

    consent.withdraw(by=rosa, at=at)
    assert (consent.state, consent.withdrawn_at, consent.refused_at) == ("taken back", at, at)

    consent.never_ask_again(by=rosa, at=at)
    assert consent.asks_never_again()


def test_never_again_is_a_no_at_once_for_whoever_holds_the_consent_in_hand(consent, rosa):
    at = now()

    consent.never_ask_again(by=rosa, at=at)

    assert (consent.state, consent.declined_at, consent.refused_at) == ("declined", at, at)


def test_what_hangs_on_a_yes_hears_once_that_it_was_given_or_taken_back_and_of_no_mere_no(
    consent, rosa, dora, monkeypatch
):
    heard = []
    monkeypatch.setattr(
        hooks, "consent_changed", [lambda consent, by, at: heard.append((consent.state, by.name))]
    )
    for verb in ("decline", "agree", "agree", "withdraw", "withdraw"):
        getattr(consent, verb)(by=rosa, at=now())

    assert heard == [("stands", "Rosa"), ("taken back", "Rosa")]


def test_a_no_is_there_at_once_for_whoever_holds_the_consent_in_hand(consent, dora):
    consent.decline(by=dora, at=now())

    assert (consent.state, consent.refused_at) == ("declined", None)


@pytest.mark.parametrize("verb", ["agree", "decline", "withdraw", "never_ask_again", "name_nobody"])
def test_nobody_answers_with_an_address_that_is_not_shown_to_be_theirs(verb, olga):
    stranger = make_person("Rosa", verified_at=None)
    consent = ask(olga, stranger.email).consent

    with pytest.raises(NotVerified):
        getattr(consent, verb)(by=stranger, at=now())

    assert row(consent).state == "waiting"


def test_a_delegates_yes_after_the_persons_own_adds_nothing(consent, rosa, dora):
    at = now()
    consent.agree(by=rosa, at=at)

    consent.agree(by=dora, at=at + DAY)

    assert (row(consent).agreed_by, row(consent).agreed_at) == (rosa, at)
    assert verbs(consent) == [("agreed", "Rosa")]


def test_the_persons_own_yes_makes_that_of_a_delegate_theirs_and_is_no_second_answer(consent, rosa, dora):
    consent.agree(by=dora, at=now())
    assert row(consent).person is None

    consent.agree(by=rosa, at=now() + DAY)

    assert (row(consent).agreed_by, row(consent).person) == (rosa, rosa)
    assert verbs(consent) == [("agreed", "Dora"), ("agreed", "Rosa")]
    assert told("consent_answered") == [("Olga", "agreed")]
    assert told("consent_given_for_you") == [("Rosa", None)]


def test_a_delegate_strikes_more_out_of_what_the_person_agreed_to_and_it_stays_the_persons_yes(
    consent, rosa, dora
):
    at = now()
    consent.agree(by=rosa, at=at, struck=["description"])

    consent.agree(by=dora, at=at + DAY, struck=["area"])

    assert row(consent).struck == ["area", "description"]
    assert (row(consent).agreed_by, row(consent).agreed_at, row(consent).person) == (rosa, at, rosa)


def test_a_yes_after_a_no_leaves_neither_no_nor_peace_behind(consent, rosa, olga):
    consent.decline(by=rosa, at=now())

    consent.agree(by=rosa, at=now())

    said = row(consent)
    assert (said.state, said.declined_at, said.refused_at) == ("stands", None, None)
    assert not Refusal.objects.of(rosa).exists()
    assert ask(olga, rosa.email).consent.state == "waiting"


def test_a_yes_to_one_leaves_never_again_as_it_is(consent, rosa, olga):
    consent.never_ask_again(by=rosa, at=now())

    consent.agree(by=rosa, at=now())

    assert row(consent).stands and row(consent).asks_never_again()


def test_a_delegate_who_says_yes_after_their_own_no_takes_no_peace_away(consent, dora):
    consent.decline(by=dora, at=now())

    consent.agree(by=dora, at=now())

    assert (row(consent).state, consent.refusals.count()) == ("stands", 2)


# No -----------------------------------------------------------------------------------------------------------


def test_a_no_said_twice_is_said_once(consent, rosa):
    at = now()
    consent.decline(by=rosa, at=at)
    consent.decline(by=rosa, at=at + DAY)

    said = row(consent)
    assert (said.declined_at, said.refused_at) == (at, at)
    assert verbs(consent) == [("declined", "Rosa")]
    assert told("consent_answered") == [("Olga", "declined")]


def test_the_persons_own_no_after_that_of_a_delegate_holds_from_then_and_is_no_news(consent, rosa, dora):
    at = now()
    consent.decline(by=dora, at=at)

    consent.decline(by=rosa, at=at + DAY)

    said = row(consent)
    assert (said.declined_at, said.refused_at) == (at, at + DAY)
    assert verbs(consent) == [("declined", "Dora"), ("declined", "Rosa")]
    assert told("consent_answered") == [("Olga", "declined")]


def test_a_yes_is_taken_back_once_and_stays_in_the_row(consent, rosa, dora):
    at = now()
    consent.agree(by=rosa, at=at)
    consent.withdraw(by=rosa, at=at + DAY)
    consent.withdraw(by=dora, at=at + 2 * DAY)

    said = row(consent)
    assert (said.agreed_at, said.withdrawn_at, said.declined_at) == (at, at + DAY, None)
    assert verbs(consent) == [("agreed", "Rosa"), ("took back", "Rosa")]
    assert told("consent_answered") == [("Olga", "agreed"), ("Olga", "taken back")]


def test_a_delegate_who_takes_it_back_says_no_no_for_the_person(consent, rosa, dora):
    consent.agree(by=rosa, at=now())

    consent.withdraw(by=dora, at=now())

    assert (row(consent).state, row(consent).refused_at) == ("taken back", None)


def test_a_yes_that_was_written_down_is_taken_back_by_whoever_keeps_it_and_is_nobodys_own_no(olga):
    consent = Consent.objects.record(name="Rosa", by=olga, how="by_phone", note="On Sunday.", at=now())

    consent.withdraw(by=olga, at=now())

    assert (consent.state, row(consent).refused_at) == ("taken back", None)
    assert not Refusal.objects.exists()


def test_a_draft_that_nobody_was_asked_stays_one_when_the_account_is_closed(olga, rosa):
    whom = {"name": "Rosa", "email": rosa.email}
    circle = Circle.objects.start(by=olga, kind="care", name="Near", around="Rosa", at=now(), whom=whom)

    rosa.deactivate(by=rosa, at=now())

    assert (row(circle.consent).state, Refusal.objects.count()) == ("draft", 0)


# Left in peace ------------------------------------------------------------------------------------------------


def test_a_no_leaves_the_person_and_whom_they_named_in_peace_for_thirty_days(
    consent, circle, rosa, dora, olga
):
    at = now()
    consent.decline(by=rosa, at=at)

    fields = ("person", "email", "name", "circle", "asked_by", "consent", "at", "until")
    ours = ("Rosa", circle.pk, olga.pk, consent.pk, at, at + MONTH)
    assert sorted(Refusal.objects.values_list(*fields)) == sorted(
        [(rosa.pk, rosa.email, *ours), (dora.pk, dora.email, *ours)]
    )


def test_where_nobody_was_named_the_person_alone_is_left_in_peace(circle, rosa):
    circle.consent.decline(by=rosa, at=now())

    assert [one.person for one in Refusal.objects.all()] == [rosa]


def test_to_the_second_thirty_days_after_a_no_one_may_be_asked_again(consent, rosa, olga):
    at = now()
    consent.decline(by=rosa, at=at)
    second = DAY / 86400
    another = Consent.objects.draft(name="Rosa", email=rosa.email, by=olga, at=at)

    with pytest.raises(LeftInPeace):
        another.send(by=olga, at=at + MONTH - second)

    another.send(by=olga, at=at + MONTH)
    assert row(another).state == "waiting"


def test_never_again_is_of_whoever_said_it_alone_and_lifting_it_leaves_the_usual_month(consent, rosa, dora):
    at = now()
    consent.never_ask_again(by=rosa, at=at)

    assert dict(consent.refusals.values_list("person", "until")) == {rosa.pk: None, dora.pk: at + MONTH}
    assert consent.asks_never_again()

    consent.may_ask_after_all(by=rosa, at=at + DAY)
    assert dict(consent.refusals.values_list("person", "until")) == dict.fromkeys(
        (rosa.pk, dora.pk), at + MONTH
    )
    assert not consent.asks_never_again()


def test_never_again_is_said_where_no_was_said_before_and_adds_no_second_no(consent, rosa):
    consent.decline(by=rosa, at=now())

    consent.never_ask_again(by=rosa, at=now() + DAY)

    assert Refusal.objects.of(rosa).get().until is None
    assert Refusal.objects.count() == 2
    assert verbs(consent) == [("declined", "Rosa")]


def test_never_again_holds_where_only_the_no_of_whom_they_named_was_written_down(consent, rosa, dora):
    consent.decline(by=rosa, at=now())
    Refusal.objects.of(rosa).delete()

    consent.never_ask_again(by=rosa, at=now())

    assert Refusal.objects.of(rosa).get().until is None


def test_a_delegate_does_not_lift_never_again(consent, rosa, dora):
    consent.never_ask_again(by=rosa, at=now())

    consent.may_ask_after_all(by=dora, at=now())

    assert consent.asks_never_again()


def test_never_again_to_one_circle_is_none_to_another(consent, rosa, bo):
    other = ask(bo, rosa.email).consent
    other.decline(by=rosa, at=now())

    consent.never_ask_again(by=rosa, at=now())

    assert not other.asks_never_again()
    assert other.refusals.get().until is not None


# Who is told --------------------------------------------------------------------------------------------------


def test_each_yes_of_a_delegate_is_told_to_the_person_and_their_own_is_not(consent, rosa, dora):
    consent.agree(by=dora, at=now())
    consent.withdraw(by=dora, at=now() + DAY)
    consent.agree(by=dora, at=now() + 2 * DAY)
    assert told("consent_given_for_you") == [("Rosa", None)] * 2

    consent.withdraw(by=rosa, at=now() + 3 * DAY)
    consent.agree(by=rosa, at=now() + 4 * DAY)
    assert told("consent_given_for_you") == [("Rosa", None)] * 2


def test_the_keepers_of_the_circle_alone_hear_the_answer(consent, circle, rosa, olga, bo, mallory):
    for person in (bo, mallory):
        circle.memberships.create(person=person).join(at=now())
    circle.memberships.get(person=bo).make_keeper(by=olga, at=now())

    consent.agree(by=rosa, at=now())

    assert sorted(told("consent_answered")) == [("Bo", "agreed"), ("Olga", "agreed")]
