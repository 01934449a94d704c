"""The machine of consents, for as long as the bound allows: other stories with another seed."""

import pytest
from django.core.management import call_command

from tests.requests.random_worlds.consent_crowd import story as story_of_a_crowd
from tests.requests.random_worlds.consent_machine import TRIED, run, story

pytestmark = pytest.mark.fuzz


@pytest.mark.django_db
def test_nobody_sees_more_than_the_persons_last_word_covers(walk):
    TRIED.clear()
    while walk.goes_on:
        story(walk.random, steps=60)
        walk.count("stories")
        run(examples=2, steps=20, seed=walk.random.getrandbits(32))
        walk.count("stories of hypothesis", 2)
    for what, number in TRIED.items():
        walk.count(what, number)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_whatever_is_pressed_at_once_the_persons_last_word_holds(walk):
    TRIED.clear()
    while walk.goes_on:
        story_of_a_crowd(walk.random, steps=25)
        call_command("flush", interactive=False, verbosity=0)
        walk.count("stories")
    for what, number in TRIED.items():
        walk.count(what, number)
