"""Two weeks of a short cast, by the minute; `make fuzz` lives hundreds of them (see tests/fuzz/test_fortnights.py)."""

import random

import pytest

from .breaches import Watch
from .fortnight import DAY, Fortnight
from .true_mails import unknown_sentences

pytestmark = [pytest.mark.django_db, pytest.mark.moment("2027-01-12T10:30Z")]


def live(world):
    """All breaches of a fortnight, in words."""
    watch, found = Watch(world), []
    for messages in world.steps_until(world.ends_at):
        found += watch.breaches(messages)
    return found


def test_whatever_happens_people_are_told_by_day_in_time_and_what_is_so():
    world = Fortnight(random.Random(1), deeds=30, lasts=2 * DAY)

    assert live(world) == []

    assert len(world.mails) > 10


def test_every_sentence_of_a_mail_about_times_and_promises_is_held_to_what_is_so():
    assert unknown_sentences() == []
