"""Calendars of a request, of a circle, and mine: who sees what on which day."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from circles.models import Block, Person, Ring
from requests.models import Slot
from requests.pages.calendar import MOST_IN_A_DAY, Calendar
from requests.pages.calendar_queries import planned
from requests.pages.months import Month
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, join, make_person, now
from tests.circles.pages import markup, signed_in, text

pytestmark = pytest.mark.django_db
LISBON, AUCKLAND, HONOLULU = (
    ZoneInfo(name) for name in ("Europe/Lisbon", "Pacific/Auckland", "Pacific/Honolulu")
)
NEXT = Month.of((now() + 40 * DAY).date())


def on(day, hour=18, minute=0, zone=LISBON):
    """The UTC moment of this wall time on that day of the month after next."""
    return dt.datetime.combine(NEXT.first.replace(day=day), dt.time(hour, minute), tzinfo=zone).astimezone(
        dt.UTC
    )


def midnight(day, zone=LISBON):
    return on(day, hour=0, zone=zone)


def at_time(help_request, starts_at, ends_at, **fields):
    """One more slot of a published request, as the verbs would have made it."""
    slot = help_request.add_slot(by=help_request.asker, at=now(), starts_at=starts_at, ends_at=ends_at)
    Slot.objects.filter(pk=slot.pk).update(**fields)
    return Slot.objects.get(pk=slot.pk)


@pytest.fixture
def asked(ada, street):
    """Ada's request without any time yet in the month that the tests look at."""
    help_request = draft(ada, street, title="Supper for four")
    help_request.set_times(timing="none", at=now())
    help_request.publish(by=ada, at=now())
    return help_request


def seen_by(person, month=NEXT, **whose):
    """{day of the month: [(state, title, time of day)]} as `person` sees the month."""
    calendar = Calendar(person, month, at=now(), **whose)
    return {
        int(day["number"]): [(time["state"], time["title"], time["clock"]) for time in day["times"]]
        for week in calendar.weeks()
        for day in week
        if day and day["times"]
    }


def page_of(person, url, **query):
    return signed_in(person).get(url, {"month": NEXT.key, **query})


def calendar_of(thing):
    name = "circle_calendar" if hasattr(thing, "kind") and hasattr(thing, "join_rule") else "request_calendar"
    return reverse(name, args=[thing.pk])


# Days


def test_a_time_stands_on_its_day_in_the_readers_own_zone(asked, bo, street):
    at_time(asked, on(10, 23, 30), on(10, 23, 59))

    assert seen_by(bo, circle=street.pk) == {10: [("open", "Supper for four", "23:30")]}

    Person.objects.filter(pk=bo.pk).update(time_zone="Europe/Berlin")
    bo.refresh_from_db()

    assert seen_by(bo, circle=street.pk) == {11: [("open", "Supper for four", "0:30")]}


def test_what_lasts_overnight_stands_on_both_days_and_what_ends_at_midnight_on_one(asked, bo, street):
    at_time(asked, on(10, 21), on(11, 7))
    at_time(asked, on(20, 21), midnight(21))

    assert seen_by(bo, circle=street.pk) == {
        10: [("open", "Supper for four", "21:00")],
        11: [("open", "Supper for four", "until 7:00")],
        20: [("open", "Supper for four", "21:00")],
    }


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Kolkata"])
def test_all_day_is_that_date_whoever_looks_from_wherever(zone, asked, bo, street):
    at_time(asked, midnight(10), midnight(11), all_day=True)
    at_time(asked, midnight(1), midnight(2), all_day=True)
    last = NEXT.last.day
    at_time(asked, midnight(last), midnight(last) + DAY, all_day=True)
    Person.objects.filter(pk=bo.pk).update(time_zone=zone)
    bo.refresh_from_db()

    expected = {day: [("open", "Supper for four", "All day")] for day in (1, 10, last)}
    assert seen_by(bo, circle=street.pk) == expected
    assert seen_by(bo, help_request=asked.pk) == expected
    assert seen_by(bo, NEXT.previous, circle=street.pk) == seen_by(bo, NEXT.following, circle=street.pk) == {}


def test_any_time_before_stands_on_its_last_day_and_whenever_suits_beneath(asked, bo, street):
    at_time(asked, None, midnight(12))
    at_time(asked, None, None)
    calendar = Calendar(bo, NEXT, at=now(), circle=street.pk)

    [day] = calendar.days()

    assert (day["number"], day["times"][0]["clock"].split()[:3]) == ("11", ["Any", "time", "before"])
    assert seen_by(bo, circle=street.pk) == {11: [("open", "Supper for four", "By this day")]}
    assert [time["words"] for time in calendar.whenever()] == ["Still open"]
    assert "Whenever suits" in text(page_of(bo, calendar_of(street)))


def test_both_sides_of_a_clock_change_keep_their_hour(asked, bo, street):
    october = Month(2030, 10)
    for day in (26, 27, 28):
        starts_at = dt.datetime(2030, 10, day, 18, tzinfo=LISBON).astimezone(dt.UTC)
        at_time(asked, starts_at, starts_at + HOUR)

    assert seen_by(bo, october, circle=street.pk) == {
        day: [("open", "Supper for four", "18:00")] for day in (26, 27, 28)
    }


def test_weeks_begin_as_the_language_has_it():
    from django.utils import translation

    from requests.pages.months import weekdays

    first = {}
    for language in ("en", "de", "es", "ar"):
        with translation.override(language):
            first[language] = weekdays()[0][1]

    assert first == {"en": "Monday", "de": "Montag", "es": "lunes", "ar": "الأحد"}


# What one sees


def test_open_mine_full_and_past_are_words_and_states(asked, ada, bo, olga, street):
    at_time(asked, on(3), on(3, 19))
    at_time(asked, on(4), on(4, 19)).claim(by=bo, at=now(), bringing="Lentil soup")
    at_time(asked, on(5), on(5, 19)).claim(by=olga, at=now(), bringing="Bread")
    at_time(asked, on(6), on(6, 19)).cancel(by=ada, at=now())

    assert {day: times[0][0] for day, times in seen_by(bo, circle=street.pk).items()} == {
        3: "open",
        4: "mine",
        5: "taken",
    }
    for view in ("list", "month", ""):
        page = page_of(bo, calendar_of(asked), view=view)
        assert [word in text(page) for word in ("Still open", "Yours", "Taken", "Olga: Bread")] == [True] * 4
        assert {'data-state="open"', 'data-state="mine"', 'data-state="taken"'} <= set(
            re.findall(r'data-state="\w+"', page.text)
        )


def test_links_lead_to_where_one_acts(asked, ada, bo, street):
    free = at_time(asked, on(3), on(3, 19))
    mine = at_time(asked, on(4), on(4, 19)).claim(by=bo, at=now())

    page = page_of(bo, calendar_of(street)).text

    assert f'href="{free.get_absolute_url()}"' in page
    assert f'href="{mine.get_absolute_url()}"' in page
    theirs = page_of(ada, calendar_of(street)).text
    assert free.get_absolute_url() not in theirs
    assert f'href="{asked.get_absolute_url()}#slot-{free.pk}"' in theirs


def test_whom_the_keepers_exclude_sees_every_place_as_taken(asked, bo, olga, street):
    at_time(asked, on(3), on(3, 19))
    street.memberships.filter(person=bo).update(excluded_at=now())

    assert seen_by(bo, circle=street.pk) == {3: [("taken", "Supper for four", "18:00")]}
    page = page_of(bo, calendar_of(asked))
    assert ("Still open" in text(page), 'name="slots"' in page.text) == (False, False)


def test_the_calendar_shows_what_the_rule_shows_and_nothing_else(ada, bo, olga, street, mallory, elsewhere):
    inner = ask(ada, street, title="For the nearest", up_to=Ring.INNER)
    shown = ask(ada, street, title="For all")
    hidden = draft(ada, street, title="Not asked")
    hidden.set_times(timing="once", starts_at=on(3), ends_at=on(4), at=now())
    for help_request in (inner, shown):
        at_time(help_request, on(3), on(3, 19))

    def titles(person, **whose):
        return {title for times in seen_by(person, **whose).values() for _, title, _ in times}

    assert titles(bo, circle=street.pk) == {"For all"}
    assert titles(olga, circle=street.pk) == {"For all", "For the nearest"}
    assert titles(ada) == {"For all", "For the nearest"}
    assert titles(ada, help_request=hidden.pk) == {"Not asked"}
    assert titles(mallory, circle=street.pk) == titles(mallory, help_request=shown.pk) == set()
    assert page_of(mallory, calendar_of(street)).status_code == 404
    assert page_of(mallory, calendar_of(shown)).status_code == 404
    assert page_of(bo, calendar_of(inner)).status_code == 404
    Block.objects.make(by=ada, whom=bo, at=now())
    assert titles(bo, circle=street.pk) == set()


def test_my_calendar_holds_what_i_promised_and_what_i_ask(asked, ada, bo, olga, street):
    at_time(asked, on(3), on(3, 19)).claim(by=bo, at=now())
    at_time(asked, on(4), on(4, 19)).claim(by=olga, at=now()).release(by=olga, at=now())
    ride = ask(bo, street, title="A lift")
    at_time(ride, on(5), on(5, 19))

    assert seen_by(bo) == {
        3: [("mine", "Supper for four", "18:00")],
        5: [("open", "A lift", "18:00")],
    }
    assert seen_by(olga) == {}
    page = text(page_of(bo, reverse("my_calendar")))
    assert "You ask : Still open" in page or "You ask: Still open" in page


def test_who_is_there_for_somebody_is_not_listed_to_others(ada, bo, olga, street):
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    walk = ask_for_company(ada, street, up_to=Ring.EVERYONE)
    slot = at_time(walk, on(3), on(3, 19))
    slot.claim(by=bo, at=now(), bringing="Tea").accept(by=ada, at=now())

    for url in (calendar_of(walk), calendar_of(street)):
        for view in ("list", "month"):
            words = {person.name: text(page_of(person, url, view=view)) for person in (ada, olga, cleo)}
            assert {name: "Bo" in page for name, page in words.items()} == {
                "Ada": True,
                "Olga": True,
                "Cleo": False,
            }
            assert "Tea" not in words["Cleo"]


def test_who_asks_quietly_is_not_named(ada, bo, street):
    company = ask(
        ada, street, title="Company", category="company", quietly=True, address="12 Lime Street", phone="0101"
    )
    at_time(company, on(3), on(3, 19))

    for url in (calendar_of(company), calendar_of(street)):
        page = text(page_of(bo, url, view="list"))
        assert [word in page for word in ("Ada", "Lime", "0101")] == [False] * 3


def test_two_who_do_not_see_each_other_have_no_names_for_each_other(asked, ada, bo, olga, street):
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    slot = at_time(asked, on(3), on(3, 19))
    slot.claim(by=cleo, at=now(), bringing="Bread")
    Block.objects.make(by=cleo, whom=bo, at=now())

    page = text(page_of(bo, calendar_of(asked), view="list"))

    assert "No more help needed" in page
    assert [word in page for word in ("Cleo", "Bread", "Somebody")] == [False] * 3
    assert "Cleo: Bread" in text(page_of(olga, calendar_of(asked), view="list"))


# The page


def test_a_month_that_is_none_is_this_month(bo, street):
    client = signed_in(bo)
    this = Month.of(now().astimezone(bo.zone).date())

    for word in ("", "2026-13", "x", "0000-00", "9999-12", "2026-1", "٢٠٢٦-٠١", "2026-12-01", "' OR 1"):
        for url in (calendar_of(street), reverse("my_calendar")):
            assert client.get(url, {"month": word}).context["month"] == this
    assert (
        client.get(calendar_of(street), {"view": "x", "from": "99", "month": "2031-02"}).context["view"] == ""
    )


def test_months_lead_to_their_neighbours_and_end_somewhere(bo, street):
    client, url = signed_in(bo), calendar_of(street)

    page = markup(client.get(url, {"month": "2026-12", "view": "list"}))

    assert 'rel="prev" href="?month=2026-11&amp;view=list"' in page
    assert 'rel="next" href="?month=2027-01&amp;view=list"' in page
    assert 'rel="prev"' not in client.get(url, {"month": "2000-01"}).text
    assert 'rel="next"' not in client.get(url, {"month": "2099-12"}).text


def test_the_month_is_a_table_with_a_caption_and_heads_and_today_is_marked(supper, bo, street):
    page = signed_in(bo).get(calendar_of(street)).text

    today = now().astimezone(bo.zone).date()
    assert page.count('<th scope="col">') == 7
    assert f"<caption>{Month.of(today)}</caption>" in page
    assert re.search(rf'<td aria-current="date"[^>]*><time class="month__day" datetime="{today}"', page)
    for view in ("month", "list"):
        assert f"?month={Month.of(today).key}&amp;view={view}" in page


def test_what_was_earlier_this_month_waits_behind_a_press(ada, bo, street):
    supper = ask(ada, street, title="Tomorrow", in_days=1)
    calendar_url = calendar_of(street)
    month = Month.of(supper.slots.get().starts_at.astimezone(bo.zone).date())
    first = dt.datetime.combine(month.first, dt.time(12), tzinfo=LISBON)
    slot = at_time(supper, now() + 2 * DAY, now() + 3 * DAY)
    Slot.objects.filter(pk=slot.pk).update(starts_at=first, ends_at=first + HOUR)

    context = signed_in(bo).get(calendar_url, {"month": month.key, "view": "list"}).context

    behind = [day["number"] for day in context["earlier"]]
    assert behind == (["1"] if first.date() < now().astimezone(LISBON).date() else [])


def test_a_full_day_shows_a_few_and_leads_to_the_rest(asked, bo, street):
    for number in range(MOST_IN_A_DAY + 3):
        at_time(asked, on(10, number), on(10, number, 30))
    mine = at_time(asked, on(10, 22), on(10, 23)).claim(by=bo, at=now())

    page = page_of(bo, calendar_of(street), view="month")
    rest = page_of(bo, calendar_of(street), view="list", **{"from": "10"})

    assert page.text.count('class="month__time"') == MOST_IN_A_DAY - 1
    assert mine.get_absolute_url() in page.text
    assert f"?month={NEXT.key}&amp;view=list&amp;from=10" in page.text
    assert len(rest.context["days"][0]["times"]) == MOST_IN_A_DAY + 4


def test_looking_needs_no_more_than_looking(asked, bo, street):
    client = signed_in(bo)

    for url in (calendar_of(asked), calendar_of(street), reverse("my_calendar")):
        assert client.post(url).status_code == 405
        assert client.head(url).status_code == 200


def many(asked, number, helper):
    """So many slots in the month, some of them taken."""
    slots = [
        Slot(
            help_request=asked,
            starts_at=on(1 + count % 28, count % 23),
            ends_at=on(1 + count % 28, count % 23, 30),
            open_until=on(1 + count % 28, count % 23),
            capacity=2,
        )
        for count in range(number)
    ]
    for slot in Slot.objects.bulk_create(slots)[::50]:
        slot.claim(by=helper, at=now(), even_if_clashing=True)


@pytest.mark.parametrize("view", ["", "month", "list"])
@pytest.mark.parametrize("reader", ["ada", "bo", "olga"])
@pytest.mark.parametrize("number", [1, 500])
def test_calendars_make_six_queries_whatever_stands_in_them(
    number, reader, view, asked, ada, bo, olga, street, django_assert_max_num_queries
):
    many(asked, number, bo)
    client = signed_in({"ada": ada, "bo": bo, "olga": olga}[reader])

    for url in (calendar_of(asked), calendar_of(street), reverse("my_calendar")):
        with django_assert_max_num_queries(6):
            response = client.get(url, {"month": NEXT.key, "view": view})
        assert response.status_code == 200


def test_a_very_long_month_goes_on_elsewhere(asked, bo, street):
    many(asked, 500, bo)

    page = page_of(bo, calendar_of(street), view="list")
    goes_on = page.context["ends_on"]
    rest = page_of(bo, calendar_of(street), view="list", **{"from": str(goes_on.day)})

    assert f"from={goes_on.day}" in page.text
    assert rest.context["days"][0]["iso"] == goes_on.isoformat()
    assert page.context["days"][-1]["iso"] < goes_on.isoformat()


def test_what_does_not_fit_is_what_comes_last_also_where_times_are_the_same(asked, ada, bo, street):
    others = [draft(ada, street, title=f"Supper {number}") for number in range(3)]
    for other in others:
        other.set_times(timing="none", at=now())
        other.publish(by=ada, at=now())
    for number, one in enumerate((others[1], asked, others[0], others[2], asked, others[1]), start=2):
        at_time(one, on(3), on(3, 20), capacity=number)
        at_time(one, on(2), on(2, 19), capacity=number)
    days = {"since": midnight(1), "until": midnight(9), "at": now(), "circle": street.pk}

    everything = planned(bo, **days)

    assert len(everything) == 12
    for most in range(1, 13):
        assert planned(bo, **days, most=most) == everything[:most]
