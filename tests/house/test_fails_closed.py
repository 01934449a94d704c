"""What decides who sees what raises when it was not told who looks: there is no default that shows."""

import ast

import pytest

from requests.models import HelpRequest
from requests.pages.slots import table, with_table
from requests.visibility import policies
from requests.visibility.viewer import NotFetched
from tests.cast import now
from tests.house.test_architecture import MODULES

# The modules that decide what is shown, and to whom.
DECIDE = (
    *(
        "requests/visibility/policies.py",
        "requests/pages/slots.py",
        "requests/visibility/viewer.py",
        "requests/visibility/private_fields.py",
    ),
    *(
        "requests/pages/calendar.py",
        "requests/pages/sheets.py",
        "requests/pages/closed_requests.py",
        "requests/pages/home.py",
        "requests/pages/open_requests.py",
    ),
    *(
        "requests/pages/calendar_queries.py",
        "requests/pages/home_queries.py",
        "requests/pages/wave_summary.py",
        "requests/reactions/consent_changed.py",
    ),
    *(
        "requests/visibility/rule.py",
        "requests/models/asking_for_another.py",
        "requests/mails/",
        "circles/mails",
    ),
    *(
        "circles/mails/guard_blocks.py",
        "circles/mails/guard_consent.py",
        "circles/consent_rows.py",
        "circles/report_subjects.py",
    ),
    *("requests/templatetags/", "circles/templatetags/", "requests/views/", "circles/views/"),
)
# What is looked for on an object that may lack it, and why nothing is shown for want of it.
HARMLESS = {
    ("circles/views/access.py", "even_when_taken_back"): "without it the page is shut",
    ("circles/templatetags/moments_tags.py", "own_zone"): "a clock, not a field",
    ("requests/pages/wave_summary.py", "waves_asked"): "without it they are asked for",
    ("requests/pages/slots.py", "thanks"): "Django's word for a row that there is not",
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
