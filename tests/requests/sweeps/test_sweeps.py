"""What is due by the clock is queued once, whenever the sweep gets to it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from circles.models import Hears, Person
from requests.schedule.daily_mail import next_daily_mail
from requests.sweeps import waves
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.sweeps import run_all
from tests.cast import DAY, HOUR, ask, draft, join, make_person, now

pytestmark = [pytest.mark.django_db, pytest.mark.moment("2027-01-12T10:30Z")]
LISBON = ZoneInfo("Europe/Lisbon")


def lisbon(month, day, hour, minute=0):
    """A moment of 2027 by the clocks of Lisbon, in UTC."""
    return dt.datetime(2027, month, day, hour, minute, tzinfo=LISBON).astimezone(dt.UTC)


def supper_at(starts_at, ada, street):
    """A slot of one hour at `starts_at`."""
    slot = ask(ada, street).slots.get()
    slot.move(starts_at=starts_at, ends_at=starts_at + HOUR, by=ada, at=now())
    return slot


def queued(kind):
    """When the notices of this kind are due."""
    return list(Notice.objects.filter(kind=kind).order_by("due_at").values_list("due_at", flat=True))


def test_the_evening_before_is_six_by_the_helpers_clock(ada, bo, street):
    supper_at(lisbon(2, 10, 17, 30), ada, street).claim(by=bo, at=now())

    run_all(lisbon(2, 9, 17, 59))
    assert queued("reminder") == []
    run_all(lisbon(2, 9, 18))
    run_all(lisbon(2, 9, 18, 1))

    assert queued("reminder") == [lisbon(2, 9, 18)]


def test_the_evening_before_a_clock_change_is_still_six(ada, bo, street):
    supper_at(lisbon(3, 28, 17), ada, street).claim(by=bo, at=now())

    run_all(lisbon(3, 27, 20))

    assert queued("reminder") == [dt.datetime(2027, 3, 27, 18, tzinfo=dt.UTC)]


def test_two_reminders_for_whoever_asked_for_two(ada, bo, street):
    bo.edit(at=now(), remind_two_hours=True)
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())

    run_all(lisbon(2, 10, 16))

    assert (queued("reminder"), queued("reminder_soon")) == ([lisbon(2, 9, 18)], [lisbon(2, 10, 15)])


def test_a_promise_made_after_the_reminder_hour_gets_none(ada, bo, street):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=lisbon(2, 9, 18, 30))

    run_all(lisbon(2, 10, 12))

    assert queued("reminder") == []


def test_a_moved_slot_is_reminded_of_at_its_new_time(ada, bo, street):
    slot = supper_at(lisbon(2, 10, 17), ada, street)
    slot.claim(by=bo, at=now())
    run_all(lisbon(2, 9, 18))

    slot.move(starts_at=lisbon(2, 12, 17), ends_at=lisbon(2, 12, 18), by=ada, at=lisbon(2, 9, 20))
    run_all(lisbon(2, 11, 18))

    assert queued("reminder") == [lisbon(2, 9, 18), lisbon(2, 11, 18)]


def test_nobody_is_reminded_of_what_was_given_back(ada, bo, street):
    claim = supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())
    claim.release(by=bo, at=now())

    run_all(lisbon(2, 9, 18))

    assert queued("reminder") == []


def test_a_reminder_that_nobody_sent_in_time_expires_with_the_start(ada, bo, street):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())

    run_all(lisbon(2, 10, 18))

    assert Notice.objects.get(kind="reminder").expires_at == lisbon(2, 10, 17)


def test_reminders_follow_the_helper_into_another_time_zone(ada, bo, street):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())

    bo.edit(at=now(), time_zone="America/New_York")
    run_all(lisbon(2, 10, 1))

    assert queued("reminder") == [
        dt.datetime(2027, 2, 9, 18, tzinfo=ZoneInfo("America/New_York")).astimezone(dt.UTC)
    ]


def test_a_reminder_in_quiet_hours_comes_before_them(ada, bo, street):
    bo.edit(at=now(), remind_at=dt.time(22))
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())

    run_all(lisbon(2, 9, 23))

    assert queued("reminder") == [lisbon(2, 9, 20, 30)]


def test_a_reminder_in_quiet_hours_comes_as_they_end_if_that_is_the_only_way(ada, bo, street):
    bo.edit(at=now(), remind_two_hours=True)
    supper_at(lisbon(2, 10, 8, 30), ada, street).claim(by=bo, at=lisbon(2, 9, 22))

    run_all(lisbon(2, 10, 8))

    assert queued("reminder_soon") == [lisbon(2, 10, 8)]


def test_two_reminders_that_would_come_at_once_are_one(ada, bo, street):
    """Both would fall into the quiet hours of one night, and come before them."""
    bo.edit(at=now(), remind_at=dt.time(22), remind_two_hours=True)
    supper_at(lisbon(2, 10, 8, 30), ada, street).claim(by=bo, at=now())

    run_all(lisbon(2, 10, 8))

    assert (queued("reminder"), queued("reminder_soon")) == ([lisbon(2, 9, 20, 30)], [])


def test_a_second_reminder_in_quiet_hours_comes_as_they_end_and_never_the_evening_before(ada, bo, street):
    bo.edit(at=now(), remind_two_hours=True)
    for hour, minute in ((9, 30), (9, 0), (8, 45), (7, 0), (3, 0)):
        supper_at(lisbon(2, 10, hour, minute), ada, street).claim(by=bo, at=now(), even_if_clashing=True)

    run_all(lisbon(2, 10, 9))

    assert queued("reminder_soon") == [lisbon(2, 10, 8)] * 2
    assert queued("reminder") == [lisbon(2, 9, 18)] * 5


def test_a_second_reminder_never_comes_before_the_first(ada, bo, street):
    bo.edit(
        at=now(), remind_two_hours=True, remind_at=dt.time(23, 30), quiet_from="00:00", quiet_until="00:00"
    )
    Person.objects.filter(pk=bo.pk).update(quiet_from="00:00", quiet_until="00:00")
    bo = Person.objects.get(pk=bo.pk)
    supper_at(lisbon(2, 10, 1), ada, street).claim(by=bo, at=now())

    run_all(lisbon(2, 10, 1))

    assert (queued("reminder"), queued("reminder_soon")) == ([lisbon(2, 9, 23, 30)], [])


def test_a_whole_day_has_its_reminder_on_the_evening_before_it_wherever_the_helper_is(ada, bo, street):
    bo.edit(at=now(), time_zone="America/St_Johns", remind_two_hours=True)
    slot = supper_at(lisbon(2, 10, 17), ada, street)
    slot.move(starts_at=lisbon(2, 10, 0), ends_at=lisbon(2, 11, 0), all_day=True, by=ada, at=now())
    slot.claim(by=bo, at=now())

    run_all(lisbon(2, 12, 23))

    there = ZoneInfo("America/St_Johns")
    assert queued("reminder") == [dt.datetime(2027, 2, 9, 18, tzinfo=there)]
    assert queued("reminder_soon") == []
    assert queued("afterwards") == [dt.datetime(2027, 2, 11, 9, tzinfo=there)]


# Moved, not lost --------------------------------------------------------------------------------------------


def test_a_reminder_whose_hour_was_changed_to_an_earlier_one_comes_at_once(ada, bo, street):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())

    bo.edit(at=lisbon(2, 9, 15), remind_at=dt.time(12))
    for minute in range(3):
        run_all(lisbon(2, 9, 15, minute))
    run_all(lisbon(2, 10, 12))

    assert queued("reminder") == [lisbon(2, 9, 15)]


def test_whoever_was_reminded_is_not_reminded_again_because_they_chose_a_later_hour(ada, bo, street):
    claim = supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())
    run_all(lisbon(2, 9, 18))

    bo.edit(at=lisbon(2, 9, 19), remind_at=dt.time(20))
    claim.refresh_from_db()
    run_all(lisbon(2, 9, 20))

    assert (queued("reminder"), claim.remind_at) == ([lisbon(2, 9, 18)], None)


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({"time_zone": "Asia/Kathmandu"}, lisbon(2, 9, 15)),
        ({"quiet_from": dt.time(15), "quiet_until": dt.time(16)}, lisbon(2, 9, 16)),
        ({"quiet_from": dt.time(14, 30)}, lisbon(2, 10, 8)),
    ],
)
def test_a_reminder_moved_into_the_past_by_another_clock_comes_as_soon_as_they_may_be_told(
    change, due, ada, bo, street
):
    bo.edit(at=now(), remind_at=dt.time(15, 30))
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())

    bo.edit(at=lisbon(2, 9, 15), **change)
    for hour in range(30):
        run_all(lisbon(2, 9, 15) + hour * HOUR)

    assert queued("reminder") == [due]


def test_a_second_reminder_wished_for_within_two_hours_comes_at_once(ada, bo, street):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())
    run_all(lisbon(2, 9, 18))

    bo.edit(at=lisbon(2, 10, 16), remind_two_hours=True)
    run_all(lisbon(2, 10, 16))

    assert queued("reminder_soon") == [lisbon(2, 10, 16)]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (
            (2, 10, 10),
            [(2, 9, 18), (2, 10, 8)],
        ),  # told in the morning: late at night the mail of the move woke nobody
        ((2, 10, 17, 30), [(2, 9, 18)]),  # half an hour later is the same time
        ((2, 12, 17), [(2, 9, 18), (2, 11, 18)]),
        ((2, 9, 22, 0), [(2, 9, 18)]),  # in ten minutes: the mail of the move says it all
    ],
)
def test_whoever_was_reminded_is_reminded_anew_of_quite_another_time(start, due, ada, bo, street):
    slot = supper_at(lisbon(2, 10, 17), ada, street)
    slot.claim(by=bo, at=now())
    run_all(lisbon(2, 9, 18))

    at = lisbon(2, 9, 21, 50)
    slot.move(starts_at=lisbon(*start), ends_at=lisbon(*start) + HOUR, by=ada, at=at)
    for hour in range(60):
        run_all(at + hour * HOUR)

    assert queued("reminder") == [lisbon(*moment) for moment in due]


def test_a_time_moved_to_the_next_morning_is_reminded_of_after_the_mail_that_says_so(ada, bo, street):
    slot = supper_at(lisbon(2, 16, 17), ada, street)
    slot.claim(by=bo, at=now())

    slot.move(starts_at=lisbon(2, 10, 10), ends_at=lisbon(2, 10, 11), by=ada, at=lisbon(2, 9, 19))
    for minute in range(60):
        run_all(lisbon(2, 9, 19, minute))

    assert queued("reminder") == [lisbon(2, 9, 19, 15)]
    assert queued("slot_changed") < queued("reminder")


def test_the_morning_after_comes_once(ada, bo, street):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())

    run_all(lisbon(2, 11, 9))
    run_all(lisbon(2, 11, 10))

    assert queued("afterwards") == [lisbon(2, 11, 9)]


def test_any_time_before_a_day_is_reminded_of_on_the_evening_before_that_day(ada, bo, street):
    help_request = draft(ada, street)
    help_request.set_times(timing="before", ends_at=lisbon(2, 11, 0), at=now())
    help_request.publish(by=ada, at=now())
    help_request.slots.get().claim(by=bo, at=now())

    run_all(lisbon(2, 9, 17))
    assert queued("reminder") == []
    run_all(lisbon(2, 9, 18))
    run_all(lisbon(2, 11, 9))

    reminder = Notice.objects.get(kind="reminder")
    assert (reminder.due_at, reminder.expires_at) == (lisbon(2, 9, 18), lisbon(2, 11, 0))
    assert queued("afterwards") == [lisbon(2, 11, 9)]


def told_of_new():
    """Who is told of a new request, and when."""
    return {notice.reader.name: notice.due_at for notice in Notice.objects.filter(kind="wave_opened")}


def test_a_new_request_is_told_at_once_or_in_the_daily_mail(ada, bo, olga, street):
    street.memberships.get(person=olga).hear(hears=Hears.AT_ONCE)
    at = now()
    ask(ada, street, in_days=9)

    waves.open_waves(at + HOUR / 60)
    waves.open_waves(at + HOUR)

    daily = next_daily_mail(at + HOUR / 60, zone="Europe/Lisbon", digest_at=dt.time(8))
    assert told_of_new() == {"Olga": at + HOUR / 60, "Bo": daily}


def test_what_is_needed_within_two_days_is_told_at_once(ada, bo, olga, street):
    at = now()
    ask(ada, street, in_days=1)

    waves.open_waves(at + HOUR / 60)

    assert told_of_new() == {"Bo": at + HOUR / 60, "Olga": at + HOUR / 60}


def test_whoever_wants_no_mail_of_a_circle_gets_none(ada, bo, olga, street):
    street.memberships.get(person=bo).hear(hears=Hears.NEVER)
    ask(ada, street)

    waves.open_waves(now())

    assert set(told_of_new()) == {"Olga"}


def test_a_wave_that_was_cancelled_meanwhile_tells_nobody(ada, street):
    ask(ada, street).cancel(by=ada, at=now())

    waves.open_waves(now())

    assert told_of_new() == {}


@pytest.mark.parametrize("hour, days", [(7, 0), (8, 0), (9, 1), (23, 1)])
def test_the_next_digest_is_at_eight_by_the_readers_clock(hour, days):
    digest = next_daily_mail(lisbon(3, 27, hour), zone="Europe/Lisbon", digest_at=dt.time(8))

    assert digest == lisbon(3, 27 + days, 8)


def test_each_zone_has_its_own_morning(ada, olga, street):
    far = make_person("Far", time_zone="Asia/Tokyo")
    join(street, far, by=olga)
    at = now()
    ask(ada, street, in_days=9)

    waves.open_waves(at + HOUR / 60)

    assert told_of_new()["Far"].astimezone(ZoneInfo("Asia/Tokyo")).time() == dt.time(8)
    assert told_of_new()["Olga"].astimezone(LISBON).time() == dt.time(8)


def test_a_request_moves_to_its_next_time_when_one_has_passed(ada, street):
    help_request = ask(ada, street, in_days=1)
    later = now() + 5 * DAY
    help_request.add_slot(by=ada, at=now(), starts_at=later, ends_at=later + HOUR)

    waves.relist_requests(now() + 2 * DAY)

    assert help_request.waves.get().sort_at == later


def test_a_request_whose_last_time_has_passed_is_unlisted(ada, street):
    help_request = ask(ada, street, in_days=1)

    waves.relist_requests(now() + 2 * DAY)

    wave = help_request.waves.get()
    assert (wave.listed_until, wave.relist_at) == (None, None)


def test_a_worker_that_was_down_for_twenty_minutes_reminds_all_the_same(ada, bo, street):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())
    Notice.objects.all().delete()

    run_all(lisbon(2, 9, 18, 20))
    deliver(at=lisbon(2, 9, 18, 20))

    assert [notice.kind for notice in Notice.objects.sent()] == ["reminder"]


def test_a_worker_that_was_down_until_after_the_start_says_what_it_missed(ada, bo, street):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())
    Notice.objects.all().delete()

    run_all(lisbon(2, 10, 17, 5))
    deliver(at=lisbon(2, 10, 17, 5))

    assert what_became_of("reminder") == ("dropped", "It came too late to be of use.")


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"is_active": False}, "The reader's account is closed."),
        ({"verified_at": None}, "The reader has not shown that the address is theirs."),
    ],
)
def test_a_reminder_to_somebody_gone_since_is_dropped_with_the_reason(ada, bo, street, change, because):
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())
    Notice.objects.all().delete()
    Person.objects.filter(pk=bo.pk).update(**change)

    run_all(lisbon(2, 9, 18))
    deliver(at=lisbon(2, 9, 18))

    assert what_became_of("reminder") == ("dropped", because)


def test_a_reminder_before_quiet_hours_is_sent_before_them(ada, bo, street):
    bo.edit(at=now(), remind_at=dt.time(22))
    supper_at(lisbon(2, 10, 17), ada, street).claim(by=bo, at=now())
    Notice.objects.all().delete()

    run_all(lisbon(2, 9, 20, 31))
    deliver(at=lisbon(2, 9, 20, 31))

    assert what_became_of("reminder") == ("sent", "")


def test_a_zone_that_was_taken_out_of_the_tz_database_holds_up_nobody(ada, bo, street):
    lost = make_person("Lost")
    join(street, lost, by=street.keepers().get().person)
    Person.objects.filter(pk=lost.pk).update(time_zone="Europe/Atlantis")

    slot = supper_at(lisbon(2, 10, 17), ada, street)
    run_all(now())
    slot.claim(by=Person.objects.get(pk=lost.pk), at=now())
    run_all(lisbon(2, 9, 18, 30))

    assert set(told_of_new()) == {"Bo", "Olga", "Lost"}
    assert len(queued("reminder")) == 1


def what_became_of(kind):
    """The state of the one notice of this kind, and why it was dropped."""
    notice = Notice.objects.get(kind=kind)
    return notice.state, notice.dropped_because
