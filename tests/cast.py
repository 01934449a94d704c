"""The cast is the permission model: ada asks, bo helps, olga organizes, mallory is outside.

Factories are boring: valid and minimal. A state is reached by the verb, not by setting columns.
"""

import datetime as dt

import pytest
from django.utils import timezone

from circles.models import Circle, CircleKind, Person, Ring
from requests.catalogue import Category, RequestKind
from requests.models import HelpRequest
from tests.memory import remembered

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def now():
    """The present moment, for verbs that ask for one."""
    return timezone.now()


@remembered
def make_person(name, **fields):
    """A person past the door: verified and welcomed."""
    fields = {"time_zone": "Europe/Lisbon", "verified_at": now(), "welcomed_at": now(), **fields}
    return Person.objects.create_user(f"{name.lower()}@example.org", name=name, **fields)


@remembered
def make_circle(keeper, *members, name="Our street", kind=CircleKind.COMMUNITY, **fields):
    """A circle kept by `keeper`, with `members` in the ring "everyone"."""
    fields = {"time_zone": "Europe/Lisbon", **fields}
    circle = Circle.objects.start(by=keeper, kind=kind, name=name, at=now(), **fields)
    for member in members:
        join(circle, member, by=keeper)
    return circle


@remembered
def join(circle, person, *, by, ring=Ring.EVERYONE):
    """Let `person` ask, and the keeper `by` say yes; returns the membership."""
    membership = circle.ask_to_join(person, at=now())
    membership.admit(by=by, at=now())
    if ring != Ring.EVERYONE:
        membership.place(ring, by=by, at=now())
    return membership


@remembered
def draft(asker, circle, **fields):
    """A draft of a practical request, unless `fields` say otherwise, with no times yet."""
    fields = {
        "kind": RequestKind.INSTRUMENTAL,
        "category": Category.MEAL,
        "title": "Supper for four",
        "address": "12 Lime Street",
        "area": "Old town",
        "phone": "+351 555 0101",
        **fields,
    }
    return HelpRequest.objects.draft(by=asker, circle=circle, at=now(), **fields)


@remembered
def ask(asker, circle, *, in_days=3, hours=1, capacity=1, up_to=Ring.EVERYONE, **fields):
    """A published practical request with one slot `in_days` from now."""
    help_request = draft(asker, circle, **fields)
    starts_at = (now() + in_days * DAY).replace(microsecond=0)
    help_request.set_times(
        timing="once", starts_at=starts_at, ends_at=starts_at + hours * HOUR, capacity=capacity, at=now()
    )
    help_request.publish(by=asker, at=now(), up_to=up_to)
    return help_request


@remembered
def ask_for_company(asker, circle, *, up_to=Ring.EVERYONE, **fields):
    """A published emotional request "whenever suits"."""
    fields = {
        "kind": RequestKind.EMOTIONAL,
        "category": Category.WALK,
        "title": "A walk by the river",
        **fields,
    }
    help_request = draft(asker, circle, **fields)
    help_request.set_times(timing="whenever", at=now())
    help_request.publish(by=asker, at=now(), up_to=up_to)
    return help_request


@remembered
def ask_for_advice(asker, circle, **fields):
    """A published question."""
    fields = {
        "kind": RequestKind.INFORMATIONAL,
        "category": Category.QUESTION,
        "title": "How did you choose a care home?",
        **fields,
    }
    help_request = draft(asker, circle, **fields)
    help_request.set_times(timing="none", at=now())
    help_request.publish(by=asker, at=now())
    return help_request


@pytest.fixture
def ada(db):
    """Asks."""
    return make_person("Ada")


@pytest.fixture
def bo(db):
    """Helps."""
    return make_person("Bo")


@pytest.fixture
def olga(db):
    """Organizes."""
    return make_person("Olga")


@pytest.fixture
def mallory(db):
    """Is outside: a member of another circle."""
    return make_person("Mallory")


@pytest.fixture
def street(olga, ada, bo):
    """A community circle: olga keeps it, ada and bo are members."""
    return make_circle(olga, ada, bo)


@pytest.fixture
def elsewhere(mallory):
    """Mallory's own circle."""
    return make_circle(mallory, name="Elsewhere")


@pytest.fixture
def supper(ada, street):
    """Ada's request with one slot in three days."""
    return ask(ada, street)


@pytest.fixture
def slot(supper):
    """The one slot of `supper`."""
    return supper.slots.get()
