"""The life of a request, from a draft to its end: what is open when, what the list knows of it, what is refused."""

import datetime as dt

import pytest

from circles.models import JournalEntry
from requests.models import EditedMeanwhile, HelpRequest, NotOpen, Series, Slot, Timing
from requests.models.wave import FOREVER
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, draft, make_circle, make_person, now

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
EVERY_DAY = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "minutes": 60}


def fresh(help_request):
    return HelpRequest.objects.get(pk=help_request.pk)


def copies(help_request):
    """What the list knows of it."""
    return help_request.waves.values_list("sort_at", "listed_until", "relist_at").get()


# Times -----------------------------------------------------------------------------------------------------------


def test_times_said_anew_take_the_place_of_those_before(ada, street):
    plan, start = draft(ada, street), (now() + 2 * DAY).replace(microsecond=0)
    plan.set_times(
        timing="series",
        local_start=dt.time(18),
        starts_on=start.date(),
        until=start.date(),
        at=now(),
        **EVERY_DAY,
    )

    plan.set_times(
        timing="once",
        starts_at=start,
        ends_at=start + HOUR,
        also=[(start + 3 * HOUR, start + 4 * HOUR)],
        capacity=2,
        at=now(),
    )

    times = [(slot.starts_at, slot.ends_at, slot.capacity) for slot in plan.slots.in_order()]
    assert times == [(start, start + HOUR, 2), (start + 3 * HOUR, start + 4 * HOUR, 2)]
    assert (fresh(plan).timing, Series.objects.count()) == (Timing.ONCE, 0)


def test_the_way_back_on_the_same_days_is_a_series_of_its_own(ada, street):
    plan, day = draft(ada, street), now().date() + 2 * DAY

    plan.set_times(
        timing="series",
        local_start=dt.time(8),
        also=[dt.time(16)],
        starts_on=day,
        until=day + DAY,
        capacity=3,
        at=now(),
        **EVERY_DAY,
    )

    assert [series.local_start.hour for series in plan.series.order_by("local_start")] == [8, 16]
    assert [slot.starts_at.hour for slot in plan.slots.in_order()] == [8, 16, 8, 16]
    assert {slot.capacity for slot in plan.slots.all()} == {3}
    assert {series.time_zone for series in plan.series.all()} == {street.time_zone}


@pytest.mark.parametrize(("timing", "number"), [("none", 0), ("whenever", 1)])
def test_no_time_needed_is_no_time_and_whenever_suits_is_one(timing, number, ada, street):
    plan = draft(ada, street)

    plan.set_times(timing=timing, at=now())

    assert (plan.slots.count(), fresh(plan).timing) == (number, timing)


def test_the_times_of_a_draft_are_open_to_nobody_before_it_is_asked(ada, bo, street):
    plan = draft(ada, street)
    plan.set_times(timing="whenever", at=now())

    plan.add_slot(by=ada, at=now())
    assert list(plan.slots.open(at=now())) == []
    plan.publish(by=ada, at=now())

    assert plan.slots.open(at=now()).count() == 2


# Asking ----------------------------------------------------------------------------------------------------------


def test_asking_twice_is_asking_once(ada, street):
    plan, at = draft(ada, street), now()
    plan.set_times(timing="whenever", at=at)

    for when in (at, at + HOUR):
        fresh(plan).publish(by=ada, at=when)

    assert (fresh(plan).published_at, plan.waves.get().opens_at) == (at, at)
    assert JournalEntry.objects.filter(verb="asked").count() == 1


@pytest.mark.parametrize("why", ["put away", "left", "called off"])
@pytest.mark.parametrize("deed", ["publish", "reopen", "add a time"])
def test_nothing_new_is_asked_in_a_circle_put_away_or_left(deed, why, ada, olga, street):
    asked = draft(ada, street)
    asked.set_times(timing="whenever", at=now())
    if deed != "publish":
        asked.publish(by=ada, at=now())
    if deed == "reopen":
        asked.close(by=ada, at=now())
    if why == "put away":
        street.archive(by=olga, at=now())
    elif why == "left":
        street.memberships.get(person=ada).leave(at=now())
    else:
        HelpRequest.objects.filter(pk=asked.pk).update(cancelled_at=now(), closed_at=None)
    deeds = {
        "publish": lambda one: one.publish(by=ada, at=now()),
        "reopen": lambda one: one.reopen(by=ada, at=now()),
        "add a time": lambda one: one.add_slot(by=ada, at=now()),
    }

    with pytest.raises(NotOpen):
        deeds[deed](fresh(asked))

    assert asked.slots.count() == 1
    assert not asked.slots.open(at=now()).exists() or deed == "add a time"


def test_a_later_wave_opens_when_it_was_planned_and_the_first_at_once(ada, bo, street):
    plan, at = draft(ada, street), now()
    plan.set_times(timing="whenever", at=at)
    plan.set_reach(people=[bo], widen_after=2 * HOUR)

    plan.publish(by=ada, at=at)

    assert [(wave.opens_at, wave.opened_at) for wave in plan.waves.in_order()][:2] == [
        (at, at),
        (at + 2 * HOUR, None),
    ]


def test_what_is_asked_already_is_neither_rewritten_nor_thrown_away(supper, ada):
    with pytest.raises(NotOpen):
        supper.rewrite(by=ada, at=now(), times={"timing": "whenever"}, title="Another")
    with pytest.raises(NotOpen):
        supper.discard(by=ada, at=now())

    assert (fresh(supper).title, supper.slots.get().starts_at is None) == ("Supper for four", False)


def test_a_draft_is_rewritten_with_its_times_and_reach(ada, bo, street):
    plan = draft(ada, street)

    plan.rewrite(by=ada, at=now(), times={"timing": "whenever"}, reach={"people": [bo]}, title="Lunch")

    assert (fresh(plan).title, fresh(plan).version, plan.slots.count()) == ("Lunch", 2, 1)
    assert [wave.person for wave in plan.waves.all()] == [bo]


def test_a_draft_thrown_away_is_gone_and_another_stays(ada, street):
    plan, other = draft(ada, street), draft(ada, street)

    for _twice in range(2):
        plan.discard(by=ada, at=now())

    assert list(HelpRequest.objects.all()) == [other]


# What the list knows ---------------------------------------------------------------------------------------------


def test_the_list_sorts_by_the_next_time_and_looks_again_when_one_has_gone_by(supper, slot, ada):
    assert copies(supper) == (slot.starts_at, slot.open_until, slot.open_until)
    later = slot.starts_at + 5 * DAY

    supper.add_slot(by=ada, at=now(), starts_at=later, ends_at=later + HOUR)
    assert copies(supper) == (slot.starts_at, later + 30 * MINUTE, slot.open_until)
    slot.cancel(by=ada, at=now())

    assert copies(supper) == (later, later + 30 * MINUTE, later + 30 * MINUTE)


def test_what_has_only_a_last_day_is_sorted_by_it_and_what_has_none_a_week_after_it_was_asked(ada, street):
    plan, ends_at = draft(ada, street), now() + 4 * DAY
    plan.set_times(timing="before", ends_at=ends_at, at=now())
    plan.publish(by=ada, at=now())
    walk, question = ask_for_company(ada, street), ask_for_advice(ada, street)

    assert copies(plan) == (ends_at, ends_at, ends_at)
    assert copies(walk) == (walk.published_at + 7 * DAY, FOREVER, FOREVER)
    assert copies(question) == (question.published_at + 7 * DAY, FOREVER, None)


@pytest.mark.parametrize("end", ["close", "cancel", "all taken"])
def test_what_takes_no_promise_is_listed_no_more_and_again_once_it_does(end, supper, slot, ada, bo):
    ends = {
        "close": lambda: supper.close(by=ada, at=now(), reason="All is well"),
        "cancel": lambda: supper.cancel(by=ada, at=now(), reason="We are away"),
        "all taken": lambda: slot.claim(by=bo, at=now()),
    }

    ends[end]()
    assert copies(supper)[1:] == (None, None)
    if end == "close":
        assert (fresh(supper).close_reason, supper.slots.get().is_open(at=now())) == ("All is well", False)
        with pytest.raises(NotOpen):
            fresh(supper).cancel(by=ada, at=now())
        fresh(supper).reopen(by=ada, at=now())
        assert (fresh(supper).close_reason, fresh(supper).is_open) == ("", True)
    elif end == "cancel":
        assert fresh(supper).cancel_reason == "We are away"
    else:
        slot.claims.get().release(by=bo, at=now())

    assert (copies(supper)[1] is None) == (end == "cancel")


def test_a_closed_question_is_asked_again_without_a_time(ada, street):
    question = ask_for_advice(ada, street)
    question.close(by=ada, at=now())

    fresh(question).reopen(by=ada, at=now())

    assert (question.slots.count(), copies(question)[1]) == (0, FOREVER)
    with pytest.raises(NotOpen):
        fresh(question).reopen(by=ada, at=now())
    with pytest.raises(NotOpen):
        fresh(question).add_slot(by=ada, at=now())


def test_a_request_asked_again_takes_the_time_that_was_said(supper, slot, ada, bo):
    slot.claim(by=bo, at=now())
    supper.close(by=ada, at=now())
    start = now() + 9 * DAY

    fresh(supper).reopen(by=ada, at=now(), starts_at=start, ends_at=start + HOUR)

    assert [(one.starts_at, one.taken) for one in supper.slots.in_order()] == [
        (slot.starts_at, 1),
        (start, 0),
    ]


def test_closing_leaves_times_of_long_ago_as_they_were(supper, slot, ada):
    after = slot.open_until + DAY

    supper.close(by=ada, at=after)

    assert supper.slots.get().open_until == slot.open_until


# Words -----------------------------------------------------------------------------------------------------------


def test_who_edits_an_older_version_changes_nothing(supper, ada, olga):
    supper.edit(by=ada, at=now(), version=1, title="Soup")

    with pytest.raises(EditedMeanwhile):
        HelpRequest.objects.get().edit(by=olga, at=now(), version=1, title="Bread")

    assert (fresh(supper).title, fresh(supper).version) == ("Soup", 2)
    assert JournalEntry.objects.get(verb="edited").details == {"fields": ["title"]}


def test_of_changed_words_only_those_hear_who_are_still_to_come(ada, bo, olga, street):
    asked = ask(ada, street)
    old = asked.slots.get()
    new = asked.add_slot(by=ada, at=now(), starts_at=old.ends_at + DAY, ends_at=old.ends_at + 2 * DAY)
    old.claim(by=bo, at=now())
    new.claim(by=olga, at=now())

    asked.edit(by=ada, at=old.ends_at, version=1, title="Soup", tags="warm")

    notice = Notice.objects.get(kind="slot_changed")
    assert (notice.reader, notice.facts["fields"]) == (olga, ["title"])


# Looks -----------------------------------------------------------------------------------------------------------


def test_a_look_is_noted_once_an_hour_and_again_when_more_was_shown(supper, bo, ada):
    at = now()
    for when, fields in (
        (0, ["phone"]),
        (59, ["phone"]),
        (59, ["phone", "address"]),
        (59, ["address"]),
        (130, ["phone"]),
    ):
        fresh(supper).note_look(by=bo, at=at + when * MINUTE, fields=fields)
    fresh(supper).note_look(by=ada, at=at, fields=["phone"])

    looks = [(look.actor, look.at - at, look.details["fields"]) for look in supper.looks()]

    assert looks == [
        (bo, 130 * MINUTE, ["phone"]),
        (bo, 59 * MINUTE, ["address", "phone"]),
        *[(ada, 0 * MINUTE, ["phone"]), (bo, 0 * MINUTE, ["phone"])],
    ]


# Answers ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_told_to_asker_and_poster_once(ada, bo, olga, street):
    question, key = ask_for_advice(ada, street), "0d9a7f52-64be-4b4f-9c83-0a9a1d6a2b11"
    HelpRequest.objects.filter(pk=question.pk).update(posted_by=olga)

    for text in ("Ask the council.", "Never mind."):
        answer = fresh(question).answer(by=bo, text=text, at=now(), been_there=True, form_key=key)

    assert (answer.text, answer.been_there, answer.for_work, answer.person) == (
        "Ask the council.",
        True,
        False,
        bo,
    )
    assert {notice.reader for notice in Notice.objects.filter(kind="request_answered")} == {ada, olga}
    assert fresh(question).answer(by=bo, text="One more", at=now(), for_work=True).pk != answer.pk


@pytest.mark.parametrize("what", ["closed", "no question"])
def test_what_is_closed_or_no_question_takes_no_answer(what, ada, bo, street):
    asked = ask(ada, street) if what == "no question" else ask_for_advice(ada, street)
    if what == "closed":
        asked.close(by=ada, at=now())

    with pytest.raises(NotOpen):
        fresh(asked).answer(by=bo, text="Hello", at=now())


def test_an_answer_that_helped_may_have_been_a_slip(ada, bo, street):
    answer = ask_for_advice(ada, street).answer(by=bo, text="Ask the council.", at=now())
    at = now()

    answer.mark_helped(at=at)
    assert type(answer).objects.get().helped_at == at
    assert type(answer).objects.get().helped_at == at
    answer.take_helped_back()

    assert type(answer).objects.get().helped_at is None


# Whose it is -----------------------------------------------------------------------------------------------------


def test_keepers_keep_what_was_asked_and_not_what_is_put_down(ada, olga, street, mallory, elsewhere):
    asked, _plan, other = ask(ada, street), draft(ada, street), ask(mallory, elsewhere)

    assert list(HelpRequest.objects.kept_by(olga)) == [asked]
    assert list(HelpRequest.objects.kept_by(mallory)) == [other]
    assert list(HelpRequest.objects.kept_by(ada)) == []


def test_whoever_posted_it_asks_it_too(ada, olga, bo, street):
    asked = ask(olga, street)
    HelpRequest.objects.filter(pk=asked.pk).update(asker=ada)

    assert [list(HelpRequest.objects.asked_by(one)) for one in (ada, olga, bo)] == [[asked], [asked], []]
    assert fresh(asked).to_tell() == {ada, olga}


def test_a_circle_that_one_no_longer_belongs_to_takes_no_more_times_of_a_series(ada, street):
    plan, day = draft(ada, street), now().date() + 2 * DAY
    plan.set_times(timing="series", local_start=dt.time(8), starts_on=day, until=day, at=now(), **EVERY_DAY)
    plan.publish(by=ada, at=now())
    street.memberships.get(person=ada).leave(at=now())

    with pytest.raises(NotOpen):
        plan.series.get().extend(until=day + DAY, by=ada, at=now())

    assert Slot.objects.count() == 1


def test_asked_in_another_circle_it_reaches_the_people_there_alone(ada, bo, olga, street, mallory):
    garden = make_circle(mallory, ada, make_person("Gil"), name="Garden")
    asked = ask(ada, street)

    asked.move_to(garden, by=ada, at=now())

    assert fresh(asked).circles_asked() == {garden.pk}
