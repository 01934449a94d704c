"""A request's times as places at a table, as one person sees them, all words and links written out.

The page and the answer to a claim show the same dicts by the same fragment, `requests/_slot.html`.
"""

from copy import copy

from django.db.models import Prefetch, Sum
from django.utils.translation import gettext

from ..models import Claim, Slot
from ..visibility import policies
from ..visibility.viewer import is_shut_to
from .links import link
from .slot_helpers import who_comes, who_had_promised
from .slot_words import time_in_words, words_for


def with_helpers(slots, person):
    """Slots in order of time with their live claims, and of what was called off those that ended with it; each with
    whether `person` sees the helper. Two queries."""
    claims = (
        Claim.objects.live_or_called_off().select_related("person", "thanks").order_by("claimed_at", "pk")
    )
    return slots.in_order().prefetch_related(Prefetch("claims", claims.with_unseen(person)))


def with_table(help_requests, person):
    """Help requests whose slots and claims come along as `person` sees them, in two queries whatever their number."""
    return help_requests.prefetch_related(Prefetch("slots", with_helpers(Slot.objects.all(), person)))


def table(help_request, person, *, at):
    """The places as `person` sees them at the UTC time `at`; no query after `with_table`."""
    places = [place(slot, help_request, person, at=at) for slot in help_request.slots.all()]
    to_be_had = [place for place in places if place["act"]]
    if len(to_be_had) > 1 and policies.may_take_places(person, help_request):
        for open_place in to_be_had:
            open_place["pick"] = True
    return places


def place(slot, help_request, person, *, at):
    """One place. `state` is open, mine, waiting, taken, over or cancelled."""
    slot, claims = as_seen(slot, help_request, person)
    mine = next((claim for claim in claims if claim.person_id == person.pk and claim.is_live), None)
    state = _state(slot, mine, help_request, person, at=at)
    return {
        "pk": str(slot.pk),
        "state": state,
        "is_past": slot.last_moment() <= at,
        # A whole day is that date whoever looks.
        **time_in_words(slot, help_request.zone if slot.all_day else person.zone, at=at),
        "words": words_for(state, slot, help_request, person, at=at),
        "helpers": who_comes(claims, mine, help_request, person, at=at),
        "had_promised": who_had_promised(claims, help_request, person),
        "bringing": mine.brings if mine else "",
        "mine_url": link("claim", mine.pk) if mine else "",
        "claim_url": link("slot_claim", slot.pk),
        "seen": slot.sequence,
        "act": _act(state, slot, help_request, person, at=at),
        "sign_up_url": _sign_up_url(slot, help_request, person, at=at),
        "edit_url": _edit_url(slot, state, help_request, person, at=at),
        # Of several, each can be ticked: see `table`.
        "pick": False,
    }


def as_seen(slot, help_request, person):
    """The slot, and its claims of whom `person` sees.

    What the others hold counts as free, as if they had left. Where in truth nothing is free, and `person` has no place
    either, it counts as no longer asked for: nobody is offered what they cannot have. `slot.claims` come as
    `with_helpers` has them.
    """
    claims, shown = list(slot.claims.all()), copy(slot)
    seen = [claim for claim in claims if policies.may_see_helper(person, help_request, claim)]
    is_theirs = any(claim.person_id == person.pk and claim.is_live for claim in claims)
    for claim in claims:
        if claim in seen:
            _with_slot(claim, shown)
        elif claim.is_accepted:
            _take_away(shown, _with_slot(claim, slot), looks_free=is_theirs or not slot.is_full)
    return shown, seen


def _take_away(slot, claim, *, looks_free):
    slot.taken -= claim.party_size
    slot.covering -= claim.places_to_cover
    if slot.capacity is not None and not looks_free:
        slot.capacity -= claim.party_size


def held_unseen(slot, person, help_request):
    """How many places people hold whom `person` does not see: they look free, see `as_seen`. One query at most."""
    if not slot.taken or slot.capacity == 1:
        return 0
    unseen = Claim.objects.accepted().filter(slot=slot).with_unseen(person).filter(is_unseen=True)
    held = unseen.aggregate(places=Sum("party_size"))["places"] or 0
    return 0 if held and policies.keeps(person, help_request) else held


def _state(slot, mine, help_request, person, *, at):
    if slot.cancelled_at:
        return "cancelled"
    if mine:
        return "mine" if mine.accepted_at else "waiting"
    if slot.capacity == 0:
        return "over"
    if slot.is_open(at=at):
        # Whom the keepers quietly exclude sees what everybody sees who comes too late.
        return "taken" if is_shut_to(person, help_request) else "open"
    return "taken" if slot.is_full and not slot.is_over(at=at) else "over"


def _act(state, slot, help_request, person, *, at):
    if state != "open" or not policies.may_claim(person, help_request):
        return ""
    if policies.must_be_checked(person, help_request, at=at):
        return ""
    if slot.covering and slot.room == slot.covering:
        return gettext("I'll take over")
    return gettext("Offer this") if help_request.needs_yes else gettext("I'll do it")


def _edit_url(slot, state, help_request, person, *, at):
    """Where the time is changed or called off, for whoever may and while it can be."""
    settled = state == "cancelled" or slot.is_over(at=at) or help_request.state == "draft"
    return "" if settled or not policies.may_run(person, help_request) else link("slot_edit", slot.pk)


def _sign_up_url(slot, help_request, person, *, at):
    """Where a keeper promises for somebody else; also when it is full, since a keeper may make room."""
    ahead = not slot.cancelled_at and slot.open_until > at
    return link("slot_sign_up", slot.pk) if ahead and policies.may_promise_for(person, help_request) else ""


def series_urls(help_request, *, at):
    """Where all that is to come is changed, its days are, and more is asked for; empty without a series."""
    slots = [slot for slot in help_request.slots.all() if slot.series_id]
    if not slots:
        return {}
    ahead = [slot for slot in slots if not slot.cancelled_at and slot.starts_at and slot.starts_at > at]
    change = f"{link('slot_edit', ahead[0].pk)}?scope=all" if ahead else ""
    days = link("series_days", ahead[0].series_id) if ahead else ""
    return {"change": change, "days": days, "extend": link("series_extend", slots[-1].series_id)}


def offers(help_request, *, at):
    """Live claims that wait for the asker's yes and can have it, of people whom the reader sees, oldest first. No query
    after `with_table`."""
    waiting = [
        _with_slot(claim, slot)
        for slot in help_request.slots.all()
        for claim in slot.claims.all()
        if claim.accepted_at is None and not slot.cancelled_at and not slot.is_over(at=at)
        if not claim.is_unseen
    ]
    return sorted(waiting, key=lambda claim: (claim.claimed_at, claim.pk))


def unthanked(help_request, *, at):
    """As `HelpRequest.to_thank`, of whoever looks; no query after `with_table`."""
    return [
        _with_slot(claim, slot)
        for slot in help_request.slots.all()
        for claim in slot.claims.all()
        if claim.is_accepted and not hasattr(claim, "thanks") and (slot.starts_at or slot.ends_at or at) <= at
        if not (claim.is_unseen or claim.no_show_at or claim.missed_at)
    ]


def _with_slot(claim, slot):
    claim.slot = slot
    return claim
