"""The ladder, rung by rung: who sees which private field, and until which moment."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from circles.models import Block, NobodyAsked, Ring
from requests.catalogue import Reach
from requests.models import HelpRequest, Slot
from requests.views.access import annotations
from requests.visibility import policies
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db
FILLED = {
    "address": "12 Lime Street",
    "way_in": "The green door",
    "phone": "+351 555 0101",
    "medical_note": "Uses a walking frame",
    "children": "Mia and Tom",
    "away": "Mondays",
}
ALL = set(FILLED)
MOMENT = dt.timedelta(microseconds=1)


@pytest.fixture
def asked(ada, street):
    """Ada's request with every private field filled in, seen by everyone in the street."""
    return ask(ada, street, **FILLED)


def seen(person, help_request, *, at=None):
    """The private fields that `person` may see; asked of a fresh row, and of one fetched as pages do."""
    at = at or now()
    fresh = HelpRequest.objects.get(pk=help_request.pk)
    fetched = HelpRequest.objects.annotate(**annotations(person, at=at)).get(pk=help_request.pk)
    answers = [policies.ladder(person, one, at=at) for one in (fresh, fetched)]
    assert answers[0] == answers[1]
    assert all(answers[0][field] == FILLED[field] for field in answers[0])
    return set(answers[0])


def reach(help_request, **reaches):
    """Say who sees what."""
    HelpRequest.objects.filter(pk=help_request.pk).update(reaches=reaches)


# Those who come ----------------------------------------------------------------------------------------------


def test_before_a_promise_only_whoever_asks_and_the_keepers_see_it(asked, ada, bo, olga, mallory, elsewhere):
    assert [seen(person, asked) for person in (ada, olga, bo, mallory)] == [ALL, ALL, set(), set()]


def test_whoever_posted_it_for_somebody_sees_it_too(ada, bo, street):
    asked = draft(bo, street, **FILLED)
    asked.set_times(timing="whenever", at=now())
    asked.publish(by=bo, at=now())
    HelpRequest.objects.filter(pk=asked.pk).update(asker=ada)

    assert [seen(person, asked) for person in (ada, bo)] == [ALL, ALL]


def test_a_promise_shows_it_until_24_hours_after_the_end_and_not_a_moment_longer(asked, bo):
    slot = asked.slots.get()
    slot.claim(by=bo, at=now())
    over = slot.ends_at + DAY

    assert [seen(bo, asked, at=at) for at in (now(), slot.ends_at, over - MOMENT)] == [ALL, ALL, ALL]
    assert [seen(bo, asked, at=at) for at in (over, over + MOMENT, over + 365 * DAY)] == [set()] * 3


def test_any_time_before_a_day_counts_from_that_day(ada, bo, street):
    asked = draft(ada, street, **FILLED)
    ends_at = now() + 2 * DAY
    asked.set_times(timing="before", ends_at=ends_at, at=now())
    asked.publish(by=ada, at=now())
    asked.slots.get().claim(by=bo, at=now())

    assert seen(bo, asked, at=ends_at + DAY - MOMENT) == ALL
    assert seen(bo, asked, at=ends_at + DAY) == set()


@pytest.mark.parametrize("how", ["closed", "it happened"])
def test_without_an_end_it_counts_from_what_ended_it(how, ada, bo, street):
    walk = ask_for_company(ada, street, **FILLED)
    claim = walk.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())
    assert seen(bo, walk, at=now() + 300 * DAY) == ALL
    at = now() + 3 * DAY

    walk.close(by=ada, at=at) if how == "closed" else claim.say_it_happened(True, at=at)

    assert [seen(bo, walk, at=at + when) for when in (DAY - MOMENT, DAY)] == [ALL, set()]


@pytest.mark.parametrize("end", ["release", "cancel", "call off", "cancel all"])
def test_a_promise_that_ended_shows_nothing_any_more(end, asked, ada, bo):
    slot = asked.slots.get()
    claim = slot.claim(by=bo, at=now())
    ends = {
        "release": lambda: claim.release(by=bo, at=now()),
        "cancel": lambda: claim.cancel(by=ada, at=now()),
        "call off": lambda: slot.cancel(by=ada, at=now()),
        "cancel all": lambda: asked.cancel(by=ada, at=now()),
    }

    ends[end]()

    assert seen(bo, asked) == set()


def test_an_offer_shows_nothing_before_the_yes_nor_after_a_no(ada, bo, olga, street):
    walk = ask_for_company(ada, street, **FILLED)
    walk.slots.get().resize(2, by=ada, at=now())
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    claims = {person: walk.slots.get().claim(by=person, at=now()) for person in (bo, cleo)}
    assert [seen(person, walk) for person in (bo, cleo)] == [set(), set()]

    claims[bo].accept(by=ada, at=now())
    claims[cleo].decline(by=ada, at=now())

    assert [seen(person, walk) for person in (bo, cleo)] == [ALL, set()]


def test_one_promise_of_two_is_enough(asked, ada, bo):
    first = asked.slots.get()
    second = asked.add_slot(
        by=ada, at=now(), starts_at=first.starts_at + 7 * DAY, ends_at=first.ends_at + 7 * DAY
    )
    claims = [slot.claim(by=bo, at=now()) for slot in (first, second)]

    claims[0].release(by=bo, at=now())

    assert seen(bo, asked, at=first.ends_at + 2 * DAY) == ALL


# Who never does ----------------------------------------------------------------------------------------------


def membership(circle, person):
    return circle.memberships.get(person=person)


@pytest.mark.parametrize("how", ["leave", "remove"])
def test_who_left_sees_nothing_of_what_they_did_there(how, asked, street, bo, olga):
    slot = asked.slots.get()
    slot.claim(by=bo, at=now())
    after = slot.ends_at + HOUR
    assert seen(bo, asked, at=after) == ALL

    theirs = membership(street, bo)
    theirs.leave(at=after) if how == "leave" else theirs.remove(by=olga, at=after)

    assert seen(bo, asked, at=after) == set()


def test_who_helps_from_another_circle_that_was_asked_sees_it_while_they_are_in_it(asked, ada, street):
    cleo, choir = make_person("Cleo"), make_circle(ada, name="Choir")
    theirs = join(choir, cleo, by=ada)
    asked.ask_more(by=ada, at=now(), circle=choir)
    asked.slots.get().claim(by=cleo, at=now())
    assert seen(cleo, asked) == ALL

    theirs.leave(at=now())

    assert seen(cleo, asked) == set()


@pytest.mark.parametrize("reaches", [{}, dict.fromkeys(FILLED, "everyone")])
def test_whom_a_keeper_excludes_sees_nothing_not_even_of_what_they_promised(reaches, asked, street, bo, olga):
    asked.slots.get().claim(by=bo, at=now())
    reach(asked, **reaches)
    assert seen(bo, asked) == ALL

    membership(street, bo).exclude(by=olga, at=now())

    assert seen(bo, asked) == set()


@pytest.mark.parametrize("who", ["ada", "other"])
def test_who_is_parted_by_a_block_sees_nothing_not_even_as_a_keeper(who, asked, ada, bo, olga, street):
    reach(asked, **dict.fromkeys(FILLED, "everyone"))
    assert [seen(person, asked) for person in (bo, olga)] == [ALL, ALL]

    for person in (bo, olga):
        one, other = (ada, person) if who == "ada" else (person, ada)
        Block.objects.make(by=one, whom=other, at=now())

    assert [seen(person, asked) for person in (bo, olga, ada)] == [set(), set(), ALL]
    assert [policies.may_edit(person, asked, at=now()) for person in (bo, olga, ada)] == [False, False, True]


def test_a_draft_is_nobodys_to_see(ada, bo, olga, street):
    put_down = draft(ada, street, **FILLED, reaches=dict.fromkeys(FILLED, "everyone"))

    assert [seen(person, put_down) for person in (ada, bo, olga)] == [ALL, set(), set()]


# How far -----------------------------------------------------------------------------------------------------


@pytest.fixture
def near(olga, street):
    """{ring: somebody in it} of the street."""
    people = {ring: make_person(ring.name.title()) for ring in Ring}
    for ring, person in people.items():
        join(street, person, by=olga, ring=ring)
    return people


@pytest.mark.parametrize(
    ("said", "sees"),
    [
        (Reach.KEEPERS, []),
        (Reach.HELPERS, []),
        (Reach.INNER, [Ring.INNER]),
        (Reach.CLOSE, [Ring.INNER, Ring.CLOSE]),
        (Reach.EVERYONE, [Ring.INNER, Ring.CLOSE, Ring.EVERYONE]),
    ],
)
@pytest.mark.parametrize("field", [field for field in FILLED if field != "way_in"])
def test_each_field_goes_as_far_as_it_was_said(field, said, sees, asked, near, olga):
    reach(asked, **{field: said})

    assert {ring: seen(person, asked) for ring, person in near.items()} == {
        ring: {field} if ring in sees else set() for ring in Ring
    }
    assert seen(olga, asked) == ALL


def test_the_way_in_goes_no_further_than_the_address(asked, near):
    everyone = near[Ring.EVERYONE]

    reach(asked, way_in="everyone")
    assert seen(everyone, asked) == set()
    reach(asked, way_in="everyone", address="everyone")
    assert seen(everyone, asked) == {"way_in", "address"}


def test_what_is_for_the_keepers_is_not_for_those_who_come(asked, bo):
    asked.slots.get().claim(by=bo, at=now())

    reach(asked, medical_note="keepers", address="keepers")

    assert seen(bo, asked) == ALL - {"medical_note", "address", "way_in"}


def test_rings_count_in_the_requests_own_circle_alone(asked, ada, bo):
    choir = make_circle(bo, name="Choir")
    cleo = make_person("Cleo")
    join(choir, cleo, by=bo, ring=Ring.INNER)
    asked.waves.create(circle=choir, ring=3, opens_at=now(), opened_at=now(), kind=asked.kind, sort_at=now())
    reach(asked, **dict.fromkeys(FILLED, "everyone"))

    assert seen(cleo, asked) == set()


@pytest.mark.parametrize("odd", ["", None, "all", "EVERYONE", 3, ["everyone"], {"everyone": True}, True])
def test_what_nobody_knows_is_those_who_come_and_never_more(odd, asked, bo, near):
    reach(asked, **dict.fromkeys(FILLED, odd))

    assert seen(near[Ring.INNER], asked) == set()
    asked.slots.get().claim(by=bo, at=now())
    assert seen(bo, asked) == ALL


@pytest.mark.parametrize("odd", [[], ["everyone"], "everyone", 7, {"adress": "everyone"}])
def test_reaches_that_are_none_are_those_who_come(odd, asked, bo):
    HelpRequest.objects.filter(pk=asked.pk).update(reaches=odd)

    assert seen(bo, asked) == set()


@pytest.mark.parametrize("said", ["inner", "close", "everyone"])
def test_what_is_asked_quietly_goes_no_further_than_those_who_come(said, ada, bo, near, street):
    walk = ask_for_company(ada, street, quietly=True, reaches=dict.fromkeys(FILLED, said), **FILLED)

    assert [seen(person, walk) for person in near.values()] == [set()] * 3
    walk.slots.get().claim(by=bo, at=now()).accept(by=ada, at=now())
    assert seen(bo, walk) == ALL


# Without a reader --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
@pytest.mark.parametrize("filled", [FILLED, dict.fromkeys(FILLED, "")])
def test_without_a_person_the_ladder_raises(nobody, filled, ada, street):
    asked = ask(ada, street, **filled, reaches=dict.fromkeys(FILLED, "everyone"))

    with pytest.raises(NobodyAsked):
        policies.ladder(nobody, asked, at=now())
    for may_see in policies.LADDER.values():
        with pytest.raises(NobodyAsked):
            may_see(nobody, asked, at=now())
    with pytest.raises(NobodyAsked):
        policies.keeps(nobody, asked)


def test_what_was_fetched_for_one_reader_is_never_taken_for_another(asked, bo, olga):
    fetched = HelpRequest.objects.annotate(**annotations(olga, at=now())).get(pk=asked.pk)

    assert policies.ladder(olga, fetched, at=now()) == FILLED
    assert policies.ladder(bo, fetched, at=now()) == {}
    assert not policies.keeps(bo, fetched)


def test_the_ladder_takes_two_queries_where_nothing_was_fetched(asked, bo, django_assert_max_num_queries):
    Slot.objects.get().claim(by=bo, at=now())
    fresh = HelpRequest.objects.get()

    with django_assert_max_num_queries(2):  # how they stand, and what they promised
        assert policies.ladder(bo, fresh, at=now()) == FILLED
