"""Everybody goes everywhere, in a world whose every word runs against the page (see tests/house/test_direction.py)."""

import pytest

from tests.house.test_direction import SOME, turned_pages, turned_world
from tests.house.test_permissions import EVERYBODY
from tests.house.turned import AGAINST

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("role", "language"),
    [(role, language) for role in EVERYBODY for language in AGAINST if (role, language) not in SOME],
)
def test_every_word_is_isolated_for_everybody(walk, role, language):
    with turned_world(language) as world:
        for path, page in turned_pages(world, role, language):
            walk.count("pages")
            walk.count("words", page.seen)
            walk.found(*((path, loose) for loose in page.loose))

    assert not walk.faults, walk.report()
