"""Every form that a page of ours shows to anybody, filled in as no page of ours would.

The forms are read from the pages' own HTML: a new page, a new field is walked from the day on which it lands.
"""

from itertools import chain
from urllib.parse import urlencode

import pytest
from django.apps import apps

from circles.models import JournalEntry
from requests.models.help_request import SAW_ADDRESS
from tests.fuzz.answers import faults_of
from tests.fuzz.finding import found_forms, fresh  # noqa: F401
from tests.fuzz.forms import TYPED, forms_of
from tests.fuzz.values import edges_of
from tests.house.test_permissions import only_tried, world, written  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]
# Keys that no form asks for, and that models have.
SMUGGLED = (
    "id",
    "pk",
    "status",
    "state",
    "role",
    "owner",
    "circle",
    "person",
    "asker",
    "posted_by",
    "is_staff",
)
# Messages and where one is in a sign-in are no facts.
NOT_FACTS = {"django_session"}


def test_no_form_breaks_forgets_or_writes_what_it_refuses(walk, fresh):  # noqa: F811
    forms = found_forms(fresh)
    walk.count("kinds of forms", len(forms))
    walk.start()
    for shape in chain(walk.shuffled(forms), _endlessly(walk, list(forms))):
        if not walk.goes_on:
            break
        role, form = walk.random.choice(forms[shape])
        typed, varied = filled_oddly(form, walk.random)
        response, faults = _press(walk, fresh, role, form, typed)
        if response is not None:
            walk.count("accepted" if response.status_code < 400 else "refused")
            if not {name for name, _value in form.buttons} & set(varied):
                faults += forgotten(response, form, typed)
        walk.count("presses")
        walk.found(*((shape[0], role, {name: _short(typed.get(name)) for name in varied}, f) for f in faults))

    walk.shows_nothing()


def _endlessly(walk, shapes):
    while True:
        yield walk.random.choice(shapes)


def _short(values):
    return values and [f"{value[:40]}… ({len(value)})" if len(value) > 60 else value for value in values]


def _press(walk, world, role, form, typed):  # noqa: F811
    """The answer, and what is wrong with it; whatever was refused must not have been written."""
    with only_tried(), written() as tables:
        client = world.client(role)
        tables.clear()
        response, faults = faults_of(lambda: send(client, form.action, typed))
        wrote = set(tables) - NOT_FACTS
    if response is not None and response.status_code >= 400 and wrote:
        with only_tried():
            client, before = world.client(role), everything()
            send(client, form.action, typed)
            faults += [f"refused and wrote {table}" for table in _differing(before, everything())]
    return response, faults


def filled_oddly(form, chance):
    """({name: [values]}, the names that were varied): as a person would, but for one, two or three fields."""
    typed = form.filled()
    if form.buttons:
        name, value = chance.choice(form.buttons)
        typed[name] = [value]
    names = [name for name in typed if name != "csrfmiddlewaretoken"]
    varied = chance.sample(names, min(len(names), chance.choice((0, 1, 1, 1, 2, 3))))
    for name in varied:
        typed[name] = _oddly(form.fields.get(name), typed[name], chance)
        if typed[name] is None:
            del typed[name]
    if chance.random() < 0.1:
        varied.append(chance.choice(SMUGGLED))
        typed[varied[-1]] = [chance.choice(("1", "2", "keeper", "x", "open"))]
    return typed, varied


def _oddly(field, usual, chance):
    """Other values than usual: an edge, several, the same twice; None leaves the field out."""
    way = chance.random()
    edges = edges_of(field.kind if field else "hidden", field.attributes if field else {})
    if way < 0.05:
        return None
    if way < 0.1:
        return [*usual, chance.choice(edges)]
    if way < 0.15:
        return usual * 2
    if field and field.choices and way < 0.6:
        return chance.sample(field.choices, chance.randint(0, min(3, len(field.choices))))
    return [chance.choice(edges)]


def send(client, path, typed, **headers):
    """Post it as a browser does; lone surrogates as some clients do."""
    pairs = [
        (name, value.encode("utf-8", "surrogatepass")) for name, values in typed.items() for value in values
    ]
    kind = "application/x-www-form-urlencoded"
    return client.post(path, urlencode(pairs), content_type=kind, headers=headers)


def forgotten(response, form, typed):
    """The fields that stand in the answered form without what was typed in them."""
    answered = [again for again in forms_of(response, form.action) if same(again, form)]
    if len(answered) != 1 or response.status_code == 200 and not _complains(response):
        return []
    wrong = []
    for name, field in answered[0].fields.items():
        if field.kind in TYPED and len(typed.get(name, ())) == 1:
            received = typed[name][0].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            if _plain((field.values or [""])[0]) != _plain(received):
                wrong.append(f"{name} is forgotten: {_short(field.values)} (status {response.status_code})")
    return wrong


def same(one, other):
    """Whether it is the same form on another page."""
    return one.action == other.action and set(one.fields) >= set(other.fields) - {"next"}


def _complains(response):
    return "aria-invalid" in response.content.decode()


def _plain(text):
    """As a browser reads it: one kind of line break, and no NUL."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def everything():
    """{table: every row of it} of all our models."""
    return {
        model._meta.db_table: sorted(map(repr, _facts(model).values_list()))
        for model in apps.get_models()
        if model._meta.db_table not in NOT_FACTS
    }


def _facts(model):
    rows = model._base_manager.all()
    # Who looked at an address is noted whenever it is shown, also beside a form that was refused.
    return rows.exclude(verb=SAW_ADDRESS) if model is JournalEntry else rows


def _differing(before, after):
    return [table for table in before if before[table] != after[table]]
