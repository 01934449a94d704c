"""A circle's clocks show another time zone: series keep their hours, and whoever changes it is shown that first."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from requests.models import Claim, Slot
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, draft, make_circle, now

pytestmark = pytest.mark.django_db
LISBON, BERLIN = ZoneInfo("Europe/Lisbon"), ZoneInfo("Europe/Berlin")


def suppers(ada, circle, **pattern):
    """A published series at 18:00 on two Mondays and Wednesdays, from next week on."""
    monday = now().date() + dt.timedelta(days=7 - now().weekday())
    until = monday + dt.timedelta(days=13)
    pattern = {"weekdays": [1, 3], "starts_on": monday, "until": until, "minutes": 60, **pattern}
    help_request = draft(ada, circle)
    help_request.set_times(timing="series", local_start=dt.time(18), at=now(), **pattern)
    help_request.publish(by=ada, at=now())
    return help_request


def hours(zone, **which):
    """When slots begin by the clocks of `zone`, in the order of their dates."""
    slots = Slot.objects.filter(**which).order_by("original_date", "pk")
    return [slot.starts_at.astimezone(zone).strftime("%H:%M") for slot in slots]


def words_of(circle, **typed):
    """The circle's form as it stands, and what is typed."""
    fields = {name: getattr(circle, name) for name in ("name", "description", "area", "time_zone")}
    return fields | {"join_rule": circle.join_rule} | typed


@pytest.fixture
def keeping(olga):
    """Olga's browser."""
    client = Client()
    client.force_login(olga)
    return client


def test_a_series_keeps_its_local_hours_and_its_helpers_who_are_told_old_and_new(ada, bo, olga, street):
    help_request = suppers(ada, street)
    first = help_request.slots.in_order().first()
    first.claim(by=bo, at=now())

    street.edit(by=olga, at=now(), time_zone="Europe/Berlin")

    assert (hours(BERLIN), hours(LISBON)) == (["18:00"] * 4, ["17:00"] * 4)
    assert Claim.objects.accepted().get().slot == first
    mail.outbox.clear()
    deliver(at=(now() + DAY).replace(hour=12))
    (told,) = [letter for letter in mail.outbox if letter.to == [bo.email] and "Changed" in letter.subject]
    assert "18:00" in told.body and "17:00" in told.body


def test_what_is_asked_for_longer_is_at_the_new_clocks_hour(ada, olga, street):
    series = suppers(ada, street).series.get()
    street.edit(by=olga, at=now(), time_zone="Europe/Berlin")

    series.refresh_from_db()
    series.extend(until=series.until + dt.timedelta(days=7), by=ada, at=now())

    assert hours(BERLIN) == ["18:00"] * 6


def test_single_times_those_moved_by_hand_the_past_and_other_circles_stay(ada, olga, street):
    help_request, single = suppers(ada, street), ask(ada, street).slots.get()
    elsewhere = suppers(ada, make_circle(olga, ada, name="Choir"))
    _past, by_hand, *_others = help_request.slots.in_order()
    at = _past.starts_at + HOUR
    by_hand.move(starts_at=by_hand.starts_at + HOUR, ends_at=by_hand.ends_at + HOUR, by=ada, at=now())

    street.edit(by=olga, at=at, time_zone="Europe/Berlin")

    assert hours(BERLIN, help_request=help_request) == ["19:00", "20:00", "18:00", "18:00"]
    assert hours(LISBON, help_request=elsewhere) == ["18:00"] * 4
    assert Slot.objects.get(pk=single.pk).starts_at == single.starts_at


def test_whole_days_are_those_of_the_new_zone(ada, olga, street):
    suppers(ada, street, all_day=True)

    street.edit(by=olga, at=now(), time_zone="Europe/Berlin")

    slot = Slot.objects.order_by("original_date").first()
    midnight = dt.datetime.combine(slot.original_date, dt.time(), tzinfo=BERLIN)
    assert (slot.starts_at, slot.ends_at) == (midnight, midnight + DAY)


@pytest.mark.moment("2027-03-01T12:00Z")
def test_an_hour_that_the_new_clocks_skip_stops_nobody(ada, olga, street):
    night = dt.date(2027, 3, 28)  # 02:30 is missing in Berlin
    help_request = suppers(ada, street, weekdays=[7], starts_on=night, until=night + dt.timedelta(days=7))
    series = help_request.series.get()
    series.move(local_start=dt.time(2, 30), minutes=60, by=ada, at=now())

    street.edit(by=olga, at=now(), time_zone="Europe/Berlin")

    assert hours(BERLIN) == ["03:30", "02:30"]
    series.refresh_from_db()
    series.move(local_start=dt.time(18), minutes=60, by=ada, at=now())
    assert hours(BERLIN) == ["18:00", "18:00"]


def test_the_keeper_is_shown_the_effect_first_and_nothing_has_changed(ada, bo, keeping, street):
    help_request = suppers(ada, street)
    for slot in help_request.slots.in_order()[:3]:
        slot.claim(by=bo, at=now())
    Notice.objects.all().delete()
    url = reverse("circle_edit", args=[street.pk])

    shown = keeping.post(url, words_of(street, time_zone="Europe/Berlin", area="By the river"))

    page = shown.content.decode()
    assert (shown.status_code, hours(LISBON), Notice.objects.count()) == (422, ["18:00"] * 4, 0)
    assert "4 times of a series" in page and "3 promises" in page and "By the river" in page
    street.refresh_from_db()
    assert street.time_zone == "Europe/Lisbon"

    sure = words_of(street, time_zone="Europe/Berlin", area="By the river", sure="Europe/Berlin")
    assert keeping.post(url, sure).status_code == 302
    street.refresh_from_db()
    assert (street.time_zone, street.area, hours(BERLIN)) == ("Europe/Berlin", "By the river", ["18:00"] * 4)
    assert Notice.objects.filter(kind="slot_changed", reader=bo).count() == 3


def test_who_chooses_yet_another_zone_sees_its_effect_too(ada, keeping, street):
    suppers(ada, street)
    url = reverse("circle_edit", args=[street.pk])

    other = words_of(street, time_zone="Asia/Tokyo", sure="Europe/Berlin")
    assert keeping.post(url, other).status_code == 422
    assert hours(LISBON) == ["18:00"] * 4


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Berlin"])
def test_where_nothing_moves_nothing_is_asked(zone, ada, keeping, street):
    if zone == "Europe/London":  # the very same hours by another name
        suppers(ada, street)
    ask(ada, street)

    answer = keeping.post(reverse("circle_edit", args=[street.pk]), words_of(street, time_zone=zone))

    street.refresh_from_db()
    assert (answer.status_code, street.time_zone) == (302, zone)
