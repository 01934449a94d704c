"""Asking: which kind, what, when, who sees it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from circles.models import Person, Ring
from requests.models import HelpRequest
from supportnet.notices.models import Notice
from tests.cast import make_circle, now
from tests.circles.pages import errors, signed_in, text
from tests.requests.filled_in import a_day, ask_fields, several_days

pytestmark = pytest.mark.django_db
PRACTICAL = "/requests/new/instrumental/"
EMOTIONAL = "/requests/new/emotional/"
QUESTION = "/requests/new/informational/"


def asked():
    """The one request that there is."""
    return HelpRequest.objects.get()


def test_who_is_in_no_circle_is_led_to_one(client, mallory):
    client.force_login(mallory)

    response = client.get("/requests/new/")

    assert reverse("circle_new") in response.content.decode()
    assert client.get(PRACTICAL).url == "/requests/new/"


def test_one_chooses_a_kind_and_among_several_circles(client, ada, street):
    other = make_circle(ada, name="The choir")
    client.force_login(ada)

    page = client.get(f"/requests/new/?circle={other.pk}").content.decode()

    assert f"{PRACTICAL}?circle={other.pk}" in page
    assert f"{EMOTIONAL}?category=walk&amp;circle={other.pk}" in page


def test_a_practical_ask_is_open_and_offered_to_the_circle(client, ada, bo, street):
    client.force_login(ada)

    response = client.post(PRACTICAL, ask_fields(street, helpers="2"))

    help_request = asked()
    assert response.url == help_request.get_absolute_url()
    assert (help_request.state, help_request.waves.get().ring, help_request.doorstep) == ("open", 3, "leave")
    assert [slot.capacity for slot in help_request.slots.all()] == [2]
    assert signed_in(bo).get(f"/circles/{street.pk}/").context["needs"][0]["title"] == "Supper for four"
    assert client.get(response.url).status_code == 200


def test_the_wall_time_is_that_of_the_circle(client, ada, street):
    street.edit(by=ada, at=now(), time_zone="Asia/Tokyo")
    client.force_login(ada)

    page = text(client.get(PRACTICAL))
    client.post(PRACTICAL, ask_fields(street))

    slot = asked().slots.get()
    assert "Times are meant as clocks show them there: Asia/Tokyo." in page
    assert slot.starts_at.astimezone(ZoneInfo("Asia/Tokyo")).time() == dt.time(18)


def test_several_days_make_a_slot_each_and_the_diet_shows(client, ada, bo, street):
    client.force_login(ada)
    meal = {"meal-people": "4", "meal-diet": "No nuts", "meal-portions": "Small ones"}

    client.post(PRACTICAL, ask_fields(street, **several_days(), **meal))

    help_request = asked()
    assert help_request.details == {"people": 4, "diet": "No nuts", "portions": "Small ones"}
    assert {slot.starts_at.astimezone(street.zone).isoweekday() for slot in help_request.slots.all()} == {
        1,
        4,
    }
    slot = help_request.slots.first()
    for page in (help_request.get_absolute_url(), slot.get_absolute_url()):
        assert "Diet and allergies No nuts" in text(signed_in(bo).get(page))


def test_details_are_those_of_the_chosen_category_alone(client, ada, street):
    client.force_login(ada)

    client.post(PRACTICAL, ask_fields(street, category="groceries", **{"meal-people": "loads"}))

    assert asked().details == {}


def test_a_ride_says_where_to(client, ada, street):
    client.force_login(ada)

    response = client.post(PRACTICAL, ask_fields(street, category="ride"))

    assert list(errors(response)) == ["ride-to"]


def test_any_time_before_a_day_ends_as_that_day_begins(client, ada, street):
    client.force_login(ada)

    client.post(PRACTICAL, ask_fields(street, timing="before", before=a_day(5)))

    slot = asked().slots.get()
    assert slot.starts_at is None
    assert slot.ends_at.astimezone(street.zone).isoformat()[:16] == f"{a_day(5)}T00:00"


def test_what_the_timing_does_not_need_is_not_looked_at(client, ada, street):
    client.force_login(ada)

    client.post(
        PRACTICAL, ask_fields(street, timing="whenever", date="soon", start="x", minutes="-1", until="?")
    )

    slot = asked().slots.get()
    assert (slot.starts_at, slot.ends_at) == (None, None)


def test_as_many_as_like(client, ada, street):
    client.force_login(ada)

    client.post(PRACTICAL, ask_fields(street, no_limit="on", helpers=""))

    assert asked().slots.get().capacity is None


@pytest.mark.parametrize("number", ["0", "-1", "501", "99999999999999999999", "two", "1.5", ""])
def test_an_odd_number_of_helpers_is_spoken_about(client, ada, street, number):
    client.force_login(ada)

    response = client.post(PRACTICAL, ask_fields(street, helpers=number, would_help="Soup"))

    page = response.content.decode()
    assert (response.status_code, list(errors(response))) == (422, ["helpers"])
    assert "Soup</textarea>" in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_helpers_error"' in page
    assert not HelpRequest.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"category": "walk"}, "category"),
        ({"date": "2020-01-01"}, "date"),
        ({"date": a_day(-1)}, "date"),
        ({"date": "9999-12-31"}, "date"),
        ({"date": "0001-01-01"}, "date"),
        ({"date": "tomorrow"}, "date"),
        ({"end": "17:00"}, "end"),
        ({"end": "18:00"}, "end"),
        ({"timing": "before", "before": "9999-12-31"}, "before"),
        ({"timing": "before", "before": a_day(0)}, "before"),
        ({"timing": "never"}, "timing"),
        ({"timing": None}, "timing"),
        (several_days(weekdays=[]), "weekdays"),
        (several_days(weekdays=["8"]), "weekdays"),
        (several_days(until=a_day(0)), "until"),
        (several_days(starts_on=a_day(-30)), "starts_on"),
        (several_days(weekdays=list("1234567"), until=a_day(400)), "until"),
        (several_days(weekdays=["1"], starts_on="2026-12-01", until="2026-12-02"), "weekdays"),
        (several_days(minutes="0"), "minutes"),
        (several_days(minutes="99999999999"), "minutes"),
        ({"up_to": "4"}, "up_to"),
        ({"form_key": "mine"}, "form_key"),
        ({"importance": "very"}, "importance"),
        ({"meal-people": "-4"}, "meal-people"),
        ({"doorstep": "window"}, "doorstep"),
        ({"would_help": "nul\x00"}, "would_help"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(client, ada, street, typed, field):
    client.force_login(ada)

    response = client.post(PRACTICAL, ask_fields(street, **typed))

    assert (response.status_code, list(errors(response))) == (422, [field])
    assert not HelpRequest.objects.exists()


@pytest.mark.moment("2027-02-01T12:00Z")
@pytest.mark.parametrize(
    ("date", "start", "words"), [("2027-03-28", "01:30", "forward"), ("2027-10-31", "01:30", "back")]
)
def test_a_time_that_the_clock_change_takes_or_doubles_is_asked_about(
    client, ada, street, date, start, words
):
    client.force_login(ada)

    once = client.post(PRACTICAL, ask_fields(street, date=date, start=start, end="04:00"))
    several = several_days(weekdays=["7"], starts_on="2027-03-01", until="2027-11-30", local_start=start)
    series = client.post(PRACTICAL, ask_fields(street, **several))

    assert words in errors(once)["start"][0]
    assert "forward" in errors(series)["local_start"][0]


def test_a_double_click_is_one_request(client, ada, street):
    client.force_login(ada)
    fields = ask_fields(street)

    first, second = client.post(PRACTICAL, fields), client.post(PRACTICAL, fields)

    assert first.url == second.url
    assert HelpRequest.objects.count() == 1


def test_a_resent_form_leaves_what_was_promised_alone(client, ada, bo, street):
    client.force_login(ada)
    fields = ask_fields(street)
    client.post(PRACTICAL, fields)
    claim = asked().slots.get().claim(by=bo, at=now())

    client.post(PRACTICAL, {**fields, "title": "Something else"})

    claim.refresh_from_db()
    assert (asked().title, claim.is_accepted) == ("Supper for four", True)


def test_the_key_of_another_person_is_no_key_to_their_request(client, ada, bo, street):
    fields = ask_fields(street)
    signed_in(ada).post(PRACTICAL, fields)

    response = signed_in(bo).post(PRACTICAL, fields)

    assert response.status_code == 302
    assert sorted(request.asker.name for request in HelpRequest.objects.all()) == ["Ada", "Bo"]


def test_put_down_for_later_nobody_sees_or_hears_of_it(client, ada, bo, olga, street):
    client.force_login(ada)

    response = client.post(PRACTICAL, ask_fields(street, put_down="1"))

    assert "Not asked yet" in text(client.get(response.url))
    assert [signed_in(person).get(response.url).status_code for person in (bo, olga)] == [404, 404]
    assert not Notice.objects.filter(kind="wave_opened").exists()


def test_a_draft_is_taken_up_again_and_asked(client, ada, street):
    client.force_login(ada)
    client.post(PRACTICAL, ask_fields(street, put_down="1", **several_days(), **{"meal-people": "4"}))
    edit = reverse("request_edit", args=[asked().pk])

    page = client.get(edit).content.decode()
    client.post(edit, ask_fields(street, title="Supper for five", **{"meal-people": "5"}))

    assert 'value="17:30"' in page
    assert asked().state == "open"
    assert (asked().title, asked().details, asked().slots.count()) == ("Supper for five", {"people": 5}, 1)


def test_a_draft_whose_time_has_gone_by_is_not_asked(client, ada, street):
    help_request = HelpRequest.objects.draft(
        by=ada, circle=street, at=now(), kind="instrumental", category="meal", title="Supper"
    )
    past = now() - dt.timedelta(days=1)
    help_request.set_times(timing="once", starts_at=past, ends_at=past + dt.timedelta(hours=1), at=now())
    client.force_login(ada)

    response = client.post(reverse("request_publish", args=[help_request.pk]))

    assert response.url == reverse("request_edit", args=[help_request.pk])
    assert asked().state == "draft"


def test_an_older_tab_does_not_write_over_a_draft_before_it_is_said(client, ada, street):
    client.force_login(ada)
    put_down = {"put_down": "1"}
    page = client.post(PRACTICAL, ask_fields(street, title="First", **put_down)).url + "edit/"
    seen = client.get(page).context["form"]["version"].value()
    client.post(page, ask_fields(street, title="Second", version=seen, **put_down))

    older = client.post(page, ask_fields(street, title="Third", version=seen, **put_down))
    stood = asked().title
    client.post(
        page, ask_fields(street, title="Third", version=older.context["form"]["version"].value(), **put_down)
    )

    assert (older.status_code, stood, asked().title) == (422, "Second", "Third")
    assert "This draft was changed after you opened the page" in text(older)
    assert 'value="Third"' in older.text


def test_a_draft_is_published_or_thrown_away(client, ada, street):
    client.force_login(ada)
    client.post(PRACTICAL, ask_fields(street, put_down="1"))
    client.post(PRACTICAL, ask_fields(street, put_down="1", title="Another"))
    first, second = HelpRequest.objects.order_by("pk")

    client.post(reverse("request_publish", args=[first.pk]))
    client.post(reverse("request_discard", args=[second.pk]))
    client.post(reverse("request_discard", args=[first.pk]))

    assert [(request.title, request.state) for request in HelpRequest.objects.all()] == [
        ("Supper for four", "open")
    ]


def test_emotional_support_and_childcare_begin_with_the_nearest(client, ada, street):
    client.force_login(ada)
    emotional = ask_fields(street, category="walk", wanted="listen", timing="whenever", up_to="")

    page = client.get(EMOTIONAL)
    client.post(EMOTIONAL, emotional)
    client.post(
        PRACTICAL, ask_fields(street, category="childcare", up_to=None, **{"childcare-ages": "4 and 6"})
    )
    client.post(PRACTICAL, ask_fields(street, category="meal", up_to=None))

    rings = HelpRequest.objects.order_by("pk").values_list("waves__ring", flat=True)
    assert list(rings) == [Ring.INNER, Ring.INNER, Ring.EVERYONE]
    assert page.context["form"]["up_to"].initial == Ring.INNER


def test_the_crisis_box_stands_beside_emotional_support_before_and_after(client, ada, street):
    client.force_login(ada)

    before = client.get(EMOTIONAL)
    response = client.post(EMOTIONAL, ask_fields(street, category="call", wanted="listen", timing="whenever"))

    assert 'id="crisis-title"' in before.content.decode()
    assert 'id="crisis-title"' in client.get(response.url).content.decode()


def test_a_question_needs_no_date(client, ada, street):
    client.force_login(ada)
    fields = {
        name: value
        for name, value in ask_fields(street).items()
        if name not in ("timing", "date", "start", "end")
    }

    client.post(QUESTION, {**fields, "category": "question", "tags": "care home"})

    help_request = asked()
    assert (help_request.state, help_request.slots.count(), help_request.tags) == ("open", 0, "care home")
    assert 'name="timing"' not in client.get(QUESTION).content.decode()


def test_the_place_comes_from_the_profile(client, ada, street):
    Person.objects.filter(pk=ada.pk).update(address="12 Lime Street", area="Old town")
    client.force_login(ada)

    page = client.get(PRACTICAL).content.decode()

    assert 'value="12 Lime Street"' in page
    assert "Shown only to the people who come, until a day afterwards." in page


def test_what_only_the_house_may_set_is_ignored(client, ada, bo, street):
    client.force_login(ada)
    forged = {
        "asker": bo.pk,
        "posted_by": bo.pk,
        "kind": "emotional",
        "taken": "1",
        "published_at": "2020-01-01",
    }

    client.post(PRACTICAL, ask_fields(street, **forged))

    assert (asked().asker, asked().posted_by, asked().kind) == (ada, ada, "instrumental")
    assert asked().published_at.year > 2020


def test_one_asks_only_in_circles_of_ones_own_that_are_in_use(client, ada, street, elsewhere):
    street.archived_at = now()
    street.save()
    make_circle(ada, name="The choir")
    client.force_login(ada)

    for circle in (street, elsewhere):
        response = client.post(PRACTICAL, ask_fields(circle))
        assert (response.status_code, list(errors(response))) == (422, ["circle"])
    assert not HelpRequest.objects.exists()


def test_a_draft_in_a_circle_that_was_put_away_is_not_asked(client, ada, street):
    client.force_login(ada)
    client.post(PRACTICAL, ask_fields(street, put_down="1"))
    street.archived_at = now()
    street.save()

    response = client.post(reverse("request_publish", args=[asked().pk]), follow=True)

    assert asked().state == "draft"
    assert "be asked any more" in response.content.decode()


def test_who_has_not_shown_that_the_address_is_theirs_is_told_how(client, ada, street):
    Person.objects.filter(pk=ada.pk).update(verified_at=None)
    client.force_login(ada)

    assert client.get(PRACTICAL).status_code == 403
    assert client.post(PRACTICAL, ask_fields(street)).status_code == 403


def test_other_kinds_are_not_found(client, ada, street):
    client.force_login(ada)

    assert client.get("/requests/new/magic/").status_code == 404
