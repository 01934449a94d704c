import uuid

import pytest
from django.http import Http404
from django.test import Client

from circles.models import Circle, Membership, Ring, Role
from supportnet.notices.models import Notice
from tests.cast import join, make_circle, make_person, now
from tests.circles.pages import errors, signed_in, text

HUGE = 99999999999999999999


def names(number, prefix="Person"):
    return [make_person(f"{prefix}{chr(97 + index)}") for index in range(number)]


def pages_of(circle):
    """Every page of a circle that can be looked at."""
    here = f"/circles/{circle.pk}/"
    return [here + page for page in ("", "edit/", "members/", "invite/", "link/", "invitations/", "leave/")]


# My circles -------------------------------------------------------------------------------------------------


def test_my_circles_are_mine_alone(ada, street, elsewhere):
    response = signed_in(ada).get("/circles/")

    assert [membership.circle for membership in response.context["memberships"]] == [street]
    assert "Elsewhere" not in text(response)


def test_my_circles_show_what_waits(olga, mallory, street, elsewhere):
    street.ask_to_join(mallory, at=now())

    assert "1 person would like to join." in text(signed_in(olga).get("/circles/"))
    waiting = signed_in(mallory).get("/circles/")
    assert [membership.circle for membership in waiting.context["waiting"]] == [street]
    assert "members" not in text(waiting).split("Our street")[1]


def test_no_circle_yet_is_an_invitation(ada):
    assert "Start with three whom you trust" in text(signed_in(ada).get("/circles/"))


@pytest.mark.parametrize("number", [1, 3])
def test_my_circles_take_one_query_besides_session_and_person(number, olga, django_assert_num_queries):
    for index in range(number):
        make_circle(olga, *names(number, f"In{index}x"), name=f"Circle {index}")
    client = signed_in(olga)

    with django_assert_num_queries(3):
        client.get("/circles/")


# Starting one -----------------------------------------------------------------------------------------------


def start(client, **fields):
    return client.post(
        "/circles/new/", {"kind": "community", "name": "Lime Street", "form_key": uuid.uuid4(), **fields}
    )


def test_starting_a_circle_takes_a_kind_and_a_name(ada):
    response = start(signed_in(ada), owner="mallory", role="member", archived_at="2026-01-01")

    circle = Circle.objects.get()
    assert response.url == f"/circles/{circle.pk}/"
    assert (circle.name, circle.kind, circle.time_zone, circle.archived_at) == (
        "Lime Street",
        "community",
        "Europe/Lisbon",
        None,
    )
    assert [keeping.person for keeping in circle.keepers()] == [ada]


def test_pressing_twice_starts_one(ada):
    client, key = signed_in(ada), uuid.uuid4()

    assert start(client, form_key=key).url == start(client, form_key=key).url
    assert Circle.objects.count() == 1


def test_whoever_goes_back_and_starts_another_has_both(ada):
    client, key = signed_in(ada), uuid.uuid4()

    assert start(client, form_key=key).url != start(client, form_key=key, name="Elm Street").url


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, {"name": ["This field is required."]}),
        ({"name": " \r\n "}, {"name": ["This field is required."]}),
        (
            {"kind": "secret"},
            {"kind": ["Select a valid choice. secret is not one of the available choices."]},
        ),
        ({"kind": "care"}, {"whom": ["Say whether it is for you or for somebody else."]}),
        ({"name": "x" * 81}, {"name": ["Ensure this value has at most 80 characters (it has 81)."]}),
        ({"form_key": "1"}, {"form_key": ["Enter a valid UUID."]}),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(ada, fields, wrong):
    response = start(
        signed_in(ada),
        **{"around": "The Lims", **({"around": ""} if "care" in fields.values() else {}), **fields},
    )

    assert (response.status_code, errors(response), Circle.objects.count()) == (422, wrong, 0)
    assert fields.get("name", "Lime Street").strip() in response.content.decode()


def test_only_a_care_circle_is_around_somebody(ada):
    start(signed_in(ada), kind="personal", around="The Lims")
    start(signed_in(ada), kind="care", whom="me", around="The Lims")

    assert list(Circle.objects.order_by("pk").values_list("around", flat=True)) == ["", "The Lims"]


def test_a_name_holds_no_line_breaks(ada):
    start(signed_in(ada), name="Lime\r\nBcc: all\tStreet")

    assert Circle.objects.get().name == "Lime Bcc: all Street"


def test_whoever_has_not_shown_the_address_is_told_how(db):
    stranger = make_person("Stranger", verified_at=None)

    response = start(signed_in(stranger))

    assert (response.status_code, Circle.objects.count()) == (403, 0)
    assert "Verify your address first" in text(response)


def test_many_circles_in_one_day_are_too_many(ada, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "circle": "1/d/person"}
    client = signed_in(ada)

    assert [start(client).status_code for _ in range(2)] == [302, 422]


# The page of one --------------------------------------------------------------------------------------------


def test_a_member_sees_the_circle_and_no_rings(bo, street, olga):
    street.memberships.get(person=bo).place(Ring.INNER, by=olga, at=now())
    client = signed_in(bo)

    for page in (f"/circles/{street.pk}/", f"/circles/{street.pk}/members/"):
        words = text(client.get(page))
        assert "Our street" in words and "Olga" in words
        assert "Inner" not in words and "How near" not in words


def test_a_keeper_meets_those_who_wait_first(olga, mallory, street):
    street.open_link(by=olga, at=now()).accept(by=mallory, at=now())

    words = text(signed_in(olga).get(f"/circles/{street.pk}/"))

    assert "1 person would like to join" in words
    assert "by a link from Olga" in words


def test_a_member_does_not_meet_those_who_wait(bo, mallory, street):
    street.ask_to_join(mallory, at=now())

    for page in (f"/circles/{street.pk}/", f"/circles/{street.pk}/members/"):
        assert "Mallory" not in text(signed_in(bo).get(page))


def test_strangers_learn_nothing(mallory, street, elsewhere):
    client = signed_in(mallory)

    assert {client.get(page).status_code for page in pages_of(street)} == {404}
    assert {client.post(page).status_code for page in pages_of(street)} == {404}


def test_whoever_waits_gets_the_waiting_page_and_no_data(mallory, street):
    street.edit(by=None, at=now(), description="Secret words", area="Old town")
    street.ask_to_join(mallory, at=now())
    client = signed_in(mallory)

    for page in pages_of(street):
        words = text(client.get(page))
        assert "A keeper of this circle reads your name" in words
        for secret in ("Secret words", "Old town", "Olga", "Ada", "Bo "):
            assert secret not in words


@pytest.mark.parametrize(
    "end",
    [
        lambda membership, olga: membership.leave(at=now()),
        lambda membership, olga: membership.remove(by=olga, at=now()),
    ],
    ids=["left", "removed"],
)
def test_whoever_left_or_was_removed_finds_nothing(bo, olga, street, end):
    end(street.memberships.get(person=bo), olga)

    assert {signed_in(bo).get(page).status_code for page in pages_of(street)} == {404}


def test_whoever_was_declined_finds_nothing(mallory, olga, street):
    street.ask_to_join(mallory, at=now()).decline(by=olga, at=now())

    assert {signed_in(mallory).get(page).status_code for page in pages_of(street)} == {404}


@pytest.mark.parametrize("number", [0, HUGE, "abc", "-1", "1.5", "%00"])
def test_a_circle_that_is_not_there_is_not_found(ada, number):
    client = signed_in(ada)

    for page in ("", "edit/", "members/", "hears/", "members/1/admit/", "invitations/1/revoke/"):
        assert client.post(f"/circles/{number}/{page}").status_code == 404


def test_huge_numbers_of_members_and_invitations_are_not_found(olga, street):
    client = signed_in(olga)

    for page in (f"members/{HUGE}/admit/", f"members/{10**17}/admit/", f"invitations/{10**17}/revoke/"):
        assert client.post(f"/circles/{street.pk}/{page}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("path", ["", "members/", "invitations/", "link/", "leave/", "edit/", "invite/"])
def test_the_pages_of_a_circle_take_few_queries_whatever_the_number(
    number, path, olga, django_assert_max_num_queries
):
    circle = make_circle(olga, *names(number))
    for person in names(number, "Joiner"):
        circle.open_link(by=olga, at=now()).accept(by=person, at=now())
    client = signed_in(olga)

    with django_assert_max_num_queries(6) as queries:
        client.get(f"/circles/{circle.pk}/{path}")
    assert len(queries) == {"": 6, "members/": 6, "edit/": 3, "invite/": 3}.get(path, 4)


# Changing it ------------------------------------------------------------------------------------------------


def change(client, circle, **fields):
    fields = {"name": circle.name, "description": "", "area": "", "time_zone": "Europe/Lisbon", **fields}
    return client.post(f"/circles/{circle.pk}/edit/", fields)


def test_a_keeper_changes_the_words_and_nothing_else(olga, street):
    response = change(signed_in(olga), street, name="Lime Street", kind="personal", created_at="2000-01-01")

    assert response.url == f"/circles/{street.pk}/"
    kept = Circle.objects.get()
    assert (kept.name, kept.kind, kept.created_at) == ("Lime Street", "community", street.created_at)


def test_a_member_may_not_change_it(bo, street):
    assert change(signed_in(bo), street, name="Mine").status_code == 403
    assert Circle.objects.get().name == "Our street"


def test_a_wrong_change_stands_beside_its_field(olga, street):
    response = change(signed_in(olga), street, name="", time_zone="Mars/Olympus")

    assert (response.status_code, sorted(errors(response))) == (422, ["name", "time_zone"])
    assert "Our street" in text(response)


def test_a_member_chooses_how_to_hear_of_it(bo, street):
    client, url = signed_in(bo), f"/circles/{street.pk}/hears/"

    response = client.post(url, {"hears": "never", "role": "keeper", "ring": "1", "next": "/me/"})

    membership = street.memberships.get(person=bo)
    assert response.url == "/me/"
    assert (membership.hears, membership.role, membership.ring) == ("never", Role.MEMBER, Ring.EVERYONE)
    assert (
        client.post(url, {"hears": "at_once", "next": "https://evil.example"}).url == f"/circles/{street.pk}/"
    )
    assert client.post(url, {"hears": "sometimes"}).status_code == 422
    assert client.get(url).status_code == 405


def test_with_htmx_the_fragment_comes_back(olga, street):
    response = signed_in(olga).post(
        f"/circles/{street.pk}/hears/", {"hears": "never"}, headers={"hx-request": "true"}
    )

    assert response.content.decode().strip().startswith(f'<section class="card" id="hears-{street.pk}">')
    assert (street.memberships.get(person=olga).hears_of_joiners, "Saved." in text(response)) == (False, True)


def test_the_next_room_adds_what_is_open(bo, mallory, street, rf):
    from circles.views.circle import circle_page

    asked = []

    def more(request, circle, membership):
        asked.append((request.user, circle, membership.person_id))
        return {}

    for person in (bo, mallory):
        request = rf.get("/")
        request.user = person
        try:
            circle_page(request, street.pk, more=more)
        except Http404:
            asked.append(person)

    assert asked == [(bo, street, bo.pk), mallory]


# Leaving ----------------------------------------------------------------------------------------------------


def test_leaving_is_asked_once_and_done_by_post(bo, street):
    client, url = signed_in(bo), f"/circles/{street.pk}/leave/"

    assert "You may leave at any time" in text(client.get(url))
    assert street.memberships.get(person=bo).is_current
    assert client.post(url).url == "/circles/"
    assert street.memberships.get(person=bo).state == "left"


def test_the_last_keeper_is_told_to_name_another_first(olga, street):
    client, url = signed_in(olga), f"/circles/{street.pk}/leave/"

    for response, status in ((client.get(url), 200), (client.post(url), 422)):
        assert (response.status_code, "name another keeper first" in text(response)) == (status, True)
    assert street.memberships.get(person=olga).is_keeper


# Members ----------------------------------------------------------------------------------------------------


def act(client, membership, action, **fields):
    return client.post(f"/circles/{membership.circle_id}/members/{membership.pk}/{action}/", fields)


def test_a_keeper_lets_in_and_says_no(olga, mallory, street):
    client = signed_in(olga)
    zed = street.ask_to_join(make_person("Zed"), at=now())
    waiting = street.ask_to_join(mallory, at=now())

    assert act(client, waiting, "admit", next=f"/circles/{street.pk}/").url == f"/circles/{street.pk}/"
    assert act(client, zed, "decline", next="//evil.example").url == f"/circles/{street.pk}/members/"
    act(client, zed, "admit")

    assert [m.state for m in Membership.objects.filter(pk__in=[waiting.pk, zed.pk]).order_by("pk")] == [
        "declined",
        "current",
    ]
    assert Notice.objects.filter(kind="join_accepted", reader=mallory).count() == 1


def test_a_keeper_places_names_keepers_and_removes(olga, bo, ada, street):
    client, bos = signed_in(olga), street.memberships.get(person=bo)

    act(client, bos, "place", ring="1")
    act(client, bos, "keeper")
    bos.refresh_from_db()
    assert (bos.ring, bos.role) == (Ring.INNER, Role.KEEPER)

    act(client, bos, "member")
    act(client, bos, "remove")
    bos.refresh_from_db()
    assert bos.state == "removed"


@pytest.mark.parametrize("ring", ["", "0", "4", "-1", "x", "1e3", str(HUGE)])
def test_a_ring_that_does_not_exist_is_refused(olga, bo, street, ring):
    membership = street.memberships.get(person=bo)

    assert act(signed_in(olga), membership, "place", ring=ring).status_code == 404


@pytest.mark.parametrize("action", ["admit", "decline", "remove", "place", "keeper", "member"])
def test_only_keepers_of_this_very_circle_act_and_only_by_post(
    action, olga, bo, ada, mallory, street, elsewhere
):
    membership = street.memberships.get(person=ada)
    url = f"/circles/{street.pk}/members/{membership.pk}/{action}/"

    assert signed_in(olga).get(url).status_code == 405
    assert signed_in(bo).post(url, {"ring": "1"}).status_code == 403
    assert signed_in(mallory).post(url, {"ring": "1"}).status_code == 404
    assert Client().post(url).status_code == 302
    # Her own circle's keeper, somebody else's member.
    other = f"/circles/{elsewhere.pk}/members/{membership.pk}/{action}/"
    assert signed_in(mallory).post(other, {"ring": "1"}).status_code == 404
    before = (membership.ring, membership.role, membership.state)
    membership.refresh_from_db()
    assert (membership.ring, membership.role, membership.state) == before


def test_the_last_keeper_stays_keeper(olga, street):
    client, membership = signed_in(olga), street.memberships.get(person=olga)

    response = client.post(f"/circles/{street.pk}/members/{membership.pk}/member/", follow=True)
    removed = act(client, membership, "remove")

    assert "A circle needs a keeper. Name another one first." in text(response)
    assert (removed.status_code, street.memberships.get(person=olga).is_keeper) == (404, True)


def test_forms_that_change_something_want_our_own_token(bo, street):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bo)

    assert client.post(f"/circles/{street.pk}/leave/").status_code == 403
    assert street.memberships.get(person=bo).is_current


def test_names_are_shown_as_text(olga, street):
    person = make_person("Eve")
    person.edit(at=now(), name="<b>Eve</b>")
    join(street, person, by=olga)

    assert "<b>Eve</b>" not in signed_in(olga).get(f"/circles/{street.pk}/members/").content.decode()
