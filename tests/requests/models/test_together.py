"""Somebody does not come alone: how many places a promise takes, said with it or changed later."""

import pytest
from django.core import mail
from django.urls import reverse

from requests.models import Claim, Slot, SlotTaken
from supportnet.notices.delivery import deliver
from tests.cast import HOUR, ask, ask_for_company, join, make_person, now
from tests.circles.pages import errors, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def moving(ada, street):
    """A day with boxes, for four."""
    return ask(ada, street, capacity=4).slots.get()


def claim_url(slot):
    return reverse("slot_claim", args=[slot.pk])


def taken(slot):
    slot = Slot.objects.get(pk=slot.pk)
    return slot.taken, slot.covering


def test_three_come_and_take_three_places(moving, ada, bo):
    signed_in(bo).post(claim_url(moving), {"party_size": "3"})

    seen = text(signed_in(ada).get(moving.help_request.get_absolute_url()))
    assert (Claim.objects.get().party_size, taken(moving)) == (3, (3, 0))
    assert "Bo and 2 more" in seen
    assert "1 of 4 places open" in seen
    assert "How many of you come? 3" in text(signed_in(bo).get(Claim.objects.get().get_absolute_url()))


def test_the_calendar_and_the_sheet_say_how_many(moving, ada, bo):
    moving.claim(by=bo, at=now(), party_size=3)
    about = moving.help_request.get_absolute_url()
    month = f"{moving.starts_at.astimezone(ada.zone):%Y-%m}"

    for page in (f"{about}calendar/?month={month}", f"{about}sheet/"):
        assert "Bo and 2 more" in text(signed_in(ada).get(page))


def test_nobody_is_asked_where_there_is_room_for_one(slot, moving, bo, ada, street):
    as_many_as_like = ask(ada, street, capacity=None).slots.get()

    pages = [text(signed_in(bo).get(claim_url(one))) for one in (slot, moving, as_many_as_like)]

    assert ["How many of you come?" in page for page in pages] == [False, True, True]


def test_one_press_is_one_place(moving, bo):
    signed_in(bo).post(claim_url(moving))

    assert taken(moving) == (1, 0)


@pytest.mark.parametrize("number", ["5", "0", "-1", "many", "9" * 30])
def test_more_than_there_is_room_for_is_said_beside_the_field(moving, bo, number):
    response = signed_in(bo).post(claim_url(moving), {"party_size": number, "note": "We have a van"})

    assert response.status_code == 422
    assert list(errors(response)) == ["party_size"]
    assert "We have a van" in response.content.decode()
    assert taken(moving) == (0, 0)


def test_more_or_fewer_come_after_all(moving, bo):
    claim = moving.claim(by=bo, at=now(), party_size=2)
    client = signed_in(bo)

    for number, places in (("4", 4), ("1", 1), ("", 1)):
        client.post(reverse("claim_bring", args=[claim.pk]), {"party_size": number})
        assert (Claim.objects.get().party_size, taken(moving)) == (places, (places, 0))


def test_more_than_are_left_do_not_fit(moving, bo, street, olga):
    claim = moving.claim(by=bo, at=now())
    moving.claim(by=olga, at=now(), party_size=2)
    stale = Claim.objects.select_related("person", "slot__help_request").get(pk=claim.pk)

    with pytest.raises(SlotTaken):
        stale.bring(bringing="", note="", party_size=3, at=now())

    assert (Claim.objects.get(person=bo).party_size, taken(moving)) == (1, (3, 0))
    response = signed_in(bo).post(reverse("claim_bring", args=[claim.pk]), {"party_size": "3"})
    assert (response.status_code, taken(moving)) == (422, (3, 0))


def test_who_looks_for_somebody_else_may_still_say_how_many(moving, bo):
    claim = moving.claim(by=bo, at=now(), party_size=2)
    claim.look_for_cover(by=bo, at=now())

    claim.bring(bringing="", note="", party_size=3, at=now())
    assert taken(moving) == (3, 3)

    claim.bring(bringing="", note="", party_size=1, at=now())
    assert taken(moving) == (1, 1)

    claim.release(by=bo, at=now())
    assert taken(moving) == (0, 0)


def test_an_offer_takes_its_places_with_the_yes(ada, bo, street):
    ask_for_company(ada, street).slots.update(capacity=3)
    walk = Slot.objects.get()
    claim = walk.claim(by=bo, at=now(), party_size=3)

    claim.bring(bringing="", note="", party_size=2, at=now())
    assert taken(walk) == (0, 0)

    claim.accept(by=ada, at=now())
    assert taken(walk) == (2, 0)


def test_a_keeper_signs_up_a_couple(moving, olga, street):
    join(street, cy := make_person("Cy"), by=olga)

    signed_in(olga).post(reverse("slot_sign_up", args=[moving.pk]), {"person": cy.pk, "party_size": "2"})

    assert (Claim.objects.get().person, taken(moving)) == (cy, (2, 0))


def test_the_asker_hears_how_many(moving, bo, ada):
    moving.claim(by=bo, at=now(), party_size=3)

    for hours in (1, 13):  # by day or by night, whenever this runs
        deliver(at=now() + hours * HOUR)

    letter = next(one for one in mail.outbox if one.to == [ada.email] and one.subject.startswith("Bo helps"))
    assert "Bo and 2 more" in letter.body
