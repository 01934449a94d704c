"""What a promise says and whom it tells, to the minute: short notice, running late, brought dishes, others' clocks."""

import datetime as dt

import pytest

from circles.models import JournalEntry
from requests.models import Claim, Clash, HelpRequest, Slot, SlotAhead, SlotOver, Thanks
from requests.pages.clashes import seen_of
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def told(kind):
    """Who has a notice of this kind, by name."""
    return sorted(notice.reader.name for notice in Notice.objects.filter(kind=kind))


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


ENDINGS = {
    "released": lambda claim, ada, at: claim.release(by=claim.person, at=at),
    "declined": lambda claim, ada, at: claim.decline(by=ada, at=at),
    "cancelled": lambda claim, ada, at: claim.cancel(by=ada, at=at),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_a_promise_stands_until_it_ended_whatever_ended_it(how, ada, bo, street):
    claim, at = ask_for_company(ada, street).slots.get().claim(by=bo, at=now()), now() + HOUR
    assert (claim.state, claim.is_live, claim.ended_at) == ("waiting", True, None)

    ENDINGS[how](claim, ada, at)

    assert (claim.state, claim.is_live, claim.is_accepted, claim.ended_at) == (how, False, False, at)


# Words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, ""),
        ({"dish": "soup"}, "Soup or stew"),
        ({"dish": "soup", "bringing": "Lentil soup"}, "Lentil soup"),
        ({"portions": 1}, "1 portion"),
        ({"portions": 4}, "4 portions"),
        ({"bringing": "Lentil soup", "portions": 4}, "Lentil soup, 4 portions"),
    ],
)
def test_what_somebody_brings_in_words(said, words, slot, bo):
    assert slot.claim(by=bo, at=now(), **said).brings == words


@pytest.mark.parametrize(("number", "words"), [(1, "Bo"), (2, "Bo and 1 more"), (3, "Bo and 2 more")])
def test_who_comes_in_words(number, words, ada, bo, street):
    slot = ask(ada, street, capacity=3).slots.get()

    assert slot.claim(by=bo, at=now(), party_size=number).who == words


def test_what_is_brought_can_be_said_anew(slot, bo):
    claim = slot.claim(by=bo, at=now(), bringing="Soup", note="At the door?", dish="soup", portions=4)

    claim.bring(bringing="Pasta", note="", at=now(), dish="pasta", portions=2)

    claim = fresh(claim)
    assert (claim.bringing, claim.note, claim.dish, claim.portions) == ("Pasta", "", "pasta", 2)
    assert (claim.party_size, Slot.objects.get().taken) == (1, 1)


def test_a_promise_made_again_begins_without_what_was_said_of_the_first(slot, bo):
    claim = slot.claim(by=bo, at=now(), bringing="Soup", portions=3)
    claim.confirm(at=now())
    claim.run_late(minutes=10, by=bo, at=now())
    claim.release(by=bo, at=now(), note="A cold")

    again = fresh(slot.claim(by=bo, at=now() + HOUR))

    assert (again.state, again.bringing, again.portions, again.release_note) == ("accepted", "", None, "")
    assert (again.confirmed_at, again.late_at, again.late_minutes) == (None, None, None)
    assert (again.is_live, again.claimed_at > claim.claimed_at) == (True, True)


# Short notice, late, over ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "readers"),
    [(36 * HOUR + MINUTE, ["Ada"]), (36 * HOUR, ["Ada", "Olga"]), (MINUTE, ["Ada", "Olga"])],
)
@pytest.mark.parametrize("how", ["release", "cancel"])
def test_keepers_hear_of_it_from_36_hours_before_and_nobody_of_what_they_did_themselves(
    how, before, readers, slot, ada, bo
):
    claim, at = slot.claim(by=bo, at=now()), slot.starts_at - before

    claim.release(by=bo, at=at) if how == "release" else claim.cancel(by=ada, at=at)

    assert told("claim_released") == [name for name in readers if how == "release" or name != "Ada"]


def test_a_keeper_who_gives_a_place_back_herself_need_not_hear_of_it(slot, olga):
    claim = slot.claim(by=olga, at=now())

    claim.release(by=olga, at=slot.starts_at - HOUR)

    assert told("claim_released") == ["Ada"]


def test_keepers_hear_nothing_of_a_time_that_is_none(ada, bo, street):
    walk = ask_for_company(ada, street)
    claim = walk.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())

    claim.release(by=bo, at=now())

    assert told("claim_released") == ["Ada"]


@pytest.mark.parametrize("how", ["release", "cancel"])
def test_an_offer_that_ends_leaves_the_places_of_others_alone(how, ada, bo, olga, street):
    walk = ask_for_company(ada, street)
    taken, offered = (walk.slots.get().claim(by=person, at=now()) for person in (bo, olga))
    taken.accept(by=ada, at=now())

    getattr(fresh(offered), how)(by=olga, at=now())

    ended = "released" if how == "release" else "cancelled"
    assert (Slot.objects.get().taken, fresh(taken).state, fresh(offered).state) == (1, "accepted", ended)


def test_who_runs_late_says_so_until_it_is_over_and_may_be_on_time_after_all(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())

    claim.run_late(minutes=20, by=bo, at=slot.ends_at - MINUTE)
    assert (fresh(claim).late_minutes, fresh(claim).late_at) == (20, slot.ends_at - MINUTE)
    claim.be_on_time()
    assert (fresh(claim).late_minutes, fresh(claim).late_at) == (None, None)

    with pytest.raises(SlotOver):
        claim.run_late(minutes=20, by=bo, at=slot.ends_at)


def test_of_a_time_that_begins_later_than_an_hour_nothing_said_of_the_old_one_counts(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())
    claim.confirm(at=now())
    claim.run_late(minutes=20, by=bo, at=now())

    slot.move(starts_at=slot.starts_at + DAY, ends_at=slot.ends_at + DAY, by=ada, at=now())

    claim = fresh(claim)
    assert (claim.confirmed_at, claim.late_at, claim.late_minutes) == (None, None, None)


def test_nobody_failed_to_come_before_it_began(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())

    with pytest.raises(SlotAhead):
        claim.note_no_show(by=ada, at=slot.starts_at - MINUTE)
    claim.note_no_show(by=ada, at=slot.starts_at)

    assert fresh(claim).no_show_at == slot.starts_at


def test_noting_twice_that_nobody_came_is_noting_it_once(slot, ada, bo):
    claim, at = slot.claim(by=bo, at=now()), slot.ends_at

    for hours in (0, 1):
        claim.note_no_show(by=ada, at=at + hours * HOUR)
        assert claim.no_show_at == at
    for _ in range(2):
        claim.take_no_show_back(by=ada, at=at + DAY)
        assert claim.no_show_at is None

    verbs = [row.verb for row in JournalEntry.objects.about(claim)]
    assert verbs == ["claimed", "noted a no-show", "took a no-show back"]


def test_did_it_happen_takes_the_last_answer(slot, bo):
    claim, after = slot.claim(by=bo, at=now()), slot.ends_at + 2 * DAY

    claim.say_it_happened(True, at=after)
    assert (fresh(claim).happened_at, fresh(claim).missed_at) == (after, None)
    claim.say_it_happened(False, at=after + 3 * DAY)

    assert (fresh(claim).happened_at, fresh(claim).missed_at) == (None, after + 3 * DAY)


def test_without_a_time_a_yes_is_taken_back_within_a_day_and_no_later(ada, bo, street):
    walk = ask_for_company(ada, street)
    claim = walk.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())
    said = now()
    claim.say_it_happened(True, at=said)

    claim.say_it_happened(True, at=said + HOUR)
    claim.say_it_happened(False, at=said + DAY)
    assert fresh(claim).happened_at == said
    claim.say_it_happened(False, at=said + DAY - MINUTE)

    assert (fresh(claim).happened_at, fresh(claim).missed_at) == (None, said + DAY - MINUTE)


# Thanks ----------------------------------------------------------------------------------------------------------


def test_thanks_say_who_gave_them_and_may_come_without_a_mail(slot, ada, bo):
    claim, at = slot.claim(by=bo, at=now()), now()

    claim.thank(by=ada, text="Lovely", at=at, tell=False)

    thanks = Thanks.objects.get()
    assert (thanks.by, thanks.text, thanks.created_at, told("thanks_given")) == (ada, "Lovely", at, [])


# What is ahead, what clashes -------------------------------------------------------------------------------------


def test_ahead_is_what_is_neither_over_nor_called_off(ada, bo, street):
    days = {name: ask(ada, street, in_days=2 + n) for n, name in enumerate(("over", "off", "ahead"))}
    claims = {name: asked.slots.get().claim(by=bo, at=now()) for name, asked in days.items()}
    walk = ask_for_company(ada, street).slots.get().claim(by=bo, at=now())
    days["off"].slots.get().cancel(by=ada, at=now())
    end = claims["over"].slot.ends_at

    assert set(Claim.objects.ahead(at=end)) == {claims["ahead"], walk}
    assert set(Claim.objects.ahead(at=end - MINUTE)) == {claims["over"], claims["ahead"], walk}


def at_the_same_time(ada, street, *, hours=1):
    """Two requests for the very same time."""
    first, second = ask(ada, street, hours=hours), ask(ada, street, hours=hours)
    times = first.slots.values("starts_at", "ends_at").get()
    second.slots.update(**times)
    return first.slots.get(), second.slots.get()


def test_what_was_called_off_given_back_or_has_no_time_is_in_nobodys_way(ada, bo, street):
    first, second = at_the_same_time(ada, street)
    walk = ask_for_company(ada, street).slots.get()
    walk.claim(by=bo, at=now())
    first.claim(by=bo, at=now()).release(by=bo, at=now())

    claim = second.claim(by=bo, at=now())
    with pytest.raises(Clash) as clash:
        first.claim(by=bo, at=now())
    assert clash.value.claims == [claim]
    Slot.objects.filter(pk=second.pk).update(cancelled_at=now())

    assert Slot.objects.get(pk=first.pk).claim(by=bo, at=now()).is_accepted


def test_what_another_promised_for_the_same_time_is_in_nobodys_way(ada, bo, olga, street):
    first, second = at_the_same_time(ada, street)
    first.claim(by=olga, at=now())

    assert second.claim(by=bo, at=now()).is_accepted


def test_of_what_is_in_the_way_one_sees_what_one_may_see(ada, bo, olga, street, mallory):
    first, second = at_the_same_time(ada, street)
    club = make_circle(mallory, bo, name="Club")
    secret = ask(mallory, club).slots.get()
    Slot.objects.filter(pk=secret.pk).update(starts_at=first.starts_at, ends_at=first.ends_at)
    theirs = Slot.objects.get(pk=secret.pk).claim(by=bo, at=now())
    ours = first.claim(by=bo, at=now(), even_if_clashing=True)

    with pytest.raises(Clash) as clash:
        second.claim(by=bo, at=now())

    assert set(seen_of(clash.value.claims, bo, at=now())) == {theirs, ours}
    assert seen_of(clash.value.claims, olga, at=now()) == [ours]


# By the clock of who comes ---------------------------------------------------------------------------------------


def test_reminders_follow_the_hour_that_a_helper_likes_and_nobody_elses(ada, bo, olga, street):
    claims = {
        person: ask(ada, street, in_days=4).slots.get().claim(by=person, at=now()) for person in (bo, olga)
    }
    was = {person: claim.remind_at for person, claim in claims.items()}
    bo.remind_at = dt.time(17)
    bo.save(update_fields=["remind_at"])

    Claim.objects.keep_time_with(bo, at=now())

    assert fresh(claims[bo]).remind_at == was[bo] - HOUR
    assert fresh(claims[olga]).remind_at == was[olga]


def test_an_offer_that_waits_for_a_yes_is_reminded_of_by_nobody(ada, bo, street):
    walk = ask_for_company(ada, street)
    walk.slots.all().update(starts_at=now() + 3 * DAY, ends_at=now() + 3 * DAY + HOUR)
    claim = walk.slots.get().claim(by=bo, at=now())

    claim.set_reminders(at=now())
    assert (fresh(claim).remind_at, fresh(claim).follow_up_at) == (None, None)
    claim.accept(by=ada, at=now())

    assert fresh(claim).remind_at and fresh(claim).follow_up_at


def test_what_was_done_without_a_time_is_done_since_it_was_closed_unless_said_otherwise(
    ada, bo, olga, street
):
    walk, said = ask_for_company(ada, street), now()
    walk.slots.get().resize(2, by=ada, at=now())
    claims = [walk.slots.get().claim(by=person, at=now()) for person in (bo, olga)]
    for claim in claims:
        claim.accept(by=ada, at=now())
    claims[0].say_it_happened(True, at=said)
    dated = ask(ada, street).slots.get().claim(by=bo, at=now())

    Claim.objects.undated_done(since=said + DAY)

    assert [fresh(claim).happened_at for claim in (*claims, dated)] == [said, said + DAY, None]


# How many come ---------------------------------------------------------------------------------------------------


def test_one_more_after_all_takes_one_more_place_and_one_fewer_gives_it_back(ada, bo, street):
    slot = ask(ada, street, capacity=3).slots.get()
    claim = slot.claim(by=bo, at=now(), party_size=2)

    for number, taken in ((3, 3), (1, 1), (1, 1), (2, 2)):
        fresh(claim).bring(bringing="", note="", at=now(), party_size=number)
        assert (fresh(claim).party_size, Slot.objects.get().taken) == (number, taken)


def test_how_many_come_of_what_was_given_back_takes_no_place(ada, bo, street):
    claim = ask(ada, street, capacity=3).slots.get().claim(by=bo, at=now())
    claim.release(by=bo, at=now())

    fresh(claim).bring(bringing="", note="", at=now(), party_size=2)

    assert (fresh(claim).party_size, Slot.objects.get().taken) == (1, 0)


def test_places_given_back_by_one_who_looks_for_cover_need_no_cover(ada, bo, street):
    slot = ask(ada, street, capacity=3).slots.get()
    claim = slot.claim(by=bo, at=now(), party_size=3)
    claim.look_for_cover(by=bo, at=now())

    fresh(claim).bring(bringing="", note="", at=now(), party_size=1)

    assert (Slot.objects.get().taken, Slot.objects.get().covering, Slot.objects.get().room) == (1, 1, 3)


def test_a_claim_of_the_quiet_stays_behind_the_name_until_they_were_told_it(ada, bo, olga, street):
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    walk, other = ask_for_company(ada, street), ask_for_company(ada, street)
    HelpRequest.objects.filter(pk=walk.pk).update(quietly=True)
    walk.slots.get().resize(3, by=ada, at=now())
    claims = {person: walk.slots.get().claim(by=person, at=now()) for person in (bo, olga, cleo)}
    claims[cleo].accept(by=ada, at=now())
    other.slots.get().claim(by=cleo, at=now())

    assert list(Claim.objects.behind_a_name_unsaid()) == [claims[bo]]
