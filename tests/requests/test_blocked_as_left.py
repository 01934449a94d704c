"""What whoever was blocked sees is what they would see had the other left. See docs/decisions/0010."""

import pytest

from tests.requests.twins import Pair, differences, in_both, letters_to, pages

pytestmark = pytest.mark.django_db

ROUTES = (
    "",
    "requests/",
    "me/notices/",
    "me/helping/",
    "me/calendar/",
    "me/blocks/",
    "circles/",
    "circles/<number:pk>/",
    "circles/<number:pk>/members/",
    "circles/<number:pk>/members/<number:membership_pk>/block/",
    "circles/<number:pk>/members/<number:membership_pk>/report/",
    "circles/<number:pk>/calendar/",
    "requests/<number:pk>/",
    "requests/<number:pk>/sheet/",
    "claims/<number:pk>/",
)


@pytest.fixture
def pair():
    return Pair()


def test_every_page_about_others_is_the_same_in_order_and_number(pair):
    # What Ada asks is called off when she leaves, and anybody may go on reading it; across a block nothing of it is
    # shown, since it lives on and its words may change. A place that she holds for somebody else stays taken: nobody
    # is let down because two people parted.
    exempt = [*pair.what_a_block_hides(), *pair.what_is_taken()]
    block, leave = in_both(pair, lambda: pages(pair.bo, ROUTES))

    assert differences(block, leave, but=exempt) == {}
    assert len(block) > 40
    # There was something to tell: her name on what was before, and not in the list of members.
    said = " ".join(body for _status, body in block.values())
    assert "Soup of Ada" in said and "So did I, says Ada" in said
    assert "Ada" not in block[f"/circles/{pair.circle.pk}/members/"][1]
    assert "Somebody:" not in said and ">Somebody<" not in said


def test_no_page_says_the_name_for_a_time_to_come(pair):
    block, _leave = in_both(pair, lambda: pages(pair.bo, ROUTES))

    soon, mine = (block[path] for path in pair.what_is_taken()[::2])
    assert [status for status, _body in (soon, mine)] == [200, 200]
    assert ["Ada" in body for _status, body in (soon, mine)] == [False, False]
    # Bo has one of two, as far as he knows; the third is not asked for any more.
    [asked, *_others] = pair.what_is_taken()
    assert "1 of 2 places open" in block[f"{asked}sheet/"][1]


def test_the_mails_are_the_same_in_order_and_time(pair):
    block, leave = in_both(pair, lambda: letters_to(pair.bo, at=pair.at))

    assert block == leave
    assert {subject.partition(":")[0] for _minutes, subject, _words in block} >= {
        "Called off",
        "Ada can’t come",
    }
