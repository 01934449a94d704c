from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from circles.models import (
    AskedLately,
    Block,
    Circle,
    Consent,
    Invitation,
    InvitationUnusable,
    JournalEntry,
    NotVerified,
    Person,
    Ring,
    StruckOut,
    TheirsToSay,
)
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, make_circle, make_person, now


@pytest.fixture
def rosa(db):
    """Is cared for."""
    return make_person("Rosa")


@pytest.fixture
def dora(db):
    """Decides for rosa once she is named."""
    return make_person("Dora")


def around_rosa(keeper, *, at=None, **whom):
    """A care circle that is not seen by anybody but its keeper yet."""
    whom = {"name": "Rosa", "email": "rosa@example.org", "how_they_know": "We are neighbours.", **whom}
    return Circle.objects.start(
        by=keeper, kind="care", name="Near the park", around="Rosa", at=at or now(), whom=whom
    )


@pytest.fixture
def circle(olga):
    """Olga's care circle around rosa, who was asked and has not answered."""
    circle = around_rosa(olga)
    circle.consent.send(by=olga, at=now())
    return circle


@pytest.fixture
def agreed(circle, rosa, bo):
    """The same circle after rosa's yes; bo is a member."""
    circle.consent.agree(by=rosa, at=now())
    circle = Circle.objects.get(pk=circle.pk)
    circle.memberships.create(person=bo).join(at=now())
    return circle


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def told(kind):
    """Whom mails of this kind went to; sends what is due, and nobody sleeps."""
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    deliver(at=now())
    return [
        notice.reader or notice.address for notice in Notice.objects.sent().filter(kind=kind).order_by("pk")
    ]


def journal(consent):
    return [(entry.verb, entry.actor) for entry in JournalEntry.objects.about(consent)]


# Asking -----------------------------------------------------------------------------------------------------


def test_asking_mails_the_person_and_says_who_asks_and_for_what_but_nothing_of_what_is_written(olga):
    around_rosa(olga).consent.send(by=olga, at=now())

    assert told("consent_asked") == ["rosa@example.org"]
    [letter] = mail.outbox
    assert letter.subject == "A question from Olga"
    assert "Olga asks for your yes" in letter.body and "We are neighbours." in letter.body
    assert "Near the park" not in letter.body and "Rosa" not in letter.body


def test_ask_drafts_and_sends_in_one(olga):
    consent = Consent.objects.ask(name="Rosa", email="Rosa@Example.org", by=olga, at=now())

    assert (consent.state, consent.email) == ("waiting", "rosa@example.org")
    assert told("consent_asked") == ["rosa@example.org"]


def test_asking_twice_with_one_key_asks_once(olga):
    key = "8a6e1f1e-0000-4000-8000-000000000001"
    ask = {"name": "Rosa", "email": "rosa@example.org", "by": olga, "at": now(), "form_key": key}

    assert Consent.objects.ask(**ask) == Consent.objects.ask(**ask)
    assert len(told("consent_asked")) == 1


def test_nobody_is_told_of_a_draft(olga):
    consent = around_rosa(olga).consent

    assert (consent.state, told("consent_asked")) == ("draft", [])
    with pytest.raises(Consent.DoesNotExist):
        Consent.objects.by_token(consent.token)


def test_sending_twice_sends_once(circle, olga):
    circle.consent.send(by=olga, at=now() + DAY)

    assert Notice.objects.filter(kind="consent_asked").count() == 1


def test_somebody_with_an_account_is_told_as_themselves(olga, rosa):
    around_rosa(olga).consent.send(by=olga, at=now())

    assert told("consent_asked") == [rosa]


def test_only_the_fingerprint_of_the_token_is_stored(circle):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM circles_consent")
        stored = str(cursor.fetchall())

    assert circle.consent.token not in stored
    assert Consent.objects.by_token(circle.consent.token) == circle.consent


def test_whoever_has_not_shown_the_address_asks_and_decides_nothing(circle, olga):
    stranger = make_person("Stranger", verified_at=None)

    for act in (
        lambda: Consent.objects.ask(name="Rosa", email="r@example.org", by=stranger, at=now()),
        lambda: Consent.objects.record(name="Rosa", how="by_phone", note="Rosa", by=stranger, at=now()),
        lambda: circle.consent.agree(by=stranger, at=now()),
        lambda: circle.consent.decline(by=stranger, at=now()),
    ):
        with pytest.raises(NotVerified):
            act()


def test_a_mail_is_not_sent_any_more_once_there_is_an_answer(circle, rosa):
    circle.consent.agree(by=rosa, at=now())

    assert told("consent_asked") == []


def test_who_blocked_whoever_asks_gets_no_such_mail(olga, rosa):
    Block.objects.make(by=rosa, whom=olga, at=now())
    around_rosa(olga).consent.send(by=olga, at=now())

    assert told("consent_asked") == []


@pytest.mark.parametrize(("days", "early"), [(2, True), (3, False)])
def test_somebody_who_has_not_answered_is_reminded_after_three_days(circle, olga, days, early):
    if early:
        with pytest.raises(AskedLately):
            circle.consent.ask_again(by=olga, at=now() + days * DAY)
    else:
        circle.consent.ask_again(by=olga, at=now() + days * DAY)

    assert Notice.objects.filter(kind="consent_asked").count() == (1 if early else 2)


def test_somebody_who_said_no_is_left_in_peace_for_a_month(circle, olga, rosa):
    consent = circle.consent
    consent.decline(by=rosa, at=now())

    with pytest.raises(AskedLately):
        consent.ask_again(by=olga, at=now() + 29 * DAY)
    consent.ask_again(by=olga, at=now() + 31 * DAY)

    assert fresh(consent).state == "waiting"


def test_who_agreed_is_asked_no_more(circle, olga, rosa):
    circle.consent.agree(by=rosa, at=now())

    fresh(circle.consent).ask_again(by=olga, at=now() + 90 * DAY)

    assert Notice.objects.filter(kind="consent_asked").count() == 1


# Who decides ------------------------------------------------------------------------------------------------


def test_the_person_decides_and_nobody_else(circle, rosa, dora, olga, mallory):
    assert [circle.consent.may_decide(who) for who in (rosa, dora, olga, mallory)] == [
        True,
        False,
        False,
        False,
    ]


def test_an_address_that_is_not_proven_decides_nothing(circle):
    claimed = make_person("Rosa", verified_at=None)

    assert not circle.consent.may_decide(claimed)
    assert list(Consent.objects.decided_by(claimed)) == []


def test_once_they_came_it_is_theirs_whatever_becomes_of_the_address(circle, rosa):
    circle.consent.agree(by=rosa, at=now())
    Person.objects.filter(pk=rosa.pk).update(email="rosa@new.example")
    later = make_person("Rosa")

    consent = fresh(circle.consent)

    assert consent.may_decide(fresh(rosa)) and not consent.may_decide(later)
    assert list(Consent.objects.decided_by(fresh(rosa))) == [consent]
    assert list(Consent.objects.decided_by(later)) == []


def test_a_delegate_gets_the_link_and_decides_too(circle, rosa, dora, mallory):
    circle.consent.name_delegate(name="Dora", email="Dora@example.org", by=rosa, at=now())

    assert [circle.consent.may_decide(who) for who in (rosa, dora, mallory)] == [True, True, False]
    assert told("consent_asked")[-1] == dora
    letter = mail.outbox[-1]
    assert letter.subject == "A question from Rosa"
    assert "Rosa asks you to decide for them" in letter.body


def test_naming_a_delegate_twice_mails_once_and_naming_another_ends_it(circle, rosa, dora, bo):
    consent = circle.consent
    for _ in range(2):
        consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())
    assert Notice.objects.filter(facts__to="delegate").count() == 1

    consent.name_delegate(name="Bo", email="bo@example.org", by=rosa, at=now())

    assert (consent.may_decide(dora), consent.may_decide(bo)) == (False, True)
    assert told("consent_asked") == ["rosa@example.org", bo]


def test_naming_nobody_leaves_it_to_the_person(circle, rosa, dora):
    circle.consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())

    circle.consent.name_nobody(by=rosa, at=now())

    assert not circle.consent.may_decide(dora)
    assert told("consent_asked") == ["rosa@example.org"]


@pytest.mark.parametrize("how", ["declined", "taken back", "asked again"])
def test_a_delegate_says_no_yes_for_somebody_who_said_no_themselves(how, circle, olga, rosa, dora):
    circle.consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())
    consent = fresh(circle.consent)
    if how == "taken back":
        consent.agree(by=dora, at=now())
        consent.withdraw(by=rosa, at=now())
    else:
        consent.decline(by=rosa, at=now())
    if how == "asked again":
        consent.ask_again(by=olga, at=now() + 31 * DAY)

    with pytest.raises(TheirsToSay):
        fresh(consent).agree(by=dora, at=now() + 32 * DAY)

    assert not fresh(consent).stands
    fresh(consent).agree(by=rosa, at=now() + 33 * DAY)
    assert fresh(consent).stands


def test_a_delegate_who_said_no_may_change_their_mind(circle, rosa, dora):
    circle.consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())
    consent = fresh(circle.consent)
    consent.agree(by=rosa, at=now())
    consent.withdraw(by=dora, at=now())

    fresh(consent).agree(by=dora, at=now())

    assert fresh(consent).stands


def test_a_delegates_yes_is_not_the_person(circle, rosa, dora):
    circle.consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())

    circle.consent.agree(by=dora, at=now())

    consent = fresh(circle.consent)
    assert (consent.stands, consent.agreed_by, consent.person) == (True, dora, None)
    assert consent.may_decide(rosa)


# Yes and no -------------------------------------------------------------------------------------------------


def test_a_yes_opens_the_circle_and_the_person_is_in_it(circle, rosa, olga):
    circle.consent.agree(by=rosa, at=now())

    assert fresh(circle).is_agreed
    assert fresh(circle.consent).person == rosa
    assert [(m.person, m.ring, m.is_keeper) for m in fresh(circle).members()] == [
        (olga, Ring.INNER, True),
        (rosa, Ring.INNER, False),
    ]
    assert journal(circle.consent) == [("asked for consent", olga), ("agreed", rosa)]
    assert told("consent_answered") == [olga]
    assert mail.outbox[-1].subject == "An answer from Rosa"


def test_a_double_press_is_one(circle, rosa):
    copies = [fresh(circle.consent) for _ in range(2)]

    for consent in copies:
        consent.agree(by=rosa, at=now())
    for consent in copies:
        consent.withdraw(by=rosa, at=now())

    assert [verb for verb, _ in journal(circle.consent)] == ["asked for consent", "agreed", "took back"]


def test_a_no_leaves_everything_unseen_and_whoever_asked_is_told(circle, rosa, olga):
    copies = [fresh(circle.consent) for _ in range(2)]
    for consent in copies:
        consent.decline(by=rosa, at=now())

    assert fresh(circle.consent).state == "declined"
    assert not fresh(circle).is_agreed
    assert told("consent_answered") == [olga]
    assert "Rosa has said no thank you" in mail.outbox[-1].body


def test_a_no_pressed_on_an_old_page_ends_what_stands_by_then(circle, rosa):
    circle.consent.agree(by=rosa, at=now())

    circle.consent.decline(by=rosa, at=now())

    assert fresh(circle.consent).state == "taken back"


def test_who_said_no_may_still_say_yes(circle, rosa):
    circle.consent.decline(by=rosa, at=now())

    circle.consent.agree(by=rosa, at=now())

    assert fresh(circle.consent).stands


def test_what_is_struck_stays_struck(circle, rosa):
    consent = circle.consent
    consent.agree(by=rosa, at=now(), struck=["area"])
    consent.withdraw(by=rosa, at=now())
    consent.agree(by=rosa, at=now(), struck=["description"])

    assert fresh(consent).struck == ["area", "description"]


def test_only_the_last_answer_is_told(circle, rosa, olga):
    circle.consent.agree(by=rosa, at=now() - timedelta(minutes=2))
    circle.consent.withdraw(by=rosa, at=now() - timedelta(minutes=1))

    assert told("consent_answered") == [olga]
    letter = mail.outbox[-1]
    assert letter.subject == "Something was taken back"
    assert "Rosa" not in letter.body and "Near the park" not in letter.body


def test_every_keeper_of_the_circle_hears_the_answer(agreed, olga, bo, rosa):
    agreed.memberships.get(person=bo).make_keeper(by=olga, at=now())

    agreed.consent.withdraw(by=rosa, at=now())

    told_of_it = Notice.objects.filter(kind="consent_answered", facts__said="taken back")
    assert {notice.reader for notice in told_of_it} == {olga, bo}


# Without e-mail ---------------------------------------------------------------------------------------------


def recorded(keeper):
    return Circle.objects.start(
        by=keeper,
        kind="care",
        name="Near the park",
        around="Rosa",
        at=now(),
        whom={"name": "Rosa", "how": "by_phone", "note": "Rosa herself, on Sunday."},
    )


def test_a_yes_that_was_written_down_stands_at_once(olga):
    circle = recorded(olga)

    assert circle.is_agreed
    assert (circle.consent.recorded_how, circle.consent.recorded_note) == (
        "by_phone",
        "Rosa herself, on Sunday.",
    )
    [entry] = JournalEntry.objects.about(circle.consent)
    assert (entry.verb, entry.actor, entry.circle) == ("recorded consent", olga, circle)


def test_nobody_can_decide_by_the_link_of_one_that_was_written_down(olga, mallory, rosa):
    consent = recorded(olga).consent

    assert not consent.may_decide(mallory) and not consent.may_decide(rosa)


def test_it_is_taken_back_and_written_down_again(olga, bo):
    circle = recorded(olga)
    circle.memberships.create(person=bo).join(at=now())

    circle.consent.withdraw(by=olga, at=now())
    hidden = list(Circle.objects.visible_to(bo))
    circle.consent.record_again(by=olga, how="in_person", note="Rosa, at the door.", at=now())

    assert (hidden, list(Circle.objects.visible_to(bo))) == ([], [fresh(circle)])
    verbs = [verb for verb, _ in journal(circle.consent)]
    assert verbs == ["recorded consent", "took back", "recorded consent"]


def test_a_yes_asked_by_mail_can_not_be_written_down_instead(circle, olga):
    circle.consent.record_again(by=olga, how="in_person", note="I am sure.", at=now())

    assert not fresh(circle.consent).stands


# What is hidden ---------------------------------------------------------------------------------------------


def test_until_the_yes_its_keepers_alone_see_the_circle(circle, olga, bo, mallory):
    circle.memberships.create(person=bo).join(at=now())

    assert [list(Circle.objects.visible_to(who)) for who in (olga, bo, mallory)] == [[circle], [], []]


def test_taking_it_back_hides_the_circle_from_its_members_at_once(agreed, olga, bo, rosa):
    assert list(Circle.objects.visible_to(bo)) == [agreed]

    agreed.consent.withdraw(by=rosa, at=now())

    assert [list(Circle.objects.visible_to(who)) for who in (olga, bo, rosa)] == [[agreed], [], []]


def test_a_circle_of_ones_own_needs_nobodys_yes(olga, bo):
    circle = make_circle(olga, bo, kind="care")

    assert circle.is_agreed and list(Circle.objects.visible_to(bo)) == [circle]


def test_invitations_wait_for_the_yes_and_then_go_out_but_for_whom_was_struck(circle, olga, rosa):
    for name in ("Bo", "Cleo"):
        circle.invite(email=f"{name}@example.org", name=name, by=olga, at=now())
    bo, cleo = Invitation.objects.order_by("pk")
    assert told("invitation") == []
    with pytest.raises(InvitationUnusable):
        bo.accept(by=make_person("Bo"), at=now())

    circle.consent.agree(by=rosa, at=now(), struck=[f"invitation:{cleo.pk}"])

    assert [getattr(one, "email", one) for one in told("invitation")] == ["bo@example.org"]
    assert fresh(cleo).revoked_at is not None


def test_what_waited_long_is_still_good_once_the_yes_is_there(circle, olga, rosa):
    invitation = circle.invite(email="bo@example.org", name="Bo", by=olga, at=now() - 40 * DAY)

    circle.consent.agree(by=rosa, at=now())

    fresh(invitation).check_usable(at=now() + 29 * DAY)


def test_no_invitation_opens_a_circle_whose_yes_was_taken_back(agreed, olga, rosa, mallory):
    invitation = agreed.invite(email="mallory@example.org", by=olga, at=now())
    link = agreed.open_link(by=olga, at=now())
    agreed.consent.withdraw(by=rosa, at=now())

    for one in (fresh(invitation), fresh(link)):
        with pytest.raises(InvitationUnusable):
            one.accept(by=mallory, at=now())
    with pytest.raises(InvitationUnusable):
        fresh(agreed).open_link(by=olga, at=now())
    assert told("invitation") == []


def test_nothing_of_it_is_mailed_any_more(agreed, olga, rosa, mallory, dora):
    agreed.ask_to_join(mallory, at=now())
    agreed.ask_to_join(dora, at=now()).admit(by=olga, at=now())
    agreed.consent.withdraw(by=rosa, at=now())

    assert told("join_asked") == told("join_accepted") == []


def test_words_and_members_that_were_struck_are_left_out(agreed, olga, rosa, bo):
    agreed.edit(by=olga, at=now(), description="What one should know", area="Old town")
    agreed.consent.withdraw(by=rosa, at=now())
    key = f"membership:{agreed.memberships.get(person=bo).pk}"

    agreed.consent.agree(by=rosa, at=now(), struck=["area", key])

    agreed = fresh(agreed)
    assert (agreed.description, agreed.area) == ("What one should know", "")
    assert {m.person for m in agreed.members()} == {olga, rosa}


def test_what_was_struck_comes_back_by_their_own_hand_alone(agreed, olga, rosa, bo):
    agreed.edit(by=olga, at=now(), description="What one should know", area="Old town")
    cleo = agreed.invite(email="cleo@example.org", name="Cleo", by=olga, at=now())
    theirs = agreed.memberships.get(person=bo)
    agreed.consent.withdraw(by=rosa, at=now())
    struck = ["area", f"membership:{theirs.pk}", f"invitation:{cleo.pk}"]
    agreed.consent.agree(by=rosa, at=now(), struck=struck)
    agreed = fresh(agreed)

    agreed.edit(by=olga, at=now(), description="Other words", area="New town")
    agreed.ask_to_join(bo, at=now())
    for let_in in (
        lambda by: fresh(theirs).admit(by=by, at=now()),
        lambda by: agreed.invite(email="Bo@example.org", by=by, at=now()),
        lambda by: agreed.invite(email="cleo@example.org", by=by, at=now()),
    ):
        with pytest.raises(StruckOut):
            let_in(olga)

    assert (fresh(agreed).description, fresh(agreed).area) == ("Other words", "")
    assert {m.person for m in agreed.members()} == {olga, rosa}
    fresh(theirs).admit(by=rosa, at=now())
    assert bo in {m.person for m in agreed.members()}


def test_a_helper_by_phone_who_was_struck_is_not_taken_in_again(agreed, olga, rosa):
    helper = {"name": "Emil", "phone": "+351 555 0199"}
    theirs = agreed.add_without_email(**helper, by=olga, at=now())
    agreed.consent.withdraw(by=rosa, at=now())
    agreed.consent.agree(by=rosa, at=now(), struck=[f"membership:{theirs.pk}"])

    with pytest.raises(StruckOut):
        fresh(agreed).add_without_email(**helper, by=olga, at=now())

    assert not fresh(theirs).is_current


def test_a_keeper_can_not_be_struck(circle, olga, rosa):
    key = f"membership:{circle.memberships.get(person=olga).pk}"

    circle.consent.agree(by=rosa, at=now(), struck=[key])

    assert fresh(circle).is_kept_by(olga)
