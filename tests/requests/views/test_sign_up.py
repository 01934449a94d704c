"""Keepers promise for somebody else, give back for them, and pass on that they come."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from circles.models import JournalEntry, NotVerified, Person, Ring
from requests.mails import CallHelper
from requests.models import Claim, HelpRequest, Slot
from requests.visibility.audience import hearers, to_sign_up, who_may_see
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, join, make_circle, make_person, now
from tests.circles.pages import errors, signed_in, text

PHONE = "+351 555 0107"


@pytest.fixture
def rosa(street, olga):
    """Rosa, who has no e-mail; olga took her in."""
    return street.add_without_email(name="Rosa", phone=PHONE, by=olga, at=now()).person


def page(slot):
    return f"/slots/{slot.pk}/sign-up/"


def sign_up(keeper, slot, person, **said):
    return signed_in(keeper).post(page(slot), {"person": person.pk, **said}, follow=True)


def promises(slot):
    """(who, by whom) of the live promises."""
    return [(claim.person, claim.made_by) for claim in slot.claims.live().order_by("pk")]


# Somebody without e-mail -----------------------------------------------------------------------------------


def test_a_keeper_promises_for_somebody_without_e_mail(slot, olga, rosa):
    claim = slot.claim(by=rosa, made_by=olga, at=now(), bringing="Soup")

    assert (claim.person, claim.made_by, claim.state) == (rosa, olga, "accepted")


def test_nobody_else_does_not_even_she_herself(slot, ada, bo, mallory, elsewhere, rosa):
    for made_by in (None, rosa, ada, bo, mallory):
        with pytest.raises(NotVerified):
            slot.claim(by=rosa, made_by=made_by, at=now())

    assert promises(slot) == []


def test_she_sees_what_members_see_and_hears_of_nothing(street, supper, bo, olga, rosa):
    wave = supper.waves.get()

    assert rosa in who_may_see(supper, at=now())
    assert {one.person for one in hearers(wave, at=now())} == {bo, olga}


def test_without_e_mail_one_stands_first_in_the_list(slot, bo, olga, rosa):
    Person.objects.filter(pk=bo.pk).update(name="Aaron")

    assert list(to_sign_up(slot, at=now())) == [rosa, bo, olga]


# The page --------------------------------------------------------------------------------------------------


def test_keepers_come_to_it_from_the_request_and_from_the_time(slot, ada, bo, olga, mallory, elsewhere):
    link = f'href="{page(slot)}"'

    for way in (slot.help_request.get_absolute_url(), f"/slots/{slot.pk}/edit/"):
        assert link in signed_in(olga).get(way).text
        assert link not in signed_in(ada).get(way).text
    assert link not in signed_in(bo).get(slot.help_request.get_absolute_url()).text
    answers = [signed_in(person).get(page(slot)).status_code for person in (olga, ada, bo, mallory)]
    assert answers == [200, 403, 403, 404]


def test_it_offers_who_may_see_it_and_holds_no_place(street, slot, bo, olga, rosa):
    near = make_person("Nadia")
    join(street, near, by=olga, ring=Ring.INNER)

    shown = signed_in(olga).get(page(slot)).context["form"].fields["person"].choices

    assert [label for _value, label in shown] == ["Choose somebody", "Rosa (no e-mail)", "Bo", "Nadia"]


def test_she_is_signed_up_and_the_keeper_is_shown_her_number(slot, ada, olga, rosa):
    response = sign_up(olga, slot, rosa, bringing="Lentils", dish="soup", portions="4", note="At six")

    claim = slot.claims.get()
    assert f"Rosa is signed up. They get no mail: you reach them at {PHONE}." in text(response)
    assert (claim.person, claim.made_by, claim.brings) == (rosa, olga, "Lentils, 4 portions")
    assert Notice.objects.filter(kind="request_claimed", reader=ada).count() == 1


def test_whoever_has_e_mail_is_told_who_did_it(slot, bo, olga):
    response = sign_up(olga, slot, bo)

    notice = Notice.objects.get(kind="claim_confirmed", reader=bo)
    assert "Bo is signed up, and is told that it was you." in text(response)
    assert Claim.objects.get(pk=notice.cause_id).made_by == olga


def test_pressing_twice_is_one_promise(slot, olga, rosa):
    for _press in range(2):
        sign_up(olga, slot, rosa)

    assert promises(slot) == [(rosa, olga)]


def test_whoever_may_not_see_it_is_refused_kindly(street, ada, bo, olga, mallory, elsewhere):
    slot = ask(ada, street, up_to=Ring.INNER).slots.get()

    refused = [signed_in(olga).post(page(slot), {"person": person.pk}) for person in (bo, mallory)]

    for response in refused:
        assert response.status_code == 422
        assert "They do not see this request" in errors(response)["person"][0]
    assert promises(slot) == []


def test_a_clash_is_shown_and_both_can_be_meant(street, slot, ada, bo, olga, rosa):
    other = ask(ada, street, title="A lift").slots.get()
    other.claim(by=rosa, made_by=olga, at=now())

    asked = sign_up(olga, slot, rosa, bringing="Soup")
    both = sign_up(olga, slot, rosa, bringing="Soup", even_if_clashing="on")

    assert asked.status_code == 422
    assert "They promised something else for that time A lift" in text(asked)
    assert 'value="Soup"' in asked.text
    assert "Rosa is signed up" in text(both)


def test_what_they_promised_in_another_circle_is_none_of_the_keepers_business(slot, ada, bo, olga):
    choir = make_circle(make_person("Dana"), ada, bo, name="Choir")
    ask(ada, choir, title="A secret errand").slots.get().claim(by=bo, at=now())

    asked = sign_up(olga, slot, bo)

    assert "They promised something else for that time" in text(asked)
    assert "secret" not in asked.text


def test_over_the_limit_takes_a_reason_that_the_journal_keeps(slot, bo, olga, rosa):
    slot.claim(by=bo, at=now())
    client = signed_in(olga)

    offered = client.get(page(slot))
    refused = sign_up(olga, slot, rosa)
    done = sign_up(olga, slot, rosa, over_limit_because="They carry a sofa")

    slot.refresh_from_db()
    entry = JournalEntry.objects.get(verb="went over the limit")
    assert "All places are taken." in text(offered)
    assert errors(refused) == {"over_limit_because": ["This field is required."]}
    assert "Rosa is signed up" in text(done)
    assert (slot.capacity, slot.taken) == (2, 2)
    assert (entry.actor, entry.details) == (olga, {"because": "They carry a sofa"})


def test_a_party_too_large_for_what_is_left_is_asked_about_in_words(slot, ada, olga, rosa):
    slot.resize(2, by=ada, at=now())

    asked = sign_up(olga, slot, rosa, party_size="3")
    done = sign_up(olga, slot, rosa, party_size="3", over_limit_because="They carry a sofa")

    assert asked.status_code == 422 and "Only 2 places are left, and you come with 2 more." in text(asked)
    assert 'name="over_limit_because"' in asked.text
    assert "Rosa is signed up" in text(done)


def test_that_they_come_is_passed_on_once(slot, bo, olga):
    claim = slot.claim(by=bo, at=now())

    for _ in range(2):
        signed_in(olga).post(f"/claims/{claim.pk}/confirm/")

    assert JournalEntry.objects.filter(verb="confirmed").count() == 1


def test_a_reason_is_neither_asked_for_nor_heard_while_there_is_room(slot, olga, rosa):
    offered = signed_in(olga).get(page(slot))
    sign_up(olga, slot, rosa, over_limit_because="Just so")

    slot.refresh_from_db()
    assert "over_limit_because" not in offered.text
    assert (slot.capacity, slot.taken) == (1, 1)
    assert not JournalEntry.objects.filter(verb="went over the limit").exists()


def test_who_is_put_forward_for_company_waits_for_a_yes(street, ada, olga, rosa):
    slot = ask_for_company(ada, street).slots.get()

    response = sign_up(olga, slot, rosa, note="She would love to")

    claim = slot.claims.get()
    assert "Rosa is put forward. Ada will say." in text(response)
    assert (claim.state, claim.note) == ("waiting", "She would love to")


def test_where_a_checked_helper_is_needed_it_says_so(street, ada, olga, rosa):
    help_request = ask(ada, street)
    HelpRequest.objects.filter(pk=help_request.pk).update(needs_checked=True)
    slot = help_request.slots.get()

    refused = sign_up(olga, slot, rosa)

    assert "whom a keeper has checked" in errors(refused)["person"][0]
    assert promises(slot) == []


def test_nobody_is_signed_up_for_what_is_over_or_called_off(slot, olga, rosa):
    slot.cancel(by=olga, at=now())

    response = sign_up(olga, slot, rosa)

    assert "Nobody can be signed up for this time any more." in text(response)
    assert promises(slot) == []


def test_in_a_large_circle_one_looks_for_a_name(street, slot, olga, rosa, monkeypatch):
    monkeypatch.setattr("requests.forms.sign_up.MOST_SHOWN", 1)

    first = signed_in(olga).get(page(slot))
    found = signed_in(olga).get(f"{page(slot)}?name=bo")

    def names(response):
        return [label for _value, label in response.context["form"].fields["person"].choices[1:]]

    assert "Find by name" in text(first)
    assert (names(first), names(found)) == (["Rosa (no e-mail)"], ["Bo"])


@pytest.mark.parametrize("posted", ["", "x", "0", "-1", "9" * 30])
def test_odd_numbers_are_nobody(slot, olga, posted):
    response = signed_in(olga).post(page(slot), {"person": posted})

    assert response.status_code == 422
    assert list(errors(response)) == ["person"]


def test_the_page_asks_as_much_for_three_as_for_one(street, slot, olga, rosa, django_assert_num_queries):
    client = signed_in(olga)
    client.get(page(slot))
    with CaptureQueriesContext(connection) as one:
        client.get(page(slot))
    for number in range(3):
        street.add_without_email(name=f"R{number}", phone=f"55501{number}", by=olga, at=now())

    with django_assert_num_queries(len(one)):
        client.get(page(slot))


# Passing on what they said ---------------------------------------------------------------------------------


@pytest.fixture
def hers(slot, olga, rosa):
    """Rosa's promise, made by olga."""
    return slot.claim(by=rosa, made_by=olga, at=now())


def claim_page(claim, verb=""):
    return f"/claims/{claim.pk}/{verb}"


def test_a_keeper_sees_on_her_promise_how_to_reach_her_and_what_to_pass_on(hers, ada, olga):
    kept, seen = (text(signed_in(person).get(claim_page(hers))) for person in (olga, ada))

    for words in ("Signed up by Olga", PHONE, "Give it back for them", "They say that they come"):
        assert words in kept
    for words in ("Give it back for them", "They say that they come"):
        assert words not in seen


def test_a_keeper_gives_it_back_for_her(hers, ada, olga):
    response = signed_in(olga).post(claim_page(hers, "release/"), {"note": "She has a cold"}, follow=True)

    hers.refresh_from_db()
    entry = JournalEntry.objects.about(hers).get(verb="released")
    assert "Given back for Rosa. The place is open again." in text(response)
    assert (hers.state, hers.release_note, hers.slot.is_open(at=now())) == (
        "released",
        "She has a cold",
        True,
    )
    assert entry.actor == olga
    assert Notice.objects.filter(kind="claim_released", reader=ada).count() == 1


def test_a_keeper_notes_that_she_comes(hers, olga):
    response = signed_in(olga).post(claim_page(hers, "confirm/"), follow=True)

    hers.refresh_from_db()
    assert "Noted: Rosa comes." in text(response)
    assert hers.state == "confirmed"
    assert JournalEntry.objects.about(hers).get(verb="confirmed").actor == olga


def test_nobody_else_speaks_for_her(hers, ada, bo, mallory, elsewhere):
    for person, expected in ((ada, 403), (bo, 404), (mallory, 404)):
        for verb in ("release/", "confirm/"):
            assert signed_in(person).post(claim_page(hers, verb)).status_code == expected

    hers.refresh_from_db()
    assert hers.state == "accepted"


def test_for_whoever_has_e_mail_a_keeper_speaks_too(slot, bo, olga):
    claim = slot.claim(by=bo, at=now())

    for _twice in range(2):
        signed_in(olga).post(claim_page(claim, "release/"))

    claim.refresh_from_db()
    told = Notice.objects.filter(kind="given_back").values_list("reader", flat=True)
    assert (claim.state, list(told)) == ("released", [bo.pk])


def test_who_gives_it_back_alone_is_told_nothing(slot, bo):
    slot.claim(by=bo, at=now()).release(by=bo, at=now())

    assert not Notice.objects.filter(kind="given_back").exists()


def test_once_its_time_has_begun_it_is_not_given_back(hers, olga):
    type(hers.slot).objects.filter(pk=hers.slot_id).update(starts_at=now() - HOUR, ends_at=now() + HOUR)

    response = signed_in(olga).post(claim_page(hers, "release/"), follow=True)

    hers.refresh_from_db()
    assert "Its time has begun." in text(response)
    assert hers.state == "accepted"


# The list of calls -----------------------------------------------------------------------------------------


def test_without_e_mail_she_stands_first_among_the_calls_with_her_number(street, ada, bo, olga, rosa):
    early, late = (ask(ada, street, in_days=1, title=title) for title in ("Early", "Late"))
    early.slots.get().claim(by=bo, at=now())
    late.slots.get().claim(by=rosa, made_by=olga, at=now(), even_if_clashing=True)

    rows = signed_in(olga).get(f"/circles/{street.pk}/calls/").context["to_call"]

    assert [(row["name"], row["has_mail"]) for row in rows] == [("Rosa", False), ("Bo", True)]
    assert rows[0]["phone"] == PHONE
    assert rows[0]["claim_url"] == late.slots.get().claims.get().get_absolute_url()


# What becomes of it later: whoever gets no mail is called --------------------------------------------------


def to_call():
    return sorted(Notice.objects.filter(kind="call_helper").values_list("reader__name", flat=True))


@pytest.mark.parametrize(
    "what",
    ["called off", "moved", "taken back", "the request called off", "the words changed", "wishes changed"],
)
def test_who_signed_her_up_is_asked_to_call_her(what, hers, ada, olga):
    slot = Slot.objects.get()
    {
        "called off": lambda: slot.cancel(by=ada, at=now()),
        "moved": lambda: slot.move(
            starts_at=slot.starts_at + DAY, ends_at=slot.ends_at + DAY, by=ada, at=now()
        ),
        "taken back": lambda: hers.cancel(by=olga, at=now()),
        "the request called off": lambda: slot.help_request.cancel(by=ada, at=now()),
        "the words changed": lambda: slot.help_request.edit(
            by=ada, at=now(), version=slot.help_request.version, would_not_help="Anything with nuts"
        ),
        "wishes changed": lambda: slot.help_request.wish(
            by=ada, at=now(), wishes={"smaller": True}, visit={}, plan_b=""
        ),
    }[what]()

    for hours in (1, 13):  # by day or by night, whenever this runs
        deliver(at=now() + hours * HOUR)

    (letter,) = [one for one in mail.outbox if one.subject.startswith("Please call Rosa: ")]
    assert (to_call(), letter.to) == (["Olga"], [olga.email])
    assert CallHelper().url(hers) == f"/circles/{slot.help_request.circle_id}/members/"
    assert PHONE not in letter.body


def test_of_several_keepers_who_signed_her_up_calls_her(hers, street, olga, bo, ada):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())

    Slot.objects.get().cancel(by=ada, at=now())

    assert to_call() == ["Olga"]


def test_all_keepers_are_asked_when_who_signed_her_up_keeps_the_circle_no_more(hers, street, olga, bo, ada):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    street.memberships.get(person=olga).make_member(by=bo, at=now())

    Slot.objects.get().cancel(by=ada, at=now())

    assert to_call() == ["Bo"]


def test_nobody_is_called_who_reads_mail_or_said_it_herself(slot, hers, bo, ada, olga, street):
    hers.release(by=olga, at=now())
    slot.claim(by=bo, at=now())
    slot.cancel(by=ada, at=now())

    assert to_call() == []
