"""Eight presses on one thing at the same moment: nobody is shown a fault, and the counts are what the promises say."""

import pytest

from tests.cast import make_circle
from tests.racing import crowd

from .rounds import Rounds

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_whatever_happens_at_once_ends_well(ada, olga):
    street = make_circle(olga, ada)
    rounds = Rounds(street, ada, olga, crowd(street, olga, 5), seed=4)

    for _ in range(5):
        rounds.run()

    assert rounds.faults == []
    assert rounds.pressed == 40
