"""Everything on the panel is done by the models' verbs, and what stands in the way is said in plain words."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client

from circles.models import JournalEntry, Person, Ring
from requests.models import Slot
from supportnet.notices.models import Heartbeat, Notice
from tests.cast import DAY, HOUR, ask, draft, join, make_circle, make_person, now
from tests.circles.pages import markup

from .conftest import page, verb


def said(response):
    """What the page tells."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def fresh(obj):
    """The row as it is now."""
    obj.refresh_from_db()
    return obj


def test_a_keeper_lets_somebody_in(as_olga, ours, olga):
    as_olga.post(verb("membership", ours.membership, "admit"))

    assert fresh(ours.membership).is_current
    assert JournalEntry.objects.about(ours.membership).last().actor == olga
    assert Notice.objects.filter(kind="join_accepted", reader=ours.membership.person).count() == 1


def test_letting_in_from_today_leads_back_to_today(as_olga, ours):
    response = as_olga.post(verb("membership", ours.membership, "admit"), {"from": "today"})

    assert response["Location"] == "/organize/"


def test_looking_at_a_verb_does_nothing(as_olga, ours):
    assert as_olga.get(verb("membership", ours.membership, "admit")).status_code == 200
    assert fresh(ours.membership).state == "waiting"


def test_many_are_let_in_at_once(as_olga, ours):
    others = [ours.circle.ask_to_join(make_person(name), at=now()) for name in ("Kim", "Lee")]

    chosen = [membership.pk for membership in (*others, ours.membership)]
    as_olga.post(page("membership"), {"action": "admit", "_selected_action": chosen})

    assert {fresh(membership).state for membership in (*others, ours.membership)} == {"current"}


def test_a_keeper_places_a_member(as_olga, ours, bo):
    membership = ours.circle.memberships.get(person=bo)

    as_olga.post(verb("membership", membership, "place"), {"ring": "1"})

    assert fresh(membership).ring == Ring.INNER


def test_a_ring_that_is_none_is_refused(as_olga, ours, bo):
    membership = ours.circle.memberships.get(person=bo)

    response = as_olga.post(verb("membership", membership, "place"), {"ring": "9"})

    assert response.status_code == 422
    assert fresh(membership).ring == Ring.EVERYONE


@pytest.mark.parametrize("what", ["member", "remove"])
def test_the_last_keeper_stays_and_is_told_why(as_olga, ours, olga, what):
    membership = ours.circle.memberships.get(person=olga)

    response = as_olga.post(verb("membership", membership, what))

    assert said(response) == ["A circle needs a keeper. Make somebody else a keeper first."]
    assert fresh(membership).is_keeper


def test_removing_a_member_frees_what_they_promised(as_olga, ours, bo):
    as_olga.post(verb("membership", ours.circle.memberships.get(person=bo), "remove"))

    assert fresh(ours.claim).state == "cancelled"
    assert fresh(ours.slot).taken == 0


def test_a_link_is_taken_back(as_olga, ours):
    as_olga.post(verb("invitation", ours.invitation, "revoke"))

    assert fresh(ours.invitation).revoked_at


def test_the_secret_of_an_invitation_is_not_shown(as_olga, ours):
    text = as_olga.get(page("invitation", "change", ours.invitation.pk)).content.decode()

    assert ours.invitation.token not in text and ours.invitation.salt not in text


def test_failed_mail_is_tried_again(as_olga, ours):
    as_olga.post(verb("notice", ours.notice, "again"))

    notice = fresh(ours.notice)
    assert (notice.state, notice.error, notice.attempts) == ("waiting", "", 0)


def test_a_keeper_signs_somebody_up(as_olga, ours, olga):
    kim = make_person("Kim")
    join(ours.circle, kim, by=olga)

    as_olga.post(verb("slot", ours.slot, "sign-up"), {"person": kim.pk, "bringing": "Soup"})

    claim = ours.slot.claims.get(person=kim)
    assert (claim.made_by, claim.bringing, claim.is_accepted) == (olga, "Soup", True)
    assert fresh(ours.slot).taken == 2


def test_only_those_who_may_see_it_can_be_signed_up(as_olga, ours, theirs, olga, ada, bo):
    near = ask(ada, ours.circle, up_to=Ring.INNER, title="Only for the nearest")
    inner = make_person("Inner")
    join(ours.circle, inner, by=olga, ring=Ring.INNER)

    form = as_olga.get(verb("slot", near.slots.get(), "sign-up")).context["form"]

    assert list(form.fields["person"].queryset) == [inner, olga]


@pytest.mark.parametrize("who", ["far", "asker", "waiting", "elsewhere"])
def test_nobody_else_can_be_signed_up_by_a_forged_form(as_olga, ours, theirs, who):
    person = {
        "far": make_person("Far"),
        "asker": ours.helprequest.asker,
        "waiting": ours.membership.person,
        "elsewhere": theirs.claim.person,
    }[who]

    response = as_olga.post(verb("slot", ours.slot, "sign-up"), {"person": person.pk})

    assert response.status_code == 422
    assert not ours.slot.claims.filter(person=person).exists()


def test_a_clash_is_said_and_can_be_overruled(as_olga, ours, olga, ada):
    kim = make_person("Kim")
    join(ours.circle, kim, by=olga)
    other = ask(ada, ours.circle, in_days=2, title="A lift")
    other.slots.get().claim(by=kim, at=now())

    first = as_olga.post(verb("slot", ours.slot, "sign-up"), {"person": kim.pk})
    as_olga.post(verb("slot", ours.slot, "sign-up"), {"person": kim.pk, "even_if_clashing": "on"})

    assert first.status_code == 422 and "A lift" in first.content.decode()
    assert ours.slot.claims.filter(person=kim).count() == 1


def test_a_clash_in_another_circle_is_not_named(as_olga, ours, olga):
    kim, dana, eve = (make_person(name) for name in ("Kim", "Dana", "Eve"))
    join(ours.circle, kim, by=olga)
    choir = make_circle(dana, kim, eve, name="Choir")
    ask(eve, choir, in_days=2, title="A secret errand").slots.get().claim(by=kim, at=now())

    told = as_olga.post(verb("slot", ours.slot, "sign-up"), {"person": kim.pk})

    assert told.status_code == 422 and "They promised something else at that time." in told.text
    assert "secret" not in told.text


def test_a_checked_helper_is_asked_for_in_words(as_olga, ours, olga):
    kim = make_person("Kim")
    join(ours.circle, kim, by=olga)
    type(ours.helprequest).objects.filter(pk=ours.helprequest.pk).update(needs_checked=True)

    told = as_olga.post(verb("slot", ours.slot, "sign-up"), {"person": kim.pk})

    assert told.status_code == 422 and "a helper whom a keeper has checked" in told.text


def test_somebody_without_e_mail_is_signed_up_over_the_limit_with_a_reason(as_olga, ours, olga):
    rosa = ours.circle.add_without_email(name="Rosa", phone="555 0107", by=olga, at=now()).person
    join(ours.circle, make_person("Lee"), by=olga)
    ours.slot.claim(by=Person.objects.get(name="Lee"), at=now())
    there = verb("slot", ours.slot, "sign-up")

    without = as_olga.post(there, {"person": rosa.pk})
    as_olga.post(there, {"person": rosa.pk, "over_limit_because": "A heavy sofa"})

    assert without.status_code == 422 and "why" in without.text.lower()
    assert ours.slot.claims.get(person=rosa).made_by == olga
    assert (fresh(ours.slot).capacity, fresh(ours.slot).taken) == (3, 3)


def test_a_slot_that_filled_up_meanwhile_is_said_kindly(as_olga, ours, olga):
    for name in ("Kim", "Lee"):
        join(ours.circle, make_person(name), by=olga)
    kim, lee = (ours.circle.memberships.get(person__name=name).person for name in ("Kim", "Lee"))
    ours.slot.claim(by=lee, at=now())

    response = as_olga.post(verb("slot", ours.slot, "sign-up"), {"person": kim.pk}, follow=True)

    assert response.status_code == 422 and "All places are taken." in response.content.decode()
    assert not ours.slot.claims.filter(person=kim).exists()


def test_a_promise_is_moved_in_one_step(as_olga, ours, olga, ada, bo):
    later = ours.helprequest.add_slot(
        by=ada, at=now(), starts_at=now() + 4 * DAY, ends_at=now() + 4 * DAY + HOUR
    )

    as_olga.post(verb("claim", ours.claim, "move"), {"to": later.pk})

    held = later.claims.get(person=bo)
    assert (held.is_accepted, held.made_by, fresh(ours.claim).state) == (True, olga, "cancelled")
    assert (fresh(ours.slot).taken, fresh(later).taken) == (0, 1)


def test_what_is_brought_moves_along(as_olga, ours, ada, bo):
    later = ours.helprequest.add_slot(
        by=ada, at=now(), starts_at=now() + 4 * DAY, ends_at=now() + 4 * DAY + HOUR
    )
    ours.claim.bring(bringing="Leek", note="Hot", dish="soup", portions=4, at=now())

    as_olga.post(verb("claim", ours.claim, "move"), {"to": later.pk})

    held = later.claims.get(person=bo)
    assert (held.bringing, held.note, held.dish, held.portions) == ("Leek", "Hot", "soup", 4)


def test_a_move_that_fails_leaves_the_promise_where_it_was(as_olga, ours, ada, bo):
    other = ask(ada, ours.circle, in_days=5, title="A lift").slots.get()
    other.claim(by=bo, at=now())
    same_time = ours.helprequest.add_slot(by=ada, at=now(), starts_at=other.starts_at, ends_at=other.ends_at)

    response = as_olga.post(verb("claim", ours.claim, "move"), {"to": same_time.pk})

    assert response.status_code == 422
    assert fresh(ours.claim).is_accepted
    assert (fresh(ours.slot).taken, fresh(same_time).taken) == (1, 0)


def test_a_promise_moves_only_within_its_request(as_olga, ours, theirs):
    response = as_olga.post(verb("claim", ours.claim, "move"), {"to": theirs.slot.pk})

    assert response.status_code == 422
    assert fresh(ours.claim).is_accepted


@pytest.mark.parametrize(("what", "state"), [("release", "released"), ("cancel", "cancelled")])
def test_a_promise_is_taken_back_for_a_helper(as_olga, ours, what, state):
    as_olga.post(verb("claim", ours.claim, what), {"note": ""})

    assert fresh(ours.claim).state == state
    assert fresh(ours.slot).taken == 0


@pytest.mark.parametrize(("what", "state"), [("close", "closed"), ("cancel", "cancelled")])
def test_a_request_is_ended_with_a_reason(as_olga, ours, what, state):
    as_olga.post(verb("helprequest", ours.helprequest, what), {"reason": "All is well."})

    assert fresh(ours.helprequest).state == state
    assert "All is well." in (ours.helprequest.close_reason, ours.helprequest.cancel_reason)


def test_a_closed_request_is_not_closed_again(as_olga, ours, olga):
    ours.helprequest.close(by=olga, at=now())

    response = as_olga.post(verb("helprequest", ours.helprequest, "close"), {"reason": "Once more"})

    assert said(response) == ["This has changed in the meantime; nothing was done."]


def texts(help_request, **changes):
    """What the form would send."""
    names = ("version", "title", "would_help", "would_not_help", "how_done", "importance", "tags")
    names += ("area", "address", "way_in", "phone", "doorstep")
    return {name: getattr(help_request, name) for name in names} | changes


def test_texts_are_changed_by_the_verb_which_tells_the_helpers(as_olga, ours, olga, bo):
    address = page("helprequest", "change", ours.helprequest.pk)

    as_olga.post(address, texts(ours.helprequest, would_help="Something warm", circle=99, asker=olga.pk))

    help_request = fresh(ours.helprequest)
    assert (help_request.would_help, help_request.version) == ("Something warm", 2)
    assert help_request.asker != olga
    assert JournalEntry.objects.about(help_request).last().details == {"fields": ["would_help"]}
    assert Notice.objects.filter(kind="slot_changed", reader=bo).count() == 1


def test_an_old_copy_is_not_saved_over_a_newer_one(as_olga, ours, ada):
    address = page("helprequest", "change", ours.helprequest.pk)
    old = texts(ours.helprequest, title="Olga's title")
    ours.helprequest.edit(by=ada, at=now(), version=1, title="Ada's title")

    response = as_olga.post(address, old)

    assert "It now says: “Ada&#x27;s title”" in response.content.decode()
    assert fresh(ours.helprequest).title == "Ada's title"


def test_a_closed_request_is_only_read(as_olga, ours, olga):
    ours.helprequest.close(by=olga, at=now())

    response = as_olga.post(page("helprequest", "change", ours.helprequest.pk), texts(ours.helprequest))

    assert response.status_code == 403


def test_a_slot_is_called_off_and_resized(as_olga, ours):
    as_olga.post(verb("slot", ours.slot, "room"), {"capacity": "5"})
    assert fresh(ours.slot).capacity == 5

    as_olga.post(verb("slot", ours.slot, "cancel"), {"reason": "Rain"})
    assert fresh(ours.slot).cancelled_at and fresh(ours.claim).state == "cancelled"


@pytest.mark.parametrize("room", ["0", "-1", "501", "many", "9" * 30])
def test_no_impossible_number_of_helpers(as_olga, ours, room):
    assert as_olga.post(verb("slot", ours.slot, "room"), {"capacity": room}).status_code == 422
    assert fresh(ours.slot).capacity == 2


def test_every_change_needs_the_forms_secret(ours, olga):
    client = Client(enforce_csrf_checks=True)
    client.force_login(olga)

    assert client.post(verb("membership", ours.membership, "admit")).status_code == 403
    assert fresh(ours.membership).state == "waiting"


def test_the_history_is_the_journal_and_djangos_log_stays_empty(as_olga, ours):
    as_olga.post(page("helprequest", "change", ours.helprequest.pk), texts(ours.helprequest, title="Soup"))

    entries = as_olga.get(page("helprequest", "history", ours.helprequest.pk)).context["entries"]

    assert [entry.verb for entry in entries] == ["asked", "edited"]
    assert not LogEntry.objects.exists()


# Today


def today(client):
    """{title of a section: texts of its rows}."""
    sections = client.get("/organize/").context["sections"]
    return {str(section.title): [row.text for row in section.rows] for section in sections}


def test_today_shows_the_worst_first_and_only_ones_own(as_olga, ours, theirs, ada):
    ask(ada, ours.circle, in_days=1, title="Nice one", importance="nice")
    ask(ada, ours.circle, in_days=2, title="Needed", importance="need")
    ask(ada, ours.circle, in_days=9, title="Far off", importance="need")
    draft(ada, ours.circle, title="A draft")

    assert today(as_olga) == {
        "Reported": [f"{ours.report.about}, a member"],
        "Open within three days": ["Needed", "Supper for four", "Nice one"],
        "Waiting at the door": [ours.membership.person.name],
        "Mail that came back": ["Bo"],
    }
    sections = ["Reported", "Open within three days", "Waiting at the door", "Mail that came back"]
    assert list(today(as_olga)) == sections


def test_a_calm_day_says_so(as_olga, ours, olga):
    ours.helprequest.close(by=olga, at=now())
    ours.membership.admit(by=olga, at=now())
    ours.notice.send_again(at=now())
    ours.report.settle(by=olga, outcome="We have talked", at=now())

    assert "Nothing is about to fall through." in as_olga.get("/organize/").content.decode()


@pytest.mark.parametrize("name", ["/organize/", "/admin/"])
def test_a_silent_house_is_said_on_both_first_pages(client, ours, olga, name):
    olga.is_staff = olga.is_superuser = True
    olga.save()
    client.force_login(olga)
    Heartbeat.objects.beat("beat", now())
    Heartbeat.objects.beat("worker", now())
    assert "standing still" not in client.get(name).content.decode()

    Heartbeat.objects.beat("worker", now() - 16 * HOUR / 60)

    assert "standing still" in client.get(name).content.decode()


def rows_and_queries(client, address, count):
    """How many queries a page takes."""
    with count() as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["membership", "helprequest", "slot", "claim", "journalentry"])
def test_lists_take_as_many_queries_for_three_as_for_one(as_olga, ours, olga, ada, bo, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    as_olga.get(page(name))
    one = rows_and_queries(as_olga, page(name), lambda: CaptureQueriesContext(connection))
    for number in range(2):
        ours.circle.ask_to_join(make_person(f"More{number}"), at=now())
        ask(ada, ours.circle, in_days=6 + number).slots.get().claim(by=bo, at=now())

    assert rows_and_queries(as_olga, page(name), lambda: CaptureQueriesContext(connection)) == one


def test_today_takes_as_many_queries_for_three_as_for_one(as_olga, ours, ada):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    as_olga.get("/organize/")
    one = rows_and_queries(as_olga, "/organize/", lambda: CaptureQueriesContext(connection))
    for number in range(2):
        ours.circle.ask_to_join(make_person(f"More{number}"), at=now())
        ask(ada, ours.circle, in_days=1)

    assert rows_and_queries(as_olga, "/organize/", lambda: CaptureQueriesContext(connection)) == one
    assert Slot.objects.count() == 3


def test_a_circle_is_put_away_after_a_page_that_says_what_follows_and_taken_up_again(as_olga, ours, theirs):
    asks = as_olga.get(verb("circle", ours.circle, "put-away"))
    assert "What is asked there is called off" in asks.content.decode()
    assert fresh(ours.circle).archived_at is None

    as_olga.post(verb("circle", ours.circle, "put-away"))
    assert fresh(ours.circle).archived_at and fresh(ours.helprequest).state == "cancelled"
    assert as_olga.post(verb("membership", ours.membership, "admit")).status_code in (302, 404, 409, 422)
    assert not fresh(ours.membership).is_current

    as_olga.post(verb("circle", ours.circle, "take-up"))
    assert fresh(ours.circle).archived_at is None
    assert as_olga.post(verb("circle", theirs.circle, "put-away")).status_code == 404
    assert fresh(theirs.circle).archived_at is None


# Who is told ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "what"), [("slot", "cancel"), ("helprequest", "cancel"), ("claim", "cancel")]
)
def test_before_something_is_called_off_the_page_says_who_is_told(as_olga, ours, name, what):
    response = as_olga.get(verb(name, getattr(ours, name), what))

    assert [str(person) for person in response.context["told"]] == [str(ours.claim.person)]
    assert f"<li>{ours.claim.person}</li>" in response.content.decode()


def test_whom_mail_does_not_reach_is_marked(as_olga, ours):
    type(ours.claim.person).objects.filter(pk=ours.claim.person_id).update(mail_refused_at=now())

    response = as_olga.get(verb("claim", ours.claim, "cancel"))

    assert f"<li>{ours.claim.person} (mail does not reach them: please call)</li>" in markup(response)


def test_many_promises_are_taken_back_only_after_a_look_at_who_is_told(as_olga, ours):
    chosen = {"action": "cancel", "_selected_action": [ours.claim.pk]}

    asked = as_olga.post(page("claim"), chosen)

    assert fresh(ours.claim).is_live
    assert f"<li>{ours.claim.person}</li>" in asked.content.decode()

    as_olga.post(page("claim"), {**chosen, "sure": "1"})

    assert fresh(ours.claim).state == "cancelled"
