"""Side doors: what a page does not say must not come out by a fragment, a second press or an odd address either."""

import pytest
from django.urls import reverse

from tests.cast import now
from tests.circles.pages import signed_in

pytestmark = pytest.mark.django_db
PRESSED = {"HX-Request": "true"}


def test_a_press_shows_whom_keepers_set_aside_the_place_as_taken(slot, bo, olga, street):
    street.memberships.get(person=bo).exclude(by=olga, at=now())
    client = signed_in(bo)

    fragment = client.post(reverse("slot_claim", args=[slot.pk]), headers=PRESSED).content.decode()

    assert 'data-state="taken"' in fragment
    assert "Someone just took this one." in fragment
    assert reverse("slot_claim", args=[slot.pk]) not in fragment
