"""Stories about an older tab: what it says of what somebody did meanwhile."""

import pytest

from requests.models import Claim, Slot
from tests import cast

from .test_story import LISBON, people  # noqa: F401 (Ada, Bo and Olga)

CHANGED = "Somebody changed this after you opened the page"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_older_of_two_tabs_says_what_changed_and_saves_it_so(visit, people, scripts):  # noqa: F811
    ada, bo, _olga = people
    slot = cast.ask(ada, ada.memberships.get().circle).slots.get()
    later_start = slot.starts_at + cast.HOUR
    older, newer = (visit(ada, java_script_enabled=scripts) for _ in range(2))
    for tab in (older, newer):
        tab.go(f"/slots/{slot.pk}/edit/")
    moved = later_start.astimezone(LISBON)
    newer.fill(date=f"{moved:%Y-%m-%d}", start=f"{moved:%H:%M}", end=f"{moved + cast.HOUR:%H:%M}")
    newer.press("Save")

    older.fill(helpers="3")
    older.press("Save")
    older.sees(CHANGED)
    assert older.page.locator('main [name="start"]').input_value() == f"{moved:%H:%M}"
    assert Slot.objects.get().capacity == 1

    older.press("Save")
    older.page.wait_for_url("**/requests/*/")
    saved = Slot.objects.get()
    assert (saved.starts_at.replace(second=0), saved.capacity) == (later_start.replace(second=0), 3)


def test_a_keepers_older_tab_names_who_has_promised_since(visit, people):  # noqa: F811
    ada, bo, olga = people
    slot = cast.ask(ada, ada.memberships.get().circle).slots.get()
    keeping, helping = visit(olga), visit(bo)
    keeping.go(f"/organize/requests/slot/{slot.pk}/do/cancel/")
    helping.go(slot.get_absolute_url())
    helping.press("I'll do it")
    helping.page.wait_for_url("**/claims/*/")

    keeping.press("Call it off")
    keeping.page.get_by_text("nothing was done yet").wait_for()
    keeping.page.get_by_text("Who is told: Bo").wait_for()
    assert Claim.objects.get().is_accepted

    keeping.press("Call it off")
    assert Slot.objects.get().cancelled_at
