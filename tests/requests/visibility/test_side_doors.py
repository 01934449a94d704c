"""Side doors: what a page does not say must not come out by a fragment, a second press or an odd address either."""

from html import unescape

import pytest
from django.urls import reverse

from requests.models import Standby, StandbyCall
from tests.cast import join, make_person, now
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


def test_who_was_asked_to_step_in_and_set_aside_since_finds_the_place_taken(supper, slot, bo, olga, street):
    cy = make_person("Cy")
    join(street, cy, by=olga)
    Standby.objects.stand_by(person=cy, help_request=supper, at=now())
    slot.claim(by=bo, at=now()).look_for_cover(by=bo, at=now())
    page, client = reverse("standby_call", args=[StandbyCall.objects.get().pk]), signed_in(cy)
    assert "Yes, I'll come" in unescape(client.get(page).content.decode())

    street.memberships.get(person=cy).exclude(by=olga, at=now())

    assert "Yes, I'll come" not in unescape(client.get(page).content.decode())
