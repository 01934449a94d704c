"""A way out that leaves nobody hungry: looking for cover, stepping in, standbys, Plan B."""

import datetime as dt

import pytest
from django.core import mail

from circles.models import Person, Ring
from requests.models import Claim, HelpRequest, Slot, SlotOver, SlotTaken, Standby, StandbyCall
from requests.sweeps import standbys
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, join, make_person, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def cy(street, olga):
    """Another helper."""
    cy = make_person("Cy")
    join(street, cy, by=olga)
    return cy


@pytest.fixture
def dee(street, olga):
    """Says "ask me if someone drops out"."""
    dee = make_person("Dee")
    join(street, dee, by=olga)
    return dee


def told(*kinds):
    """(kind, who) of the notices of these kinds, in order."""
    notices = Notice.objects.filter(kind__in=kinds).order_by("pk").select_related("reader")
    return [(notice.kind, str(notice.reader)) for notice in notices]


def stands(slot):
    """(taken, to take over) of the slot as stored."""
    slot = Slot.objects.get(pk=slot.pk)
    return slot.taken, slot.covering


def test_the_place_stays_mine_until_somebody_takes_it_over(slot, bo, cy):
    claim = slot.claim(by=bo, at=now())

    claim.look_for_cover(by=bo, at=now())
    assert (Claim.objects.get().state, stands(slot)) == ("accepted", (1, 1))

    slot.claim(by=cy, at=now())
    assert sorted((str(c.person), c.state) for c in Claim.objects.all()) == [
        ("Bo", "released"),
        ("Cy", "accepted"),
    ]
    assert stands(slot) == (1, 0)


def test_all_three_are_told_of_a_takeover_once_each(slot, bo, cy):
    claim = slot.claim(by=bo, at=now())
    claim.look_for_cover(by=bo, at=now())
    Notice.objects.all().delete()

    slot.claim(by=cy, at=now())

    assert sorted(
        told("cover_found", "cover_taken", "claim_confirmed", "request_claimed", "claim_released")
    ) == [
        ("claim_confirmed", "Cy"),
        ("cover_found", "Bo"),
        ("cover_taken", "Ada"),
    ]


def test_it_is_listed_as_open_and_free_places_go_first(street, ada, bo, cy, dee):
    from requests.pages.open_requests import needs_of

    slot = ask(ada, street, capacity=2).slots.get()
    claim = slot.claim(by=bo, at=now())
    claim.look_for_cover(by=bo, at=now())

    slot.claim(by=cy, at=now())
    assert (Claim.objects.get(person=bo).state, stands(slot)) == ("accepted", (2, 1))
    assert [need["slot_id"] for need in needs_of(dee, at=now())] == [slot.pk]

    slot.claim(by=dee, at=now())
    assert (Claim.objects.get(person=bo).state, stands(slot)) == ("released", (2, 0))
    assert needs_of(make_person("Nobody"), at=now()) == []


def test_i_can_come_after_all(slot, bo, cy):
    claim = slot.claim(by=bo, at=now())
    claim.look_for_cover(by=bo, at=now())
    claim.stay(at=now())

    assert stands(slot) == (1, 0)
    with pytest.raises(SlotTaken):
        slot.claim(by=cy, at=now())


@pytest.mark.parametrize("how", ["release", "cancel", "call off"])
def test_however_it_ends_nothing_is_left_to_cover(how, slot, bo, ada):
    claim = slot.claim(by=bo, at=now())
    claim.look_for_cover(by=bo, at=now())

    {
        "release": lambda: claim.release(by=bo, at=now()),
        "cancel": lambda: claim.cancel(by=ada, at=now()),
        "call off": lambda: slot.cancel(by=ada, at=now()),
    }[how]()

    assert (stands(slot), Claim.objects.get().cover_wanted_at) == ((0, 0), None)


def test_looking_twice_is_looking_once_and_too_late_is_too_late(slot, bo):
    claim = slot.claim(by=bo, at=now())
    for _ in range(2):
        claim.look_for_cover(by=bo, at=now())
    assert (stands(slot), len(told("cover_wanted"))) == ((1, 1), 1)

    with pytest.raises(SlotOver):
        claim.look_for_cover(by=bo, at=slot.starts_at)


def test_keepers_hear_of_it_inside_36_hours(street, ada, bo):
    far, near = (ask(ada, street, in_days=days).slots.get().claim(by=bo, at=now()) for days in (3, 1))
    far.look_for_cover(by=bo, at=now())
    assert told("cover_wanted") == [("cover_wanted", "Ada")]

    near.look_for_cover(by=bo, at=now())
    assert sorted(told("cover_wanted")[1:]) == [("cover_wanted", "Ada"), ("cover_wanted", "Olga")]


def test_standbys_are_asked_one_after_the_other_until_somebody_says_yes(street, ada, bo, cy, dee):
    help_request = ask(ada, street)
    slot = help_request.slots.get()
    for person in (cy, dee):
        Standby.objects.stand_by(person=person, help_request=help_request, at=now())
    slot.claim(by=bo, at=now()).release(by=bo, at=now())
    assert told("standby_asked") == [("standby_asked", "Cy")]

    StandbyCall.objects.get().say_no(at=now())
    assert told("standby_asked")[1:] == [("standby_asked", "Dee")]

    StandbyCall.objects.get(person=dee).say_yes(at=now())
    assert [str(claim.person) for claim in Claim.objects.accepted()] == ["Dee"]


def test_whoever_does_not_answer_in_time_is_let_be_and_may_still_say_yes(street, ada, bo, cy, dee):
    help_request = ask(ada, street)
    slot = help_request.slots.get()
    for person in (cy, dee):
        Standby.objects.stand_by(person=person, help_request=help_request, at=now())
    slot.claim(by=bo, at=now()).look_for_cover(by=bo, at=now())

    deliver(at=now())
    standbys.ask_next_standbys(now() + 13 * HOUR)
    assert [name for _, name in told("standby_asked")] == ["Cy"]  # the night does not count
    for _ in range(2):
        standbys.ask_next_standbys(now() + 24 * HOUR)
    assert [name for _, name in told("standby_asked")] == ["Cy", "Dee"]

    late = StandbyCall.objects.get(person=cy)
    late.say_yes(at=now() + 24 * HOUR)
    assert (late.is_waiting, late.no_at, late.closed_at) == (False, None, None)
    assert [str(claim.person) for claim in Claim.objects.accepted()] == ["Cy"]
    assert told("standby_thanked") == [("standby_thanked", "Dee")]


@pytest.mark.parametrize(
    ("ahead", "to_answer"),
    [
        (dt.timedelta(minutes=15), None),
        (dt.timedelta(minutes=16), dt.timedelta(minutes=15)),
        (dt.timedelta(hours=1), dt.timedelta(minutes=15)),
        (dt.timedelta(hours=6), dt.timedelta(hours=1)),
        (dt.timedelta(days=9), dt.timedelta(hours=12)),
    ],
)
def test_a_standby_has_a_sixth_of_what_is_left_a_quarter_of_an_hour_at_least(
    street, ada, bo, cy, ahead, to_answer
):
    Person.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(0))
    help_request = ask(ada, street, in_days=10)
    slot = help_request.slots.get()
    Standby.objects.stand_by(person=cy, help_request=help_request, at=now())
    claim, at = slot.claim(by=bo, at=now()), slot.starts_at - ahead

    claim.release(by=bo, at=at)

    assert [call.answer_by - at for call in StandbyCall.objects.all()] == ([to_answer] if to_answer else [])


def test_who_may_not_see_it_is_not_asked(street, ada, bo, cy, dee, olga):
    help_request = ask(ada, street)
    for person in (cy, dee):
        Standby.objects.stand_by(person=person, help_request=help_request, at=now())
    street.memberships.get(person=cy).remove(by=olga, at=now())
    Standby.objects.stand_down(person=dee, help_request=help_request, at=now())

    help_request.slots.get().claim(by=bo, at=now()).release(by=bo, at=now())

    assert told("standby_asked") == []


@pytest.mark.parametrize("why", ["stands further away", "is checked no more"])
def test_who_could_not_take_the_place_by_now_is_not_asked(why, street, ada, bo, cy, dee, olga):
    for person in (bo, cy, dee):
        member = street.memberships.get(person=person)
        member.place(Ring.INNER, by=olga, at=now())
        member.note_check(by=olga, until=now().date() + 30 * DAY, at=now())
    help_request = ask(ada, street, in_days=1, up_to=Ring.INNER, needs_checked=True)
    claim = help_request.slots.get().claim(by=bo, at=now())
    for person in (cy, dee):
        Standby.objects.stand_by(person=person, help_request=help_request, at=now())
    theirs = street.memberships.get(person=cy)
    if why == "is checked no more":
        theirs.end_check(by=olga, at=now())
    else:
        theirs.place(Ring.EVERYONE, by=olga, at=now())

    claim.look_for_cover(by=bo, at=now())

    assert told("standby_asked") == [("standby_asked", "Dee")]


def test_no_mail_asks_a_standby_who_was_set_aside_since(street, ada, bo, cy, olga):
    help_request = ask(ada, street, in_days=1)
    Standby.objects.stand_by(person=cy, help_request=help_request, at=now())
    help_request.slots.get().claim(by=bo, at=now()).look_for_cover(by=bo, at=now())
    street.memberships.get(person=cy).exclude(by=olga, at=now())

    cy.edit(at=now(), quiet_from="00:00", quiet_until="00:00")
    deliver(at=now())

    notice = Notice.objects.get(kind="standby_asked")
    assert (notice.sent_at, notice.dropped_at is not None) == (None, True)
    assert not StandbyCall.objects.waiting().exists()


def test_a_place_taken_by_somebody_else_thanks_the_standby_once(street, ada, bo, cy, dee):
    help_request = ask(ada, street)
    slot = help_request.slots.get()
    Standby.objects.stand_by(person=dee, help_request=help_request, at=now())
    slot.claim(by=bo, at=now()).release(by=bo, at=now())

    slot.claim(by=cy, at=now())

    assert told("standby_thanked") == [("standby_thanked", "Dee")]
    with pytest.raises(SlotTaken):
        StandbyCall.objects.get().say_yes(at=now())


def test_three_hours_before_the_family_sees_its_plan_b_once(street, ada, bo):
    help_request = ask(ada, street, in_days=1)
    HelpRequest.objects.filter(pk=help_request.pk).update(plan_b="Soup from the freezer")
    starts_at = help_request.slots.get().starts_at
    standbys.remind_of_plan_b(starts_at - 4 * HOUR)
    assert told("plan_b") == []

    for minutes in (170, 60, 5):
        standbys.remind_of_plan_b(starts_at - minutes * HOUR / 60)
    assert told("plan_b") == [("plan_b", "Ada")]

    mail.outbox.clear()
    deliver(at=starts_at - 2 * HOUR)
    assert ["Soup from the freezer" in message.body for message in mail.outbox if message.to == [ada.email]][
        -1:
    ] == [True]


def test_the_family_sees_its_plan_b_again_when_somebody_promised_and_dropped_out_since(street, ada, bo):
    slot = ask(ada, street, in_days=1).slots.get()
    first, second = slot.starts_at - 2 * HOUR, slot.starts_at - HOUR
    standbys.remind_of_plan_b(first)
    Notice.objects.filter(kind="plan_b").update(created_at=first)

    slot.claim(by=bo, at=first).release(by=bo, at=first + HOUR / 6)
    standbys.remind_of_plan_b(second)

    assert told("plan_b") == [("plan_b", "Ada")] * 2


def test_plan_b_is_not_mentioned_when_somebody_comes(street, ada, bo):
    slot = ask(ada, street, in_days=1).slots.get()
    slot.claim(by=bo, at=now())

    standbys.remind_of_plan_b(slot.starts_at - HOUR)

    assert told("plan_b") == []


def test_the_pages_lead_through_a_rescue(client, slot, supper, ada, bo, cy, dee):
    claim = slot.claim(by=bo, at=now())
    client.force_login(dee)
    assert "Ask me if someone drops out" in client.get(supper.get_absolute_url()).text
    client.post(f"/requests/{supper.pk}/standby/", {"ready": "yes"})

    client.force_login(bo)
    page = client.get(claim.get_absolute_url()).text
    assert "Find somebody for me" in page
    client.post(f"/claims/{claim.pk}/cover/")
    assert "I can come after all" in client.get(claim.get_absolute_url()).text

    client.force_login(cy)
    assert "take over" in client.get(supper.get_absolute_url()).text

    client.force_login(dee)
    call = f"/standbys/{StandbyCall.objects.get().pk}/"
    assert "Could you step in for Ada?" in client.get(call).text
    assert Claim.objects.accepted().get().person == bo
    response = client.post(call, {"answer": "yes"})

    mine = Claim.objects.accepted().get()
    assert (response.url, mine.person) == (mine.get_absolute_url(), dee)
    client.force_login(cy)
    assert client.get(call).status_code == 404


def test_a_yes_shows_a_clash_first(client, street, ada, bo, dee):
    help_request, other = ask(ada, street), ask(ada, street, title="Another")
    Slot.objects.filter(help_request=other).update(
        starts_at=help_request.slots.get().starts_at, ends_at=help_request.slots.get().ends_at
    )
    other.slots.get().claim(by=dee, at=now())
    Standby.objects.stand_by(person=dee, help_request=help_request, at=now())
    help_request.slots.get().claim(by=bo, at=now()).release(by=bo, at=now())
    client.force_login(dee)
    call = f"/standbys/{StandbyCall.objects.get().pk}/"

    assert client.post(call, {"answer": "yes"}).status_code == 422
    client.post(call, {"answer": "yes", "even_if_clashing": "on"})

    assert Claim.objects.accepted().filter(person=dee).count() == 2


def test_a_moved_time_asks_standbys_anew(street, ada, bo, dee):
    help_request = ask(ada, street)
    slot = help_request.slots.get()
    Standby.objects.stand_by(person=dee, help_request=help_request, at=now())
    slot.claim(by=bo, at=now()).release(by=bo, at=now())
    StandbyCall.objects.get().say_no(at=now())
    slot.refresh_from_db()
    slot.move(starts_at=slot.starts_at + DAY, ends_at=slot.ends_at + DAY, by=ada, at=now())

    slot.claim(by=bo, at=now()).release(by=bo, at=now())

    assert StandbyCall.objects.filter(person=dee).count() == 2
