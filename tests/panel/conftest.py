"""Olga keeps a street; a second keeper keeps another one in which the same things happen."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from circles.models import Report
from supportnet.notices.models import Notice
from tests.cast import ask, join, make_circle, make_person, now
from tests.memory import remembered


@remembered
def street_of(keeper, asker, helper, name):
    """A circle with one of everything that the panel shows."""
    circle = make_circle(keeper, asker, helper, name=name)
    help_request = ask(asker, circle, in_days=2, capacity=2)
    slot = help_request.slots.get()
    joiner = make_person(f"Joiner{circle.pk}")
    notice = Notice.objects.create(
        key=f"test:{circle.pk}",
        kind="join_accepted",
        reader=helper,
        cause_id=1,
        circle_id=circle.pk,
        created_at=now(),
        due_at=now(),
        try_at=now(),
        failed_at=now(),
        error="550 no such box",
        attempts=1,
    )
    report = Report.objects.make(
        circle=circle,
        reporter=asker,
        subject=circle.memberships.get(person=helper),
        about=helper,
        reason=f"Shouts in {name}",
        at=now(),
    )
    return SimpleNamespace(
        keeper=keeper,
        circle=circle,
        helprequest=help_request,
        slot=slot,
        claim=slot.claim(by=helper, at=now()),
        membership=circle.ask_to_join(joiner, at=now()),
        invitation=circle.open_link(by=keeper, at=now()),
        notice=notice,
        report=report,
        journalentry=circle.journal.order_by("pk").first(),
    )


@pytest.fixture
def ours(olga, ada, bo):
    """Olga's street."""
    return street_of(olga, ada, bo, "Our street")


@pytest.fixture
def theirs(mallory):
    """Mallory's street, of which Olga knows nothing."""
    return street_of(mallory, make_person("Quinn"), make_person("Rosa"), "Their street")


@pytest.fixture
def as_olga(request, client, olga):
    """A browser in which Olga is signed in."""
    # Signing in writes: what is remembered comes first.
    for name in sorted({"ours", "theirs"} & set(request.fixturenames)):
        request.getfixturevalue(name)
    client.force_login(olga)
    return client


APP = {"helprequest": "requests", "slot": "requests", "claim": "requests", "notice": "notices"}
PAGES = (
    *("circle", "membership", "invitation", "notice", "journalentry", "report"),
    *("helprequest", "slot", "claim"),
)


def page(name, kind="changelist", *args):
    """An address on the panel: page("slot", "change", 7)."""
    return reverse(f"organize:{APP.get(name, 'circles')}_{name}_{kind}", args=args)


def verb(name, obj, what):
    """The address at which a verb is done."""
    return page(name, "verb", obj.pk, what)


__all__ = ["APP", "PAGES", "join", "page", "verb"]
