"""Every number that a form sends, replaced by every number that it does not offer: refused as one that nothing has.

No matter of which model it is: a slot of another request, a membership or an invitation of another circle, a notice of
somebody else. What is compared is the answer and every row of the database afterwards.
"""

import re

import pytest

from tests.fuzz.answers import faults_of
from tests.fuzz.finding import found_forms, fresh  # noqa: F401
from tests.fuzz.test_forms import everything, send
from tests.house.test_permissions import only_tried, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]
NOBODYS = "999999999"
# Up to there one's own notices are read: any number will do, and none touches another's.
ANY_NUMBER = {("notices", "up_to")}
CHOSEN = {"hidden", "select", "radio", "checkbox"}
# What is new each time a page is shown; and numbers, which stand for what was sent.
NEW_EACH_TIME = re.compile(r'name="(csrfmiddlewaretoken|form_key)" value="[^"]*"|nonce="[^"]*"|\d+')


def test_an_id_that_was_not_offered_is_refused_as_one_that_nothing_has(walk, fresh):  # noqa: F811
    tries = [
        (shape[0], role, form, name)
        for shape, forms in found_forms(fresh).items()
        for role, form in dict(forms).items()
        for name in numbered(form)
        if (shape[0], name) not in ANY_NUMBER
    ]
    walk.count("fields", len(tries))
    walk.start()
    last = 3 + max(
        int(row) for row in re.findall(r"^\((\d+),", "\n".join(sum(everything().values(), [])), re.M)
    )
    for address, role, form, name in walk.shuffled(tries):
        nobodys = outcome(fresh, role, form, name, NOBODYS)
        others = {str(number) for number in range(1, last)} - offered(form, name)
        for other in walk.random.sample(sorted(others), min(25, len(others))):
            if not walk.goes_on:
                break
            got = outcome(fresh, role, form, name, other)
            walk.count("ids")
            if got != nobodys:
                differs = [index for index in range(3) if got[index] != nobodys[index]]
                walk.found(
                    (
                        f"{address} {name}",
                        role,
                        other,
                        offered(form, name),
                        f"differs in {differs}: {told(got, nobodys)}",
                    )
                )

    walk.shows_nothing()


def numbered(form):
    """The fields in which numbers are sent that one does not type."""
    return [
        name
        for name, field in form.fields.items()
        if field.kind in CHOSEN
        and (values := {*field.values, *field.choices} - {""})
        and all(map(str.isdecimal, values))
    ]


def offered(form, name):
    """What may be sent there."""
    return {*form.fields[name].values, *form.fields[name].choices}


def outcome(world, role, form, name, value):  # noqa: F811
    """(status and where to, the page but for what is new each time, every row afterwards)."""
    with only_tried():
        client, typed = world.client(role), form.filled() | {name: [value]}
        typed |= dict([(button, [says]) for button, says in form.buttons][:1])
        response, faults = faults_of(lambda: send(client, form.action, typed))
        if response is None:
            return faults, "", {}
        status = f"{response.status_code} {NEW_EACH_TIME.sub('#', response.headers.get('Location', ''))}"
        return status, NEW_EACH_TIME.sub("#", response.content.decode()), plain(everything())


def plain(tables):
    """The rows without the moments at which they were written."""
    return {
        table: [re.sub(r"datetime\.datetime\(.*?\)", "", row) for row in rows]
        for table, rows in tables.items()
    }


def told(got, nobodys):
    """Where two answers part, in few words."""
    if got[0] != nobodys[0]:
        return f"{got[0]} instead of {nobodys[0]}"
    if got[1] != nobodys[1]:
        lines = set(got[1].splitlines()) ^ set(nobodys[1].splitlines())
        return " | ".join(sorted(line.strip() for line in lines))[:300]
    return [table for table in got[2] if got[2][table] != nobodys[2].get(table)]
