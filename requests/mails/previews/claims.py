"""Small stories about requests and promises, for the previews of mails."""

from circles.mails.previews import somebody
from supportnet.notices.previews import scene

from ...catalogue import Category, RequestKind
from ...models import Claim
from ...sweeps import waves
from .cast import DAY, HOUR, all_were_told, ask, neighbours, tomorrow


@scene
def a_promise_is_kept(at):
    """Bo promises, is reminded twice, says how it went and is thanked."""
    circle, _olga, ada, bo = neighbours(at)
    bo.remind_two_hours = True
    bo.save(update_fields=["remind_two_hours"])
    starts_at = tomorrow(at, days=2)
    claim = ask(ada, circle, starts_at, at).claim(by=bo, at=at)
    waves.remind_the_evening_before(starts_at - 20 * HOUR)
    waves.remind_two_hours_before(starts_at - 2 * HOUR)
    waves.ask_the_morning_after(starts_at + DAY)
    claim.thank(by=ada, text="That soup!", at=starts_at + DAY)


@scene
def promises_come_together(at):
    """Bo promises two times in a row; each has one mail about both."""
    circle, _olga, ada, bo = neighbours(at)
    for days in (2, 3):
        ask(ada, circle, tomorrow(at, days=days), at).claim(by=bo, at=at)


@scene
def a_keeper_signs_somebody_up(at):
    """Olga puts Bo down for a ride."""
    circle, olga, ada, bo = neighbours(at)
    ask(ada, circle, tomorrow(at), at, category=Category.RIDE).claim(by=bo, made_by=olga, at=at)


@scene
def both_say_yes(at):
    """Bo offers a walk, and Ada says yes."""
    circle, _olga, ada, bo = neighbours(at)
    slot = ask(ada, circle, tomorrow(at), at, kind=RequestKind.EMOTIONAL, category=Category.WALK)
    slot.claim(by=bo, at=at).accept(by=ada, at=at)


@scene
def not_this_time(at):
    """Bo offers a walk; Ada says not this time."""
    circle, _olga, ada, bo = neighbours(at)
    slot = ask(ada, circle, tomorrow(at), at, kind=RequestKind.EMOTIONAL, category=Category.WALK)
    slot.claim(by=bo, at=at).decline(by=ada, at=at)


@scene
def an_offer_waits(at):
    """Bo offers a call; Ada has not answered yet."""
    circle, _olga, ada, bo = neighbours(at)
    slot = ask(ada, circle, tomorrow(at), at, kind=RequestKind.EMOTIONAL, category=Category.CALL)
    slot.claim(by=bo, at=at)


@scene
def things_change(at):
    """Bo runs late; then the time is moved, the text edited; another time is called off."""
    circle, _olga, ada, bo = neighbours(at)
    slot = ask(ada, circle, tomorrow(at), at)
    slot.claim(by=bo, at=at).run_late(minutes=15, by=bo, at=at)
    slot.move(starts_at=slot.starts_at + HOUR, ends_at=slot.ends_at + HOUR, by=ada, at=at)
    asked = slot.help_request
    asked.edit(by=ada, at=at, version=asked.version, would_help="No nuts, please")
    other = ask(ada, circle, tomorrow(at, days=5), at)
    other.claim(by=bo, at=at)
    other.cancel(by=ada, at=at, reason="My sister is here")


@scene
def a_keeper_gives_another_time(at):
    """Olga moves what Bo promised to another of Ada's times."""
    circle, olga, ada, bo = neighbours(at)
    slot = ask(ada, circle, tomorrow(at), at)
    times = {"starts_at": tomorrow(at, days=2), "ends_at": tomorrow(at, days=2) + HOUR}
    to = slot.help_request.add_slot(by=ada, at=at, **times)
    slot.claim(by=bo, at=at).move(to, by=olga, at=at)


@scene
def fewer_come(at):
    """Bo comes alone instead of with two more."""
    circle, _olga, ada, bo = neighbours(at)
    slot = ask(ada, circle, tomorrow(at), at)
    slot.resize(4, by=ada, at=at)
    claim = slot.claim(by=bo, at=at, party_size=3)
    all_were_told(at)
    claim.bring(party_size=1, at=at)


@scene
def somebody_who_promised_is_set_aside(at):
    """Olga sets Bo aside, who has promised something."""
    circle, olga, ada, bo = neighbours(at)
    ask(ada, circle, tomorrow(at), at).claim(by=bo, at=at)
    circle.memberships.get(person=bo).exclude(by=olga, at=at)


@scene
def thanks_are_welcome(at):
    """Bo came, and Ada has not thanked yet."""
    circle, _olga, ada, bo = neighbours(at)
    starts_at = tomorrow(at, days=2)
    ask(ada, circle, starts_at, at).claim(by=bo, at=at)
    waves.ask_the_morning_after(starts_at + DAY)


@scene
def offers_come_together(at):
    """Bo and Cy offer to walk with Ada, who says yes to Bo before her mail about both is written."""
    circle, olga, ada, bo = neighbours(at)
    cy = somebody("Cy", at)
    circle.ask_to_join(cy, at=at).admit(by=olga, at=at)
    slots = [
        ask(ada, circle, tomorrow(at, days=days), at, kind=RequestKind.EMOTIONAL, category=Category.WALK)
        for days in (2, 3)
    ]
    for slot, person in zip(slots, (bo, cy), strict=True):
        slot.claim(by=person, at=at)
    Claim.objects.get(slot=slots[0]).accept(by=ada, at=at)
