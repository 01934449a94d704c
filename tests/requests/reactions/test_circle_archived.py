"""A circle was put away: what is ahead is called off, what was stays, and nobody asks there any more."""

import pytest

from requests.models import Claim, HelpRequest, NotOpen, Wave
from supportnet.notices.models import Notice
from tests.cast import DAY, ask, ask_for_advice, draft, make_circle, now
from tests.circles.pages import signed_in


def promise(person, help_request):
    return help_request.slots.get().claim(by=person, at=now(), even_if_clashing=True)


def state(help_request):
    return HelpRequest.objects.get(pk=help_request.pk).state


def test_what_is_ahead_is_called_off_and_whoever_promised_is_told_once(street, olga, ada, bo):
    supper, question = ask(ada, street), ask_for_advice(ada, street)
    promise(bo, supper)

    page = signed_in(olga).get(f"/circles/{street.pk}/put-away/")
    street.archive(by=olga, at=now())

    assert page.context["effect"][:2] == [
        "2 requests that are open here are called off.",
        "1 person who promised to come is told that they need not.",
    ]
    assert (state(supper), state(question)) == ("cancelled", "cancelled")
    assert not Claim.objects.live().exists()
    assert Notice.objects.filter(kind="slot_cancelled").values_list("reader__name").get() == ("Bo",)


def test_what_was_closed_holds_no_promise_for_the_days_ahead(street, olga, ada, bo):
    supper = ask(ada, street, capacity=2)
    promise(bo, supper)
    supper.close(by=ada, at=now())

    street.archive(by=olga, at=now())

    assert state(supper) == "closed"
    assert not Claim.objects.live().exists()


def test_what_took_place_is_not_called_off(street, olga, ada, bo):
    supper = ask(ada, street)
    claim = promise(bo, supper)

    street.archive(by=olga, at=now() + 5 * DAY)

    claim.refresh_from_db()
    assert claim.cancelled_at is None and state(supper) != "cancelled"
    assert not Notice.objects.filter(kind="slot_cancelled").exists()


def test_another_circle_asks_on_and_this_one_hears_of_nothing_new(street, olga, ada, bo, mallory, elsewhere):
    choir = make_circle(ada, mallory, name="Choir")
    theirs = ask(ada, choir)
    Wave.objects.create(
        help_request=theirs,
        circle=street,
        ring=3,
        kind=theirs.kind,
        category=theirs.category,
        sort_at=now(),
        opens_at=now() + DAY,
    )
    promise(mallory, theirs)

    street.archive(by=olga, at=now())

    assert state(theirs) == "open" and Claim.objects.live().count() == 1
    assert not Wave.objects.filter(circle=street, opened_at=None).exists()


def test_a_draft_stays_a_draft(street, olga, ada):
    mine = draft(ada, street)
    mine.set_times(timing="whenever", at=now())

    street.archive(by=olga, at=now())

    assert state(mine) == "draft"
    with pytest.raises(NotOpen):
        HelpRequest.objects.get(pk=mine.pk).publish(by=ada, at=now())
    street.take_up_again(by=olga, at=now())
    HelpRequest.objects.get(pk=mine.pk).publish(by=ada, at=now())
    assert state(mine) == "open"


def test_mallory_learns_nothing_from_the_numbers(street, olga, ada, mallory, elsewhere):
    ask(ada, street)

    assert signed_in(mallory).get(f"/circles/{street.pk}/put-away/").status_code == 404
    assert signed_in(mallory).get(f"/circles/{elsewhere.pk}/put-away/").context["effect"] == []


def test_nobody_asks_it_of_that_circle_from_elsewhere(street, olga, ada):
    choir = make_circle(ada, name="Choir")
    theirs = ask(ada, choir)
    street.archive(by=olga, at=now())

    with pytest.raises(NotOpen):
        theirs.ask_more(by=ada, at=now(), circle=street)

    assert not Wave.objects.filter(circle=street).exists()
