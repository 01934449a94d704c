"""An offer whose time has passed without an answer waits for nothing any more, wherever it stands."""

import pytest
import time_machine

from requests.models import SlotOver
from tests.cast import DAY, HOUR, ask_for_company, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(ada, bo, street):
    """Bo's, for a walk tomorrow."""
    slot = ask_for_company(ada, street).slots.get()
    slot.move(starts_at=now() + DAY, ends_at=now() + DAY + HOUR, by=ada, at=now())
    return slot.claim(by=bo, at=now())


@pytest.fixture
def afterwards(offer):
    """The day after: nobody has answered."""
    with time_machine.travel(now() + 2 * DAY):
        yield offer


def test_while_there_is_time_it_waits(offer, bo, ada):
    assert "Waits for a yes" in text(signed_in(bo).get(offer.get_absolute_url()))
    assert "Waiting for your yes" in text(signed_in(ada).get("/"))


def test_the_helper_reads_that_it_was_not_answered(afterwards, bo):
    page = text(signed_in(bo).get(afterwards.get_absolute_url()))

    assert "Not answered" in page and "The time has passed without an answer. Thank you for offering" in page
    assert "Waits for a yes" not in page and "will say" not in page
    there = text(signed_in(bo).get(afterwards.help_request.get_absolute_url()))
    assert "You offered, and had no answer" in there and "will say" not in there


def test_nobody_asks_whoever_asked_for_a_yes_that_they_cannot_give(afterwards, ada, olga):
    with pytest.raises(SlotOver):
        afterwards.accept(by=ada, at=now())

    asker = signed_in(ada)
    assert "Waiting for your yes" not in text(asker.get("/"))
    assert f"/claims/{afterwards.pk}/accept/" not in asker.get(afterwards.get_absolute_url()).content.decode()
    there = asker.get(afterwards.help_request.get_absolute_url())
    assert f"/claims/{afterwards.pk}/accept/" not in there.content.decode()
    panel = text(signed_in(olga).get("/organize/requests/claim/"))
    assert "Not answered" in panel
