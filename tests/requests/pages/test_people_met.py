"""Telling the keepers about somebody whom one does not see any more: nothing of theirs is shown, nor why it is so."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from circles.models import Block, Person, Report
from requests.pages.people_met import met_by
from tests.cast import DAY, ask, ask_for_company, join, make_circle, make_person, now
from tests.circles.pages import signed_in, text
from tests.requests.random_worlds.twins import Pair, in_both, pages, past, promised

PAGE = "/me/report/"


def names(person, query=""):
    """Who stands in the list, in its order."""
    return [one["name"] for one in signed_in(person).get(f"{PAGE}{query}").context["people"]]


def test_whoever_was_blocked_reports_from_me_and_from_the_circle(street, ada, bo, olga, supper):
    supper.slots.get().claim(by=bo, at=now())
    Block.objects.make(by=ada, whom=bo, at=now())
    client = signed_in(bo)

    assert f'href="{PAGE}"' in client.get("/me/").content.decode()
    assert f'href="{PAGE}?circle={street.pk}"' in client.get(street.get_absolute_url()).content.decode()
    [found] = [one for one in client.get(PAGE).context["people"] if one["name"] == "Ada"]
    assert client.get(found["url"]).status_code == 200
    client.post(found["url"], {"reason": "She shouted"})

    report = Report.objects.get()
    assert (report.about, report.reporter, report.circle) == (ada, bo, street)
    assert client.get(supper.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_the_page_is_the_same_for_whoever_left():
    pair = Pair(happenings=[promised, past])
    ada, claims = pair.circle.memberships.get(person=pair.ada), pair.bo.claims.values_list("pk", flat=True)
    ways = [PAGE, f"{PAGE}?q=ad", f"/circles/{pair.circle.pk}/members/{ada.pk}/report/"]
    ways += [f"/claims/{claim}/report/" for claim in claims]

    block, leave = in_both(pair, lambda: pages(pair.bo, ways))

    assert block == leave
    assert {page[0] for page in block.values()} == {200}
    assert all("Ada" in block[way][2] for way in ways[:3])


def test_names_are_found_by_a_part_of_them(street, ada, bo, olga):
    join(street, make_person("Adam"), by=olga)

    assert names(bo) == ["Ada", "Adam", "Olga"]
    assert names(bo, "?q=ADA") == ["Ada", "Adam"]
    assert names(bo, "?q=zoe") == names(bo, "?circle=99999") == []
    assert signed_in(bo).get(f"{PAGE}?circle={2**70}").status_code == 422


def test_as_many_circles_as_one_has_take_the_same_queries(street, ada, bo, olga, django_assert_num_queries):
    with CaptureQueriesContext(connection) as one:
        met_by(bo)
    for number in range(3):
        make_circle(olga, ada, bo, name=f"Circle {number}")

    with django_assert_num_queries(len(one)):
        people, _more = met_by(bo)

    assert [person["name"] for person in people] == ["Ada", "Olga"]


def test_a_long_list_says_that_there_are_more(street, bo, olga):
    people = Person.objects.bulk_create(
        Person(email=f"p{number}@example.org", name=f"P {number:02}", verified_at=now())
        for number in range(60)
    )
    street.memberships.bulk_create(
        street.memberships.model(circle=street, person=person, asked_at=now(), joined_at=now())
        for person in people
    )

    page = signed_in(bo).get(PAGE)

    assert (len(page.context["people"]), page.context["more"]) == (50, True)
    assert "There are more." in text(page)


def test_who_asked_from_another_circle_is_reported_by_the_promise(ada, bo, olga, mallory, elsewhere):
    there = make_circle(ada, name="Choir")
    group = make_circle(olga, ada, bo, name="Group")
    asked = ask(ada, there)
    asked.ask_more(by=ada, at=now(), circle=group)
    claim = asked.slots.get().claim(by=bo, at=now())
    group.memberships.get(person=ada).leave(at=now() + DAY)
    Block.objects.make(by=ada, whom=bo, at=now())
    url = f"/claims/{claim.pk}/report/"

    assert [signed_in(mallory).get(url).status_code, signed_in(olga).get(url).status_code] == [404, 404]
    page = signed_in(bo).get(url)
    assert (page.status_code, "Choir" in text(page), "Supper for four" in text(page)) == (200, False, False)


def test_a_name_that_was_not_said_is_not_said_here_either(street, ada, bo):
    claim = ask_for_company(ada, street, quietly=True).slots.get().claim(by=bo, at=now())
    client, url = signed_in(bo), f"/claims/{claim.pk}/report/"

    page = client.get(url)
    assert "Ada" not in text(page).split() and "block" not in page.context["form"].fields
    client.post(url, {"reason": "This is no request", "block": "on"})

    assert (Report.objects.get().about, Block.objects.count()) == (ada, 0)


def test_mallory_finds_nobody_of_another_circle(street, ada, bo, mallory, elsewhere, supper):
    claim = supper.slots.get().claim(by=bo, at=now())

    assert names(mallory) == names(mallory, "?q=ada") == names(mallory, f"?circle={street.pk}") == []
    assert signed_in(mallory).get(f"/claims/{claim.pk}/report/").status_code == 404
    assert "Ada" in names(bo)


def test_whom_one_never_could_see_is_not_in_the_list(street, ada, bo, olga):
    eve = make_person("Eve")
    Block.objects.make(by=eve, whom=bo, at=now())
    join(street, eve, by=olga)

    assert names(bo) == ["Ada", "Olga"]
