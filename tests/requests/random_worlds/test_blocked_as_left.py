"""What whoever was blocked sees is what they would see had the other left. See docs/decisions/0010.

A small world here, by a fixed seed; tests/fuzz/test_blocked_as_left.py makes others, with all that can happen in them.
"""

import pytest

from tests.requests.random_worlds.twins import (
    Pair,
    all_paths,
    called,
    cover_wanted,
    differences,
    in_both,
    letters_to,
    links,
    pages,
    past,
    paths,
    promised,
    promised_and_full,
    question,
    quietly_offered,
    routes,
    series,
)

pytestmark = pytest.mark.django_db


def test_every_page_about_others_is_the_same_in_order_and_number():
    pair = Pair(happenings=[promised, past, cover_wanted])
    # All routes, of each a few of its addresses: every third, from one or another.
    ways = [
        way for number, ways in enumerate(all_paths(pair).values()) for way in ways[number % 3 :: 3] or ways
    ]

    block, leave = in_both(pair, lambda: pages(pair.bo, ways))

    assert differences(block, leave) == {}
    assert len(block) > 60
    # There was something to tell: her name on what was before, and not in the list of members.
    said = " ".join(page[2] for page in block.values())
    assert "Soup of Ada" in said
    assert "Ada" not in block[f"/circles/{pair.circle.pk}/members/"][2]
    assert "Somebody:" not in said and ">Somebody<" not in said
    # And so is what these pages lead to: other months, further pages.
    further = links(block)
    assert differences(*in_both(pair, lambda: pages(pair.bo, further))) == {}
    assert len(further) > 5


def test_the_mails_of_the_days_after_are_the_same_in_order_and_time():
    pair = Pair(happenings=[promised_and_full, past, quietly_offered, cover_wanted])

    block, leave = in_both(pair, lambda: letters_to(pair.bo, at=pair.at))

    assert block == leave
    subjects = {letter[1].partition(":")[0] for letter in block}
    assert {"Called off", "Ada can’t come"} <= subjects


def test_every_route_is_walked():
    pair = Pair(happenings=[series, called, question])

    left_out = {route for route in routes() if not paths(pair, route)}

    # What somebody was mailed about their own address or yes, and what Bo alone has: nobody else stands there.
    assert left_out == {
        "circles/join/<str:token>/",
        "circles/consent/<str:token>/",
        "me/address/<str:token>/",
        "me/blocks/<number:pk>/lift/",
        "circles/<number:pk>/invitations/<number:invitation_pk>/revoke/",
        "circles/<number:pk>/invitations/<number:invitation_pk>/again/",
    }
