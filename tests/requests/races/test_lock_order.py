"""People, slots, requests, promises: every verb holds them in this order, whatever it is asked and whoever presses.

The verbs are read from the models, so that the next one is tried as well.
"""

import datetime as dt
import inspect
from itertools import cycle

import pytest
from django.db import transaction

from circles.models import Block, Consent, Membership, Person, Ring
from requests.models import Claim, HelpRequest, Series, Slot, Standby, StandbyCall
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, join, make_circle, make_person, now

from .lock_order import recorded

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

MODELS = (HelpRequest, Slot, Series, Claim, StandbyCall, Membership, Consent, Person)
# What runs only inside a verb that holds the rows already.
INNER = {
    "begin", "end_with_slot", "let_go", "turn_down", "hand_over", "follow", "come_with", "call_off", "take", "refuse",
    "make_room", "settle", "ask_standbys", "close_calls", "let_be_who_can_not", "hide", "show_again", "leave_out",
    "relist", "publish_as_planned", "tell_of_handing_over", "tell_who_agreed", "let_them_be_called", "open_new_slots",
    "ask_about_more", "call", "be_let_be",
}  # fmt: skip


def verbs(model):
    """Names of the public methods that say when something happens, and by keyword alone."""
    for name, method in inspect.getmembers(model, inspect.isfunction):
        takes = inspect.signature(method).parameters
        ours = method.__module__.split(".")[0] in {"circles", "requests"}
        if ours and not name.startswith("_") and name not in INNER and "at" in takes:
            yield name


VERBS = [(model, name) for model in MODELS for name in verbs(model)]


@pytest.fixture
def world(ada, bo, olga):
    """Several of everything: promised, offered, covered, waiting for a standby; asked, closed and not asked yet."""
    street, other = make_circle(olga, ada, bo), make_circle(olga, ada, bo, name="The choir")
    cy, dee = make_person("Cy"), make_person("Dee")
    for person in (cy, dee):
        join(street, person, by=olga)
    supper = ask(ada, street, capacity=3)
    for days in (5, 4):
        starts_at = now() + days * DAY
        supper.add_slot(by=ada, at=now(), starts_at=starts_at, ends_at=starts_at + HOUR, capacity=2)
    for slot in supper.slots.order_by("-pk"):
        for person in (cy, bo):
            slot.claim(by=person, at=now(), even_if_clashing=True)
    first = supper.slots.order_by("pk").first()
    first.claims.get(person=cy).look_for_cover(by=cy, at=now())
    walk = ask_for_company(ada, street)
    walk.slots.get().claim(by=bo, at=now())
    Standby.objects.stand_by(person=dee, help_request=supper, at=now())
    first.claims.get(person=bo).release(by=bo, at=now())
    daily = draft(ada, street)
    days = {
        "starts_on": (now() + 2 * DAY).date(),
        "until": (now() + 4 * DAY).date(),
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
    }
    daily.set_times(timing="series", local_start=dt.time(18), minutes=60, at=now(), **days)
    daily.publish(by=ada, at=now())
    for slot in daily.slots.order_by("-pk"):
        slot.claim(by=bo, at=now(), even_if_clashing=True)
    closed = ask(ada, street)
    closed.close(by=ada, at=now())
    asked_for = Consent.objects.draft(name="Rosa", email="rosa@example.org", by=ada, at=now())
    theirs = draft(ada, street, consent=asked_for)
    theirs.set_times(timing="whenever", at=now())
    theirs.set_reach(starts=Ring.EVERYONE)
    draft(ada, street)
    return {"circle": other, "cy": cy, "street": street, "first": first}


def given(world, row, by):
    """A value for whatever a verb may ask for."""
    soon = now() + 2 * HOUR
    claims = list(Claim.objects.accepted().filter(slot=row)) if isinstance(row, Slot) else []
    return {
        "days": {"weekdays": [1, 3, 5, 7]}, "since": (now() + 3 * DAY).date(),
        "at": now(), "by": by, "to": world["first"], "person": world["cy"], "circle": world["circle"],
        "starts_at": soon, "ends_at": soon + HOUR, "capacity": 1, "let_go": claims, "because": "", "reason": "",
        "note": "", "minutes": 30, "local_start": dt.time(9), "all_day": False, "until": (now() + 9 * DAY).date(),
        "ring": Ring.INNER, "text": "Thank you", "happened": True, "party_size": 2, "even_if_clashing": True,
        "bringing": "", "people": [world["cy"]], "slots": list(Slot.objects.values_list("pk", flat=True)),
        "times": {"timing": "whenever"}, "timing": "whenever", "version": getattr(row, "version", 1),
        "title": "Something else", "was": "", "key": "k",
        "wishes": {}, "visit": {}, "plan_b": "", "fields": ["address"], "whom": None,
        "circles": [world["circle"]], "zone": world["street"].zone, "form_key": None, "memberships": [],
        "hears": "daily", "name": "Somebody", "email": "somebody@example.org", "seen": "", "struck": [],
        "**clock": {"local_start": dt.time(9), "minutes": 30},
        "phone": "555 0101", "rule": "open", "how": "spoken", "time_zone": "Asia/Tokyo", "language": "en",
    }  # fmt: skip


def asked_of(method, values):
    """The arguments that the verb can't do without, and those that make it do more."""
    takes = inspect.signature(method).parameters.values()
    named = [
        one
        for one in takes
        if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD) and one.name != "self"
    ]
    missing = [one.name for one in named if one.default is one.empty and one.name not in values]
    assert not missing, f"{method.__qualname__} wants {missing}: say here what to give it"
    may = {"let_go", "party_size", "even_if_clashing", "people"}
    asked = {one.name: values[one.name] for one in named if one.default is one.empty or one.name in may}
    return asked | next((values.get(f"**{one.name}", {}) for one in takes if one.kind is one.VAR_KEYWORD), {})


def test_every_verb_holds_its_rows_in_one_order(world, ada, olga):
    wrong = {}
    for model, name in VERBS:
        with recorded() as found:
            for row, by in zip(model.objects.order_by("pk"), cycle((ada, olga))):
                _try(getattr(row, name), given(world, row, by))
        if found:
            wrong[f"{model.__name__}.{name}"] = found

    assert len(VERBS) > 60
    assert wrong == {}


def _try(verb, values):
    """Do it, and undo it."""
    try:
        with transaction.atomic():
            verb(**asked_of(verb, values))
            raise Undone
    except Exception as why:
        # A situation that the verb has a name for, or times of what was asked, which can't be set anew.
        if not type(why).__module__.startswith(
            ("circles", "requests", __name__, "django.db.models.deletion")
        ):
            raise


class Undone(Exception):
    """So that the next verb meets the same world."""


def test_many_who_are_placed_at_once_are_held_in_this_order(world, olga):
    memberships = list(world["street"].memberships.exclude(person=olga).order_by("-pk"))

    with recorded() as wrong:
        world["street"].place(memberships, Ring.INNER, by=olga, at=now())

    assert wrong == []


def test_two_who_part_hold_their_rows_in_this_order(world, ada, bo, olga):
    with recorded() as wrong:
        Block.objects.make(by=bo, whom=ada, at=now())
        Person.objects.get(pk=ada.pk).edit(at=now(), time_zone="Asia/Tokyo")

    assert wrong == []


def test_an_order_that_is_not_kept_is_seen(world):
    slots = list(Slot.objects.order_by("pk"))

    with recorded() as wrong, transaction.atomic():
        slots[1].lock()
        slots[0].lock()

    assert len(wrong) == 1
