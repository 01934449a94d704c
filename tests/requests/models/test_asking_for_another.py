"""Asking for somebody else: what nobody sees before the yes, what a yes asks, and what taking it back frees."""

import datetime as dt

import pytest
from django.core import mail

from circles.models import Circle, Consent, JournalEntry, Person, Report, Ring
from requests.models import Claim, HelpRequest, NoConsent, NotOpen, Slot, SlotUnavailable
from requests.pages import consent_rows
from requests.pages.home import home_of
from requests.pages.open_requests import needs_of
from requests.reactions import consent_changed
from requests.sweeps.waves import open_waves
from requests.visibility import policies
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, join, make_circle, make_person, now
from tests.circles.pages import signed_in

pytestmark = pytest.mark.django_db
SOON = (now() + 3 * DAY).replace(microsecond=0)
LADDER = {"address": "12 Lime Street", "phone": "+351 555 0101", "medical_note": "Slow on stairs"}


@pytest.fixture
def rosa(db):
    """Is cared for: ada asks for her."""
    return make_person("Rosa")


def for_rosa(
    poster, circle, *, reach=None, publish=True, starts_at=SOON, whom=None, number=1, timing="once", **fields
):
    """A request of `poster` for rosa, who was not asked yet."""
    whom = whom or {"name": "Rosa", "email": "rosa@example.org", "how_they_know": "Next door."}
    fields = {
        "kind": "instrumental",
        "category": "meal",
        "title": "Supper for Rosa",
        "would_help": "Something warm",
        "details": {"diet": "No nuts", "people": 1},
        **LADDER,
        **fields,
    }
    return consent_changed.ask(
        by=poster,
        at=now(),
        circle=circle,
        form_key=f"8a6e1f1e-0000-4000-8000-{number:012}",
        times={"timing": timing}
        | ({"starts_at": starts_at, "ends_at": starts_at + HOUR} if timing == "once" else {}),
        reach=reach or {"starts": Ring.EVERYONE},
        whom=whom,
        publish=publish,
        **fields,
    )


@pytest.fixture
def draft(ada, street):
    """It waits for rosa's yes."""
    help_request = for_rosa(ada, street)
    help_request.consent.send(by=ada, at=now())
    return fresh(help_request)


@pytest.fixture
def supper(draft, rosa):
    """The same after rosa's yes."""
    draft.consent.agree(by=rosa, at=now())
    return fresh(draft)


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def told(kind):
    """Whom mails of this kind went to; sends what is due, and nobody sleeps."""
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    deliver(at=now() + dt.timedelta(minutes=6))
    return [n.reader or n.address for n in Notice.objects.sent().filter(kind=kind).order_by("pk")]


def sees(person, help_request):
    return HelpRequest.objects.visible_to(person, at=now()).filter(pk=help_request.pk).exists()


def everywhere(person):
    """How often the request stands in each list of `person`'s."""
    at, home = now(), home_of(person, at=now())
    return {
        "requests": HelpRequest.objects.visible_to(person, at=at).count(),
        "kept": HelpRequest.objects.kept_by(person).count(),
        "slots": Slot.objects.visible_to(person, at=at).count(),
        "kept slots": Slot.objects.kept_by(person).count(),
        "claims": Claim.objects.visible_to(person, at=at).count(),
        "kept claims": Claim.objects.kept_by(person).count(),
        "needs": len(needs_of(person, at=at)),
        "home": len([*home["needs"], *home["promises"], *home["asked"]]),
    }


NOWHERE = {
    **dict.fromkeys(("requests", "kept", "slots", "kept slots", "claims", "kept claims", "needs", "home"), 0)
}


# Before the yes ---------------------------------------------------------------------------------------------


def test_until_the_yes_it_is_a_draft_that_nobody_else_finds_anywhere(draft, ada, bo, olga, rosa, mallory):
    open_waves(now())

    assert (draft.state, draft.posted_by, draft.asker, draft.whom) == ("draft", ada, ada, "Rosa")
    assert [everywhere(who) for who in (bo, olga, rosa, mallory)] == [NOWHERE] * 4
    assert sees(ada, draft)
    assert told("wave_opened") == told("asked_by_name") == []


def test_the_circles_journal_says_nothing_of_a_draft(draft, ada, street):
    draft.wish(by=ada, at=now(), wishes={}, visit={"pets": "A shy cat"}, plan_b="")
    draft.pause(now().date() + DAY, by=ada, at=now())

    about = f"helprequest:{draft.pk}"
    assert not JournalEntry.objects.filter(circle=street, subject=about).exists()


def test_it_can_not_be_asked_without_the_yes(draft, ada):
    with pytest.raises(NoConsent):
        draft.publish(by=ada, at=now())

    assert fresh(draft).state == "draft"


def test_asking_mails_rosa_without_a_word_of_what_is_asked(draft):
    assert told("consent_asked") == ["rosa@example.org"]
    letter = mail.outbox[-1]
    assert letter.subject == "A question from Ada"
    assert "ask some people on SupportNet for help for you" in letter.body
    for words in ("Supper", "warm", "nuts", "Lime Street", "stairs", "Our street"):
        assert words not in letter.body + letter.alternatives[0][0]


def test_a_draft_that_was_put_down_asks_nobody(ada, street):
    help_request = for_rosa(ada, street, publish=False)

    assert (help_request.state, help_request.consent.state) == ("draft", "draft")
    assert told("consent_asked") == []


def test_a_double_press_is_one_draft_and_one_yes(ada, street):
    for_rosa(ada, street)
    for_rosa(ada, street)

    assert (HelpRequest.objects.count(), Consent.objects.count()) == (1, 1)


def test_until_they_were_asked_one_may_choose_somebody_else(ada, street):
    for_rosa(ada, street)
    help_request = for_rosa(ada, street, whom={"name": "Emil", "email": "emil@example.org"})

    assert (help_request.whom, Consent.objects.count()) == ("Emil", 1)


def test_once_they_were_asked_it_stays_theirs(draft, ada, street):
    for_rosa(ada, street, whom={"name": "Emil", "email": "emil@example.org"})

    assert fresh(draft).whom == "Rosa"


def test_a_draft_that_is_thrown_away_asks_nothing_any_more(draft, ada):
    draft.discard(by=ada, at=now())

    assert not Consent.objects.exists()
    assert told("consent_asked") == []


def test_a_no_leaves_it_a_draft_and_whoever_posted_it_is_told(draft, ada, rosa, bo):
    draft.consent.decline(by=rosa, at=now())

    assert fresh(draft).state == "draft" and not sees(bo, draft)
    assert told("consent_answered") == [ada]


# The page of what would be seen -----------------------------------------------------------------------------


def test_the_person_sees_the_words_the_ladder_and_the_waves(ada, bo, street):
    reach = {"people": [bo], "starts": Ring.INNER, "up_to": Ring.EVERYONE, "widen_after": 2 * DAY}
    help_request = for_rosa(ada, street, reach=reach, reaches={"phone": "keepers"})
    help_request.consent.send(by=ada, at=now())

    sections = consent_rows.sections_of(help_request.consent, now())

    said = {section.title: [(row.what, row.said, row.key) for row in section.rows] for section in sections}
    words = {key: value for _what, value, key in said["What is asked"] if key}
    assert words == {
        "would_help": "Something warm",
        "details.people": "1",
        "details.diet": "No nuts",
    }
    assert ("In one line", "Supper for Rosa", "") in said["What is asked"]
    assert [(row.said, row.who, row.key) for row in sections[1].rows] == [
        (
            "12 Lime Street",
            "Those who come, until a day afterwards, and the keepers of the circle",
            "address",
        ),
        ("+351 555 0101", "Only the keepers of the circle", "phone"),
        (
            "Slow on stairs",
            "Those who come, until a day afterwards, and the keepers of the circle",
            "medical_note",
        ),
    ]
    later = "days later, unless enough have promised"
    assert said["Who is asked, and when"] == [
        ("Bo", "As soon as it is asked", f"wave:person:{bo.pk}"),
        ("The nearest people in Our street", f"2 {later}", f"wave:circle:{street.pk}:1"),
        ("Those who stand close in Our street", f"4 {later}", f"wave:circle:{street.pk}:2"),
        ("Everybody in Our street", f"6 {later}", f"wave:circle:{street.pk}:3"),
    ]


def test_what_is_wished_at_the_door_can_be_struck_too(ada, street, rosa):
    help_request = for_rosa(ada, street)
    wishes, visit = {"smaller": True}, {"pets": "A shy cat", "cooler": "On the step"}
    help_request.wish(by=ada, at=now(), wishes=wishes, visit=visit, plan_b="Bread and cheese")
    help_request.consent.send(by=ada, at=now())

    keys = {
        row.key for section in consent_rows.sections_of(help_request.consent, now()) for row in section.rows
    }
    help_request.consent.agree(by=rosa, at=now(), struck=["wishes", "visit.pets"])

    assert {"wishes", "visit.pets", "visit.cooler"} < keys
    asked = fresh(help_request)
    assert (asked.wishes, asked.visit, asked.plan_b) == ({}, {"cooler": "On the step"}, "Bread and cheese")


# The yes ----------------------------------------------------------------------------------------------------


def test_with_the_yes_it_is_asked_by_itself_as_it_was_planned(supper, ada, bo, rosa):
    assert (supper.state, supper.posted_by, supper.asker) == ("open", ada, rosa)
    assert sees(bo, supper) and sees(rosa, supper)
    assert [need["asker_name"] for need in needs_of(bo, at=now())] == ["Rosa"]
    assert told("consent_answered") == [ada]


def test_what_was_struck_is_told_to_nobody(draft, rosa, bo):
    draft.consent.agree(by=rosa, at=now(), struck=["phone", "medical_note", "would_help", "details.diet"])

    asked = fresh(draft)
    assert (asked.state, asked.phone, asked.medical_note, asked.would_help) == ("open", "", "", "")
    assert (asked.address, asked.details) == ("12 Lime Street", {"people": 1})


def test_whom_they_struck_is_not_asked(ada, street, bo, rosa):
    reach = {"people": [bo], "starts": Ring.EVERYONE, "widen_after": DAY}
    help_request = for_rosa(ada, street, reach=reach)
    cleo = make_person("Cleo")
    join(street, cleo, by=street.keepers()[0].person)
    help_request.consent.send(by=ada, at=now())

    help_request.consent.agree(by=rosa, at=now(), struck=[f"wave:circle:{street.pk}:3"])

    assert [wave.person for wave in help_request.waves.all()] == [bo]
    assert (sees(bo, help_request), sees(cleo, help_request)) == (True, False)


def test_a_later_wave_keeps_its_time_when_the_first_was_struck(ada, street, bo, rosa):
    reach = {"people": [bo], "starts": Ring.EVERYONE, "widen_after": DAY}
    help_request = for_rosa(ada, street, reach=reach)
    help_request.consent.send(by=ada, at=now())

    at = now()
    help_request.consent.agree(by=rosa, at=at, struck=[f"wave:person:{bo.pk}"])

    [wave] = fresh(help_request).waves.all()
    assert (wave.opens_at, wave.opened_at) == (at + DAY, None)


def test_nobody_is_asked_when_everybody_was_struck(draft, rosa, street, bo):
    draft.consent.agree(by=rosa, at=now(), struck=[f"wave:circle:{street.pk}:3"])

    assert fresh(draft).state == "draft" and not sees(bo, draft)


def test_whoever_posted_it_fills_in_nothing_that_was_struck(draft, ada, rosa):
    draft.consent.agree(by=rosa, at=now(), struck=["phone", "details.diet"])
    asked = fresh(draft)

    asked.edit(
        by=ada, at=now(), version=asked.version, phone="1", area="North", details={"diet": "All", "people": 2}
    )

    asked = fresh(asked)
    assert (asked.phone, asked.area, asked.details) == ("", "North", {"people": 2})
    asked.edit(by=rosa, at=now(), version=asked.version, phone="2")
    assert fresh(asked).phone == "2"


def test_whoever_posted_it_wishes_nothing_again_that_was_struck(ada, street, rosa):
    help_request = for_rosa(ada, street)
    wishes, visit = {"smaller": True}, {"pets": "A shy cat", "cooler": "On the step"}
    help_request.wish(by=ada, at=now(), wishes=wishes, visit=visit, plan_b="")
    help_request.consent.send(by=ada, at=now())
    help_request.consent.agree(by=rosa, at=now(), struck=["wishes", "visit.pets"])

    fresh(help_request).wish(by=ada, at=now(), wishes=wishes, visit=visit, plan_b="Bread")

    asked = fresh(help_request)
    assert (asked.wishes, asked.visit, asked.plan_b) == ({}, {"cooler": "On the step"}, "Bread")
    asked.wish(by=rosa, at=now(), wishes=wishes, visit=visit, plan_b="")
    assert (fresh(asked).wishes, fresh(asked).visit) == (wishes, visit)


def test_whoever_posted_it_fills_in_nothing_private_that_nobody_agreed_to(supper, ada, rosa):
    said = {"way_in": "Key under the mat", "children": "Mia", "phone": "2", "would_help": "Soup"}

    supper.edit(by=ada, at=now(), version=supper.version, **said)

    asked = fresh(supper)
    assert (asked.way_in, asked.children, asked.phone, asked.would_help) == ("", "", "2", "Soup")
    asked.edit(by=rosa, at=now(), version=asked.version, way_in="Ring twice")
    assert fresh(asked).way_in == "Ring twice"


def test_whoever_said_yes_is_told_that_the_words_changed_once_and_not_of_what_they_did(supper, ada, rosa):
    supper.edit(by=ada, at=now(), version=supper.version, title="All about Rosa")
    asked = fresh(supper)
    asked.wish(by=ada, at=now(), wishes={}, visit={"pets": "A shy cat"}, plan_b="")
    asked.edit(by=ada, at=now(), version=asked.version, title="All about Rosa")
    fresh(asked).edit(by=rosa, at=now(), version=fresh(asked).version, title="Supper")

    assert told("agreed_words_changed") == [rosa, rosa]
    [letter] = [m for m in mail.outbox if m.subject == "Something that you agreed to has changed"]
    assert letter.to == ["rosa@example.org"]
    for words in ("All about", "cat", "Lime Street"):
        assert words not in letter.body + letter.alternatives[0][0]


def test_of_changed_words_a_delegate_hears_who_said_yes(draft, ada, rosa):
    dora = make_person("Dora")
    draft.consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())
    draft.consent.agree(by=dora, at=now())
    asked = fresh(draft)

    asked.edit(by=ada, at=now(), version=asked.version, title="All about Rosa")

    assert told("agreed_words_changed") == [dora]
    fresh(asked).consent.withdraw(by=rosa, at=now())
    fresh(asked).edit(by=ada, at=now(), version=fresh(asked).version, title="More")
    assert told("agreed_words_changed") == [dora]


def test_whoever_posted_it_shows_nothing_further_than_was_agreed(ada, street, rosa, mallory, bo):
    help_request = for_rosa(ada, street, reach={"starts": Ring.INNER}, reaches={"phone": "keepers"})
    help_request.consent.send(by=ada, at=now())
    help_request.consent.agree(by=rosa, at=now())
    asked = fresh(help_request)

    asked.edit(
        by=ada,
        at=now(),
        version=asked.version,
        reaches={"phone": "everyone", "address": "close", "medical_note": "keepers"},
    )
    with pytest.raises(NotOpen):
        fresh(asked).ask_more(by=ada, at=now(), circle=street)

    agreed_to = {"phone": "keepers", "address": "helpers", "medical_note": "keepers"}
    assert fresh(asked).reaches == agreed_to and not sees(bo, asked)
    assert not policies.may_widen(ada, fresh(asked)) and policies.may_widen(rosa, fresh(asked))
    fresh(asked).ask_more(by=rosa, at=now(), circle=street)
    assert sees(bo, asked)


def test_a_yes_that_comes_too_late_leaves_it_a_draft(ada, street, rosa, bo):
    help_request = for_rosa(ada, street, starts_at=now() + HOUR)
    help_request.consent.send(by=ada, at=now())

    help_request.consent.agree(by=rosa, at=now() + DAY)

    assert fresh(help_request).state == "draft" and not sees(bo, help_request)
    asked = fresh(help_request)
    asked.set_times(timing="whenever", at=now())
    asked.publish(by=ada, at=now())
    assert sees(bo, asked)


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ({}, True),
        ({"title": "All about Rosa"}, False),
        ({"way_in": "Key under the mat"}, True),
        ({"reach": {"starts": Ring.INNER, "up_to": Ring.EVERYONE, "widen_after": DAY}}, False),
    ],
)
def test_a_yes_that_came_too_late_holds_for_other_times_and_nothing_else(ada, street, rosa, said, agreed):
    help_request = for_rosa(ada, street, starts_at=now() + HOUR, reach={"starts": Ring.INNER})
    help_request.consent.send(by=ada, at=now())
    help_request.consent.agree(by=rosa, at=now() + DAY)
    asked, said = fresh(help_request), {"reach": {"starts": Ring.INNER}, **said}

    consent_changed.rewrite(asked, by=ada, at=now() + DAY, times={"timing": "whenever"}, **said)

    assert (fresh(asked).is_agreed, fresh(asked).way_in) == (agreed, "")
    assert len(told("consent_asked")) == (0 if agreed else 1)


def test_a_late_yes_is_none_to_another_circle(ada, street, rosa, bo):
    help_request = for_rosa(ada, street, starts_at=now() + HOUR)
    help_request.consent.send(by=ada, at=now())
    help_request.consent.agree(by=rosa, at=now() + DAY)
    other, asked = make_circle(ada, bo, name="Elsewhere"), fresh(help_request)

    consent_changed.rewrite(asked, by=ada, at=now() + DAY, times={"timing": "whenever"}, circle=other)
    with pytest.raises(NoConsent):
        fresh(asked).publish(by=ada, at=now() + DAY)

    fresh(asked).consent.agree(by=rosa, at=now() + DAY)
    assert fresh(asked).state == "open"


def test_the_person_sees_whether_their_name_is_told(ada, street):
    rows = []
    for quietly in (False, True):
        help_request = for_rosa(
            ada, street, kind="emotional", category="walk", quietly=quietly, details={}, publish=False
        )
        help_request.consent.send(by=ada, at=now())
        rows.append(consent_rows.sections_of(help_request.consent, now())[0].rows[0])
        help_request.discard(by=ada, at=now())

    helpers = "Those who come, until a day afterwards, and the keepers of the circle"
    assert [(row.what, row.said, row.who) for row in rows] == [
        ("Whom it is for", "Rosa", "Everybody who is asked"),
        ("Whom it is for", "Rosa", helpers),
    ]


def test_a_yes_after_whoever_posted_it_left_the_circle_asks_nothing(draft, ada, rosa, street, bo):
    street.memberships.get(person=ada).leave(at=now())

    draft.consent.agree(by=rosa, at=now())

    assert HelpRequest.objects.filter(pk=draft.pk, published_at__isnull=False).count() == 0


def test_a_delegates_yes_asks_it_but_it_is_not_theirs(draft, ada, rosa, bo):
    dora = make_person("Dora")
    draft.consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())

    draft.consent.agree(by=dora, at=now())

    asked = fresh(draft)
    assert (asked.state, asked.asker, asked.whom) == ("open", ada, "Rosa")
    assert sees(bo, asked) and not sees(dora, asked)


def test_agreeing_twice_asks_and_tells_once(draft, rosa, bo):
    bo.memberships.update(hears="at_once")
    for consent in [fresh(draft.consent) for _ in range(2)]:
        consent.agree(by=rosa, at=now())
    open_waves(now())

    assert told("wave_opened").count(bo) == 1


# Taking it back ---------------------------------------------------------------------------------------------


def test_taking_it_back_hides_it_everywhere_at_once(supper, ada, bo, olga, rosa, mallory):
    supper.slots.get().claim(by=bo, at=now())
    assert everywhere(bo)["home"] == 1

    supper.consent.withdraw(by=rosa, at=now())

    assert [everywhere(who) for who in (bo, olga, mallory)] == [NOWHERE] * 3
    assert sees(ada, supper) and sees(rosa, supper)


def test_what_was_promised_is_called_off_and_each_helper_is_told_once(ada, street, bo, olga, rosa):
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    help_request = for_rosa(ada, street)
    Slot.objects.filter(help_request=help_request).update(capacity=3)
    second = help_request.add_slot(
        by=ada, at=now(), starts_at=SOON + DAY, ends_at=SOON + DAY + HOUR, capacity=2
    )
    help_request.consent.send(by=ada, at=now())
    help_request.consent.agree(by=rosa, at=now())
    slots = list(Slot.objects.filter(help_request=help_request).order_by("pk"))
    for slot in slots:
        slot.claim(by=bo, at=now())
    slots[0].claim(by=cleo, at=now())

    for consent in [fresh(help_request.consent) for _ in range(2)]:
        consent.withdraw(by=rosa, at=now())

    assert [claim.state for claim in Claim.objects.all()] == ["cancelled"] * 3
    assert [slot.taken for slot in Slot.objects.filter(help_request=help_request)] == [0, 0]
    told("slot_cancelled")
    assert sorted(m.to[0] for m in mail.outbox if "called off" in m.subject.lower()) == [
        "bo@example.org",
        "cleo@example.org",
    ]
    assert told("claim_released") == []
    assert second in slots


def test_nobody_can_take_a_place_any_more(supper, bo, rosa):
    slot = supper.slots.get()
    supper.consent.withdraw(by=rosa, at=now())

    with pytest.raises(SlotUnavailable):
        fresh(slot).claim(by=bo, at=now())

    assert not Slot.objects.open(at=now()).exists()
    assert set(supper.waves.values_list("listed_until", flat=True)) == {None}


def test_what_was_done_stays_done_but_is_seen_by_nobody(supper, bo, rosa, olga):
    slot = supper.slots.get()
    claim = slot.claim(by=bo, at=now())
    Slot.objects.filter(pk=slot.pk).update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)

    supper.consent.withdraw(by=rosa, at=now())

    assert fresh(claim).is_live
    assert everywhere(bo)["claims"] == everywhere(olga)["claims"] == 0


def test_nothing_about_it_is_mailed_any_more(supper, ada, bo, rosa, olga):
    bo.memberships.update(hears="at_once")
    open_waves(now())
    claim = supper.slots.get().claim(by=bo, at=now())
    claim.thank(by=rosa, text="That soup!", at=now())
    supper.consent.withdraw(by=rosa, at=now())

    mails = {
        kind: told(kind) for kind in ("wave_opened", "claim_confirmed", "request_claimed", "thanks_given")
    }

    assert mails == dict.fromkeys(mails, [])
    assert told("slot_cancelled") == [bo]


def test_agreeing_once_more_opens_it_without_the_old_promises(supper, bo, rosa):
    slot = supper.slots.get()
    slot.claim(by=bo, at=now())
    supper.consent.withdraw(by=rosa, at=now())

    supper.consent.agree(by=rosa, at=now())

    assert sees(bo, supper) and fresh(slot).taken == 0
    assert len(needs_of(bo, at=now())) == 1
    assert fresh(slot).claim(by=bo, at=now()).is_accepted


def test_agreeing_once_more_does_not_open_what_was_closed(supper, ada, bo, rosa):
    supper.close(by=ada, at=now())
    supper.consent.withdraw(by=rosa, at=now())

    fresh(supper.consent).agree(by=rosa, at=now())

    assert sees(bo, supper) and not Slot.objects.open(at=now()).exists()


def test_what_others_ask_stays_where_it_is(supper, ada, street, bo, rosa):
    other = make_circle(rosa, bo, name="Elsewhere")
    mine = ask(rosa, other)
    claim = mine.slots.get().claim(by=bo, at=now())

    supper.consent.withdraw(by=rosa, at=now())

    assert fresh(claim).is_live and sees(bo, mine)


# Without e-mail ---------------------------------------------------------------------------------------------


def test_a_keeper_writes_a_yes_down_and_it_is_asked_at_once(olga, street, bo):
    whom = {"name": "Rosa", "how": "by_phone", "note": "Rosa, on Sunday."}

    help_request = for_rosa(olga, street, whom=whom)

    assert (help_request.state, help_request.whom, help_request.asker) == ("open", "Rosa", olga)
    assert sees(bo, help_request)
    help_request.consent.withdraw(by=olga, at=now())
    assert not sees(bo, help_request) and sees(olga, help_request)


# In a care circle -------------------------------------------------------------------------------------------


@pytest.fixture
def care(olga, rosa):
    """Olga's care circle around rosa, who was asked."""
    whom = {"name": "Rosa", "email": "rosa@example.org"}
    care = Circle.objects.start(by=olga, kind="care", name="Near", around="Rosa", at=now(), whom=whom)
    care.consent.send(by=olga, at=now())
    return care


def in_care(olga, care):
    """What olga asks there for whom the circle is around."""
    care = fresh(care)
    return for_rosa(olga, care, whom=care.consent, asker=care.consent.person or olga)


def test_before_the_yes_to_the_circle_nothing_is_asked_in_it(care, olga, rosa):
    help_request = in_care(olga, care)

    assert help_request.state == "draft"
    with pytest.raises(NoConsent):
        fresh(help_request).publish(by=olga, at=now())


def test_a_yes_to_the_circle_asks_no_draft_that_a_keeper_put_down(care, olga, rosa):
    help_request = in_care(olga, care)

    care.consent.agree(by=rosa, at=now())

    assert (fresh(help_request).state, fresh(help_request).asker) == ("draft", rosa)


def test_keepers_ask_with_the_yes_to_the_circle(care, olga, rosa, bo):
    care.consent.agree(by=rosa, at=now())
    join(fresh(care), bo, by=olga)

    help_request = in_care(olga, care)

    assert (help_request.state, help_request.asker, help_request.posted_by) == ("open", rosa, olga)
    assert sees(bo, help_request)


def test_a_yes_to_the_circle_is_one_to_no_other(care, olga, rosa, bo, street):
    care.consent.agree(by=rosa, at=now())
    reach = {"starts": Ring.INNER, "widen_after": HOUR, "then": street}

    help_request = for_rosa(olga, fresh(care), whom=fresh(care).consent, asker=rosa, reach=reach)

    assert [wave.circle for wave in help_request.waves.all()] == [care]
    with pytest.raises(NotOpen):
        fresh(help_request).ask_more(by=olga, at=now(), circle=street)
    fresh(help_request).ask_more(by=olga, at=now(), circle=care, ring=Ring.CLOSE)
    assert not sees(bo, help_request)
    join(street, rosa, by=olga)
    fresh(help_request).ask_more(by=rosa, at=now(), circle=street)
    assert sees(bo, help_request)


def test_members_of_a_circle_that_is_hidden_hear_of_nothing_by_it(care, olga, ada, rosa, bo):
    care.consent.agree(by=rosa, at=now())
    for person in (ada, bo):
        join(fresh(care), person, by=olga)
    bo.memberships.update(hears="at_once")
    mine = [ask(ada, make_circle(ada, name=name), up_to=Ring.INNER) for name in ("Elsewhere", "Anywhere")]
    mine[0].ask_more(by=ada, at=now(), circle=care)
    open_waves(now())

    fresh(care.consent).withdraw(by=rosa, at=now())
    mine[1].ask_more(by=ada, at=now(), circle=care)
    open_waves(now())

    assert told("wave_elsewhere") == []
    assert mine[1].waves.get(circle=care).opened_at is None
    fresh(care.consent).agree(by=rosa, at=now())
    open_waves(now())
    assert told("wave_elsewhere") == [bo]


def test_taking_back_the_yes_to_the_circle_hides_all_that_is_asked_in_it(care, olga, rosa, bo):
    care.consent.agree(by=rosa, at=now())
    join(fresh(care), bo, by=olga)
    help_request = in_care(olga, care)
    help_request.slots.get().claim(by=bo, at=now())

    fresh(care.consent).withdraw(by=rosa, at=now())

    assert everywhere(bo) == NOWHERE
    assert told("slot_cancelled") == [bo]
    fresh(care.consent).agree(by=rosa, at=now())
    assert len(needs_of(bo, at=now())) == 1


@pytest.mark.parametrize("about", ["request", "answer"])
def test_who_looks_into_a_report_reads_nothing_of_it_once_it_was_taken_back(
    about, street, ada, bo, olga, rosa
):
    question = {"kind": "informational", "category": "question", "details": {}, "timing": "none"}
    asked = for_rosa(ada, street, **(question if about == "answer" else {}))
    asked.consent.send(by=ada, at=now())
    asked.consent.agree(by=rosa, at=now())
    told = asked if about == "request" else fresh(asked).answer(by=bo, text="For Rosa: soup", at=now())
    reported = {"circle": street, "reporter": bo, "about": ada, "reason": "Odd.", "at": now()}
    report = Report.objects.make(subject=told, **reported)
    pages = ("/organize/", f"/organize/circles/report/{report.pk}/change/")
    assert any("Rosa" in signed_in(olga).get(page).content.decode() for page in pages)

    fresh(asked.consent).withdraw(by=rosa, at=now())

    for page in pages:
        response = signed_in(olga).get(page)
        assert response.status_code == 200
        assert "Rosa" not in response.content.decode()
