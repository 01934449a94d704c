"""A check holds to midnight of its last day by the circle's clock: in queries, in verbs and on pages."""

import datetime as dt

import pytest
import time_machine

from requests.models import CheckEndsBefore, Claim, HelpRequest
from requests.visibility import policies
from supportnet.notices.models import Notice
from supportnet.notices.sweeps import run_all
from tests.cast import DAY, HOUR, ask, join, make_circle, now
from tests.circles.pages import signed_in, text

# Its midnight lies before, at and after that of UTC, by up to half a day and by three quarters of an hour.
ZONES = ("Pacific/Chatham", "Pacific/Pago_Pago", "UTC", "Asia/Kathmandu")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(params=ZONES)
def there(request, street, olga, bo):
    """The street by the clock of that zone; Bo is checked up to the day after tomorrow."""
    street.edit(by=olga, at=now(), time_zone=request.param)
    street.memberships.get(person=bo).note_check(by=olga, until=last_day(street), at=now())
    return street


def last_day(circle):
    return circle.date_at(now()) + 2 * DAY


def asked(ada, circle, *, by=None, before=None):
    """For checked helpers: at a time `by` after the check's end, or to be done any time `before` the end of a day."""
    help_request = ask(ada, circle, needs_checked=True)
    slot, end = help_request.slots.get(), circle.end_of(last_day(circle))
    starts_at = None if by is None else end + by
    ends_at = starts_at + HOUR if starts_at else before
    slot.move(starts_at=starts_at, ends_at=ends_at, by=ada, at=now())
    return slot


def says(person, slot):
    """Whether they may promise, and whether a promise of theirs would be in doubt, by each that reckons it."""
    try:
        claim = slot.claim(by=person, at=now(), even_if_clashing=True)
    except CheckEndsBefore:
        return "refused"
    in_doubt = Claim.objects.in_doubt(at=now()).filter(pk=claim.pk).exists()
    return "in doubt" if in_doubt else "promised"


def test_the_last_evening_is_theirs_and_the_next_morning_not(there, ada, bo):
    found = [says(bo, asked(ada, there, by=by)) for by in (-MINUTE, 0 * MINUTE, MINUTE)]

    assert found == ["promised", "refused", "refused"]


def test_any_time_before_the_end_of_the_last_day_is_theirs(there, ada, bo):
    end = there.end_of(last_day(there))

    found = [says(bo, asked(ada, there, before=before)) for before in (end, end + DAY)]

    assert found == ["promised", "refused"]


def test_what_moves_over_midnight_is_in_doubt_and_back_again_not(there, ada, bo):
    slot, end = asked(ada, there, by=-HOUR), there.end_of(last_day(there))
    claim = slot.claim(by=bo, at=now())

    found = []
    for starts_at in (end, end - MINUTE):
        slot.move(starts_at=starts_at, ends_at=starts_at + HOUR, by=ada, at=now())
        found.append(list(Claim.objects.in_doubt(at=now())))

    assert found == [[claim], []]


@pytest.mark.parametrize("by", [-MINUTE, 0 * MINUTE])
def test_it_holds_as_long_by_the_clock_of_the_circle_into_which_something_moves(there, ada, bo, olga, by):
    choir = make_circle(ada, name="The choir", time_zone=there.time_zone)
    join(choir, bo, by=ada).note_check(by=ada, until=last_day(there), at=now())
    claim = asked(ada, there, by=-HOUR).claim(by=bo, at=now())
    slot, starts_at = claim.slot, there.end_of(last_day(there)) + by
    slot.move(starts_at=starts_at, ends_at=starts_at + HOUR, by=ada, at=now())

    losing = HelpRequest.objects.get().losing_their_place([choir], at=now())

    assert losing == {choir.pk: [] if by else [claim]}


def test_the_pages_say_so_to_the_minute(there, ada, bo):
    help_request, end = asked(ada, there, by=30 * DAY).help_request, there.end_of(last_day(there))
    found = []
    for moment in (end - MINUTE, end):
        with time_machine.travel(moment, tick=False):
            page = text(signed_in(bo).get(there.get_absolute_url()))
        must = policies.must_be_checked(bo, HelpRequest.objects.get(pk=help_request.pk), at=moment)
        found.append(("You are checked in this circle until" in page, must))

    assert found == [(True, False), (False, True)]


def test_another_zone_keeps_the_day(there, olga, bo):
    day = last_day(there)

    there.edit(by=olga, at=now(), time_zone="America/Halifax")

    bos = there.memberships.get(person=bo)
    assert (bos.checked_until, bos.check_ends_at) == (day, there.end_of(day))
    assert bos.check_ends_at.astimezone(there.zone).time() == dt.time(0)


# What becomes of promises when it has ended


def put_to_keepers():
    return list(Notice.objects.filter(kind="claim_in_doubt").values_list("reader__name", flat=True))


def test_keepers_are_asked_about_what_has_no_day_as_the_check_runs_out_once(there, ada, bo, olga):
    claim, end = asked(ada, there).claim(by=bo, at=now()), there.end_of(last_day(there))

    found = []
    for moment in (end - MINUTE, end, end + MINUTE):
        run_all(moment)
        found.append(put_to_keepers())

    assert found == [[], ["Olga"], ["Olga"]]
    assert list(Claim.objects.in_doubt(at=end)) == [claim]


def test_a_keepers_word_about_it_stands_as_the_check_runs_out(there, ada, bo, olga):
    claim, end = asked(ada, there, by=-HOUR).claim(by=bo, at=now()), there.end_of(last_day(there))
    claim.slot.move(starts_at=end + HOUR, ends_at=end + 2 * HOUR, by=ada, at=now())
    claim.keep(by=olga, at=now())

    run_all(end)

    assert put_to_keepers() == ["Olga"]
    assert not Claim.objects.in_doubt(at=end).exists()


def test_keepers_are_asked_when_something_moves_behind_the_check_and_once(there, ada, bo):
    slot, end = asked(ada, there, by=-HOUR), there.end_of(last_day(there))
    slot.claim(by=bo, at=now())

    for later in (HOUR, 2 * HOUR):
        slot.move(starts_at=end + later, ends_at=end + 2 * later, by=ada, at=now())

    assert put_to_keepers() == ["Olga"]
