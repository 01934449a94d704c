"""List, page, counts, calendar, mails and panel against one plain rule, in random worlds.

Thirty of them in an ordinary run; `WORLDS=10000` for more, `FIRST_WORLD=…` for others.
"""

import os
import random
from types import SimpleNamespace

import pytest
from django.db import transaction

from circles.models import NotVerified
from requests.mails import WaveOpened
from requests.models import Answer, Claim, HelpRequest, Slot, SlotUnavailable
from requests.pages.calendar_queries import planned
from requests.pages.home import FEW, home_of
from requests.pages.open_requests import needs_of
from requests.pages.slots import with_table
from requests.sweeps.waves import open_waves, relist_requests
from requests.visibility import policies
from requests.visibility.audience import who_may_see
from requests.visibility.viewer import annotations
from supportnet.notices.models import Notice
from supportnet.panel.admin import organizers

from .deeds import REFUSALS, deed
from .endings import leaving, moving, panel_lists, stepping_in
from .on_pages import browsing
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
    for what, found, expected in comparisons(World(dice)):
        if found != expected:
            yield f"{what}: {found} instead of {expected}"


def comparisons(world):
    """(what, what is found, what the plain rule says): now, some time later, and after people have done something."""
    rule, later = PlainRule(), NOW + world.dice.choice(LATER)
    yield from _at(world, rule, NOW)
    yield from _promising(world, rule, NOW)
    for person in world.people:
        # A sweep that is late shows nothing that is over.
        found, expected = needs_of(person, at=later, limit=500), rule.needs(person.pk, later)
        yield (
            f"{person} lists before the sweep",
            {n["help_request_id"] for n in found},
            {n for n, _ in expected},
        )
    # What takes long is asked in some of the worlds.
    for ending in (stepping_in, leaving, moving):
        if world.chance(0.5):
            yield from ending(world, rule, NOW)
    if world.chance(0.2):
        yield from panel_lists(world, rule)
    if world.chance(0.1):
        yield from browsing(world, rule, NOW)
    relist_requests(later)
    yield from _at(world, rule, later)
    yield from _telling(rule, later)
    if world.chance(0.4):
        yield from _living(world, later)


def _at(world, rule, at):
    for person in world.people:
        yield from _seeing(person, rule, at)
        yield from _listing(world, person, rule, at)
    # Slower ways to look, and so by one of them each time.
    yield from _around(world, world.dice.choice(world.people), rule, at)
    yield from _on_the_panel(world.dice.choice(world.people), rule)
    yield from _reading(world, world.dice.choice(world.people), rule, at)
    asked = world.dice.choice(world.asked)
    expected = rule.could_be_signed_up(rule.asked[asked.pk], at)
    yield f"signing up for {asked.pk} at {at}", _ids(who_may_see(asked, at=at)), expected
    yield from _mailing(world, rule, at)


def _ids(rows):
    return set(rows.values_list("pk", flat=True))


def _seeing(person, rule, at):
    yield (
        f"{person} sees at {at}",
        _ids(HelpRequest.objects.visible_to(person, at=at)),
        rule.seen(person.pk, at),
    )


def _listing(world, person, rule, at):
    """The list, narrowed in some way, and page by page."""
    kinds = ({"kind": "instrumental"}, {"kind": "emotional", "category": "walk"})
    some = world.dice.choice([*kinds, *({"circle": circle.pk} for circle in world.circles)])
    for narrowed in ({}, some):
        found = needs_of(person, at=at, limit=500, **narrowed)
        rows = [(need["help_request_id"], need["slot_id"]) for need in found]
        yield f"{person} lists {narrowed} at {at}", rows, rule.needs(person.pk, at, **narrowed)
    found, page = [], needs_of(person, at=at, limit=1)
    while page:
        found += page
        page = needs_of(person, at=at, limit=1, after=page[-1])
    pages = [(need["help_request_id"], need["slot_id"]) for need in found]
    yield f"{person} turns pages at {at}", pages, rule.needs(person.pk, at)


def _around(world, person, rule, at):
    """Times, promises and answers; the first page with its counts; the calendar."""
    pk, who = person.pk, f"{person} at {at}"
    yield f"times of {who}", _ids(Slot.objects.visible_to(person, at=at)), rule.slots_seen(pk, at)
    yield f"promises of {who}", _ids(Claim.objects.visible_to(person, at=at)), rule.claims_seen(pk, at)
    yield f"answers for {who}", _ids(Answer.objects.visible_to(person, at=at)), rule.answers_seen(pk, at)
    home, needs = home_of(person, at=at), [need for need, _ in rule.needs(pk, at)]
    yield f"needs at home for {who}", [row["help_request_id"] for row in home["needs"]], needs[:FEW]
    yield f"more at home for {who}", home["more_needs"], len(needs) > FEW
    yield f"home of {who}", {row["row_id"] for row in home["promises"]}, rule.promised_by(pk, at)
    asked = {row["about_id"]: (row["places"], row["waiting"], row["replies"]) for row in home["asked"]}
    yield f"counts of {who}", asked, rule.asked_by(pk, at)
    for whose in ({}, {"circle": world.dice.choice(world.circles).pk}):
        rows = planned(person, since=NOW - 9 * DAY, until=NOW + 99 * DAY, at=at, **whose)
        found = {row["id"]: bool(row["is_shut"]) for row in rows}
        yield f"calendar {whose} of {who}", found, rule.planned(pk, at, **whose)


def _on_the_panel(person, rule):
    reader = SimpleNamespace(user=person)
    pages = [organizers._registry[model] for model in (HelpRequest, Slot, Claim)]
    found = tuple(_ids(page.get_queryset(reader)) for page in pages)
    yield f"the panel of {person}", found, rule.kept(person.pk)


def _reading(world, person, rule, at):
    """The name and the ladder, as a page fetches them, and of one request as a mail asks for them."""
    seen = HelpRequest.objects.visible_to(person, at=at).select_related("circle", "asker", "consent")
    fetched = list(with_table(seen.annotate(**annotations(person, at=at)), person))
    some = world.dice.sample([one.pk for one in fetched], min(1, len(fetched)))
    for one in (*fetched, *HelpRequest.objects.filter(pk__in=some)):
        asked, who = rule.asked[one.pk], f"{person} of {one.pk} at {at}"
        yield f"the name for {who}", policies.name_of_asker(person, one), rule.name(person.pk, asked)
        yield f"the ladder for {who}", policies.ladder(person, one, at=at), rule.ladder(person.pk, asked, at)


def _mailing(world, rule, at):
    """Whether each may be told of each request, at the moment at which the mail would go out."""
    kind = WaveOpened()
    asked = HelpRequest.objects.filter(published_at__isnull=False)
    asked = list(asked.select_related("circle__consent", "consent"))
    pairs = [(one, person) for one in asked for person in world.people]
    pairs = [(Notice(pk=number, reader=person), one) for number, (one, person) in enumerate(pairs)]
    against = kind.reasons_against(pairs, at)
    for notice, one in pairs:
        told = not kind.still_true(one, notice, at) and not against.get(notice.pk)
        expected = rule.may_still_be_told(notice.reader_id, rule.asked[one.pk], at)
        yield f"the mail to {notice.reader} of {one.pk} at {at}", told, expected


def _promising(world, rule, at):
    """Whether somebody gets a place, or else why not."""
    for slot in world.dice.sample(world.slots, min(2, len(world.slots))):
        person, said = world.dice.choice(world.people), ""
        with transaction.atomic():
            try:
                fresh = Slot.objects.select_related("help_request__circle").get(pk=slot.pk)
                fresh.claim(by=person, at=at, even_if_clashing=True)
            except (SlotUnavailable, NotVerified) as error:
                said = type(error).__name__
            transaction.set_rollback(True)
        yield f"{person} promises {slot.pk}", said, rule.why_not(person.pk, rule.slots[slot.pk], at)


def _telling(before, at):
    """A minute of the sweep: waves open, and everybody whom they reach is told once."""
    open_waves(at)
    rule = PlainRule()
    keys = Notice.objects.filter(key__startswith="wave_opened:").values_list("key", flat=True)
    new = [wave for pk, wave in rule.waves.items() if wave["told_at"] and not before.waves[pk]["told_at"]]
    expected = {
        f"wave_opened:{wave['help_request_id']}:{pk}" for wave in new for pk in rule.hearers(wave, at)
    }
    yield f"who is told at {at}", sorted(keys), sorted(expected)


def _living(world, at):
    """Two things that people do, and whatever else changes with them."""
    done = [_done(*deed(world, at)) for _ in range(2)]
    rule = PlainRule()
    for person in world.people:
        for what, *compared in (*_seeing(person, rule, at), *_listing(world, person, rule, at)):
            yield f"after {done}, {what}", *compared


def _done(what, do):
    try:
        with transaction.atomic():
            do()
    except REFUSALS as refused:
        return f"{what}: {type(refused).__name__}"
    return what
