"""Whoever leaves takes what they asked quietly with them later, and not as they go: that would tell whose it was."""

import pytest

from circles.models import Ring
from requests.models import Claim, HelpRequest, RequestClosed, Slot, Wave
from requests.pages.open_requests import needs_of
from requests.reactions.membership_ended import LATE, SOON, end_what_was_asked_quietly
from supportnet.notices.models import Notice
from tests.cast import DAY, ask_for_company, join, make_circle, make_person, now
from tests.circles.pages import signed_in, text

GOES = {
    "leaves": lambda membership, olga: membership.leave(at=now()),
    "is removed": lambda membership, olga: membership.remove(by=olga, at=now()),
    "closes the account": lambda membership, olga: membership.person.deactivate(
        by=membership.person, at=now()
    ),
}
every_way = pytest.mark.parametrize("goes", GOES.values(), ids=GOES)


@pytest.fixture
def cleo(street, olga):
    """A third member."""
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    return cleo


@pytest.fixture
def walk(ada, street):
    """What ada asks quietly."""
    return ask_for_company(ada, street, quietly=True)


def seen_by(person, walk):
    """What somebody finds of it: in the list, in the calendar and on its page."""
    client = signed_in(person)
    rows = [need["help_request_id"] for need in needs_of(person, at=now())]
    pages = (f"/requests/{walk.pk}/", f"/circles/{walk.circle_id}/", f"/circles/{walk.circle_id}/calendar/")
    return rows, [text(client.get(path)) for path in pages]


@every_way
def test_for_the_others_nothing_changes_as_its_asker_goes(goes, walk, street, ada, bo, cleo, olga):
    walk.slots.get().claim(by=bo, at=now())
    before = seen_by(cleo, walk)

    goes(street.memberships.get(person=ada), olga)

    assert seen_by(cleo, walk) == before
    assert HelpRequest.objects.get(pk=walk.pk).state == "open"
    assert not Notice.objects.filter(kind="slot_cancelled").exists()


@every_way
def test_some_days_later_it_is_called_off_and_who_offered_is_told(goes, walk, street, ada, bo, olga):
    walk.slots.get().claim(by=bo, at=now())
    goes(street.memberships.get(person=ada), olga)
    at = now()

    end_what_was_asked_quietly(at + SOON - DAY / 100)
    assert HelpRequest.objects.get(pk=walk.pk).state == "open"
    end_what_was_asked_quietly(at + LATE)
    end_what_was_asked_quietly(at + LATE)

    assert HelpRequest.objects.get(pk=walk.pk).state == "cancelled"
    assert Notice.objects.filter(kind="slot_cancelled").values_list("reader__name").get() == ("Bo",)


def test_the_moment_is_drawn_by_chance(street, ada, olga):
    asked = [ask_for_company(ada, street, quietly=True) for _ in range(6)]

    street.memberships.get(person=ada).leave(at=now())

    moments = {HelpRequest.objects.get(pk=one.pk).ends_unnoticed_at for one in asked}
    assert len(moments) > 1
    assert all(now() + SOON - DAY / 100 < moment < now() + LATE for moment in moments)


def test_whoever_was_accepted_is_told_at_once_and_the_place_stays_taken(walk, street, ada, bo, cleo, olga):
    Slot.objects.filter(help_request=walk).update(capacity=1)
    walk.slots.get().claim(by=bo, at=now()).accept(by=ada, at=now())
    before = seen_by(cleo, walk)

    street.memberships.get(person=ada).leave(at=now())

    assert seen_by(cleo, walk) == before
    assert not Claim.objects.live().exists()
    assert Notice.objects.filter(kind="slot_cancelled").values_list("reader__name").get() == ("Bo",)
    end_what_was_asked_quietly(now() + LATE)
    assert (Slot.objects.get().taken, HelpRequest.objects.get().state) == (0, "cancelled")
    assert Notice.objects.filter(kind="slot_cancelled").count() == 1


def test_whoever_left_takes_no_offer_any_more(walk, street, ada, bo):
    claim = walk.slots.get().claim(by=bo, at=now())
    street.memberships.get(person=ada).leave(at=now())

    with pytest.raises(RequestClosed):
        Claim.objects.get(pk=claim.pk).accept(by=ada, at=now())
    response = signed_in(ada).post(f"/claims/{claim.pk}/accept/", follow=True)

    assert response.status_code == 200
    assert Claim.objects.get(pk=claim.pk).accepted_at is None


@pytest.mark.parametrize("how, stays", [("leaves", True), ("is removed", False)])
def test_another_circle_that_was_asked_hears_on_of_who_left_it(how, stays, ada, bo, olga, street):
    choir = make_circle(ada, name="Choir")
    walk = ask_for_company(ada, choir, quietly=True)
    walk.ask_more(by=ada, at=now(), circle=street, ring=Ring.EVERYONE)
    assert walk.pk in seen_by(bo, walk)[0]

    GOES[how](street.memberships.get(person=ada), olga)

    assert Wave.objects.filter(circle=street).exists() is stays
    assert (walk.pk in seen_by(bo, walk)[0]) is stays


def test_what_is_asked_by_name_ends_at_once(street, ada, olga):
    walk = ask_for_company(ada, street)

    street.memberships.get(person=ada).leave(at=now())

    assert HelpRequest.objects.get(pk=walk.pk).state == "cancelled"
