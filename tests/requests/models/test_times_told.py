"""Who said yes to a request hears that others changed its times: once for each change, and not of what they did."""

import datetime as dt

import pytest
from django.core import mail

from requests.models import HelpRequest, Series
from tests.cast import DAY, HOUR, join, make_person, now

from .test_asking_for_another import SOON, for_rosa, told

pytestmark = pytest.mark.django_db
CHANGED = "agreed_words_changed"
AN_HOUR = {"starts_at": SOON + DAY, "ends_at": SOON + DAY + HOUR}


@pytest.fixture
def rosa(db):
    """Is cared for: ada asks for her."""
    return make_person("Rosa")


@pytest.fixture
def daily(ada, olga, street, rosa):
    """What rosa agreed to, who is in the circle: a week of suppers."""
    join(street, rosa, by=olga)
    help_request = for_rosa(ada, street, publish=False)
    first = SOON.date()
    help_request.set_times(
        timing="series",
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        starts_on=first,
        until=first + 6 * DAY,
        local_start=dt.time(18),
        minutes=60,
        at=now(),
    )
    help_request.consent.send(by=ada, at=now())
    help_request.consent.agree(by=rosa, at=now())
    return HelpRequest.objects.get(pk=help_request.pk)


def series():
    return Series.objects.select_related("help_request__circle").order_by("pk").last()


def slot(number):
    return HelpRequest.objects.get().slots.order_by("starts_at")[number]


WAYS = {
    "one time more": lambda by: HelpRequest.objects.get().add_slot(by=by, at=now(), **AN_HOUR),
    "one at another hour": lambda by: slot(0).move(
        starts_at=slot(0).starts_at + HOUR, ends_at=slot(0).ends_at + HOUR, by=by, at=now()
    ),
    "one called off": lambda by: slot(1).cancel(by=by, at=now()),
    "all at another hour": lambda by: series().move(
        local_start=dt.time(12), minutes=60, by=by, at=now(), since=SOON.date() + DAY
    ),
    "the rest called off": lambda by: series().cancel(since=SOON.date() + 4 * DAY, by=by, at=now()),
    "for longer": lambda by: series().extend(until=SOON.date() + 9 * DAY, by=by, at=now()),
    "on other days": lambda by: series().change_days(
        {"weekdays": [SOON.isoweekday()]}, since=SOON.date() + DAY, by=by, at=now()
    ),
}


@pytest.mark.parametrize("how", WAYS)
def test_they_hear_of_it_once_and_the_mail_says_what_changed(how, daily, ada, rosa):
    WAYS[how](ada)

    assert told(CHANGED) == [rosa]
    [letter] = [one for one in mail.outbox if one.subject == "Something that you agreed to has changed"]
    assert "the times of what is asked for you were changed" in letter.body
    assert "words" not in letter.body


@pytest.mark.parametrize("how", WAYS)
def test_they_hear_nothing_of_what_they_changed(how, daily, rosa):
    WAYS[how](rosa)

    assert told(CHANGED) == []


def test_the_same_once_more_is_no_change(daily, ada, rosa):
    first = slot(0)
    for _twice in range(2):
        first.move(starts_at=first.starts_at, ends_at=first.ends_at, by=ada, at=now())
    slot(1).cancel(by=rosa, at=now())
    slot(1).cancel(by=ada, at=now())

    assert told(CHANGED) == []


def test_words_and_times_together_are_one_mail(daily, ada, rosa):
    daily.edit(by=ada, at=now(), version=daily.version, title="All about Rosa")
    slot(0).cancel(by=ada, at=now())

    assert set(told(CHANGED)) == {rosa}
    [letter] = [one for one in mail.outbox if one.subject == "Something that you agreed to has changed"]
    assert "words and times of what is asked for you were changed" in letter.body


def test_words_that_were_changed_back_are_no_news(daily, ada, rosa):
    for title in ("All about Rosa", "Supper for Rosa"):
        asked = HelpRequest.objects.get()
        asked.edit(by=ada, at=now(), version=asked.version, title=title)

    assert told(CHANGED) == []


def test_a_draft_tells_nobody(ada, street, rosa):
    help_request = for_rosa(ada, street)

    help_request.add_slot(by=ada, at=now(), **AN_HOUR)

    assert told(CHANGED) == []
