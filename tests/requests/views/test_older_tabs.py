"""What somebody saved meanwhile is not undone by an older tab, and "Saved" is only said of what was saved."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from circles.models import JournalEntry
from requests.models import Slot
from tests.cast import DAY, HOUR, ask_for_company, draft, now
from tests.circles.pages import errors, signed_in, text
from tests.fuzz.forms import forms_of

pytestmark = pytest.mark.django_db
LISBON = ZoneInfo("Europe/Lisbon")


def page_of(person, path):
    """The form of a page as somebody has it before them, to be changed and sent; and whoever sends it."""
    client = signed_in(person)
    form = next(
        one for one in forms_of(client.get(path), path) if one.action == path and "seen" in one.fields
    )
    return client, form.filled()


def hour(slot):
    slot.refresh_from_db()
    return slot.starts_at.astimezone(LISBON).strftime("%H:%M")


def an_hour_later(slot):
    return {"starts_at": slot.starts_at + HOUR, "ends_at": slot.ends_at + HOUR}


def test_a_time_that_was_moved_meanwhile_is_not_moved_back(ada, olga, slot):
    path = f"/slots/{slot.pk}/edit/"
    client, old = page_of(ada, path)
    slot.move(**an_hour_later(slot), by=olga, at=now())
    moved = hour(slot)

    answer = client.post(path, {**old, "helpers": "3"})

    assert hour(slot) == moved and slot.capacity == 1
    assert "Somebody changed this after you opened the page" in text(answer)
    assert answer.context["form"]["start"].value() == moved
    assert answer.context["form"]["helpers"].value() == "3"


def test_after_a_look_it_is_saved_as_it_was_seen(ada, olga, slot):
    path = f"/slots/{slot.pk}/edit/"
    client, old = page_of(ada, path)
    slot.move(**an_hour_later(slot), by=olga, at=now())
    moved = hour(slot)

    answer = client.post(path, {**old, "helpers": "3"})
    again = next(form for form in forms_of(answer, path) if form.action == path).filled()
    client.post(path, again)

    assert (hour(slot), slot.capacity) == (moved, 3)


def test_what_both_changed_is_shown_beside_the_field_and_asked_about(ada, olga, slot):
    path = f"/slots/{slot.pk}/edit/"
    client, old = page_of(ada, path)
    slot.resize(4, by=olga, at=now())

    answer = client.post(path, {**old, "helpers": "3"})

    slot.refresh_from_db()
    assert slot.capacity == 4
    assert errors(answer)["helpers"] == ["Somebody changed this meanwhile. It now says: 4"]
    assert answer.context["form"]["helpers"].value() == "3"


def test_what_both_changed_alike_is_no_quarrel(ada, olga, slot):
    path = f"/slots/{slot.pk}/edit/"
    client, old = page_of(ada, path)
    slot.resize(3, by=olga, at=now())

    assert "helpers" not in errors(client.post(path, {**old, "helpers": "3"}))


def test_a_line_that_was_not_touched_is_not_asked_about_and_loses_nothing(olga, street):
    path = f"{street.get_absolute_url()}edit/"
    client, old = page_of(olga, path)
    street.edit(by=olga, at=now(), description="For all\nof us", area="Old town")

    answer = client.post(path, {**old, "area": "New town"})
    again = next(form for form in forms_of(answer, path) if form.action == path).filled()
    client.post(path, again)

    street.refresh_from_db()
    assert (street.description, street.area) == ("For all\nof us", "New town")
    assert list(errors(answer)) == ["area", "__all__"]


def test_my_own_page_in_a_second_tab(ada):
    client, old = page_of(ada, "/me/")
    ada.edit(at=now(), phone="+351 21 555 0101", remind_two_hours=not ada.remind_two_hours)
    kept = ada.remind_two_hours

    answer = client.post("/me/", {**old, "area": "Old town"})
    client.post("/me/", next(form for form in forms_of(answer, "/me/") if "seen" in form.fields).filled())

    ada.refresh_from_db()
    assert (ada.phone, ada.area, ada.remind_two_hours) == ("+351 21 555 0101", "Old town", kept)


@pytest.fixture
def suppers(ada, street):
    """At 18:00 on the next four Mondays after this one."""
    help_request = draft(ada, street)
    monday = now().date() + dt.timedelta(days=7 - now().weekday())
    pattern = {"weekdays": [1], "starts_on": monday, "until": monday + 21 * DAY}
    help_request.set_times(timing="series", **pattern, local_start=dt.time(18), minutes=60, at=now())
    help_request.publish(by=ada, at=now())
    return list(Slot.objects.order_by("original_date"))


MEANT = {"one": [1], "later": [1, 2, 3], "all": [0, 1, 2, 3]}
CHANGED = {
    "helpers": ({"helpers": "3"}, lambda slot: slot.capacity == 3),
    "no limit": ({"no_limit": "on"}, lambda slot: slot.capacity is None),
    "start": ({"start": "17:30"}, lambda slot: hour(slot) == "17:30"),
    "end": ({"end": "20:00"}, lambda slot: slot.ends_at - slot.starts_at == 2 * HOUR),
    "both": (
        {"start": "17:00", "end": "18:00", "helpers": "2"},
        lambda slot: (hour(slot), slot.capacity) == ("17:00", 2),
    ),
    "all day": ({"all_day": "on"}, lambda slot: slot.all_day and slot.ends_at - slot.starts_at == DAY),
}


@pytest.mark.parametrize("scope", MEANT)
@pytest.mark.parametrize("what", CHANGED)
def test_saved_is_said_of_what_was_saved(ada, suppers, scope, what):
    path = f"/slots/{suppers[1].pk}/edit/"
    client, form = page_of(ada, path)
    said, is_so = CHANGED[what]

    answer = client.post(path, {**form, **said, "scope": scope})

    assert answer.status_code == 302
    changed = [number for number, slot in enumerate(Slot.objects.order_by("original_date")) if is_so(slot)]
    assert changed == MEANT[scope]


@pytest.mark.parametrize("scope", ["later", "all"])
@pytest.mark.parametrize(
    "said", [{"date": "2027-03-01"}, {"timing": "whenever"}, {"timing": "before", "before": "2027-03-01"}]
)
def test_what_can_not_be_done_to_many_is_refused_in_words(ada, suppers, scope, said):
    path = f"/slots/{suppers[1].pk}/edit/"
    client, form = page_of(ada, path)

    answer = client.post(path, {**form, **said, "scope": scope})

    assert answer.status_code == 422 and errors(answer)["scope"]


def test_room_for_fewer_than_come_at_one_of_many_names_the_time_and_changes_nothing(ada, bo, olga, suppers):
    suppers[2].resize(2, by=ada, at=now())
    for helper in (bo, olga):
        suppers[2].claim(by=helper, at=now())
    suppers[1].resize(4, by=ada, at=now())
    path = f"/slots/{suppers[1].pk}/edit/"
    client, form = page_of(ada, path)

    answer = client.post(path, {**form, "helpers": "1", "start": "17:00", "scope": "all", "sure": "1"})

    when = suppers[2].starts_at.astimezone(LISBON).day
    assert [str(when) in words for words in errors(answer)["helpers"]] == [True]
    assert [slot.capacity for slot in Slot.objects.order_by("original_date")] == [1, 4, 2, 1]
    assert {hour(slot) for slot in suppers} == {"18:00"}


# Pressed on a time that moved -----------------------------------------------------------------------------------

MOVED = "The time was changed after you opened the page"


def button(person, page, action):
    """A form of the page as somebody has it before them, and whoever presses it."""
    client = signed_in(person)
    return client, next(form for form in forms_of(client.get(page), page) if form.action == action).filled()


def test_a_time_that_moved_is_not_promised_unseen(bo, ada, slot):
    claim = f"/slots/{slot.pk}/claim/"
    client, old = button(bo, f"/requests/{slot.help_request_id}/", claim)
    slot.move(**an_hour_later(slot), by=ada, at=now())

    asked = client.post(claim, old)

    assert not slot.claims.exists()
    assert MOVED in text(asked) and asked.status_code == 422

    client.post(claim, next(form for form in forms_of(asked, claim) if form.action == claim).filled())

    assert slot.claims.live().count() == 1


def test_with_htmx_they_are_led_to_the_time_as_it_stands(bo, ada, slot):
    claim = f"/slots/{slot.pk}/claim/"
    client, old = button(bo, f"/requests/{slot.help_request_id}/", claim)
    slot.move(**an_hour_later(slot), by=ada, at=now())

    answer = client.post(claim, old, headers={"hx-request": "true"})

    assert answer["HX-Redirect"] == claim
    assert MOVED in text(client.get(claim))


def test_what_moved_and_moved_back_was_moved_all_the_same(bo, ada, slot):
    claim, was = f"/slots/{slot.pk}/claim/", {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    client, old = button(bo, f"/requests/{slot.help_request_id}/", claim)
    slot.move(**an_hour_later(slot), by=ada, at=now())
    slot.move(**was, by=ada, at=now())

    client.post(claim, old)

    assert not slot.claims.exists()


def test_an_offer_for_a_time_that_moved_is_not_said_yes_to_unseen(street, ada, bo, olga):
    walk = ask_for_company(ada, street)
    slot = walk.slots.get()
    slot.move(starts_at=now() + DAY, ends_at=now() + DAY + HOUR, by=ada, at=now())
    offer = slot.claim(by=bo, at=now())
    accept = f"/claims/{offer.pk}/accept/"
    client, old = button(ada, f"/requests/{walk.pk}/", accept)
    slot.move(**an_hour_later(slot), by=olga, at=now())

    client.post(accept, old)

    offer.refresh_from_db()
    assert offer.accepted_at is None
    assert MOVED in text(client.get(f"/requests/{walk.pk}/"))


def test_of_several_only_those_are_promised_that_are_as_they_were_seen(ada, bo, suppers):
    help_request = suppers[0].help_request
    path = f"/requests/{help_request.pk}/claims/"
    client = signed_in(bo)
    look = client.post(path, {"slots": [slot.pk for slot in suppers[:2]]})
    ready = next(form for form in forms_of(look, path) if form.action == path).filled()
    suppers[0].move(**an_hour_later(suppers[0]), by=ada, at=now())

    answer = client.post(path, ready, follow=True)

    assert [slot.claims.live().count() for slot in suppers[:2]] == [0, 1]
    assert MOVED in text(answer)


def test_nobody_is_signed_up_for_another_time_than_the_keeper_saw(olga, ada, bo, slot):
    path = f"/slots/{slot.pk}/sign-up/"
    client, old = button(olga, path, path)
    slot.move(**an_hour_later(slot), by=ada, at=now())

    answer = client.post(path, {**old, "person": bo.pk})

    assert not slot.claims.exists()
    assert MOVED in text(answer)


def test_the_journal_keeps_the_time_and_the_room_before_and_after(olga, ada, slot):
    was = slot.starts_at
    slot.move(**an_hour_later(slot), by=ada, at=now())
    slot.resize(3, by=ada, at=now())

    moved, resized = JournalEntry.objects.about(slot).filter(verb__in=["moved", "resized"]).order_by("pk")
    assert moved.details["old_starts_at"] == was.isoformat()
    assert moved.details["new_starts_at"] == (was + HOUR).isoformat()
    assert resized.details == {"old": 1, "new": 3}
    page = text(signed_in(olga).get(f"/organize/requests/slot/{slot.pk}/history/"))
    assert "resized: 1 → 3" in page and "10:30 to 11:30 → Friday 15 January, 11:30 to 12:30" in page


# One more time --------------------------------------------------------------------------------------------------


@pytest.fixture
def one_more(ada, supper):
    """The page on which Ada asks for one more time, filled in."""
    path = f"/requests/{supper.pk}/times/"
    day = (now() + 5 * DAY).date().isoformat()
    typed = {"timing": "once", "date": day, "start": "18:00", "end": "19:00", "helpers": "2"}
    return lambda **said: signed_in(ada).post(path, {**typed, **said})


def test_one_more_time_pressed_twice_is_one_more_time(one_more, supper):
    before = supper.slots.count()

    for _ in range(2):
        one_more()

    assert supper.slots.count() == before + 1


def test_the_same_time_for_others_or_after_it_is_taken_is_another_one(one_more, supper, bo):
    before = supper.slots.count()
    one_more()
    one_more(helpers="3")
    one_more(helpers="1")
    supper.slots.order_by("pk").last().claim(by=bo, at=now())
    one_more(helpers="1")

    assert supper.slots.count() == before + 4


def test_a_whole_day_is_saved_as_a_whole_day(one_more, supper):
    one_more(all_day="on")

    slot = supper.slots.order_by("pk").last()
    assert slot.all_day and slot.ends_at - slot.starts_at == DAY


def test_as_many_as_like_are_saved_as_many_as_like(one_more, supper):
    one_more(no_limit="on")

    assert supper.slots.order_by("pk").last().capacity is None


def test_what_is_asked_again_is_asked_as_its_page_was_filled_in(ada, supper):
    supper.slots.get().cancel(by=ada, at=now())
    supper.refresh_from_db()
    supper.close(by=ada, at=now())
    path, client = f"/requests/{supper.pk}/reopen/", signed_in(ada)
    form = next(one for one in forms_of(client.get(path), path) if one.action == path).filled()
    day = (now() + 5 * DAY).date().isoformat()

    client.post(path, {**form, "timing": "once", "date": day, "all_day": "on", "helpers": "3"})

    slot = supper.slots.order_by("pk").last()
    assert (slot.all_day, slot.capacity) == (True, 3)
