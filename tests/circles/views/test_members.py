"""What keepers do for members: rings for many at once, first contact, checks, and quiet exclusion."""

import datetime as dt

import pytest
from django.test import Client

from circles.models import Block, Circle, JournalEntry, Membership, Person, Ring, Role
from circles.views import members as members_page
from supportnet.notices.models import Notice
from tests.cast import DAY, join, make_circle, make_person, now
from tests.circles.pages import errors, markup, signed_in, text


@pytest.fixture
def bos(street, bo):
    """Bo's membership."""
    return street.memberships.get(person=bo)


def here(circle, page=""):
    return f"/circles/{circle.pk}/members/{page}"


def act(client, membership, action, **fields):
    return client.post(here(membership.circle, f"{membership.pk}/{action}/"), fields)


def page_of(person, circle):
    return text(signed_in(person).get(here(circle)))


def fresh(membership):
    membership.refresh_from_db()
    return membership


def written(membership):
    """(verb, by whom, details) of what the journal says, but for how they came in."""
    entries = JournalEntry.objects.about(membership).exclude(verb="admitted")
    return [(entry.verb, entry.actor, entry.details) for entry in entries]


# Many at once -----------------------------------------------------------------------------------------------


def place(client, circle, ring, *memberships):
    fields = {"ring": int(ring), "member": [membership.pk for membership in memberships]}
    return client.post(here(circle, "place/"), fields, follow=True)


def test_many_are_placed_at_once_and_each_is_written_down(olga, ada, bos, street):
    adas = street.memberships.get(person=ada)
    before = Notice.objects.count()

    response = place(signed_in(olga), street, Ring.CLOSE, adas, bos)

    assert "2 people stand there now." in text(response)
    assert [fresh(one).ring for one in (adas, bos)] == [Ring.CLOSE, Ring.CLOSE]
    assert [written(one) for one in (adas, bos)] == [[("placed", olga, {"ring": 2})]] * 2
    assert Notice.objects.count() == before


def test_each_box_belongs_to_the_form_without_any_script(olga, bos, street):
    page = markup(signed_in(olga).get(here(street)))

    assert f'<input type="checkbox" form="place-many" name="member" value="{bos.pk}">' in page
    assert f'id="place-many" method="post" action="{here(street, "place/")}"' in page


def test_whoever_is_no_member_any_more_is_left_out_aloud(olga, ada, bos, street):
    bos.leave(at=now())

    words = text(place(signed_in(olga), street, Ring.INNER, street.memberships.get(person=ada), bos))

    assert "1 person stands there now." in words
    assert "Bo is no longer in this circle and was left out." in words
    assert fresh(bos).ring == Ring.EVERYONE


def test_when_nobody_is_chosen_the_page_says_so(olga, street):
    response = signed_in(olga).post(here(street, "place/"), {"ring": "1"})

    assert (response.status_code, "Choose at least one person first." in text(response)) == (422, True)
    assert not JournalEntry.objects.filter(verb="placed").exists()


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 18, "9" * 40, "٣", "1e3", "\x00"])
def test_a_box_that_is_nobodys_places_nobody(olga, bos, street, number):
    fields = {"ring": "1", "member": [str(bos.pk), number]}

    assert signed_in(olga).post(here(street, "place/"), fields).status_code == 404
    assert fresh(bos).ring == Ring.EVERYONE


def test_somebody_elses_member_is_placed_by_nobody(olga, bos, street, elsewhere, mallory):
    client, fields = signed_in(mallory), {"ring": "1", "member": [bos.pk]}

    assert client.post(here(elsewhere, "place/"), fields).status_code == 404
    assert client.post(here(street, "place/"), fields).status_code == 404
    assert fresh(bos).ring == Ring.EVERYONE


def test_members_never_see_rings(olga, ada, bos, street):
    place(signed_in(olga), street, Ring.INNER, bos)

    for reader in (ada, bos.person):
        for page in ("", "members/"):
            words = text(signed_in(reader).get(f"/circles/{street.pk}/{page}"))
            assert not [kept for kept in ("Inner", "Everyone", "Close", "How near", "ring") if kept in words]


# First contact ----------------------------------------------------------------------------------------------


def test_a_keeper_notes_the_first_contact_and_who_and_when_is_written_down(olga, bos):
    client = signed_in(olga)

    for _ in range(2):
        act(client, bos, "contact", done="1")

    first = fresh(bos).first_contact_at
    assert first is not None and written(bos) == [("first contact", olga, {})]
    assert "First contact: Today" in page_of(olga, bos.circle)

    for _ in range(2):
        act(client, bos, "contact")
    assert fresh(bos).first_contact_at is None
    assert [verb for verb, *_ in written(bos)] == ["first contact", "no first contact"]


def test_only_keepers_see_the_first_contact(olga, ada, bos):
    bos.note_contact(by=olga, at=now())

    for reader in (ada, bos.person):
        assert "First contact" not in page_of(reader, bos.circle)


# Checked ----------------------------------------------------------------------------------------------------


def test_a_keeper_notes_that_somebody_is_checked_for_a_year_unless_they_say_otherwise(olga, bos, street):
    street.edit(by=olga, at=now(), how_checked="A talk and two references")
    client = signed_in(olga)
    page = client.get(here(street, f"{bos.pk}/check/"))
    today = street.date_at(now())

    assert "A talk and two references" in text(page)
    assert page.context["form"]["until"].value() == today + 365 * DAY
    assert act(client, bos, "check", until=today + 90 * DAY).url == here(street)

    until = today + 90 * DAY
    assert (fresh(bos).checked_by, bos.checked_until) == (olga, until)
    assert written(bos) == [("checked", olga, {"until": until.isoformat()})]
    assert "Checked by Olga until" in page_of(olga, street)


def test_a_check_holds_up_to_its_last_day(olga, bos, street):
    today = street.date_at(now())
    bos.note_check(by=olga, until=today, at=now())

    ends_at = street.end_of(today)
    moments = (ends_at - dt.timedelta(microseconds=1), ends_at)
    held = [(bos.is_checked(at=at), street.memberships.checked(at=at).exists()) for at in moments]

    assert held == [(True, True), (False, False)]


def test_a_check_that_ran_out_is_said(olga, bos, street):
    bos.note_check(by=olga, until=street.date_at(now()) - DAY, at=now())

    assert "Check ran out on" in page_of(olga, street)
    assert "You are checked" not in text(signed_in(bos.person).get(f"/circles/{street.pk}/"))


def test_a_check_can_be_ended(olga, bos, street):
    bos.note_check(by=olga, until=street.date_at(now()) + DAY, at=now())

    for _ in range(2):
        act(signed_in(olga), bos, "check", end="1")

    assert (fresh(bos).checked_by, bos.checked_until) == (None, None)
    assert [verb for verb, *_ in written(bos)] == ["checked", "check ended"]


@pytest.mark.parametrize(
    "until", ["", "yesterday", "2000-01-01", "2099-01-01", "9999-12-31", "31.12.2027x", "\x00"]
)
def test_a_day_that_makes_no_sense_is_said_beside_the_field(olga, bos, until):
    response = act(signed_in(olga), bos, "check", until=until)

    assert (response.status_code, list(errors(response))) == (422, ["until"])
    assert fresh(bos).checked_until is None


def test_members_see_of_themselves_that_they_are_checked_and_nothing_of_others(olga, ada, bos, street):
    bos.note_check(by=olga, until=street.date_at(now()) + DAY, at=now())

    assert "You are checked in this circle until" in text(signed_in(bos.person).get(f"/circles/{street.pk}/"))
    assert "checked" not in text(signed_in(ada).get(f"/circles/{street.pk}/"))
    assert "hecked" not in page_of(ada, street)


def test_whoever_left_or_was_removed_is_not_checked(olga, bos, street):
    today = street.date_at(now())
    bos.note_check(by=olga, until=today + DAY, at=now())

    bos.leave(at=now())

    assert (bos.is_checked(at=now()), street.memberships.checked(at=now()).exists()) == (False, False)


# Quiet exclusion --------------------------------------------------------------------------------------------


def test_a_keeper_sets_somebody_quietly_aside_and_nobody_is_told(olga, ada, bos, street):
    before = Notice.objects.count()

    for _ in range(2):
        act(signed_in(olga), bos, "exclude", aside="1")

    assert fresh(bos).is_current and bos.excluded_at
    assert written(bos) == [("excluded", olga, {})]
    assert Notice.objects.count() == before
    assert "Quietly set aside" in page_of(olga, street)
    for reader in (ada, bos.person):
        assert "aside" not in page_of(reader, street)
    assert {one.person for one in street.memberships.not_excluded()} == {olga, ada}

    for _ in range(2):
        act(signed_in(olga), bos, "exclude")
    assert fresh(bos).excluded_at is None
    assert [verb for verb, *_ in written(bos)] == ["excluded", "included"]


def test_a_keeper_is_never_set_aside(olga, bos, street):
    bos.exclude(by=olga, at=now())
    bos.make_keeper(by=olga, at=now())
    assert fresh(bos).excluded_at is None

    act(signed_in(olga), bos, "exclude", aside="1")

    assert fresh(bos).excluded_at is None


# Two who do not see each other ------------------------------------------------------------------------------


def test_two_who_blocked_are_not_shown_to_each_other_but_to_keepers(olga, ada, bo, street):
    Block.objects.make(by=ada, whom=bo, at=now())

    def shown(reader):
        rows = signed_in(reader).get(here(street)).context["page"].rows
        return {member.person for member in rows}

    assert shown(ada) == {ada, olga}
    assert shown(bo) == {bo, olga}
    assert shown(olga) == {ada, bo, olga}
    street.memberships.get(person=ada).make_keeper(by=olga, at=now())
    assert shown(ada) == {ada, bo, olga}


# The rules of the page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["contact", "exclude", "check"])
def test_only_keepers_of_this_very_circle_act(action, olga, ada, bos, mallory, street, elsewhere):
    fields = {"done": "1", "aside": "1", "until": street.date_at(now()) + DAY}

    assert act(signed_in(ada), bos, action, **fields).status_code == 403
    assert act(signed_in(mallory), bos, action, **fields).status_code == 404
    other = here(elsewhere, f"{bos.pk}/{action}/")
    assert signed_in(mallory).post(other, fields).status_code == 404
    assert act(Client(), bos, action, **fields).status_code == 302
    assert (fresh(bos).first_contact_at, bos.excluded_at, bos.checked_until) == (None, None, None)


@pytest.mark.parametrize("action", ["contact", "exclude", "check"])
def test_nothing_is_noted_on_somebody_who_left(action, olga, bos, street):
    bos.leave(at=now())

    response = act(signed_in(olga), bos, action, done="1", aside="1", until=street.date_at(now()) + DAY)

    assert response.url == here(street)
    assert (fresh(bos).first_contact_at, bos.excluded_at, bos.checked_until) == (None, None, None)
    assert [verb for verb, *_ in written(bos)] == ["left"]


def test_many_members_stand_on_pages(olga, ada, monkeypatch):
    monkeypatch.setattr(members_page, "PER_PAGE", 3)
    circle = make_circle(olga, ada, *(make_person(f"Helper{number}") for number in range(5)))

    for reader in (olga, ada):
        client = signed_in(reader)
        pages = [client.get(here(circle), {"page": number}).context["page"] for number in (1, 2, 3)]
        assert [len(page.rows) for page in pages] == [3, 3, 1]
        assert client.get(here(circle), {"page": 4}).status_code == 404
    assert signed_in(olga).get(here(circle)).context["only_one_keeper"] is True


@pytest.mark.parametrize("number", [1, 3])
def test_the_members_take_four_queries_for_a_member_and_six_for_a_keeper(
    olga, ada, number, django_assert_num_queries
):
    circle = make_circle(olga, ada, *(make_person(f"Helper{chr(97 + index)}") for index in range(number)))
    today = circle.date_at(now())
    for membership in circle.memberships.exclude(role=Role.KEEPER):
        membership.note_check(by=olga, until=today + DAY, at=now())
        membership.note_contact(by=olga, at=now())
    for index in range(number):
        circle.open_link(by=olga, at=now()).accept(by=make_person(f"Joiner{chr(97 + index)}"), at=now())
    clients = {4: signed_in(ada), 6: signed_in(olga)}

    for queries, client in clients.items():
        with django_assert_num_queries(queries):
            client.get(here(circle))


def test_how_each_came_is_for_keepers_alone(olga, ada, street, mallory):
    street.open_link(by=olga, at=now()).accept(by=mallory, at=now()).admit(by=olga, at=now())

    words = page_of(olga, street)

    assert "asked, and Olga let them in" in words and "by a link from Olga" in words
    assert "by a link" not in page_of(ada, street)


# Circles whose keepers are all away -------------------------------------------------------------------------

MONTH = dt.timedelta(days=30)


def last_here(person, days):
    Person.objects.filter(pk=person.pk).update(last_login=now() - days * DAY)


@pytest.fixture
def old_street(street):
    """The street, two months old; nobody signed in or did anything since."""
    Circle.objects.filter(pk=street.pk).update(created_at=now() - 60 * DAY)
    JournalEntry.objects.all()._raw_delete(JournalEntry.objects.db)
    return street


def left_alone():
    return list(Circle.objects.left_alone(since=now() - MONTH))


def test_a_circle_whose_every_keeper_was_away_for_a_month_is_left_alone(old_street, olga, bo):
    last_here(olga, 31)
    last_here(bo, 0)
    assert left_alone() == [old_street]

    last_here(olga, 29)
    assert left_alone() == []

    last_here(olga, 31)
    join(old_street, make_person("Quinn"), by=bo).make_keeper(by=bo, at=now() - 31 * DAY)
    Membership.objects.filter(person=bo).update(role=Role.MEMBER)
    assert left_alone() == [old_street]


def test_what_a_keeper_did_counts_as_being_there(old_street, olga, bo):
    last_here(olga, 31)
    JournalEntry.objects.write("placed", old_street, by=bo, at=now(), circle=old_street)
    JournalEntry.objects.write("placed", old_street, by=olga, at=now() - 31 * DAY, circle=old_street)
    assert left_alone() == [old_street]

    JournalEntry.objects.write("placed", old_street, by=olga, at=now() - 29 * DAY, circle=old_street)
    assert left_alone() == []


def test_one_keeper_who_is_there_is_enough_and_new_circles_and_old_ones_do_not_count(old_street, olga, bo):
    last_here(olga, 90)
    old_street.memberships.filter(person=bo).update(role=Role.KEEPER)
    last_here(bo, 1)
    assert left_alone() == []

    Circle.objects.update(archived_at=now())
    last_here(bo, 90)
    assert left_alone() == []

    Circle.objects.update(archived_at=None, created_at=now())
    assert left_alone() == []


# Two keepers at once ----------------------------------------------------------------------------------------


@pytest.fixture
def dees(street, olga):
    """Dee waits; Olga and Cleo keep the street."""
    join(street, make_person("Cleo"), by=olga).make_keeper(by=olga, at=now())
    return street.ask_to_join(make_person("Dee"), at=now())


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("admit", "Olga let Dee in already: Today"),
        ("decline", "Olga answered Dee already, with a kind no: Today"),
    ],
)
@pytest.mark.parametrize("second", ["admit", "decline"])
def test_whoever_decides_later_hears_who_decided_what_and_when(dees, olga, first, words, second):
    cleo = Person.objects.get(name="Cleo")
    act(signed_in(olga), dees, first)

    client = signed_in(cleo)
    act(client, dees, second)

    assert words in text(client.get(here(dees.circle)))


@pytest.mark.parametrize("name", ["100% Olga", "Olga %(x)s", "Olga 5%"])
def test_a_keeper_may_be_called_what_would_be_a_place_in_a_sentence(dees, olga, name):
    Person.objects.filter(pk=olga.pk).update(name=name)
    act(signed_in(olga), dees, "admit")

    client = signed_in(Person.objects.get(name="Cleo"))
    act(client, dees, "admit")

    assert f"{name} let Dee in already: Today" in text(client.get(here(dees.circle)))


def test_whom_another_keeper_removed_meanwhile_is_said_to_be_gone(olga, bos):
    bos.remove(by=olga, at=now())

    client = signed_in(olga)
    act(client, bos, "contact", done="1")

    assert "Bo is not in this circle." in text(client.get(here(bos.circle)))
