"""Everybody goes everywhere in a world whose every word is a mark (see tests/house/test_markup.py)."""

import pytest

from tests.house.marked import Marks
from tests.house.test_markup import SOME, world  # noqa: F401
from tests.house.test_markup import walk as pages_of
from tests.house.test_permissions import EVERYBODY

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]


@pytest.mark.parametrize("role", [role for role in EVERYBODY if role not in SOME])
def test_no_word_becomes_markup_for_anybody(walk, world, role):  # noqa: F811
    for path, page in pages_of(world, role):
        if page.headers.get("Content-Type", "").startswith("text/html"):
            marks = Marks(page.text)
            walk.count("pages")
            walk.count("marks", marks.seen)
            walk.found(*((path, broken) for broken in marks.broken))

    assert not walk.faults, walk.report()
