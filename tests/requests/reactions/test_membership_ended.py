"""Whoever leaves a circle, or is removed, leaves nobody waiting: what is ahead ends, and each hears of it once."""

import datetime as dt

import pytest

from circles.models import JournalEntry, Ring
from requests.catalogue import Category
from requests.models import Claim, HelpRequest, NotOpen, Slot, Wave
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, ask, ask_for_advice, draft, join, make_circle, make_person, now
from tests.circles.pages import signed_in, text


@pytest.fixture
def cleo(street, olga):
    """A third member."""
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    return cleo


def promised(person, *help_requests):
    return [asked.slots.get().claim(by=person, at=now(), even_if_clashing=True) for asked in help_requests]


def posted(help_request, *, asker):
    """The request as one that was posted for `asker`."""
    HelpRequest.objects.filter(pk=help_request.pk).update(asker=asker)
    return HelpRequest.objects.get(pk=help_request.pk)


def leave(person, circle):
    circle.memberships.get(person=person).leave(at=now())


def remove(person, circle, keeper):
    circle.memberships.get(person=person).remove(by=keeper, at=now())


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("reader__name", flat=True))


def mails_of(mailoutbox, person):
    """The subjects of what a person is sent of what has come due within half an hour."""
    Notice.objects.exclude(kind__in=["claim_released", "slot_cancelled"]).delete()
    mailoutbox.clear()
    for minutes in (0, 6, 12, 30):
        deliver(at=now() + dt.timedelta(minutes=minutes))
    return [mail.subject for mail in mailoutbox if mail.to == [person.email]]


@pytest.fixture(autouse=True)
def _nobody_sleeps(ada, bo, olga):
    """Mails arrive at any hour."""
    for person in (ada, bo, olga):
        type(person).objects.filter(pk=person.pk).update(quiet_from="00:00", quiet_until="00:00")


# What they promised -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "says"), [([3], "Bo can’t come: "), ([3, 4, 5], "Bo can’t come: 3 times, ")]
)
def test_who_counted_on_them_gets_one_mail_about_all_of_it(days, says, ada, bo, street, mailoutbox):
    promised(bo, *(ask(ada, street, in_days=number) for number in days))

    leave(bo, street)

    [subject] = mails_of(mailoutbox, ada)
    assert subject.startswith(says)
    assert set(Claim.objects.values_list("slot__taken", flat=True)) == {0}


def test_keepers_get_one_mail_about_all_that_is_near(ada, bo, cleo, olga, street, mailoutbox):
    promised(bo, *(ask(asker, street, in_days=1) for asker in (ada, cleo)))

    leave(bo, street)

    [subject] = mails_of(mailoutbox, olga)
    assert subject.startswith("Bo can’t come: 2 times")
    [mail] = [mail for mail in mailoutbox if mail.to == [olga.email]]
    assert "for Ada" in mail.body and "for Cleo" in mail.body
    assert "You get this because you keep this circle." in mail.body


def test_each_who_asked_hears_of_their_own_alone(ada, bo, cleo, street, mailoutbox):
    promised(bo, *(ask(asker, street) for asker in (ada, cleo)))

    leave(bo, street)

    assert told("claim_released") == ["Ada", "Cleo"]
    assert len(mails_of(mailoutbox, ada)) == 1
    assert "Cleo" not in [mail.body for mail in mailoutbox if mail.to == [ada.email]][0]


def test_who_was_removed_is_told_once_and_kindly(ada, bo, olga, street, mailoutbox):
    promised(bo, *(ask(ada, street, in_days=days) for days in (3, 4)))

    remove(bo, street, olga)

    [subject] = mails_of(mailoutbox, bo)
    assert subject.startswith("Called off:")
    assert "The reason" not in [mail.body for mail in mailoutbox if mail.to == [bo.email]][0]
    assert len(mails_of(mailoutbox, ada)) == 0  # the one mail went out before
    assert told("claim_released") == ["Ada", "Ada"]


def test_whoever_leaves_is_told_nothing_of_what_they_did(ada, bo, street):
    promised(bo, ask(ada, street))

    leave(bo, street)

    assert [kind for kind in ("slot_cancelled", "claim_released") if "Bo" in told(kind)] == []


def test_a_promise_elsewhere_stands(ada, bo, street):
    elsewhere = make_circle(ada, bo, name="The choir")
    [claim] = promised(bo, ask(ada, elsewhere))

    leave(bo, street)

    claim.refresh_from_db()
    assert claim.is_accepted


def test_what_was_known_by_this_circle_alone_is_given_back(ada, bo, cleo, olga, street):
    """Ada asks her choir, then the street too: Bo knows of it by the street, Cleo sings along."""
    choir = make_circle(ada, cleo, name="The choir")
    asked = ask(ada, choir, capacity=2)
    asked.ask_more(by=ada, at=now(), circle=street)
    slot = asked.slots.get()
    claims = [slot.claim(by=person, at=now()) for person in (bo, cleo)]

    for person in (bo, cleo):
        leave(person, street)

    for claim in claims:
        claim.refresh_from_db()
    assert [claim.state for claim in claims] == ["released", "accepted"]
    assert told("claim_released") == ["Ada"]


# What they asked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["leave", "remove", "deactivate"])
def test_what_they_asked_is_called_off_and_helpers_are_told_once(how, ada, bo, olga, street, mailoutbox):
    asked = [ask(ada, street, in_days=days) for days in (3, 4)]
    claims = promised(bo, *asked)
    question = ask_for_advice(ada, street)

    match how:
        case "leave":
            leave(ada, street)
        case "remove":
            remove(ada, street, olga)
        case "deactivate":
            ada.deactivate(by=olga, at=now())

    assert {
        one.state for one in HelpRequest.objects.filter(pk__in=[*(a.pk for a in asked), question.pk])
    } == {"cancelled"}
    assert {claim.state for claim in Claim.objects.filter(pk__in=[claim.pk for claim in claims])} == {
        "cancelled"
    }
    [subject] = mails_of(mailoutbox, bo)
    assert subject.startswith("Called off:")
    [mail] = [mail for mail in mailoutbox if mail.to == [bo.email]]
    assert "The reason" not in mail.body and "left" not in mail.body
    assert mails_of(mailoutbox, ada) == []


def test_what_was_closed_but_promised_is_called_off_too(ada, bo, street):
    asked = ask(ada, street)
    [claim] = promised(bo, asked)
    asked.close(by=ada, at=now())

    leave(ada, street)

    claim.refresh_from_db()
    asked.refresh_from_db()
    assert (claim.state, asked.state, told("slot_cancelled")) == ("cancelled", "closed", ["Bo"])


def test_the_past_stays(ada, bo, street):
    asked = ask(ada, street)
    [claim] = promised(bo, asked)
    asked.close(by=ada, at=now())

    street.memberships.get(person=ada).leave(at=asked.slots.get().ends_at + DAY)

    claim.refresh_from_db()
    assert (claim.is_accepted, told("slot_cancelled")) == (True, [])


def test_what_they_asked_goes_with_them_until_they_come_back(ada, bo, cleo, olga, street):
    asked, old = ask(ada, street), ask(ada, street)
    promised(bo, asked)
    old.close(by=ada, at=now())

    leave(ada, street)

    def seen(person):
        pages = (asked.get_absolute_url(), old.get_absolute_url(), asked.slots.get().get_absolute_url())
        return [signed_in(person).get(page).status_code for page in pages]

    assert [seen(bo), seen(cleo), seen(olga)] == [[404] * 3, [404] * 3, [200] * 3]
    assert seen(ada)[:2] == [200, 200]
    join(street, ada, by=olga)
    assert seen(cleo) == [200] * 3


def test_nobody_asks_again_for_somebody_who_left(ada, olga, street):
    asked = ask(ada, street)
    asked.close(by=ada, at=now())
    leave(ada, street)

    with pytest.raises(NotOpen):
        asked.reopen(by=olga, at=now())


def test_their_number_goes_with_them(ada, bo, olga, street):
    asked = ask(ada, street)
    [claim] = promised(bo, asked)
    bo.phone = "555 0199"
    bo.save(update_fields=["phone"])
    Slot.objects.filter(help_request=asked).update(starts_at=now() - DAY / 12, ends_at=now() - DAY / 24)

    def shown(person):
        return "555 0199" in signed_in(person).get(claim.get_absolute_url()).content.decode()

    assert [shown(ada), shown(olga)] == [True, True]
    leave(bo, street)
    assert [shown(ada), shown(olga)] == [False, True]


def test_what_they_ask_elsewhere_stands(ada, bo, street):
    choir = make_circle(ada, bo, name="The choir")
    asked = ask(ada, choir)

    leave(ada, street)

    asked.refresh_from_db()
    assert asked.is_open


def test_the_circle_left_hears_no_more_of_what_they_ask_elsewhere(ada, bo, cleo, street):
    choir = make_circle(ada, name="The choir")
    asked = ask(ada, choir)
    asked.ask_more(by=ada, at=now(), circle=street)
    [claim] = promised(bo, asked)
    put_down = draft(ada, choir)
    put_down.set_reach(widen_after=DAY, then=street)

    leave(ada, street)

    claim.refresh_from_db()
    assert claim.is_accepted  # between the two of them it stands
    assert not HelpRequest.objects.visible_to(cleo, at=now()).exists()
    assert not Wave.objects.filter(circle=street).exists()
    assert asked.waves.count() == 1


def test_drafts_stay_theirs_and_are_not_asked_there_any_more(ada, street):
    put_down = draft(ada, street)
    put_down.set_times(timing="whenever", at=now())

    leave(ada, street)

    assert "Supper for four" in text(signed_in(ada).get(put_down.get_absolute_url()))
    with pytest.raises(NotOpen):
        put_down.publish(by=ada, at=now())
    assert HelpRequest.objects.get().state == "draft"


def test_what_was_posted_for_somebody_who_stays_is_theirs_alone(ada, bo, cleo, street):
    asked = posted(ask(bo, street), asker=ada)
    [claim] = promised(cleo, asked)

    leave(bo, street)

    asked.refresh_from_db()
    claim.refresh_from_db()
    assert (asked.state, asked.asker, asked.posted_by, claim.is_accepted) == ("open", ada, ada, True)
    assert not HelpRequest.objects.visible_to(bo, at=now()).exists()


def test_what_was_posted_for_somebody_who_goes_is_called_off(ada, bo, street):
    asked = posted(ask(bo, street), asker=ada)

    leave(ada, street)

    asked.refresh_from_db()
    assert asked.state == "cancelled"


def test_nobody_is_asked_by_name_who_is_gone(ada, bo, cleo, olga, street):
    asked = draft(ada, street, category=Category.MEAL)
    asked.set_times(timing="whenever", at=now())
    asked.set_reach(people=[bo, cleo], up_to=Ring.EVERYONE, widen_after=DAY)
    asked.publish(by=ada, at=now())

    remove(bo, street, olga)

    assert [wave.person for wave in asked.waves.exclude(person=None)] == [cleo]
    assert not HelpRequest.objects.visible_to(bo, at=now()).exists()
    assert asked.waves.filter(circle=street).exists()


def test_it_is_written_down_for_the_keepers(ada, bo, street):
    asked = ask(ada, street)
    [claim] = promised(bo, asked)

    leave(ada, street)

    assert [entry.verb for entry in JournalEntry.objects.about(asked)] == ["asked", "cancelled"]
    assert JournalEntry.objects.about(asked).last().actor == ada


def test_leaving_twice_tells_once(ada, bo, street):
    promised(bo, ask(ada, street))
    membership = street.memberships.get(person=bo)

    for _ in range(2):
        membership.leave(at=now())

    assert told("claim_released") == ["Ada"]


def test_whoever_comes_back_finds_nothing_of_it_revived(ada, bo, olga, street):
    asked = ask(ada, street)
    promised(bo, asked)
    leave(ada, street)

    join(street, ada, by=olga)

    asked.refresh_from_db()
    assert (asked.state, Slot.objects.get().taken) == ("cancelled", 0)


def test_a_closed_account_leaves_every_circle(ada, bo, olga, street):
    choir = make_circle(olga, ada, bo, name="The choir")
    asked = [ask(ada, circle) for circle in (street, choir)]
    promised(bo, *asked)

    bo.deactivate(by=bo, at=now())
    ada.deactivate(by=olga, at=now())

    assert {claim.state for claim in Claim.objects.all()} == {"released"}
    assert {one.state for one in HelpRequest.objects.all()} == {"cancelled"}


def test_the_page_says_what_leaving_means(bo, street):
    words = text(signed_in(bo).get(f"/circles/{street.pk}/leave/"))

    assert "given back" in words and "what you asked for here is called off" in words
