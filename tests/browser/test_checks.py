"""Stories about a keeper's check that ends before the day: by a keeper's hand, and by its date."""

import pytest

from requests.models import Claim
from supportnet.notices.delivery import deliver
from supportnet.notices.sweeps import run_all
from tests import cast

from .test_story import people  # noqa: F401 (Ada, Bo and Olga)


@pytest.fixture
def promise(people):  # noqa: F811
    """Bo, who is checked for a month, has promised a supper in ten days that is for checked helpers."""
    ada, bo, olga = people
    street = ada.memberships.get().circle
    bos = street.memberships.get(person=bo)
    bos.note_check(by=olga, until=street.date_at(cast.now()) + 30 * cast.DAY, at=cast.now())
    slot = cast.ask(ada, street, in_days=10, needs_checked=True).slots.get()
    return slot.claim(by=bo, at=cast.now())


def ends_sooner(visit, olga, promise, *, days):
    """Olga says on Bo's page that his check holds for so many days only; returns her window."""
    street, person = promise.help_request.circle, promise.person
    keeping = visit(olga)
    keeping.go(f"/circles/{street.pk}/members/{street.memberships.get(person=person).pk}/check/")
    keeping.fill(until=(street.date_at(cast.now()) + days * cast.DAY).isoformat())
    keeping.press("I have checked them")
    return keeping


def test_a_keeper_ends_it_sooner_and_frees_the_place(visit, house, people, promise):  # noqa: F811
    ada, bo, olga = people
    keeping = ends_sooner(visit, olga, promise, days=3)
    keeping.sees("Bo has promised “Supper for four”")
    house.mail_to(olga.email, "Does Bo still come?")

    helping, asking = visit(bo), visit(ada)
    helping.go(promise.get_absolute_url())
    helping.sees("your check does not reach to that day")
    helping.sees("until they say otherwise, you are expected")
    asking.go(promise.help_request.get_absolute_url())
    asking.sees("Bo")
    assert "your check" not in asking.read() and "check does not" not in asking.read()

    keeping.page.get_by_role("link", name="Decide").click()
    keeping.sees("Does Bo still come?")
    keeping.press("Free the place")
    deliver(at=cast.now() + 6 * cast.HOUR / 60)

    assert not Claim.objects.live().exists()
    house.mail_to(bo.email, "Called off")
    house.mail_to(ada.email, "Bo can’t come")
    helping.go(promise.get_absolute_url())
    helping.sees("Called off")
    asking.go(promise.help_request.get_absolute_url())
    asking.sees("Still open")


def test_a_keeper_lets_them_come_all_the_same(visit, house, people, promise):  # noqa: F811
    _ada, bo, olga = people
    keeping = ends_sooner(visit, olga, promise, days=3)

    keeping.page.get_by_role("link", name="Decide").click()
    keeping.press("Let them come")

    helping = visit(bo)
    helping.go(promise.get_absolute_url())
    helping.sees("12 Lime Street")
    assert "check does not reach" not in helping.read()


def test_it_ends_by_its_date_and_both_hear_of_it_in_the_morning(visit, house, people, promise):  # noqa: F811
    _ada, bo, olga = people
    street = promise.help_request.circle
    midnight = street.end_of(street.date_at(cast.now()) + 30 * cast.DAY)
    run_all(midnight)
    deliver(at=midnight + 10 * cast.HOUR)

    house.mail_to(bo.email, "Your check has ended")
    house.mail_to(olga.email, "The check of Bo has ended")
