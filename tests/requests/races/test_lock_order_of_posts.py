"""Every form of every page, pressed: people, slots, requests, promises are held in this order, whoever presses.

The forms are read from the pages, so that what lands tomorrow is pressed as well; each is pressed as it stands, and
with all that can be chosen in it.
"""

import pytest

from requests.models import Standby
from supportnet.panel.admin import organizers
from tests import cast
from tests.fuzz.finding import found_forms, fresh  # noqa: F401
from tests.fuzz.forms import forms_of
from tests.fuzz.test_forms import send
from tests.house.test_permissions import THINGS, lines, only_tried, world  # noqa: F401

from .lock_order import recorded

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db, pytest.mark.timeout(280)]
# Between them they press every form about requests and circles; others find the same ones.
ROLES = ("keeper", "asker", "claimer")


@pytest.fixture
def crowded(fresh):  # noqa: F811
    """The world of the permission table in which everything is there several times, the newest promised first."""
    at, one = cast.now(), fresh
    for slot in one.series.slots.order_by("-pk"):
        slot.resize(3, by=one.asker, at=at)
        for person in (one.inner, one.claimer):
            slot.claim(by=person, at=at, even_if_clashing=True)
    begins = at + 5 * cast.DAY
    times = {"starts_at": begins, "ends_at": begins + cast.HOUR}
    more = one.help_request.add_slot(by=one.asker, at=at, capacity=2, **times)
    more.claim(by=one.claimer, at=at, even_if_clashing=True)
    one.claim.look_for_cover(by=one.claimer, at=at)
    one.company.slots.get().claim(by=one.inner, at=at, even_if_clashing=True)
    Standby.objects.stand_by(person=one.close, help_request=one.help_request, at=at)
    return one


def presses(world):  # noqa: F811
    """(role, form, what is typed) of whatever anybody can press."""
    pressed = set()
    for role in ROLES:
        names = [name for name, looking, _doing in lines() if looking[role] == "200"]
        for shape, found in found_forms(world, (role,), names).items():
            if shape not in pressed:
                pressed.add(shape)
                yield from _filled(*found[0])
    for model, page in organizers._registry.items():
        row = getattr(world, THINGS.get(model._meta.model_name, model._meta.model_name))
        for verb in page.verbs:
            path = page.verb_url(row, verb.name)
            with only_tried():
                found = forms_of(world.client("keeper").get(path), path)
            yield from (press for form in found if form.action == path for press in _filled("keeper", form))
        yield from _in_bulk(world, "keeper", page.list_url())
    yield from _in_bulk(world, "staff", "/admin/circles/person/")


def _filled(role, form):
    for typed in (form.filled(), _everything(form)):
        for button in form.buttons or [None]:
            yield role, form, typed | ({button[0]: [button[1]]} if button else {})


def _everything(form):
    """With every box ticked, and of what is to be chosen the last."""
    typed = form.filled()
    for name, field in form.fields.items():
        if field.kind == "checkbox":
            typed[name] = field.choices
        elif field.kind in ("radio", "select") and field.choices:
            typed[name] = field.choices[-1:]
    return typed


def _in_bulk(world, role, path):  # noqa: F811
    with only_tried():
        found = forms_of(world.client(role).get(path), path)
    for form in found:
        chosen = form.fields.get("_selected_action")
        for action in form.fields["action"].choices if chosen else ():
            typed = {**form.filled(), "_selected_action": chosen.choices, "action": [action], "sure": ["1"]}
            yield role, form, typed


def test_every_post_holds_its_rows_in_one_order(crowded):
    pressed, wrong = 0, {}
    for role, form, typed in presses(crowded):
        with only_tried():
            client = crowded.client(role)
            with recorded() as found:
                answer = send(client, form.action, typed)
        pressed += answer.status_code < 400
        if found:
            wrong[form.action, role] = found

    assert pressed > 200
    assert wrong == {}
