"""Whatever changed after a page of the panel was opened is shown before anything is done to it."""

import re

import pytest
from django.test import Client

from circles.models import Ring
from tests.cast import HOUR, ask_for_company, join, make_person, now
from tests.circles.pages import text
from tests.fuzz.forms import forms_of

from .conftest import page, verb
from .test_verbs import fresh
from .test_verbs import said as said_in_markup

pytestmark = pytest.mark.django_db
NOTHING_DONE = "Somebody changed this after you opened the page, so nothing was done yet."


def said(response):
    """What the page tells, without tags."""
    return [re.sub("<[^>]+>", "", words) for words in said_in_markup(response)]


def button(client, path, action):
    """The form to `action` as a page at `path` shows it, filled in."""
    return next(form for form in forms_of(client.get(path), path) if form.action == action).filled()


def chosen(client, path, action, *rows):
    """What a list sends when these rows are chosen."""
    sent = next(
        form for form in forms_of(client.get(path), path) if "_selected_action" in form.fields
    ).filled()
    return {**sent, "action": action, "_selected_action": [row.pk for row in rows]}


def test_what_was_promised_since_is_not_called_off_unseen(as_olga, ours, olga):
    there = verb("slot", ours.slot, "cancel")
    old = button(as_olga, there, there)
    join(ours.circle, kim := make_person("Kim"), by=olga)
    ours.slot.claim(by=kim, at=now())

    asked = as_olga.post(there, old)

    assert asked.status_code == 422 and NOTHING_DONE in text(asked)
    assert "Places: 2 of 2" in text(asked) and "Who is told: Bo , Kim" in text(asked)
    assert fresh(ours.slot).cancelled_at is None

    as_olga.post(there, button_of(asked, there))

    assert fresh(ours.slot).cancelled_at


def button_of(answer, action):
    """The form of an answer, filled in."""
    return next(form for form in forms_of(answer, action) if form.action == action).filled()


def test_how_many_was_changed_meanwhile_is_said_and_what_was_typed_stays(as_olga, ours, ada):
    there = verb("slot", ours.slot, "room")
    old = button(as_olga, there, there)
    ours.slot.resize(5, by=ada, at=now())

    asked = as_olga.post(there, {**old, "capacity": "3"})

    assert fresh(ours.slot).capacity == 5
    assert "Places: 1 of 5" in text(asked)
    assert asked.context["form"]["capacity"].value() == "3"


def test_a_time_that_moved_is_not_given_back_unseen(as_olga, ours, ada):
    there = verb("claim", ours.claim, "release")
    old = button(as_olga, there, there)
    later = {"starts_at": ours.slot.starts_at + HOUR, "ends_at": ours.slot.ends_at + HOUR}
    ours.slot.move(**later, by=ada, at=now())

    as_olga.post(there, old)

    assert fresh(ours.claim).is_live


def test_whom_another_keeper_placed_meanwhile_is_shown_where_they_stand_now(as_olga, ours, ada, olga):
    membership = ours.circle.memberships.get(person=ada)
    path = page("membership", "change", membership.pk)
    there = verb("membership", membership, "place-close")
    old = button(as_olga, path, there)
    membership.place(Ring.INNER, by=olga, at=now())

    asked = as_olga.post(there, old)

    assert fresh(membership).ring == Ring.INNER
    assert NOTHING_DONE in text(asked) and "Ring: Inner" in text(asked)


def test_whoever_comes_too_late_reads_how_it_stands(as_olga, ours, olga):
    there = verb("membership", ours.membership, "admit")
    old = button(as_olga, "/organize/", there)
    ours.membership.decline(by=olga, at=now())

    answer = as_olga.post(there, old)

    (words,) = said(answer)
    assert words.startswith("This has changed in the meantime; nothing was done. Declined")


def test_of_many_only_those_are_changed_that_are_as_they_stood_in_the_list(as_olga, ours, olga, ada, bo):
    both = [ours.circle.memberships.get(person=person) for person in (ada, bo)]
    sent = chosen(as_olga, page("membership"), "place-inner", *both)
    both[0].place(Ring.CLOSE, by=olga, at=now())

    answer = as_olga.post(page("membership"), sent)

    assert [fresh(one).ring for one in both] == [Ring.CLOSE, Ring.INNER]
    assert "This was changed after you opened the page, so nothing was done to it. Ring: Close" in " ".join(
        said(answer)
    )


def test_many_that_are_asked_about_first_are_as_they_stood_on_that_page(as_olga, ours, ada):
    asked = as_olga.post(page("claim"), {"action": "cancel", "_selected_action": [ours.claim.pk]})
    sure = button_of(asked, page("claim"))
    ours.claim.bring(bringing="A cake", note="", at=now())

    answer = as_olga.post(page("claim"), sure)

    assert fresh(ours.claim).is_live and "A cake" in " ".join(said(answer))


def test_an_account_that_changed_meanwhile_is_not_closed_unseen(ours, bo):
    robin, staff = make_person("Robin", is_staff=True, is_superuser=True), Client()
    staff.force_login(robin)
    sent = chosen(staff, "/admin/circles/person/", "deactivate", bo)
    bo.edit(at=now(), name="Bob")

    answer = staff.post("/admin/circles/person/", sent, follow=True)

    assert fresh(bo).is_active
    assert "Bob : This was changed after you opened the page" in text(answer)


def test_an_offer_that_became_a_promise_is_not_taken_back_unseen(as_olga, ours, ada, bo):
    offer = ask_for_company(ada, ours.circle).slots.get().claim(by=bo, at=now())
    there = verb("claim", offer, "cancel")
    old = button(as_olga, there, there)
    fresh(offer).accept(by=ada, at=now())

    assert as_olga.post(there, old).status_code == 422
    assert fresh(offer).is_live
