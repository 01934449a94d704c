"""A keeper's check runs out by its date: whom it concerns hears of it once, by day."""

import datetime as dt

import pytest
from django.core import mail

from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.sweeps import run_all
from tests.cast import DAY, HOUR, join, make_person, now

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def bos(street, bo, olga):
    """Bo's membership, checked up to today."""
    bos = street.memberships.get(person=bo)
    bos.note_check(by=olga, until=street.date_at(now()), at=now())
    return bos


@pytest.fixture
def midnight(street):
    """The end of today by the circle's clock."""
    return street.end_of(street.date_at(now()))


@pytest.fixture(autouse=True)
def _nothing_told_yet(street, ada):
    Notice.objects.all().delete()
    mail.outbox.clear()


def told(*moments):
    """(whom, subject) of each mail, after the clock has gone through `moments`."""
    for moment in moments:
        run_all(moment)
        deliver(at=moment)
    return sorted((message.to[0].partition("@")[0], message.subject) for message in mail.outbox)


def test_the_member_and_the_keepers_hear_of_it_once_and_not_by_night(bos, midnight):
    assert told(midnight - MINUTE, midnight, midnight + HOUR) == []

    assert told(*(midnight + hours * HOUR for hours in (10, 11, 34))) == [
        ("bo", "Your check has ended"),
        ("olga", "The check of Bo has ended"),
    ]


def test_keepers_have_one_mail_about_all_of_one_night(street, bos, ada, olga, midnight):
    street.memberships.get(person=ada).note_check(by=olga, until=street.date_at(now()), at=now())

    subjects = told(midnight, midnight + 10 * HOUR)

    assert [subject for name, subject in subjects if name == "olga"] == ["2 checks have ended"]
    [letter] = [message.body for message in mail.outbox if message.to == [olga.email]]
    assert [line.partition(",")[0] for line in letter.splitlines() if line.startswith("- ")] == [
        "- Ada",
        "- Bo",
    ]


def test_what_was_renewed_before_the_morning_is_told_to_nobody(street, bos, olga, midnight):
    run_all(midnight)

    bos.note_check(by=olga, until=street.date_at(midnight) + 9 * DAY, at=midnight + MINUTE)

    assert told(midnight + 10 * HOUR) == []


def test_a_check_that_is_renewed_and_ends_again_is_told_again(street, bos, olga, midnight):
    told(midnight, midnight + 10 * HOUR)
    mail.outbox.clear()
    bos.note_check(by=olga, until=street.date_at(midnight), at=midnight + 11 * HOUR)

    assert len(told(midnight + DAY, midnight + DAY + 10 * HOUR)) == 2


def test_nobody_hears_of_whoever_left_or_whose_check_a_keeper_ended(street, bos, ada, olga, midnight):
    street.memberships.get(person=ada).note_check(by=olga, until=street.date_at(now()), at=now())
    bos.leave(at=now())
    street.memberships.get(person=ada).end_check(by=olga, at=now())

    assert told(midnight, midnight + 10 * HOUR) == []


def test_nobody_else_hears_of_it_and_a_keeper_hears_of_their_own_once(street, bos, bo, midnight):
    join(street, make_person("Eve"), by=bos.circle.keepers().get().person)
    bos.make_keeper(by=bo, at=now())
    Notice.objects.all().delete()

    assert told(midnight, midnight + 10 * HOUR) == [
        ("bo", "Your check has ended"),
        ("olga", "The check of Bo has ended"),
    ]
