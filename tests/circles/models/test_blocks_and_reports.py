"""Blocks and reports row by row: whom they are between, whom they count for, who may read and settle them."""

import datetime as dt

import pytest
from django.db.models import F

from circles.models import Block, BlockedOften, JournalEntry, Membership, Person, Report
from supportnet.notices.models import Notice
from tests.cast import DAY, join, make_circle, make_person, now

SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)


def block(one, other, at=None):
    return Block.objects.make(by=one, whom=other, at=at or now())


def report(circle, reporter, about, reason="He shouted"):
    subject = circle.memberships.get(person=about)
    return Report.objects.make(
        circle=circle, reporter=reporter, subject=subject, about=about, reason=reason, at=now()
    )


def told(kind):
    return sorted(one.reader.name for one in Notice.objects.filter(kind=kind))


# Blocks -------------------------------------------------------------------------------------------------------


def test_of_pairs_those_that_the_first_one_blocked_are_found(ada, bo, olga):
    block(ada, bo)
    block(olga, ada)
    pairs = {(ada.pk, bo.pk), (bo.pk, ada.pk), (ada.pk, olga.pk), (olga.pk, ada.pk), (olga.pk, bo.pk)}

    assert Block.objects.made_among(pairs) == {(ada.pk, bo.pk), (olga.pk, ada.pk)}
    assert Block.objects.among(pairs) == pairs - {(olga.pk, bo.pk)}
    assert Block.objects.made_among([]) == Block.objects.among([]) == set()


def test_blocks_of_two_others_part_nobody_else(ada, bo, olga, mallory):
    block(ada, bo)
    block(olga, mallory)

    assert Block.objects.parted_from(ada) == {bo.pk}
    assert set(Person.objects.filter(Block.objects.parting(ada, field="pk"))) == {bo}
    assert set(Person.objects.filter(Block.objects.parting(bo, field="pk"))) == {ada}
    assert [one.whom for one in Block.objects.of(ada)] == [bo]


def test_who_was_blocked_still_sees_what_was_over_by_then_and_who_blocked_sees_nothing(
    ada, bo, olga, mallory
):
    at = now()
    block(ada, bo, at=at)
    block(olga, mallory, at=at)

    def unseen(person, over):
        Person.objects.update(mail_refused_at=over)
        unseen = Block.objects.unseen(person, field="pk", over=F("mail_refused_at"))
        return set(Person.objects.filter(unseen))

    for over in (at - SECOND, at, at + SECOND, None):
        assert unseen(ada, over) == {bo}
    assert unseen(bo, at - SECOND) == unseen(bo, at) == set()
    assert unseen(bo, at + SECOND) == unseen(bo, None) == {ada}


def test_five_blocks_an_hour_and_twenty_a_day_to_the_second(ada):
    at = now()
    names = iter(range(100))

    def more(moment, number):
        for _ in range(number):
            block(ada, make_person(f"P{next(names)}"), at=moment)

    more(at, 5)
    with pytest.raises(BlockedOften):
        more(at + HOUR - SECOND, 1)
    for hour in (1, 2, 3):
        more(at + hour * HOUR, 5)
    with pytest.raises(BlockedOften):
        more(at + DAY - SECOND, 1)
    more(at + DAY, 1)


def test_lifting_gives_no_block_back_and_others_blocks_count_for_nobody_else(ada, bo, olga):
    for number in range(5):
        block(ada, make_person(f"P{number}")).lift(at=now())

    with pytest.raises(BlockedOften):
        block(ada, bo)
    assert block(olga, bo).by == olga


# Reports ------------------------------------------------------------------------------------------------------


def test_a_report_waits_until_it_is_settled_and_is_of_one_reporter_circle_and_subject(
    street, ada, bo, olga, mallory
):
    other = make_circle(olga, ada, bo, name="Choir")
    bos = street.memberships.get(person=bo)
    made = report(street, ada, bo)
    in_the_choir = report(other, ada, bo)

    def waits(reporter, circle):
        return list(Report.objects.open_of(reporter, bos, circle=circle))

    assert (waits(ada, street), waits(olga, street), waits(ada, other)) == ([made], [], [])
    assert (made.is_open, set(Report.objects.open()), list(Report.objects.settled())) == (
        True,
        {made, in_the_choir},
        [],
    )

    made.settle(by=olga, outcome="We talked", at=now())

    assert (waits(ada, street), made.is_open) == ([], False)
    assert (list(Report.objects.open()), list(Report.objects.settled())) == ([in_the_choir], [made])


def test_a_report_is_settled_once_and_no_other_with_it(street, ada, bo, olga):
    made, other = report(street, ada, bo), report(street, bo, ada)
    at = now()

    made.settle(by=olga, outcome="We talked", at=at)
    Report.objects.get(pk=made.pk).settle(by=bo, outcome="Nothing", at=at + DAY)

    settled = Report.objects.get(pk=made.pk)
    assert (settled.settled_at, settled.settled_by, settled.outcome) == (at, olga, "We talked")
    assert Report.objects.get(pk=other.pk).is_open
    entries = JournalEntry.objects.about(made)
    assert [(entry.verb, entry.actor, entry.circle) for entry in entries] == [
        ("reported", ada, street),
        ("settled", olga, street),
    ]
    assert told("report_settled") == ["Ada"]


def test_keepers_who_can_sign_in_are_told_and_no_other_circles(street, ada, bo, olga, mallory, elsewhere):
    kim = make_person("Kim")
    join(street, kim, by=olga).make_keeper(by=olga, at=now())
    Person.objects.filter(pk=kim.pk).update(is_active=False)

    made = report(street, ada, bo)

    assert told("reported") == ["Olga"]
    assert [made.may_be_read_by(person) for person in (olga, ada, bo, mallory)] == [True, False, False, False]


def test_of_the_staff_those_who_can_sign_in_are_told_of_the_only_keeper_and_read_it(street, ada, olga):
    robin, gone = (make_person(name, is_staff=True) for name in ("Robin", "Gone"))
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    make_circle(olga, make_person("Kim"), name="Choir").memberships.last().make_keeper(by=olga, at=now())

    made = report(street, ada, olga)

    assert (told("reported"), told("reported_to_staff")) == ([], ["Robin"])
    assert [made.may_be_read_by(person) for person in (robin, ada, olga)] == [True, False, False]
    assert list(Report.objects.beyond_keepers()) == [made]


def test_reports_about_somebody_are_named_for_them_alone(street, ada, bo, olga):
    about_bo, about_ada = report(street, ada, bo), report(street, bo, ada)

    names = [
        list(Report.objects.subjects_about(person).values_list("name", flat=True)) for person in (bo, ada)
    ]

    assert names == [[f"report:{about_bo.pk}"], [f"report:{about_ada.pk}"]]


def test_a_keeper_reads_what_is_reported_in_their_circles_but_of_themselves(street, ada, bo, olga, elsewhere):
    join(street, make_person("Kim"), by=olga).make_keeper(by=olga, at=now())
    about_bo, about_olga = report(street, ada, bo), report(street, ada, olga)

    assert list(Report.objects.kept_by(olga)) == [about_bo]
    assert set(Report.objects.kept_by(Person.objects.get(name="Kim"))) == {about_bo, about_olga}
    assert not Report.objects.kept_by(Membership.objects.get(circle=elsewhere).person).exists()
