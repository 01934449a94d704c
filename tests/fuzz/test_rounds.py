"""Rounds of presses at the same moment, as many as there is time for (`BOUND=600` is more than 500)."""

import pytest

from tests.cast import make_circle
from tests.racing import crowd
from tests.requests.random_worlds.rounds import Rounds

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.fuzz]


def test_whatever_happens_at_once_ends_well(walk, ada, olga):
    street = make_circle(olga, ada)
    rounds = Rounds(street, ada, olga, crowd(street, olga, 5), seed=walk.random.getrandbits(32))
    walk.start()

    while walk.goes_on and len(rounds.faults) < 50:
        rounds.run()
        walk.count("rounds")
    walk.count("presses", rounds.pressed)
    walk.found(*rounds.faults)

    walk.shows_nothing()
