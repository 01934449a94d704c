"""The permission table: every address of the house, and what it answers to whom. A new one fails until listed.

Who comes, in the order of the columns:
anonymous; a stranger, in no circle; the keeper of another circle; somebody who asked to join and waits;
a member; the claimer, who promised to help; the asker; the keeper of the circle; the installation's staff.

What they get: a status, `door` (to sign-in) or `go` (led on to another page). Two words are for anonymous and
for everybody else. Left of the bar stands what looking gets, right of it what doing gets (POST without any
fields, so that 422 says "you may, but fill it in"); without a right side, doing is not allowed (405).
"""

import re
from contextlib import ExitStack, contextmanager

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
    *("mailbox", "mailbox_message", "mailbox_html", "mailbox_attachment"),  # embedded, and on this machine only
}
# What looking may write, and why.
WRITES = {
    "django_session": "messages already shown are taken out",
}


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
            name, *looking = looking.split()
            yield name, _by_role(looking), _by_role(doing.split() or ["405"])


def _by_role(words):
    words = words * 2 if len(words) == 1 else words
    return dict(zip(ROLES, words + [words[-1]] * (len(ROLES) - len(words)), strict=True))
