"""Random worlds, as many as there is time for: every way to look against the plain rule."""

import random

import pytest
from django.db import transaction

from tests.requests.random_worlds.test_worlds import disagreements

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]


def test_everything_agrees_with_the_plain_rule(walk):
    while walk.goes_on and len(walk.faults) < 50:
        seed = walk.random.getrandbits(32)
        with transaction.atomic():
            walk.found(*((seed, words) for words in disagreements(random.Random(seed))))
            transaction.set_rollback(True)
        walk.count("worlds")

    walk.shows_nothing()
