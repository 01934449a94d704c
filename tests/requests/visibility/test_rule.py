"""Who sees what: the rule, case by case. `test_worlds.py` holds every way to look against it in random worlds."""

import pytest
from django.contrib.auth.models import AnonymousUser

from circles.models import Block, Circle, Consent, NobodyAsked, Report, Ring
from requests.models import Claim, HelpRequest, Slot, SlotTaken
from tests.cast import DAY, HOUR, ask, draft, join, make_circle, make_person, now

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


def test_what_members_ask_for_themselves_hides_with_the_circle_whose_yes_was_taken_back(
    ada, bo, olga, mallory, elsewhere
):
    whom = {"name": "Rosa", "email": "rosa@example.org"}
    care = Circle.objects.start(by=olga, kind="care", name="Near", around="Rosa", at=now(), whom=whom)
    care.consent.send(by=olga, at=now())
    care.consent.agree(by=(rosa := make_person("Rosa")), at=now())
    for person in (ada, bo):
        join(Circle.objects.get(pk=care.pk), person, by=olga)
    join(elsewhere, ada, by=mallory)
    ask(ada, care, title="A lift for me").ask_more(by=ada, at=now(), circle=elsewhere)
    assert [seen_by(person) for person in (ada, bo, olga, mallory)] == [["A lift for me"]] * 4

    Consent.objects.get(pk=care.consent_id).withdraw(by=rosa, at=now())

    assert seen_by(ada) == ["A lift for me"]
    assert [seen_by(person) for person in (bo, olga, mallory)] == [[]] * 3


def test_a_wave_that_has_not_opened_shows_nothing_yet(supper, bo):
    supper.waves.update(opened_at=now() + HOUR)

    assert (seen_by(bo), seen_by(bo, at=now() + 2 * HOUR)) == ([], ["Supper for four"])


@pytest.fixture
def parish(olga):
    """Another circle of olga's."""
    return make_circle(olga, name="Our parish")


@pytest.mark.parametrize("how", ["leave", "remove"])
def test_a_name_on_a_wave_lets_nobody_in_again_who_is_in_its_circle_no_more(how, ada, bo, olga, street):
    help_request = ask(ada, street, up_to=Ring.INNER)
    membership = street.memberships.get(person=bo)
    membership.leave(at=now()) if how == "leave" else membership.remove(by=olga, at=now())

    help_request.ask_more(by=ada, at=now(), people=[bo])

    assert seen_by(bo) == []
    street.ask_to_join(bo, at=now() + DAY)
    assert seen_by(bo) == []
    membership.refresh_from_db()
    membership.admit(by=olga, at=now() + DAY)
    assert seen_by(bo) == ["Supper for four"]


def test_somebody_asked_by_name_need_not_be_in_its_circle(supper, ada, mallory, elsewhere):
    supper.ask_more(by=ada, at=now(), people=[mallory])

    assert seen_by(mallory) == ["Supper for four"]


def test_whoever_left_still_hears_of_it_in_another_circle_but_not_whom_the_keepers_removed(
    ada, bo, olga, street, parish, supper
):
    cleo = make_person("Cleo")
    for person in (bo, cleo):
        join(parish, person, by=olga)
    join(street, cleo, by=olga)
    supper.ask_more(by=ada, at=now(), circle=parish)

    street.memberships.get(person=bo).leave(at=now())
    street.memberships.get(person=cleo).remove(by=olga, at=now())

    assert (seen_by(bo), seen_by(cleo)) == (["Supper for four"], [])


def test_a_wave_to_come_shows_nothing_until_it_opens(ada, bo, street):
    help_request = draft(ada, street)
    help_request.set_times(timing="whenever", at=now())
    help_request.set_reach(starts=Ring.INNER, up_to=Ring.EVERYONE, widen_after=DAY)
    help_request.publish(by=ada, at=now())
    later = now() + 3 * DAY
    assert seen_by(bo, at=later) == []

    help_request.waves.model.objects.open_due(at=later)

    assert (seen_by(bo, at=later), seen_by(bo)) == (["Supper for four"], [])


def test_who_is_set_aside_sees_it_and_cannot_take_a_place(slot, bo, olga, street):
    street.memberships.get(person=bo).exclude(by=olga, at=now())

    assert seen_by(bo) == ["Supper for four"]
    with pytest.raises(SlotTaken):
        slot.claim(by=bo, at=now())


@pytest.mark.parametrize("who_blocks", ["ada", "bo"])
def test_two_who_are_parted_see_nothing_of_each_other(who_blocks, supper, ada, bo, street):
    ask(bo, street, title="Bo's own")
    by, whom = (ada, bo) if who_blocks == "ada" else (bo, ada)

    block = Block.objects.make(by=by, whom=whom, at=now())

    assert (seen_by(ada), seen_by(bo)) == (["Supper for four"], ["Bo's own"])
    block.lift(at=now())
    assert seen_by(ada) == seen_by(bo) == ["Bo's own", "Supper for four"]


def test_a_keeper_whom_the_asker_blocks_sees_it_while_a_report_waits(supper, ada, bo, olga, street):
    Block.objects.make(by=ada, whom=olga, at=now())
    assert seen_by(olga) == []

    report = Report.objects.make(
        circle=street, reporter=bo, subject=supper, about=ada, reason="Not right.", at=now()
    )

    assert seen_by(olga) == ["Supper for four"]
    report.settle(by=olga, outcome="All is well.", at=now())
    assert seen_by(olga) == []
