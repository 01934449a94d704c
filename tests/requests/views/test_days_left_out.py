"""Days left out of a series: ticked among its own days, or written; what is none of them is refused and named."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import formats, translation

from requests.models import HelpRequest, Slot
from tests.circles.pages import errors, signed_in, text
from tests.fuzz.forms import forms_of

from ..filled_in import ask_fields

pytestmark = pytest.mark.django_db
PRACTICAL = "/requests/new/instrumental/"
SATURDAYS = [dt.date(2027, 11, 27), dt.date(2027, 12, 4), dt.date(2027, 12, 11), dt.date(2027, 12, 18)]


def saturdays(street, **typed):
    """The fields of a series on four Saturdays."""
    span = {"starts_on": "2027-11-27", "until": "2027-12-18"}
    usual = {"timing": "series", "weekdays": ["6"], **span, "local_start": "18:00", "minutes": "60"}
    return ask_fields(street, **usual | typed)


def days():
    return list(Slot.objects.order_by("original_date").values_list("original_date", flat=True))


@pytest.fixture
def as_ada(ada, street):
    return signed_in(ada)


def test_what_is_none_of_its_days_is_refused_and_named(as_ada, street):
    """In English `04/12/2027` is the 12th of April."""
    answer = as_ada.post(PRACTICAL, saturdays(street, skips="04/12/2027, 2027-12-11"))

    assert answer.status_code == 422 and not HelpRequest.objects.exists()
    assert [words.partition(". ")[0] for words in errors(answer)["skips"]] == [
        "Not among its days: Monday 12 April"
    ]
    assert answer.context["form"]["skips"].value() == "04/12/2027, 2027-12-11"
    assert "Saturday 4 December" in text(answer)


def written():
    """(language, format) of every way in which a language writes a day."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found = formats.get_format("DATE_INPUT_FORMATS")
        yield from ((code, pattern) for pattern in found)


@pytest.mark.parametrize(("code", "pattern"), list(written()))
def test_every_language_writes_days_its_own_ways(as_ada, ada, street, code, pattern):
    type(ada).objects.filter(pk=ada.pk).update(language=code)
    meant, other = SATURDAYS[2:], dt.date(2027, 12, 25)

    refused = as_ada.post(PRACTICAL, saturdays(street, skips=other.strftime(pattern)))
    as_ada.post(PRACTICAL, saturdays(street, skips=", ".join(day.strftime(pattern) for day in meant)))

    assert list(errors(refused)) == ["skips"] and "25" in errors(refused)["skips"][0]
    assert days() == SATURDAYS[:2]


def test_what_is_no_day_at_all_is_named(as_ada, street):
    answer = as_ada.post(PRACTICAL, saturdays(street, skips="2027-12-11; the holidays"))

    assert "“the holidays” is no day that can be read" in errors(answer)["skips"][0]


def test_its_days_are_shown_to_tick_and_what_is_ticked_is_left_out(as_ada, street):
    """Without JavaScript: look, tick, put it down, see it again, ask."""
    shown = as_ada.post(PRACTICAL, saturdays(street, look="days"))
    assert shown.status_code == 200 and not HelpRequest.objects.exists()
    form = next(form for form in forms_of(shown, PRACTICAL) if "left_out" in form.fields)
    fields = form.filled() | {"left_out": ["2027-12-04"], "skips": "2027-12-11", "put_down": "1"}

    as_ada.post(PRACTICAL, {name: value for name, value in fields.items() if name != "look"})

    draft = HelpRequest.objects.get()
    assert days() == [SATURDAYS[0], SATURDAYS[3]]
    again = as_ada.get(f"{draft.get_absolute_url()}edit/").context["form"]
    ticked = [option.data["value"] for option in again.days_to_tick if option.data["selected"]]
    assert (ticked, again["skips"].value()) == (["2027-12-04", "2027-12-11"], None)


def test_a_tick_on_a_day_that_is_asked_for_no_more_is_no_matter(as_ada, street):
    as_ada.post(PRACTICAL, saturdays(street, weekdays=["5"], left_out=["2027-12-04", "2027-12-10"]))

    assert days() == [dt.date(2027, 12, 3), dt.date(2027, 12, 17)]


@pytest.mark.parametrize("ticked", ["tomorrow", "2027-02-30", "", "١٢", "2027-12-04\x00"])
def test_a_tick_that_no_page_offered_breaks_nothing(as_ada, street, ticked):
    assert as_ada.post(PRACTICAL, saturdays(street, left_out=[ticked])).status_code in (302, 422)


@pytest.mark.parametrize(
    "typed",
    [
        {"starts_on": "9999-12-31"},
        {"starts_on": "0001-01-01"},
        {"until": "x"},
        {"count": "9" * 40},
        {"weekdays": ["8"]},
    ],
)
def test_looking_at_days_that_can_not_be_reckoned_shows_none(as_ada, street, typed):
    answer = as_ada.post(PRACTICAL, saturdays(street, look="days", **typed))

    assert answer.status_code == 200
    assert len(answer.context["form"].days_to_tick.field.choices) <= 366
