"""Who keeps a promise, and who is asked to step in, in random worlds: three more hand-written forms of the one rule.

`membership_ended._promised`, `circle_change._stays` and `standby.to_ask_for` against the plain rule, each in a world of
its own.
"""

import copy
from contextlib import contextmanager

from django.db import transaction
from django.test import Client

from circles.models import Circle, Membership
from requests.models import HelpRequest, Slot, Standby

from .deeds import REFUSALS
from .plain_rule import PlainRule, is_live


@contextmanager
def _tried():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _ahead(rule, at):
    """{claim: request} of the promises that stand ahead."""
    asked = {}
    for pk, claim in rule.claims.items():
        slot = rule.slots[claim["slot_id"]]
        is_over = slot["cancelled_at"] or slot["ends_at"] and slot["ends_at"] <= at
        if is_live(claim) and not is_over:
            asked[pk] = rule.asked[slot["help_request_id"]]
    return asked


# Standing by


def stepping_in(world, rule, at):
    """Everybody said "ask me if someone drops out" of one time."""
    slots = Slot.objects.filter(help_request__published_at__isnull=False).select_related("help_request")
    for slot in world.dice.sample(found := list(slots.order_by("pk")), min(2, len(found))):
        with _tried():
            Standby.objects.filter(help_request=slot.help_request).delete()
            Standby.objects.bulk_create(
                Standby(person=person, help_request=slot.help_request, since=at) for person in world.people
            )
            ready = Standby.objects.to_ask_for(slot)
            found = {one.person_id for one in ready if slot.is_open_to(one.person, at=at)}
        expected = {pk for pk in rule.people if _could_step_in(rule, pk, rule.slots[slot.pk], at)}
        yield f"who could step in for {slot.pk} at {at}", found, expected


def _could_step_in(rule, pk, slot, at):
    """Whoever sees it, belongs to a circle that is asked, is kept from nothing there, and has no place yet."""
    asked = rule.asked[slot["help_request_id"]]
    opened = [wave for wave in rule.waves_of[asked["id"]] if wave["opened_at"]]
    circles = {asked["circle_id"], *(wave["circle_id"] for wave in opened)}
    holds = any(is_live(claim) and claim["person_id"] == pk for claim in rule.claims_on[slot["id"]])
    return bool(
        rule.people[pk]["is_active"]
        and rule.people[pk]["verified_at"]
        and not holds
        and rule.sees(pk, asked, at)
        and not rule.is_parted(pk, asked)
        and not rule.is_shut_out(pk, asked)
        and any(rule.belongs(pk, circle) for circle in circles)
        and (not asked["needs_checked"] or rule.is_checked_for(pk, slot, at))
    )


# Leaving a circle


def leaving(world, rule, at):
    """What somebody promised in the circle ends, and elsewhere what they knew of by it alone."""
    busy = {rule.claims[pk]["person_id"] for pk in _ahead(rule, at)}
    rows = Membership.objects.current().filter(person__in=busy).select_related("person", "circle")
    for membership in world.dice.sample(found := list(rows.order_by("pk")), min(2, len(found))):
        yield from _left(membership, rule, at)


def _left(membership, rule, at):
    before = _ahead(rule, at)
    with _tried():
        try:
            with transaction.atomic():
                membership.leave(at=at)
        except REFUSALS:
            return
        after = PlainRule()
    mine = {pk for pk in before if rule.claims[pk]["person_id"] == membership.person_id}
    found = {pk for pk in mine if is_live(after.claims[pk])}
    expected = {pk for pk in mine if _survives(after, before[pk], membership, at)}
    yield f"what {membership.person} keeps after leaving {membership.circle_id} at {at}", found, expected


def _survives(after, asked, membership, at):
    """Whether a promise elsewhere outlasts the leaving: the circle told of nothing, or something else still does."""
    person, circle = membership.person_id, membership.circle_id
    if asked["circle_id"] == circle:
        return False
    told = any(wave["circle_id"] == circle for wave in after.waves_of[asked["id"]])
    return not told or bool(after.belongs(person, asked["circle_id"]) or after.reaching(person, asked, at))


# Asking in another circle


def moving(world, rule, at):
    """Who promised keeps the place where they see it there, too, and could take one."""
    ahead = _ahead(rule, at)
    circles = list(Circle.objects.order_by("pk"))
    for asked in HelpRequest.objects.filter(pk__in={what["id"] for what in ahead.values()}).order_by("pk"):
        losing = asked.losing_their_place(circles, at=at)
        for circle in circles:
            there = _asked_there(rule, asked.pk, circle.pk)
            expected = {
                pk
                for pk, what in ahead.items()
                if what["id"] == asked.pk and not _stays(there, rule.claims[pk], asked.pk, at)
            }
            found = {claim.pk for claim in losing[circle.pk]}
            yield f"who loses a place in {asked.pk}, asked in {circle.pk} at {at}", found, expected


def _asked_there(rule, asked, circle):
    """The world in which it is asked in that circle."""
    there, was = copy.copy(rule), rule.asked[asked]["circle_id"]
    there.asked = {**rule.asked, asked: {**rule.asked[asked], "circle_id": circle}}
    waves = [
        {**wave, "circle_id": circle if wave["circle_id"] == was else wave["circle_id"]}
        for wave in rule.waves_of[asked]
    ]
    there.waves_of = {asked: waves}
    return there


def _stays(there, claim, asked, at):
    """Whoever sees it without the promise, whom nobody keeps from it, and who is checked where that is needed."""
    person, slot, asked = claim["person_id"], there.slots[claim["slot_id"]], there.asked[asked]
    sees = there.keeps(person, asked["circle_id"]) or there.reaching(person, asked, at)
    kept_from = there.is_parted(person, asked) or there.is_shut_out(person, asked)
    checked = not asked["needs_checked"] or there.is_checked_for(person, slot, at)
    return bool(sees and checked and not kept_from)


# What a keeper finds on the panel


def panel_lists(world, rule):
    """The panel's lists as somebody gets them: by state, by circle, by a word, and how many there are."""
    browser, person, dice = Client(), world.dice.choice(world.people), world.dice
    if not person.is_active:
        return
    browser.force_login(person)
    names = ("helprequest", "slot", "claim")
    for name, kept in zip(names, rule.kept(person.pk), strict=True):
        yield from _narrowed(browser, name, person, rule, kept, dice)


def _narrowed(browser, name, person, rule, kept, dice):
    circle, word = dice.choice(list(rule.circles)), dice.choice(["Person", "Supper", "1", "e"])
    state = "accepted" if name == "claim" else "open"
    by = "0" if name == "slot" else "1"  # a list without bulk actions has no boxes to tick before its columns
    for query in ({}, {"circle": circle}, {"q": word}, {"state": state}, {"o": by}):
        response = browser.get(f"/organize/requests/{name}/", query)
        what = f"{name} {query} on the panel of {person}"
        if not any(rule.keeps(person.pk, one) for one in rule.circles):
            yield what, response.status_code, 404
        elif "circle" in query and not rule.keeps(person.pk, circle):
            yield what, response.status_code, 404
        else:
            yield from _rows(response, what, query, kept, rule, name)


def _rows(response, what, query, kept, rule, name):
    if response.status_code != 200:
        yield what, response.status_code, 200
        return
    found = set(response.context["cl"].queryset.values_list("pk", flat=True))
    yield f"{what}: rows of others", found - kept, set()
    yield f"{what}: how many", response.context["cl"].result_count, len(found)
    if "circle" in query:
        expected = {pk for pk in kept if _circle_of(rule, name, pk) == query["circle"]}
        yield what, found, expected
    elif not query or "o" in query:
        yield what, found, kept


def _circle_of(rule, name, pk):
    if name == "claim":
        name, pk = "slot", rule.claims[pk]["slot_id"]
    asked = rule.slots[pk]["help_request_id"] if name == "slot" else pk
    return rule.asked[asked]["circle_id"]
