"""The list of what my circles need, case by case. `test_worlds.py` holds it against the rule in random worlds."""

import pytest

from circles.models import Ring
from requests.models import HelpRequest
from requests.pages.open_requests import needs_of
from tests.cast import DAY, ask, ask_for_advice, ask_for_company, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db


def listed(person, *, at=None):
    """The titles on the list of what the circles of `person` need."""
    return [need["title"] for need in needs_of(person, at=at or now())]


def test_the_list_shows_what_is_open_soonest_first(ada, bo, street):
    ask(ada, street, title="Later", in_days=5)
    ask(ada, street, title="Sooner", in_days=2)
    ask_for_advice(ada, street, title="A question")
    ask_for_company(ada, street, title="A walk")

    assert listed(bo) == ["Sooner", "Later", "A question", "A walk"]


def test_what_is_full_closed_cancelled_or_past_leaves_the_list(ada, bo, olga, street):
    full, closed, cancelled = (ask(ada, street, title=title) for title in ("Full", "Closed", "Cancelled"))
    ask(ada, street, title="Past", in_days=1)
    ask(ada, street, title="Open", in_days=4)

    claim = full.slots.get().claim(by=olga, at=now())
    closed.close(by=ada, at=now())
    cancelled.cancel(by=ada, at=now())

    assert listed(bo, at=now() + 2 * DAY) == ["Open"]
    claim.release(by=olga, at=now())
    assert listed(bo, at=now() + 2 * DAY) == ["Full", "Open"]


def test_the_list_leaves_out_what_one_asked_oneself(ada, bo, street):
    ask(ada, street, title="Ada's")
    ask(bo, street, title="Bo's")

    assert (listed(ada), listed(bo)) == (["Bo's"], ["Ada's"])


def test_the_list_leaves_out_what_one_has_promised_already(ada, bo, street):
    help_request = ask(ada, street, capacity=2)
    slot = help_request.slots.get()
    claim = slot.claim(by=bo, at=now())
    assert listed(bo) == []

    other = help_request.add_slot(
        by=ada, at=now(), starts_at=slot.starts_at + DAY, ends_at=slot.ends_at + DAY
    )
    assert [need["slot_id"] for need in needs_of(bo, at=now())] == [other.pk]

    claim.release(by=bo, at=now())
    assert [need["slot_id"] for need in needs_of(bo, at=now())] == [slot.pk]


def test_the_list_goes_on_after_its_last_row(ada, bo, street):
    for number in range(5):
        ask(ada, street, title=f"Ask {number}", in_days=number + 1)

    first = needs_of(bo, at=now(), limit=2)
    second = needs_of(bo, at=now(), limit=2, after=first[-1])
    third = needs_of(bo, at=now(), limit=2, after=second[-1])

    assert [need["title"] for need in [*first, *second, *third]] == [f"Ask {number}" for number in range(5)]


def test_the_list_is_filtered_by_kind_and_category(ada, bo, street):
    ask(ada, street, title="Ride", category="ride")
    ask(ada, street, title="Meal")
    ask_for_company(ada, street, title="Walk")

    found = [
        [need["title"] for need in needs_of(bo, at=now(), **wanted)]
        for wanted in (
            {"kind": "instrumental"},
            {"category": "ride"},
            {"kind": "emotional", "category": "walk"},
        )
    ]
    assert found == [["Ride", "Meal"], ["Ride"], ["Walk"]]


def test_a_circle_page_lists_what_the_circle_hears_and_what_one_is_asked_there_by_name(ada, bo, olga, street):
    parish = make_circle(olga, ada, bo, name="Our parish")
    ask(ada, street, title="To the street")
    ask(ada, parish, title="To the parish")
    by_name = ask(ada, street, title="By name", up_to=Ring.INNER)
    also = ask(ada, parish, title="To the parish, then the street")

    by_name.ask_more(by=ada, at=now(), people=[bo])
    also.ask_more(by=ada, at=now(), circle=street)

    here = {need["title"] for need in needs_of(bo, at=now(), circle=street.pk)}
    assert here == {"To the street", "By name", "To the parish, then the street"}


def test_the_next_time_is_one_with_a_day_if_there_is_one(ada, bo, street):
    help_request = ask(ada, street, in_days=3)
    dated = help_request.slots.get()

    help_request.add_slot(by=ada, at=now())

    assert [need["slot_id"] for need in needs_of(bo, at=now())] == [dated.pk]


def test_who_is_set_aside_is_shown_nothing_of_that_circle_by_whatever_way(ada, bo, olga, street):
    parish = make_circle(olga, ada, bo, name="Our parish")
    ask(ada, parish, title="To the parish")
    ask(ada, street, title="To the street")
    ask(ada, street, title="By name", up_to=Ring.INNER).ask_more(by=ada, at=now(), people=[bo])
    ask(ada, street, title="Both").ask_more(by=ada, at=now(), circle=parish)
    ask(ada, parish, title="Both too").ask_more(by=ada, at=now(), circle=street)

    street.memberships.get(person=bo).exclude(by=olga, at=now())

    assert listed(bo) == ["To the parish"]
    street.memberships.get(person=bo).include_again(by=olga, at=now())
    assert sorted(listed(bo)) == ["Both", "Both too", "By name", "To the parish", "To the street"]


def test_who_was_removed_is_not_shown_by_another_circle_what_that_circle_asks(ada, bo, olga, street):
    parish = make_circle(olga, ada, bo, name="Our parish")
    ask(ada, parish, title="To the parish")
    ask(ada, street, title="Both").ask_more(by=ada, at=now(), circle=parish)

    street.memberships.get(person=bo).remove(by=olga, at=now())

    assert listed(bo) == ["To the parish"]


def test_a_request_of_two_waves_is_listed_once(ada, bo, olga, street):
    cleo = make_person("Cleo")
    join(street, cleo, by=olga, ring=Ring.INNER)
    help_request = ask(ada, street, up_to=Ring.INNER)

    help_request.ask_more(by=ada, at=now(), circle=street, ring=Ring.EVERYONE)
    help_request.ask_more(by=ada, at=now(), people=[cleo])

    assert listed(cleo) == listed(bo) == ["Supper for four"]


@pytest.mark.parametrize(("role", "titles"), [("member", []), ("keeper", ["Company"])])
def test_what_somebody_asked_quietly_and_left_behind_is_listed_for_keepers_alone(
    role, titles, ada, bo, street
):
    asked = ask_for_company(ada, street, title="Company", quietly=True)
    claim = asked.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())
    claim.release(by=bo, at=now())
    street.memberships.filter(person=bo).update(role=role)

    street.memberships.filter(person=ada).update(left_at=now())

    assert listed(bo) == titles
    assert HelpRequest.objects.visible_to(bo, at=now()).exists() is bool(titles)
