"""Which promises stand in the way, whose helper is still there, and who may promise at all: case by case."""

import datetime as dt

import pytest

from requests.models import CheckEndsBefore, Claim, Clash, NotChecked, OutOfSight, Slot
from tests.cast import DAY, HOUR, ask, ask_for_company, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db


def gone(person):
    """Whether the helper of the one promise is gone, for `person`."""
    return Claim.objects.with_unseen(person).get().is_gone


# Whose helper is still there -----------------------------------------------------------------------------------


def test_a_helper_is_gone_once_they_left_where_it_is_asked_whatever_else_they_are_in(ada, bo, olga, street):
    club = make_circle(olga, bo, ada, name="Club")
    claim = ask(ada, street).slots.get().claim(by=bo, at=now())
    ask(ada, club)
    assert not gone(ada)

    street.memberships.get(person=bo).leave(at=claim.slot.ends_at + DAY)

    assert gone(ada)


def test_a_helper_of_another_circle_that_was_asked_is_there(ada, bo, mallory, elsewhere, street):
    help_request = ask(ada, street)
    join(elsewhere, ada, by=mallory)
    help_request.ask_more(by=ada, at=now(), circle=elsewhere)

    help_request.slots.get().claim(by=mallory, at=now())

    assert not gone(ada)


# What is in the way --------------------------------------------------------------------------------------------


def test_who_gave_a_place_back_and_is_needed_elsewhere_then_hears_of_the_clash(ada, bo, street):
    first, second = ask(ada, street).slots.get(), ask(ada, street).slots.get()
    Slot.objects.filter(pk=second.pk).update(starts_at=first.starts_at, ends_at=first.ends_at)
    first.claim(by=bo, at=now()).release(by=bo, at=now())
    Slot.objects.get(pk=second.pk).claim(by=bo, at=now())

    with pytest.raises(Clash):
        first.claim(by=bo, at=now())


def test_what_was_called_off_is_not_ahead(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())
    assert list(Claim.objects.ahead(at=now())) == [claim]

    slot.cancel(by=ada, at=now())

    assert list(Claim.objects.ahead(at=now())) == []


# Who may promise -----------------------------------------------------------------------------------------------


def test_who_sees_something_else_there_may_not_promise_what_they_do_not_see(ada, bo, street):
    near, seen = ask(ada, street, up_to=1), ask(ada, street)

    with pytest.raises(OutOfSight):
        near.slots.get().claim(by=bo, at=now())
    assert seen.slots.get().claim(by=bo, at=now()).is_accepted


@pytest.fixture
def checked(street, ada, bo, olga):
    """A function: a slot for checked helpers, as Bo is until the day after tomorrow."""
    until = now().date() + dt.timedelta(days=2)
    street.memberships.get(person=bo).note_check(by=olga, until=until, at=now())

    def checked(starts_at, ends_at):
        slot = ask(ada, street, needs_checked=True).slots.get()
        Slot.objects.filter(pk=slot.pk).update(starts_at=starts_at, ends_at=ends_at)
        return Slot.objects.get(pk=slot.pk)

    return checked


@pytest.mark.moment("2027-01-12T10:30Z")
def test_a_check_holds_for_what_begins_on_its_last_day(checked, bo):
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0) + 3 * DAY

    assert checked(midnight - HOUR, midnight + HOUR).claim(by=bo, at=now()).is_accepted
    with pytest.raises(CheckEndsBefore):
        checked(midnight + DAY, midnight + DAY + HOUR).claim(by=bo, at=now())


@pytest.mark.moment("2027-01-12T10:30Z")
def test_a_check_holds_until_the_end_of_any_time_before(checked, bo):
    with pytest.raises(CheckEndsBefore):
        checked(None, now() + 5 * DAY).claim(by=bo, at=now())
    assert checked(None, now() + DAY).claim(by=bo, at=now()).is_accepted


def test_who_was_never_checked_is_told_so(checked, olga, street):
    join(street, cy := make_person("Cy"), by=olga)

    with pytest.raises(NotChecked):
        checked(now() + DAY, now() + DAY + HOUR).claim(by=cy, at=now())


# Behind a name unsaid ------------------------------------------------------------------------------------------


def test_who_keeps_another_circle_or_was_accepted_for_something_else_does_not_know_who_asks(ada, bo, street):
    make_circle(bo, name="Bo's own")
    quiet = ask_for_company(ada, street, quietly=True)
    offer = quiet.slots.get().claim(by=bo, at=now())
    ask(ada, street).slots.get().claim(by=bo, at=now())

    assert list(Claim.objects.behind_a_name_unsaid()) == [offer]
