"""Who sees what: one rule, and the list that must give the same answer."""

import datetime as dt
import random

import pytest
from django.contrib.auth.models import AnonymousUser

from circles.models import Membership, NobodyAsked, Ring
from requests.listing import needs_of
from requests.models import Claim, HelpRequest, Slot
from tests.cast import (
    DAY,
    HOUR,
    ask,
    ask_for_advice,
    ask_for_company,
    draft,
    join,
    make_circle,
    make_person,
    now,
)

pytestmark = pytest.mark.django_db


def seen_by(person, *, at=None):
    """The titles that `person` may see."""
    return sorted(HelpRequest.objects.visible_to(person, at=at or now()).values_list("title", flat=True))


def test_the_cast_sees_what_it_should(supper, ada, bo, olga, mallory, elsewhere):
    ask(mallory, elsewhere, title="Mallory's own")

    assert [seen_by(person) for person in (ada, bo, olga)] == [["Supper for four"]] * 3
    assert seen_by(mallory) == ["Mallory's own"]


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_without_a_person_it_raises(nobody):
    for queryset in (HelpRequest, Slot, Claim):
        with pytest.raises(NobodyAsked):
            queryset.objects.visible_to(nobody, at=now())


def test_a_request_reaches_up_to_its_ring(ada, olga, street):
    near = {ring: make_person(ring.name.title()) for ring in Ring}
    for ring, person in near.items():
        join(street, person, by=olga, ring=ring)
    ask(ada, street, title="Close and nearer", up_to=Ring.CLOSE)

    assert {ring: seen_by(person) for ring, person in near.items()} == {
        Ring.INNER: ["Close and nearer"],
        Ring.CLOSE: ["Close and nearer"],
        Ring.EVERYONE: [],
    }


def test_a_draft_is_seen_by_whoever_writes_it(ada, bo, olga, street):
    draft(ada, street, title="Not yet")

    assert [seen_by(person) for person in (ada, bo, olga)] == [["Not yet"], [], []]


@pytest.mark.parametrize("how", ["leave", "remove"])
def test_former_members_see_what_they_asked_and_no_more(how, supper, street, olga, ada, bo):
    ask(bo, street, title="Bo's own")
    membership = street.memberships.get(person=bo)

    membership.leave(at=now()) if how == "leave" else membership.remove(by=olga, at=now())

    assert seen_by(bo) == ["Bo's own"]


def test_a_live_claim_lets_its_helper_see_the_request_whatever_the_ring(ada, bo, street):
    help_request = ask(ada, street)
    claim = help_request.slots.get().claim(by=bo, at=now())
    help_request.waves.update(ring=Ring.INNER)
    assert seen_by(bo) == ["Supper for four"]

    claim.release(by=bo, at=now())

    assert seen_by(bo) == []


@pytest.mark.parametrize("how", ["leave", "remove"])
def test_what_they_promised_and_kept_is_hidden_from_former_members_too(how, supper, slot, street, olga, bo):
    claim = slot.claim(by=bo, at=now())
    after = slot.ends_at + HOUR
    assert (seen_by(bo, at=after), list(Claim.objects.visible_to(bo, at=after))) == ([supper.title], [claim])
    membership = street.memberships.get(person=bo)

    membership.leave(at=after) if how == "leave" else membership.remove(by=olga, at=after)

    assert Claim.objects.live().get() == claim
    assert (seen_by(bo, at=after), list(Claim.objects.visible_to(bo, at=after))) == ([], [])


def test_people_who_wait_or_were_declined_see_nothing(supper, street, olga):
    waiting, declined = make_person("Waiting"), make_person("Declined")
    street.ask_to_join(waiting, at=now())
    street.ask_to_join(declined, at=now()).decline(by=olga, at=now())

    assert (seen_by(waiting), seen_by(declined)) == ([], [])


def test_a_wave_that_has_not_opened_shows_nothing_yet(supper, bo):
    supper.waves.update(opened_at=now() + HOUR)

    assert (seen_by(bo), seen_by(bo, at=now() + 2 * HOUR)) == ([], ["Supper for four"])


def listed(person, *, at=None):
    """The titles on the list of what the circles of `person` need."""
    return [need["title"] for need in needs_of(person, at=at or now())]


def test_the_list_shows_what_is_open_soonest_first(ada, bo, street):
    ask(ada, street, title="Later", in_days=5)
    ask(ada, street, title="Sooner", in_days=2)
    ask_for_advice(ada, street, title="A question")
    ask_for_company(ada, street, title="A walk")

    assert listed(bo) == ["Sooner", "Later", "A question", "A walk"]


def test_what_is_full_closed_cancelled_or_past_leaves_the_list(ada, bo, olga, street):
    full, closed, cancelled = (ask(ada, street, title=title) for title in ("Full", "Closed", "Cancelled"))
    ask(ada, street, title="Past", in_days=1)
    ask(ada, street, title="Open", in_days=4)

    claim = full.slots.get().claim(by=olga, at=now())
    closed.close(by=ada, at=now())
    cancelled.cancel(by=ada, at=now())

    assert listed(bo, at=now() + 2 * DAY) == ["Open"]
    claim.release(by=olga, at=now())
    assert listed(bo, at=now() + 2 * DAY) == ["Full", "Open"]


def test_the_list_leaves_out_what_one_asked_oneself(ada, bo, street):
    ask(ada, street, title="Ada's")
    ask(bo, street, title="Bo's")

    assert (listed(ada), listed(bo)) == (["Bo's"], ["Ada's"])


def test_the_list_leaves_out_what_one_has_promised_already(ada, bo, street):
    help_request = ask(ada, street, capacity=2)
    slot = help_request.slots.get()
    claim = slot.claim(by=bo, at=now())
    assert listed(bo) == []

    other = help_request.add_slot(
        by=ada, at=now(), starts_at=slot.starts_at + DAY, ends_at=slot.ends_at + DAY
    )
    assert [need["slot_id"] for need in needs_of(bo, at=now())] == [other.pk]

    claim.release(by=bo, at=now())
    assert [need["slot_id"] for need in needs_of(bo, at=now())] == [slot.pk]


def test_the_list_goes_on_after_its_last_row(ada, bo, street):
    for number in range(5):
        ask(ada, street, title=f"Ask {number}", in_days=number + 1)

    first = needs_of(bo, at=now(), limit=2)
    second = needs_of(bo, at=now(), limit=2, after=first[-1])
    third = needs_of(bo, at=now(), limit=2, after=second[-1])

    assert [need["title"] for need in [*first, *second, *third]] == [f"Ask {number}" for number in range(5)]


def test_the_list_is_filtered_by_kind_and_category(ada, bo, street):
    ask(ada, street, title="Ride", category="ride")
    ask(ada, street, title="Meal")
    ask_for_company(ada, street, title="Walk")

    found = [
        [need["title"] for need in needs_of(bo, at=now(), **wanted)]
        for wanted in (
            {"kind": "instrumental"},
            {"category": "ride"},
            {"kind": "emotional", "category": "walk"},
        )
    ]
    assert found == [["Ride", "Meal"], ["Ride"], ["Walk"]]


def test_list_and_rule_agree_with_plain_python_in_random_worlds():
    for seed in range(2):
        _compare_in_a_random_world(random.Random(seed))


def _compare_in_a_random_world(dice):
    people = [make_person(f"P{dice.random()}") for _ in range(6)]
    circles = [make_circle(dice.choice(people), name=f"C{n}") for n in range(3)]
    for circle in circles:
        keeper = circle.keepers().get().person
        for person in people:
            if person != keeper and dice.random() < 0.7:
                membership = join(circle, person, by=keeper, ring=dice.choice(Ring.values))
                if dice.random() < 0.2:
                    membership.remove(by=keeper, at=now())
    for circle in circles:
        for membership in list(circle.members()):
            help_request = ask(
                membership.person,
                circle,
                in_days=dice.randint(1, 5),
                capacity=dice.choice([1, 2, None]),
                up_to=dice.choice(Ring.values),
                title=f"{dice.random()}",
            )
            if dice.random() < 0.3:
                help_request.waves.update(opened_at=now() + dice.randint(0, 3) * DAY)
            _claim_some(help_request, people, dice)
            if dice.random() < 0.2:
                help_request.close(by=membership.person, at=now())

    for person in people:
        for days in (0, 1.5, 4):
            at = now() + dt.timedelta(days=days)
            assert {need["help_request_id"] for need in needs_of(person, at=at, limit=500)} == _plain(
                person, at
            )
            assert set(HelpRequest.objects.visible_to(person, at=at)) == _seen_plainly(person, at)


def _claim_some(help_request, people, dice):
    for person in people:
        visible = HelpRequest.objects.visible_to(person, at=now()).filter(pk=help_request.pk).exists()
        slot = help_request.slots.get()
        if visible and not help_request.is_run_by(person) and slot.is_open(at=now()) and dice.random() < 0.3:
            slot.claim(by=person, at=now(), even_if_clashing=True)


def _plain(person, at):
    """The rule once more, in plain Python: open, not mine, and a wave that has opened reaches me."""
    found = set()
    for help_request in HelpRequest.objects.prefetch_related("slots", "waves"):
        if not help_request.is_open or help_request.is_run_by(person):
            continue
        mine = {claim.slot_id for claim in Claim.objects.live().filter(person=person)}
        if not any(slot.is_open(at=at) and slot.pk not in mine for slot in help_request.slots.all()):
            continue
        for wave in help_request.waves.all():
            near = Membership.objects.current().filter(
                circle=wave.circle_id, person=person, ring__lte=wave.ring
            )
            if wave.opened_at <= at and near.exists():
                found.add(help_request.pk)
    return found


def _seen_plainly(person, at):
    """Who sees what, once more in plain Python: mine, promised, kept, or reached by a wave that has opened."""
    return {
        help_request
        for help_request in HelpRequest.objects.prefetch_related("waves")
        if help_request.is_run_by(person)
        or Claim.objects.live().filter(person=person, slot__help_request=help_request).exists()
        or help_request.circle.is_kept_by(person)
        or any(_reaches(wave, person, at) for wave in help_request.waves.all())
    }


def _reaches(wave, person, at):
    near = Membership.objects.current().filter(circle=wave.circle_id, person=person, ring__lte=wave.ring)
    return wave.opened_at <= at and near.exists()
