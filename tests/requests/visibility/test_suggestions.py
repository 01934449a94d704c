"""Whom to ask by name: those who like to, are free, and carry little; and nobody learns how much anybody carries."""

import pytest

from circles.models import Block, Ring
from requests.models import NotThisTime
from requests.visibility.suggestions import may_be_asked, suggested
from tests.cast import DAY, ask, ask_for_company, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def neighbours(street, olga):
    """Six members of the street; olga keeps it out of the way of the tests by taking a break."""
    olga.edit(at=now(), break_until=(now() + DAY).date())
    people = [make_person(name) for name in ("Cleo", "Dan", "Eve", "Finn", "Gus", "Hana")]
    for person in people:
        join(street, person, by=olga)
    return people


def names(about, category="meal", weekdays=(), *, by):
    """Who is suggested, best first."""
    found = suggested(about, category, weekdays, by=by, at=now())
    return [membership.person.name for membership in found]


def test_who_says_that_they_like_to_do_it_comes_first(ada, bo, street, neighbours):
    dan, eve = neighbours[1:3]
    dan.edit(at=now(), does=["ride", "meal"])
    eve.edit(at=now(), does=["ride"])

    assert names(street, "meal", by=ada)[0] == "Dan"
    assert "Eve" not in names(street, "meal", by=ada)
    assert set(names(street, "ride", by=ada)[:2]) == {"Dan", "Eve"}


def test_of_these_who_is_free_on_that_day_comes_first_and_other_days_last(ada, street, neighbours):
    cleo, dan = neighbours[:2]
    cleo.edit(at=now(), free_on=[1, 3])
    dan.edit(at=now(), free_on=[2])

    found = names(street, "meal", [3], by=ada)

    assert (found[0], found[-1]) == ("Cleo", "Dan")
    assert len(found) == 7


def test_then_who_has_promised_least_around_now(ada, bo, street, neighbours):
    cleo, dan, *others = neighbours
    for person in others:
        person.edit(at=now(), does=["ride"])
    ask(ada, street, in_days=2).slots.get().claim(by=cleo, at=now())
    ask(ada, street, in_days=60).slots.get().claim(by=dan, at=now())
    given_back = ask(ada, street, in_days=5).slots.get().claim(by=bo, at=now())
    given_back.release(by=bo, at=now())

    found = names(street, "meal", by=ada)

    assert set(found[:2]) == {"Bo", "Dan"}
    assert found[2] == "Cleo"


def test_what_has_no_time_counts_too(ada, bo, street, neighbours):
    for person in neighbours[1:]:
        person.edit(at=now(), does=["ride"])
    ask_for_company(ada, street).slots.get().claim(by=neighbours[0], at=now())

    assert names(street, "meal", by=ada) == ["Bo", "Cleo"]


def test_one_promise_more_or_less_is_not_told_by_the_order(ada, street, neighbours, bo):
    cleo, dan = neighbours[:2]
    for person in [bo, *neighbours[2:]]:
        person.edit(at=now(), does=["ride"])
    for days, person in ((2, cleo), (3, dan)):
        ask(ada, street, in_days=days).slots.get().claim(by=person, at=now())
    before = names(street, "meal", by=ada)

    for person in (cleo, dan):
        ask(ada, street, in_days=9).slots.get().claim(by=person, at=now())
        assert names(street, "meal", by=ada) == before


def test_the_order_is_the_same_for_one_request_and_another_for_the_next(ada, bo, street, neighbours):
    requests = [ask(ada, street, title=f"Supper {number}") for number in range(8)]

    orders = [tuple(names(about, by=ada)) for about in requests]

    assert orders == [tuple(names(about, by=ada)) for about in requests]
    assert len(set(orders)) > 1
    assert {frozenset(order) for order in orders} == {frozenset(orders[0])}


def test_nobody_is_suggested_who_rests_passed_lately_or_helps_as_often_as_they_wish(
    ada, bo, street, neighbours
):
    cleo, dan, eve, finn, gus, hana = neighbours
    cleo.edit(at=now(), break_until=now().date())
    dan.edit(at=now(), break_until=(now() - 2 * DAY).date())
    other = ask(ada, street)
    NotThisTime.objects.say(person=eve, help_request=other, at=now() - 13 * DAY)
    NotThisTime.objects.say(person=finn, help_request=other, at=now() - 15 * DAY)
    gus.edit(at=now(), most_a_month=1)
    hana.edit(at=now(), most_a_month=2)
    for person in (gus, hana):
        ask(ada, street, in_days=4).slots.get().claim(by=person, at=now())

    assert sorted(names(street, by=ada)) == ["Bo", "Dan", "Finn", "Hana"]


def test_only_those_may_be_asked_who_could_help(ada, bo, olga, street, neighbours, mallory, elsewhere):
    cleo, dan, eve, finn, gus, hana = neighbours
    Block.objects.make(by=ada, whom=cleo, at=now())
    Block.objects.make(by=dan, whom=ada, at=now())
    street.memberships.get(person=eve).exclude(by=olga, at=now())
    street.memberships.get(person=finn).remove(by=olga, at=now())
    type(gus).objects.filter(pk=gus.pk).update(is_active=False)
    street.ask_to_join(make_person("Waiting"), at=now())

    assert sorted(member.person.name for member in may_be_asked(street, by=ada)) == ["Bo", "Hana", "Olga"]
    assert names(elsewhere, by=mallory) == []


def test_who_was_asked_by_name_or_helps_already_is_not_offered_again(ada, bo, street, neighbours):
    cleo, dan = neighbours[:2]
    help_request = ask(ada, street, capacity=3)
    help_request.ask_more(by=ada, at=now(), people=[cleo])
    help_request.slots.get().claim(by=dan, at=now())

    left = {member.person.name for member in may_be_asked(help_request, by=ada)}

    assert left == {"Bo", "Olga", "Eve", "Finn", "Gus", "Hana"}


def test_how_near_somebody_stands_changes_nothing(ada, bo, olga, street, neighbours):
    before = names(street, "walk", by=ada)

    for person, ring in zip(neighbours, [Ring.INNER, Ring.CLOSE, *[Ring.EVERYONE] * 4], strict=True):
        street.memberships.get(person=person).place(ring, by=olga, at=now())

    assert names(street, "walk", by=ada) == before


@pytest.mark.parametrize("size", [1, 3, 20])
def test_it_is_one_query(size, ada, olga, django_assert_num_queries):
    circle = make_circle(olga, ada, *(make_person(f"Neighbour {number}") for number in range(size)))

    with django_assert_num_queries(1):
        found = [membership.person.name for membership in suggested(circle, "meal", [1], by=ada, at=now())]

    assert len(found) == size + 1
