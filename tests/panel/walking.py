"""Every query string that somebody could try on a page of either admin site, read from the code; and two worlds.

A combination is (page, name, value). Most name a field to which relations lead from the page's model, and a lookup;
the others are Django's own (`o`, `p`, `_to_field`, `_facets` …), and the ones that each page really offers.
"""

from itertools import product
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db.models import ForeignObjectRel
from django.urls import reverse

from circles.models import Block, Person
from supportnet.panel.admin import organizers
from tests.cast import DAY, make_person, now

from .conftest import street_of

SITES = {"organize": organizers, "admin": admin.site}
# What hidden rows hold, and nothing else does: a name, a number and whatever begins like them.
WORDS = ("Quinn", "quinn@example.org", "+44 555", "Their street", "Spring Lane", "totp", "Shouts")
VALUES = ("1", "0", "a", "Q", "^(([a-zA-Z ])+)+!$", "%", "2026-01-01", *WORDS)
FORGED = {
    **dict.fromkeys(("_popup", "_facets", "e", "_saveasnew", "_preserved_filters", "page"), ("1", "")),
    "_to_field": ("id", "email", "password", "person__phone"),
    "_changelist_filters": ("q=a", "state=open", "asker__phone__startswith=%2B"),
    "o": ("99", "-99", "1.1.1.x", "asker__phone", "1__person", "+1", "1e1", "-", "1.", "³"),
    "p": ("0", "-1", "x", "1e3", "99999999999", "²"),
    "all": ("1", "x"),
    "term": ("Q",),
    "action": ("decline",),
}


def pages():
    """[(site, model admin)] of both sites."""
    return [(site, page) for site in SITES.values() for page in site._registry.values()]


def address(site, page, kind="changelist", *args):
    """Where it stands."""
    return reverse(f"{site.name}:{page.opts.app_label}_{page.opts.model_name}_{kind}", args=args)


def paths(model, depth=3, start=""):
    """(path, lookups) of each field of a model, and of what its relations lead to."""
    for field in model._meta.get_fields(include_hidden=True):
        is_reverse = isinstance(field, ForeignObjectRel)
        lookups = () if is_reverse else field.get_lookups()
        yield start + field.name, ("", "exact", "in", "isnull", "regex", "iregex", "startswith", *lookups)
        if depth > 1 and field.related_model:
            yield from paths(field.related_model, depth - 1, f"{start}{field.name}__")


def names(page, depth=3):
    """The name of each filter that a field makes to which relations lead."""
    for path, lookups in paths(page.model, depth):
        yield from (f"{path}__{lookup}" if lookup else path for lookup in dict.fromkeys(lookups))


def by_column(page, depth=3):
    """(name, value) for each field that relations lead to, as a filter."""
    yield from product(names(page, depth), VALUES)


def some_by_column(page, dice, number):
    """So many of `by_column`, by chance; of a million, so that no list of them is made."""
    all_names = list(names(page))
    chosen = dice.sample(range(len(all_names) * len(VALUES)), number)
    return [(all_names[one // len(VALUES)], VALUES[one % len(VALUES)]) for one in chosen]


def forged(page):
    """(name, value) of Django's own parameters, as nobody's browser sends them."""
    yield from ((name, value) for name, values in FORGED.items() for value in values)


def offered(page, request):
    """Queries that the page itself offers, each a dict: filters, columns, pages, and searches for what is hidden."""
    filters = page.filters_offer(request).items()
    filtered = [{name: value} for name, values in filters for value in sorted(values)]
    columns = range(1, len(page.get_list_display(request)) + 2)
    sorted_by = [{"o": f"{way}{number}"} for number in columns for way in ("", "-")]
    searched = [{"q": word} for word in (*WORDS, *(word[:1] for word in WORDS), "a", "")]
    return [{}, *filtered, *sorted_by, *searched, {"p": "1"}, {"p": "9"}, {"all": ""}]


def link(address, query):
    """An address with its query string."""
    return f"{address}?{urlencode(query, doseq=True)}"


def hide(ours):
    """What Olga and the staff's pages never show: another keeper's street, and what people keep to themselves."""
    theirs = street_of(make_person("Thea"), make_person("Quinn"), make_person("Rosa"), "Their street")
    members = [ours.helprequest.asker, ours.claim.person, ours.membership.person]
    secret = {"phone": "+44 555 0101", "address": "7 Spring Lane", "way_in": "Spring Lane", "area": "totp"}
    Person.objects.filter(pk__in=[person.pk for person in members]).update(
        password="totp$secret",
        most_a_month=3,
        digest_at="07:00",
        **secret,
    )
    Block.objects.create(by=members[1], whom=theirs.helprequest.asker, created_at=now())
    Session.objects.create(session_key="totp", session_data="secret", expire_date=now() + DAY)
    for person in members:
        person.emailaddress_set.create(email=f"quinn{person.pk}@example.org")
        person.authenticator_set.create(type="totp", data={"secret": "totp"})
