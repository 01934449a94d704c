"""Stories about places: a party of three where one is left, and company from a standby that needs a yes."""

import pytest

from requests.models import Claim, Standby, StandbyCall
from tests import cast

from .test_story import people  # noqa: F401 (Ada, Bo and Olga)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_party_of_three_on_the_one_place_left_chooses(visit, people, scripts):  # noqa: F811
    ada, bo, olga = people
    slot = cast.ask(ada, ada.memberships.get().circle, capacity=3).slots.get()
    helping = visit(bo, java_script_enabled=scripts)
    helping.go(slot.get_absolute_url())
    helping.fill(party_size="3", note="We have a van")
    slot.claim(by=olga, at=cast.now(), party_size=2)

    helping.press("I'll do it")
    helping.sees("Only 1 place is left, and you come with 2 more.")
    assert not Claim.objects.filter(person=bo).exists()

    helping.press("Come alone")
    helping.page.wait_for_url("**/claims/*/")
    claim = Claim.objects.get(person=bo)
    assert (claim.party_size, claim.note, claim.is_accepted) == (1, "We have a van", True)


def test_whoever_would_rather_come_together_lets_somebody_else(visit, people):  # noqa: F811
    ada, bo, olga = people
    slot = cast.ask(ada, ada.memberships.get().circle, capacity=3).slots.get()
    helping = visit(bo)
    helping.go(slot.get_absolute_url())
    helping.fill(party_size="3")
    slot.claim(by=olga, at=cast.now(), party_size=2)
    helping.press("I'll do it")

    helping.press("Let somebody else")

    helping.sees("1 of 3 places open")
    assert not Claim.objects.filter(person=bo).exists()


def test_a_standbys_yes_to_company_waits_for_the_askers(visit, house, people):  # noqa: F811
    ada, bo, olga = people
    slot = cast.ask_for_company(ada, ada.memberships.get().circle).slots.get()
    starts_at = cast.now() + 3 * cast.DAY
    slot.move(starts_at=starts_at, ends_at=starts_at + cast.HOUR, by=ada, at=cast.now())
    Standby.objects.stand_by(person=bo, help_request=slot.help_request, at=cast.now())
    offer = slot.claim(by=olga, at=cast.now())
    offer.accept(by=ada, at=cast.now())
    offer.release(by=olga, at=cast.now())

    ready = visit(bo)
    ready.go(f"/standbys/{StandbyCall.objects.get().pk}/")
    ready.press("Yes, I could come")
    ready.sees("Ada has been asked whether it suits.")
    assert not Claim.objects.accepted().exists()

    asking = visit(ada)
    asking.go(slot.help_request.get_absolute_url())
    asking.press("Yes, please")
    assert Claim.objects.accepted().get().person == bo
    house.mail_to(bo.email, "Ada says yes")
