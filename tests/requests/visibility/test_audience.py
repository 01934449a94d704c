"""Whom one asks: by name, how far, how much later; and what whoever runs the request sees and does about it."""

import datetime as dt

import pytest
from django.urls import reverse

from circles.models import Block, CircleKind, Ring
from requests.forms.people import MOST_BY_NAME, MOST_SHOWN
from requests.models import HelpRequest, NotChecked
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, join, make_circle, make_person, now
from tests.circles.pages import errors, signed_in, text
from tests.requests.filled_in import ask_fields

pytestmark = pytest.mark.django_db
PRACTICAL = "/requests/new/instrumental/"
EMOTIONAL = "/requests/new/emotional/"
HTMX = {"HX-Request": "true"}


def company(circle, **typed):
    """A walk, whenever it suits."""
    walk = {"category": "walk", "wanted": "listen", "timing": "whenever", "up_to": "1"}
    return ask_fields(circle, **{**walk, **typed})


def waves():
    """(hours after the asking, ring, circle, person) of the one request that there is."""
    rows = HelpRequest.objects.get().waves.in_order()
    named = rows.values_list("after", "ring", "circle__name", "person__name")
    return [(after / HOUR, ring, circle, person) for after, ring, circle, person in named]


def offered(page):
    """The names to choose from."""
    form = page.context["form"]
    return [[box.data["label"] for box in boxes] for boxes in (form.at_hand(), form.others())]


def plan_of(page):
    """What happens if nothing is changed."""
    return [f"{step['when']}: {step['whom']}" for step in page.context["form"].plan()]


# The form


def test_by_name_first_then_ring_by_ring_then_another_circle(ada, bo, olga, street):
    choir = make_circle(ada, name="The choir")
    asked = company(street, people=[bo.pk, olga.pk], widen_after="4", widen_to="2", then=choir.pk)

    answer = signed_in(ada).post(EMOTIONAL, asked)

    assert answer.status_code == 302
    assert waves() == [
        (0, None, None, "Bo"),
        (0, None, None, "Olga"),
        (4, Ring.INNER, "Our street", None),
        (8, Ring.CLOSE, "Our street", None),
        (12, Ring.EVERYONE, "The choir", None),
    ]


def test_who_touches_nothing_asks_as_is_usual_and_nobody_else_later(ada, street):
    client = signed_in(ada)
    page = client.get(f"{EMOTIONAL}?category=walk")
    form = page.context["form"]
    untouched = {name: form[name].value() for name in ("up_to", "widen_after", "widen_to", "needs_checked")}

    client.post(EMOTIONAL, company(street, **{n: "" if v is None else v for n, v in untouched.items()}))

    assert plan_of(page) == ["At once: The people nearest to you"]
    assert "Later: nobody else" in text(page)
    assert waves() == [(0, Ring.INNER, "Our street", None)]


def test_by_name_and_nobody_else(ada, bo, street):
    signed_in(ada).post(EMOTIONAL, company(street, people=[bo.pk], widen_after="", widen_to="3"))

    assert waves() == [(0, None, None, "Bo")]


@pytest.mark.parametrize(
    ("category", "up_to", "plan"),
    [
        ("meal", None, ["At once: Everyone in Our street"]),
        ("childcare", None, ["At once: The people nearest to you"]),
        (
            "meal",
            "1",
            [
                "At once: The people nearest to you",
                "After 2 days: Those who know you well",
                "After 4 days: Everyone in Our street",
            ],
        ),
    ],
)
def test_the_plan_is_told_before_it_is_asked_and_nothing_is_written(ada, street, category, up_to, plan):
    fields = ask_fields(street, category=category, up_to=up_to, look="plan", title="")
    fields |= {"widen_after": "48", "widen_to": "3"} if up_to else {}

    answer = signed_in(ada).post(PRACTICAL, fields, headers=HTMX)

    assert (answer.status_code, answer.templates[0].name) == (200, "requests/_plan.html")
    assert (plan_of(answer), errors(answer)) == (plan, {})
    assert not HelpRequest.objects.exists()


def test_what_the_plan_says_is_what_the_page_shows(ada, street):
    client = signed_in(ada)
    whole = text(client.post(PRACTICAL, ask_fields(street, look="plan")))

    part = text(client.post(PRACTICAL, ask_fields(street, look="plan"), headers=HTMX))

    assert part in whole


def test_names_are_known_once_the_circle_is(ada, bo, olga, street):
    choir = make_circle(ada, make_person("Clara"), name="The choir")
    client = signed_in(ada)

    blank = client.get(PRACTICAL)
    named = client.get(f"{PRACTICAL}?circle={choir.pk}")
    looked = client.post(PRACTICAL, ask_fields(street, look="names", title="Kept as it is", date="nonsense"))

    assert (offered(blank), "See whom you can choose" in text(blank)) == ([[], []], True)
    assert offered(named) == [["Clara"], []]
    assert (looked.status_code, offered(looked), errors(looked)) == (200, [["Bo", "Olga"], []], {})
    assert 'value="Kept as it is"' in looked.content.decode()
    assert not HelpRequest.objects.exists()


def test_another_circle_has_other_people_and_what_was_ticked_stays_where_it_fits(ada, bo, olga, street):
    choir = make_circle(ada, bo, make_person("Clara"), name="The choir")
    client = signed_in(ada)
    fields = company(choir, people=[bo.pk, olga.pk])

    part = client.post(EMOTIONAL, {**fields, "look": "names"}, headers=HTMX)
    refused = client.post(EMOTIONAL, fields)

    assert (part.templates[0].name, offered(part)) == ("requests/_reach.html", [["Bo", "Clara"], []])
    assert part.context["form"].chosen_people == [bo]
    assert (refused.status_code, list(errors(refused))) == (422, ["people"])
    assert not HelpRequest.objects.exists()


@pytest.mark.parametrize("typed", [["0"], ["x"], ["9" * 30], ["\x00"], ["-1"], ["1.5"]])
def test_people_who_are_none_are_refused(ada, street, typed):
    answer = signed_in(ada).post(EMOTIONAL, company(street, people=typed))

    assert (answer.status_code, list(errors(answer))) == (422, ["people"])


def test_nobody_outside_the_circle_is_asked_by_name(ada, bo, street, olga, mallory, elsewhere):
    Block.objects.make(by=bo, whom=ada, at=now())

    for person in (mallory, bo, ada):
        answer = signed_in(ada).post(EMOTIONAL, company(street, people=[olga.pk, person.pk]))
        assert (answer.status_code, list(errors(answer))) == (422, ["people"])
    assert not HelpRequest.objects.exists()


def test_a_few_are_a_few(ada, street, olga):
    people = [make_person(f"Neighbour {number}") for number in range(MOST_BY_NAME + 1)]
    for person in people:
        join(street, person, by=olga)

    answer = signed_in(ada).post(EMOTIONAL, company(street, people=[person.pk for person in people]))

    assert list(errors(answer)) == ["people"]


def test_in_a_large_circle_people_are_found_by_their_names(ada, olga):
    people = [make_person(f"Neighbour {number}") for number in range(MOST_SHOWN)]
    town = make_circle(olga, ada, make_person("Zoe Maria"), *people, name="The town")
    client = signed_in(ada)

    page = client.get(EMOTIONAL)
    found = client.post(EMOTIONAL, company(town, look="names", find="maria", people=[people[0].pk]))
    odd = client.post(EMOTIONAL, company(town, look="names", find="\x00"))

    assert [len(part) for part in offered(page)] == [6, 0]
    assert {"Zoe Maria", "Neighbour 0"} <= set(offered(found)[0])
    assert odd.status_code == 200


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"widen_after": "5"}, "widen_after"),
        ({"widen_after": "never"}, "widen_after"),
        ({"widen_to": "4"}, "widen_to"),
        ({"then": "9" * 30}, "then"),
        ({"then": "x"}, "then"),
        ({"needs_checked": "maybe"}, "needs_checked"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(ada, street, typed, field):
    make_circle(ada, name="The choir")

    answer = signed_in(ada).post(EMOTIONAL, company(street, **typed))

    assert (answer.status_code, list(errors(answer))) == (422, [field])
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_one_goes_on_only_to_circles_of_ones_own_that_are_in_use(ada, street, elsewhere):
    away = make_circle(ada, name="Put away")
    away.archive(by=ada, at=now())

    for circle in (elsewhere, away):
        answer = signed_in(ada).post(EMOTIONAL, company(street, then=circle.pk))
        assert list(errors(answer)) == ["then"]
    signed_in(ada).post(EMOTIONAL, company(street, then=street.pk))
    assert waves() == [(0, Ring.INNER, "Our street", None)]


def test_a_draft_keeps_the_plan_and_shows_it_again(ada, bo, street):
    choir = make_circle(ada, name="The choir")
    client = signed_in(ada)
    asked = company(street, people=[bo.pk], widen_after="4", widen_to="3", then=choir.pk, needs_checked="yes")
    client.post(EMOTIONAL, {**asked, "put_down": "1"})
    planned = waves()

    page = client.get(reverse("request_edit", args=[HelpRequest.objects.get().pk]))
    form = page.context["form"]
    shown = {name: form[name].value() for name in ("widen_after", "widen_to", "then", "needs_checked")}
    client.post(page.request["PATH_INFO"], {**asked, "put_down": "1"})

    assert shown == {"widen_after": 4, "widen_to": 3, "then": choir.pk, "needs_checked": "yes"}
    assert (form.chosen_people, form["up_to"].value()) == ([bo], 1)
    assert waves() == planned


def test_the_page_of_a_draft_tells_the_plan(ada, bo, street):
    help_request = draft(ada, street)
    help_request.set_times(timing="whenever", at=now())
    help_request.set_reach(people=[bo], widen_after=DAY)

    page = text(signed_in(ada).get(help_request.get_absolute_url()))

    assert "Who is asked Bo At once Everyone in Our street After 1 day" in page
    assert "Hold" not in page


# Only checked helpers


def childcare(circle, **typed):
    """Two hours with the children."""
    return ask_fields(circle, category="childcare", **{"childcare-ages": "4 and 6", **typed})


@pytest.mark.parametrize(
    ("kind", "typed", "needs"),
    [
        (CircleKind.COMMUNITY, {}, True),
        (CircleKind.COMMUNITY, {"needs_checked": "no"}, False),
        (CircleKind.PERSONAL, {}, False),
        (CircleKind.PERSONAL, {"needs_checked": "yes"}, True),
    ],
)
def test_childcare_in_a_community_is_for_checked_helpers_unless_said_otherwise(ada, kind, typed, needs):
    circle = make_circle(ada, name="Some circle", kind=kind)

    signed_in(ada).post(PRACTICAL, childcare(circle, **typed))

    assert HelpRequest.objects.get().needs_checked is needs


def test_a_meal_is_for_everybody(ada, street):
    signed_in(ada).post(PRACTICAL, ask_fields(street))

    assert not HelpRequest.objects.get().needs_checked


@pytest.fixture
def for_checked(ada, olga, street):
    """A request for checked helpers, in a circle that says how one gets checked."""
    street.edit(by=olga, at=now(), how_checked="A talk and two references.")
    return ask(ada, street, needs_checked=True)


def test_who_is_not_checked_reads_kindly_how_it_goes_instead_of_a_button(for_checked, bo):
    client, slot = signed_in(bo), for_checked.slots.get()

    for page in (for_checked.get_absolute_url(), slot.get_absolute_url()):
        shown = client.get(page)
        assert "How it goes: A talk and two references." in text(shown)
        assert "Olga keeps the circle and can tell you more." in text(shown)
        assert "do it" not in text(shown)
        assert f'action="{slot.get_absolute_url()}"' not in shown.content.decode()


def test_who_presses_all_the_same_is_told_kindly(for_checked, bo):
    slot = for_checked.slots.get()

    answer = signed_in(bo).post(slot.get_absolute_url(), follow=True)

    assert "This is for helpers whom a keeper has checked." in text(answer)
    assert not slot.claims.exists()
    with pytest.raises(NotChecked):
        slot.claim(by=bo, at=now())


def test_who_is_checked_helps_as_ever(for_checked, street, bo, olga):
    street.memberships.get(person=bo).note_check(by=olga, until=now().date() + 30 * DAY, at=now())
    client, slot = signed_in(bo), for_checked.slots.get()

    assert "do it" in text(client.get(for_checked.get_absolute_url()))
    client.post(slot.get_absolute_url())

    assert [claim.person for claim in slot.claims.accepted()] == [bo]


def test_whoever_asks_may_let_everybody_help_after_all(for_checked, ada, bo):
    client = signed_in(ada)
    assert "Let everybody who sees it help" in text(client.get(for_checked.get_absolute_url()))

    answer = client.post(reverse("request_anybody", args=[for_checked.pk]))

    assert answer.url == f"{for_checked.get_absolute_url()}#asked"
    assert "Only helpers whom a keeper has checked" not in text(client.get(for_checked.get_absolute_url()))
    assert HelpRequest.objects.get().slots.get().claim(by=bo, at=now()).is_accepted


def test_a_keeper_does_not_take_that_away(for_checked, olga):
    client = signed_in(olga)

    assert "Let everybody who sees it help" not in text(client.get(for_checked.get_absolute_url()))
    assert client.post(reverse("request_anybody", args=[for_checked.pk])).status_code == 403


# The request's page


@pytest.fixture
def planned(ada, bo, street):
    """Asked by name first, then of all, then of the choir."""
    help_request = draft(ada, street)
    help_request.set_times(timing="whenever", at=now())
    choir = make_circle(ada, make_person("Clara"), name="The choir")
    help_request.set_reach(people=[bo], widen_after=DAY, then=choir)
    help_request.publish(by=ada, at=now())
    return help_request


def section(help_request, person):
    """What the page says about who is asked."""
    page = signed_in(person).get(help_request.get_absolute_url())
    asked = page.context["asked"]
    return asked and {name: [line["whom"] for line in asked[name]] for name in ("opened", "coming")}


def test_who_asks_sees_who_is_asked_and_who_will_be(planned, ada):
    page = text(signed_in(ada).get(planned.get_absolute_url()))

    assert section(planned, ada) == {
        "opened": ["Bo"],
        "coming": ["Everyone in Our street", "Everyone in The choir"],
    }
    assert "Bo Asked: Today," in page
    assert "Everyone in Our street Tomorrow," in page
    assert "Ask the next now" in page


def test_a_keeper_sees_how_many_but_not_who(planned, olga):
    page = text(signed_in(olga).get(planned.get_absolute_url()))

    assert section(planned, olga)["opened"] == ["1 person by name"]
    assert "Ask the next now" in page
    assert "Ask more people" not in page


def test_a_member_sees_nothing_of_it(planned, bo):
    page = signed_in(bo).get(planned.get_absolute_url())

    assert page.context["asked"] is None
    assert page.context["help_request"].waves_asked is None
    assert "Who is asked" not in text(page)


def test_many_names_are_a_few_and_a_number(ada, olga, street):
    people = [make_person(name) for name in ("Cleo", "Dan", "Eve", "Finn", "Gus")]
    for person in people:
        join(street, person, by=olga)
    help_request = draft(ada, street)
    help_request.set_times(timing="whenever", at=now())
    help_request.set_reach(people=people)
    help_request.publish(by=ada, at=now())

    assert section(help_request, ada)["opened"] == ["Cleo, Dan, Eve and 2 others"]
    assert section(help_request, olga)["opened"] == ["5 people by name"]


def test_rings_have_the_words_of_whoever_asks(ada, olga, street):
    help_request = ask(ada, street, up_to=Ring.CLOSE)

    assert section(help_request, ada)["opened"] == ["Those who know you well"]
    assert section(help_request, olga)["opened"] == ["Those who know Ada well"]


def test_hold_go_on_and_ask_the_next_now(planned, ada):
    client = signed_in(ada)
    page = planned.get_absolute_url()

    client.post(reverse("request_hold", args=[planned.pk]))
    held = text(client.get(page))
    client.post(reverse("request_go_on", args=[planned.pk]))
    going = text(client.get(page))
    answer = client.post(reverse("request_hasten", args=[planned.pk]))

    assert "Nobody else is asked until you go on." in held
    assert "Everyone in Our street On hold" in held
    assert "Nobody else is asked until you go on." not in going
    assert answer.url == f"{page}#asked"
    assert section(planned, ada)["opened"] == ["Bo", "Everyone in Our street"]


def test_while_all_is_taken_the_next_wait_for_a_place(planned, ada, bo):
    planned.slots.get().claim(by=bo, at=now())
    planned.waves.to_come().update(opens_at=now() - HOUR)

    page = text(signed_in(ada).get(planned.get_absolute_url()))

    assert "Everyone in Our street As soon as a place is free again" in page
    assert "Ask the next now" not in page


def test_a_closed_request_asks_nobody(planned, ada):
    planned.close(by=ada, at=now())
    client = signed_in(ada)

    for name in ("request_hold", "request_go_on", "request_hasten"):
        client.post(reverse(name, args=[planned.pk]))

    assert client.get(planned.get_absolute_url()).context["asked"] is None
    assert client.get(reverse("request_reach", args=[planned.pk])).url == planned.get_absolute_url()
    assert planned.waves.opened(at=now()).count() == 1


@pytest.mark.parametrize("people", [1, 3, 20])
@pytest.mark.parametrize("reader", ["ada", "olga", "bo"])
def test_the_page_makes_no_query_for_it(people, reader, ada, bo, olga, street, django_assert_max_num_queries):
    named = [make_person(f"Neighbour {number}") for number in range(people)]
    for person in named:
        join(street, person, by=olga)
    help_request = ask(ada, street)
    help_request.ask_more(by=ada, at=now(), people=named)
    client = signed_in({"ada": ada, "olga": olga, "bo": bo}[reader])

    with django_assert_max_num_queries(6):
        assert client.get(help_request.get_absolute_url()).status_code == 200


# Asking more people


def test_more_people_by_name_and_a_group(planned, ada, bo, olga, street):
    choir = ada.memberships.get(circle__name="The choir").circle
    client, url = signed_in(ada), reverse("request_reach", args=[planned.pk])

    page = client.get(url)
    answer = client.post(url, {"people": [olga.pk], "group": f"{choir.pk}:3"})

    assert offered(page) == [["Olga"], []]
    assert "Asked so far: Bo" in text(page)
    assert answer.url == f"{planned.get_absolute_url()}#asked"
    assert section(planned, ada) == {
        "opened": ["Bo", "Olga", "Everyone in The choir"],
        "coming": ["Everyone in Our street"],
    }


def test_only_groups_that_do_not_see_it_yet_are_offered(ada, street):
    choir = make_circle(ada, name="The choir")
    near, all_of_it = ask(ada, street, up_to=Ring.INNER), ask(ada, street)

    def groups(help_request):
        page = signed_in(ada).get(reverse("request_reach", args=[help_request.pk]))
        return [key for key, _words in page.context["form"].fields["group"].choices]

    assert groups(near) == ["", f"{street.pk}:2", f"{street.pk}:3", f"{choir.pk}:3"]
    assert groups(all_of_it) == ["", f"{choir.pk}:3"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "people"),
        ({"people": ["x"]}, "people"),
        ({"people": ["1"]}, "people"),
        ({"group": "1:1"}, "group"),
        ({"group": "\x00"}, "group"),
    ],
)
def test_nobody_and_nonsense_are_refused(ada, mallory, elsewhere, street, typed, field):
    help_request = ask_for_company(ada, street)

    answer = signed_in(ada).post(reverse("request_reach", args=[help_request.pk]), typed)

    assert (answer.status_code, list(errors(answer))) == (422, [field])
    assert help_request.waves.count() == 1


def test_another_circle_than_ones_own_is_no_group(planned, ada, elsewhere):
    answer = signed_in(ada).post(reverse("request_reach", args=[planned.pk]), {"group": f"{elsewhere.pk}:3"})

    assert list(errors(answer)) == ["group"]


def test_looking_for_names_changes_nothing(planned, ada, olga):
    url = reverse("request_reach", args=[planned.pk])

    answer = signed_in(ada).post(url, {"look": "names", "find": "ol", "people": [olga.pk]})

    assert (answer.status_code, errors(answer)) == (200, {})
    assert answer.context["form"].chosen_people == [olga]
    assert planned.waves.count() == 3


def test_a_draft_has_nobody_to_widen(ada, street):
    help_request = draft(ada, street)

    assert signed_in(ada).get(reverse("request_reach", args=[help_request.pk])).status_code == 302


@pytest.mark.moment("2027-01-04T12:00Z")
def test_times_of_waves_are_those_of_the_readers_clock(planned, ada):
    ada.edit(at=now(), time_zone="Asia/Tokyo")
    moment = dt.datetime(2027, 1, 5, 20, tzinfo=dt.UTC)
    planned.waves.to_come().update(opens_at=moment)

    page = signed_in(ada).get(planned.get_absolute_url())

    assert page.context["asked"]["coming"][0]["when"] == "Wednesday 6 January, 5:00"
