"""The permission table: every address of the house, and what it answers to whom. A new one fails until listed.

Who comes, in the order of the columns:
anonymous; a stranger, in no circle; the keeper of another circle; somebody who asked to join and waits;
a member; the claimer, who promised to help; the asker; the keeper of the circle; the installation's staff.

What they get: a status, `door` (to sign-in) or `go` (led on to another page). Two words are for anonymous and
for everybody else. Left of the bar stands what looking gets, right of it what doing gets (POST without any
fields, so that 422 says "you may, but fill it in"); without a right side, doing is refused or like looking.
"""

import re
from contextlib import contextmanager
from itertools import product

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from circles.models import JournalEntry, Person
from requests.models import HelpRequest
from supportnet.notices import kinds, unsubscribing
from tests import cast

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "stranger", "other", "waiting", "member", "claimer", "asker", "keeper", "staff")

TABLE = """
# name                      anon stra othe wait memb clai aske keep staf   anon stra othe wait memb clai aske keep staf

# People
home                        200  200
me                          door 200                                     | door 422
welcome                     door 200                                     | door 422
notices                     door 200                                     | door go
unsubscribe                 200  200                                     | 200  200

# Circles
circles                     door 200
circle_new                  door 200                                     | door 422
join                        200  200  200  go   go   go   go   go   200  | 200  go
circle                      door 404  404  200  200  200  200  200  404
circle_edit                 door 404  404  200  403  403  403  200  404  | door 404  404  200  403  403  403  422  404
circle_hears                405                                          | door 404  404  200  422  422  422  422  404
circle_leave                door 404  404  200  200  200  200  200  404  | door 404  404  200  go   go   go   422  404
circle_members              door 404  404  200  200  200  200  200  404
circle_invite               door 404  404  200  403  403  403  200  404  | door 404  404  200  403  403  403  422  404
circle_link                 door 404  404  200  403  403  403  200  404  | door 404  404  200  403  403  403  422  404
circle_invitations          door 404  404  200  403  403  403  200  404
invitation_revoke           405                                          | door 404  404  200  403  403  403  go   404
member_admit                405                                          | door 404  404  200  403  403  403  go   404
member_decline              405                                          | door 404  404  200  403  403  403  go   404
member_remove               405                                          | door 404  404  200  403  403  403  go   404
member_place                405                                          | door 404  404  200  403  403  403  404  404
member_keeper               405                                          | door 404  404  200  403  403  403  go   404
member_member               405                                          | door 404  404  200  403  403  403  go   404

# Requests
requests                    door 200

# The way in, by mailed code
account_request_login_code  200  go                                      | 422  go
account_confirm_login_code  door go                                      | door go
accounts/login/             door door                                    | door door
accounts/signup/            door door                                    | door door

# The house
healthz                     200  200
readyz                      503  503
mailbox                     200  200
mailbox_message             404  404
mailbox_html                404  404
mailbox_attachment          404  404
"""

# Whoever has no session reaches these, and nothing else without the door.
OPEN_TO_ALL = {
    *("home", "join", "unsubscribe", "healthz", "readyz"),
    *("account_request_login_code", "account_confirm_login_code"),
    *(
        "mailbox",
        "mailbox_message",
        "mailbox_html",
        "mailbox_attachment",
    ),  # embedded, and on this machine only
}
# What looking may write, and why.
WRITES_ANYWHERE = {"django_session"}  # messages that were shown are taken out
WRITES = {}


class World:
    """One of everything, with somebody in every role."""

    def __init__(self):
        self.people = {role: cast.make_person(role.title()) for role in ROLES[1:]}
        self.__dict__.update(self.people)
        Person.objects.filter(pk=self.staff.pk).update(is_staff=True, is_superuser=True)
        self.circle = cast.make_circle(self.keeper, self.member, self.claimer, self.asker)
        cast.make_circle(self.other, name="Elsewhere")
        self.waits = self.circle.ask_to_join(self.waiting, at=cast.now())
        self.membership = self.circle.memberships.get(person=self.member)
        self.invitation = self.circle.open_link(by=self.keeper, at=cast.now())
        self.help_request = cast.ask(self.asker, self.circle, capacity=2)
        self.slot = self.help_request.slots.get()
        self.claim = self.slot.claim(by=self.claimer, at=cast.now(), bringing="Soup")
        self.token = self.invitation.token
        self.unsubscribe = unsubscribing.path(kinds.find("wave_opened"), self.member, self.help_request)

    def client(self, role):
        """A browser in which `role` is signed in."""
        client = Client()
        if role != "anonymous":
            client.force_login(self.people[role], backend=settings.AUTHENTICATION_BACKENDS[0])
        return client


@pytest.fixture
def world(db):
    return World()


def addresses():
    """{name or route: route} of every address, as the resolver knows it."""
    found = {}

    def walk(patterns, route="", namespace=""):
        for pattern in patterns:
            here = route + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                found.setdefault(f"{namespace}{pattern.name}" if pattern.name else here, here)
            else:
                walk(pattern.url_patterns, here, f"{pattern.namespace}:" if pattern.namespace else namespace)

    walk(get_resolver().url_patterns)
    return found


def lines():
    """(name, answers to looking, answers to doing) of each line, both by role."""
    for line in TABLE.splitlines():
        if line.strip() and not line.startswith("#"):
            looking, _bar, doing = line.partition("|")
            names, *looking = looking.split()
            for name in _names(names):
                yield name, _by_role(looking), _by_role(doing.split()) if doing else None


def _names(names):
    """Every name that "a_{b,c}" stands for."""
    parts = [part.split(",") for part in re.split(r"[{}]", names)]
    return ["".join(parts) for parts in product(*parts)]


def _by_role(words):
    """{role: answer}; one word is for all, two are for anonymous and for everybody else."""
    return dict(zip(ROLES, words + [words[-1]] * (len(ROLES) - len(words)), strict=True))


# What stands in an address, by the first part of the route.
NUMBERS = {"circles": "circle", "requests": "help_request", "slots": "slot", "claims": "claim"}
# What some lines need instead of the usual; and fields, where none at all would say nothing.
INSTEAD = {
    "member_admit": {"membership_pk": "waits"},
    "member_decline": {"membership_pk": "waits"},
}
AS_ROUTES = {
    "account_reset_password_from_key": "accounts/password/reset/key/1-nothing/",
    "admin:app_list": "admin/account/",
    "admin/(?P<url>.*)$": "admin/nothing",
    "admin:view_on_site": "admin/r/1/1/",
}
FIELDS = {"member_place": {"ring": "2"}}
EVIL = "//evil.example/"


def path_to(world, name, **values):
    """The address, with `values` or else what is in the world."""
    route = AS_ROUTES.get(name) or addresses()[name]
    about = {"pk": NUMBERS.get(route.partition("/")[0], "help_request"), **INSTEAD.get(name, {})}

    def value(match):
        field = match[1]
        if field in values:
            return values[field]
        found = getattr(world, about.get(field, field.removesuffix("_pk")), "nobody-has-this")
        return str(getattr(found, "pk", found))

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, route)


def answer(response):
    """The status, or where it leads in a word."""
    if response.status_code not in (301, 302, 303):
        return str(response.status_code)
    doors = (reverse(settings.LOGIN_URL), reverse("account_login"), reverse("admin:login"))
    return "door" if response.url.startswith(doors) else "go"


@contextmanager
def only_tried():
    """Whatever happens inside has not happened."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def written():
    """The tables that are written to meanwhile."""
    tables = []

    def look(execute, sql, params, many, context):
        if found := re.match(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', sql):
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables


def test_every_address_stands_in_the_table():
    assert sorted(addresses()) == sorted(name for name, _, _ in lines())


def test_who_has_no_session_meets_the_door():
    beyond = {name for name, looking, _ in lines() if looking["anonymous"] not in ("door", "404", "405")}

    assert beyond == OPEN_TO_ALL


@pytest.mark.parametrize(("name", "looking", "doing"), list(lines()), ids=[name for name, *_ in lines()])
def test_everybody_gets_what_the_table_says(world, name, looking, doing):
    path, fields = path_to(world, name), FIELDS.get(name, {})
    looked, done, wrote = {}, {}, {}
    for role in ROLES:
        with only_tried(), written() as tables:
            client = world.client(role)
            tables.clear()
            looked[role] = answer(client.get(path))
            client.head(path)
            wrote[role] = set(tables) - WRITES.get(name, WRITES_ANYWHERE)
        with only_tried(), written() as tables:
            client = world.client(role)
            tables.clear()
            done[role] = answer(client.post(path, fields))
            if doing is None and not tables and done[role] in ("405", looked[role]):
                done[role] = None

    assert looked == looking
    assert done == (doing or dict.fromkeys(ROLES))
    assert wrote == dict.fromkeys(ROLES, set())
