"""On PostgreSQL run those tests that ask it something new; which these are is read from what was asked on SQLite."""

from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction

from circles.models import Person
from tests.statements import ENOUGH, Statements, enough


def test_of_many_that_ask_the_same_there_stay_enough():
    known = {f"test {number}": [1, ["a", "b"]] for number in range(9)}

    assert len(enough(known)) == ENOUGH


def test_whoever_asks_what_nobody_else_asks_stays():
    known = {f"test {number}": [1, ["a", "b"]] for number in range(9)}
    known["slow"] = [90, ["a", "b", "c"]]

    assert "slow" in enough(known)


def test_whoever_asks_nothing_leaves():
    assert enough({"words": [1, []]}) == set()


def test_all_that_is_asked_is_still_asked_often_enough():
    known = {
        f"test {number}": [number % 7, [str(number % divisor) + f"/{divisor}" for divisor in (2, 3, 5)]]
        for number in range(60)
    }

    stay = enough(known)

    asked, still = (Counter(one for name in by for one in known[name][1]) for by in (known, stay))
    assert {one for one in asked if still[one] < min(ENOUGH, asked[one])} == set()
    assert len(stay) < len(known) / 2


@pytest.fixture
def note(db):
    """What `ask()` asks."""

    def note(ask):
        statements = Statements()
        statements.asked, statements.test = set(), "this"
        connection.execute_wrappers.insert(0, statements.see)
        try:
            ask()
        finally:
            connection.execute_wrappers.remove(statements.see)
        return statements.asked

    return note


def test_values_are_no_news(note):
    assert note(lambda: list(Person.objects.filter(pk__in=[1, 2]))) == note(
        lambda: list(Person.objects.filter(pk__in=[3, 4, 5]))
    )


def test_another_statement_is_news(note):
    assert note(lambda: list(Person.objects.filter(pk=1))) != note(
        lambda: list(Person.objects.filter(name="1"))
    )


def test_so_is_the_same_from_another_function_of_ours(note, ada):
    ours = note(lambda: Person.objects.get_by_natural_key(ada.email))

    assert len(ours) == 1
    assert ours != note(lambda: Person.objects.get(email=ada.email))


def test_so_is_an_error(note, ada):
    def twice():
        with transaction.atomic():
            Person.objects.create_user(ada.email, name="Ada")

    def refused():
        with pytest.raises(IntegrityError):
            twice()

    assert len(note(refused) - note(lambda: Person.objects.create_user("zed@example.org", name="Ada"))) == 1
