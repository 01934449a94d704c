"""Each page of both admin sites with every field to which relations lead and every lookup, as a filter.

What a page does not offer is refused by a guard before any view; so the guard is asked here, for many of them a
millisecond, with the rows that would match and without. `tests/panel/test_queries.py` opens a sample of the pages.
"""

import pytest
from django.contrib.messages.storage.base import BaseStorage
from django.db import connection
from django.http import Http404
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.cast import make_person
from tests.panel import walking
from tests.panel.conftest import ours  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]


@pytest.fixture
def readers(ours, olga):  # noqa: F811
    """Who looks at each site."""
    return {"organize": olga, "admin": make_person("Robin", is_staff=True, is_superuser=True)}


def combinations(walk):
    """(site, page, name, value): all of them, each with one value, in an order by the seed."""
    for site, page in walk.shuffled(walking.pages()):
        for path, lookups in walking.paths(page.model, depth=3):
            for lookup in dict.fromkeys(lookups):
                name = f"{path}__{lookup}" if lookup else path
                yield site, page, name, walk.random.choice(walking.VALUES)
        yield from ((site, page, *one) for one in walking.forged(page))


def told(reader, site, page, query):
    """(status, number of queries) of one look at a list, without what stands around the view."""
    link = walking.link(walking.address(site, page), query)
    request = RequestFactory().get(link)
    request.user, request._messages = reader, BaseStorage(request)
    with CaptureQueriesContext(connection) as asked:
        try:
            status = resolve(request.path).func(request).status_code
        except Http404:
            status = 404
    return status, len(asked)


def is_own(page, reader, name, value, found):
    """Whether a filter of the page knows the name: then it offers the value, or looks up no more than its choices."""
    request = RequestFactory().get("/")
    request.user = reader
    values = page.filters_offer(request).get(name)
    return values is not None and (value in values or found == (404, 1))


def test_no_query_string_tells_of_a_hidden_row(walk, ours, readers):  # noqa: F811
    walking.hide(ours)
    refused = {site.name: told(readers[site.name], site, page, {"x": 1}) for site, page in walking.pages()}
    for site, page, name, value in walk.shuffled(combinations(walk)):
        if not walk.goes_on:
            break
        found = told(readers[site.name], site, page, {name: value})
        walk.count("combinations")
        if found != refused[site.name] and not is_own(page, readers[site.name], name, value, found):
            walk.found((site.name, page.opts.label, name, value, found))

    walk.shows_nothing()
