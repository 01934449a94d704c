"""What is told is so when it is told: of what came and went, of what is over, of several, of offers that wait."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from circles.models import Person, Ring, Tell
from requests.catalogue import Category, RequestKind
from requests.models import HelpRequest
from requests.sweeps import offers, standbys
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.sweeps import run_all
from tests.cast import DAY, HOUR, ask, draft, join, make_person, now

pytestmark = [pytest.mark.django_db, pytest.mark.moment("2027-01-12T10:30Z")]
MINUTE = dt.timedelta(minutes=1)
LISBON = ZoneInfo("Europe/Lisbon")


def at(hour, minute=0, *, day=12):
    """A moment of January 2027 by the clocks of Lisbon."""
    return dt.datetime(2027, 1, day, hour, minute, tzinfo=LISBON)


@pytest.fixture(autouse=True)
def _nothing_to_tell_yet(street, ada, bo, olga):
    """What made the cast is told already."""
    Notice.objects.all().delete()
    mail.outbox.clear()


def told(person, *, since=None):
    """Deliver what is due, and give the subjects of what `person` was mailed since."""
    deliver(at=since or now() + MINUTE)
    return [message.subject for message in mail.outbox if message.to == [person.email]]


def supper(ada, street, begins, **fields):
    """A slot of an hour."""
    slot = ask(ada, street, **fields).slots.get()
    slot.move(starts_at=begins, ends_at=begins + HOUR, by=ada, at=now())
    return slot


def walk(ada, street, begins, *, capacity=1):
    """A slot of an hour that waits for a yes."""
    help_request = draft(ada, street, kind=RequestKind.EMOTIONAL, category=Category.WALK, title="A walk")
    help_request.set_times(
        timing="once", starts_at=begins, ends_at=begins + HOUR, capacity=capacity, at=now()
    )
    help_request.publish(by=ada, at=now(), up_to=Ring.EVERYONE)
    return help_request.slots.get()


# Two that cancel each other ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["claim", "sign up"])
def test_a_promise_given_back_before_anybody_heard_of_it_is_not_spoken_of(how, ada, bo, olga, street):
    slot = supper(ada, street, at(17, day=13))
    claim = slot.claim(by=bo, at=now(), made_by=olga if how == "sign up" else bo)
    claim.release(by=olga if how == "sign up" else bo, at=now())

    assert (told(ada), told(bo), told(olga)) == ([], [], [])


def test_whoever_heard_of_a_promise_hears_that_it_was_given_back(ada, bo, olga, street):
    claim = supper(ada, street, at(17, day=13)).claim(by=bo, at=now())
    assert len(told(ada)) == 1

    claim.release(by=bo, at=now() + 2 * MINUTE)

    assert told(ada, since=now() + 5 * MINUTE)[1:] == ["Bo can’t come: Tomorrow, Wednesday, 17:00"]
    assert told(olga) == ["Bo can’t come: Tomorrow, Wednesday, 17:00"]


def test_whoever_wants_no_mail_of_promises_hears_all_the_same_that_nobody_comes(ada, bo, street):
    ada.edit(at=now(), told_of_claims=Tell.NEVER)
    claim = supper(ada, street, at(17, day=13)).claim(by=bo, at=now())
    assert told(ada) == []

    claim.release(by=bo, at=now() + 2 * MINUTE)

    assert told(ada, since=now() + 5 * MINUTE) == ["Bo can’t come: Tomorrow, Wednesday, 17:00"]


def test_a_promise_made_and_called_off_by_keepers_before_its_helper_heard_of_it_is_not_spoken_of(
    ada, bo, olga, street
):
    slot = supper(ada, street, at(17, day=13))
    slot.claim(by=bo, made_by=olga, at=now())
    slot.cancel(by=ada, at=now())

    assert told(bo, since=now() + 20 * MINUTE) == []


def test_whoever_comes_by_their_own_hand_hears_of_a_calling_off_however_soon(ada, bo, street):
    slot = supper(ada, street, at(17, day=13))
    slot.claim(by=bo, at=now())
    slot.cancel(by=ada, at=now())

    assert told(bo, since=now() + 20 * MINUTE) == ["Called off: Tomorrow, Wednesday, 17:00, for Ada"]


def test_a_place_taken_again_meanwhile_is_not_called_open(ada, bo, olga, street):
    cy = make_person("Cy")
    join(street, cy, by=olga)
    slot = supper(ada, street, at(17, day=13))
    claim = slot.claim(by=bo, at=now())
    told(ada)
    claim.release(by=bo, at=now() + 2 * MINUTE)
    slot.refresh_from_db()
    slot.claim(by=cy, at=now() + 2 * MINUTE)

    deliver(at=now() + 30 * MINUTE)

    (released,) = [m for m in mail.outbox if m.to == [ada.email] and "can’t come" in m.subject]
    assert "open again" not in released.body and "See who comes:" in released.body


# What is over -----------------------------------------------------------------------------------------------


def test_after_an_outage_nobody_hears_of_promises_whose_time_has_passed(ada, bo, street):
    supper(ada, street, at(12)).claim(by=bo, at=now())

    assert (told(ada, since=at(14)), told(bo, since=at(14))) == ([], [])


@pytest.mark.parametrize(("hours", "subjects"), [(2, 1), (24, 1), (26, 0)])
def test_whoever_may_have_come_for_nothing_is_told_in_one_honest_line(hours, subjects, ada, bo, street):
    slot = supper(ada, street, at(13))
    slot.claim(by=bo, at=now())
    told(bo)
    mail.outbox.clear()
    slot.cancel(by=ada, at=at(11))

    assert len(told(bo, since=at(13) + hours * HOUR)) == subjects
    assert all("If you came for nothing, we are sorry." in message.body for message in mail.outbox)


def test_whoever_may_have_waited_is_told_in_one_honest_line(ada, bo, street):
    claim = supper(ada, street, at(13)).claim(by=bo, at=now())
    told(ada)
    mail.outbox.clear()
    claim.release(by=bo, at=at(11))

    assert told(ada, since=at(15)) == ["Bo can’t come: Today, 13:00"]
    assert "If you waited, we are sorry." in mail.outbox[-1].body
    assert "open again" not in mail.outbox[-1].body


# Several in one mail ----------------------------------------------------------------------------------------


def test_each_line_says_whether_somebody_comes_or_waits_for_a_yes(ada, bo, olga, street):
    cy = make_person("Cy")
    join(street, cy, by=olga)
    walk(ada, street, at(15, day=14)).claim(by=bo, at=now()).accept(by=ada, at=now())
    walk(ada, street, at(15, day=15)).claim(by=cy, at=now())

    assert told(ada) == ["2 offers to help"]
    (body,) = [message.body for message in mail.outbox if message.to == [ada.email]]
    lines = [line for line in body.splitlines() if line.startswith("- ")]
    assert [line.rsplit("(", 1)[1] for line in lines] == ["will come)", "waits for your yes)"]
    assert "There is nothing you need to do." not in body
    assert "You decide about those who are waiting" in body


def test_promises_to_two_who_ask_have_no_heading_about_one(ada, bo, olga, street):
    for asker, day in ((ada, 14), (olga, 15)):
        supper(asker, street, at(15, day=day)).claim(by=bo, at=now())

    assert len(told(bo)) == 1
    assert [m.body.splitlines()[0] for m in mail.outbox if m.to == [bo.email]] == ["What you promised"]


def test_what_one_promised_and_what_a_keeper_promised_for_one_are_two_mails(ada, bo, olga, street):
    supper(ada, street, at(15, day=14)).claim(by=bo, at=now())
    supper(ada, street, at(15, day=15)).claim(by=bo, made_by=olga, at=now())

    deliver(at=now() + MINUTE)

    headings = {message.body.splitlines()[0] for message in mail.outbox if message.to == [bo.email]}
    assert headings == {"You promised to help Ada", "Olga signed you up"}


# Plan B -----------------------------------------------------------------------------------------------------


def plan_b(ada, *, until, since):
    """When the asker has her Plan B by mail, living by the minute."""
    moment, found = since, []
    while moment < until:
        standbys.remind_of_plan_b(moment)
        deliver(at=moment)
        found += [
            moment.astimezone(LISBON).strftime("%-H:%M") for m in mail.outbox if "still open" in m.subject
        ]
        mail.outbox.clear()
        moment += MINUTE
    return found


def test_plan_b_comes_three_hours_before_once(ada, street):
    supper(ada, street, at(17))

    assert plan_b(ada, since=at(13), until=at(17)) == ["14:00"]


def test_plan_b_does_not_come_right_after_an_ask_for_something_soon(ada, street):
    ask_at = now()
    supper(ada, street, ask_at + 2 * HOUR)

    assert plan_b(ada, since=ask_at, until=ask_at + 2 * HOUR) == ["11:01"]


def test_plan_b_does_not_come_while_one_of_two_comes_or_keeps_the_place(ada, bo, street):
    slot = supper(ada, street, at(17), capacity=2)
    claim = slot.claim(by=bo, at=now())
    claim.look_for_cover(by=bo, at=now())

    assert plan_b(ada, since=at(13), until=at(15)) == []
    claim.release(by=bo, at=at(15))
    assert plan_b(ada, since=at(15), until=at(17)) == ["15:30"]


def test_plan_b_for_the_early_morning_comes_in_the_evening_and_wakes_nobody(ada, street):
    supper(ada, street, at(6, day=13))

    assert plan_b(ada, since=at(18), until=at(6, day=13)) == ["20:30"]


def test_plan_b_for_the_forenoon_comes_when_the_night_is_over(ada, street):
    supper(ada, street, at(10, day=13))

    assert plan_b(ada, since=at(18), until=at(10, day=13)) == ["8:00"]


# Offers that wait -------------------------------------------------------------------------------------------


def test_an_offer_that_nobody_answers_is_spoken_of_once_and_its_helper_thanked(ada, bo, street):
    walk(ada, street, at(17, day=15)).claim(by=bo, at=now())
    moment = now()
    while moment < at(12, day=17):
        run_all(moment)
        deliver(at=moment)
        moment += 30 * MINUTE

    assert [m.subject for m in mail.outbox if m.to == [ada.email]] == [
        "Bo offers to be there: Friday 15 January, 17:00",
        "Bo waits for your answer: Friday 15 January, 17:00",
    ]
    (passed,) = [m for m in mail.outbox if m.to == [bo.email] and m.subject == "About your offer to help"]
    assert "The time has passed without an answer." in passed.body


@pytest.mark.parametrize("answer", ["accept", "decline", "release"])
def test_an_offer_that_was_answered_is_not_spoken_of(answer, ada, bo, street):
    claim = walk(ada, street, at(17, day=15)).claim(by=bo, at=now())
    if answer == "release":
        claim.release(by=bo, at=now())
    else:
        getattr(claim, answer)(by=ada, at=now())

    offers.remind_of_offers(now() + DAY)
    offers.tell_that_offers_passed(at(18, day=15))

    assert not Notice.objects.filter(kind__in=["offer_waits", "offer_passed"]).exists()


def test_an_offer_for_tomorrow_is_spoken_of_while_an_answer_helps_and_by_day(ada, bo, street):
    walk(ada, street, at(7, day=13)).claim(by=bo, at=now())
    moment = now()
    while moment < at(7, day=13):
        run_all(moment)
        deliver(at=moment)
        moment += 10 * MINUTE

    sent = Notice.objects.get(kind="offer_waits").sent_at.astimezone(LISBON)
    assert at(13) <= sent < at(21)


def test_whoever_asked_daily_hears_of_an_offer_before_they_are_reminded_of_it(ada, bo, street):
    Person.objects.filter(pk=ada.pk).update(told_of_claims=Tell.DAILY, digest_at=dt.time(10))
    walk(ada, street, at(17, day=16)).claim(by=bo, at=now())

    deliver(at=at(10, day=13))
    offers.remind_of_offers(at(10, 31, day=13))
    deliver(at=at(10, 31, day=13))

    assert [m.subject for m in mail.outbox if m.to == [ada.email]] == [
        "Bo offers to be there: Saturday 16 January, 17:00"
    ]
    assert HelpRequest.objects.count() == 1
