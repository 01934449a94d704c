"""Whoever changes times and whoever takes them, at the same moment: nobody is left with what is not there."""

import datetime as dt
import threading
import time
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from circles.models import Circle
from requests.models import Claim, EditedMeanwhile, HelpRequest, OutOfSight, Series, Slot, SlotHoldsMore
from supportnet.notices.models import Notice
from tests.cast import DAY, ask, ask_for_company, draft, make_circle, now
from tests.racing import at_once, claiming, crowd, unexpected

from ..views.test_edit import words

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LISBON, BERLIN = ZoneInfo("Europe/Lisbon"), ZoneInfo("Europe/Berlin")


@pytest.fixture
def street(ada, olga):
    """Olga keeps it, ada asks in it."""
    return make_circle(olga, ada)


def daily(ada, circle, *, days=6):
    """A published series, every day at 18:00 for one helper."""
    help_request, first = draft(ada, circle), (now() + 2 * DAY).date()
    help_request.set_times(
        timing="series",
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        starts_on=first,
        until=first + (days - 1) * DAY,
        local_start=dt.time(18),
        minutes=60,
        at=now(),
    )
    help_request.publish(by=ada, at=now())
    return help_request.series.get(), list(help_request.slots.order_by("original_date"))


def counts_agree():
    """Whether each slot's figure is that of the promises that stand on it."""
    return all(
        slot.taken == slot.claims.accepted().count() and slot.covering == 0 for slot in Slot.objects.all()
    )


@pytest.mark.parametrize("what", ["move", "call off", "go on for longer"])
def test_this_and_later_ones_are_changed_while_people_claim_them(what, ada, olga, street):
    people = crowd(street, olga, 6)
    series, slots = daily(ada, street)
    since = slots[3].original_date
    change = {
        "move": lambda: series.move(local_start=dt.time(20), minutes=60, since=since, by=ada, at=now()),
        "call off": lambda: series.cancel(since=since, by=ada, at=now(), reason="Grandma is here"),
        "go on for longer": lambda: series.extend(until=series.until + 5 * DAY, by=ada, at=now()),
    }[what]

    claims = [claiming(*pair) for pair in zip(reversed(slots), people, strict=True)]
    results = at_once(*claims[:3], change, *claims[3:])

    assert unexpected(results) == []
    assert counts_agree()
    live = Claim.objects.live().select_related("slot")
    if what == "call off":
        assert {claim.slot.original_date < since for claim in live} == {True}
        ended = Claim.objects.exclude(cancelled_at=None).count()
        assert Notice.objects.filter(kind="slot_cancelled").count() == ended
    else:
        assert live.count() == 6
    if what == "move":
        hours = [slot.starts_at.astimezone(LISBON).hour for slot in Slot.objects.order_by("original_date")]
        assert hours == [18] * 3 + [20] * 3
        # Who came first is told of the move, who came after it reads the new time in what confirms it.
        assert Notice.objects.filter(kind="slot_changed").count() <= 3
        assert Series.objects.count() == 2
    if what == "go on for longer":
        assert Slot.objects.count() == 11


def test_the_circles_clock_is_changed_while_people_claim(ada, olga, street):
    people = crowd(street, olga, 6)
    _series, slots = daily(ada, street)

    change = lambda: Circle.objects.get(pk=street.pk).edit(by=olga, at=now(), time_zone="Europe/Berlin")  # noqa: E731
    claims = [claiming(*pair) for pair in zip(reversed(slots), people, strict=True)]
    results = at_once(*claims[:3], change, *claims[3:])

    assert unexpected(results) == []
    assert counts_agree() and Claim.objects.accepted().count() == 6
    assert {slot.starts_at.astimezone(BERLIN).hour for slot in Slot.objects.all()} == {18}


def test_two_who_change_one_series_at_once_leave_one_time(ada, olga, street):
    _series, slots = daily(ada, street)

    moves = [
        lambda hour=hour: Series.objects.get().move(local_start=dt.time(hour), minutes=60, by=ada, at=now())
        for hour in (16, 20)
    ]
    results = at_once(*moves)

    assert unexpected(results) == []
    assert len({slot.starts_at.astimezone(LISBON).hour for slot in Slot.objects.all()}) == 1
    Series.objects.get().expand()
    assert Slot.objects.count() == len(slots)


def test_less_room_with_somebody_let_go_while_others_claim(ada, olga, street):
    people = crowd(street, olga, 8)
    slot = ask(ada, street, capacity=5).slots.get()
    goes = slot.claim(by=people[0], at=now())

    def smaller():
        chosen = Claim.objects.select_related("slot__help_request__circle", "person").get(pk=goes.pk)
        Slot.objects.select_related("help_request__circle").get(pk=slot.pk).resize(
            2, by=ada, at=now(), let_go=[chosen]
        )

    results = at_once(*[claiming(slot, person) for person in people[1:4]], smaller)
    results += at_once(*[claiming(slot, person) for person in people[4:]])

    slot.refresh_from_db()
    assert slot.taken == Claim.objects.accepted().count() <= slot.capacity
    fits = results[3] is None
    assert (slot.capacity, isinstance(results[3], SlotHoldsMore)) == ((2, False) if fits else (5, True))
    # Nobody is let go for a change that did not come about.
    goes.refresh_from_db()
    assert (goes.cancelled_at is not None) == fits
    assert Notice.objects.filter(kind="slot_cancelled").count() == int(fits)


def test_a_keeper_goes_over_the_limit_while_others_press(ada, olga, street):
    people = crowd(street, olga, 6)
    slot = ask(ada, street, capacity=2).slots.get()
    over = claiming(slot, people[0], made_by=olga, over_limit_because="A sofa needs three")

    results = at_once(*[claiming(slot, person) for person in people[1:]], over)

    slot.refresh_from_db()
    assert unexpected(results) == []
    assert isinstance(results[-1], Claim)
    assert slot.taken == Claim.objects.accepted().count() == slot.capacity in (2, 3)


def test_of_two_who_edit_at_once_one_is_told_and_sees_both(ada, olga, street):
    help_request = ask(ada, street)
    clients = []
    for person in (ada, olga):
        client = Client()
        client.force_login(person)
        clients.append((client, f"Supper, says {person}"))

    def save(client, title):
        return client.post(reverse("request_edit", args=[help_request.pk]), words(help_request, title=title))

    answers = at_once(*[lambda c=client, t=title: save(c, t) for client, title in clients])

    assert sorted(answer.status_code for answer in answers) == [302, 422]
    (late,) = [answer for answer in answers if answer.status_code == 422]
    page, kept = late.content.decode(), HelpRequest.objects.get()
    assert kept.version == 2 and kept.title in page
    assert "Somebody else changed this while you were writing" in page
    with pytest.raises(EditedMeanwhile):
        kept.edit(by=ada, at=now(), version=1, title="Old copy")


@pytest.mark.parametrize("asking", [ask, ask_for_company])
def test_who_claims_while_it_moves_out_of_their_sight_comes_too_late(asking, ada, bo, olga):
    street, choir = make_circle(olga, ada, bo), make_circle(ada, name="The choir")
    help_request = asking(ada, street)
    slot, moving = help_request.slots.get(), threading.Event()

    def move():
        with transaction.atomic():
            help_request.move_to(choir, by=ada, at=now())
            moving.set()
            time.sleep(1)  # the other has seen it where it was by now, and waits for the slot

    def claim():
        assert moving.wait(timeout=60)
        return claiming(slot, bo)()

    _moved, refused = at_once(move, claim)

    assert isinstance(refused, OutOfSight)
    assert not Claim.objects.exists()
    assert counts_agree()
