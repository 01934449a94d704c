"""A story of who is asked while they sleep, and who is not."""

import datetime as dt

import pytest

from circles.models import Person
from requests.models import Claim, Standby, StandbyCall
from supportnet.notices.models import Notice
from tests import cast

from .test_story import LISBON, later, people  # noqa: F401 (Ada, Bo and Olga)

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def asleep(people):  # noqa: F811
    """Three who may be asked, in the order of their names, and sleep for three more hours."""
    _ada, _bo, olga = people
    here, night = dt.datetime.now(LISBON), {}
    night["quiet_from"] = (here - 2 * cast.HOUR).time().replace(second=0, microsecond=0)
    night["quiet_until"] = (here + 3 * cast.HOUR).time().replace(second=0, microsecond=0)
    found = [cast.make_person(name) for name in ("Cy", "Dee", "Eli")]
    for person in found:
        cast.join(olga.memberships.get().circle, person, by=olga)
        Person.objects.filter(pk=person.pk).update(**night)
    Notice.objects.all().delete()
    return Person.objects.filter(pk__in=[person.pk for person in found]).order_by("pk")


def test_the_second_of_three_says_yes_at_breakfast(visit, house, people, asleep):  # noqa: F811
    """Whoever drops out at night wakes nobody."""
    ada, bo, _olga = people
    slot = cast.ask(ada, ada.memberships.get().circle).slots.get()
    begins = cast.now() + 10 * cast.HOUR
    slot.move(starts_at=begins, ends_at=begins + cast.HOUR, by=ada, at=cast.now())
    for person in asleep:
        Standby.objects.stand_by(person=person, help_request=slot.help_request, at=cast.now())
    claim = slot.claim(by=bo, at=cast.now())
    cy, dee, eli = asleep
    for minutes in (0, 10):
        later(cast.now() + minutes * MINUTE)
    house.mail_to(ada.email, "Bo will help")

    dropping_out = visit(bo)
    dropping_out.go(f"/claims/{claim.pk}/")
    dropping_out.press("Give it back")
    house.mail_to(ada.email, "Bo can’t come after all")
    later(cast.now() + cast.HOUR)
    assert [house.mails_to(person.email) for person in asleep] == [[], [], []]

    first = StandbyCall.objects.get()
    assert first.person == cy
    for minutes in (0, 1):
        later(first.asked_at + minutes * MINUTE)
    house.mail_to(cy.email, "Could you step in")
    assert [house.mails_to(person.email) for person in (dee, eli)] == [[], []]

    for minutes in (0, 1):
        later(StandbyCall.objects.get(person=cy).answer_by + minutes * MINUTE)
    asked = house.mail_to(dee.email, "Could you step in")
    breakfast = visit(dee)
    breakfast.go(asked.link("/standbys/"))
    breakfast.press("Yes, I'll come")
    breakfast.page.wait_for_url("**/claims/*/")

    comes = Claim.objects.accepted().get()
    assert comes.person == dee
    for minutes in (0, 10):
        later(comes.accepted_at + minutes * MINUTE)
    house.mail_to(ada.email, "Dee will help")
    assert house.mails_to(eli.email) == []
