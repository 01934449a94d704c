import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Value

from circles import hooks
from circles.models import (
    AskedLately,
    Circle,
    CircleKind,
    Hears,
    JournalEntry,
    LastKeeper,
    Membership,
    NobodyAsked,
    NotVerified,
    Person,
    Ring,
    Role,
)
from supportnet.notices.models import Notice
from tests.cast import DAY, join, make_circle, make_person, now


def told(kind):
    """The names of those who are told of `kind`."""
    return sorted(notice.reader.name for notice in Notice.objects.filter(kind=kind).select_related("reader"))


def written(subject):
    return [entry.verb for entry in JournalEntry.objects.about(subject)]


@pytest.fixture
def ended(monkeypatch):
    """What the next room hears when a membership ends."""
    heard = []
    monkeypatch.setattr(
        hooks, "membership_ended", [lambda membership, by, at: heard.append((membership, by))]
    )
    return heard


def test_whoever_starts_a_circle_keeps_it_from_the_inner_ring(olga):
    circle = Circle.objects.start(by=olga, kind=CircleKind.PERSONAL, name="Mine", at=now())

    membership = circle.memberships.get()
    assert (membership.person, membership.role, membership.ring, membership.state) == (
        olga,
        Role.KEEPER,
        Ring.INNER,
        "current",
    )
    assert written(circle) == ["started"]


def test_a_double_click_starts_one_circle(olga):
    import uuid

    key = uuid.uuid4()
    first, second = (
        Circle.objects.start(by=olga, kind="care", name="Mine", at=now(), form_key=key) for _ in range(2)
    )

    assert (first, Circle.objects.count()) == (second, 1)


def test_asking_to_join_tells_the_keepers_once(street, mallory, olga):
    for _ in range(2):
        street.ask_to_join(mallory, at=now())

    assert street.memberships.get(person=mallory).state == "waiting"
    assert told("join_asked").count("Olga") == 3  # ada, bo and mallory, each once
    assert not Circle.objects.visible_to(mallory).exists()


def test_a_keeper_who_does_not_want_to_hear_of_joiners_does_not(street, mallory, olga):
    street.memberships.get(person=olga).hear(hears="daily", hears_of_joiners=False)
    Notice.objects.all().delete()

    street.ask_to_join(mallory, at=now())

    assert told("join_asked") == []


def test_nobody_joins_or_asks_with_an_address_that_is_not_shown_to_be_theirs(street):
    stranger = make_person("Stranger", verified_at=None)

    with pytest.raises(NotVerified):
        street.ask_to_join(stranger, at=now())
    with pytest.raises(NotVerified):
        Circle.objects.start(by=stranger, kind="care", name="Mine", at=now())

    assert not stranger.memberships.exists()


def test_admitting_twice_tells_once(street, mallory, olga):
    membership = street.ask_to_join(mallory, at=now())

    for _ in range(2):
        membership.admit(by=olga, at=now())

    assert (membership.state, told("join_accepted").count("Mallory")) == ("current", 1)
    assert written(membership) == ["admitted"]


def test_a_no_is_told_kindly_and_one_may_ask_again_after_a_week(street, mallory, olga):
    at = now()
    membership = street.ask_to_join(mallory, at=at)
    membership.decline(by=olga, at=at)
    membership.admit(by=olga, at=at)

    assert (membership.state, told("join_declined")) == ("declined", ["Mallory"])
    with pytest.raises(AskedLately):
        street.ask_to_join(mallory, at=at + 6 * DAY)
    assert street.ask_to_join(mallory, at=at + 7 * DAY).state == "waiting"
    assert written(membership) == ["declined"]


def test_leaving_is_heard_next_door_and_one_may_come_back(street, bo, olga, ended):
    membership = street.memberships.get(person=bo)
    membership.leave(at=now())
    membership.leave(at=now())

    assert (membership.state, ended) == ("left", [(membership, bo)])
    assert not Circle.objects.visible_to(bo).exists()
    assert join(street, bo, by=olga).state == "current"
    assert Membership.objects.filter(person=bo).count() == 1


def test_whoever_was_removed_needs_a_keeper_to_come_back(street, bo, olga, ended):
    street.memberships.get(person=bo).remove(by=olga, at=now())

    membership = street.ask_to_join(bo, at=now())
    assert (membership.state, Circle.objects.visible_to(bo).count()) == ("waiting", 0)

    membership.admit(by=olga, at=now())
    assert membership.state == "current"
    assert ended == [(membership, olga)]


@pytest.mark.parametrize(
    "end",
    [
        lambda membership: membership.leave(at=now()),
        lambda membership: membership.remove(by=membership.person, at=now()),
        lambda membership: membership.make_member(by=membership.person, at=now()),
        lambda membership: membership.person.deactivate(by=membership.person, at=now()),
    ],
    ids=["leave", "remove", "demote", "deactivate"],
)
def test_a_circle_never_loses_its_last_keeper(street, olga, bo, end, ended):
    membership = street.memberships.get(person=olga)
    with pytest.raises(LastKeeper):
        end(membership)

    assert [keeping.person for keeping in street.keepers()] == [olga]
    assert (Person.objects.get(pk=olga.pk).is_active, ended) == (True, [])

    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    end(street.memberships.get(person=olga))
    assert [keeping.person for keeping in street.keepers()] == [bo]


def test_a_keeper_whose_account_is_closed_keeps_nothing(street, olga, bo):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    Person.objects.filter(pk=bo.pk).update(is_active=False)

    with pytest.raises(LastKeeper):
        street.memberships.get(person=olga).leave(at=now())


def test_deactivating_the_last_keeper_of_one_circle_leaves_all_as_it_was(street, olga, ada):
    other = make_circle(ada, olga, name="Another")

    with pytest.raises(LastKeeper):
        olga.deactivate(by=olga, at=now())

    assert {membership.circle for membership in olga.memberships.current()} == {street, other}


def test_only_a_current_member_becomes_a_keeper(street, mallory, olga):
    membership = street.ask_to_join(mallory, at=now())

    membership.make_keeper(by=olga, at=now())

    membership.refresh_from_db()
    assert (membership.role, written(membership)) == (Role.MEMBER, [])


def test_placing_is_written_down_and_told_to_nobody(street, bo, olga):
    membership = street.memberships.get(person=bo)
    before = Notice.objects.count()

    membership.place(Ring.INNER, by=olga, at=now())

    membership.refresh_from_db()
    assert (membership.ring, Notice.objects.count()) == (Ring.INNER, before)
    assert written(membership) == ["admitted", "placed"]


def test_whoever_comes_back_starts_in_the_outer_ring_as_a_member(street, bo, olga):
    membership = street.memberships.get(person=bo)
    membership.place(Ring.INNER, by=olga, at=now())
    membership.make_keeper(by=olga, at=now())
    membership.leave(at=now())

    membership = join(street, bo, by=olga)

    assert (membership.ring, membership.role) == (Ring.EVERYONE, Role.MEMBER)


def test_circles_without_a_person_are_nobodys(street):
    from django.contrib.auth.models import AnonymousUser

    for nobody in (None, AnonymousUser()):
        for question in (Circle.objects.visible_to, Circle.objects.kept_by, Membership.objects.kept_by):
            with pytest.raises(NobodyAsked):
                question(nobody)


def test_circles_are_visible_to_members_only(street, elsewhere, ada, olga, mallory):
    assert list(Circle.objects.visible_to(ada)) == [street]
    assert list(Circle.objects.visible_to(mallory)) == [elsewhere]
    assert list(Circle.objects.kept_by(olga)) == [street]
    assert list(Circle.objects.kept_by(ada)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"ring": 4},
        {"role": "owner"},
        {"hears": "always"},
        {"left_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "joined_at": None},
    ],
)
def test_the_database_guards_memberships(street, bo, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        street.memberships.filter(person=bo).update(**wrong)


def test_the_journal_only_grows(street, olga):
    with pytest.raises(NotImplementedError):
        JournalEntry.objects.all().delete()
    with pytest.raises(NotImplementedError):
        JournalEntry.objects.filter(circle=street).update(verb="forgotten")

    assert JournalEntry.objects.filter(circle=street, actor=olga).exists()


def test_one_address_is_one_person(db):
    first, second = (Person.objects.get_or_enter(email) for email in ("Ada@Example.org ", "ada@example.ORG"))

    assert (first, first.email, first.has_usable_password()) == (second, "ada@example.org", False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=first.pk).update(email=Value("ADA@example.org"))


def test_a_no_to_one_is_none_to_the_others_who_wait(olga, street):
    first, second = (street.ask_to_join(make_person(name), at=now()) for name in ("Quinn", "Rosa"))

    first.decline(by=olga, at=now())

    second.refresh_from_db()
    assert (first.state, second.state) == ("declined", "waiting")


def test_a_row_that_says_keeper_makes_nobody_one_who_is_no_member():
    assert not Membership(role=Role.KEEPER, asked_at=now()).is_keeper


def test_the_last_keeper_who_can_sign_in_stays(olga, bo, street):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    Person.objects.filter(pk=bo.pk).update(is_active=False)

    with pytest.raises(LastKeeper):
        street.memberships.get(person=olga).leave(at=now())


def test_who_was_made_a_keeper_or_a_member_is_in_the_journal(olga, bo, street):
    bos = street.memberships.get(person=bo)

    bos.make_keeper(by=olga, at=now())
    bos.make_member(by=olga, at=now())

    verbs = list(JournalEntry.objects.about(bos).values_list("verb", "actor"))[-2:]
    assert verbs == [("made keeper", olga.pk), ("made member", olga.pk)]


def test_an_ask_is_taken_back_alone_and_stands_once_in_the_history(street, mallory):
    mine, other = (street.ask_to_join(person, at=now()) for person in (mallory, make_person("Quinn")))

    mine.take_back(at=now())
    mine.take_back(at=now())

    other.refresh_from_db()
    assert (mine.state, other.state) == ("new", "waiting")
    assert (mine.applications.get().state, other.applications.get().state) == ("taken back", "open")
    entries = JournalEntry.objects.filter(verb="took back").values_list("actor", "circle")
    assert list(entries) == [(mallory.pk, street.pk)]


def test_whoever_decides_reads_what_was_said(street, mallory):
    street.ask_to_join(mallory, at=now(), answers=[("Why?", "To help.")])

    (waiting,) = street.memberships.waiting().with_answers()

    assert (waiting.person, waiting.answers) == (mallory, [["Why?", "To help."]])


@pytest.mark.parametrize(("decide", "decided"), [("admit", "admitted"), ("decline", "declined")])
def test_who_decided_and_when_stands_in_the_application_and_in_the_history(
    decide, decided, street, mallory, olga
):
    at = now()
    membership = street.ask_to_join(mallory, at=at - DAY)

    getattr(membership, decide)(by=olga, at=at)

    application, entry = (
        membership.applications.get(),
        JournalEntry.objects.about(membership).get(verb=decided),
    )
    assert (application.state, application.decided_by) == (decided, olga)
    assert getattr(application, f"{decided}_at") == at
    assert (entry.actor, entry.circle, entry.at) == (olga, street, at)


def test_keepers_who_can_sign_in_let_others_in_while_their_circle_is_in_use(street, olga, bo):
    def may():
        return [membership.person for membership in Membership.objects.who_may_invite()]

    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    assert sorted(person.name for person in may()) == ["Bo", "Olga"]
    Person.objects.filter(pk=bo.pk).update(is_active=False)
    assert may() == [olga]
    street.archive(by=olga, at=now())
    assert may() == []


def test_how_one_hears_changes_and_what_was_not_said_stays(street, olga):
    olgas = street.memberships.get(person=olga)

    olgas.hear(hears=Hears.NEVER)
    olgas.refresh_from_db()
    assert (olgas.hears, olgas.hears_of_joiners) == (Hears.NEVER, True)

    olgas.hear(hears=Hears.AT_ONCE, hears_of_joiners=False)
    olgas.refresh_from_db()
    assert (olgas.hears, olgas.hears_of_joiners) == (Hears.AT_ONCE, False)


def test_a_check_that_is_noted_twice_is_noted_once(street, bo, olga):
    membership, until = street.memberships.get(person=bo), (now() + 9 * DAY).date()

    for _ in range(2):
        membership.note_check(by=olga, until=until, at=now())
    membership.note_check(by=olga, until=until + DAY, at=now())

    assert street.journal.filter(verb="checked").count() == 2


def test_a_check_holds_to_the_end_of_its_last_day(street, olga, bo):
    end = street.end_of(street.date_at(now()))
    street.memberships.get(person=bo).note_check(by=olga, until=street.date_at(now()), at=now())

    assert [one.person for one in street.memberships.checked(at=end - DAY / 24)] == [bo]
    assert not street.memberships.checked(at=end).exists()


def test_whoever_becomes_a_keeper_is_no_longer_set_aside(street, olga, bo, ada):
    bos = street.memberships.get(person=bo)
    bos.exclude(by=olga, at=now())
    assert {one.person for one in street.memberships.not_excluded()} == {olga, ada}

    bos.make_keeper(by=olga, at=now())

    assert {one.person for one in street.memberships.not_excluded()} == {olga, ada, bo}


def test_nobody_keeps_a_circle_who_cannot_sign_in(street, olga):
    rosas = street.add_without_email(name="Rosa", phone="+351 555 0107", by=olga, at=now())

    rosas.make_keeper(by=olga, at=now())

    rosas.refresh_from_db()
    assert not rosas.is_keeper
