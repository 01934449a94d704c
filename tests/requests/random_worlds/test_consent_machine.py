"""A short run of the machine in `consent_machine`; tests/fuzz lets it run for longer."""

import random

import pytest

from .consent_machine import TRIED, run, story

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_nobody_sees_more_than_the_persons_last_word_covers():
    TRIED.clear()

    story(random.Random(1), steps=40)
    run(examples=2, steps=8, seed=1)

    assert TRIED["yes of the person"] and TRIED["no of the person, while it stood"]
