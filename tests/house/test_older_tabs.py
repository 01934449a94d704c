"""Every form that shows what is stored carries what its reader saw, so that an older tab undoes nothing."""

import pytest
from django.db import transaction

from tests.fuzz.finding import address_of
from tests.fuzz.forms import TYPED, forms_of
from tests.house.test_permissions import World, lines, path_to

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
