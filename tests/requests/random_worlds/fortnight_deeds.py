"""What somebody may do next in a fortnight: by the verbs, at any hour, sensible or not."""

import datetime as dt

from circles.models import Membership, Person
from requests.models import (
    Claim,
    Clash,
    HelpRequest,
    NotOpen,
    Slot,
    SlotHoldsMore,
    SlotUnavailable,
    Standby,
    StandbyCall,
)
from supportnet.notices.models import Notice

from . import fortnight_series

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
REFUSALS = (SlotUnavailable, SlotHoldsMore, NotOpen, Clash, *fortnight_series.REFUSALS)
HELPERS = ["Bo", "Cy", "Dee", "Eli"]
ABOUT = ("help_request__circle", "help_request__asker", "help_request__posted_by")
OF_CLAIM = (
    "person",
    "slot__help_request__circle",
    "slot__help_request__asker",
    "slot__help_request__posted_by",
)


def one_of(dice, rows):
    """One of the rows, or None."""
    rows = list(rows)
    return dice.choice(rows) if rows else None


def helper(world):
    """Somebody who may help."""
    return Person.objects.get(name=world.dice.choice(HELPERS))


def a_slot(world):
    """A time that is still to come."""
    ahead = Slot.objects.filter(starts_at__gt=world.at, cancelled_at=None).select_related(*ABOUT)
    return one_of(world.dice, ahead.order_by("starts_at")[:8])


def a_promise(world, **which):
    """A promise for a time to come."""
    ahead = Claim.objects.live().filter(slot__starts_at__gt=world.at, **which).select_related(*OF_CLAIM)
    return one_of(world.dice, ahead.order_by("slot__starts_at", "pk")[:8])


def ask(world, dice):
    return str(world.ask())


def claim(world, dice):
    slot = a_slot(world)
    if slot:
        party = dice.choice([1, 1, 1, 2])
        return str(
            slot.claim(by=helper(world), at=world.at, party_size=party, even_if_clashing=dice.random() < 0.7)
        )


def sign_up(world, dice):
    slot, olga = a_slot(world), Person.objects.get(name="Olga")
    if slot:
        return str(slot.claim(by=helper(world), made_by=olga, at=world.at, even_if_clashing=True))


def claim_and_undo(world, dice):
    slot, person = a_slot(world), helper(world)
    if slot and not slot.claims.live().filter(person=person).exists():
        slot.claim(by=person, at=world.at, even_if_clashing=True).release(by=person, at=world.at)
        return str(slot)


def release(world, dice):
    found = a_promise(world)
    if found:
        found.release(by=found.person, at=world.at)
        return str(found)


def give_back(world, dice):
    found = a_promise(world)
    if found:
        found.release(by=Person.objects.get(name="Olga"), at=world.at)
        return str(found)


def look_for_cover(world, dice):
    found = a_promise(world, accepted_at__isnull=False)
    if found:
        found.look_for_cover(by=found.person, at=world.at)
        return str(found)


def stay(world, dice):
    found = a_promise(world, cover_wanted_at__isnull=False)
    if found:
        found.stay(at=world.at)
        return str(found)


def answer_offer(world, dice):
    found = a_promise(world, accepted_at=None)
    if found:
        (found.accept if dice.random() < 0.7 else found.decline)(by=found.help_request.asker, at=world.at)
        return str(found)


def stand_by(world, dice):
    asked = one_of(dice, HelpRequest.objects.open().order_by("pk"))
    person = helper(world)
    if asked:
        Standby.objects.stand_by(person=person, help_request=asked, at=world.at)
        return f"{person} – {asked}"


def answer_call(world, dice):
    """Somebody who was told of a call answers it."""
    told = Notice.objects.filter(kind="standby_asked").exclude(sent_at=None).values("cause_id")
    calls = StandbyCall.objects.waiting().filter(pk__in=told, starts_at__gt=world.at)
    call = one_of(dice, calls.select_related("person", *(f"slot__{name}" for name in ABOUT)).order_by("pk"))
    if call:
        if dice.random() < 0.6:
            call.say_yes(at=world.at, even_if_clashing=True)
        else:
            call.say_no(at=world.at)
        return str(call)


def move(world, dice):
    slot = a_slot(world)
    if slot:
        by = dice.choice([HOUR / 2, 2 * HOUR, -2 * HOUR, DAY, -DAY, 3 * DAY])
        starts_at = max(slot.starts_at + by, world.at + 2 * HOUR)
        lasts = slot.ends_at - slot.starts_at
        slot.move(starts_at=starts_at, ends_at=starts_at + lasts, by=slot.help_request.asker, at=world.at)
        return f"{slot} by {by}"


def move_and_back(world, dice):
    slot = a_slot(world)
    if slot:
        was, asker = (slot.starts_at, slot.ends_at), slot.help_request.asker
        for hours in (2, 0):
            slot.move(starts_at=was[0] + hours * HOUR, ends_at=was[1] + hours * HOUR, by=asker, at=world.at)
        return str(slot)


def call_off(world, dice):
    slot = a_slot(world)
    if slot:
        slot.cancel(by=slot.help_request.asker, at=world.at, reason=dice.choice(["", "My sister is here"]))
        return str(slot)


def resize(world, dice):
    slot = a_slot(world)
    if slot:
        live = list(slot.claims.live().select_related(*OF_CLAIM).order_by("pk"))
        capacity = dice.choice([1, 2, 3, None])
        let_go = live[:1] if dice.random() < 0.5 else ()
        slot.resize(capacity, by=slot.help_request.asker, at=world.at, let_go=let_go)
        return f"{slot} to {capacity}"


def another_party(world, dice):
    found = a_promise(world)
    if found:
        found.bring(bringing="Soup", note="", at=world.at, party_size=dice.choice([1, 2, 3]))
        return str(found)


def another_clock(world, dice):
    """Somebody travels, or sleeps at other hours, or wants to be reminded at others."""
    person, clock = one_of(dice, Person.objects.order_by("pk")), world.clock()
    changed = dice.sample(sorted(clock), dice.randint(1, len(clock)))
    person.edit(at=world.at, **{name: clock[name] for name in changed})
    world.zones[person.pk].add(person.time_zone)
    return f"{person}: {changed}"


def take_a_break(world, dice):
    person = helper(world)
    until = world.at.astimezone(person.zone).date() + dice.randint(0, 3) * DAY
    person.edit(at=world.at, break_until=until)
    return f"{person} until {until}"


def close(world, dice):
    asked = one_of(dice, HelpRequest.objects.open().select_related("circle", "posted_by").order_by("pk"))
    if asked and dice.random() < 0.3:
        asked.close(by=asked.posted_by, at=world.at)
        return str(asked)


def set_aside_or_back(world, dice):
    """A keeper sets a helper aside, or takes them back."""
    theirs = one_of(dice, Membership.objects.filter(person__name__in=HELPERS, left_at=None).order_by("pk"))
    olga = Person.objects.get(name="Olga")
    if theirs and dice.random() < 0.5:
        (theirs.include_again if theirs.excluded_at else theirs.exclude)(by=olga, at=world.at)
        return str(theirs)


def leave(world, dice):
    theirs = one_of(dice, Membership.objects.current().filter(person__name__in=HELPERS).order_by("pk"))
    if theirs and dice.random() < 0.2:
        theirs.leave(at=world.at)
        return str(theirs)


def confirm(world, dice):
    found = a_promise(world, accepted_at__isnull=False)
    if found:
        found.confirm(at=world.at)
        return str(found)


def run_late(world, dice):
    found = a_promise(world, accepted_at__isnull=False)
    if found:
        found.run_late(minutes=20, by=found.person, at=world.at)
        return str(found)


OFTEN = [claim, claim, claim, release, look_for_cover, stand_by, answer_call, move, another_clock]
DEEDS = {
    deed.__name__ + "+" * number: deed
    for number, deed in enumerate(
        [
            *(ask, sign_up, claim_and_undo, give_back, stay, answer_offer, move_and_back, call_off, resize),
            *(
                another_party,
                take_a_break,
                close,
                set_aside_or_back,
                leave,
                confirm,
                run_late,
                answer_call,
                stand_by,
            ),
            *fortnight_series.DEEDS,
            *OFTEN,
        ]
    )
}
