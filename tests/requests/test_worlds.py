"""List, page, counts, calendar, mails and panel against one plain rule, in random worlds.

Thirty of them in an ordinary run; `WORLDS=10000` for more, `FIRST_WORLD=…` for others.
"""

import os
import random
from types import SimpleNamespace

import pytest
from django.db import transaction

from circles.models import NotVerified
from requests import policies
from requests.home import FEW, home_of
from requests.listing import needs_of
from requests.mails import WaveOpened
from requests.models import (
    Answer,
    Claim,
    HelpRequest,
    Slot,
    SlotUnavailable,
)
from requests.places import with_table
from requests.planned import planned
from requests.reach import who_may_see
from requests.standing import annotations
from requests.sweeps import open_waves, relist_requests
from supportnet.notices.models import Notice
from supportnet.panel.admin import organizers

from .deeds import REFUSALS, deed
from .plain_rule import PlainRule
from .worlds import DAY, LATER, NOW, World

WORLDS = int(os.environ.get("WORLDS", "30"))
FIRST = int(os.environ.get("FIRST_WORLD", "0"))
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(0 if "WORLDS" in os.environ else 300)]


def test_everything_agrees_with_the_plain_rule():
    wrong = []
    for seed in range(FIRST, FIRST + WORLDS):
        with transaction.atomic():
            wrong += [f"world {seed}: {words}" for words in disagreements(random.Random(seed))]
            transaction.set_rollback(True)
        if len(wrong) > 50:
            break

    assert wrong == []


def disagreements(dice):
    """In words, wherever one of the ways to look differs from the plain rule."""
    world = World(dice)
    rule = PlainRule()
    yield from _at(world, rule, NOW)
    yield from _claiming(world, rule, NOW)
    at = NOW + dice.choice(LATER)
    for person in world.people:
        # A sweep that is late shows nothing that is over.
        found = {need["help_request_id"] for need in needs_of(person, at=at, limit=500)}
        expected = {pk for pk, _ in rule.needs(person.pk, at)}
        yield from _differ("the list before the sweep", (person, at), found, expected)
    relist_requests(at)
    yield from _at(world, rule, at)
    yield from _telling(rule, at)
    if world.chance(0.4):
        yield from _living(world, at)


def _differ(what, about, found, expected):
    if found != expected:
        yield f"{what} of {about}: {found} instead of {expected}"


def _at(world, rule, at):
    for person in world.people:
        yield from _seeing(person, rule, at)
        yield from _listing(world, person, rule, at)
    # Slower ways to look, and so by one of them each time.
    yield from _around(world, world.dice.choice(world.people), rule, at)
    yield from _on_the_panel(world.dice.choice(world.people), rule)
    yield from _reading(world.dice.choice(world.people), rule, at)
    asked = world.dice.choice(world.asked)
    expected = rule.could_be_signed_up(rule.asked[asked.pk], at)
    yield from _differ("who may be signed up", (asked.pk, at), _ids(who_may_see(asked, at=at)), expected)
    yield from _mailing(world, rule, at)


def _ids(rows):
    return set(rows.values_list("pk", flat=True))


def _seeing(person, rule, at):
    found = _ids(HelpRequest.objects.visible_to(person, at=at))
    yield from _differ("what is seen", (person, at), found, rule.seen(person.pk, at))


def _listing(world, person, rule, at):
    expected = rule.needs(person.pk, at)
    found = [(need["help_request_id"], need["slot_id"]) for need in needs_of(person, at=at, limit=500)]
    yield from _differ("the list", (person, at), found, expected)
    narrowed = world.dice.choice(
        [
            {"kind": "instrumental"},
            {"kind": "emotional", "category": "walk"},
            *({"circle": circle.pk} for circle in world.circles),
        ]
    )
    found = [(need["help_request_id"], need["slot_id"]) for need in needs_of(person, at=at, **narrowed)]
    yield from _differ(f"the list by {narrowed}", (person, at), found, rule.needs(person.pk, at, **narrowed))
    found, page = [], needs_of(person, at=at, limit=1)
    while page:
        found += page
        page = needs_of(person, at=at, limit=1, after=page[-1])
    yield from _differ(
        "the list by pages", person, [n["help_request_id"] for n in found], [pk for pk, _ in expected]
    )


def _around(world, person, rule, at):
    pk = person.pk
    yield from _differ(
        "slots", (person, at), _ids(Slot.objects.visible_to(person, at=at)), rule.slots_seen(pk, at)
    )
    yield from _differ(
        "claims", (person, at), _ids(Claim.objects.visible_to(person, at=at)), rule.claims_seen(pk, at)
    )
    yield from _differ(
        "answers", (person, at), _ids(Answer.objects.visible_to(person, at=at)), rule.answers_seen(pk, at)
    )
    home = home_of(person, at=at)
    needs = rule.needs(pk, at)
    yield from _differ(
        "promises at home",
        (person, at),
        {row["row_id"] for row in home["promises"]},
        rule.promised_by(pk, at),
    )
    yield from _differ(
        "needs at home",
        (person, at),
        [row["help_request_id"] for row in home["needs"]],
        [n for n, _ in needs[:FEW]],
    )
    yield from _differ("more at home", (person, at), home["more_needs"], len(needs) > FEW)
    asked = {row["about_id"]: (row["places"], row["waiting"], row["replies"]) for row in home["asked"]}
    yield from _differ("asked at home", (person, at), asked, rule.asked_by(pk, at))
    for whose in ({}, {"circle": world.dice.choice(world.circles).pk}):
        rows = planned(person, since=NOW - 9 * DAY, until=NOW + 99 * DAY, at=at, **whose)
        found = {row["id"]: bool(row["is_shut"]) for row in rows}
        yield from _differ(f"the calendar {whose}", (person, at), found, rule.planned(pk, at, **whose))


def _on_the_panel(person, rule):
    reader = SimpleNamespace(user=person)
    found = tuple(
        _ids(organizers._registry[model].get_queryset(reader)) for model in (HelpRequest, Slot, Claim)
    )
    yield from _differ("the panel", person, found, rule.kept(person.pk))


def _reading(person, rule, at):
    seen = HelpRequest.objects.visible_to(person, at=at).select_related(
        "circle", "asker", "posted_by", "consent"
    )
    for one in with_table(seen.annotate(**annotations(person, at=at)), person):
        asked = rule.asked[one.pk]
        yield from _differ(
            "the name", (person, one.pk), policies.name_of_asker(person, one), rule.name(person.pk, asked)
        )
        yield from _differ(
            "the ladder",
            (person, one.pk, at),
            policies.ladder(person, one, at=at),
            rule.ladder(person.pk, asked, at),
        )


def _mailing(world, rule, at):
    """Whoever is told by mail, at the moment at which it goes out."""
    asked = [
        one for one in HelpRequest.objects.select_related("circle__consent", "consent") if one.published_at
    ]
    pairs = [
        (Notice(pk=number, reader=person), one)
        for number, (one, person) in enumerate((one, person) for one in asked for person in world.people)
    ]
    against = WaveOpened().reasons_against(pairs, at)
    for notice, one in pairs:
        told = not WaveOpened().still_true(one, notice, at) and not against.get(notice.pk)
        expected = rule.may_still_be_told(notice.reader_id, rule.asked[one.pk], at)
        yield from _differ("the mail", (notice.reader, one.pk, at), told, bool(expected))


def _claiming(world, rule, at):
    for slot in world.dice.sample(world.slots, min(2, len(world.slots))):
        person = world.dice.choice(world.people)
        said = ""
        with transaction.atomic():
            try:
                fresh = Slot.objects.select_related("help_request__circle").get(pk=slot.pk)
                fresh.claim(by=person, at=at, even_if_clashing=True)
            except (SlotUnavailable, NotVerified) as error:
                said = type(error).__name__
            transaction.set_rollback(True)
        yield from _differ(
            "the promise", (person, slot.pk), said, rule.why_not(person.pk, rule.slots[slot.pk], at)
        )


def _telling(before, at):
    """A minute of the sweep: waves open, and everybody whom they reach is told once."""
    open_waves(at)
    rule = PlainRule()
    told = Notice.objects.filter(kind__in=("wave_opened", "asked_by_name")).values_list(
        "cause_id", "reader_id"
    )
    new = [wave for pk, wave in rule.waves.items() if wave["told_at"] and not before.waves[pk]["told_at"]]
    expected = {
        (wave["help_request_id"], reader)
        for wave in new
        if rule.asked[wave["help_request_id"]]["published_at"]
        for reader in rule.hearers(wave, at)
    }
    yield from _differ("who is told", at, sorted(told), sorted(expected))


def _living(world, at):
    """Two things that people do, and whatever else changes with them."""
    done = [_done(*deed(world, at)) for _ in range(2)]
    rule = PlainRule()
    for person in world.people:
        for words in (*_seeing(person, rule, at), *_listing(world, person, rule, at)):
            yield f"after {done}, {words}"


def _done(what, do):
    try:
        with transaction.atomic():
            do()
    except REFUSALS as refused:
        return f"{what}: {type(refused).__name__}"
    return what
