"""Every page and mail as each of a blocked pair and as if the other had left, in worlds by chance."""

import random

import pytest
from django.db import transaction

from tests.requests.random_worlds.twins import Pair, all_paths, differences, in_both, letters_to, links, pages

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]


def test_a_block_looks_like_a_leaving(walk):
    dice = None
    while walk.goes_on and len(walk.faults) < 50:
        with transaction.atomic():
            compare(Pair(dice), walk)
            transaction.set_rollback(True)
        walk.count("worlds")
        dice = random.Random(walk.random.getrandbits(32))

    walk.shows_nothing()


def compare(pair, walk):
    """Every page, what these lead to, the mails of four days, and the page of notices after them."""
    ways = [way for ways in all_paths(pair).values() for way in ways]
    block, leave = _pages(pair, ways, walk)
    _pages(pair, sorted({*links(block), *links(leave)}), walk)
    block, leave = in_both(pair, lambda: (letters_to(pair.bo, at=pair.at), pages(pair.bo, ["/me/notices/"])))
    walk.found(*(("mail after a block alone", one) for one in block[0] if one not in leave[0]))
    walk.found(*(("mail after a leaving alone", one) for one in leave[0] if one not in block[0]))
    walk.found(*[("mails", "in another order")] * (block[0] != leave[0]))
    walk.found(*differences(block[1], leave[1]).items())
    walk.count("mails", len(block[0]))


def _pages(pair, ways, walk):
    """Of these addresses both answers; that they differ is a fault."""
    block, leave = in_both(pair, lambda: pages(pair.bo, ways))
    walk.found(*differences(block, leave).items())
    walk.count("pages", len(ways))
    return block, leave
