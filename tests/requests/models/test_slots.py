"""A time with places: until when one can come, what counts as another time, what becomes of it when called off."""

import datetime as dt

import pytest

from requests.models import Claim, HelpRequest, Slot, SlotOver, SlotTaken
from requests.models.slot_times import is_far
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, draft, now

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
MOMENT = dt.timedelta(microseconds=1)


def fresh(slot):
    return Slot.objects.get(pk=slot.pk)


def short(ada, street, length):
    """A time that lasts so long."""
    slot = ask(ada, street).slots.get()
    slot.move(starts_at=slot.starts_at, ends_at=slot.starts_at + length, by=ada, at=now())
    return fresh(slot)


@pytest.mark.parametrize(("length", "last"), [(HOUR, 30), (30 * MINUTE, 30), (10 * MINUTE, 10)])
def test_half_an_hour_into_it_is_the_last_moment_or_its_end(length, last, ada, bo, street):
    slot = short(ada, street, length)
    last = slot.starts_at + last * MINUTE

    assert (slot.last_moment(), slot.open_until) == (last, last)
    with pytest.raises(SlotOver):
        slot.claim(by=bo, at=last)
    assert fresh(slot).claim(by=bo, at=last - MOMENT).is_accepted


def test_any_time_before_a_day_is_open_until_its_end_and_whenever_suits_for_ever(ada, bo, street):
    asked, ends_at = draft(ada, street), now() + 2 * DAY
    asked.set_times(timing="before", ends_at=ends_at, at=now())
    asked.publish(by=ada, at=now())
    slot, walk = asked.slots.get(), ask_for_company(ada, street).slots.get()

    assert (slot.last_moment(), slot.deadline) == (ends_at, ends_at - MOMENT)
    assert (walk.deadline, walk.is_over(at=now() + 9999 * DAY)) == (None, False)
    assert (slot.is_over(at=ends_at - MOMENT), slot.is_over(at=ends_at)) == (False, True)
    assert walk.open_until > now() + 99999 * DAY


@pytest.mark.parametrize(
    ("minutes", "far"), [(60, False), (-60, False), (61, True), (-61, True), (0, False), (None, True)]
)
def test_more_than_an_hour_is_another_time(minutes, far):
    start = now()
    other = None if minutes is None else start + minutes * MINUTE

    assert (is_far(start, other), is_far(other, start)) == (far, far)
    assert not is_far(None, None)


def test_room_is_what_is_free_and_what_is_to_be_taken_over(ada, bo, olga, street):
    slot = ask(ada, street, capacity=2).slots.get()
    assert (slot.room, slot.is_full, slot.is_open(at=now())) == (2, False, True)

    slot.claim(by=bo, at=now()).look_for_cover(by=bo, at=now())
    slot.claim(by=olga, at=now())

    assert (fresh(slot).room, fresh(slot).is_full) == (1, False)
    assert list(Slot.objects.open(at=now())) == [slot]
    Claim.objects.get(person=bo).stay(at=now())
    assert (fresh(slot).room, fresh(slot).is_full, list(Slot.objects.open(at=now()))) == (0, True, [])


def test_a_time_called_off_is_open_to_nobody_and_says_why(ada, bo, slot):
    slot.claim(by=bo, at=now())
    at = now()

    slot.cancel(by=ada, at=at, reason="We are away")
    slot.cancel(by=ada, at=at + HOUR, reason="Something else")

    slot = fresh(slot)
    assert (slot.cancelled_at, slot.cancel_reason, slot.sequence) == (at, "We are away", 1)
    assert (slot.is_open(at=at), list(Slot.objects.open(at=at))) == (False, [])


def test_what_is_past_and_called_off_keeps_its_promises(ada, bo, slot):
    claim = slot.claim(by=bo, at=now())

    slot.cancel(by=ada, at=slot.ends_at)

    assert Claim.objects.get(pk=claim.pk).is_accepted
    assert not Notice.objects.filter(kind="slot_cancelled").exists()


def test_calendars_learn_of_each_change(slot, ada):
    slot.move(starts_at=slot.starts_at, ends_at=slot.ends_at, by=ada, at=now())
    assert fresh(slot).sequence == 0

    slot.move(starts_at=slot.starts_at, ends_at=slot.ends_at + HOUR, by=ada, at=now(), because="More to eat")

    assert (fresh(slot).sequence, fresh(slot).changed_because) == (1, "More to eat")


def test_more_room_lets_the_next_one_in_and_lists_it_again(slot, ada, bo, olga):
    slot.claim(by=bo, at=now())
    with pytest.raises(SlotTaken):
        slot.claim(by=olga, at=now())

    fresh(slot).resize(2, by=ada, at=now())

    assert slot.help_request.waves.get().listed_until is not None
    assert fresh(slot).claim(by=olga, at=now()).is_accepted


def test_starting_between_takes_the_first_moment_and_not_the_last(slot):
    start = slot.starts_at

    assert list(Slot.objects.starting_between(start, start + HOUR)) == [slot]
    assert list(Slot.objects.starting_between(start - HOUR, start)) == []
    assert list(Slot.objects.starting_between(start + MOMENT, start + HOUR)) == []


def test_in_order_by_time_and_undated_ones_last(ada, street):
    walk = ask_for_company(ada, street).slots.get()
    late, early = (ask(ada, street, in_days=days).slots.get() for days in (5, 2))
    before = draft(ada, street)
    before.set_times(timing="before", ends_at=now() + DAY, at=now())

    assert list(Slot.objects.in_order()) == [early, late, before.slots.get(), walk]


def test_the_times_that_one_asks_are_those_of_what_is_open_and_ones_own(ada, bo, olga, street):
    mine, theirs = ask(ada, street), ask(bo, street)
    ask(ada, street).close(by=ada, at=now())
    draft(ada, street).set_times(timing="whenever", at=now())

    assert list(Slot.objects.asked_by(ada)) == list(mine.slots.all())
    assert set(Slot.objects.kept_by(olga)) == set(Slot.objects.exclude(help_request__published_at=None))
    assert list(Slot.objects.kept_by(bo)) == [] and theirs.slots.exists()


# Requests that are over ------------------------------------------------------------------------------------------


def test_over_is_what_was_closed_called_off_or_has_gone_by(ada, street):
    asked = {name: ask(ada, street) for name in ("gone by", "open", "closed", "off", "one off")}
    asked["question"], asked["walk"] = ask_for_advice(ada, street), ask_for_company(ada, street)
    asked["draft"] = draft(ada, street)
    asked["closed"].close(by=ada, at=now())
    asked["off"].cancel(by=ada, at=now())
    for name in ("open", "one off"):
        ahead = now() + 9 * DAY
        asked[name].add_slot(by=ada, at=now(), starts_at=ahead, ends_at=ahead + HOUR)
    asked["one off"].slots.order_by("-starts_at").first().cancel(by=ada, at=now())
    end = asked["gone by"].slots.get().ends_at

    over = {name for name, one in asked.items() if one in HelpRequest.objects.over(at=end + MINUTE)}
    ahead = {name for name, one in asked.items() if one in HelpRequest.objects.over(at=end - MINUTE)}

    assert over == {"gone by", "closed", "off", "one off"}
    assert ahead == {"closed", "off"}


def test_a_draft_of_the_same_form_is_the_same_and_of_another_person_is_not(ada, bo, street):
    key = "8d5f5c9e-5c9c-4a6e-9a56-4c0f8d1f0a11"
    first = draft(ada, street, form_key=key, title="Supper")

    assert draft(ada, street, form_key=key, title="Lunch") == first
    assert HelpRequest.objects.get().title == "Supper"
    assert draft(ada, street) != first


def test_what_was_called_off_is_no_draft(ada, street):
    plan, off = draft(ada, street), draft(ada, street)
    off.cancel(by=ada, at=now())

    assert list(HelpRequest.objects.drafts()) == [plan]
