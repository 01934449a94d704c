"""The machine of consents, for as long as the bound allows: other stories with another seed."""

import pytest

from tests.requests.consent_machine import TRIED, run, story

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]


def test_nobody_sees_more_than_the_persons_last_word_covers(walk):
    TRIED.clear()
    while walk.goes_on:
        story(walk.random, steps=60)
        walk.count("stories")
        run(examples=2, steps=20, seed=walk.random.getrandbits(32))
        walk.count("stories of hypothesis", 2)
    for what, number in TRIED.items():
        walk.count(what, number)
