"""A standby's time to answer runs while they may be told; nobody is used up who was not; several are asked in haste."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from circles.models import Person
from requests.models import Claim, Standby, StandbyCall
from requests.schedule.standby_hours import answer_by, how_many_at_once, may_be_asked_from
from requests.sweeps import standbys as standing_by
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.quiet_hours import awake_between, quiet_until
from tests.cast import DAY, HOUR, ask, join, make_person, now

pytestmark = [pytest.mark.django_db, pytest.mark.moment("2027-01-12T10:30Z")]
MINUTE = dt.timedelta(minutes=1)
LISBON = ZoneInfo("Europe/Lisbon")


def at(hour, minute=0, *, day=12):
    """A moment of January 2027 by the clocks of Lisbon."""
    return dt.datetime(2027, 1, day, hour, minute, tzinfo=LISBON)


@pytest.fixture
def standbys(street, olga):
    """Cy, Dee and Eli, in the order in which they said that they may be asked."""
    people = [make_person(name) for name in ("Cy", "Dee", "Eli")]
    for person in people:
        join(street, person, by=olga)
    return people


@pytest.fixture
def drop_out(street, ada, bo, standbys):
    """A function: Bo gives a place back at one moment that begins at another; returns the slot."""

    def drop_out(moment, *, begins):
        help_request = ask(ada, street)
        for person in standbys:
            Standby.objects.stand_by(person=person, help_request=help_request, at=now())
        slot = help_request.slots.get()
        slot.move(starts_at=begins, ends_at=begins + HOUR, by=ada, at=now())
        claim = slot.claim(by=bo, at=now())
        live(now(), now() + MINUTE)
        claim.release(by=bo, at=moment)
        return slot

    return drop_out


def live(since, until, *, step=5 * MINUTE):
    """The clock goes from one moment to the other."""
    moment = since
    while moment < until:
        standing_by.ask_next_standbys(moment)
        deliver(at=moment)
        moment += step


def asked():
    """(who, the clock in Lisbon) of each standby who was mailed."""
    told = Notice.objects.filter(kind="standby_asked").exclude(sent_at=None).order_by("sent_at", "pk")
    return [(str(one.reader), one.sent_at.astimezone(LISBON).strftime("%-H:%M")) for one in told]


def test_whoever_drops_out_at_night_has_the_standbys_asked_from_the_morning_on(drop_out):
    drop_out(at(21, 30), begins=at(17, day=13))

    live(at(21, 30), at(13, day=13))

    assert asked() == [("Cy", "8:00"), ("Dee", "9:30"), ("Eli", "10:45")]
    assert StandbyCall.objects.exclude(closed_at=None).filter(closed_at__lt=at(9, 30, day=13)).count() == 0


def test_the_second_of_three_says_yes_at_breakfast(drop_out, bo):
    drop_out(at(21, 30), begins=at(17, day=13))
    live(at(21, 30), at(9, 35, day=13))

    StandbyCall.objects.get(person__name="Dee").say_yes(at=at(9, 40, day=13))
    live(at(9, 40, day=13), at(13, day=13))

    assert [str(claim.person) for claim in Claim.objects.accepted()] == ["Dee"]
    assert asked() == [("Cy", "8:00"), ("Dee", "9:30")]
    # Cy's time was over, and Eli was never asked: neither of them waits.
    assert [m.to for m in mail.outbox if "Nobody needs to step in" in m.body] == []


def test_whoever_may_be_told_is_asked_before_those_who_sleep(drop_out, standbys):
    Person.objects.filter(name="Eli").update(time_zone="Pacific/Chatham")
    drop_out(at(21, 30), begins=at(17, day=13))

    live(at(21, 30), at(8, 5, day=13))

    assert asked() == [("Eli", "21:30"), ("Cy", "8:00")]


@pytest.mark.parametrize(
    ("begins", "first"),
    [
        (at(9, 0, day=13), "8:00"),  # an hour is left in the morning
        (at(8, 45, day=13), "23:00"),  # it is not
        (at(3, 0, day=13), "23:00"),
    ],
)
def test_a_standby_is_woken_only_where_the_morning_would_be_too_late(begins, first, drop_out):
    drop_out(at(23), begins=begins)

    live(at(23), begins - HOUR / 2)

    assert {clock for _, clock in asked()} >= {first} and asked()[0] == ("Cy", first)


def test_in_haste_all_are_asked_at_once_and_the_first_yes_wins(drop_out):
    drop_out(at(16), begins=at(17))
    live(at(16), at(16, 3))
    assert asked() == [("Cy", "16:00"), ("Dee", "16:00"), ("Eli", "16:00")]

    StandbyCall.objects.get(person__name="Eli").say_yes(at=at(16, 4))
    live(at(16, 4), at(16, 10))

    assert [str(claim.person) for claim in Claim.objects.accepted()] == ["Eli"]
    assert sorted(m.to[0] for m in mail.outbox if "it is taken care of" in m.body) == [
        "cy@example.org",
        "dee@example.org",
    ]


def test_a_call_is_not_over_while_its_mail_has_not_left(drop_out):
    drop_out(at(11), begins=at(17))
    Notice.objects.filter(reader__name="Cy").update(try_at=at(14))  # a mail server that says "later"

    live(at(11), at(14, 10))

    assert asked() == [("Dee", "12:00"), ("Eli", "12:50"), ("Cy", "14:00")]
    call = StandbyCall.objects.get(person__name="Cy")
    assert call.is_waiting and abs(call.answer_by - at(14, 30)) < MINUTE


def test_whoever_was_called_and_never_told_is_asked_when_somebody_drops_out_again(drop_out, bo):
    slot = drop_out(at(21, 30), begins=at(17, day=13))
    slot.claim(by=bo, at=at(22))
    live(at(22), at(8, 30, day=13), step=10 * MINUTE)
    assert (asked(), StandbyCall.objects.waiting().count()) == ([], 0)
    assert not any("ready" in message.subject for message in mail.outbox)

    Claim.objects.accepted().get().release(by=bo, at=at(9, day=13))
    live(at(9, day=13), at(9, 2, day=13))

    assert asked() == [("Cy", "9:00")]


def test_nobody_is_asked_while_they_take_a_break(drop_out, standbys):
    cy, dee, _eli = standbys
    cy.edit(at=now(), break_until=dt.date(2027, 1, 13))
    dee.edit(at=now(), break_until=dt.date(2027, 1, 12))
    drop_out(at(12), begins=at(17, day=13))

    live(at(12), at(15, day=13), step=10 * MINUTE)

    assert [name for name, _ in asked()] == ["Eli", "Dee"]


def test_whoever_no_mail_reaches_is_passed_over(drop_out, standbys):
    Person.objects.filter(name="Cy").update(mail_refused_at=now())
    drop_out(at(11), begins=at(17))

    live(at(11), at(11, 2))

    assert asked() == [("Dee", "11:00")]


ZONES = ["Europe/Lisbon", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Africa/Casablanca"]
people = st.builds(
    Person,
    time_zone=st.sampled_from(ZONES),
    quiet_from=st.sampled_from([dt.time(21), dt.time(22, 30), dt.time(0), dt.time(9)]),
    quiet_until=st.sampled_from([dt.time(8), dt.time(6, 15), dt.time(0), dt.time(17)]),
)
minutes = st.integers(0, 365 * 24 * 60 - 1)


@given(people, minutes, st.integers(16, 3 * 24 * 60))
def test_by_day_everybody_has_a_quarter_of_an_hour_and_by_night_only_what_cannot_wait(person, minute, ahead):
    moment = dt.datetime(2027, 1, 1, tzinfo=dt.UTC) + minute * MINUTE
    deadline = moment + ahead * MINUTE

    asked_at = may_be_asked_from(person, deadline=deadline, at=moment)
    by = answer_by(person, asked_at=asked_at, deadline=deadline)

    assert moment <= asked_at < by <= deadline
    assert 1 <= how_many_at_once(5, person, asked_at=asked_at, deadline=deadline) <= 20
    if night := quiet_until(person, asked_at):
        assert asked_at == moment and deadline < night + HOUR
    elif by < deadline:
        assert awake_between(person, asked_at, by) >= 15 * MINUTE


def test_a_break_that_lasts_until_then_is_no_moment_to_ask():
    person = Person(time_zone="Europe/Lisbon", break_until=dt.date(2027, 1, 13))

    assert may_be_asked_from(person, deadline=at(9, day=14), at=at(12)) == at(8, day=14)
    assert may_be_asked_from(person, deadline=at(8, 10, day=14), at=at(12)) is None
    assert may_be_asked_from(person, deadline=at(9, day=14) + DAY, at=at(12)) == at(8, day=14)
