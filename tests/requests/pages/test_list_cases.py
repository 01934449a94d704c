"""The list and the rule, one circumstance at a time: who is shown a request, who may see it all the same."""

import datetime as dt

import pytest

from circles.models import Block, Consent, Ring
from requests.models import Claim, HelpRequest, NotThisTime, Slot
from requests.pages.open_requests import needs_of
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db
LISTED, SEEN, HIDDEN = "listed", "seen", "hidden"


def stands(person, asked, *, at=None):
    """Whether it is listed for `person`, or only to be seen, or neither."""
    at = at or now()
    listed = any(need["help_request_id"] == asked.pk for need in needs_of(person, at=at))
    seen = HelpRequest.objects.visible_to(person, at=at).filter(pk=asked.pk).exists()
    assert seen or not listed
    return LISTED if listed else SEEN if seen else HIDDEN


def member(circle, person):
    return circle.memberships.get(person=person)


def change(asked, **fields):
    HelpRequest.objects.filter(pk=asked.pk).update(**fields)


# Whose it is -----------------------------------------------------------------------------------------------------


def test_one_is_not_offered_what_one_asks_or_posted_for_another(ada, bo, olga, street):
    asked = ask(ada, street)
    change(asked, posted_by=bo)

    assert [stands(person, asked) for person in (ada, bo, olga)] == [SEEN, SEEN, LISTED]


@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("whom", ["asker", "poster"])
def test_a_block_hides_what_either_asks_or_posted(whom, blocks, ada, bo, olga, street):
    other = make_person("Poster")
    join(street, other, by=olga)
    asked = ask(ada, street)
    change(asked, posted_by=other)
    parted = ada if whom == "asker" else other

    Block.objects.make(by=bo if blocks else parted, whom=parted if blocks else bo, at=now())

    assert [stands(person, asked) for person in (bo, olga)] == [HIDDEN, LISTED]


@pytest.mark.parametrize("told", ["was told the name", "keeps the circle", "knows nothing"])
def test_a_block_changes_nothing_about_what_is_asked_quietly_unless_one_knows_who_asks(
    told, ada, bo, olga, street
):
    walk = ask_for_company(ada, street)
    change(walk, quietly=True)
    reader = olga if told == "keeps the circle" else bo
    claim = walk.slots.get().claim(by=reader, at=now())
    if told == "was told the name":
        claim.accept(by=ada, at=now())
    claim.release(by=reader, at=now())

    Block.objects.make(by=reader, whom=ada, at=now())

    assert stands(reader, walk) == (LISTED if told == "knows nothing" else HIDDEN)


# What one has promised or passed on ------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["release", "cancel", "decline", "no end"])
def test_what_one_promised_is_offered_again_once_it_was_given_back_or_turned_down(end, ada, bo, street):
    walk = ask_for_company(ada, street)
    claim = walk.slots.get().claim(by=bo, at=now())
    assert stands(bo, walk) == SEEN

    {
        "release": lambda: claim.release(by=bo, at=now()),
        "cancel": lambda: claim.cancel(by=ada, at=now()),
        "decline": lambda: claim.decline(by=ada, at=now()),
        "no end": lambda: None,
    }[end]()

    assert stands(bo, walk) == (SEEN if end == "no end" else LISTED)


def test_what_another_promised_or_passed_on_changes_nothing(ada, bo, olga, street):
    asked, other = ask(ada, street, capacity=2), ask(ada, street)
    asked.slots.get().claim(by=olga, at=now())
    NotThisTime.objects.say(person=olga, help_request=other, at=now())
    NotThisTime.objects.say(person=bo, help_request=other, at=now())

    assert [(stands(bo, one), stands(olga, one)) for one in (asked, other)] == [(LISTED, SEEN), (SEEN, SEEN)]


@pytest.mark.parametrize(
    ("what", "expected"),
    [("no limit", LISTED), ("to be taken over", LISTED), ("all taken", SEEN), ("called off", SEEN)],
)
def test_offered_is_what_has_a_place(what, expected, ada, bo, olga, street):
    asked = ask(ada, street, capacity=None if what == "no limit" else 1)
    slot = asked.slots.get()
    if what == "called off":
        slot.cancel(by=ada, at=now())
    else:
        claim = slot.claim(by=olga, at=now())
    if what == "to be taken over":
        claim.look_for_cover(by=olga, at=now())

    assert stands(bo, asked) == expected


def test_of_several_times_one_where_there_is_a_place_for_oneself_is_enough(ada, bo, olga, street):
    asked = ask(ada, street)
    first = asked.slots.get()
    first.claim(by=bo, at=now())
    times = {"starts_at": first.starts_at + DAY, "ends_at": first.ends_at + DAY}
    second = asked.add_slot(by=ada, at=now(), **times)
    assert stands(bo, asked) == LISTED

    for end in ("taken", "called off"):
        claim = second.claim(by=olga, at=now()) if end == "taken" else None
        if end == "called off":
            Slot.objects.get(pk=second.pk).cancel(by=ada, at=now())
        assert stands(bo, asked) == SEEN
        if claim:
            claim.release(by=olga, at=now())


# How one stands in the circle ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "expected"),
    [("member", LISTED), ("waits", HIDDEN), ("left", HIDDEN), ("removed", HIDDEN), ("set aside", SEEN)],
)
@pytest.mark.parametrize("by_name", [False, True])
def test_how_one_stands_in_the_circle_that_asks(how, expected, by_name, ada, olga, street):
    cleo = make_person("Cleo")
    membership = street.ask_to_join(cleo, at=now()) if how == "waits" else join(street, cleo, by=olga)
    asked = ask(ada, street)
    if by_name:
        asked.ask_more(by=ada, at=now(), people=[cleo])
    {
        "left": lambda: membership.leave(at=now()),
        "removed": lambda: membership.remove(by=olga, at=now()),
        "set aside": lambda: membership.exclude(by=olga, at=now()),
    }.get(how, lambda: None)()

    assert stands(cleo, asked) == expected


def test_somebody_who_was_never_in_the_circle_is_offered_what_they_are_asked_by_name(ada, street, mallory):
    asked, other = ask(ada, street), ask(ada, street)

    asked.ask_more(by=ada, at=now(), people=[mallory])

    assert [stands(mallory, one) for one in (asked, other)] == [LISTED, HIDDEN]


@pytest.mark.parametrize("ring", Ring)
def test_how_near_one_stands(ring, ada, olga, street):
    cleo = make_person("Cleo")
    join(street, cleo, by=olga, ring=ring)
    asked = [ask(ada, street, up_to=up_to) for up_to in Ring]

    assert [stands(cleo, one) for one in asked] == [LISTED if ring <= up_to else HIDDEN for up_to in Ring]


def test_a_wave_to_come_offers_nothing_yet(ada, bo, street):
    asked, at = ask(ada, street), now()
    asked.waves.update(opened_at=at + HOUR)

    assert [stands(bo, asked, at=when) for when in (at, at + HOUR)] == [HIDDEN, LISTED]


@pytest.mark.parametrize(
    ("how", "expected"), [("removed", HIDDEN), ("left", LISTED), ("set aside", SEEN), ("member", LISTED)]
)
def test_asked_in_a_second_circle_too(how, expected, ada, bo, olga, street, mallory):
    garden = make_circle(mallory, ada, bo, name="Garden")
    asked = ask(ada, street)
    asked.ask_more(by=ada, at=now(), circle=garden)
    {
        "removed": lambda: member(street, bo).remove(by=olga, at=now()),
        "left": lambda: member(street, bo).leave(at=now()),
        "set aside": lambda: member(garden, bo).exclude(by=mallory, at=now()),
        "member": lambda: None,
    }[how]()

    assert stands(bo, asked) == expected


# What a row says -------------------------------------------------------------------------------------------------


def row(person, **wanted):
    (need,) = needs_of(person, at=now(), **wanted)
    return need


def test_a_row_names_the_circle_to_its_members_alone(ada, bo, street, mallory):
    asked = ask(ada, street)
    asked.ask_more(by=ada, at=now(), people=[mallory])

    assert [row(person)["circle_name"] for person in (bo, mallory)] == ["Our street", None]
    assert row(mallory)["circle_id"] == street.pk


def test_a_row_names_whoever_asks_unless_quietly(ada, bo, street):
    walk = ask_for_company(ada, street)
    assert (row(bo)["asker_name"], row(bo)["quietly"]) == ("Ada", False)

    change(walk, quietly=True)

    assert (row(bo)["asker_name"], row(bo)["quietly"]) == ("", True)


def test_a_row_says_the_zone_of_whole_days_alone(ada, bo, street):
    slot = ask(ada, street).slots.get()
    assert row(bo)["own_zone"] is None

    Slot.objects.filter(pk=slot.pk).update(all_day=True)

    assert row(bo)["own_zone"] == "Europe/Lisbon"


def test_the_next_time_is_the_first_with_a_place_for_oneself(ada, bo, olga, street):
    plan, start = draft(ada, street), (now() + DAY).replace(microsecond=0)
    plan.set_times(
        timing="once",
        starts_at=start,
        ends_at=start + HOUR,
        also=[(start + day * DAY, start + day * DAY + HOUR) for day in (1, 2, 3)],
        at=now(),
    )
    plan.publish(by=ada, at=now())
    slots = list(plan.slots.in_order())
    undated = plan.add_slot(by=ada, at=now())

    def next_time():
        return row(bo)["slot_id"]

    found = [next_time()]
    slots[0].claim(by=bo, at=now())
    found.append(next_time())
    slots[1].claim(by=olga, at=now())
    found.append(next_time())
    slots[2].cancel(by=ada, at=now())
    found.append(next_time())
    Slot.objects.filter(pk=slots[3].pk).update(open_until=now())
    found.append(next_time())

    assert found == [*[slot.pk for slot in slots], undated.pk]


def test_the_list_of_one_circle_leaves_out_the_others(ada, bo, street, mallory):
    garden = make_circle(mallory, ada, bo, name="Garden")
    here, there, both = (
        ask(ada, street, title="Here"),
        ask(ada, garden, title="There"),
        ask(ada, street, title="Both"),
    )
    both.ask_more(by=ada, at=now(), circle=garden)
    there.ask_more(by=ada, at=now(), people=[bo])
    ask(ada, street, title="Closed").close(by=ada, at=now())

    def titles(circle):
        return sorted(need["title"] for need in needs_of(bo, at=now(), circle=circle.pk))

    assert here.pk and (titles(street), titles(garden)) == (["Both", "Here"], ["Both", "There"])


def test_two_of_the_same_time_stand_once_each_on_two_pages(ada, bo, street):
    first, second = ask(ada, street), ask(ada, street)
    HelpRequest.objects.get(pk=second.pk).waves.update(sort_at=first.waves.get().sort_at)

    (one,) = needs_of(bo, at=now(), limit=1)
    (two,) = needs_of(bo, at=now(), limit=1, after=one)

    assert [one["help_request_id"], two["help_request_id"]] == [first.pk, second.pk]
    assert needs_of(bo, at=now(), limit=1, after=two) == []


# The rule alone --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["none", "own", "circle's", "own withdrawn", "circle's withdrawn"])
def test_without_each_yes_that_it_needs_nobody_but_whoever_asks_sees_it(missing, ada, bo, olga, street):
    asked = ask(ada, street)
    own, around = (
        Consent.objects.record(name="Rosa", by=olga, how="by_phone", note="", at=now()) for _ in range(2)
    )
    for consent, kind in ((own, "own"), (around, "circle's")):
        fields = {"agreed_at": None} if missing == kind else {}
        fields |= {"withdrawn_at": now()} if missing == f"{kind} withdrawn" else {}
        Consent.objects.filter(pk=consent.pk).update(**fields or {"declined_at": None})
    change(asked, consent=own)
    type(street).objects.filter(pk=street.pk).update(consent=around)

    expected = SEEN if missing == "none" else HIDDEN
    seen = [
        SEEN if HelpRequest.objects.visible_to(person, at=now()).filter(pk=asked.pk).exists() else HIDDEN
        for person in (ada, bo, olga)
    ]

    assert seen == [SEEN, expected, expected]


@pytest.mark.parametrize("person", ["waits", "left", "removed", "keeps no more"])
def test_who_keeps_the_circle_no_more_sees_no_draft_wave_of_it(person, ada, olga, street):
    cleo = make_person("Cleo")
    membership = join(street, cleo, by=olga)
    membership.make_keeper(by=olga, at=now())
    asked = ask(ada, street, up_to=Ring.INNER)
    assert stands(cleo, asked) == SEEN
    fields = {
        "waits": {"joined_at": None},
        "left": {"left_at": now()},
        "removed": {"removed_at": now()},
        "keeps no more": {"role": "member"},
    }

    type(membership).objects.filter(pk=membership.pk).update(**fields[person])

    assert stands(cleo, asked) == HIDDEN


def test_a_promise_lets_one_see_it_beyond_the_ring_until_it_ends(ada, bo, street):
    asked = ask(ada, street)
    claim = asked.slots.get().claim(by=bo, at=now())
    asked.waves.update(ring=Ring.INNER)

    assert stands(bo, asked) == SEEN
    for end in ("released_at", "cancelled_at", "declined_at"):
        ended = {"released_at": None, "cancelled_at": None, "declined_at": None, end: now()}
        Claim.objects.filter(pk=claim.pk).update(**ended)
        assert stands(bo, asked) == HIDDEN


def test_of_another_circle_and_day_nothing_counts(ada, bo, olga, street, mallory, elsewhere):
    """What mallory does in her own circle, or promises there, opens nothing here."""
    asked, hers = ask(ada, street), ask(mallory, elsewhere)
    gil = make_person("Gil")
    join(elsewhere, gil, by=mallory)
    hers.slots.get().claim(by=gil, at=now())
    hers.ask_more(by=mallory, at=now(), people=[gil])

    assert [stands(person, asked) for person in (mallory, gil, bo)] == [HIDDEN, HIDDEN, LISTED]
    assert [stands(person, hers) for person in (ada, bo, olga)] == [HIDDEN, HIDDEN, HIDDEN]


def test_a_date_is_not_needed_to_be_asked(ada, bo, street):
    walk = ask_for_company(ada, street)

    assert (row(bo)["starts_at"], row(bo)["ends_at"], row(bo)["slot_id"]) == (None, None, walk.slots.get().pk)
    assert isinstance(row(bo)["sort_at"], dt.datetime)
