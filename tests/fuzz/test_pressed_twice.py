"""Every button of every page, pressed twice in the same moment: twice is once."""

import time

import pytest

from tests.fuzz.finding import found_forms, fresh  # noqa: F401
from tests.fuzz.test_forms import _differing, everything, send
from tests.house.test_permissions import only_tried, world  # noqa: F401

# A second mail with the same code is what was asked for; it is counted, and limited (`sign_in_code.py`).
MEANT = {("/accounts/reauthenticate/code/", "circles_signincode")}
pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]


def test_whatever_is_pressed_twice_is_done_once(walk, fresh, time_machine):  # noqa: F811
    forms = found_forms(fresh)
    time_machine.move_to(time.time(), tick=False)
    walk.start()
    for shape in walk.shuffled(forms):
        role, form = walk.random.choice(forms[shape])
        for button in form.buttons or [None]:
            walk.found(*pressed_twice(walk, fresh, role, form, button))
        if not walk.goes_on:
            break

    walk.shows_nothing()


def pressed_twice(walk, world, role, form, button):  # noqa: F811
    """(address, role, button, table) of each table that the second press changed."""
    typed = form.filled()
    if button:
        typed[button[0]] = [button[1]]
    with only_tried():
        client = world.client(role)
        first = send(client, form.action, typed)
        once = everything()
        second = send(client, form.action, typed)
        changed = [table for table in _differing(once, everything()) if (form.action, table) not in MEANT]
    walk.count("done" if first.status_code < 400 else "refused")
    if second.status_code >= 500:
        changed.append(f"status {second.status_code}")
    return [
        (form.action, role, button, sorted(form.fields), f"the second press changed {table}")
        for table in changed
    ]
