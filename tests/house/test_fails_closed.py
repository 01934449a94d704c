"""What decides who sees what raises when it was not told who looks: there is no default that shows."""

import ast

import pytest

from requests import policies
from requests.models import HelpRequest
from requests.places import table, with_table
from requests.standing import NotFetched
from tests.cast import now
from tests.house.test_architecture import MODULES

# The modules that decide what is shown, and to whom.
DECIDE = (
    *("requests/policies.py", "requests/places.py", "requests/standing.py", "requests/ladder.py"),
    *(
        "requests/calendar.py",
        "requests/sheets.py",
        "requests/past.py",
        "requests/home.py",
        "requests/listing.py",
    ),
    *("requests/planned.py", "requests/mine.py", "requests/asked.py", "requests/consenting.py"),
    *("requests/models/visibility.py", "requests/models/consented.py", "requests/mails/", "circles/mails"),
    *("circles/unseen.py", "circles/only_agreed.py", "circles/consenting.py", "circles/reported.py"),
    *("requests/templatetags/", "circles/templatetags/", "requests/views/", "circles/views/"),
)
# What is looked for on an object that may lack it, and why nothing is shown for want of it.
HARMLESS = {
    ("circles/views/access.py", "even_when_taken_back"): "without it the page is shut",
    ("circles/templatetags/moments_tags.py", "own_zone"): "a clock, not a field",
    ("requests/asked.py", "waves_asked"): "without it they are asked for",
    ("requests/places.py", "thanks"): "Django's word for a row that there is not",
    ("requests/views/claims.py", "thanks"): "Django's word for a row that there is not",
    ("requests/mails/reminders.py", "thanks"): "Django's word for a row that there is not",
}


def lookups(tree):
    """The names that a module asks an object for although it may lack them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            asks = node.func.id == "hasattr" or (node.func.id == "getattr" and len(node.args) == 3)
            if asks and isinstance(node.args[1], ast.Constant):
                yield node.args[1].value


def test_what_decides_who_sees_what_has_no_default_to_fall_back_on():
    found = {
        (str(path), name) for path, tree in MODULES if str(path).startswith(DECIDE) for name in lookups(tree)
    }

    assert found == set(HARMLESS)


def test_every_module_that_decides_is_there():
    assert [place for place in DECIDE if not any(str(path).startswith(place) for path, _ in MODULES)] == []


@pytest.mark.django_db
def test_a_place_is_not_drawn_for_whom_it_was_not_fetched(supper, bo, ada):
    fetched = with_table(HelpRequest.objects, bo).get(pk=supper.pk)

    with pytest.raises(NotFetched):
        table(fetched, bo, at=now())


@pytest.mark.django_db
def test_a_helper_is_not_named_where_nobody_asked_whether_the_reader_sees_them(supper, slot, bo, ada):
    claim = slot.claim(by=bo, at=now())

    with pytest.raises(AttributeError, match="is_unseen"):
        policies.may_see_helper(ada, supper, claim)
