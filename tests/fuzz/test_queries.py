"""Every address of ours, looked at by everybody, with a query string that no page of ours would ask for."""

from urllib.parse import urlencode

import pytest

from tests.fuzz.answers import faults_of
from tests.fuzz.values import STRANGE
from tests.house.test_permissions import EVERYBODY, addresses, only_tried, path_to, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]
# What our pages and Django's own read from the query.
KEYS = (
    "next",
    "after",
    "id",
    "kind",
    "category",
    "circle",
    "month",
    "day",
    "page",
    "p",
    "o",
    "q",
    "e",
    "all",
    "from",
)
# Not ready is its answer here, where nothing runs behind the pages.
EXCEPT = {"readyz"}


def test_no_query_string_breaks_a_page(walk, world):  # noqa: F811
    names = sorted(set(addresses()) - EXCEPT)
    while walk.goes_on:
        name, role = walk.random.choice(names), walk.random.choice(EVERYBODY)
        query = {key: walk.random.choice(STRANGE) for key in walk.random.sample(KEYS, 3)}
        with only_tried():
            client, path = world.client(role), f"{path_to(world, name, role)}?{typed(query)}"
            _response, faults = faults_of(lambda client=client, path=path: client.get(path))
        walk.count("queries")
        walk.found(*((name, role, query, fault) for fault in faults))

    walk.shows_nothing()


def typed(query):
    """A query string, lone surrogates as some clients send them."""
    return urlencode({key: value.encode("utf-8", "surrogatepass") for key, value in query.items()})
