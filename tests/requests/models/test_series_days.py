"""Other days for a series that runs: what stays, what goes, what comes; who is told; what was shown is what is done."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from circles.models import JournalEntry
from requests.models import Claim, DaysChangedMeanwhile, NotOpen, Series, Slot
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, draft, now
from tests.circles.pages import errors, signed_in, text
from tests.fuzz.forms import forms_of

pytestmark = pytest.mark.django_db
LISBON = ZoneInfo("Europe/Lisbon")
WEEK = 7 * DAY


def monday():
    today = now().astimezone(LISBON).date()
    return today + (7 - today.weekday()) * DAY


def weekly(*weekdays, every=1):
    return {"weekdays": list(weekdays), "every": every, "month_day": None, "short": "skip"}


@pytest.fixture
def help_request(ada, street):
    """Rides at 9:00 on three Mondays and Wednesdays from next week on."""
    help_request = draft(ada, street)
    span = {"starts_on": monday(), "until": monday() + 20 * DAY}
    help_request.set_times(
        timing="series", weekdays=[1, 3], **span, local_start=dt.time(9), minutes=60, at=now()
    )
    help_request.publish(by=ada, at=now())
    return help_request


@pytest.fixture
def series(help_request):
    return help_request.series.get()


def days(**where):
    """The days after the first Monday on which it is, as they were asked for."""
    slots = Slot.objects.filter(**{"cancelled_at": None, **where}).order_by("original_date", "starts_at")
    return [(slot.original_date - monday()).days for slot in slots]


def on(day, **where):
    return Slot.objects.get(original_date=monday() + day * DAY, **where)


def change(series, days, by, *, since=0, **more):
    series = Series.objects.get(pk=series.pk)
    series.change_days(days, since=monday() + since * DAY, by=by, at=now(), **more)


def test_what_stays_keeps_its_slot_and_its_helper_and_what_goes_is_called_off(series, ada, bo):
    stays, goes = on(7).claim(by=bo, at=now()), on(9).claim(by=bo, at=now())
    slot = stays.slot_id

    change(series, weekly(1, 5), ada, reason="Therapy is on Fridays now")

    assert days() == [0, 4, 7, 11, 14, 18]
    assert on(7).pk == slot
    stays.refresh_from_db(), goes.refresh_from_db()
    assert (stays.state, goes.state) == ("accepted", "cancelled")
    assert on(9).taken == 0
    assert on(4).claim(by=bo, at=now()).is_accepted


def test_whoever_loses_a_promise_is_told_once_and_why(series, ada, bo, olga):
    for day in (2, 9, 7):
        on(day).claim(by=bo, at=now())
    on(0).claim(by=olga, at=now())
    deliver(at=now())
    mail.outbox.clear()

    change(series, weekly(1), ada, reason="Therapy is on Mondays only")
    deliver(at=(now() + DAY).replace(hour=12))

    (told,) = [message for message in mail.outbox if "Therapy is on Mondays only" in message.body]
    assert told.to == [bo.email] and told.body.count("The reason:") == 2
    assert Notice.objects.filter(kind="slot_cancelled").count() == 2


def test_what_was_moved_or_called_off_by_hand_stays_so_while_its_day_does(series, ada, bo):
    moved = on(7)
    moved.claim(by=bo, at=now())
    moved.refresh_from_db()
    moved.move(starts_at=moved.starts_at + DAY, ends_at=moved.ends_at + DAY, by=ada, at=now())
    at_hand = Slot.objects.get(pk=moved.pk).starts_at
    on(0).cancel(by=ada, at=now())

    change(series, weekly(1, 5), ada)
    assert (on(7).starts_at, days()) == (at_hand, [4, 7, 11, 14, 18])

    change(series, weekly(5), ada)
    assert days() == [4, 11, 18]
    assert Claim.objects.get().state == "cancelled"


def test_days_that_come_back_are_the_same_slots_without_the_promises_of_before(series, ada, bo):
    slot = on(9)
    slot.claim(by=bo, at=now())
    change(series, weekly(1), ada, reason="Mondays only")

    change(series, weekly(1, 3), ada)

    assert days() == [0, 2, 7, 9, 14, 16]
    again = on(9)
    assert (again.pk, again.cancel_reason, again.taken) == (slot.pk, "", 0)
    assert Claim.objects.get().state == "cancelled"
    assert again.claim(by=bo, at=now()).is_accepted


def test_from_a_day_on_leaves_what_is_before_it_and_makes_a_series_of_its_own(series, ada):
    change(series, weekly(2), ada, since=7)

    assert days() == [0, 2, 8, 15]
    assert [one.rule["weekdays"] for one in Series.objects.order_by("pk")] == [[1, 3], [2]]
    for one in Series.objects.all():
        one.expand()
    assert days() == [0, 2, 8, 15]


@pytest.mark.parametrize(
    ("rule", "since", "expected"),
    [
        (weekly(1, every=2), 0, [0, 14]),
        (weekly(1, every=2), 7, [0, 2, 7]),
        (weekly(1, 3, every=2), 2, [0, 2, 14, 16]),
        (weekly(7), 0, [6, 13, 20]),
    ],
)
def test_weeks_are_counted_from_that_day(series, ada, rule, since, expected):
    change(series, rule, ada, since=since)

    assert days() == expected


def test_a_day_of_the_month(series, ada):
    meant = monday() + 15 * DAY
    change(series, {"weekdays": [], "every": 1, "month_day": meant.day, "short": "skip"}, ada)

    assert days() == [15]


def test_what_has_begun_is_untouched(series, ada, bo):
    first = on(0)
    first.claim(by=bo, at=now())
    at = first.starts_at + HOUR / 2

    Series.objects.get().change_days(weekly(5), since=monday(), by=ada, at=at)

    assert days() == [0, 4, 11, 18]
    assert Claim.objects.get().state == "accepted"


def test_today_is_not_asked_for_once_its_hour_is_past_nor_later_either(series, ada):
    at = on(2).starts_at - DAY + 3 * HOUR  # on the Tuesday, at noon

    Series.objects.get().change_days(weekly(2, 4), since=monday() + DAY, by=ada, at=at)
    later = Series.objects.get(starts_on=monday() + DAY)
    later.extend(until=later.until + WEEK, by=ada, at=at)

    assert days() == [0, 3, 8, 10, 15, 17, 22, 24]


def test_the_ways_back_follow(ada, bo, street):
    help_request = draft(ada, street)
    span = {"starts_on": monday(), "until": monday() + 13 * DAY}
    hours = {"local_start": dt.time(9), "minutes": 30, "also": [dt.time(12)]}
    help_request.set_times(timing="series", weekdays=[1], **span, **hours, at=now())
    help_request.publish(by=ada, at=now())
    there, back = help_request.series.order_by("local_start")
    claim = on(7, series=back).claim(by=bo, at=now())

    change(there, weekly(2), ada, since=7)

    assert days() == [0, 0, 8, 8]
    claim.refresh_from_db()
    assert claim.state == "cancelled"


def test_days_left_out_stay_left_out(ada, street):
    help_request = draft(ada, street)
    span = {"starts_on": monday(), "until": monday() + 20 * DAY, "skips": [(monday() + WEEK).isoformat()]}
    help_request.set_times(
        timing="series", weekdays=[1], **span, local_start=dt.time(9), minutes=60, at=now()
    )
    help_request.publish(by=ada, at=now())

    change(help_request.series.get(), weekly(1, 5), ada)

    assert days() == [0, 4, 11, 14, 18]


def test_the_journal_has_the_days_of_before_and_after(series, ada):
    change(series, weekly(1, every=2), ada)

    written = JournalEntry.objects.get(verb="changed the days")
    assert written.details["before"]["weekdays"] == [1, 3]
    assert (written.details["after"]["weekdays"], written.details["after"]["every"]) == ([1], 2)
    assert (written.actor, written.subject) == (ada, f"series:{series.pk}")
    assert written.before_and_after == ("Monday, Wednesday, every week", "Monday, every 2 weeks")


def test_keepers_read_the_days_of_before_and_after_in_the_journal(series, ada, olga):
    change(series, {**weekly(), "month_day": 5}, ada)

    page = text(signed_in(olga).get("/organize/circles/journalentry/"))

    assert "Monday, Wednesday, every week → day 5 of every month" in page


def test_what_is_closed_is_not_changed(series, help_request, ada):
    help_request.close(by=ada, at=now())

    with pytest.raises(NotOpen):
        change(series, weekly(5), ada)

    assert days() == [0, 2, 7, 9, 14, 16]


def test_what_was_shown_is_what_is_done(series, ada, bo):
    shown = series.other_days(weekly(1), since=monday(), at=now()).stamp
    on(9).claim(by=bo, at=now())

    with pytest.raises(DaysChangedMeanwhile):
        change(series, weekly(1), ada, seen=shown)

    assert Claim.objects.get().is_live and len(days()) == 6


# Through the page ------------------------------------------------------------------------------------------------


def sent(answer, path, **changed):
    """The page's form as it stands, with what is `changed`."""
    return next(form for form in forms_of(answer, path) if form.action == path).filled() | changed


def test_from_the_request_to_other_days_with_a_look_before(help_request, series, ada, bo, street, olga):
    rosa = street.add_without_email(name="Rosa", phone="555 0107", by=olga, at=now()).person
    on(2).claim(by=rosa, made_by=olga, at=now())
    on(7).claim(by=bo, at=now())
    client, path = signed_in(ada), f"/series/{series.pk}/days/"
    assert path in client.get(help_request.get_absolute_url()).content.decode()
    assert f"{path}?since={on(7).original_date}" in client.get(f"/slots/{on(7).pk}/edit/").content.decode()

    shown = client.post(path, sent(client.get(path), path, weekdays=["1", "5"], reason="School has begun"))

    words = text(shown)
    assert shown.status_code == 422 and days() == [0, 2, 7, 9, 14, 16]
    for said in (
        "Nothing has changed yet",
        "3 times stay as they are. 1 promise on them stands",
        "1 promise would end",
    ):
        assert said in words
    for said in (
        "Rosa: ",
        "No mail",
        "3 times would be called off",
        "3 times would be new",
        "School has begun",
    ):
        assert said in shown.content.decode()
    assert not Notice.objects.filter(kind="slot_cancelled").exists()

    done = client.post(path, sent(shown, path))

    assert done.status_code == 302 and days() == [0, 4, 7, 11, 14, 18]
    assert on(2).cancel_reason == "School has begun"


def test_who_promised_after_the_look_is_shown_before_anything_is_done(series, ada, bo):
    client, path = signed_in(ada), f"/series/{series.pk}/days/"
    shown = client.post(path, sent(client.get(path), path, weekdays=["1"]))
    on(9).claim(by=bo, at=now())

    again = client.post(path, sent(shown, path))

    assert again.status_code == 422 and len(days()) == 6
    assert "Something is different from what you saw" in text(again) and "Bo: " in text(again)
    assert client.post(path, sent(again, path)).status_code == 302
    assert days() == [0, 7, 14]


def test_an_older_tab_does_not_undo_other_days(series, ada, olga):
    client, path = signed_in(ada), f"/series/{series.pk}/days/"
    old = sent(client.get(path), path, repeats="2")
    change(series, weekly(5), olga)

    answer = client.post(path, old)

    assert "Somebody changed this after you opened the page" in text(answer)
    assert answer.context["form"]["weekdays"].value() == ["5"]
    assert days() == [4, 11, 18]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["8"]}, "weekdays"),
        ({}, "weekdays"),
        ({"repeats": "month"}, "month_day"),
        ({"repeats": "month", "month_day": "32"}, "month_day"),
        ({"repeats": "9"}, "repeats"),
        ({"since": "2020-01-01"}, "since"),
        ({"since": "9999-12-31"}, "since"),
        ({"since": ""}, "since"),
    ],
)
def test_what_can_not_be_meant_is_said_beside_its_field(series, ada, typed, field):
    client, path = signed_in(ada), f"/series/{series.pk}/days/"

    answer = client.post(path, sent(client.get(path), path, **typed))

    assert (answer.status_code, list(errors(answer)), len(days())) == (422, [field], 6)


def test_nobody_else_changes_its_days(series, bo, mallory):
    path = f"/series/{series.pk}/days/"

    assert [signed_in(one).get(path).status_code for one in (bo, mallory)] == [403, 404]
    assert signed_in(bo).post(path, {"weekdays": ["5"], "repeats": "1"}).status_code == 403
