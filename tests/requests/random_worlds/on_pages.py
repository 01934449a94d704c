"""What somebody finds by their browser in a random world: lists, searches, filters, counts and addresses.

And two more hand-written forms of the one rule: whom one may ask by name, and which waves reach somebody.
"""

import re

import time_machine
from django.core.cache import cache
from django.test import Client

from requests.models import HelpRequest, Wave
from requests.visibility.suggestions import may_be_asked

from .plain_rule import is_live

NARROWED = (
    {},
    {"kind": "instrumental"},
    {"kind": "emotional", "category": "walk"},
    {"kind": "informational"},
    {"kind": "nonsense", "category": "nonsense"},
)
WORDS = {key: [query[key] for query in NARROWED[:-1] if key in query] for key in ("kind", "category")}


def browsing(world, rule, at):
    """One of the people opens every list, every address that is theirs to know or not, and looks for people."""
    able = [one for one in world.people if one.is_active and one.verified_at]
    if not able:
        return
    person, browser = world.dice.choice(able), Client()
    # Limits are for people, and this one reads faster than any.
    cache.clear()
    with time_machine.travel(at, tick=False):
        browser.force_login(person)
        yield from _lists(browser, person, rule, at)
        yield from _circles(browser, person, rule, at)
        yield from _addresses(browser, person, rule, at)
        yield from _looking_for_people(browser, world, person, rule, at)


def _lists(browser, person, rule, at):
    for query in NARROWED:
        known = {key: value for key, value in query.items() if value in WORDS[key]}
        expected = [pk for pk, _ in rule.needs(person.pk, at, **known)]
        page = browser.get("/requests/", query)
        found = [_number(need["url"]) for need in page.context["needs"]]
        yield f"/requests/ {query} of {person} at {at}", found, expected
    page = browser.get("/requests/", {"state": "closed"})
    found = [_number(row["url"]) for row in page.context["asked"]]
    yield f"what is over for {person} at {at}", found, rule.past(person.pk, at)


def _number(url):
    return int(re.match(r"/requests/(\d+)/", url).group(1))


def _circles(browser, person, rule, at):
    """Whose members see them, how many are counted there, and what the page of each says is needed."""
    mine = browser.get("/circles/").context["memberships"]
    found = {one.circle_id: (one.members, one.joiners) for one in mine}
    yield f"circles of {person}", found, rule.circles_of(person.pk)
    for circle in rule.circles:
        page, keeps = browser.get(f"/circles/{circle}/"), rule.keeps(person.pk, circle)
        if circle in found and not (page.status_code == 302 and keeps):
            needed = [_number(need["url"]) for need in page.context["needs"]]
            expected = [pk for pk, _ in rule.needs(person.pk, at, circle=circle)]
            yield f"needed in {circle} for {person} at {at}", needed, expected
        for paper in ("sheet", "calls"):
            printed = browser.get(f"/circles/{circle}/{paper}/")
            found_it = (
                printed.status_code == 200 and "circle" in printed.context
            )  # who waits gets another page
            expected = keeps and page.status_code == 200
            yield f"whether {person} may print {paper} of {circle}", found_it, expected


def _addresses(browser, person, rule, at):
    """Every request, time and promise by its number: there for whoever sees it, and as if it never was for others."""
    seen, slots = rule.seen(person.pk, at), rule.slots_seen(person.pk, at)
    for pk in rule.asked:
        status = browser.get(f"/requests/{pk}/").status_code
        yield f"whether {person} opens /requests/{pk}/ at {at}", status != 404, pk in seen
    for pk in rule.slots:
        status = browser.get(f"/slots/{pk}/claim/").status_code
        yield f"whether {person} opens /slots/{pk}/claim/ at {at}", status != 404, pk in slots
    for pk in rule.claims:
        status = browser.get(f"/claims/{pk}/").status_code
        yield (
            f"whether {person} opens /claims/{pk}/ at {at}",
            status != 404,
            pk in rule.claims_seen(person.pk, at),
        )


def _looking_for_people(browser, world, person, rule, at):
    """Whom a keeper may sign up, by a part of the name; whom one may ask by name; what reaches whom."""
    for pk, slot in rule.slots.items():
        asked, name = rule.asked[slot["help_request_id"]], world.dice.choice(["", "1", "person", "nobody"])
        page = browser.get(f"/slots/{pk}/sign-up/", {"name": name})
        if page.status_code == 200:
            found = {number for number, _ in page.context["form"].fields["person"].choices if number}
            holds = {c["person_id"] for c in rule.claims_on[pk] if is_live(c)}
            able = rule.could_be_signed_up(asked, at) - holds - {person.pk}
            expected = {one for one in able if name in rule.people[one]["name"].lower()}
            yield f"whom {person} may sign up for {pk} at {at}", found, expected
        may = rule.keeps(person.pk, asked["circle_id"]) and pk in rule.slots_seen(person.pk, at)
        yield (
            f"whether {person} may sign up for {pk}",
            page.status_code == 200 and may,
            page.status_code == 200,
        )
    for help_request in HelpRequest.objects.filter(published_at__isnull=False).select_related(
        "circle", "asker"
    ):
        found = set(may_be_asked(help_request, by=help_request.asker).values_list("person", flat=True))
        expected = rule.could_be_asked(rule.asked[help_request.pk])
        yield f"whom one may ask of {help_request.pk}", found, expected
    for one in world.people:
        found = set(Wave.objects.reaching(one, at=at).values_list("pk", flat=True))
        yield f"waves that reach {one} at {at}", found, rule.waves_reaching(one.pk, at)
