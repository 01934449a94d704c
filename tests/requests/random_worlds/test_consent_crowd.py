"""A short run of the crowd in `consent_crowd`; tests/fuzz lets it run for longer."""

import random
from dataclasses import replace

import pytest

from .consent_crowd import TRIED, Press, Stand, agreeing, explained, refusing, rewriting, story


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_whatever_is_pressed_at_once_the_persons_last_word_holds():
    TRIED.clear()

    story(random.Random(1), steps=8)

    assert TRIED["yes of the person"] and TRIED["no of the person"] and TRIED["presses at once"] > 20


ASKED = Stand(is_named=True)


def ways(*rules):
    return [Press(f"press {number}", None, rule) for number, rule in enumerate(rules)]


@pytest.mark.anywhere
def test_no_order_explains_a_delegates_yes_that_outlives_the_persons_no():
    presses = ways(refusing("person"), agreeing("delegate", "v0", False, refused_elsewhere=False))
    no = replace(ASKED, own_no=True, is_answered=True, in_peace=True)

    assert explained(ASKED, presses, ["done", "TheirsToSay"], no)
    assert explained(ASKED, presses, ["done", "done"], replace(no, is_published=True, was_agreed=True))
    yes = {"is_published": True, "was_agreed": True, "stands": True, "said_by": "delegate"}
    assert not explained(ASKED, presses, ["done", "done"], replace(no, **yes))
    assert not explained(ASKED, presses, ["done", "TheirsToSay"], replace(no, own_no=False))


@pytest.mark.anywhere
def test_no_order_explains_a_yes_to_words_that_were_not_read():
    presses = ways(rewriting("v1"), agreeing("person", "v0", False, refused_elsewhere=False))
    yes = {"stands": True, "said_by": "person", "is_answered": True, "is_published": True, "was_agreed": True}
    yes = replace(ASKED, **yes)

    assert explained(ASKED, presses, ["NotOpen", "done"], yes)
    assert explained(ASKED, presses, ["done", "done"], replace(yes, words="v1"))
    # A number that was filled in before the yes is one that it did not see.
    assert not explained(ASKED, presses, ["done", "done"], replace(yes, words="v1", has_phone=True))
    assert not explained(replace(ASKED, words="v2"), presses, ["NotOpen", "done"], replace(yes, words="v2"))
