"""A world from memory is the world that the verbs made."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from circles.models import Circle, Person
from tests import cast
from tests.cast import now
from tests.memory import MEMORY, Memory, held

pytestmark = pytest.mark.django_db


@pytest.fixture
def memory(request):
    """An empty one, instead of that of this process."""
    MEMORY.end()
    if connection.vendor != "sqlite":
        pytest.skip("Keys begin anew on SQLite alone.")
    memory = Memory()
    memory.clock = request.config.clock
    yield memory
    memory.end()


def make(memory, factory, *told, **named):
    return memory.call(factory.__wrapped__, told, named)


def world(memory):
    """All rows after a street and a supper, and what the factories returned; in the end there is nothing."""
    memory.clock.set(memory.clock.begins)
    with transaction.atomic():
        memory.begin(memory.clock)
        people = [make(memory, cast.make_person, name) for name in ("Olga", "Ada", "Bo")]
        street = make(memory, cast.make_circle, *people)
        supper = make(memory, cast.ask, people[1], street, hours=2, title="Soup")
        memory.end()
        rows = {
            model: list(model._base_manager.order_by("pk").values())
            for model in apps.get_models()
            if model._meta.managed
        }
        transaction.set_rollback(True)
    return rows, [*people, street, supper]


def test_each_row_of_each_table_is_the_same(memory):
    rows, made = world(memory)
    again, made_again = world(memory)

    assert len(memory.kept) == 5
    assert len(rows[Person]) == 3 and len(rows[Circle]) == 1
    assert again == rows
    assert [held(row) for row in made_again] == [held(row) for row in made]


def test_what_was_made_from_a_row_holds_that_row_and_not_one_of_another_test(memory):
    drafts = []
    for _ in range(2):
        memory.clock.set(memory.clock.begins)
        with transaction.atomic():
            memory.begin(memory.clock)
            ada = make(memory, cast.make_person, "Ada")
            drafts.append((make(memory, cast.draft, ada, make(memory, cast.make_circle, ada)), ada))
            memory.end()
            transaction.set_rollback(True)

    assert len(memory.kept) == 3
    assert [draft.asker is ada for draft, ada in drafts] == [True, True]


def test_whoever_counts_queries_sees_those_of_the_verbs(memory):
    world(memory)
    memory.begin(memory.clock)

    with CaptureQueriesContext(connection) as queries:
        people = [make(memory, cast.make_person, name) for name in ("Olga", "Ada", "Bo")]
        make(memory, cast.make_circle, *people)

    assert sum(query["sql"].startswith("SELECT") for query in queries) > 3


def test_a_test_that_wrote_by_itself_makes_a_world_of_its_own(memory):
    memory.begin(memory.clock)
    Person.objects.create_user("zed@example.org", name="Zed")

    make(memory, cast.make_person, "Olga")

    assert not memory.is_on
    assert memory.kept == {}


def test_so_does_one_that_took_something_back(memory):
    memory.begin(memory.clock)
    make(memory, cast.make_person, "Olga")
    with transaction.atomic():
        make(memory, cast.make_person, "Ada")
        transaction.set_rollback(True)

    assert not memory.is_on


def test_the_clock_goes_forward_only(memory):
    memory.clock.set(memory.clock.begins)
    memory.begin(memory.clock)
    before = now()
    moments = []
    for name in ("Olga", "Ada"):
        person = make(memory, cast.make_person, name)
        moments += [person.verified_at, now()]

    assert [before, *moments] == sorted([before, *moments])
