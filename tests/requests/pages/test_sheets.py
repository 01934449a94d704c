"""What is printed: the sheet for the fridge, the circle's own, and the calls for tomorrow."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from circles.models import Block, Person, Ring
from requests.models import Slot
from requests.pages.sheets import MOST as MOST_OF
from tests.cast import DAY, HOUR, ask, ask_for_company, join, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db
MOST = MOST_OF["request"]
ADDRESS, ASKERS_PHONE = "12 Lime Street", "+351 555 0101"
PHONE = "+351 555 0777"


@pytest.fixture(autouse=True)
def _with_phones(ada, bo, olga, mallory):
    """Bo gave a number."""
    Person.objects.filter(pk=bo.pk).update(phone=PHONE)


@pytest.fixture
def cleo(street, olga):
    """Is a member and has promised nothing."""
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    return cleo


def url(name, thing):
    return reverse(name, args=[thing.pk])


def sheet_for(person, thing, name="request_sheet", **query):
    return text(signed_in(person).get(url(name, thing), query))


def rows_of(person, thing, name="request_sheet", **query):
    """(day, names, what is open) of each row."""
    rows = signed_in(person).get(url(name, thing), query).context["rows"]
    return [([helper["name"] for helper in row["helpers"]], row["open"]) for row in rows]


def tomorrow(circle, hour=17, days=1):
    """A moment of tomorrow, on the clocks of the circle."""
    date = now().astimezone(circle.zone).date() + days * DAY
    return dt.datetime.combine(date, dt.time(hour), tzinfo=circle.zone).astimezone(dt.UTC)


def slot_at(help_request, starts_at, **fields):
    slot = help_request.add_slot(
        by=help_request.asker, at=now(), starts_at=starts_at, ends_at=starts_at + HOUR, **fields
    )
    slot.help_request = help_request
    return slot


# A request's sheet


def test_the_sheet_says_who_comes_when_with_what_and_what_is_open(supper, slot, ada, bo):
    slot.claim(by=bo, at=now(), bringing="Lentil soup")
    slot_at(supper, slot.starts_at + DAY)
    Slot.objects.filter(pk=slot.pk).update(doorstep="stay")
    type(supper).objects.filter(pk=supper.pk).update(doorstep="leave")

    page = sheet_for(ada, supper)

    assert rows_of(ada, supper) == [(["Bo"], ""), ([], "Still open")]
    for words in (f"Bo : Lentil soup {PHONE}", "For Ada", "Leave it, don&#x27;t ring", "Please stay a while"):
        assert words in page


def test_the_sheet_is_for_those_who_run_it_and_those_who_come(
    supper, slot, ada, bo, olga, cleo, mallory, elsewhere
):
    claim = slot.claim(by=bo, at=now())
    people = (ada, bo, olga, cleo, mallory)

    def answers():
        return [signed_in(person).get(url("request_sheet", supper)).status_code for person in people]

    assert answers() == [200, 200, 200, 403, 404]
    claim.release(by=bo, at=now())
    assert answers() == [200, 403, 200, 403, 404]


def test_who_only_offers_does_not_see_it_yet(ada, bo, street):
    walk = ask_for_company(ada, street, up_to=Ring.EVERYONE)
    claim = walk.slots.get().claim(by=bo, at=now())
    assert signed_in(bo).get(url("request_sheet", walk)).status_code == 403

    claim.accept(by=ada, at=now())

    assert signed_in(bo).get(url("request_sheet", walk)).status_code == 200


def test_no_sheet_shows_a_member_an_address_or_a_phone_number(supper, slot, ada, bo, olga, cleo, street):
    """Helpers see each other's names and no more; the address stands on no paper at all."""
    slot.claim(by=cleo, at=now())
    other = slot_at(supper, slot.starts_at + DAY)
    other.claim(by=bo, at=now(), bringing="Bread")

    for person in (ada, bo, olga, cleo):
        page = sheet_for(person, supper)
        assert "Bo : Bread" in page
        assert (ADDRESS in page, ASKERS_PHONE in page) == (False, False)
    assert [PHONE in sheet_for(person, supper) for person in (ada, olga, cleo)] == [True, True, False]
    for name in ("circle_sheet", "circle_calls"):
        answers = [signed_in(person).get(url(name, street)).status_code for person in (ada, bo, cleo, olga)]
        assert answers == [403, 403, 403, 200]
        assert ADDRESS not in sheet_for(olga, street, name, phones="on")
    for name in ("request_calendar", "circle_calendar"):
        page = signed_in(cleo).get(url(name, supper if "request" in name else street), {"view": "list"})
        assert [word in page.text for word in (ADDRESS, ASKERS_PHONE, PHONE)] == [False] * 3


def test_of_emotional_support_a_helper_sees_themselves_alone(ada, bo, cleo, street):
    walk = ask_for_company(ada, street, up_to=Ring.EVERYONE)
    Slot.objects.update(capacity=2)
    for person in (bo, cleo):
        walk.slots.get().claim(by=person, at=now()).accept(by=ada, at=now())

    assert rows_of(bo, walk)[0][0] == ["Bo"]
    assert sorted(rows_of(ada, walk)[0][0]) == ["Bo", "Cleo"]


def test_two_who_do_not_see_each_other_stay_unseen_on_paper(supper, slot, ada, bo, cleo):
    slot.claim(by=bo, at=now())
    slot_at(supper, slot.starts_at + DAY).claim(by=cleo, at=now())
    Block.objects.make(by=bo, whom=cleo, at=now())

    assert rows_of(cleo, supper) == [([], ""), (["Cleo"], "")]


def test_a_day_after_the_number_is_gone(supper, slot, ada, bo):
    slot.claim(by=bo, at=now())
    long_ago = now() - 3 * DAY
    Slot.objects.filter(pk=slot.pk).update(starts_at=long_ago, ends_at=long_ago + HOUR)

    page = sheet_for(ada, supper, **{"from": (long_ago - DAY).date().isoformat()})

    assert "Bo" in page
    assert PHONE not in page
    assert signed_in(bo).get(url("request_sheet", supper)).status_code == 403


def test_times_are_those_of_the_clocks_where_the_circle_is(supper, slot, ada, street):
    slot.move(starts_at=tomorrow(street, 23), ends_at=tomorrow(street, 23) + HOUR / 2, by=ada, at=now())
    Person.objects.filter(pk=ada.pk).update(time_zone="Asia/Tokyo")

    [row] = signed_in(ada).get(url("request_sheet", supper)).context["rows"]

    assert row["hours"] == "23:00 to 23:30"


@pytest.mark.parametrize("since", ["", "x", "2026-13-01", "9999-12-31", "0001-01-01", "2026-02-31"])
def test_a_day_that_is_none_is_today(since, supper, ada):
    page = signed_in(ada).get(url("request_sheet", supper), {"from": since})

    assert page.context["since"] == now().astimezone(supper.zone).date()


def test_a_long_list_goes_on_on_the_next_page_and_tears_no_day_apart(supper, slot, ada):
    first = tomorrow(supper.circle, 1)
    slots = [
        Slot(help_request=supper, starts_at=when, ends_at=when + HOUR / 4, open_until=when)
        for count in range(MOST + 5)
        for when in [first + (count // 5) * DAY + (count % 5) * HOUR]
    ]
    Slot.objects.bulk_create(slots)

    page = signed_in(ada).get(url("request_sheet", supper))
    goes_on = page.context["goes_on"]
    rest = signed_in(ada).get(url("request_sheet", supper), {"from": goes_on.isoformat()})

    assert len(page.context["rows"]) <= MOST
    assert len(page.context["rows"]) + len(rest.context["rows"]) == MOST + 6
    assert f"?from={goes_on}" in page.text


# A circle's sheet


def test_a_keepers_sheet_shows_the_circle_without_names_that_are_quiet_and_without_feelings(
    supper, slot, ada, bo, olga, street
):
    slot.claim(by=bo, at=now(), bringing="Soup")
    ask_for_company(ada, street, title="A walk by the river")
    ask(ada, street, title="With me to the clinic", category="company", quietly=True)

    page = sheet_for(olga, street, "circle_sheet")

    assert "Supper for four Ada Bo : Soup" in page
    assert "With me to the clinic Someone in your circle" in page
    assert "A walk by the river" not in page
    assert PHONE not in page
    assert PHONE in sheet_for(olga, street, "circle_sheet", phones="on")


def test_a_sheet_of_one_circle_holds_nothing_of_another(supper, mallory, elsewhere, olga, street):
    ask(mallory, elsewhere, title="Not here")

    assert "Not here" not in sheet_for(olga, street, "circle_sheet")
    assert signed_in(mallory).get(url("circle_sheet", street)).status_code == 404
    assert rows_of(mallory, elsewhere, "circle_sheet") == [([], "Still open")]


# Calls for tomorrow


def call(person, circle, help_request, *, hour=17, days=1, confirmed=False):
    """A promise of `person` for tomorrow."""
    claim = slot_at(help_request, tomorrow(circle, hour, days)).claim(
        by=person, at=now(), even_if_clashing=True
    )
    if confirmed:
        claim.confirm(at=now())
    return claim


@pytest.mark.moment("2027-01-12T10:30Z")  # Late in the evening, nothing could be promised for 23:00.
def test_calls_hold_whom_to_ask_first_those_without_mail_and_what_is_missing(
    supper, ada, bo, cleo, olga, street
):
    dora, emil = (make_person(name) for name in ("Dora", "Emil"))
    for person in (dora, emil):
        join(street, person, by=olga)
    call(bo, street, supper, hour=9)
    call(cleo, street, supper, hour=12, confirmed=True)
    call(dora, street, supper, hour=18, days=2)
    call(emil, street, supper, days=3)
    call(emil, street, supper, days=0, hour=23)
    Person.objects.filter(pk=dora.pk).update(email=None, phone="0555 1", verified_at=None)
    slot_at(supper, tomorrow(street, 20))

    context = signed_in(olga).get(url("circle_calls", street)).context
    page = sheet_for(olga, street, "circle_calls")

    assert [row["name"] for row in context["to_call"]] == ["Dora", "Bo"]
    assert [row["name"] for row in context["sure"]] == ["Cleo"]
    assert [row["room"] for row in context["open"]] == ["Still open"]
    for words in ("Dora No mail 0555 1", f"Bo {PHONE}", "Cleo gave no number"):
        assert words in page


def test_whose_mail_comes_back_is_called_first(supper, bo, cleo, olga, street):
    call(bo, street, supper, hour=9)
    call(cleo, street, supper, hour=12)
    cleo.mark_mail_refused(reason="550", at=now())

    context = signed_in(olga).get(url("circle_calls", street)).context

    assert [row["name"] for row in context["to_call"]] == ["Cleo", "Bo"]


def test_calls_are_the_circles_own(supper, bo, mallory, elsewhere, street, olga):
    join(elsewhere, bo, by=mallory)
    other = ask(mallory, elsewhere, title="Elsewhere")
    call(bo, elsewhere, other)

    assert signed_in(olga).get(url("circle_calls", street)).context["to_call"] == []
    assert len(signed_in(mallory).get(url("circle_calls", elsewhere)).context["to_call"]) == 1


@pytest.mark.parametrize("number", [1, 20])
@pytest.mark.parametrize("name", ["request_sheet", "circle_sheet", "circle_calls"])
def test_sheets_make_few_queries_whatever_stands_on_them(
    name, number, supper, ada, bo, olga, street, django_assert_max_num_queries
):
    for count in range(number):
        claim = call(bo, street, ask(ada, street, title=f"Ask {count}"), hour=count)
        call(bo, street, supper, hour=count, days=1 + count % 20) if name == "request_sheet" else claim
    client = signed_in(olga)

    with django_assert_max_num_queries(8):
        response = client.get(url(name, supper if name == "request_sheet" else street))

    assert response.status_code == 200


def test_sheets_are_tables_with_heads_and_looking_changes_nothing(supper, slot, ada, olga, street, bo):
    slot.claim(by=bo, at=now())
    for name, thing in (("request_sheet", supper), ("circle_sheet", street), ("circle_calls", street)):
        page = signed_in(olga).get(url(name, thing))
        assert re.findall("<h1", page.text) == ["<h1"]
        assert signed_in(olga).post(url(name, thing)).status_code == 405
    assert '<th scope="row">' in signed_in(olga).get(url("circle_sheet", street)).text
