"""Every form that shows what is stored, open in two tabs: what the newer one saved, the older one does not undo."""

import datetime as dt

import pytest

from tests.fuzz.finding import found_forms, fresh  # noqa: F401
from tests.fuzz.forms import TYPED, forms_of
from tests.fuzz.test_forms import same, send
from tests.house.test_permissions import only_tried, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]
CHOSEN = {"select", "radio"}
# The first page, once: there is no older tab of it.
ONCE = {"/me/welcome/"}


def test_an_older_tab_undoes_nothing(walk, fresh):  # noqa: F811
    forms = found_forms(fresh)
    tabs = [
        (role, form)
        for shape in walk.shuffled(forms)
        for role, form in forms[shape]
        if form.action not in ONCE
    ]
    walk.start()
    for role, form in tabs:
        with only_tried():
            walk.found(*((form.action, role, *fault) for fault in older_tab(walk, fresh.client(role), form)))
        if not walk.goes_on:
            break

    walk.shows_nothing()


def older_tab(walk, client, form):
    """(field, other field, what) of each field that the older tab has undone."""
    shown = form_again(client, form)
    changeable = [name for name, field in shown.fields.items() if others(field)] if shown else []
    if len(changeable) < 2:
        return
    newer, older = walk.random.sample(changeable, 2)
    typed = shown.filled()
    answer = send(client, form.action, typed | {newer: walk.random.choice(others(shown.fields[newer]))})
    saved = form_again(client, form)
    if answer.status_code >= 400 or not saved or values(saved, newer) == values(shown, newer):
        walk.count("refused or gone")
        return
    walk.count("two tabs")
    answer = send(client, form.action, typed | {older: walk.random.choice(others(shown.fields[older]))})
    now = form_again(client, form)
    if now and values(now, newer) == values(shown, newer):
        yield newer, older, f"undone (status {answer.status_code})"
    if answer.status_code >= 500:
        yield newer, older, f"status {answer.status_code}"
    if answer.status_code == 422:
        walk.count("asked to look once more")


def form_again(client, form):
    """The form as its page shows it now; None where its address shows none."""
    found = [one for one in forms_of(client.get(form.action), form.action) if same(one, form)]
    return found[0] if len(found) == 1 else None


def values(form, name):
    """What stands in a field of the form."""
    return form.fields[name].values if name in form.fields else None


def others(field):
    """[values] that a person could put there instead of what it says."""
    if field.kind in CHOSEN:
        return [[choice] for choice in field.choices if [choice] != field.values]
    if field.kind == "checkbox":
        return [[] if field.values else field.choices]
    if field.kind not in TYPED or not field.values or not field.values[0]:
        return []
    said = field.values[0]
    if field.kind == "number":
        return [[str(int(said) + 1)]]
    if field.kind == "date":
        return [[(dt.date.fromisoformat(said) + dt.timedelta(days=1)).isoformat()]]
    return [["17:15"]] if field.kind == "time" else [[f"{said} too"]]
