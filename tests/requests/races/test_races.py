"""Many people at the same moment, each on a connection of their own: the limit holds, and nobody sees an error page."""

from datetime import time

import pytest
from django.test import Client
from django.urls import reverse

from circles.models import LastKeeper, Membership
from requests.models import Claim, Clash, HelpRequest, Slot, SlotHoldsMore, SlotUnavailable, StandbyCall
from requests.sweeps import waves
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, make_circle, now
from tests.racing import at_once, claiming, crowd, unexpected

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("capacity", [1, 3])
def test_never_more_helpers_than_room(capacity, ada, olga):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 20)
    slot = ask(ada, street, capacity=capacity).slots.get()

    results = at_once(*[claiming(slot, person) for person in people])

    won = [result for result in results if isinstance(result, Claim)]
    assert len(won) == capacity == Slot.objects.get().taken == Claim.objects.accepted().count()
    assert all(isinstance(result, (Claim, SlotUnavailable)) for result in results)
    assert Notice.objects.filter(kind="claim_confirmed").count() == capacity


def test_fifty_people_press_claim_on_one_place(ada, olga):
    street = make_circle(olga, ada)
    slot = ask(ada, street).slots.get()
    clients = []
    for person in crowd(street, olga, 50):
        client = Client()
        client.force_login(person)
        clients.append(client)
    url = reverse("slot_claim", args=[slot.pk])

    answers = at_once(
        *[lambda client=client: client.post(url, follow=True).status_code for client in clients]
    )

    assert set(answers) <= {200, 409}
    assert (Claim.objects.count(), Slot.objects.get().taken) == (1, 1)


def test_the_last_place_is_won_by_one_yes(ada, olga):
    street = make_circle(olga, ada)
    slot = ask_for_company(ada, street).slots.get()
    claims = [slot.claim(by=person, at=now()) for person in crowd(street, olga, 6)]

    at_once(
        *[lambda claim=claim: Claim.objects.get(pk=claim.pk).accept(by=ada, at=now()) for claim in claims]
    )

    assert (Claim.objects.accepted().count(), Slot.objects.get().taken) == (1, 1)
    assert Claim.objects.waiting().count() == 5


def test_one_helper_does_not_promise_two_things_at_the_same_time_unawares(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    slots = [ask(ada, street).slots.get() for _ in range(4)]

    results = at_once(*[claiming(slot, bo) for slot in slots])

    assert sum(isinstance(result, Clash) for result in results) == 3
    assert Claim.objects.live().count() == 1


def test_both_stand_when_the_helper_said_so(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    slots = [ask(ada, street).slots.get() for _ in range(2)]

    at_once(*[claiming(slot, bo, even_if_clashing=True) for slot in slots])

    assert Claim.objects.live().count() == 2


def test_pressing_twice_at_once_is_one_claim_and_one_mail(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    slot = ask(ada, street, capacity=5).slots.get()

    at_once(*[claiming(slot, bo)] * 8)

    assert (Claim.objects.count(), Slot.objects.get().taken) == (1, 1)
    assert Notice.objects.filter(kind="claim_confirmed").count() == 1


def test_releasing_twice_at_once_frees_one_place(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    slot = ask(ada, street, capacity=2).slots.get()
    slot.claim(by=olga, at=now())
    claim = slot.claim(by=bo, at=now())

    at_once(*[lambda: Claim.objects.get(pk=claim.pk).release(by=bo, at=now())] * 6)

    assert Slot.objects.get().taken == 1
    assert Notice.objects.filter(kind="claim_released", reader=ada).count() == 1


def test_room_is_not_taken_away_from_under_a_claim(ada, olga):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 6)
    slot = ask(ada, street, capacity=6).slots.get()

    def smaller():
        Slot.objects.select_related("help_request__circle").get(pk=slot.pk).resize(2, by=ada, at=now())

    results = at_once(smaller, *[claiming(slot, person) for person in people])

    after = Slot.objects.get()
    assert after.taken == Claim.objects.accepted().count() <= after.capacity
    assert after.capacity == (6 if isinstance(results[0], SlotHoldsMore) else 2)


def test_nobody_holds_a_place_in_what_was_called_off_meanwhile(ada, olga):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 8)
    help_request = ask(ada, street, capacity=8)
    slot = help_request.slots.get()

    def call_off():
        HelpRequest.objects.get(pk=help_request.pk).cancel(by=ada, at=now(), reason="We are away")

    at_once(call_off, *[claiming(slot, person) for person in people])

    assert (Claim.objects.live().count(), Slot.objects.get().taken) == (0, 0)
    told = Notice.objects.filter(kind="slot_cancelled").count()
    assert told == Claim.objects.exclude(cancelled_at=None).count()


def test_two_last_places_won_at_once_take_the_request_off_the_list(ada, olga):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 2)
    help_request = ask(ada, street)
    starts_at = now() + 99 * HOUR
    other = help_request.add_slot(by=ada, at=now(), starts_at=starts_at, ends_at=starts_at + HOUR)

    for _ in range(5):
        at_once(claiming(help_request.slots.first(), people[0]), claiming(other, people[1]))
        assert help_request.waves.get().listed_until is None
        for claim in Claim.objects.live():
            claim.release(by=claim.person, at=now())
        assert help_request.waves.get().listed_until is not None


def test_of_two_keepers_who_leave_at_once_one_stays(olga, ada):
    street = make_circle(olga, ada)
    street.memberships.get(person=ada).make_keeper(by=olga, at=now())

    def leaving(person):
        return lambda: Membership.objects.get(person=person).leave(at=now())

    results = at_once(leaving(olga), leaving(ada))

    assert street.keepers().count() == 1
    assert [type(result) for result in results].count(LastKeeper) == 1


def test_two_workers_that_sweep_at_once_queue_each_thing_once(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    help_request = ask(ada, street, in_days=1, capacity=2)
    slot = help_request.slots.get()
    help_request.waves.update(opened_at=now() - 72 * HOUR)
    slot.claim(by=bo, at=now() - 48 * HOUR)
    due = slot.starts_at - HOUR

    at_once(*[lambda: (waves.open_waves(now()), waves.remind_the_evening_before(due))] * 4)

    assert Notice.objects.filter(kind="wave_opened").count() == 2
    assert Notice.objects.filter(kind="reminder").count() == 1


def test_a_draft_published_twice_at_once_is_asked_once(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    help_request = HelpRequest.objects.draft(
        by=ada, circle=street, kind="instrumental", category="meal", title="Supper", at=now()
    )

    at_once(*[lambda: HelpRequest.objects.get(pk=help_request.pk).publish(by=ada, at=now())] * 4)

    assert help_request.waves.count() == 1


def test_closing_while_everybody_claims_ends_well(ada, olga):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 8)

    for _ in range(4):
        help_request = ask(ada, street, capacity=4)
        slot = help_request.slots.get()
        close = lambda pk=help_request.pk: HelpRequest.objects.get(pk=pk).close(by=ada, at=now())  # noqa: E731
        results = at_once(close, *[claiming(slot, person, even_if_clashing=True) for person in people])

        assert unexpected(results) == []
        assert not Slot.objects.filter(help_request=help_request).open(at=now()).exists()


def test_a_series_is_moved_while_people_claim(ada, olga):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 4)
    help_request = draft(ada, street)
    help_request.set_times(
        timing="series",
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        starts_on=(now() + 2 * DAY).date(),
        until=(now() + 5 * DAY).date(),
        local_start=time(18),
        minutes=60,
        at=now(),
    )
    help_request.publish(by=ada, at=now())
    series, slots = help_request.series.get(), list(help_request.slots.order_by("-pk"))

    for hour in (16, 17, 18, 19):
        move = lambda hour=hour: series.move(local_start=time(hour), minutes=60, by=ada, at=now())  # noqa: E731
        results = at_once(move, *[claiming(*pair) for pair in zip(slots, people, strict=True)])
        assert unexpected(results) == []
        for claim in Claim.objects.live():
            claim.release(by=claim.person, at=now())


def test_somebody_leaves_while_others_claim_next_to_them(ada, olga):
    street = make_circle(olga, ada)
    bo, *others = crowd(street, olga, 4)
    help_request = ask(ada, street, capacity=2)
    for day in (5, 6):
        starts_at = now() + day * DAY
        help_request.add_slot(by=ada, at=now(), starts_at=starts_at, ends_at=starts_at + HOUR, capacity=2)
    slots = list(help_request.slots.order_by("-pk"))
    for slot in slots:
        slot.claim(by=bo, at=now())

    leave = Membership.objects.get(person=bo, circle=street).leave
    results = at_once(lambda: leave(at=now()), *[claiming(*pair) for pair in zip(slots, others, strict=True)])

    assert unexpected(results) == []
    assert [slot.taken for slot in help_request.slots.all()] == [1, 1, 1]


def test_somebody_leaves_while_others_claim_what_they_ask(ada, olga):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 6)
    slots = [ask(ada, street, in_days=days, capacity=3).slots.get() for days in (3, 4)]

    leave = Membership.objects.get(person=ada, circle=street).leave
    claims = [claiming(slot, person) for person in people for slot in slots]
    results = at_once(lambda: leave(at=now()), *claims)

    assert unexpected(results) == []
    assert (Claim.objects.live().count(), {slot.taken for slot in Slot.objects.all()}) == (0, {0})
    told = Notice.objects.filter(kind="slot_cancelled").count()
    assert told == Claim.objects.exclude(cancelled_at=None).count()


def test_whoever_leaves_while_they_claim_holds_no_place(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    slots = [ask(ada, street, in_days=days).slots.get() for days in (3, 4, 5)]

    remove = Membership.objects.get(person=bo, circle=street).remove
    results = at_once(lambda: remove(by=olga, at=now()), *[claiming(slot, bo) for slot in slots])

    assert unexpected(results) == []
    assert (Claim.objects.live().count(), {slot.taken for slot in Slot.objects.all()}) == (0, {0})


def test_two_who_promised_each_other_leave_at_once(ada, bo, olga):
    street = make_circle(olga, ada, bo)
    for asker, helper in ((ada, bo), (bo, ada)):
        for days in (3, 4, 5):
            ask(asker, street, in_days=days).slots.get().claim(by=helper, at=now(), even_if_clashing=True)

    leaves = [Membership.objects.get(person=person, circle=street).leave for person in (ada, bo)]
    results = at_once(*[lambda leave=leave: leave(at=now()) for leave in leaves])

    assert unexpected(results) == []
    assert not Claim.objects.live().exists()
    assert {one.state for one in HelpRequest.objects.all()} == {"cancelled"}


def test_two_take_over_the_same_place_and_the_first_helper_is_released_once(ada, olga, bo):
    street = make_circle(olga, ada, bo)
    people = crowd(street, olga, 10)
    slot = ask(ada, street).slots.get()
    claim = slot.claim(by=bo, at=now())
    claim.look_for_cover(by=bo, at=now())

    results = at_once(*[claiming(slot, person) for person in people])

    slot.refresh_from_db()
    assert sum(isinstance(result, Claim) for result in results) == 1 == Claim.objects.accepted().count()
    assert all(isinstance(result, (Claim, SlotUnavailable)) for result in results)
    assert (slot.taken, slot.covering, Claim.objects.get(person=bo).state) == (1, 0, "released")
    assert Notice.objects.filter(kind="cover_found").count() == 1


def test_giving_back_while_somebody_takes_over_leaves_nobody_in_both(ada, olga, bo):
    street = make_circle(olga, ada, bo)
    people = crowd(street, olga, 4)
    for _ in range(5):
        slot = ask(ada, street, in_days=9).slots.get()
        claim = slot.claim(by=bo, at=now())
        claim.look_for_cover(by=bo, at=now())

        results = at_once(
            lambda claim=claim: (
                Claim.objects.select_related("slot__help_request__circle", "person")
                .get(pk=claim.pk)
                .release(by=bo, at=now())
            ),
            *[claiming(slot, person, even_if_clashing=True) for person in people],
        )

        slot.refresh_from_db()
        assert (
            (slot.taken, slot.covering) == (Claim.objects.accepted().filter(slot=slot).count(), 0) == (1, 0)
        )
        assert all(result is None or isinstance(result, (Claim, SlotUnavailable)) for result in results)


def test_standbys_who_say_yes_at_once_are_one_helper(ada, olga, bo):
    street = make_circle(olga, ada, bo)
    people = crowd(street, olga, 5)
    slot = ask(ada, street).slots.get()
    calls = [
        StandbyCall.objects.create(
            slot=slot, person=person, starts_at=slot.starts_at, asked_at=now(), answer_by=now() + HOUR
        )
        for person in people
    ]

    results = at_once(
        *[
            lambda pk=call.pk: (
                StandbyCall.objects.select_related("slot__help_request__circle", "person")
                .get(pk=pk)
                .say_yes(at=now())
            )
            for call in calls
        ]
    )

    assert sum(isinstance(result, Claim) for result in results) == 1 == Claim.objects.accepted().count()
    assert all(isinstance(result, (Claim, SlotUnavailable)) for result in results)
    assert StandbyCall.objects.filter(yes_at__isnull=False).count() == 1


def test_no_offer_waits_on_what_was_closed_meanwhile(ada, olga):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 6)

    for _ in range(5):
        help_request = ask_for_company(ada, street)
        slot = help_request.slots.get()
        close = lambda pk=help_request.pk: HelpRequest.objects.get(pk=pk).close(by=ada, at=now())  # noqa: E731
        results = at_once(close, *[claiming(slot, person) for person in people])

        assert unexpected(results) == []
        assert not slot.claims.waiting().exists()
