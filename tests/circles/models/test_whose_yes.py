"""Whose yes and whose no: the person's own word holds, whoever else decides and wherever they are reached."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from circles.models import (
    AddressChange,
    Circle,
    Consent,
    Invitation,
    LeftInPeace,
    NotTheirs,
    Person,
    Refusal,
    StruckOut,
    TheirsToSay,
    change_email,
)
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, draft, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    """Is cared for."""
    return make_person("Rosa")


@pytest.fixture
def dora():
    """Whom rosa names."""
    return make_person("Dora")


@pytest.fixture
def circle(olga, rosa):
    """Olga's care circle around rosa, who was asked and has not answered."""
    whom = {"name": "Rosa", "email": rosa.email}
    circle = Circle.objects.start(by=olga, kind="care", name="Near", around="Rosa", at=now(), whom=whom)
    circle.consent.send(by=olga, at=now())
    return circle


@pytest.fixture
def consent(circle, rosa, dora):
    """Rosa's, who named dora to decide as well."""
    circle.consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    return fresh(circle.consent)


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def moves(person, email):
    """They have shown that `email` is theirs, and it is their address from now on; returns them as they are now."""
    change_email(fresh(person), email, at=now())
    AddressChange.objects.update(changed_at=now() - 8 * DAY)
    return fresh(person)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def told(kind):
    """Addresses that mails of this kind went to; sends what is due, and nobody sleeps."""
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    deliver(at=now() + timedelta(minutes=1))
    sent = Notice.objects.sent().filter(kind=kind).order_by("pk")
    return [notice.reader.email if notice.reader else notice.address for notice in sent]


# The person's own no --------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("moved", [True, False])
def test_a_persons_no_is_no_delegates_to_overrule(before, moved, consent, rosa, dora):
    if before:
        consent.agree(by=dora, at=now())
    consent.decline(by=rosa, at=now())
    if moved:
        rosa = moves(rosa, "rosa@new.example")

    with pytest.raises(TheirsToSay):
        fresh(consent).agree(by=dora, at=now() + 40 * DAY)

    assert not fresh(consent).stands
    assert signed_in(rosa).get(fresh(consent).get_absolute_url()).status_code == 200


def test_a_delegates_no_does_not_hide_the_persons_own(consent, rosa, dora):
    consent.decline(by=dora, at=now())
    consent.decline(by=rosa, at=now())

    with pytest.raises(TheirsToSay):
        consent.agree(by=dora, at=now())


def test_a_delegate_who_took_it_back_does_not_hide_the_persons_own_no(consent, rosa, dora):
    consent.agree(by=rosa, at=now())
    consent.withdraw(by=dora, at=now())
    consent.withdraw(by=rosa, at=now())

    with pytest.raises(TheirsToSay):
        consent.agree(by=dora, at=now())


def test_their_own_yes_takes_their_no_away(consent, rosa, dora):
    consent.decline(by=rosa, at=now())
    consent.agree(by=rosa, at=now())
    consent.withdraw(by=dora, at=now())

    consent.agree(by=dora, at=now())

    assert fresh(consent).stands


def test_no_thank_you_holds_on_a_page_that_was_open_when_the_delegate_agreed(consent, rosa, dora, bo):
    client = signed_in(rosa)
    page = client.get(consent.get_absolute_url())
    assert "No thank you" in page.content.decode()
    consent.agree(by=dora, at=now())
    consent.circle.memberships.create(person=bo).join(at=now())
    assert signed_in(bo).get(f"/circles/{consent.circle.pk}/").status_code == 200

    response = client.post(consent.get_absolute_url(), {"answer": "decline"}, follow=True)

    assert "Your no holds." in response.content.decode()
    assert signed_in(bo).get(f"/circles/{consent.circle.pk}/").status_code == 404
    assert fresh(consent).refused_at is not None


def test_the_person_hears_of_a_yes_that_was_said_for_them(consent, rosa, dora, mallory):
    consent.agree(by=dora, at=now())

    assert told("consent_given_for_you") == [rosa.email]
    letter = next(one for one in mail.outbox if "said yes for you" in one.subject)
    assert letter.subject == "Dora has said yes for you"
    assert "Olga asked whether others may help you" in letter.body


def test_they_do_not_hear_of_it_once_it_does_not_stand_any_more(consent, rosa, dora):
    consent.agree(by=dora, at=now())
    consent.withdraw(by=dora, at=now())

    assert told("consent_given_for_you") == []


def test_what_the_person_strikes_on_an_old_page_is_struck_though_the_delegate_said_yes(
    circle, consent, rosa, dora
):
    Circle.objects.filter(pk=circle.pk).update(area="Old town")
    consent.agree(by=dora, at=now())

    consent.agree(by=rosa, at=now(), struck=["area"])

    assert (fresh(circle).area, fresh(consent).agreed_by) == ("", rosa)


def test_what_is_struck_on_a_page_from_before_ones_own_yes_is_struck(consent, rosa):
    consent.agree(by=rosa, at=now())

    fresh(consent).agree(by=rosa, at=now(), struck=["description"])

    assert fresh(consent).struck == ["description"]


@pytest.mark.parametrize("verb", ["agree", "decline", "withdraw", "never_ask_again", "name_nobody"])
def test_nobody_else_says_anything_for_them(verb, consent, olga, mallory):
    for who in (olga, mallory):
        with pytest.raises(NotTheirs):
            getattr(consent, verb)(by=who, at=now())


def test_a_delegate_names_nobody_else(consent, dora):
    for act in (
        lambda: consent.name_delegate(name="Mallory", email="mallory@example.org", by=dora, at=now()),
        lambda: consent.name_nobody(by=dora, at=now()),
        lambda: consent.never_ask_again(by=dora, at=now()),
    ):
        with pytest.raises(NotTheirs):
            act()

    assert signed_in(dora).post(consent.get_absolute_url(), {"answer": "name-nobody"}).status_code == 403


def test_whoever_closes_their_account_leaves_no_yes_behind(consent, rosa, olga, bo):
    consent.agree(by=rosa, at=now())
    consent.circle.memberships.create(person=bo).join(at=now())

    fresh(rosa).deactivate(by=rosa, at=now())

    assert not fresh(consent).stands
    assert list(Circle.objects.visible_to(bo)) == []


@pytest.mark.parametrize("agreed", [False, True])
@pytest.mark.parametrize("closes", ["rosa", "staff"])
def test_nobody_says_yes_for_whoever_has_closed_their_account(closes, agreed, consent, rosa, dora, bo):
    if agreed:
        consent.agree(by=rosa, at=now())
    fresh(rosa).deactivate(by=rosa if closes == "rosa" else bo, at=now())

    with pytest.raises(TheirsToSay):
        fresh(consent).agree(by=dora, at=now())

    assert not fresh(consent).stands


@pytest.mark.parametrize("verb", ["decline", "never_ask_again"])
def test_of_two_that_wait_a_no_to_one_lets_no_delegate_agree_to_the_other(verb, olga, rosa, dora):
    one, other = (asks(olga, rosa.email).consent for _ in range(2))
    other.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    getattr(one, verb)(by=rosa, at=now())

    response = signed_in(dora).get(fresh(other).get_absolute_url())
    with pytest.raises(TheirsToSay):
        fresh(other).agree(by=dora, at=now())

    assert "Only Rosa can say yes again." in response.content.decode()
    assert told("consent_asked") == []
    fresh(other).agree(by=rosa, at=now())
    assert fresh(other).stands


def test_a_delegates_own_no_to_one_lets_them_agree_to_the_other(olga, rosa, dora):
    one, other = (asks(olga, rosa.email).consent for _ in range(2))
    for consent in (one, other):
        consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    fresh(one).decline(by=dora, at=now())

    fresh(other).agree(by=dora, at=now())

    assert fresh(other).stands


def test_whoever_was_named_is_not_asked_after_the_persons_own_no(consent, rosa):
    consent.decline(by=rosa, at=now())

    assert "dora@example.org" not in told("consent_asked")


@pytest.mark.parametrize("then", ["somebody else", "nobody"])
def test_the_link_of_whoever_was_named_once_says_nothing_of_who_is_named_now(then, consent, rosa, dora, bo):
    old = consent.get_absolute_url()
    if then == "nobody":
        consent.name_nobody(by=rosa, at=now())
    else:
        consent.name_delegate(name="Bo", email=bo.email, by=rosa, at=now())

    for client in (Client(), signed_in(dora)):
        page = client.get(old)
        assert page.status_code == 404
        assert "•••" not in page.content.decode()
    assert fresh(consent).get_absolute_url() in signed_in(rosa).get("/me/").content.decode()


def test_the_answer_is_told_to_nobody_who_keeps_the_circle_no_more(consent, circle, rosa, olga, mallory):
    circle.memberships.create(person=mallory).join(at=now())
    theirs = circle.memberships.get(person=mallory)
    theirs.make_keeper(by=olga, at=now())
    consent.agree(by=rosa, at=now())
    fresh(theirs).make_member(by=olga, at=now())

    assert told("consent_answered") == [olga.email]


# Left in peace --------------------------------------------------------------------------------------------


def asks(by, email, *, name="Rosa"):
    """Another care circle around the same person."""
    whom = {"name": name, "email": email}
    circle = Circle.objects.start(by=by, kind="care", name="Another", around=name, at=now(), whom=whom)
    circle.consent.send(by=by, at=now())
    return circle


@pytest.mark.parametrize("verb", ["decline", "withdraw"])
def test_after_a_no_whoever_asked_asks_nothing_else_for_a_month(verb, consent, rosa, olga):
    if verb == "withdraw":
        consent.agree(by=rosa, at=now())
    getattr(consent, verb)(by=rosa, at=now())
    before = Notice.objects.filter(kind="consent_asked").count()

    with pytest.raises(LeftInPeace):
        asks(olga, rosa.email)

    assert Notice.objects.filter(kind="consent_asked").count() == before
    Consent.objects.last().send(by=olga, at=now() + 31 * DAY)
    assert Notice.objects.filter(kind="consent_asked").count() == before + 1


def test_they_are_left_in_peace_by_every_address_that_is_known_of_them(consent, rosa, olga):
    consent.decline(by=rosa, at=now())
    rosa = moves(rosa, "rosa@new.example")

    for email in ("rosa@example.org", "rosa@new.example"):
        with pytest.raises(LeftInPeace):
            asks(olga, email)


def test_nobody_asks_their_delegate_instead(consent, rosa, olga, dora):
    consent.decline(by=rosa, at=now())

    with pytest.raises(LeftInPeace):
        asks(olga, dora.email)


def test_nor_is_a_yes_of_theirs_written_down_meanwhile(consent, rosa, olga):
    consent.decline(by=rosa, at=now())

    with pytest.raises(LeftInPeace):
        Consent.objects.record(name="rosa", by=olga, how="by_phone", note="I am sure.", at=now())


WRITTEN = {"how": "by_phone", "note": "I am sure."}


@pytest.mark.parametrize("name", ["ROSA", "Rosa Alvarez", "Alvarez, Rosa", "Rosa A.", "Rоsa", "Rósa"])
@pytest.mark.parametrize("days", [0, 31, 400])
def test_nor_under_a_name_that_may_be_theirs_however_long_ago_they_said_no(consent, rosa, olga, name, days):
    consent.decline(by=rosa, at=now())

    with pytest.raises(LeftInPeace):
        Consent.objects.record(name=name, by=olga, at=now() + days * DAY, **WRITTEN)

    assert not Consent.objects.exclude(pk=consent.pk).exists()


@pytest.mark.parametrize("name", ["Rosalind", "Marta", "Ana Alvarez"])
def test_whoever_is_called_otherwise_may_still_say_yes_by_phone(consent, rosa, olga, name):
    consent.decline(by=rosa, at=now())

    assert Consent.objects.record(name=name, by=olga, at=now(), **WRITTEN).stands


def test_a_delegates_no_is_one_for_a_month_and_the_persons_own_yes_ends_theirs(consent, rosa, dora, olga):
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())
    consent.decline(by=dora, at=now())
    with pytest.raises(LeftInPeace):
        Consent.objects.record(name="Rosa", by=olga, at=now(), **WRITTEN)

    assert Consent.objects.record(name="Rosa", by=olga, at=now() + 31 * DAY, **WRITTEN).stands
    fresh(consent).decline(by=rosa, at=now())
    with pytest.raises(LeftInPeace):
        Consent.objects.record(name="Rosa", by=olga, at=now() + 32 * DAY, **WRITTEN)


def test_a_keeper_who_was_named_to_decide_overrules_no_no_by_either_way(consent, rosa, olga):
    consent.name_delegate(name="Olga", email=olga.email, by=rosa, at=now())
    consent.decline(by=rosa, at=now())

    with pytest.raises(TheirsToSay):
        fresh(consent).agree(by=olga, at=now() + 31 * DAY)
    with pytest.raises(LeftInPeace):
        Consent.objects.record(name="Rosa", by=olga, at=now() + 31 * DAY, **WRITTEN)

    assert not fresh(consent).stands


def test_no_yes_is_written_down_for_a_member_who_reads_e_mail(street, ada, olga):
    for name in ("Ada", "ada "):
        with pytest.raises(LeftInPeace):
            Consent.objects.record(name=name, by=olga, at=now(), circle=street, **WRITTEN)

    street.add_without_email(name="Zed", phone="+351 555 0199", by=olga, at=now())
    assert Consent.objects.record(name="Zed", by=olga, at=now(), circle=street, **WRITTEN).stands
    assert Consent.objects.record(name="Olga", by=olga, at=now(), circle=street, **WRITTEN).stands


def test_nor_once_they_came_in_after_an_earlier_one_was_taken_back(street, ada, olga):
    street.memberships.get(person=ada).leave(at=now())
    help_request = draft(olga, street)
    help_request.ask_consent({"name": "Ada", **WRITTEN}, by=olga, at=now())
    help_request.consent.withdraw(by=olga, at=now())
    join(street, ada, by=olga)

    with pytest.raises(LeftInPeace):
        fresh(help_request.consent).record_again(by=olga, at=now(), **WRITTEN)


def test_nor_is_an_old_one_written_down_once_more(consent, rosa, olga):
    said = {"how": "by_phone", "note": "I am sure."}
    spoken = Consent.objects.record(name="Rosa", by=olga, at=now(), **said)
    spoken.withdraw(by=olga, at=now())
    consent.decline(by=rosa, at=now())

    with pytest.raises(LeftInPeace):
        fresh(spoken).record_again(by=olga, at=now(), **said)

    assert not fresh(spoken).stands


def test_never_again_holds_until_they_say_otherwise(consent, rosa, olga):
    consent.never_ask_again(by=rosa, at=now())
    for days in (31, 400):
        with pytest.raises(LeftInPeace):
            fresh(consent).ask_again(by=olga, at=now() + days * DAY)

    fresh(consent).may_ask_after_all(by=rosa, at=now() + 401 * DAY)

    fresh(consent).ask_again(by=olga, at=now() + 402 * DAY)
    assert fresh(consent).state == "waiting"


def test_never_again_holds_also_where_the_no_itself_was_not_written_down(consent, rosa, olga):
    consent.decline(by=rosa, at=now())
    Refusal.objects.all().delete()

    fresh(consent).never_ask_again(by=rosa, at=now())

    with pytest.raises(LeftInPeace):
        fresh(consent).ask_again(by=olga, at=now() + 400 * DAY)


def test_a_no_said_once_more_is_their_latest(consent, rosa, olga):
    consent.decline(by=rosa, at=now())
    fresh(consent).ask_again(by=olga, at=now() + 31 * DAY)

    fresh(consent).decline(by=rosa, at=now() + 32 * DAY)

    assert fresh(consent).refused_at > now() + 31 * DAY


def test_others_elsewhere_may_ask(consent, rosa, bo):
    consent.never_ask_again(by=rosa, at=now())

    assert asks(bo, rosa.email).consent.state == "waiting"


def test_a_no_outlives_what_was_asked(consent, rosa):
    consent.decline(by=rosa, at=now())

    Circle.objects.filter(consent=consent).update(consent=None)
    consent.delete()

    assert Refusal.objects.get(person=rosa).consent is None


def test_whoever_asks_reads_a_kind_word_that_says_nothing_of_a_no(consent, rosa, olga):
    consent.decline(by=rosa, at=now())
    whom = {"name": "Rosa", "email": rosa.email}
    another = Circle.objects.start(by=olga, kind="care", name="Another", around="Rosa", at=now(), whom=whom)

    response = signed_in(olga).post(f"/circles/{another.pk}/consent/", {"do": "send"})

    assert response.status_code == 422
    assert "We can’t send this to Rosa just now." in response.content.decode()
    assert fresh(another.consent).state == "draft"


def test_a_mail_that_was_queued_before_the_no_is_not_sent_after_it(olga, rosa):
    waiting = [asks(olga, rosa.email).consent for _ in range(2)]
    waiting[0].decline(by=rosa, at=now())

    assert told("consent_asked") == []


def test_the_page_offers_never_again_and_the_way_back(consent, rosa):
    client = signed_in(rosa)

    never = client.post(consent.get_absolute_url(), {"answer": "never"}, follow=True).content.decode()
    again = client.post(consent.get_absolute_url(), {"answer": "after-all"}, follow=True).content.decode()

    assert "Nobody from there can ask you again." in never
    assert "No, and don’t ask me again" in again


# Another address ------------------------------------------------------------------------------------------


def test_what_was_asked_goes_with_the_person_and_the_old_address_reads_nothing(
    consent, circle, rosa, mallory
):
    old = consent.get_absolute_url()
    moves(rosa, "rosa@new.example")
    squatter = make_person("Rosa")

    consent = fresh(consent)
    for client in (Client(), signed_in(squatter), signed_in(mallory), signed_in(fresh(rosa))):
        page = client.get(old)
        assert page.status_code == 404
        for word in ("Near", "Olga", "new.example", "•••"):
            assert word not in page.content.decode()
    assert not consent.may_decide(squatter)
    assert list(Consent.objects.decided_by(squatter)) == []
    assert list(Consent.objects.decided_by(fresh(rosa))) == [consent]
    assert signed_in(fresh(rosa)).get(consent.get_absolute_url()).status_code == 200


def test_what_was_asked_before_they_had_an_account_is_theirs_once_they_prove_the_address(olga):
    consent = Consent.objects.ask(name="Emil", email="emil@example.org", by=olga, at=now())
    emil = make_person("Emil", verified_at=None)
    assert fresh(consent).owner is None

    emil.verify(at=now())

    assert fresh(consent).owner == emil
    assert told("consent_asked") == [emil.email]
    moves(emil, "emil@new.example")
    assert not fresh(consent).may_decide(make_person("Emil"))


def test_a_mail_that_waits_goes_to_the_new_address(consent, circle, rosa, dora):
    consent.agree(by=dora, at=now())

    moves(rosa, "rosa@new.example")

    assert told("consent_given_for_you") == ["rosa@new.example"]


def test_a_delegate_who_moves_still_decides_and_their_old_address_does_not(consent, rosa, dora):
    old = consent.get_absolute_url()
    dora = moves(dora, "dora@new.example")
    squatter = make_person("Dora")

    consent = fresh(consent)
    assert (consent.may_decide(dora), consent.may_decide(squatter)) == (True, False)
    assert Client().get(old).status_code == 404


def test_an_address_that_changed_while_one_decided_decides_nothing(olga, rosa):
    consent = Consent.objects.ask(name="Emil", email="emil@example.org", by=olga, at=now())
    emil = make_person("Emil")
    stale = Person.objects.get(pk=emil.pk)
    Person.objects.filter(pk=emil.pk).update(email="emil@new.example")

    with pytest.raises(NotTheirs):
        consent.agree(by=stale, at=now())


def test_an_invitation_goes_with_the_person_to_their_new_address(olga, bo, mallory):
    street = make_circle(olga)
    invitation = street.invite(email=bo.email, by=olga, at=now())
    old = invitation.get_absolute_url()
    assert told("invitation") == [bo.email]

    bo = moves(bo, "bo@new.example")
    squatter = make_person("Bo")

    assert told("invitation")[1:] == ["bo@new.example"]
    for client in (Client(), signed_in(squatter)):
        page = client.get(old)
        assert page.status_code == 404
        assert "Our street" not in page.content.decode() and "•••" not in page.content.decode()
    invitation = fresh(invitation)
    assert not invitation.opens_directly_for(squatter, None)
    assert invitation.accept(by=bo, at=now()).is_current


def test_an_address_that_is_taken_back_takes_what_was_asked_back_with_it(consent, rosa):
    change_email(fresh(rosa), "thief@example.org", at=now())
    thiefs = fresh(consent).get_absolute_url()

    AddressChange.objects.get().take_back(at=now())

    assert Client().get(thiefs).status_code == 404
    assert (fresh(consent).owner, fresh(consent).reached_at) == (rosa, "rosa@example.org")
    assert not fresh(consent).may_decide(make_person("Thief"))


def test_what_was_struck_stays_out_under_another_address(circle, consent, rosa, bo, olga):
    invitation = circle.invite(email=bo.email, by=olga, at=now())
    consent.agree(by=rosa, at=now(), struck=[f"invitation:{invitation.pk}"])
    moves(bo, "bo@new.example")

    with pytest.raises(StruckOut):
        fresh(circle).invite(email="bo@new.example", by=olga, at=now())
    assert Invitation.objects.usable(now()).count() == 0
