"""Cases that every such system meets once: asking, promising, repeating. Others stand beside what they are about."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from icalendar import Calendar

from circles.models import JournalEntry, Ring
from requests.models import Claim, HelpRequest, Slot, SlotOver
from requests.models.slot_times import GRACE
from requests.pages.open_requests import needs_of
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, join, make_person, now
from tests.circles.pages import signed_in, text

from .filled_in import ask_fields, several_days

pytestmark = pytest.mark.django_db
LISBON, BERLIN = ZoneInfo("Europe/Lisbon"), ZoneInfo("Europe/Berlin")
PRACTICAL = reverse("request_new_kind", args=["instrumental"])


@pytest.fixture
def cy(street, olga):
    """One more helper."""
    cy = make_person("Cy")
    join(street, cy, by=olga)
    return cy


@pytest.fixture
def begins_now(monkeypatch):
    """Turns the clock of the pages to a moment."""

    def turn(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return turn


def mails_to(person):
    """What this person was sent."""
    return [letter for letter in mail.outbox if letter.to == [person.email]]


def test_two_places_on_one_day_are_open_in_the_circle_and_offered(ada, bo, street):
    signed_in(ada).post(PRACTICAL, ask_fields(street, helpers="2"))

    help_request = HelpRequest.objects.get()
    slot = help_request.slots.get()
    assert (help_request.state, slot.capacity, slot.taken) == ("open", 2, 0)
    page = text(signed_in(bo).get(street.get_absolute_url()))
    assert help_request.title in page
    assert [need["help_request_id"] for need in needs_of(bo, at=now())] == [help_request.pk]


def test_every_day_of_a_meal_train_shows_diet_people_and_after_the_promise_where(ada, bo, street):
    meal = {"meal-people": "4", "meal-diet": "No nuts", "address": "12 Lime Street"}
    signed_in(ada).post(PRACTICAL, ask_fields(street, **several_days(), **meal))
    client, slots = signed_in(bo), list(Slot.objects.in_order())
    first, last = dt.date.fromisoformat(several_days()["starts_on"]), several_days()["until"]
    days = [first + n * DAY for n in range((dt.date.fromisoformat(last) - first).days + 1)]

    assert [slot.original_date for slot in slots] == [day for day in days if day.isoweekday() in (1, 4)]
    for slot in slots:
        before = text(client.get(slot.get_absolute_url()))
        after = text(client.get(slot.claim(by=bo, at=now()).get_absolute_url()))
        assert all(words in page for page in (before, after) for words in ("No nuts", "4"))
        assert ("12 Lime Street" in before, "12 Lime Street" in after) == (False, True)


def test_who_gave_it_back_reads_on_only_while_it_is_shown_to_them(ada, bo, olga, street):
    street.memberships.get(person=bo).place(Ring.INNER, by=olga, at=now())
    help_request = ask(ada, street, up_to=Ring.INNER)
    claim, client = help_request.slots.get().claim(by=bo, at=now()), signed_in(bo)
    pages = [help_request.get_absolute_url(), help_request.slots.get().get_absolute_url()]
    claim.release(by=bo, at=now())
    assert [client.get(page).status_code for page in pages] == [200, 200]

    street.memberships.get(person=bo).place(Ring.EVERYONE, by=olga, at=now())

    assert [client.get(page).status_code for page in pages] == [404, 404]


@pytest.mark.parametrize("taking", ["by myself", "to take over", "as standby", "signed up"])
def test_what_has_begun_takes_helpers_for_a_while_and_then_none(taking, ada, bo, cy, olga, street):
    slot = ask(ada, street, capacity=1 if taking == "to take over" else 5).slots.get()
    if taking == "to take over":
        slot.claim(by=cy, at=now()).look_for_cover(by=cy, at=now())
    made_by = olga if taking == "signed up" else None

    with pytest.raises(SlotOver):
        slot.claim(by=bo, made_by=made_by, at=slot.starts_at + GRACE)
    last_moment = slot.starts_at + GRACE - dt.timedelta(seconds=1)
    fresh = Slot.objects.select_related("help_request__circle").get(pk=slot.pk)
    assert fresh.claim(by=bo, made_by=made_by, at=last_moment).is_accepted


def test_the_page_of_what_has_begun_says_so_kindly_after_the_grace(bo, slot, begins_now):
    client, url = signed_in(bo), slot.get_absolute_url()
    begins_now(slot.starts_at + GRACE + HOUR / 60)

    told = client.post(url, follow=True)

    assert "has gone by. Thank you all the same" in text(told)
    assert not Claim.objects.exists()


def test_who_was_signed_up_is_told_by_whom_and_gives_it_back_from_the_mail(bo, slot, olga):
    claim = slot.claim(by=bo, made_by=olga, at=now())
    deliver(at=(now() + DAY).replace(hour=12))
    assert ["Olga signed you up" in letter.body for letter in mails_to(bo)].count(True) == 1

    client = signed_in(bo)
    assert "Give it back" in text(client.get(claim.get_absolute_url()))
    client.post(reverse("claim_release", args=[claim.pk]))

    assert Slot.objects.get().taken == 0


def test_over_the_limit_whoever_is_there_already_says_anew_what_they_bring(ada, bo, cy, slot, olga):
    first = slot.claim(by=bo, at=now(), bringing="Bread")
    slot.claim(by=cy, made_by=olga, at=now(), over_limit_because="The stairs need two")

    signed_in(bo).post(
        reverse("claim_bring", args=[first.pk]), {"bringing": "Bread and cheese", "note": "", "dish": ""}
    )

    first.refresh_from_db()
    slot.refresh_from_db()
    assert (first.bringing, first.state) == ("Bread and cheese", "accepted")
    assert (slot.taken, slot.capacity) == (2, 2)
    written = JournalEntry.objects.get(verb="went over the limit")
    assert (written.actor, written.details["because"]) == (olga, "The stairs need two")


def test_an_offer_takes_no_place_and_a_no_is_kind(ada, bo, cy, street):
    slot = ask_for_company(ada, street).slots.get()
    offer, other = (slot.claim(by=person, at=now()) for person in (bo, cy))
    slot.refresh_from_db()
    assert (slot.taken, slot.is_open(at=now()), offer.state) == (0, True, "waiting")

    other.decline(by=ada, at=now())
    offer.accept(by=ada, at=now())

    slot.refresh_from_db()
    assert (slot.taken, slot.is_full) == (1, True)
    deliver(at=(now() + DAY).replace(hour=12))
    (no,) = [letter for letter in mails_to(cy) if "Not this time" in letter.body]
    assert "thank you" in no.body and "That you offered counts" in no.body
    assert "Bo" not in no.body  # nobody learns who it is instead


def test_a_link_to_claim_does_nothing_until_it_is_pressed(client, bo, slot):
    url = slot.get_absolute_url()
    for method in (client.get, client.head):
        answer = method(url)
        assert (answer.status_code, "next=" + url in answer.url) == (302, True)
    client.force_login(bo)
    for method in (client.get, client.head):
        assert method(url).status_code == 200
    assert (Claim.objects.count(), Notice.objects.filter(reader=bo, kind="claim_confirmed").count()) == (0, 0)


@pytest.mark.parametrize("wall", ["01:00", "22:30"])
def test_through_the_hour_that_comes_twice_its_length_is_right_everywhere(wall, ada, bo, olga, street):
    street.edit(by=olga, at=now(), time_zone="Europe/Berlin")
    year = now().year + 1
    october = dt.date(year, 10, 31) - dt.timedelta(days=dt.date(year, 10, 31).isoweekday() % 7)
    night = october if wall == "01:00" else october - DAY
    help_request = draft(ada, street)
    help_request.set_times(
        timing="series",
        weekdays=[night.isoweekday()],
        starts_on=night,
        until=night,
        local_start=dt.time.fromisoformat(wall),
        minutes=6 * 60,
        at=now(),
    )
    help_request.publish(by=ada, at=now())

    slot = help_request.slots.get()
    claim = slot.claim(by=bo, at=now())

    assert slot.ends_at - slot.starts_at == 7 * HOUR
    end = {"01:00": "7:00", "22:30": "4:30"}[wall]
    bo.time_zone = "Europe/Berlin"
    bo.save(update_fields=["time_zone"])
    assert f"{end} (7 h, as the clocks change)" in text(signed_in(bo).get(claim.get_absolute_url()))
    deliver(at=(now() + DAY).replace(hour=12))
    (confirmed,) = [letter for letter in mails_to(bo) if letter.attachments]
    (event,) = Calendar.from_ical(confirmed.attachments[0][1]).walk("VEVENT")
    assert event.decoded("dtend") - event.decoded("dtstart") == 7 * HOUR
    assert event.decoded("dtend").astimezone(BERLIN).strftime("%H:%M").lstrip("0") == end


def test_new_words_leave_a_time_that_was_moved_by_hand_where_it_is(ada, bo, street):
    signed_in(ada).post(PRACTICAL, ask_fields(street, **several_days()))
    help_request = HelpRequest.objects.get()
    moved, *others = help_request.slots.in_order()
    moved.claim(by=bo, at=now())
    moved.refresh_from_db()
    moved.move(starts_at=moved.starts_at + HOUR, ends_at=moved.ends_at + HOUR, by=ada, at=now())

    help_request.refresh_from_db()
    help_request.edit(by=ada, at=now(), version=help_request.version, title="Suppers, please")
    help_request.series.get().expand()

    assert help_request.slots.count() == len(others) + 1
    hours = [slot.starts_at.astimezone(LISBON).strftime("%H:%M") for slot in help_request.slots.in_order()]
    assert hours == ["18:30"] + ["17:30"] * len(others)
    assert Claim.objects.accepted().get().slot == moved
