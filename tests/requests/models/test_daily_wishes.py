"""From day to day: less soup, a break, another word at the door, Plan B."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from requests.models import HelpRequest, RequestClosed, Slot
from requests.sweeps import waves
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, now
from tests.circles.pages import markup

pytestmark = pytest.mark.django_db


def url(help_request):
    return f"/requests/{help_request.pk}/wishes/"


def fresh(help_request):
    return HelpRequest.objects.get(pk=help_request.pk)


def test_wishes_are_saved_shown_to_helpers_and_told_to_whoever_promised(client, supper, slot, ada, bo):
    slot.claim(by=bo, at=now())
    client.force_login(ada)
    typed = {
        "freezer_full": "on",
        "no_more": ["soup", "pasta"],
        "cooler": "On the balcony",
        "pets": "A dog, friendly",
        "plan_b": "Pizza",
    }

    assert client.post(url(supper), typed).status_code == 302

    assert fresh(supper).wishes == {"freezer_full": True, "no_more": ["soup", "pasta"]}
    assert fresh(supper).visit == {"cooler": "On the balcony", "pets": "A dog, friendly"}
    assert Notice.objects.filter(kind="slot_changed", reader=bo).count() == 1
    client.force_login(bo)
    page = client.get(slot.claims.get().get_absolute_url()).content.decode()
    assert "The freezer is full" in page and "On the balcony" in page
    assert "Pizza" not in page


def test_the_door_is_told_only_to_those_who_may_see_the_address(client, supper, ada, olga, bo):
    HelpRequest.objects.filter(pk=supper.pk).update(visit={"pets": "A dog called Bruno"}, plan_b="Pizza")
    seen = {}
    for person in (ada, olga, bo):
        client.force_login(person)
        page = client.get(supper.get_absolute_url()).content.decode()
        seen[str(person)] = "Bruno" in page
    assert seen == {"Ada": True, "Olga": True, "Bo": False}


def test_the_form_shows_what_stands_there_and_keeps_what_was_typed(client, supper, ada):
    supper.wish(by=ada, at=now(), wishes={"smaller": True}, visit={"parking": "In the yard"}, plan_b="Pizza")
    client.force_login(ada)
    page = client.get(url(supper)).content.decode()
    assert "In the yard" in page and "Pizza" in page

    response = client.post(url(supper), {"paused_until": "2001-01-01", "plan_b": "Bread and cheese"})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["paused_until"])
    assert "Bread and cheese" in response.content.decode()
    assert fresh(supper).plan_b == "Pizza"


def test_a_break_takes_no_new_promises_before_its_end_and_ends_by_itself(supper, slot, ada, bo, street):
    day_after = slot.starts_at.astimezone(street.zone).date() + DAY
    later = supper.add_slot(
        by=ada, at=now(), starts_at=slot.starts_at + 3 * DAY, ends_at=slot.starts_at + 3 * DAY + HOUR
    )
    supper.pause(day_after, by=ada, at=now())
    for stale in (slot, later):
        stale.refresh_from_db()

    with pytest.raises(RequestClosed):
        slot.claim(by=bo, at=now())
    assert later.claim(by=bo, at=now()).is_accepted

    supper.pause(None, by=ada, at=now())
    assert Slot.objects.get(pk=slot.pk).claim(by=bo, at=now()).is_accepted


def test_whenever_suits_waits_for_the_end_of_the_break(ada, bo, street):
    from tests.cast import draft

    help_request = draft(ada, street)
    help_request.set_times(timing="whenever", at=now())
    help_request.publish(by=ada, at=now())
    until = now().date() + dt.timedelta(days=4)
    help_request.pause(until, by=ada, at=now())
    slot = Slot.objects.get()
    assert not slot.is_open(at=now() + HOUR)

    waves.end_pauses(now() + 2 * DAY)
    assert not Slot.objects.get().is_open(at=now() + 3 * DAY)
    waves.end_pauses(now() + 5 * DAY)

    assert fresh(help_request).paused_until is None
    assert Slot.objects.get().is_open(at=now() + 5 * DAY)


def test_a_time_moved_into_the_break_takes_no_promises(supper, slot, ada, bo, street):
    supper.pause(slot.starts_at.astimezone(street.zone).date() + 2 * DAY, by=ada, at=now())
    slot = Slot.objects.get()
    slot.move(starts_at=slot.starts_at + HOUR, ends_at=slot.ends_at + HOUR, by=ada, at=now())

    assert not Slot.objects.get().is_open(at=now())


def test_one_wish_for_all_of_today_is_told_to_those_who_come_today(client, street, ada, bo, olga):
    noon = (now() + DAY).replace(hour=11, minute=0, second=0, microsecond=0)
    slots = [ask(ada, street, in_days=days).slots.get() for days in (2, 3, 5)]
    for slot, hours in zip(slots, (3, 6, 48), strict=True):
        Slot.objects.filter(pk=slot.pk).update(
            starts_at=noon + hours * HOUR, ends_at=noon + hours * HOUR + HOUR, open_until=noon + hours * HOUR
        )
        Slot.objects.select_related("help_request__circle").get(pk=slot.pk).claim(by=bo, at=now())

    assert Slot.objects.wish_for_today("leave", by=ada, at=noon) == 2
    assert Slot.objects.wish_for_today("leave", by=ada, at=noon) == 0

    assert list(Slot.objects.order_by("pk").values_list("doorstep", flat=True)) == ["leave", "leave", ""]
    assert Notice.objects.filter(kind="slot_changed", reader=bo).count() == 2
    assert Slot.objects.wish_for_today("stay", by=olga, at=noon) == 0


def test_the_helper_sees_todays_wish(client, supper, slot, ada, bo):
    claim = slot.claim(by=bo, at=now())
    Slot.objects.filter(pk=slot.pk).update(doorstep="stay")
    client.force_login(bo)

    assert "At the door: Please stay a while" in client.get(claim.get_absolute_url()).content.decode()


def test_an_unknown_wish_is_not_found_and_another_site_is_not_led_to(client, ada):
    client.force_login(ada)
    assert client.post("/me/doorstep/", {"doorstep": "dance"}).status_code == 404
    response = client.post("/me/doorstep/", {"doorstep": "leave", "next": "//evil.example/"})
    assert response.url == "/"


@pytest.fixture
def at_noon(ada):
    """Ada, by whose clock it is about noon."""
    offset = 12 - now().hour
    ada.time_zone = f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"  # its signs are the other way round
    ada.save(update_fields=["time_zone"])
    return ada


def test_the_wish_of_today_is_seen_on_its_button_while_somebody_still_comes(
    client, at_noon, supper, slot, bo
):
    Slot.objects.update(starts_at=now() + HOUR, ends_at=now() + 2 * HOUR)
    slot.claim(by=bo, at=now())
    client.force_login(at_noon)

    def pressed():
        page = markup(client.get(supper.get_absolute_url()))
        return (
            re.findall(r'value="(\w+)" aria-pressed="true"', page) if "Somebody comes today" in page else None
        )

    before = pressed()
    client.post(reverse("doorstep_today"), {"doorstep": "stay"})
    after = pressed()
    Slot.objects.update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)

    assert (before, after, pressed()) == ([supper.doorstep] if supper.doorstep else [], ["stay"], None)
