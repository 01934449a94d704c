"""Every category by its own file: few fields, sane times, and a ride whose way back is a time of its own."""

import datetime as dt

import pytest

from requests.catalogue import HABITS, Category, RequestKind
from requests.catalogue.details import DETAILS, in_words
from requests.models import HelpRequest, Slot
from tests.cast import now
from tests.requests.filled_in import a_day, ask_fields

pytestmark = pytest.mark.django_db
PRACTICAL = "/requests/new/instrumental/"
# What has to be said before it can be asked.
REQUIRED = {"ride": {"to": "The clinic"}, "childcare": {"ages": "4 and 6"}, "pets": {"animals": "A cat"}}


def test_every_category_of_the_field_is_there():
    assert [category for category in HABITS if HABITS[category].kind == RequestKind.INSTRUMENTAL] == [
        *("meal", "ride", "company", "childcare", "groceries", "pets", "chores", "paperwork", "moving"),
        *("service", "other"),
    ]


@pytest.mark.parametrize("category", [c.value for c in HABITS if HABITS[c].kind == RequestKind.INSTRUMENTAL])
def test_each_can_be_asked_with_all_that_it_asks_and_shows_it(category, client, ada, bo, street):
    client.force_login(ada)
    samples = {"line": "Something", "words": "One\nTwo", "number": "3", "clock": "21:30", "tick": "on"}
    details = {ask.name: samples[ask.shape] for ask in HABITS[category].asks}
    said = {f"{category}-{name}": value for name, value in details.items()}

    response = client.post(PRACTICAL, ask_fields(street, category=category, up_to="3", **said))

    help_request = HelpRequest.objects.get()
    assert (response.status_code, help_request.category) == (302, category)
    assert set(help_request.details) == set(details)
    client.force_login(bo)
    page = client.get(help_request.get_absolute_url()).content.decode()
    assert all(str(label) in page for label, _value in in_words(help_request))
    assert client.get(Slot.objects.first().get_absolute_url()).status_code == 200


@pytest.mark.parametrize("category", sorted(REQUIRED))
def test_what_has_to_be_said_is_asked_for_beside_its_field(category, client, ada, street):
    client.force_login(ada)

    response = client.post(PRACTICAL, ask_fields(street, category=category))

    names = [f"{category}-{name}" for name in REQUIRED[category]]
    assert (response.status_code, list(response.context["form"].errors)) == (422, names)


def test_other_categories_fields_are_out_of_the_way_once_one_is_chosen(client, ada, street):
    client.force_login(ada)

    page = client.get(f"{PRACTICAL}?category=pets&circle={street.pk}").content.decode()

    hidden = {category: f'data-reveal="category={category}" hidden' in page for category in DETAILS}
    assert hidden == {category: category != Category.PETS for category in DETAILS}


def test_the_way_back_of_a_ride_is_a_time_of_its_own(client, ada, bo, street):
    client.force_login(ada)
    fields = ask_fields(
        street, category="ride", start="09:00", end="09:45", **{"ride-to": "The clinic", "ride-back": "on"}
    )

    early = client.post(PRACTICAL, {**fields, "ride-back_at": "09:30"})
    assert (early.status_code, list(early.context["form"].errors)) == (422, ["ride-back_at"])
    client.post(PRACTICAL, {**fields, "ride-back_at": "12:00"})

    there, back = Slot.objects.in_order()
    local = [slot.starts_at.astimezone(street.zone).strftime("%H:%M") for slot in (there, back)]
    assert (local, back.ends_at - back.starts_at) == (["09:00", "12:00"], dt.timedelta(minutes=45))
    assert back.is_open(at=back.starts_at - dt.timedelta(hours=1))


def each_week(street, **fields):
    """Three Tuesdays at nine, to the clinic and back."""
    ride = {"category": "ride", "ride-to": "The clinic", "ride-back": "on", "ride-back_at": "12:00"}
    when = {"timing": "series", "weekdays": ["2"], "starts_on": a_day(), "count": "3"}
    return ask_fields(street, **when, local_start="09:00", minutes="45", **ride | fields)


def hours():
    """Of each day its times, by the clocks of Lisbon."""
    told = [slot.starts_at.astimezone(slot.help_request.zone) for slot in Slot.objects.in_order()]
    return [(time.isoweekday(), time.strftime("%H:%M")) for time in told]


def test_a_ride_on_several_days_comes_back_on_each(client, ada, street):
    client.force_login(ada)

    early = client.post(PRACTICAL, each_week(street, **{"ride-back_at": "09:30"}))
    assert (early.status_code, list(early.context["form"].errors)) == (422, ["ride-back_at"])
    assert client.post(PRACTICAL, each_week(street)).status_code == 302

    assert hours() == [(2, "09:00"), (2, "12:00")] * 3
    assert {slot.ends_at - slot.starts_at for slot in Slot.objects.all()} == {dt.timedelta(minutes=45)}
    assert all(slot.is_open(at=slot.starts_at - dt.timedelta(hours=1)) for slot in Slot.objects.all())


def test_both_ways_go_on_for_longer_together(client, ada, street):
    client.force_login(ada)
    client.post(PRACTICAL, each_week(street))
    help_request = HelpRequest.objects.get()
    there, back = help_request.series.order_by("pk")

    until = back.until + dt.timedelta(days=7)
    client.post(f"/series/{back.pk}/extend/", {"until": until})

    assert hours() == [(2, "09:00"), (2, "12:00")] * 4
    assert {series.until for series in help_request.series.all()} == {until}


@pytest.mark.parametrize(
    ("number", "scope", "left"),
    [
        (0, "one", ["12:00", "09:00", "12:00", "09:00", "12:00"]),
        (2, "later", ["09:00", "12:00"]),
        (3, "later", ["09:00", "12:00", "09:00"]),
        (5, "all", []),
    ],
)
def test_who_needs_no_way_there_needs_no_way_back(number, scope, left, client, ada, bo, street):
    client.force_login(ada)
    client.post(PRACTICAL, each_week(street))
    slots = list(Slot.objects.in_order())
    slots[5].claim(by=bo, at=now())
    url = f"/slots/{slots[number].pk}/cancel/"

    preview = client.post(url, {"scope": scope})
    assert (preview.status_code, "Bo" in preview.content.decode()) == (
        (302, False) if scope == "one" else (422, True)
    )
    client.post(url, {"scope": scope, "sure": "1"})

    stand = Slot.objects.filter(cancelled_at=None).in_order()
    assert [slot.starts_at.astimezone(street.zone).strftime("%H:%M") for slot in stand] == left


def test_a_draft_with_ways_back_is_taken_up_as_it_was_put_down(client, ada, street):
    client.force_login(ada)
    client.post(PRACTICAL, each_week(street, put_down="on"))
    help_request = HelpRequest.objects.get()

    form = client.get(f"/requests/{help_request.pk}/edit/").context["form"]

    assert (form["local_start"].value(), form["ride-back_at"].value()) == (dt.time(9), "12:00")
    assert hours() == [(2, "09:00"), (2, "12:00")] * 3


def test_two_adults_are_room_for_two(client, ada, street):
    client.force_login(ada)
    said = {"childcare-ages": "4", "childcare-two_adults": "on"}

    client.post(PRACTICAL, ask_fields(street, category="childcare", **said))

    assert Slot.objects.get().capacity == 2


def series(street, **typed):
    """The fields of a series on Mondays, with no end yet."""
    usual = {
        "timing": "series",
        "weekdays": ["1"],
        "starts_on": a_day(1),
        "local_start": "18:00",
        "minutes": "60",
    }
    return ask_fields(street, **usual | typed)


@pytest.mark.parametrize(
    ("typed", "days"),
    [({"count": "4"}, [7, 7, 7]), ({"count": "3", "repeats": "2"}, [14, 14]), ({"until": a_day(21)}, [7, 7])],
)
def test_a_pattern_by_weeks_ends_by_a_day_or_a_number(typed, days, client, ada, street):
    client.force_login(ada)

    client.post(PRACTICAL, series(street, **typed))

    dates = list(Slot.objects.order_by("original_date").values_list("original_date", flat=True))
    assert [(later - date).days for date, later in zip(dates, dates[1:], strict=False)] == days
    assert {date.isoweekday() for date in dates} == {1}


def test_days_left_out_are_left_out_and_a_month_has_one(client, ada, street):
    client.force_login(ada)
    client.post(PRACTICAL, series(street, count="3", repeats="month"))
    first, second, third = Slot.objects.order_by("original_date").values_list("original_date", flat=True)
    assert (second.month - first.month) % 12 in (1, 2)

    client.post(PRACTICAL, series(street, count="3", repeats="month", skips=second.isoformat()))

    assert HelpRequest.objects.count() == 2
    kept = (
        HelpRequest.objects.latest("pk")
        .slots.order_by("original_date")
        .values_list("original_date", flat=True)
    )
    assert list(kept) == [first, third]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "until"),
        ({"count": "0"}, "count"),
        ({"count": "9999"}, "count"),
        ({"count": "3", "weekdays": []}, "weekdays"),
        ({"count": "3", "skips": "tomorrow"}, "skips"),
        ({"count": "3", "repeats": "7"}, "repeats"),
        ({"count": "366", "repeats": "4"}, "count"),
    ],
)
def test_a_pattern_that_says_too_little_or_too_much_is_named(typed, field, client, ada, street):
    client.force_login(ada)

    response = client.post(PRACTICAL, series(street, **typed))

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_a_whole_day_is_from_midnight_to_midnight(client, ada, street):
    client.force_login(ada)

    client.post(
        PRACTICAL,
        ask_fields(street, category="pets", all_day="on", start="", end="", **{"pets-animals": "A cat"}),
    )

    slot = Slot.objects.get()
    local = slot.starts_at.astimezone(street.zone)
    assert (slot.all_day, local.isoformat()[:10], local.time()) == (True, a_day(), dt.time())
    assert slot.ends_at.astimezone(street.zone).time() == dt.time()


def test_a_night_ends_on_the_next_morning(client, ada, street):
    client.force_login(ada)

    client.post(PRACTICAL, ask_fields(street, category="other", start="22:00", end="06:30"))

    slot = Slot.objects.get()
    assert slot.ends_at - slot.starts_at == dt.timedelta(hours=8.5)


def test_a_draft_of_a_pattern_shows_it_again(client, ada, street):
    client.force_login(ada)
    client.post(PRACTICAL, series(street, count="3", repeats="2", put_down="1"))

    form = client.get(f"/requests/{HelpRequest.objects.get().pk}/edit/").context["form"]

    assert [str(form[name].value()) for name in ("count", "repeats", "minutes")] == ["3", "2", "60"]
