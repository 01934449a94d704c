"""One time, this and later ones, or all: what changes, who keeps what, who is told."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse

from circles.models import JournalEntry
from requests.models import Claim, Series, Slot, SlotHoldsMore, SlotTaken
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, draft, join, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db
LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture
def supper_series(ada, street):
    """Suppers at 18:00 on three Mondays and Wednesdays, from next week on."""
    help_request = draft(ada, street)
    monday = now().date() + dt.timedelta(days=7 - now().weekday())
    help_request.set_times(
        timing="series",
        weekdays=[1, 3],
        starts_on=monday,
        until=monday + dt.timedelta(days=20),
        local_start=dt.time(18),
        minutes=60,
        at=now(),
    )
    help_request.publish(by=ada, at=now())
    return help_request.series.get()


def times():
    """The local starts of all slots, by their own date."""
    slots = Slot.objects.filter(cancelled_at=None).order_by("original_date")
    return [slot.starts_at.astimezone(LISBON).strftime("%H:%M") for slot in slots]


def ordered():
    return list(Slot.objects.order_by("original_date"))


def typed(slot, **said):
    """The form of one slot with its own time."""
    starts, ends = slot.starts_at.astimezone(LISBON), slot.ends_at.astimezone(LISBON)
    return {
        "timing": "once",
        "date": starts.date().isoformat(),
        "start": starts.strftime("%H:%M"),
        "end": ends.strftime("%H:%M"),
        "helpers": "1",
        "scope": "one",
        **said,
    }


def test_this_and_later_ones_become_a_series_of_their_own(supper_series, ada):
    third = ordered()[2]

    supper_series.move(local_start=dt.time(19), minutes=90, since=third.original_date, by=ada, at=now())

    assert times() == ["18:00"] * 2 + ["19:00"] * 4
    assert [series.slots.count() for series in Series.objects.order_by("pk")] == [2, 4]
    for series in Series.objects.all():
        series.expand()
    assert Slot.objects.count() == 6


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("one", ["18:00", "19:30", "18:00", "18:00", "18:00", "18:00"]),
        ("later", ["18:00"] + ["19:30"] * 5),
        ("all", ["19:30"] * 6),
    ],
)
def test_the_page_changes_as_much_as_is_meant(scope, expected, client, supper_series, ada):
    client.force_login(ada)
    slot = ordered()[1]
    url = reverse("slot_edit", args=[slot.pk])

    response = client.post(url, typed(slot, start="19:30", end="20:30", scope=scope))

    assert (response.status_code, times()) == (302, expected)


def test_who_is_affected_is_shown_first_and_nothing_has_changed(client, supper_series, ada, bo):
    slot = ordered()[1]
    slot.claim(by=bo, at=now())
    client.force_login(ada)
    url = reverse("slot_edit", args=[slot.pk])
    fields = typed(slot, start="19:30", end="20:30", scope="all", because="The bath is at seven")

    preview = client.post(url, fields)

    page = preview.content.decode()
    assert (preview.status_code, times()) == (422, ["18:00"] * 6)
    assert "Bo" in page and "still on" in page and "The bath is at seven" in page
    assert Notice.objects.filter(kind="slot_changed").count() == 0

    assert client.post(url, {**fields, "sure": "1"}).status_code == 302
    assert times() == ["19:30"] * 6
    assert Claim.objects.get().state == "accepted"


def test_the_mail_says_why_and_asks_anew_only_after_more_than_an_hour(supper_series, ada, bo):
    first, second = ordered()[:2]
    for slot in (first, second):
        slot.claim(by=bo, at=now()).confirm(at=now())
    first.refresh_from_db()
    first.move(starts_at=first.starts_at + HOUR, ends_at=first.ends_at + HOUR, by=ada, at=now())
    assert Claim.objects.get(slot=first).state == "confirmed"
    second.refresh_from_db()
    second.move(
        starts_at=second.starts_at + 2 * HOUR,
        ends_at=second.ends_at + 2 * HOUR,
        by=ada,
        at=now(),
        because="We are at the clinic until seven",
    )
    assert Claim.objects.get(slot=second).state == "accepted"

    mail.outbox.clear()
    deliver(at=(now() + DAY).replace(hour=12))

    (told,) = [message.body for message in mail.outbox if "Changed" in message.subject]
    assert told.count("We are at the clinic until seven") == 1
    assert told.count("Please say whether it still suits you") == 1


def test_a_time_moved_by_hand_keeps_it_and_its_helper(supper_series, ada, bo):
    second = ordered()[1]
    second.claim(by=bo, at=now())
    second.refresh_from_db()
    second.move(starts_at=second.starts_at + DAY, ends_at=second.ends_at + DAY, by=ada, at=now())

    supper_series.move(local_start=dt.time(17), minutes=60, by=ada, at=now())

    assert times() == ["17:00", "18:00", "17:00", "17:00", "17:00", "17:00"]
    assert Claim.objects.get().slot == second


def test_another_day_can_only_be_chosen_for_one(client, supper_series, ada):
    slot = ordered()[0]
    client.force_login(ada)
    later = (slot.starts_at + DAY).date().isoformat()

    response = client.post(reverse("slot_edit", args=[slot.pk]), typed(slot, date=later, scope="all"))

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["scope"])
    assert times() == ["18:00"] * 6


def test_a_week_is_called_off_and_who_had_promised_is_shown_first(client, supper_series, ada, bo):
    fifth = ordered()[4]
    claim = ordered()[5].claim(by=bo, at=now())
    client.force_login(ada)
    url = reverse("slot_cancel", args=[fifth.pk])

    preview = client.post(url, {"scope": "later", "reason": "Home again"})
    assert (preview.status_code, "Bo" in preview.content.decode(), len(times())) == (422, True, 6)
    client.post(url, {"scope": "later", "reason": "Home again", "sure": "1"})

    claim.refresh_from_db()
    assert (len(times()), claim.state) == (4, "cancelled")
    assert Notice.objects.filter(kind="slot_cancelled", reader=bo).count() == 1
    supper_series.expand()
    assert len(times()) == 4


def test_a_series_goes_on_for_longer(client, supper_series, ada, bo):
    client.force_login(ada)
    url = reverse("series_extend", args=[supper_series.pk])
    until = supper_series.until + dt.timedelta(days=7)

    last = f"until {supper_series.until:%A} {supper_series.until.day} {supper_series.until:%B}"
    assert last in client.get(url).content.decode()
    assert client.post(url, {"until": supper_series.until.isoformat()}).status_code == 422
    assert client.post(url, {"until": "2999-01-01"}).status_code == 422
    client.post(url, {"until": until.isoformat()})

    assert times() == ["18:00"] * 8
    assert ordered()[-1].claim(by=bo, at=now()).is_accepted
    client.force_login(bo)
    assert client.get(url).status_code == 403


def test_one_day_out_of_the_month_is_the_last_one_if_the_form_said_so(ada, street):
    for short, expected in (("skip", [31, 31]), ("last", [31, 28, 31])):
        help_request = draft(ada, street)
        pattern = {
            "month_day": 31,
            "short": short,
            "starts_on": dt.date(2027, 1, 1),
            "until": dt.date(2027, 3, 31),
        }
        help_request.set_times(timing="series", local_start=dt.time(18), minutes=60, at=now(), **pattern)
        found = help_request.slots.order_by("original_date").values_list("original_date__day", flat=True)
        assert list(found) == expected


def test_less_room_ends_only_the_chosen_promises(street, ada, bo, olga):
    slot = ask(ada, street, capacity=2).slots.get()
    stays, goes = slot.claim(by=bo, at=now()), slot.claim(by=olga, at=now())
    with pytest.raises(SlotHoldsMore) as more:
        slot.resize(1, by=ada, at=now())
    assert more.value.places == 1

    slot.resize(1, by=ada, at=now(), let_go=[Claim.objects.select_related("slot", "person").get(pk=goes.pk)])

    assert sorted(Claim.objects.live().values_list("pk", flat=True)) == [stays.pk]
    assert (Slot.objects.get().taken, Slot.objects.get().capacity) == (1, 1)


def test_only_a_keeper_goes_over_the_limit_and_says_why(street, slot, ada, bo, olga):
    cy = make_person("Cy")
    join(street, cy, by=olga)
    slot.claim(by=bo, at=now())
    for by in (cy, ada):
        with pytest.raises(SlotTaken):
            slot.claim(by=cy, made_by=by, at=now(), over_limit_because="I like to")

    slot.claim(by=cy, made_by=olga, at=now(), over_limit_because="Two are needed for the stairs")

    assert (Slot.objects.get().taken, Slot.objects.get().capacity) == (2, 2)
    entry = JournalEntry.objects.get(verb="went over the limit")
    assert (entry.actor, entry.details["because"]) == (olga, "Two are needed for the stairs")


# Who had promised what is called off ----------------------------------------------------------------------------


def test_before_it_is_called_off_the_page_says_who_promised_and_whom_mail_does_not_reach(
    slot, ada, bo, street, olga
):
    slot.resize(2, by=ada, at=now())
    rosa = street.add_without_email(name="Rosa", phone="555 0107", by=olga, at=now()).person
    slot.claim(by=bo, at=now())
    slot.claim(by=rosa, made_by=olga, at=now())

    for path in (f"/slots/{slot.pk}/cancel/", f"/requests/{slot.help_request_id}/cancel/"):
        words = text(signed_in(ada).get(path))
        assert "2 promises would end" in words
        assert "Rosa: Friday 15 January, 10:30 to 11:30 No mail" in words
        assert "please call those marked" in words
        bos = words[words.index("Bo: ") :][:60]
        assert "No mail" not in bos.partition("Rosa")[0]


def test_afterwards_the_page_says_who_had_promised_and_the_helper_reads_why(slot, ada, bo, olga, mallory):
    claim = slot.claim(by=bo, at=now())
    slot.cancel(by=ada, at=now(), reason="My sister is here")
    page = f"/requests/{slot.help_request_id}/"

    for runs in (ada, olga):
        assert "Had promised: Bo" in text(signed_in(runs).get(page))
    assert "Had promised" not in text(signed_in(bo).get(page))
    assert "The reason: My sister is here" in text(signed_in(bo).get(claim.get_absolute_url()))


def test_whoever_had_given_it_back_before_is_not_named(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())
    claim.release(by=bo, at=now())
    slot.cancel(by=ada, at=now())

    assert "Had promised" not in text(signed_in(ada).get(f"/requests/{slot.help_request_id}/"))
