"""Promises: made once, never more than room, given back without harm."""

import pytest
from django.db import IntegrityError, transaction

from circles.models import JournalEntry
from requests.models import (
    Claim,
    Clash,
    EditedMeanwhile,
    NotOpen,
    OutOfSight,
    OwnRequest,
    RequestClosed,
    Slot,
    SlotCancelled,
    SlotHoldsMore,
    SlotOver,
    SlotTaken,
    Thanks,
)
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db


def told(kind):
    """Who has a notice of this kind, in order of queueing."""
    return [notice.reader.name for notice in Notice.objects.filter(kind=kind).order_by("pk")]


def test_a_claim_takes_the_place_and_tells_both(slot, bo):
    claim = slot.claim(by=bo, at=now(), bringing="Lentil soup")

    slot.refresh_from_db()
    assert (claim.state, claim.bringing, slot.taken, slot.is_full) == ("accepted", "Lentil soup", 1, True)
    assert told("claim_confirmed") == ["Bo"]
    assert told("request_claimed") == ["Ada"]


def test_a_full_slot_refuses_the_next_helper(slot, bo, olga):
    slot.claim(by=bo, at=now())

    with pytest.raises(SlotTaken):
        slot.claim(by=olga, at=now())

    assert [claim.person for claim in slot.claims.all()] == [bo]


def test_claiming_twice_is_one_claim_and_one_mail(slot, bo):
    first = slot.claim(by=bo, at=now())

    second = Slot.objects.get().claim(by=bo, at=now())

    assert (first, told("claim_confirmed"), Slot.objects.get().taken) == (second, ["Bo"], 1)


def test_a_released_slot_can_be_claimed_again(slot, bo, olga):
    slot.claim(by=bo, at=now()).release(by=bo, at=now())

    slot.claim(by=olga, at=now())

    assert [claim.person for claim in slot.claims.live()] == [olga]
    assert told("claim_released") == ["Ada"]


def test_a_claim_made_again_is_the_same_row_with_its_history_in_the_journal(slot, bo):
    first = slot.claim(by=bo, at=now())
    first.release(by=bo, at=now())

    again = Slot.objects.get().claim(by=bo, at=now() + HOUR)

    assert again.pk == first.pk and again.is_accepted
    assert [row.verb for row in JournalEntry.objects.about(again)] == ["claimed", "released", "claimed"]
    assert told("claim_confirmed") == ["Bo", "Bo"]


def test_a_slot_without_a_limit_takes_everybody(ada, olga, street):
    helpers = [make_person(f"Helper{n}") for n in range(5)]
    for helper in helpers:
        join(street, helper, by=olga)
    slot = ask(ada, street, capacity=None).slots.get()

    for helper in helpers:
        slot.claim(by=helper, at=now())

    assert slot.claims.accepted().count() == 5


def test_clashing_promises_are_shown_and_can_both_be_kept(ada, bo, street):
    first = ask(ada, street, hours=2).slots.get()
    second = ask(ada, street, hours=2, title="Ride").slots.get()
    second.move(starts_at=first.starts_at + HOUR, ends_at=first.ends_at + HOUR, by=ada, at=now())
    mine = first.claim(by=bo, at=now())

    with pytest.raises(Clash) as clash:
        second.claim(by=bo, at=now())
    second.claim(by=bo, at=now(), even_if_clashing=True)

    assert clash.value.claims == [mine]
    assert Claim.objects.live().filter(person=bo).count() == 2


@pytest.mark.parametrize("later_one_first", [False, True])
def test_back_to_back_is_no_clash(ada, bo, street, later_one_first):
    slots = [ask(ada, street).slots.get() for _ in range(2)]
    early, late = slots
    late.move(starts_at=early.ends_at, ends_at=early.ends_at + HOUR, by=ada, at=now())

    for slot in reversed(slots) if later_one_first else slots:
        assert slot.claim(by=bo, at=now()).is_accepted


def test_a_place_can_be_claimed_shortly_after_the_start_and_not_later(slot, bo, olga):
    just_begun = slot.starts_at + HOUR / 4

    slot.claim(by=bo, at=just_begun).free(by=bo, at=just_begun)

    with pytest.raises(SlotOver):
        slot.claim(by=olga, at=slot.starts_at + HOUR * 3 / 4)


def test_a_cancelled_request_takes_no_claim_and_tells_whoever_promised(supper, slot, ada, bo, olga):
    slot.claim(by=bo, at=now())

    supper.cancel(by=ada, at=now(), reason="We are away")

    with pytest.raises(SlotCancelled):
        slot.claim(by=olga, at=now())
    assert told("slot_cancelled") == ["Bo"]
    assert (supper.state, Claim.objects.get().state, Slot.objects.get().taken) == (
        "cancelled",
        "cancelled",
        0,
    )


@pytest.mark.parametrize("kind", [ask, ask_for_company])
def test_nobody_promises_in_an_old_window_what_was_called_off_since(kind, ada, bo, street):
    old_window = kind(ada, street).slots.get()
    Slot.objects.get().cancel(by=ada, at=now())

    with pytest.raises(SlotCancelled):
        old_window.claim(by=bo, at=now())

    assert Slot.objects.get().taken == 0


def test_a_closed_request_keeps_its_promises_and_takes_no_more(ada, bo, olga, street):
    help_request = ask(ada, street, capacity=2)
    slot = help_request.slots.get()
    slot.claim(by=bo, at=now())

    help_request.close(by=ada, at=now())

    with pytest.raises(RequestClosed):
        slot.claim(by=olga, at=now())
    assert Claim.objects.get().is_accepted
    with pytest.raises(NotOpen):
        help_request.close(by=ada, at=now())


def test_reopening_counts_from_zero_where_nothing_is_open(supper, slot, ada, bo):
    slot.claim(by=bo, at=now())
    supper.close(by=ada, at=now())

    supper.reopen(by=ada, at=now())

    assert [slot.taken for slot in supper.slots.order_by("pk")] == [1, 0]
    assert Claim.objects.get().is_accepted


def test_whoever_asks_does_not_claim_their_own(slot, ada):
    with pytest.raises(OwnRequest):
        slot.claim(by=ada, at=now())


def test_a_keeper_signs_up_only_who_may_see_the_request(slot, olga, mallory, bo):
    with pytest.raises(OutOfSight):
        slot.claim(by=mallory, made_by=olga, at=now())

    claim = slot.claim(by=bo, made_by=olga, at=now())

    assert (claim.person, claim.made_by, told("claim_confirmed")) == (bo, olga, ["Bo"])


def test_an_emotional_claim_waits_for_the_askers_yes(ada, bo, olga, street):
    slot = ask_for_company(ada, street).slots.get()

    claim = slot.claim(by=bo, at=now())
    other = slot.claim(by=olga, at=now())
    assert (claim.state, Slot.objects.get().taken, told("claim_confirmed")) == ("waiting", 0, [])

    claim.accept(by=ada, at=now())
    with pytest.raises(SlotTaken):
        other.accept(by=ada, at=now())
    other.refresh_from_db()
    other.decline(by=ada, at=now())

    assert (claim.state, other.state, Slot.objects.get().taken) == ("accepted", "declined", 1)
    assert (told("claim_confirmed"), told("claim_declined")) == (["Bo"], ["Olga"])


def test_a_place_is_given_back_while_there_is_time(slot, bo):
    claim = slot.claim(by=bo, at=now())

    with pytest.raises(SlotOver):
        claim.release(by=bo, at=slot.starts_at)
    claim.release(by=bo, at=slot.starts_at - HOUR)
    claim.release(by=bo, at=slot.starts_at - HOUR)

    assert Slot.objects.get().taken == 0


def test_keepers_hear_of_a_place_given_back_on_short_notice(slot, bo):
    claim = slot.claim(by=bo, at=now())

    claim.release(by=bo, at=slot.starts_at - 30 * HOUR)

    assert sorted(told("claim_released")) == ["Ada", "Olga"]


def test_moving_a_slot_tells_claimers_the_old_time_once(slot, ada, bo):
    slot.claim(by=bo, at=now())
    was = slot.starts_at

    slot.move(starts_at=was + HOUR, ends_at=was + 2 * HOUR, by=ada, at=now())
    slot.move(starts_at=was + HOUR, ends_at=was + 2 * HOUR, by=ada, at=now())

    notice = Notice.objects.get(kind="slot_changed")
    assert (notice.reader, notice.facts["old_starts_at"]) == (bo, was.isoformat().replace("+00:00", "Z"))


def test_only_what_matters_to_claimers_is_mailed(supper, slot, ada, bo):
    slot.claim(by=bo, at=now())

    supper.edit(by=ada, at=now(), version=1, importance="need")
    assert told("slot_changed") == []

    supper.edit(by=ada, at=now(), version=2, would_help="Soup")
    assert told("slot_changed") == ["Bo"]


def test_room_is_never_less_than_the_promises(ada, bo, olga, street):
    slot = ask(ada, street, capacity=3).slots.get()
    slot.claim(by=bo, at=now())
    slot.claim(by=olga, at=now())

    with pytest.raises(SlotHoldsMore):
        slot.resize(1, by=ada, at=now())
    slot.resize(2, by=ada, at=now())

    assert Slot.objects.get().is_full


def test_leaving_a_circle_frees_what_is_ahead(slot, street, bo):
    slot.claim(by=bo, at=now())

    street.memberships.get(person=bo).leave(at=now())

    assert (Claim.objects.get().state, Slot.objects.get().taken, told("claim_released")) == (
        "released",
        0,
        ["Ada"],
    )


def test_the_past_stays_when_somebody_leaves(slot, street, bo):
    slot.claim(by=bo, at=now())

    street.memberships.get(person=bo).leave(at=slot.ends_at + DAY)

    assert Claim.objects.get().is_accepted


@pytest.mark.parametrize(
    "wrong", [{"capacity": 0}, {"capacity": -1}, {"capacity": 501}, {"taken": 2}, {"taken": -1}]
)
def test_the_database_refuses_impossible_numbers(slot, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(**wrong)


def test_the_database_refuses_a_slot_that_ends_before_it_starts(slot):
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(ends_at=slot.starts_at)


def test_thanks_arrive_once(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())

    claim.thank(by=ada, text="The soup was lovely.", at=now())
    claim.thank(by=ada, text="The soup was lovely, thank you.", at=now())

    assert (Thanks.objects.get().text, told("thanks_given")) == ("The soup was lovely, thank you.", ["Bo"])


def test_running_late_tells_the_asker(slot, bo):
    claim = slot.claim(by=bo, at=now())

    claim.run_late(minutes=20, by=bo, at=slot.starts_at)

    assert told("claim_late") == ["Ada"]


def test_claims_in_a_circle_that_one_does_not_keep_are_not_seen(slot, bo, ada, olga, mallory):
    claim = slot.claim(by=bo, at=now())
    other = make_person("Other")
    join(make_circle(mallory, name="Far away"), other, by=mallory)

    seen = {
        person.name: list(Claim.objects.visible_to(person, at=now()))
        for person in (bo, ada, olga, mallory, other)
    }

    assert seen == {"Bo": [claim], "Ada": [claim], "Olga": [claim], "Mallory": [], "Other": []}


def test_a_time_moved_by_more_than_an_hour_is_confirmed_anew(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())
    claim.confirm(at=now())

    slot.move(starts_at=slot.starts_at + HOUR, ends_at=slot.ends_at + HOUR, by=ada, at=now())
    assert Claim.objects.get().state == "confirmed"
    slot.move(starts_at=slot.starts_at + 2 * HOUR, ends_at=slot.ends_at + 2 * HOUR, by=ada, at=now())

    assert Claim.objects.get().state == "accepted"


def test_a_promise_taken_back_by_a_keeper_is_told_to_helper_and_asker(slot, bo, olga):
    slot.claim(by=bo, at=now()).cancel(by=olga, at=now())

    assert (told("slot_cancelled"), told("claim_released")) == (["Bo"], ["Ada"])
    assert Slot.objects.get().taken == 0


def test_whoever_is_removed_hears_that_they_are_not_needed(slot, street, bo, olga):
    slot.claim(by=bo, at=now())

    street.memberships.get(person=bo).remove(by=olga, at=now())

    assert (told("slot_cancelled"), told("claim_released")) == (["Bo"], ["Ada"])
    assert Claim.objects.get().state == "cancelled"


def test_nobody_adds_a_time_to_what_was_closed_in_another_window(supper, ada):
    old_window = type(supper).objects.get(pk=supper.pk)
    supper.close(by=ada, at=now())

    with pytest.raises(NotOpen):
        old_window.add_slot(by=ada, at=now())

    assert not Slot.objects.open(at=now()).exists()


def test_a_time_moved_in_an_old_window_stays_closed(slot, supper, ada):
    old_window = Slot.objects.select_related("help_request").get(pk=slot.pk)
    supper.close(by=ada, at=now())

    old_window.move(starts_at=slot.starts_at + DAY, ends_at=slot.ends_at + DAY, by=ada, at=now())

    assert not Slot.objects.open(at=now()).exists()


def test_a_draft_in_an_old_window_does_not_undo_what_was_written_since(ada, street):
    written = draft(ada, street)
    seen = written.version
    written.rewrite(by=ada, at=now(), times={"timing": "whenever"}, version=seen, title="Soup")

    with pytest.raises(EditedMeanwhile):
        written.rewrite(by=ada, at=now(), times={"timing": "whenever"}, version=seen, title="Supper")

    assert type(written).objects.get().title == "Soup"


def test_a_draft_in_an_old_window_does_not_undo_what_was_asked_since(slot, supper, ada, bo):
    old_window = type(supper).objects.get(pk=supper.pk)
    old_window.published_at = None
    slot.claim(by=bo, at=now())

    with pytest.raises(NotOpen):
        old_window.rewrite(by=ada, at=now(), times={"timing": "whenever"})

    assert Claim.objects.get().is_accepted
