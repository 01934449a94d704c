"""What somebody may do next in a random world, by the verbs: afterwards the ways to look must agree again."""

import datetime as dt

from circles.models import AskedLately, Block, Consent, LastKeeper, Membership, NotVerified, Ring
from requests.models import (
    Claim,
    EditedMeanwhile,
    HelpRequest,
    NoConsent,
    NotOpen,
    NotThisTime,
    Slot,
    SlotHoldsMore,
    SlotUnavailable,
)

HOUR = dt.timedelta(hours=1)
# What a verb says when it can't be done.
REFUSALS = (
    *(LastKeeper, AskedLately, NotVerified, NotOpen, NoConsent, EditedMeanwhile),
    *(SlotUnavailable, SlotHoldsMore),
)


def with_requests(dice, at):
    """Deeds done to a help request, by whoever asks it."""
    someone, circle = dice["person"], dice["circle"]
    return {
        "publish": lambda h: h.publish(by=h.posted_by, at=at),
        "close": lambda h: h.close(by=h.posted_by, at=at),
        "reopen": lambda h: h.reopen(by=h.posted_by, at=at),
        "cancel": lambda h: h.cancel(by=h.posted_by, at=at),
        "add a time": lambda h: h.add_slot(by=h.posted_by, at=at, starts_at=at + HOUR, ends_at=at + 2 * HOUR),
        "ask another circle": lambda h: h.ask_more(by=h.posted_by, at=at, circle=circle, ring=Ring.CLOSE),
        "ask by name": lambda h: h.ask_more(by=h.posted_by, at=at, people=[someone]),
        "move": lambda h: h.move_to(circle, by=h.posted_by, at=at),
        "hold": lambda h: h.pause_waves(by=h.posted_by, at=at),
        "go on": lambda h: h.resume_waves(by=h.posted_by, at=at),
        "hasten": lambda h: h.hasten(by=h.posted_by, at=at),
        "pause": lambda h: h.pause(at.date() + dt.timedelta(days=1), by=h.posted_by, at=at),
        "change its category": lambda h: h.edit(
            by=h.posted_by, at=at, version=h.version, category="meal", kind="instrumental", quietly=False
        ),
        "pass": lambda h: NotThisTime.objects.get_or_create(
            person=someone, help_request=h, defaults={"at": at}
        ),
    }


def with_slots(dice, at):
    """Deeds done to one time."""
    someone = dice["person"]
    return {
        "claim": lambda slot: slot.claim(by=someone, at=at, even_if_clashing=True),
        "cancel": lambda slot: slot.cancel(by=slot.help_request.posted_by, at=at),
        "resize": lambda slot: slot.resize(2, by=slot.help_request.posted_by, at=at),
        "move": lambda slot: slot.move(
            starts_at=at + 3 * HOUR, ends_at=at + 4 * HOUR, by=slot.help_request.posted_by, at=at
        ),
    }


def with_claims(dice, at):
    """Deeds done to a promise."""
    return {
        "release": lambda claim: claim.release(by=claim.person, at=at),
        "cancel": lambda claim: claim.cancel(by=claim.help_request.posted_by, at=at),
        "accept": lambda claim: claim.accept(by=claim.help_request.posted_by, at=at),
        "decline": lambda claim: claim.decline(by=claim.help_request.posted_by, at=at),
        "look for cover": lambda claim: claim.look_for_cover(by=claim.person, at=at),
        "stay": lambda claim: claim.stay(at=at),
    }


def with_memberships(dice, at):
    """Deeds done to a membership, by some keeper."""
    someone = dice["person"]
    return {
        "leave": lambda membership: membership.leave(at=at),
        "remove": lambda membership: membership.remove(by=someone, at=at),
        "exclude": lambda membership: membership.exclude(by=someone, at=at),
        "include again": lambda membership: membership.include_again(by=someone, at=at),
        "place": lambda membership: membership.place(Ring.INNER, by=someone, at=at),
        "make keeper": lambda membership: membership.make_keeper(by=someone, at=at),
        "make member": lambda membership: membership.make_member(by=someone, at=at),
        "ask again": lambda membership: membership.ask(at=at),
        "admit": lambda membership: membership.admit(by=someone, at=at),
        "join": lambda membership: membership.join(at=at),
    }


def with_consents(dice, at):
    """Deeds done to a consent by whoever decides about it."""
    return {
        "agree": lambda consent: consent.agree(by=consent.delegate, at=at),
        "decline": lambda consent: consent.decline(by=consent.delegate, at=at),
        "withdraw": lambda consent: consent.withdraw(by=consent.delegate, at=at),
    }


def with_people(dice, at):
    """Deeds done to a person by another."""
    someone = dice["person"]
    return {
        "block": lambda person: person != someone and Block.objects.make(by=someone, whom=person, at=at),
        "lift": lambda person: [block.lift(at=at) for block in Block.objects.between(someone, person)],
    }


KINDS = (with_requests, with_slots, with_claims, with_memberships, with_consents, with_people)
RELATED = {
    with_requests: ("circle__consent", "consent", "asker", "posted_by"),
    with_slots: ("help_request__circle", "help_request__posted_by", "help_request__asker"),
    with_claims: ("person", "slot__help_request__circle", "slot__help_request__posted_by"),
    with_memberships: ("person", "circle"),
}
MODELS = {
    with_requests: HelpRequest,
    with_slots: Slot,
    with_claims: Claim,
    with_memberships: Membership,
    with_consents: Consent,
}


def deed(world, at):
    """(what it is, how to do it): something that somebody does next, or nothing."""
    kind = world.dice.choice(KINDS)
    dice = {"person": world.dice.choice(world.people), "circle": world.dice.choice(world.circles)}
    rows = (
        list(MODELS[kind].objects.select_related(*RELATED.get(kind, ())).order_by("pk"))
        if kind in MODELS
        else world.people
    )
    name, do = world.dice.choice(list(kind(dice, at).items()))
    if not rows:
        return "nothing", lambda: None
    row = world.dice.choice(rows)
    return f"{name} {row!r} ({dice['person']})", lambda: do(row)
