"""The budgets that no noise can blur: how many queries a page makes, and which indexes answer them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from requests.models import HelpRequest
from requests.pages.open_requests import needs_of
from supportnet.notices import sweeps
from tests.cast import DAY, ask, make_person, now

from .plans import plans_of
from .world import LOOKERS, build, grow

BIG_TABLES = {f"Seq Scan on requests_{name}" for name in ("wave", "slot", "claim", "helprequest")}
SWEPT = {"wave_to_relist", "wave_to_open", "claim_to_remind", "claim_to_remind_again", "claim_to_follow_up"}


def queries_of(client, address):
    """How many queries a page makes once everything that is remembered is remembered."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    return len(seen)


@pytest.fixture
def helpers(street, olga):
    """Makes members of the street who hold claims."""

    def helpers(number):
        people = [make_person(f"Helper{count}") for count in range(number)]
        for person in people:
            street.ask_to_join(person, at=now()).admit(by=olga, at=now())
        return people

    return helpers


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_makes_one_query(rows, ada, bo, street, django_assert_num_queries):
    for _ in range(rows):
        ask(ada, street)

    with django_assert_num_queries(1):
        assert len(needs_of(bo, at=now())) == rows


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 30])
def test_home_makes_four_queries(rows, client, ada, bo, street):
    for _ in range(rows):
        ask(ada, street)
        ask(bo, street)
    client.force_login(bo)

    assert queries_of(client, reverse("home")) == 4


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("reader", ["bo", "olga"])
def test_a_circle_page_makes_at_most_six_queries(rows, reader, client, request, ada, street, helpers):
    helpers(rows)
    for _ in range(rows):
        ask(ada, street)
    client.force_login(request.getfixturevalue(reader))

    assert queries_of(client, reverse("circle", args=[street.pk])) <= 6


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("reader", ["ada", "bo", "olga"])
def test_a_request_page_makes_at_most_six_queries(rows, reader, client, request, ada, street, helpers):
    supper = ask(ada, street, capacity=rows)
    for person in helpers(rows):
        supper.slots.first().claim(by=person, at=now())
    for number in range(rows):
        supper.add_slot(by=ada, at=now(), starts_at=now() + number * DAY, ends_at=now() + (number + 1) * DAY)
    client.force_login(request.getfixturevalue(reader))

    assert queries_of(client, reverse("request", args=[supper.pk])) <= 6


@pytest.fixture
def world(transactional_db):
    """Twenty thousand requests with their slots and claims."""
    return grow(build(people=4000), requests=20_000)


@pytest.mark.postgres
def test_the_list_goes_by_its_index(world):
    for name in LOOKERS:
        person = world.looker(name)

        [plan] = plans_of(lambda person=person: needs_of(person, at=timezone.now()))

        assert "wave_open_in_circle alone" in plan
        assert not plan & BIG_TABLES


@pytest.mark.postgres
def test_who_sees_a_request_goes_by_its_indexes(world):
    seen = HelpRequest.objects.visible_to(world.looker("many"), at=timezone.now())

    [plan] = plans_of(lambda: seen.filter(pk=4000).first())

    assert "wave_of_help_request alone" in plan
    assert not plan & BIG_TABLES


@pytest.mark.postgres
def test_sweeps_go_by_their_partial_indexes(world):
    plans = plans_of(lambda: sweeps.run_all(timezone.now()))

    assert set().union(*plans) >= SWEPT
    assert not set().union(*plans) & BIG_TABLES
