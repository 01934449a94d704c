"""The journal knows what was done with a request: what, by whom, when, to what, in the journal of its circle."""

import datetime as dt
from types import SimpleNamespace

import pytest

from circles.models import JournalEntry
from requests.models import Claim, HelpRequest, Slot
from requests.models.help_request import last_look
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, make_circle, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(ada, bo, olga, street):
    """What there is to do something with; each is fetched afresh."""
    planned = draft(ada, street, title="Planned")
    planned.set_times(timing="whenever", at=now())
    walk = ask_for_company(ada, street)
    walk.slots.get().claim(by=bo, at=now())
    asked = ask(ada, street, in_days=5)
    asked.slots.get().claim(by=bo, at=now())
    waves = ask(ada, street, in_days=9, title="Waves")
    waves.waves.update(opened_at=None, opens_at=now() + DAY)
    return SimpleNamespace(ada=ada, bo=bo, olga=olga, planned=planned, asked=asked, walk=walk, waves=waves)


def slot(help_request):
    return Slot.objects.get(help_request=help_request)


def claim(help_request):
    return Claim.objects.get(slot__help_request=help_request)


def fresh(help_request):
    return HelpRequest.objects.get(pk=help_request.pk)


def change(help_request, **fields):
    """What must have happened before."""
    HelpRequest.objects.filter(pk=help_request.pk).update(**fields)
    return fresh(help_request)


def looking(w):
    """Bo looks for somebody else."""
    claim(w.asked).look_for_cover(by=w.bo, at=now())
    return claim(w.asked)


# What is done, by whom, and to what.
DEEDS = {
    "asked": (lambda w: (w.planned, w.planned.publish(by=w.ada, at=now())), "Ada"),
    "edited": (lambda w: (w.asked, w.asked.edit(by=w.olga, at=now(), version=1, title="Soup")), "Olga"),
    "closed": (lambda w: (w.asked, w.asked.close(by=w.ada, at=now())), "Ada"),
    "reopened": (
        lambda w: (w.asked, change(w.asked, closed_at=now() - HOUR).reopen(by=w.ada, at=now())),
        "Ada",
    ),
    "added": (lambda w: (w.asked.add_slot(by=w.ada, at=now()), None), "Ada"),
    "cancelled": (lambda w: (w.asked, w.asked.cancel(by=w.ada, at=now())), "Ada"),
    "wished": (
        lambda w: (w.asked, w.asked.wish(by=w.ada, at=now(), wishes={}, visit={}, plan_b="Bread")),
        "Ada",
    ),
    "paused": (lambda w: (w.asked, w.asked.pause(now().date(), by=w.ada, at=now())), "Ada"),
    "asked more": (lambda w: (w.asked, w.asked.ask_more(by=w.ada, at=now(), people=[w.bo])), "Ada"),
    "held": (lambda w: (w.waves, w.waves.pause_waves(by=w.olga, at=now())), "Olga"),
    "went on": (
        lambda w: (
            w.waves,
            w.waves.pause_waves(by=w.ada, at=now()),
            w.waves.resume_waves(by=w.ada, at=now()),
        ),
        "Ada",
    ),
    "hastened": (lambda w: (w.waves, w.waves.hasten(by=w.ada, at=now())), "Ada"),
    "moved": (
        lambda w: (
            slot(w.asked),
            slot(w.asked).move(starts_at=None, ends_at=now() + DAY, by=w.ada, at=now()),
        ),
        "Ada",
    ),
    "called off": (lambda w: (slot(w.asked), slot(w.asked).cancel(by=w.ada, at=now())), "Ada"),
    "claimed": (
        lambda w: (
            ask(w.ada, w.asked.circle, in_days=7).slots.get().claim(by=w.bo, made_by=w.olga, at=now()),
            None,
        ),
        "Olga",
    ),
    "accepted": (lambda w: (claim(w.walk), claim(w.walk).accept(by=w.ada, at=now())), "Ada"),
    "declined": (lambda w: (claim(w.walk), claim(w.walk).decline(by=w.ada, at=now())), "Ada"),
    "confirmed": (lambda w: (claim(w.asked), claim(w.asked).confirm(by=w.olga, at=now())), "Olga"),
    "released": (lambda w: (claim(w.asked), claim(w.asked).release(by=w.bo, at=now())), "Bo"),
    "looked for cover": (lambda w: (looking(w), None), "Bo"),
    "stayed": (lambda w: (looking(w), claim(w.asked).stay(at=now())), "Bo"),
    "handed over": (lambda w: (looking(w), slot(w.asked).claim(by=w.olga, at=now())), "Olga"),
    "noted a no-show": (
        lambda w: (claim(w.asked), claim(w.asked).note_no_show(by=w.ada, at=now() + 6 * DAY)),
        "Ada",
    ),
    "took a no-show back": (
        lambda w: (
            claim(w.asked),
            (
                claim(w.asked).note_no_show(by=w.ada, at=now() + 6 * DAY),
                claim(w.asked).take_no_show_back(by=w.ada, at=now() + 6 * DAY),
            ),
        ),
        "Ada",
    ),
}


@pytest.mark.parametrize("verb", DEEDS)
def test_what_is_done_is_written_down_once_in_the_journal_of_the_circle(verb, world, street):
    before, (deed, by) = now(), DEEDS[verb]

    subject, *_ = deed(world)

    entry = JournalEntry.objects.about(subject).get(verb=verb)
    assert (entry.actor.name, entry.circle) == (by, street)
    assert before <= entry.at <= now() + 6 * DAY


def test_a_promise_taken_back_for_somebody_is_written_down(world, street):
    taken = claim(world.asked)

    taken.cancel(by=world.ada, at=now())

    entry = JournalEntry.objects.about(taken).get(verb="cancelled")
    assert (entry.actor, entry.circle) == (world.ada, street)


def test_more_times_of_a_series_are_written_down(ada, street):
    asked = draft(ada, street)
    rule = {
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "local_start": dt.time(18),
        "minutes": 60,
        "starts_on": now().date() + DAY,
    }
    asked.set_times(timing="series", at=now(), until=now().date() + 3 * DAY, **rule)
    asked.publish(by=ada, at=now())

    asked.series.get().extend(until=now().date() + 5 * DAY, by=ada, at=now())

    entry = JournalEntry.objects.about(asked).get(verb="added")
    assert (entry.actor, entry.circle, asked.slots.count()) == (ada, street, 5)


def test_a_helper_who_says_still_on_here_fills_no_journal(world):
    claim(world.asked).confirm(by=world.bo, at=now())
    claim(world.asked).confirm(at=now())

    assert not JournalEntry.objects.filter(verb="confirmed").exists()


@pytest.mark.parametrize("deed", ["wish", "pause", "edit"])
def test_of_a_draft_the_journal_of_the_circle_knows_nothing(deed, world):
    deeds = {
        "wish": lambda: world.planned.wish(by=world.ada, at=now(), wishes={}, visit={}, plan_b="Bread"),
        "pause": lambda: world.planned.pause(now().date() + DAY, by=world.ada, at=now()),
        "edit": lambda: world.planned.edit(by=world.ada, at=now(), version=1, title="Soup"),
    }

    deeds[deed]()

    assert not JournalEntry.objects.about(world.planned).exists()


@pytest.mark.parametrize("deed", ["release", "cancel", "look", "stay", "accept", "decline", "call off"])
def test_doing_it_twice_is_doing_it_once(deed, world):
    promised, offered, time = claim(world.asked), claim(world.walk), slot(world.asked)
    deeds = {
        "release": lambda: promised.release(by=world.bo, at=now()),
        "cancel": lambda: promised.cancel(by=world.ada, at=now()),
        "look": lambda: promised.look_for_cover(by=world.bo, at=now()),
        "stay": lambda: (promised.look_for_cover(by=world.bo, at=now()), promised.stay(at=now())),
        "accept": lambda: offered.accept(by=world.ada, at=now()),
        "decline": lambda: offered.decline(by=world.ada, at=now()),
        "call off": lambda: time.cancel(by=world.ada, at=now()),
    }
    deeds[deed]()
    written, stands = JournalEntry.objects.count(), facts()

    if deed == "stay":
        promised.stay(at=now())
    else:
        deeds[deed]()

    assert (JournalEntry.objects.count(), facts()) == (written, stands)


def facts():
    """Where the promises and places stand."""
    claims = Claim.objects.order_by("pk").values_list(
        "accepted_at", "released_at", "cancelled_at", "declined_at"
    )
    return [*claims, *Slot.objects.order_by("pk").values_list("taken", "covering", "cancelled_at")]


def test_in_the_journal_of_the_new_circle_stands_what_happens_after_moving(world, street, ada, bo, mallory):
    garden = make_circle(mallory, ada, bo, name="Garden")
    world.waves.move_to(garden, by=ada, at=now())

    fresh(world.waves).close(by=ada, at=now())

    assert JournalEntry.objects.about(world.waves).get(verb="closed").circle == garden


def test_a_look_is_noted_of_whoever_looked_whomever_the_page_was_fetched_for(supper, ada, bo):
    supper.note_look(by=ada, at=now(), fields=["phone"])
    fetched = HelpRequest.objects.annotate(last_look=last_look(ada, at=now())).get(pk=supper.pk)

    fetched.note_look(by=bo, at=now(), fields=["phone"])

    assert [look.actor for look in supper.looks()] == [bo, ada]
