"""No query string of either admin site tells of a row, or a column, that its pages do not show.

A seeded sample of what `tests/fuzz/test_panel_queries.py` walks in full.
"""

import html
import random
import re
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from supportnet.notices.models import Heartbeat
from supportnet.panel.admin import organizers
from supportnet.panel.admin.queries import MOST_LETTERS, MOST_WORDS
from tests.cast import make_person, now

from . import walking
from .conftest import page, verb

PAGES = [pytest.param(*pair, id=f"{pair[0].name}-{pair[1].opts.model_name}") for pair in walking.pages()]
# From a circle that one keeps, to what the people in it never told anybody.
CHAINS = (
    "circle__memberships__person__memberships__circle__memberships__person__phone__startswith",
    "circle__memberships__person__password__startswith",
    "circle__memberships__person__authenticator__data__icontains",
    "circle__memberships__person__blocks__whom__name",
    "circle__help_requests__medical_note__contains",
    "circle__name__regex",
    "person__phone__startswith",
    "person__emailaddress__email__iregex",
    "reader__password__startswith",
    "logentry__user__password__contains",
    "state__regex",
    "ring__gte",
    "ring__exact__in",
    "circle__isnull",
    "circle__exact",
    "circle_id",
    "pk__in",
    "password",
)
LITERAL = re.compile(r"'[^']*'")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def readers(ours, olga):
    """Olga in her street's panel, and somebody of the staff: a signed-in browser for each site."""
    Heartbeat.objects.beat("beat", now())
    staff = make_person("Robin", is_staff=True, is_superuser=True)
    found = {}
    for name, person in (("organize", olga), ("admin", staff)):
        found[name] = Client()
        found[name].force_login(person)
        found[name].person = person
    return found


@contextmanager
def hidden(ours):
    """The same world, with more in it that no page shows Olga."""
    with transaction.atomic():
        walking.hide(ours)
        yield
        transaction.set_rollback(True)


def answer(browser, link):
    """What can be told from an answer: its status, where it leads, and every letter of it."""
    response = browser.get(link)
    return response.status_code, response.headers.get("Location"), TOKEN.sub("", response.content.decode())


def answers(browser, links):
    """The answer to each, with what was asked of the database."""
    for link in links:
        with CaptureQueriesContext(connection) as asked:
            told = answer(browser, link)
        yield link, told, tuple(LITERAL.sub("?", query["sql"]) for query in asked)


def sample(site, model_admin, dice, number):
    """So many links that nobody's browser makes, and the known chains."""
    columns = walking.some_by_column(model_admin, dice, number)
    chains = [(chain, value) for chain in CHAINS for value in ("+44", "^(([a-zA-Z ])+)+!$")]
    tried = [*columns, *chains, *walking.forged(model_admin)]
    return [walking.link(walking.address(site, model_admin), {name: value}) for name, value in tried]


@pytest.mark.parametrize(("site", "model_admin"), PAGES)
def test_what_a_page_does_not_offer_is_refused_without_a_look(readers, ours, site, model_admin):
    links = sample(site, model_admin, random.Random(8), 25)
    refused = answer(readers[site.name], walking.address(site, model_admin) + "?no-such-thing=1")

    for both in (False, True):
        with hidden(ours) if both else transaction.atomic():
            found = list(answers(readers[site.name], links))
            assert [link for link, told, _ in found if told != refused] == []
            assert len({asked for _, _, asked in found}) == 1


PANEL = [pytest.param(one, id=one.opts.model_name) for site, one in walking.pages() if site is organizers]
STAFF = [pytest.param(one, id=one.opts.model_name) for site, one in walking.pages() if site is not organizers]


@pytest.mark.parametrize("model_admin", PANEL)
def test_what_a_page_offers_tells_of_nothing_hidden(readers, ours, rf, olga, model_admin):
    browser, request = readers["organize"], rf.get("/")
    request.user = olga
    queries = walking.offered(model_admin, request)
    links = [walking.link(walking.address(organizers, model_admin), query) for query in queries]

    alone = [answer(browser, link) for link in links]
    with hidden(ours):
        beside = [answer(browser, link) for link in links]

    assert [link for link, one, other in zip(links, alone, beside, strict=True) if one != other] == []
    assert {status for status, *_ in alone} <= {200, 404}


@pytest.mark.parametrize(("site", "model_admin"), PAGES)
def test_what_a_page_offers_it_takes(readers, ours, rf, site, model_admin):
    browser, request = readers[site.name], rf.get("/")
    request.user = browser.person
    page = browser.get(walking.address(site, model_admin))

    links = set(re.findall(r'href="(\?[^"#]*)"', html.unescape(page.content.decode())))
    answers = {link: browser.get(walking.address(site, model_admin) + link).status_code for link in links}

    assert set(answers.values()) <= {200}, answers
    assert bool(links) == bool(model_admin.get_list_filter(request) or "sortable" in page.content.decode())


@pytest.mark.parametrize("model_admin", PANEL)
def test_a_search_looks_only_into_what_the_list_shows(model_admin):
    shown = set(model_admin.list_display)
    titles = {"what": {"help_request__title", "slot__help_request__title"}}
    searched = {path for path in model_admin.search_fields if path.removesuffix("__name") not in shown}

    assert searched <= set().union(*(titles.get(column, set()) for column in shown))


def test_the_staff_search_only_for_what_they_see():
    seen = {"name", "email", "reader__name", "reader__email"}

    for site, one in walking.pages():
        if site is not organizers:
            assert set(one.search_fields) <= seen, one


def test_a_search_is_for_a_few_words(as_olga, ours):
    for words in ("a " * (MOST_WORDS + 1), "a" * (MOST_LETTERS + 1)):
        response = as_olga.get(page("membership"), {"q": words})

        assert response.context["cl"].query == ""
        assert "at most" in response.content.decode()


def test_beyond_the_last_page_is_the_last_page(as_olga, ours):
    assert as_olga.get(page("membership"), {"p": "999999"}).status_code == 200


@pytest.mark.parametrize("name", ["autocomplete", "view_on_site"])
def test_no_site_completes_names_or_finds_rows_by_their_type(name):
    for site in walking.SITES:
        with pytest.raises(NoReverseMatch):
            reverse(f"{site}:{name}", args=(1, 1) if name == "view_on_site" else ())


@pytest.mark.parametrize("kind", ["change", "history", "delete"])
def test_the_other_pages_take_no_query_but_the_way_back(as_olga, ours, kind):
    there = page("helprequest", kind, ours.helprequest.pk)
    plain = as_olga.get(there).status_code

    for query in (
        "x=1",
        "_to_field=id",
        "_popup=1",
        "p=1",
        "_changelist_filters=asker__phone__startswith%3D1",
    ):
        assert as_olga.get(f"{there}?{query}").status_code == 404, query
    assert as_olga.get(f"{there}?_changelist_filters=state%3Dopen%26q%3Da").status_code == plain


def test_saving_answers_no_popup(as_olga, ours):
    there = page("helprequest", "change", ours.helprequest.pk)

    for forged in ({"_popup": "1"}, {"_to_field": "medical_note"}, {"_to_field": "id", "_popup": "1"}):
        assert as_olga.post(there, forged).status_code == 404
        assert as_olga.post(verb("helprequest", ours.helprequest, "close"), forged).status_code == 404


@pytest.mark.parametrize("chosen", ["x", "", "-1", "9" * 30, "1_0", "²"])
def test_odd_numbers_of_rows_choose_nothing(as_olga, ours, chosen):
    forged = {"action": "admit", "_selected_action": [chosen]}

    assert as_olga.post(page("membership"), forged).status_code == 404


def test_a_bulk_action_on_very_many_takes_the_first_and_says_so(as_olga, ours, olga, monkeypatch):
    monkeypatch.setattr("supportnet.panel.admin.scoped.MOST_AT_ONCE", 2)
    for number in range(3):
        ours.circle.ask_to_join(make_person(f"New{number}"), at=now())

    forged = {"action": "admit", "_selected_action": ["1"], "select_across": "1"}
    response = as_olga.post(page("membership") + "?state=waiting", forged, follow=True)

    assert ours.circle.memberships.waiting().count() == 2
    assert "Only the first 2" in response.content.decode()
