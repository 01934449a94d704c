"""Every form that shows what is stored carries what its reader saw, so that an older tab undoes nothing."""

import re
from urllib.parse import urlsplit

import pytest
from django.db import transaction

from supportnet.panel.admin import organizers
from tests.fuzz.finding import address_of
from tests.fuzz.forms import TYPED, forms_of
from tests.house.test_permissions import THINGS, World, lines, path_to

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# One of them is in every such form: digests of all fields, the row's version, the stamp of a consent, the time known.
STAMPS = {"seen", "version", "stamp", "known"}
# What stands in these is a suggestion or says what to look for; nothing is stored that an older tab could undo.
MAKES = {
    "request_new_kind": "something new, with a key of its own",
    "request_times": "one more time, at first like the last one",
    "slot_sign_up": "a new promise, at first of one who comes alone",
    "slot_claim": "a new promise, at first of one who comes alone",
    "circle_new": "something new, with a key of its own",
    "welcome": "the first page, once",
    "circle_link": "a new link, with a key of its own",
    "circle_invite": "a new invitation, with a key of its own",
}

# Whoever presses there says yes to a time.
ABOUT_A_TIME = {"slot_claim", "claim_accept", "standby_call", "slot_sign_up"}


# Actions of a list carry what was seen of each row: "seen-7".
ROW = re.compile(r"seen-\d+")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def shows_what_is_stored(form):
    """Whether something typed or chosen stands in it already; a choice by itself is what one presses."""
    shown = [field for field in form.fields.values() if field.kind in TYPED or field.kind == "select"]
    return len(shown) > 1 and any(value for field in shown for value in field.values)


@pytest.mark.parametrize("role", ["claimer", "asker", "keeper"])
def test_every_form_that_shows_what_is_stored_says_what_its_reader_saw(world, role, _plain_static_files):
    found, without = 0, []
    for name, looking, _doing in lines():
        if looking.get(role) != "200" or name in MAKES:
            continue
        path = path_to(world, name, role)
        for form in forms_of(world.client(role).get(path), path):
            if shows_what_is_stored(form):
                found += 1
                without += [] if STAMPS & set(form.fields) else [(name, form.action, list(form.fields))]
    assert found >= 2
    assert sorted({(name, tuple(fields)) for name, _action, fields in without}) == []


def test_whoever_says_yes_to_a_time_says_which(world, _plain_static_files):
    met, without = set(), []
    for role in ("member", "claimer", "asker", "keeper"):
        for name, looking, _doing in lines():
            if looking.get(role) != "200":
                continue
            path = path_to(world, name, role)
            for form in forms_of(world.client(role).get(path), path):
                if (where := address_of(form.action)) in ABOUT_A_TIME:
                    met.add(where)
                    without += [] if "seen" in form.fields else [(name, role, form.action)]
    # The other two wait for an offer and for a call (`tests/requests/views/test_older_tabs.py`).
    assert met >= {"slot_claim", "slot_sign_up"}
    assert without == []


@pytest.mark.parametrize("role", ["keeper", "staff"])
def test_every_button_of_the_panel_says_what_its_reader_saw(world, role, _plain_static_files):
    client, without, found = world.client(role), [], 0
    for path in pages_of_the_panel(world, role):
        for form in forms_of(client.get(path), path):
            if urlsplit(form.action).path.startswith(("/organize/", "/admin/")):
                found += 1
                said = STAMPS & set(form.fields) or any(map(ROW.fullmatch, form.fields))
                without += (
                    []
                    if said or set(form.fields) <= {"csrfmiddlewaretoken", "action"}
                    else [(path, form.action)]
                )

    assert found > {"keeper": 20, "staff": 1}[role]
    assert without == []


def pages_of_the_panel(world, role):
    """The panel's and the staff's pages that the role may look at, and the page before each verb that can be done."""
    for name, looking, _doing in lines():
        if name.startswith(("organize", "admin")) and looking[role] == "200":
            yield path_to(world, name, role)
    for model, page in organizers._registry.items() if role == "keeper" else ():
        row = getattr(world, THINGS.get(model._meta.model_name, model._meta.model_name))
        yield from (page.verb_url(row, verb.name) for verb in page.verbs if verb.when(row))
