"""How a membership begins and ends: who asked, who said yes, what is written down, and what stays as it was."""

from datetime import timedelta

import pytest

from circles.models import (
    AskedLately,
    Circle,
    CircleKind,
    Hears,
    JoinRule,
    JournalEntry,
    LastKeeper,
    Membership,
    Ring,
    Role,
    StruckOut,
)
from supportnet.notices.models import Notice
from tests.cast import DAY, join, make_circle, make_person, now


def of(circle, person):
    """The row of `person` in `circle`, as it stands in the database."""
    return circle.memberships.get(person=person)


def last_entry(membership):
    """(verb, who, details) of what was written down last."""
    entry = JournalEntry.objects.about(membership).last()
    return entry.verb, entry.actor, entry.details


@pytest.fixture
def open_street(street):
    """Whoever finds it is in."""
    Circle.objects.filter(pk=street.pk).update(join_rule=JoinRule.OPEN)
    street.refresh_from_db()
    return street


# Asking -------------------------------------------------------------------------------------------------------


def test_a_member_who_asks_stays_as_they_are_and_no_keeper_hears_of_it(street, bo, olga):
    of(street, bo).place(Ring.CLOSE, by=olga, at=now())
    Notice.objects.all().delete()

    street.ask_to_join(bo, at=now())

    assert (of(street, bo).state, of(street, bo).ring) == ("current", Ring.CLOSE)
    assert not Notice.objects.exists()


def test_whoever_waits_and_asks_again_has_asked_when_they_did_first(street, mallory):
    first = street.ask_to_join(mallory, at=now() - DAY, answers=[("Why?", "To help.")])

    street.ask_to_join(mallory, at=now(), answers=[("Why?", "Another word.")])

    assert of(street, mallory).asked_at == first.asked_at
    assert [one.answers for one in first.applications.all()] == [[["Why?", "To help."]]]


def test_after_a_no_one_is_told_from_when_on_one_may_ask_again(street, mallory, olga):
    at = now()
    street.ask_to_join(mallory, at=at).decline(by=olga, at=at)

    with pytest.raises(AskedLately) as early:
        street.ask_to_join(mallory, at=at + 7 * DAY - timedelta(seconds=1))

    assert early.value.again_at == at + 7 * DAY
    assert street.ask_to_join(mallory, at=early.value.again_at).state == "waiting"


def test_an_ask_that_was_taken_back_is_no_news_by_one_press(street, mallory):
    membership = street.ask_to_join(mallory, at=now())

    membership.take_back(at=now())

    assert (membership.state, of(street, mallory).state) == ("new", "new")
    assert membership.applications.get().state == "taken back"
    assert last_entry(membership) == ("took back", mallory, {})


def test_there_is_nothing_to_take_back_for_a_member(street, bo):
    bos = of(street, bo)

    bos.take_back(at=now())

    assert (of(street, bo).state, last_entry(bos)[0]) == ("current", "admitted")


def test_each_answer_stands_beside_whoever_gave_it(street, mallory):
    quinn = make_person("Quinn")
    for person in (mallory, quinn):
        street.ask_to_join(person, at=now(), answers=[("Who?", person.name)])

    waiting = street.memberships.waiting().with_answers()

    assert {one.person: one.answers for one in waiting} == {
        person: [["Who?", person.name]] for person in (mallory, quinn)
    }


# By the rule of the circle ------------------------------------------------------------------------------------


def test_an_open_circle_takes_one_in_at_once_and_nobody_decided(open_street, mallory):
    at = now()
    membership = open_street.receive(mallory, at=at, answers=[("Why?", "To help.")])

    application = membership.applications.get()
    assert (membership.state, membership.ring, membership.joined_at) == ("current", Ring.EVERYONE, at)
    assert (application.state, application.answers) == ("by rule", [["Why?", "To help."]])
    assert last_entry(membership) == ("joined", mallory, {"rule": "open"})


def test_who_comes_into_an_open_circle_a_second_time_stays_as_they_are(open_street, bo, olga):
    of(open_street, bo).place(Ring.INNER, by=olga, at=now())
    applications = of(open_street, bo).applications.count()

    open_street.receive(bo, at=now())

    assert (of(open_street, bo).ring, of(open_street, bo).applications.count()) == (Ring.INNER, applications)


def test_whoever_waits_when_a_circle_opens_still_waits_for_a_keeper(street, mallory, olga):
    street.ask_to_join(mallory, at=now())
    street.edit(by=olga, at=now(), join_rule=JoinRule.OPEN)

    assert street.receive(mallory, at=now()).state == "waiting"
    assert of(street, mallory).applications.get().state == "open"


def test_a_keepers_no_holds_for_a_week_in_an_open_circle_too(street, mallory, olga):
    at = now()
    street.ask_to_join(mallory, at=at).decline(by=olga, at=at)
    street.edit(by=olga, at=at, join_rule=JoinRule.OPEN)

    with pytest.raises(AskedLately):
        street.receive(mallory, at=at + 6 * DAY)

    assert of(street, mallory).state == "declined"
    assert street.receive(mallory, at=at + 7 * DAY).state == "current"


# By invitation, and by a keeper's hand ------------------------------------------------------------------------


def test_whoever_waits_and_is_invited_has_the_answer_of_who_invited_them(street, mallory, olga):
    street.ask_to_join(mallory, at=now())
    for name in ("x", "y", "z"):
        street.invite(email=f"{name}@example.org", by=olga, at=now())
    invitation = street.invite(email=mallory.email, by=olga, at=now())

    membership = invitation.accept(by=mallory, at=now())

    application = membership.applications.get()
    assert (application.state, application.decided_by) == ("admitted", olga)
    assert last_entry(membership) == ("joined", mallory, {"rule": "invited by name"})


def test_a_member_by_name_and_phone_was_brought_in_by_the_keeper(street, olga):
    rosas = street.add_without_email(name="Rosa", phone="+351 555 0107", by=olga, at=now())

    assert last_entry(rosas)[:2] == ("joined", olga)
    assert rosas.hears == Hears.NEVER


def test_a_member_who_joins_once_more_stays_where_the_keepers_placed_them(street, bo, olga):
    bos = of(street, bo)
    bos.place(Ring.CLOSE, by=olga, at=now())

    bos.join(at=now(), ring=Ring.INNER)

    assert (of(street, bo).ring, last_entry(bos)[0]) == (Ring.CLOSE, "placed")


def test_letting_one_in_lets_nobody_else_in(street, mallory, olga):
    quinn = make_person("Quinn")
    for person in (mallory, quinn):
        street.ask_to_join(person, at=now())

    of(street, mallory).admit(by=olga, at=now())

    assert [of(street, person).state for person in (mallory, quinn)] == ["current", "waiting"]


def test_whoever_was_struck_out_is_not_let_in(olga, bo):
    rosa = make_person("Rosa")
    whom = {"name": "Rosa", "email": rosa.email}
    circle = Circle.objects.start(by=olga, kind=CircleKind.CARE, name="Near", at=now(), whom=whom)
    circle.consent.send(by=olga, at=now())
    bos = join(circle, bo, by=olga)
    circle.consent.agree(by=rosa, at=now(), struck=[f"membership:{bos.pk}"])
    again = Circle.objects.get(pk=circle.pk).ask_to_join(bo, at=now())

    with pytest.raises(StruckOut):
        again.admit(by=olga, at=now())

    assert of(circle, bo).state == "waiting"
    again.admit(by=rosa, at=now())
    assert of(circle, bo).state == "current"


# Keeping ------------------------------------------------------------------------------------------------------


def test_a_new_keeper_keeps_from_that_moment(street, bo, olga):
    bos = of(street, bo)

    bos.make_keeper(by=olga, at=now())

    assert bos.is_keeper and street.is_kept_by(bo)


def test_an_old_page_does_not_let_the_last_keeper_go(street, bo, olga):
    stale = of(street, bo)  # read while bo was a member like others
    of(street, bo).make_keeper(by=olga, at=now())
    of(street, olga).make_member(by=olga, at=now())

    with pytest.raises(LastKeeper):
        stale.leave(at=now())

    assert street.is_kept_by(bo)


def test_a_member_may_leave_even_where_no_keeper_can_sign_in(street, bo, olga):
    type(olga).objects.filter(pk=olga.pk).update(is_active=False)

    of(street, bo).leave(at=now())

    assert of(street, bo).state == "left"


def test_a_keeper_who_is_made_a_member_stays_in_the_circle(street, bo, olga):
    of(street, bo).make_keeper(by=olga, at=now())

    of(street, bo).make_member(by=olga, at=now())

    assert (of(street, bo).state, street.is_kept_by(bo)) == ("current", False)


# Leaving ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["leave", "remove"])
def test_who_is_gone_keeps_nothing_and_their_row_does_not_say_so_either(end, street, bo, olga):
    of(street, bo).make_keeper(by=olga, at=now())

    getattr(of(street, bo), end)(by=olga, at=now())

    assert (of(street, bo).role, street.is_kept_by(bo)) == (Role.MEMBER, False)


def test_who_closed_the_account_stands_in_the_history_of_each_circle(street, bo, olga):
    bo.deactivate(by=olga, at=now())

    assert last_entry(of(street, bo)) == ("left", olga, {})


def test_what_invited_somebody_before_leads_nobody_back_and_what_others_have_stays(street, bo, olga):
    old, others = (street.invite(email=email, by=olga, at=now()) for email in (bo.email, "zed@example.org"))

    of(street, bo).leave(at=now())

    assert [one.revoked_at is not None for one in street.invitations.order_by("pk")] == [True, False]
    assert list(street.invitations.order_by("pk")) == [old, others]


def test_those_who_were_here_since_a_moment_are_members_and_who_went_after_it(street, ada, bo, olga, mallory):
    at = now()
    of(street, bo).leave(at=at)
    of(street, ada).remove(by=olga, at=at + DAY)
    street.ask_to_join(mallory, at=at)

    def here(moment):
        return {membership.person for membership in street.memberships.here_since(moment)}

    assert here(at) == {olga, ada, bo}
    assert here(at + timedelta(hours=1)) == {olga, ada}
    assert here(at + 2 * DAY) == {olga}
    street.ask_to_join(ada, at=at + 2 * DAY)
    assert here(at + timedelta(hours=1)) == {olga, ada}


# By key, and by keeper ----------------------------------------------------------------------------------------


def test_keys_name_members_but_no_keeper_and_nobody_else(street, ada, bo, olga):
    keys = [f"membership:{of(street, person).pk}" for person in (bo, olga)]
    keys += [f"invitation:{of(street, ada).pk}", "area"]

    assert [one.person for one in street.memberships.named_in(keys)] == [bo]
    assert {one.person for one in street.memberships.named_in_any(keys)} == {bo, olga}
    of(street, bo).leave(at=now())
    assert list(street.memberships.named_in(keys)) == []
    assert {one.person for one in street.memberships.named_in_any(keys)} == {bo, olga}


def test_a_keeper_reaches_the_rows_of_their_own_circles_alone(street, olga, ada, bo, mallory, elsewhere):
    make_circle(bo, olga, name="Choir")

    assert {one.person for one in Membership.objects.kept_by(olga)} == {olga, ada, bo}
    assert [one.person for one in Membership.objects.kept_by(mallory)] == [mallory]
