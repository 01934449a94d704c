"""A request's times as places at a table, as one person sees them, all words and links written out.

The page and the answer to a claim show the same dicts by the same fragment, `requests/_slot.html`.
"""

from copy import copy

from django.db.models import Prefetch, Sum
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from circles import time_text
from supportnet.notices.text_direction import typed

from ..models import Claim, Slot
from ..schedule.reminders import EVENING_AT_MOST_BEFORE
from ..visibility import policies
from ..visibility.viewer import is_shut_to
from .links import link


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
        **_time(slot, help_request.zone if slot.all_day else person.zone, at=at),
        "words": _words(state, slot, help_request, person, at=at),
        "helpers": _helpers(claims, mine, help_request, person, at=at),
        "had_promised": _had_promised(claims, help_request, person),
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


def _time(slot, zone, *, at):
    moment = slot.starts_at or slot.ends_at
    when = capfirst(time_text.when(slot.starts_at, slot.ends_at, zone=zone, at=at))
    if slot.starts_at is None:
        return {"leaf": None, "iso": moment.isoformat() if moment else "", "when": when, "hours": when}
    return {
        "leaf": leaf(moment, zone=zone),
        "iso": moment.isoformat(),
        "when": when,
        "hours": hours(slot.starts_at, slot.ends_at, zone=zone, at=at),
    }


def leaf(moment, *, zone):
    """Weekday, day and month, as on a leaf of a calendar."""
    return (
        time_text.weekday(moment, zone=zone),
        time_text.day_of_month(moment, zone=zone),
        time_text.month(moment, zone=zone),
    )


def hours(starts_at, ends_at, *, zone, at):
    """From when until when, without the day on which it begins."""
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if time_text.is_whole_day(starts, ends):
        return gettext("All day")
    words = {"start": time_text.clock(starts, zone=zone), "end": time_text.clock(ends, zone=zone)}
    lasts = time_text.true_length(starts, ends)
    if starts.date() == ends.date():
        return gettext("%(start)s to %(end)s") % words + lasts
    end_day = time_text.day(ends_at, zone=zone, at=at)
    return gettext("%(start)s to %(end_day)s, %(end)s") % {**words, "end_day": end_day} + lasts


def _words(state, slot, help_request, person, *, at):
    if state == "cancelled":
        return (
            gettext("Called off: %(reason)s") % typed(reason=slot.cancel_reason)
            if slot.cancel_reason
            else gettext("Called off")
        )
    if state == "mine":
        return gettext("Yours")
    if state == "waiting":
        return gettext("You offered. %(asker)s will say.") % typed(
            asker=policies.name_of_asker(person, help_request)
        )
    if state == "taken":
        return gettext("Taken")
    if state == "open":
        return room_in_words(slot.capacity, slot.room, covering=slot.covering)
    return _why_over(slot, help_request, at=at)


def room_in_words(capacity, room, *, covering):
    """How many places can be had, of how many; `covering` are those whose helpers look for somebody else."""
    if capacity is None:
        return gettext("Open to as many as like")
    if covering and room == covering:
        return gettext("Looking for somebody to take over")
    if capacity == 1:
        return gettext("Still open")
    words = ngettext("%(room)s of %(capacity)s places open", "%(room)s of %(capacity)s places open", room)
    return words % {"room": room, "capacity": capacity}


def _why_over(slot, help_request, *, at):
    if slot.last_moment() <= at:
        return gettext("Past")
    if help_request.pauses(slot):
        return gettext("A pause just now")
    return gettext("Not asked yet") if help_request.state == "draft" else gettext("No more help needed")


def _helpers(claims, mine, help_request, person, *, at):
    """Who comes: dicts with name and what they bring; whoever runs it sees the claim's page and note too."""
    if not policies.may_see_helpers(person, help_request):
        return []
    runs = policies.may_run(person, help_request)
    return [
        _helper(claim, runs=runs, sure=_is_sure(claim, at=at) if runs else None)
        for claim in claims
        if claim.is_accepted and claim is not mine
    ]


def _had_promised(claims, help_request, person):
    """Whom it was called off for, as links for whoever runs it."""
    if not policies.may_run(person, help_request):
        return []
    return [{"name": claim.who, "url": link("claim", claim.pk)} for claim in claims if not claim.is_live]


def _is_sure(claim, *, at):
    """Whether they have said "still on"; None where no reminder has asked them yet, or it is over."""
    if (
        claim.remind_at
        or claim.slot.deadline is None
        or not at < claim.slot.deadline <= at + EVENING_AT_MOST_BEFORE
    ):
        return None
    return claim.confirmed_at is not None


def _helper(claim, *, runs, sure):
    return {
        "name": claim.who,
        "bringing": claim.brings,
        "note": claim.note if runs else "",
        "late": claim.late_minutes,
        "sure": sure,
        "looks_for_cover": claim.cover_wanted_at is not None,
        "url": link("claim", claim.pk) if runs else "",
    }


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


def offers(help_request):
    """Live claims that wait for the asker's yes, of people whom the reader sees, oldest first. No query after
    `with_table`."""
    waiting = [
        _with_slot(claim, slot)
        for slot in help_request.slots.all()
        for claim in slot.claims.all()
        if claim.accepted_at is None and not slot.cancelled_at and not claim.is_unseen
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
