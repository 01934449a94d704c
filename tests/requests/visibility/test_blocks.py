"""Two people who do not see each other, around requests: pages, lists, places, answers, mails; in both directions."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from circles.models import Block, JournalEntry, NobodyAsked, Person, Report, Ring
from requests.models import Answer, Claim, HelpRequest, OutOfSight, Slot, Standby
from requests.pages.open_requests import needs_of
from requests.sweeps import waves
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, join, make_circle, make_person, now
from tests.circles.pages import errors, signed_in, text

UNSEEN = "The reader does not see the person whom this is about."
BOTH_WAYS = pytest.mark.parametrize("blocker", ["asker", "helper"])


@pytest.fixture(autouse=True)
def awake(street):
    """Nobody sleeps in these tests, whatever the hour; what came before is told already."""
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    Notice.objects.all().delete()


@pytest.fixture
def cleo(street, olga):
    """One more member."""
    cleo = make_person("Cleo", quiet_from=dt.time(0), quiet_until=dt.time(0))
    join(street, cleo, by=olga)
    return cleo


def part(asker, helper, blocker="asker"):
    by, whom = (asker, helper) if blocker == "asker" else (helper, asker)
    return Block.objects.make(by=by, whom=whom, at=now())


def ask_for(asker, circle, *, by, publish=True):
    """A request that `by` posts for `asker`, with one slot in five days."""
    fields = {"kind": "instrumental", "category": "meal", "title": "Supper for two", "asker": asker}
    asked = HelpRequest.objects.draft(by=by, circle=circle, at=now(), **fields)
    starts_at = now() + 5 * DAY
    asked.set_times(timing="once", starts_at=starts_at, ends_at=starts_at + HOUR, at=now())
    if publish:
        asked.publish(by=by, at=now(), up_to=Ring.EVERYONE)
    return asked


def told(*names, at=None):
    """(kind, reader) of each notice that went out; sends what is due."""
    deliver(at=at or now())
    return [(n.kind, n.reader) for n in Notice.objects.sent().filter(kind__in=names).order_by("pk")]


def dropped(kind):
    """(reader, why) of the notices of this kind that were dropped."""
    return [(n.reader, n.dropped_because) for n in Notice.objects.dropped().filter(kind=kind).order_by("pk")]


def letters_to(person):
    return [message for message in mail.outbox if message.to == [person.email]]


# Requests ----------------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_a_request_is_not_there_for_somebody_parted_from_whoever_asks(supper, ada, bo, blocker):
    client = signed_in(bo)
    assert client.get(supper.get_absolute_url()).status_code == 200
    [slot] = supper.slots.all()

    block = part(ada, bo, blocker)

    for url in (supper.get_absolute_url(), slot.get_absolute_url(), f"{supper.get_absolute_url()}report/"):
        assert client.get(url).status_code == 404
    assert client.post(slot.get_absolute_url()).status_code == 404
    assert not HelpRequest.objects.visible_to(bo, at=now()).exists()
    assert signed_in(ada).get(supper.get_absolute_url()).status_code == 200

    block.lift(at=now())
    assert client.get(supper.get_absolute_url()).status_code == 200


@BOTH_WAYS
def test_it_is_in_none_of_their_lists(supper, street, ada, bo, cleo, blocker):
    part(ada, bo, blocker)

    assert [len(needs_of(person, at=now())) for person in (bo, cleo)] == [0, 1]
    for url in ("/", "/requests/", street.get_absolute_url()):
        assert "Supper for four" not in text(signed_in(bo).get(url))
        assert "Supper for four" in text(signed_in(cleo).get(url))


@BOTH_WAYS
def test_what_a_delegate_posted_is_parted_from_both(street, ada, bo, cleo, blocker):
    asked = ask_for(ada, street, by=cleo)
    part(cleo, bo, blocker)

    assert not HelpRequest.objects.visible_to(bo, at=now()).filter(pk=asked.pk).exists()


@BOTH_WAYS
def test_nobody_promises_to_somebody_whom_they_do_not_see(slot, ada, bo, olga, blocker):
    part(ada, bo, blocker)

    for made_by in (bo, olga):
        with pytest.raises(OutOfSight):
            slot.claim(by=bo, made_by=made_by, at=now())
    assert not Claim.objects.exists()


@BOTH_WAYS
def test_a_keeper_sees_it_again_while_it_is_reported(supper, street, ada, bo, olga, blocker):
    part(ada, olga, blocker)
    client = signed_in(olga)
    assert client.get(supper.get_absolute_url()).status_code == 404

    report = Report.objects.make(
        circle=street, reporter=bo, subject=supper, about=ada, reason="No help", at=now()
    )
    assert client.get(supper.get_absolute_url()).status_code == 200

    report.settle(by=olga, outcome="We talked", at=now())
    assert client.get(supper.get_absolute_url()).status_code == 404


def test_a_report_opens_it_to_keepers_only(supper, street, ada, bo, cleo):
    part(ada, bo)
    Report.objects.make(circle=street, reporter=cleo, subject=supper, about=ada, reason="No help", at=now())

    assert not HelpRequest.objects.visible_to(bo, at=now()).exists()


# Promises ----------------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_what_one_promised_the_other_is_free_again(slot, ada, bo, blocker):
    claim = slot.claim(by=bo, at=now())
    assert not Slot.objects.open(at=now()).exists()

    part(ada, bo, blocker)

    claim.refresh_from_db()
    ended = "cancelled" if blocker == "asker" else "released"
    assert claim.state == ended
    assert Slot.objects.open(at=now()).get().taken == 0
    assert [
        (entry.verb, entry.actor) for entry in JournalEntry.objects.about(claim) if entry.verb == ended
    ] == [(ended, None)]


def test_promises_in_both_directions_and_offers_are_freed_those_to_others_stay(street, ada, bo, cleo):
    to_ada = ask(ada, street).slots.get().claim(by=bo, at=now())
    to_bo = ask(bo, street, in_days=4).slots.get().claim(by=ada, at=now())
    offer = ask_for_company(ada, street, up_to=Ring.EVERYONE).slots.get().claim(by=bo, at=now())
    posted = ask_for(cleo, street, by=bo).slots.get().claim(by=ada, at=now())
    others = [
        ask(cleo, street, in_days=6).slots.get().claim(by=bo, at=now()),
        ask(ada, street, in_days=7).slots.get().claim(by=cleo, at=now()),
    ]

    part(ada, bo)

    states = {claim.pk: claim.state for claim in Claim.objects.all()}
    # As if Ada, who blocked, had left: she gives back, and is not there any more to be helped.
    assert {states[claim.pk] for claim in (to_ada, offer)} == {"cancelled"}
    assert {states[claim.pk] for claim in (to_bo, posted)} == {"released"}
    assert {states[claim.pk] for claim in others} == {"accepted"}


def test_what_has_happened_stays(street, slot, ada, bo):
    claim = slot.claim(by=bo, at=now())
    Slot.objects.filter(pk=slot.pk).update(starts_at=now() - 2 * DAY, ends_at=now() - 2 * DAY + HOUR)

    part(ada, bo)

    claim.refresh_from_db()
    assert claim.state == "accepted"


@BOTH_WAYS
def test_each_hears_once_in_one_mail_that_it_is_off_or_open_and_not_why(street, ada, bo, olga, blocker):
    for days in (3, 4, 5):
        ask(ada, street, in_days=days).slots.get().claim(by=bo, at=now())
    deliver(at=now())
    Notice.objects.all().delete()
    mail.outbox.clear()

    part(ada, bo, blocker)
    part(ada, bo, blocker)
    deliver(at=now())
    deliver(at=now() + HOUR / 6)

    kinds = [(n.kind, n.reader) for n in Notice.objects.sent().order_by("kind", "pk")]
    # A helper who blocks gives back what they promised, and hears nothing of what they did themselves.
    called_off = [("slot_cancelled", bo)] * 3 if blocker == "asker" else []
    assert kinds == [("claim_released", ada)] * 3 + called_off
    [to_ada], to_bo = letters_to(ada), letters_to(bo)
    assert to_ada.subject.startswith("Bo can’t come: 3 times, the first ")
    assert [letter.subject.partition(":")[0] for letter in to_bo] == ["Called off"] * len(called_off[:1])
    for letter in (to_ada, *to_bo):
        assert letter.body.count("\n- ") == 3
        assert "block" not in letter.body.lower() and "reason" not in letter.body.lower()


def test_on_short_notice_the_keepers_hear_of_the_open_place(street, ada, bo, olga):
    ask(ada, street, in_days=1).slots.get().claim(by=bo, at=now())
    Notice.objects.all().delete()

    part(ada, bo)

    assert ("claim_released", olga) in told("claim_released")


@BOTH_WAYS
def test_a_standby_who_is_parted_is_not_asked_and_the_next_one_is(supper, slot, ada, bo, cleo, olga, blocker):
    dan = make_circle_member(supper.circle, olga)
    promise = slot.claim(by=dan, at=now())
    for person in (bo, cleo):
        Standby.objects.stand_by(person=person, help_request=supper, at=now())
    promise.release(by=dan, at=now())
    assert slot.standby_calls.get().person == bo

    part(ada, bo, blocker)

    assert [(call.person, call.is_waiting) for call in slot.standby_calls.order_by("pk")] == [
        (bo, False),
        (cleo, True),
    ]
    assert told("standby_asked") == [("standby_asked", cleo)]
    assert [why for reader, why in dropped("standby_asked") if reader == bo] != []


@BOTH_WAYS
def test_a_promise_of_the_past_shows_the_other_to_whoever_was_blocked_alone(
    supper, slot, ada, bo, olga, blocker
):
    claim = slot.claim(by=bo, at=now(), bringing="Lentil soup")
    Slot.objects.filter(pk=slot.pk).update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)
    page = claim.get_absolute_url()
    assert [signed_in(person).get(page).status_code for person in (ada, bo)] == [200, 200]

    part(ada, bo, blocker)

    was_blocked = blocker == "helper"
    asks = 200 if was_blocked else 404
    assert [signed_in(person).get(page).status_code for person in (ada, bo, olga)] == [asks, 404, 200]
    shown = text(signed_in(ada).get(supper.get_absolute_url()))
    assert ("Bo" in shown.split(), "Somebody" in shown) == (was_blocked, False)
    # Thanks are written down, and do not arrive.
    Notice.objects.all().delete()
    assert signed_in(ada).post(f"{page}thank/", {"text": "Thanks"}).status_code == (
        302 if was_blocked else 404
    )
    assert told("thanks_given") == []


def test_a_phone_is_not_told_across_a_block_also_where_the_name_still_stands(slot, ada, bo):
    Person.objects.filter(pk=bo.pk).update(phone="+351 555 0199")
    claim = slot.claim(by=bo, at=now())
    Slot.objects.filter(pk=slot.pk).update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)
    assert "0199" in text(signed_in(ada).get(claim.get_absolute_url()))

    part(ada, bo, "helper")

    page = text(signed_in(ada).get(claim.get_absolute_url()))
    assert "Bo" in page and "0199" not in page


# Names of those who help -------------------------------------------------------------------------------------


def helpers(client, help_request):
    [place] = client.get(help_request.get_absolute_url()).context["places"]
    return {helper["name"] for helper in place["helpers"]}


@BOTH_WAYS
def test_whoever_helps_a_third_person_is_not_there_for_the_other(street, ada, bo, cleo, olga, blocker):
    asked = ask(cleo, street, capacity=4)
    slot = asked.slots.get()
    for person in (bo, make_circle_member(street, olga)):
        slot.claim(by=person, at=now())

    part(ada, bo, blocker)

    assert helpers(signed_in(ada), asked) == {"Dan"}
    assert helpers(signed_in(bo), asked) == {"Dan"}
    assert "3 of 4 places open" in text(signed_in(ada).get(asked.get_absolute_url()))
    assert "2 of 4 places open" in text(signed_in(cleo).get(asked.get_absolute_url()))
    assert helpers(signed_in(cleo), asked) == helpers(signed_in(olga), asked) == {"Bo", "Dan"}

    slot.claim(by=ada, at=now())
    assert helpers(signed_in(bo), asked) == {"Dan"}


@BOTH_WAYS
def test_a_place_that_the_other_alone_has_looks_as_one_that_nobody_needs(street, ada, bo, cleo, blocker):
    asked = ask(cleo, street)
    asked.slots.get().claim(by=bo, at=now())
    part(ada, bo, blocker)

    [place] = signed_in(ada).get(asked.get_absolute_url()).context["places"]
    assert (place["state"], place["words"], place["helpers"]) == ("over", "No more help needed", [])
    assert place["act"] == ""


def make_circle_member(street, olga):
    dan = make_person("Dan")
    join(street, dan, by=olga)
    return dan


@BOTH_WAYS
def test_keepers_see_names_even_of_those_whom_they_are_parted_from(street, bo, cleo, olga, blocker):
    asked = ask(cleo, street)
    asked.slots.get().claim(by=bo, at=now())
    part(olga, bo, blocker)

    assert helpers(signed_in(olga), asked) == {"Bo"}


def test_the_answer_to_a_claim_keeps_the_name_as_well(street, ada, bo, cleo):
    slot = ask(cleo, street, capacity=2).slots.get()
    slot.claim(by=bo, at=now())
    part(ada, bo)

    swapped = signed_in(ada).post(slot.get_absolute_url(), HTTP_HX_REQUEST="true")

    assert {"Somebody", "Bo"} & set(text(swapped).split()) == set()


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_with_unseen_helpers_takes_no_more_queries(
    street, ada, cleo, olga, number, django_assert_max_num_queries
):
    slot = ask(cleo, street, capacity=5).slots.get()
    for index in range(number):
        helper = make_person(f"Helper{index}")
        join(street, helper, by=olga)
        slot.claim(by=helper, at=now())
        part(ada, helper)
    client = signed_in(ada)
    client.get(slot.help_request.get_absolute_url())

    with django_assert_max_num_queries(6):
        assert helpers(client, slot.help_request) == set()


# Answers -----------------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_answers_of_somebody_parted_are_not_there_but_for_keepers(street, ada, bo, cleo, olga, blocker):
    question = ask_for_advice(cleo, street)
    part(ada, bo, blocker)
    part(olga, bo, blocker)
    of_bo = question.answer(by=bo, text="Visit three of them", at=now())
    of_olga = question.answer(by=olga, text="Ask the neighbours", at=now())

    def shown(person):
        return list(signed_in(person).get(question.get_absolute_url()).context["answers"])

    assert [shown(person) for person in (ada, bo, cleo, olga)] == [
        [of_olga],
        [of_bo],
        [of_bo, of_olga],
        [of_bo, of_olga],
    ]
    assert list(Answer.objects.visible_to(ada, at=now())) == [of_olga]
    assert signed_in(ada).get(f"/answers/{of_bo.pk}/report/").status_code == 404
    with pytest.raises(NobodyAsked):
        Answer.objects.seen_by(None)


@BOTH_WAYS
def test_whoever_asked_and_blocks_does_not_see_the_answer_either(street, ada, bo, blocker):
    question = ask_for_advice(ada, street)
    answer = question.answer(by=bo, text="Visit three of them", at=now())
    part(ada, bo, blocker)

    page = signed_in(ada).get(question.get_absolute_url())

    # What was said before stays for whoever was blocked, as when somebody leaves.
    stays = blocker == "helper"
    assert ("Visit three" in text(page)) == stays
    assert f"{int(stays)} answer" in text(signed_in(ada).get("/"))
    helped = signed_in(ada).post(f"/answers/{answer.pk}/helped/")
    assert helped.status_code == (302 if stays else 404)


# Mails that were queued before -------------------------------------------------------------------------------


def scenes(street, ada, bo):
    """(kind, reader) of what is queued and not sent: something of each about the other."""
    supper = ask(ada, street, capacity=2)
    waves.open_waves(now())
    walk = ask_for_company(ada, street, up_to=Ring.EVERYONE)
    walk.slots.get().claim(by=bo, at=now()).decline(by=ada, at=now())
    question = ask_for_advice(ada, street)
    question.answer(by=bo, text="Visit three of them", at=now())
    past = ask(ada, street).slots.get()
    claim = past.claim(by=bo, at=now())
    Slot.objects.filter(pk=past.pk).update(starts_at=now() - 20 * HOUR, ends_at=now() - 19 * HOUR)
    claim.thank(by=ada, text="That soup!", at=now())
    Claim.objects.filter(pk=claim.pk).update(follow_up_at=now())
    waves.ask_the_morning_after(now())
    return supper


@BOTH_WAYS
def test_what_was_queued_about_the_other_is_dropped(street, ada, bo, blocker):
    scenes(street, ada, bo)
    Person.objects.filter(pk=ada.pk).update(told_of_claims="at_once")
    street.memberships.filter(person=bo).update(hears="at_once")
    Notice.objects.update(due_at=now(), try_at=now())

    part(ada, bo, blocker)
    deliver(at=now() + HOUR)

    about_the_other = {
        ("wave_opened", bo),
        ("claim_declined", bo),
        ("thanks_given", bo),
        ("afterwards", bo),
        ("claim_confirmed", bo),
        ("request_claimed", ada),
        ("request_answered", ada),
    }
    queued = {(n.kind, n.reader) for n in Notice.objects.all()}
    sent = {(n.kind, n.reader) for n in Notice.objects.sent()}
    assert about_the_other <= queued
    assert about_the_other & sent == set()
    assert {
        because for kind in ("thanks_given", "afterwards", "request_answered") for _, because in dropped(kind)
    } == {UNSEEN}


def test_what_was_queued_is_told_to_those_who_see_each_other(street, ada, bo, cleo):
    scenes(street, ada, bo)
    part(ada, cleo)
    street.memberships.update(hears="at_once")
    Notice.objects.update(due_at=now(), try_at=now())

    deliver(at=now() + HOUR)

    sent = {(n.kind, n.reader) for n in Notice.objects.sent()}
    assert {("thanks_given", bo), ("afterwards", bo), ("request_answered", ada), ("wave_opened", bo)} <= sent
    assert ("wave_opened", cleo) not in sent


def test_who_was_to_be_told_that_nobody_waits_is_told_all_the_same(slot, ada, bo):
    slot.claim(by=bo, at=now())
    slot.cancel(by=ada, at=now(), reason="My sister is here")

    part(ada, bo)

    assert told("slot_cancelled", at=now() + HOUR / 6) == [("slot_cancelled", bo)]


@BOTH_WAYS
def test_what_was_told_earlier_leaves_the_page_of_notices_of_whoever_blocked(street, ada, bo, cleo, blocker):
    scenes(street, ada, bo)
    Notice.objects.update(due_at=now(), try_at=now())
    deliver(at=now() + HOUR)

    def lines(person):
        return [line.text for line in signed_in(person).get(reverse("notices")).context["page"].lines]

    assert any("Bo" in line for line in lines(ada)) and any("Ada" in line for line in lines(bo))
    before = lines(cleo)

    block = part(ada, bo, blocker)

    shown = any("Bo" in line for line in lines(ada)), any("Ada" in line for line in lines(bo))
    assert shown == ((False, True) if blocker == "asker" else (True, False))
    assert lines(cleo) == before != []
    block.lift(at=now())
    assert any("Bo" in line for line in lines(ada))


# Blocking and reporting from a request -----------------------------------------------------------------------


def test_a_request_leads_to_blocking_and_reporting(supper, ada, bo):
    page = signed_in(bo).get(supper.get_absolute_url()).content.decode()
    own = signed_in(ada).get(supper.get_absolute_url()).content.decode()

    for way in ("block/", "report/"):
        assert f'href="{supper.get_absolute_url()}{way}"' in page
        assert f'href="{supper.get_absolute_url()}{way}"' not in own


def test_whoever_asks_is_blocked_from_their_request(supper, ada, bo):
    url = f"{supper.get_absolute_url()}block/"
    assert "Block Ada?" in text(signed_in(bo).get(url))
    assert not Block.objects.exists()

    assert signed_in(bo).post(url).url == "/me/blocks/"

    assert (Block.objects.get().by, Block.objects.get().whom) == (bo, ada)


def test_nobody_learns_by_blocking_who_asks_quietly(street, ada, bo, olga):
    quiet = ask_for_company(ada, street, quietly=True, up_to=Ring.EVERYONE)
    client, here = signed_in(bo), quiet.get_absolute_url()

    page = client.get(here).content.decode()
    assert f"{here}report/" in page and f"{here}block/" not in page
    assert [client.get(f"{here}block/").status_code, client.post(f"{here}block/").status_code] == [403, 403]

    form = client.get(f"{here}report/")
    assert "block" not in form.context["form"].fields and "Ada" not in text(form).split()
    client.post(f"{here}report/", {"reason": "This is no request", "block": "on"})
    assert (Report.objects.get().about, Block.objects.count()) == (ada, 0)

    claim = quiet.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())
    assert client.post(f"{here}block/").status_code == 302


def test_a_request_is_reported_with_a_reason(supper, street, ada, bo, olga):
    client, url = signed_in(bo), f"{supper.get_absolute_url()}report/"

    wrong = client.post(url, {"reason": ""})
    assert (wrong.status_code, errors(wrong)) == (422, {"reason": ["This field is required."]})
    assert client.post(url, {"reason": "This is no request for help"}).url == supper.get_absolute_url()

    report = Report.objects.get()
    assert (report.circle, report.reporter, report.about) == (street, bo, ada)
    assert report.subject == f"helprequest:{supper.pk}"
    assert told("reported") == [("reported", olga)]
    assert signed_in(ada).get(url).status_code == 403


def test_an_answer_is_reported(street, ada, bo, cleo):
    question = ask_for_advice(ada, street)
    answer = question.answer(by=bo, text="Pray harder", at=now())
    url = f"/answers/{answer.pk}/report/"
    assert f'href="{url}"' in signed_in(cleo).get(question.get_absolute_url()).content.decode()

    signed_in(cleo).post(url, {"reason": "This hurts", "block": "on"})

    report = Report.objects.get()
    assert (report.about, report.subject) == (bo, f"answer:{answer.pk}")
    assert Block.objects.get().whom == bo
    assert signed_in(bo).get(url).status_code == 403


def test_mallory_neither_blocks_nor_reports_what_she_does_not_see(
    supper, street, mallory, elsewhere, ada, bo
):
    answer = ask_for_advice(ada, street).answer(by=bo, text="Pray harder", at=now())
    client = signed_in(mallory)

    for url in (
        f"{supper.get_absolute_url()}block/",
        f"{supper.get_absolute_url()}report/",
        f"/answers/{answer.pk}/report/",
    ):
        assert [client.get(url).status_code, client.post(url, {"reason": "x"}).status_code] == [404, 404]
    assert not Report.objects.exists() and not Block.objects.exists()


def test_a_draft_is_nobodys_to_report(street, ada, cleo):
    mine = ask_for(cleo, street, by=ada, publish=False)

    assert signed_in(cleo).get(f"{mine.get_absolute_url()}report/").status_code == 403


def test_other_circles_know_nothing_of_it(ada, bo, mallory, elsewhere, supper):
    choir = make_circle(mallory, ada, bo, name="Choir")
    part(ada, bo)

    assert {m.person for m in choir.members()} == {mallory, ada, bo}
    assert not HelpRequest.objects.visible_to(mallory, at=now()).exists()
