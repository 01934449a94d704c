"""One way to win a place and one to lose it: whoever it concerns is told once, and standbys are called or thanked."""

import pytest

from circles.models import Block, JournalEntry, Person, Ring
from requests.models import Claim, HelpRequest, Slot, SlotTaken, Standby, StandbyCall, TooFewPlaces
from requests.visibility import policies
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, join, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cy(street, olga):
    """Another helper."""
    join(street, cy := make_person("Cy"), by=olga)
    return cy


@pytest.fixture
def dee(street, olga):
    """Says "ask me if someone drops out", first."""
    join(street, dee := make_person("Dee"), by=olga)
    return dee


@pytest.fixture
def eve(street, olga):
    """Says so, too."""
    join(street, eve := make_person("Eve"), by=olga)
    return eve


def told(*kinds):
    """(kind, who) of the notices of these kinds, in order."""
    notices = Notice.objects.filter(kind__in=kinds).order_by("pk").select_related("reader")
    return [(notice.kind, str(notice.reader)) for notice in notices]


def called():
    """Who is asked to step in at this moment."""
    return [str(call.person) for call in StandbyCall.objects.waiting().order_by("pk")]


def counted(slot):
    """(taken, to take over), as stored and as the promises say."""
    slot = Slot.objects.get(pk=slot.pk)
    held = list(slot.claims.accepted())
    said = sum(claim.party_size for claim in held), sum(claim.places_to_cover for claim in held)
    assert (slot.taken, slot.covering) == said
    return said


def stand_by(slot, *people):
    for person in people:
        Standby.objects.stand_by(person=person, help_request=slot.help_request, at=now())


LOSING = {
    "release": lambda claim, ada, olga: claim.release(by=claim.person, at=now()),
    "cancel": lambda claim, ada, olga: claim.cancel(by=ada, at=now()),
    "cover": lambda claim, ada, olga: claim.look_for_cover(by=claim.person, at=now()),
    "fewer": lambda claim, ada, olga: claim.bring(party_size=1, at=now()),
    "remove": lambda claim, ada, olga: claim.person.memberships.get().remove(by=olga, at=now()),
    "leave": lambda claim, ada, olga: claim.person.memberships.get().leave(at=now()),
    "block": lambda claim, ada, olga: Block.objects.make(by=ada, whom=claim.person, at=now()),
    "more room": lambda claim, ada, olga: claim.slot.resize(3, by=ada, at=now()),
    "less room than was let go": lambda claim, ada, olga: claim.slot.resize(
        1, by=ada, at=now(), let_go=[claim]
    ),
}


@pytest.mark.parametrize("how", LOSING)
def test_whatever_frees_a_place_calls_one_standby(how, street, ada, bo, olga, dee, eve):
    slot = ask(ada, street, capacity=2).slots.get()
    stand_by(slot, dee, eve)
    claim = slot.claim(by=bo, at=now(), party_size=2)

    LOSING[how](claim, ada, olga)

    assert called() == ["Dee"]
    assert told("standby_asked") == [("standby_asked", "Dee")]
    counted(slot)


def test_less_room_uses_up_no_standby(street, ada, bo, cy, dee):
    slot = ask(ada, street, capacity=2).slots.get()
    stand_by(slot, dee)
    claims = [slot.claim(by=person, at=now()) for person in (bo, cy)]

    slot.resize(1, by=ada, at=now(), let_go=claims[:1])
    assert (called(), counted(slot)) == ([], (1, 0))

    claims[1].release(by=cy, at=now())
    assert called() == ["Dee"]


def filling(how, slot, cy, olga, ada):
    return {
        "claim": lambda: slot.claim(by=cy, at=now()),
        "sign up": lambda: slot.claim(by=cy, made_by=olga, at=now()),
        "grow": lambda: slot.claims.get(person=cy).bring(party_size=2, at=now()),
        "less room": lambda: slot.resize(1, by=ada, at=now()),
        "stay": lambda: slot.claims.get(person=cy).stay(at=now()),
        "close": lambda: slot.help_request.close(by=ada, at=now()),
        "call off": lambda: slot.cancel(by=ada, at=now()),
        "call all off": lambda: slot.help_request.cancel(by=ada, at=now()),
        "pause": lambda: slot.help_request.pause(now().date() + 30 * DAY, by=ada, at=now()),
    }[how]


@pytest.mark.parametrize(
    "how", ["claim", "sign up", "grow", "less room", "stay", "close", "call off", "call all off", "pause"]
)
def test_whatever_leaves_no_place_thanks_whoever_was_called(how, street, ada, bo, cy, olga, dee):
    slot = ask(ada, street, capacity=2).slots.get()
    stand_by(slot, dee)
    claim = slot.claim(by=bo, at=now())
    if how in ("grow", "less room"):
        slot.claim(by=cy, at=now())
    if how == "stay":
        slot.claim(by=cy, at=now()).look_for_cover(by=cy, at=now())
    else:
        claim.release(by=bo, at=now())
        if how in ("claim", "sign up"):
            slot.resize(1, by=ada, at=now())
    assert called() == ["Dee"]

    filling(how, Slot.objects.get(pk=slot.pk), cy, olga, ada)()

    assert (called(), told("standby_thanked")) == ([], [("standby_thanked", "Dee")])
    counted(slot)


def test_who_stays_after_all_leaves_a_free_place_to_the_standby(street, ada, bo, cy, dee):
    slot = ask(ada, street, capacity=2).slots.get()
    stand_by(slot, dee)
    slot.claim(by=bo, at=now()).look_for_cover(by=bo, at=now())
    assert called() == ["Dee"]

    slot.claims.get(person=bo).stay(at=now())

    assert (called(), told("standby_thanked")) == (["Dee"], [])


GONE = {
    "leaves": lambda member, olga: member.leave(at=now()),
    "is removed": lambda member, olga: member.remove(by=olga, at=now()),
    "is set aside": lambda member, olga: member.exclude(by=olga, at=now()),
    "stands further away": lambda member, olga: member.place(Ring.EVERYONE, by=olga, at=now()),
    "loses the check": lambda member, olga: member.end_check(by=olga, at=now()),
    "is checked for less long": lambda member, olga: member.note_check(
        by=olga, until=now().date() - DAY, at=now()
    ),
}


@pytest.mark.parametrize("how", GONE)
def test_the_call_of_whoever_can_not_come_any_more_ends_at_once_and_the_next_is_asked(
    how, street, ada, bo, olga, dee, eve
):
    for person in (bo, dee, eve):
        member = street.memberships.get(person=person)
        member.place(Ring.INNER, by=olga, at=now())
        member.note_check(by=olga, until=now().date() + 30 * DAY, at=now())
    slot = ask(ada, street, up_to=Ring.INNER, needs_checked=True).slots.get()
    stand_by(slot, dee, eve)
    slot.claim(by=bo, at=now()).release(by=bo, at=now())
    assert called() == ["Dee"]

    GONE[how](street.memberships.get(person=dee), olga)

    assert called() == ["Eve"]
    assert told("standby_asked", "standby_thanked") == [("standby_asked", "Dee"), ("standby_asked", "Eve")]


def test_a_moved_time_asks_whoever_was_asked_anew_and_blocks_nobody(street, ada, bo, dee):
    slot = ask(ada, street).slots.get()
    stand_by(slot, dee)
    slot.claim(by=bo, at=now()).release(by=bo, at=now())

    slot.move(starts_at=slot.starts_at + DAY, ends_at=slot.ends_at + DAY, by=ada, at=now())

    call = StandbyCall.objects.waiting().get()
    assert (call.person, call.starts_at, StandbyCall.objects.count()) == (dee, slot.starts_at, 2)


# Both sides say yes


@pytest.fixture
def walk(street, ada, bo, dee, eve):
    """Company for one, promised by Bo, who gives it back: Dee is called."""
    slot = ask_for_company(ada, street).slots.get()
    starts_at = now() + 3 * DAY
    slot.move(starts_at=starts_at, ends_at=starts_at + HOUR, by=ada, at=now())
    stand_by(slot, dee, eve)
    slot.claim(by=bo, at=now()).accept(by=ada, at=now())
    slot.claims.get().release(by=bo, at=now())
    return slot


def test_a_standbys_yes_waits_for_the_askers_and_says_so(walk, dee):
    client, call = signed_in(dee), StandbyCall.objects.waiting().get()

    response = client.post(f"/standbys/{call.pk}/", {"answer": "yes"}, follow=True)

    assert "Thank you. Ada has been asked whether it suits." in text(response)
    assert "It is yours" not in text(response)
    assert "You said yes, and Ada has been asked whether it suits." in text(
        client.get(f"/standbys/{call.pk}/")
    )
    assert (called(), counted(walk)) == ([], (0, 0))


@pytest.mark.parametrize("how", ["no", "changed mind"])
def test_after_a_no_the_next_is_asked(how, walk, ada, dee):
    claim = StandbyCall.objects.waiting().get().say_yes(at=now())
    assert called() == []

    claim.decline(by=ada, at=now()) if how == "no" else claim.release(by=dee, at=now())

    assert called() == ["Eve"]


def test_the_askers_yes_to_the_last_place_thanks_whoever_was_called(walk, ada, bo, dee):
    offer = walk.claim(by=bo, at=now())
    assert called() == ["Dee"]

    offer.accept(by=ada, at=now())

    assert (called(), told("standby_thanked")) == ([], [("standby_thanked", "Dee")])
    assert HelpRequest.objects.get(pk=walk.help_request_id).waves.get().listed_until is None


def test_closing_answers_the_offers_that_wait(walk, ada, bo):
    walk.claim(by=bo, at=now())

    walk.help_request.close(by=ada, at=now())

    assert Claim.objects.get(person=bo).state == "declined"
    assert told("claim_declined") == [("claim_declined", "Bo")]


# Parties


@pytest.fixture
def boxes(street, ada, cy):
    """A day with boxes for three, of which Cy has taken two places."""
    slot = ask(ada, street, capacity=3).slots.get()
    slot.claim(by=cy, at=now(), party_size=2)
    return slot


def test_a_party_is_never_made_smaller_without_a_word(boxes, bo):
    with pytest.raises(TooFewPlaces) as few:
        boxes.claim(by=bo, at=now(), party_size=3)

    assert (few.value.left, counted(boxes)) == (1, (2, 0))


def test_one_place_for_three_is_said_and_chosen(boxes, bo):
    client, url = signed_in(bo), boxes.get_absolute_url()

    asked = client.post(url, {"party_size": "3"})
    assert asked.status_code == 422
    assert "Only 1 place is left, and you come with 2 more." in text(asked)
    assert "Come alone" in text(asked)
    assert "Let somebody else" in text(asked)
    assert not Claim.objects.filter(person=bo).exists()

    client.post(url, {"party_size": ["3", "1"]})
    assert (Claim.objects.get(person=bo).party_size, counted(boxes)) == (1, (3, 0))


def test_several_dates_take_a_party_each_as_far_as_there_is_room(boxes, ada, bo):
    starts_at = now() + 5 * DAY
    other = boxes.help_request.add_slot(
        by=ada, at=now(), starts_at=starts_at, ends_at=starts_at + HOUR, capacity=4
    )
    client, url = signed_in(bo), f"{boxes.help_request.get_absolute_url()}claims/"
    said = {"slots": [boxes.pk, other.pk], "party_size": "3", "sure": "on"}

    asked = client.post(url, said)
    assert asked.status_code == 422
    assert "Only 1 place is left, and you come with 2 more." in text(asked)

    client.post(url, {**said, f"party_size_{boxes.pk}": "1"})
    assert [Claim.objects.get(person=bo, slot=slot).party_size for slot in (boxes, other)] == [1, 3]


def test_a_party_that_shrinks_tells_the_asker_and_on_short_notice_the_keepers(street, ada, bo):
    slot = ask(ada, street, in_days=1, capacity=4).slots.get()
    claim = slot.claim(by=bo, at=now(), party_size=3)
    Notice.objects.all().delete()

    claim.bring(party_size=1, at=now())

    assert sorted(told("party_changed", "claim_released")) == [
        ("party_changed", "Ada"),
        ("party_changed", "Olga"),
    ]


def test_a_party_takes_over_from_as_many_as_it_needs(street, ada, bo, cy, dee):
    slot = ask(ada, street, capacity=2).slots.get()
    for person in (bo, cy):
        slot.claim(by=person, at=now()).look_for_cover(by=person, at=now())

    slot.claim(by=dee, at=now(), party_size=2)

    assert (counted(slot), sorted(told("cover_found"))) == (
        (2, 0),
        [("cover_found", "Bo"), ("cover_found", "Cy")],
    )


def test_one_who_takes_over_from_three_leaves_two_places_to_the_standbys(street, ada, bo, cy, dee):
    slot = ask(ada, street, capacity=3).slots.get()
    slot.claim(by=bo, at=now(), party_size=3).look_for_cover(by=bo, at=now())

    slot.claim(by=cy, at=now())
    stand_by(slot, dee)
    slot.claims.get(person=cy).look_for_cover(by=cy, at=now())

    assert (counted(slot), called()) == ((1, 1), ["Dee"])


def test_a_keeper_makes_room_for_a_party_and_says_why(boxes, olga, bo):
    with pytest.raises(SlotTaken):
        boxes.claim(by=bo, made_by=olga, at=now(), party_size=2)

    boxes.claim(by=bo, made_by=olga, at=now(), party_size=2, over_limit_because="They are a couple")

    assert (Slot.objects.get(pk=boxes.pk).capacity, counted(boxes)) == (4, (4, 0))


# Another time, in one step


@pytest.mark.parametrize("agreed", [True, False])
def test_moving_keeps_what_was_agreed_and_tells_each_once(agreed, street, ada, bo, olga, mailoutbox):
    slot = ask_for_company(ada, street).slots.get()
    to = slot.help_request.add_slot(
        by=ada, at=now(), starts_at=now() + 3 * DAY, ends_at=now() + 3 * DAY + HOUR, capacity=2
    )
    claim = slot.claim(by=bo, at=now(), note="With my dog", party_size=1)
    if agreed:
        claim.accept(by=ada, at=now())
    Notice.objects.all().delete()

    there = claim.move(to, by=olga, at=now())

    assert (there.state, there.note) == ("accepted" if agreed else "waiting", "With my dog")
    assert Claim.objects.get(pk=claim.pk).state == "cancelled"
    assert (counted(slot), counted(to)) == ((0, 0), (int(agreed), 0))
    assert sorted((n.kind, str(n.reader)) for n in Notice.objects.all()) == [
        ("claim_moved", "Ada"),
        ("slot_changed", "Bo"),
    ]
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    deliver(at=now() + HOUR)
    [letter] = [message for message in mailoutbox if message.to == [ada.email]]
    assert letter.subject.startswith("Bo comes at" if agreed else "Bo offers to come at another time: ")
    assert ("The offer still waits for a yes." in letter.body) is not agreed


# Set aside while a promise stands


@pytest.fixture
def in_doubt(slot, street, bo, olga):
    """Bo has promised, and is set aside since."""
    claim = slot.claim(by=bo, at=now())
    street.memberships.get(person=bo).exclude(by=olga, at=now())
    return claim


def sees_address(person, claim):
    asked = HelpRequest.objects.get(pk=claim.slot.help_request_id)
    return "address" in policies.ladder(person, asked, at=now())


def test_keepers_are_asked_at_once_about_each_promise(in_doubt, bo, olga, ada, mallory, elsewhere):
    assert told("claim_in_doubt") == [("claim_in_doubt", "Olga")]
    assert not sees_address(bo, in_doubt)

    page = text(signed_in(olga).get(in_doubt.get_absolute_url()))
    assert "Does Bo still come?" in page
    assert "Does Bo still come?" not in text(signed_in(ada).get(in_doubt.get_absolute_url()))
    assert signed_in(mallory).get(in_doubt.get_absolute_url()).status_code == 404
    mine = text(signed_in(bo).get(in_doubt.get_absolute_url()))
    assert "A keeper of Our street still has to confirm it." in mine
    assert "Lime Street" not in mine


@pytest.mark.parametrize(
    ("press", "said"),
    [("exclude", {"aside": "1"}), ("check", {"end": "1"}), ("check", {"until": "2027-01-14"})],
)
def test_the_page_after_the_press_leads_to_what_is_to_be_decided(press, said, street, ada, bo, olga):
    member = street.memberships.get(person=bo)
    member.note_check(by=olga, until=now().date() + 30 * DAY, at=now())
    claim = ask(ada, street, in_days=10, needs_checked=True).slots.get().claim(by=bo, at=now())
    page = f"/circles/{street.pk}/members/{member.pk}/{press}/"

    shown = signed_in(olga).post(page, said, follow=True)

    assert "Bo has promised “Supper for four”" in text(shown)
    assert f'<a href="{claim.get_absolute_url()}">Decide</a>' in shown.content.decode()
    claim.keep(by=olga, at=now())
    assert "do they still come?" not in text(signed_in(olga).get(f"/circles/{street.pk}/members/"))


def test_a_keeper_lets_them_come_and_they_see_the_address(in_doubt, bo, olga, ada):
    for person in (ada, bo):
        assert signed_in(person).post(f"/claims/{in_doubt.pk}/keep/").status_code == 403

    signed_in(olga).post(f"/claims/{in_doubt.pk}/keep/")

    assert sees_address(bo, in_doubt)
    assert not Claim.objects.in_doubt(at=now()).exists()
    assert "Lime Street" in text(signed_in(bo).get(in_doubt.get_absolute_url()))


def test_a_keeper_says_once_that_they_come_whatever_an_old_window_shows(in_doubt, olga):
    old_window, at = Claim.objects.get(), now()

    in_doubt.keep(by=olga, at=at)
    old_window.keep(by=olga, at=at + HOUR)

    assert Claim.objects.get().kept_at == at
    assert [row.verb for row in JournalEntry.objects.about(in_doubt)] == ["claimed", "kept"]


def test_nobody_is_let_come_who_has_given_the_place_back_meanwhile(in_doubt, bo, olga):
    old_window = Claim.objects.get()
    in_doubt.release(by=bo, at=now())

    old_window.keep(by=olga, at=now())

    assert Claim.objects.get().kept_at is None


def test_the_doubt_about_one_is_no_doubt_about_another(in_doubt, ada, street, cy):
    other = ask(ada, street).slots.get().claim(by=cy, at=now())

    assert in_doubt.is_in_doubt(at=now())
    assert not other.is_in_doubt(at=now())


def test_being_set_aside_again_asks_again(in_doubt, street, bo, olga):
    Notice.objects.update(sent_at=now())
    in_doubt.keep(by=olga, at=now())
    member = street.memberships.get(person=bo)
    member.include_again(by=olga, at=now())

    member.exclude(by=olga, at=now())

    assert not sees_address(bo, in_doubt)
    assert len(told("claim_in_doubt")) == 2


def test_aside_back_and_aside_again_is_one_question(in_doubt, street, bo, olga):
    member = street.memberships.get(person=bo)
    for _again in range(2):
        member.include_again(by=olga, at=now())
        member.exclude(by=olga, at=now())

    assert told("claim_in_doubt") == [("claim_in_doubt", "Olga")]


def test_a_keeper_frees_the_place_and_both_are_told(in_doubt, bo, olga):
    signed_in(olga).post(f"/claims/{in_doubt.pk}/cancel/")

    assert told("slot_cancelled", "claim_released") == [("slot_cancelled", "Bo"), ("claim_released", "Ada")]
    assert not Claim.objects.in_doubt(at=now()).exists()


def test_a_check_that_ends_before_the_day_is_put_to_the_keepers(street, ada, bo, olga):
    member = street.memberships.get(person=bo)
    member.note_check(by=olga, until=now().date() + 30 * DAY, at=now())
    claim = ask(ada, street, in_days=10, needs_checked=True).slots.get().claim(by=bo, at=now())

    member.note_check(by=olga, until=now().date() + 3 * DAY, at=now())

    assert told("claim_in_doubt") == [("claim_in_doubt", "Olga")]
    assert list(Claim.objects.in_doubt(at=now())) == [claim]
    assert "Bo" in text(signed_in(olga).get("/organize/"))


def test_nobody_promises_for_a_day_on_which_their_check_has_ended(street, ada, bo, olga):
    street.memberships.get(person=bo).note_check(by=olga, until=now().date() + 3 * DAY, at=now())
    slot = ask(ada, street, in_days=10, needs_checked=True).slots.get()

    answer = signed_in(bo).post(slot.get_absolute_url(), follow=True)

    assert "Your check ends before that day." in text(answer)
    assert not Claim.objects.exists()
