"""Every form of every page, as each of the roles finds it."""

import time
from urllib.parse import urldefrag, urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.urls import Resolver404, resolve

from tests.fuzz.forms import forms_of
from tests.house.test_permissions import addresses, only_tried, path_to

# Between them they meet every form that there is; the others of the table see less or the same.
ROLES = ("anonymous", "other", "waiting", "member", "claimer", "asker", "keeper", "staff", "during")
# The way out stands on every page and says nothing about it.
EXCEPT = {"account_logout"}


@pytest.fixture
def fresh(world):
    """The world of the permission table, everybody in it signed in by a code a moment ago."""
    for key in world.sessions.values():
        session = SessionStore(key)
        session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
        session.save()
    return world


def found_forms(world, roles=ROLES, names=None):
    """{(the address' name, its fields, its buttons): [(role, form)]}; the same at another address is another."""
    found = {}
    for role in roles:
        client = world.client(role)
        for name in names or addresses():
            path = path_to(world, name, role)
            with only_tried():
                response = client.get(path)
            for form in forms_of(response, path):
                form.action = urldefrag(form.action)[0]
                shape = (address_of(form.action), tuple(form.fields), tuple(form.buttons))
                if shape[0] not in EXCEPT:
                    found.setdefault(shape, []).append((role, form))
    return found


def address_of(path):
    """The name or the route of the address."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return "nothing"
    return match.view_name or match.route
