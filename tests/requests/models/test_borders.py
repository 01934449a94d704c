"""Where one thing ends and another begins: another's call, an older copy, a time that is over, a second asking."""

import pytest
from django.utils import translation

from circles.models import Consent, NotVerified, Person
from requests.models import Slot, Standby, StandbyCall
from supportnet.notices.models import Notice
from tests.cast import HOUR, ask, ask_for_company, draft, join, make_person, now
from tests.requests.models.test_asking_for_another import for_rosa, fresh

pytestmark = pytest.mark.django_db


def test_a_place_taken_thanks_those_who_were_asked_for_it_and_lets_others_answer(ada, bo, olga, street):
    cy, dee = make_person("Cy"), make_person("Dee")
    asked = {person: ask(ada, street, in_days=3) for person in (cy, dee)}
    for person, help_request in asked.items():
        join(street, person, by=olga)
        Standby.objects.stand_by(person=person, help_request=help_request, at=now())
        help_request.slots.get().claim(by=bo, at=now(), even_if_clashing=True).release(by=bo, at=now())

    asked[cy].slots.get().claim(by=olga, at=now())

    waiting = {call.person.name: call.is_waiting for call in StandbyCall.objects.all()}
    assert waiting == {"Cy": False, "Dee": True}
    assert [notice.reader for notice in Notice.objects.filter(kind="standby_thanked")] == [cy]


def test_whoever_said_yes_is_asked_no_longer(ada, bo, olga, street):
    dee = make_person("Dee")
    join(street, dee, by=olga)
    asked = ask(ada, street)
    Standby.objects.stand_by(person=dee, help_request=asked, at=now())
    asked.slots.get().claim(by=bo, at=now()).release(by=bo, at=now())
    call = StandbyCall.objects.get()

    call.say_yes(at=now())

    assert not call.is_waiting
    assert not StandbyCall.objects.waiting().exists()


def test_nobody_asks_who_has_not_shown_that_the_address_is_theirs(ada, street):
    plan = draft(ada, street)
    plan.set_times(timing="whenever", at=now())
    Person.objects.filter(pk=ada.pk).update(verified_at=None)

    with pytest.raises(NotVerified):
        plan.publish(by=Person.objects.get(pk=ada.pk), at=now())

    assert fresh(plan).state == "draft"


def test_whom_one_asks_again_was_asked_when_they_were(ada, bo, street):
    asked = ask(ada, street)
    asked.ask_more(by=ada, at=now(), people=[bo])
    was = asked.waves.get(person=bo).opens_at

    asked.ask_more(by=ada, at=now() + HOUR, people=[bo])

    assert asked.waves.get(person=bo).opens_at == was


@pytest.mark.parametrize("deed", ["asking", "going on", "asking more", "asking the next"])
def test_those_who_are_asked_now_need_not_wait_for_the_next_minute(
    deed, ada, bo, street, django_capture_on_commit_callbacks
):
    plan = draft(ada, street)
    plan.set_times(timing="whenever", at=now())
    plan.set_reach(people=[bo], widen_after=HOUR)
    if deed != "asking":
        plan.publish(by=ada, at=now())
    if deed == "going on":
        plan.pause_waves(by=ada, at=now())
    deeds = {
        "asking": lambda: plan.publish(by=ada, at=now()),
        "going on": lambda: plan.resume_waves(by=ada, at=now()),
        "asking more": lambda: plan.ask_more(by=ada, at=now(), people=[bo]),
        "asking the next": lambda: plan.hasten(by=ada, at=now()),
    }

    with django_capture_on_commit_callbacks() as hurried:
        deeds[deed]()

    assert hurried


def test_a_time_is_called_by_when_it_is(ada, street):
    walk, slot = ask_for_company(ada, street).slots.get(), ask(ada, street).slots.get()

    with translation.override("en"):
        assert str(walk).endswith(": whenever suits")
        assert str(slot).endswith(f": {slot.starts_at}")


@pytest.mark.moment("2027-01-12T15:30Z")
def test_the_wish_for_today_is_for_what_is_still_to_come_today(ada, bo, street):
    slots = {
        name: ask(ada, street, title=name).slots.get() for name in ("over", "tonight", "tomorrow", "off")
    }
    hours = {"over": -2 * HOUR, "tonight": 3 * HOUR, "tomorrow": 10 * HOUR, "off": 2 * HOUR}
    for name, slot in slots.items():
        starts_at = now() + hours[name]
        type(slot).objects.filter(pk=slot.pk).update(starts_at=starts_at, ends_at=starts_at + HOUR)
    fresh(slots["off"]).cancel(by=ada, at=now())

    assert Slot.objects.wish_for_today("leave", by=ada, at=now()) == 1

    assert {name: fresh(slot).doorstep for name, slot in slots.items()} == {
        **dict.fromkeys(slots, ""),
        "tonight": "leave",
    }


# What somebody agreed to -----------------------------------------------------------------------------------------


@pytest.fixture
def waits_for_rosa(ada, street):
    """A draft of ada's that waits for rosa's yes."""
    plan = for_rosa(ada, street)
    plan.consent.send(by=ada, at=now())
    return plan


def test_an_older_copy_fills_in_nothing_that_was_struck_meanwhile(waits_for_rosa, ada):
    rosa, older = make_person("Rosa"), fresh(waits_for_rosa)
    assert older.consent.agreed_at is None

    fresh(waits_for_rosa).consent.agree(by=rosa, at=now(), struck=["area"])
    older.edit(by=ada, at=now(), version=fresh(older).version, area="Old town")

    assert fresh(older).area == ""


def test_striking_what_is_empty_changes_nothing(waits_for_rosa, ada):
    plan = fresh(waits_for_rosa)
    type(plan).objects.filter(pk=plan.pk).update(tags="")

    fresh(plan).leave_out(["tags"], by=ada, at=now())

    assert fresh(plan).version == plan.version


def test_where_the_yes_to_the_circle_counts_a_request_has_none_of_its_own(ada, olga, street):
    own, around = (
        Consent.objects.record(name="Rosa", by=olga, how="by_phone", note="", at=now()) for _ in range(2)
    )
    type(street).objects.filter(pk=street.pk).update(consent=around)
    asked = {
        name: draft(ada, fresh(street), consent=consent)
        for name, consent in (("own", own), ("circle", around))
    }

    assert {name: fresh(one).own_consent for name, one in asked.items()} == {"own": own, "circle": None}
    assert fresh(draft(ada, fresh(street))).own_consent is None
