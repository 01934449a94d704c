"""A whole day is that date for whoever looks, from wherever; and it can become a time of day, and back."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from icalendar import Calendar

from requests.models import Series, Slot
from supportnet.notices.delivery import deliver
from tests.cast import DAY, draft, join, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db
LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture
def days(ada, street):
    """Ada is looked after on three Saturdays, the whole day, from next week on."""
    help_request = draft(ada, street, title="A day by the river")
    saturday = now().date() + dt.timedelta(days=12 - now().weekday())
    whole = {"local_start": dt.time(), "minutes": 24 * 60, "all_day": True}
    help_request.set_times(
        timing="series", weekdays=[6], starts_on=saturday, until=saturday + 14 * DAY, at=now(), **whole
    )
    help_request.publish(by=ada, at=now())
    return list(help_request.slots.in_order())


def as_typed(slot, **typed):
    """The form of this time as it stands, and what is typed."""
    date = slot.starts_at.astimezone(LISBON).date()
    fields = {"timing": "once", "date": date.isoformat(), "start": "00:00", "end": "00:00", "helpers": "1"}
    return fields | {"all_day": "on", "scope": "one"} | typed


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Lisbon"])
def test_it_is_that_date_on_page_in_mail_and_in_the_calendar_of_whoever_looks(zone, days, street, olga):
    far = make_person("Fay", time_zone=zone)
    join(street, far, by=olga)
    claim = days[0].claim(by=far, at=now())
    date = days[0].original_date
    words = f"{date:%A} {date.day} {date:%B}"

    pages = [text(signed_in(far).get(url.get_absolute_url())) for url in (claim, days[0].help_request)]
    deliver(at=(now() + DAY).replace(hour=12))

    assert all(words in page and "ll day" in page for page in pages)
    (letter,) = [letter for letter in mail.outbox if letter.to == [far.email] and letter.attachments]
    assert f"{words}, all day" in letter.body and words in letter.subject and "0:00" not in letter.subject
    (event,) = Calendar.from_ical(letter.attachments[0][1]).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date, date + DAY)


@pytest.mark.parametrize(("scope", "moved"), [("one", 1), ("later", 2), ("all", 3)])
def test_a_whole_day_becomes_a_time_of_day_and_back(scope, moved, days, ada):
    slot, client = days[{"one": 0, "later": 1, "all": 0}[scope]], signed_in(ada)
    url = reverse("slot_edit", args=[slot.pk])

    typed = as_typed(slot, start="18:00", end="19:30", scope=scope, all_day="")
    assert client.post(url, typed).status_code == 302

    timed = Slot.objects.filter(all_day=False)
    assert [s.starts_at.astimezone(LISBON).strftime("%H:%M") for s in timed] == ["18:00"] * moved
    assert {s.ends_at - s.starts_at for s in timed} == {dt.timedelta(minutes=90)}

    assert client.post(url, as_typed(slot, scope=scope)).status_code == 302
    assert [s.all_day for s in Slot.objects.all()] == [True] * 3
    assert all(s.starts_at.astimezone(LISBON).time() == dt.time() for s in Slot.objects.all())
    for series in Series.objects.all():
        assert series.all_day is True
        series.expand()
    assert Slot.objects.count() == 3


def test_room_for_more_leaves_the_day_as_it_is(days, ada):
    url = reverse("slot_edit", args=[days[0].pk])

    assert signed_in(ada).post(url, as_typed(days[0], helpers="3")).status_code == 302

    slot = Slot.objects.get(pk=days[0].pk)
    assert (slot.capacity, slot.all_day, slot.starts_at) == (3, True, days[0].starts_at)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Lisbon"])
def test_it_is_that_date_on_the_first_page_too(zone, days, street, olga, ada):
    far = make_person("Fay", time_zone=zone)
    join(street, far, by=olga)
    ada.time_zone = zone
    ada.save(update_fields=["time_zone"])
    words = f"{days[0].original_date:%A} {days[0].original_date.day} {days[0].original_date:%B}"

    needed, asked = text(signed_in(far).get("/")), text(signed_in(ada).get("/"))
    listed = text(signed_in(far).get(reverse("requests")))
    days[0].claim(by=far, at=now())
    promised = text(signed_in(far).get("/"))

    for page in (needed, listed, promised):
        assert f"{words}, all day" in page
    assert f"The next: {words}" in asked
    assert ":00" not in asked
