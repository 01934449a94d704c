"""Two weeks of as many random casts as there is time for: see tests/requests/random_worlds/fortnight.py."""

import os
import random

import pytest
from django.db import transaction

from tests.requests.random_worlds.breaches import Watch
from tests.requests.random_worlds.fortnight import HOUR, Fortnight

CASTS = int(os.environ.get("CASTS", "0"))
pytestmark = [pytest.mark.django_db, pytest.mark.fuzz, pytest.mark.moment("2027-01-12T10:30Z")]


def live(world, until, **how):
    """Every breach until the moment, in words."""
    watch = Watch(world)
    return [words for messages in world.steps_until(until, **how) for words in watch.breaches(messages)]


def test_two_weeks_of_random_casts(walk):
    seeds = (walk.random.getrandbits(32) for _ in range(CASTS or 10**6))
    for seed in seeds:
        with transaction.atomic():
            world = Fortnight(random.Random(seed))
            walk.found(*((seed, words) for words in live(world, world.ends_at)))
            transaction.set_rollback(True)
        walk.count("casts")
        walk.count("steps", world.steps)
        walk.count("deeds", len(world.done))
        walk.count("mails", len(world.mails))
        if not (CASTS or walk.goes_on) or len(walk.faults) > 50:
            break

    walk.shows_nothing()


def test_a_minute_in_which_nothing_is_due_may_be_passed_over(walk):
    """Minute by minute the same mails go out at the same moments as from one due minute to the next."""
    while walk.goes_on:
        seed, lived = walk.random.getrandbits(32), []
        for how in ({}, {"by_the_minute": True}):
            with transaction.atomic():
                world = Fortnight(random.Random(seed), deeds=20, lasts=8 * HOUR)
                live(world, world.ends_at, **how)
                lived.append([(at, *message.to, message.subject) for at, message in world.mails])
                transaction.set_rollback(True)
        if lived[0] != lived[1]:
            walk.found((seed, sorted(set(lived[0]) ^ set(lived[1]))[:3], "Other mails"))
        walk.count("casts")
        walk.count("mails", len(lived[0]))

    walk.shows_nothing()
