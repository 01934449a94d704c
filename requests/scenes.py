"""Small stories about requests and promises, for the previews of mails."""

import datetime as dt

from circles.models import Circle, CircleKind, Consent, Ring
from circles.scenes import a_street, somebody
from supportnet.notices.models import Notice
from supportnet.notices.scenes import scene

from . import offers, standing_by, sweeps
from .categories import Category, RequestKind
from .models import Claim, HelpRequest, Standby

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def neighbours(at):
    """(circle, olga, ada, bo): Olga keeps the circle, Ada asks, Bo helps."""
    ada, bo = somebody("Ada", at), somebody("Bo", at)
    circle, olga = a_street(at, ada, bo)
    return circle, olga, ada, bo


def tomorrow(at, *, days=1, hour=17):
    """A time `days` from now, at a full hour UTC."""
    return (at + days * DAY).replace(hour=hour, minute=30, second=0, microsecond=0)


def ask(ada, circle, starts_at, at, *, kind=RequestKind.INSTRUMENTAL, category=Category.MEAL):
    """A published request of Ada's with one slot of an hour; returns the slot."""
    asked = HelpRequest.objects.draft(
        by=ada, circle=circle, at=at, kind=kind, category=category, title="Something specific"
    )
    asked.set_times(timing="once", starts_at=starts_at, ends_at=starts_at + HOUR, at=at)
    asked.publish(by=ada, at=at, up_to=Ring.EVERYONE)
    return asked.slots.get()


def all_were_told(at):
    """What was queued until now has reached its readers."""
    Notice.objects.waiting().update(sent_at=at)


@scene
def something_is_asked(at):
    """Ada asks for a meal; everybody in the circle is told."""
    circle, _olga, ada, _bo = neighbours(at)
    ask(ada, circle, tomorrow(at), at)
    sweeps.open_waves(at)


@scene
def another_circle_is_asked(at):
    """Ada asks in her street, and then her choir as well."""
    circle, _olga, ada, _bo = neighbours(at)
    choir = Circle.objects.start(by=ada, kind=CircleKind.PERSONAL, name="The choir", at=at)
    choir.memberships.create(person=somebody("Clara", at)).join(at=at)
    ask(ada, circle, tomorrow(at), at).help_request.ask_more(by=ada, at=at, circle=choir)
    sweeps.open_waves(at)


@scene
def somebody_is_asked_by_name(at):
    """Ada asks Bo before she asks the others."""
    circle, _olga, ada, bo = neighbours(at)
    asked = HelpRequest.objects.draft(
        by=ada,
        circle=circle,
        at=at,
        kind=RequestKind.INSTRUMENTAL,
        category=Category.RIDE,
        title="To the station",
    )
    starts_at = tomorrow(at)
    asked.set_times(timing="once", starts_at=starts_at, ends_at=starts_at + HOUR, at=at)
    asked.set_reach(people=[bo], widen_after=DAY)
    asked.publish(by=ada, at=at)
    sweeps.open_waves(at)


@scene
def two_things_are_asked(at):
    """Ada asks twice; who wants one mail a day gets one."""
    circle, _olga, ada, _bo = neighbours(at)
    for days in (4, 6):
        ask(ada, circle, tomorrow(at, days=days), at)
    sweeps.open_waves(at)


@scene
def a_promise_is_kept(at):
    """Bo promises, is reminded twice, says how it went and is thanked."""
    circle, _olga, ada, bo = neighbours(at)
    bo.remind_two_hours = True
    bo.save(update_fields=["remind_two_hours"])
    starts_at = tomorrow(at, days=2)
    claim = ask(ada, circle, starts_at, at).claim(by=bo, at=at)
    sweeps.remind_the_evening_before(starts_at - 20 * HOUR)
    sweeps.remind_two_hours_before(starts_at - 2 * HOUR)
    sweeps.ask_the_morning_after(starts_at + DAY)
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
def somebody_drops_out(at):
    """Bo gives tomorrow's place back; Ada and Olga are told."""
    circle, _olga, ada, bo = neighbours(at)
    claim = ask(ada, circle, tomorrow(at), at).claim(by=bo, at=at)
    all_were_told(at)
    claim.release(by=bo, at=at)


@scene
def a_keeper_gives_it_back(at):
    """Bo told Olga that he can't come, and she gave his place back."""
    circle, olga, ada, bo = neighbours(at)
    claim = ask(ada, circle, tomorrow(at), at).claim(by=bo, at=at)
    all_were_told(at)
    claim.release(by=olga, at=at)


@scene
def somebody_without_email_is_to_be_called(at):
    """Olga signed Rosa up, who has no e-mail; then Ada calls it off."""
    circle, olga, ada, _bo = neighbours(at)
    rosa = circle.add_without_email(name="Rosa", phone="555 0107", by=olga, at=at).person
    slot = ask(ada, circle, tomorrow(at, days=2), at)
    slot.claim(by=rosa, made_by=olga, at=at)
    slot.cancel(by=ada, at=at)


@scene
def somebody_leaves(at):
    """Bo leaves the circle, where he promised two things; Ada has one mail about both."""
    circle, _olga, ada, bo = neighbours(at)
    for days in (1, 3):
        ask(ada, circle, tomorrow(at, days=days), at).claim(by=bo, at=at)
    all_were_told(at)
    circle.memberships.get(person=bo).leave(at=at)


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
def a_question_is_answered(at):
    """Bo answers Ada's question."""
    circle, _olga, ada, bo = neighbours(at)
    asked = HelpRequest.objects.draft(
        by=ada,
        circle=circle,
        at=at,
        kind=RequestKind.INFORMATIONAL,
        category=Category.QUESTION,
        title="How did you choose?",
    )
    asked.set_times(timing="none", at=at)
    asked.publish(by=ada, at=at)
    asked.answer(by=bo, text="We visited three.", at=at, been_there=True)


@scene
def thanks_are_welcome(at):
    """Bo came, and Ada has not thanked yet."""
    circle, _olga, ada, bo = neighbours(at)
    starts_at = tomorrow(at, days=2)
    ask(ada, circle, starts_at, at).claim(by=bo, at=at)
    sweeps.ask_the_morning_after(starts_at + DAY)


@scene
def somebody_looks_for_cover(at):
    """Bo looks for somebody else and has found nobody yet."""
    circle, _olga, ada, bo = neighbours(at)
    ask(ada, circle, tomorrow(at), at).claim(by=bo, at=at).look_for_cover(by=bo, at=at)


@scene
def somebody_takes_over(at):
    """Bo looks for somebody else; a standby is asked, and Cy takes it over."""
    circle, olga, ada, bo = neighbours(at)
    cy, dee = somebody("Cy", at), somebody("Dee", at)
    for person in (cy, dee):
        circle.ask_to_join(person, at=at).admit(by=olga, at=at)
    slot = ask(ada, circle, tomorrow(at), at)
    claim = slot.claim(by=bo, at=at)
    Standby.objects.stand_by(person=dee, help_request=slot.help_request, at=at)
    claim.look_for_cover(by=bo, at=at)
    all_were_told(at)
    slot.claim(by=cy, at=at)


@scene
def an_offer_stays_unanswered(at):
    """Bo offers to walk with Ada, who does not answer; her time passes."""
    circle, _olga, ada, bo = neighbours(at)
    slot = ask(ada, circle, tomorrow(at, days=2), at, kind=RequestKind.EMOTIONAL, category=Category.WALK)
    slot.claim(by=bo, at=at)
    all_were_told(at)
    offers.remind_of_offers(at + DAY + HOUR)
    offers.tell_that_offers_passed(slot.ends_at + HOUR)


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


@scene
def nobody_could(at):
    """Three hours before, the place is open, and a standby is being asked."""
    circle, olga, ada, _bo = neighbours(at)
    dee = somebody("Dee", at)
    circle.ask_to_join(dee, at=at).admit(by=olga, at=at)
    slot = ask(ada, circle, at + 2 * HOUR, at)
    HelpRequest.objects.filter(pk=slot.help_request_id).update(plan_b="Soup from the freezer")
    Standby.objects.stand_by(person=dee, help_request=slot.help_request, at=at)
    slot.ask_standbys(at=at)
    standing_by.remind_of_plan_b(at + HOUR)


def asked_for(name, decides, at):
    """Ada asks for somebody; whoever `decides`, they or whom they named, has said yes."""
    circle, _olga, ada, _bo = neighbours(at)
    theirs = somebody(name, at)
    decider = theirs if decides == name else somebody(decides, at)
    said = {"name": name, "email": theirs.email, "how_they_know": "Next door"}
    consent = Consent.objects.draft(**said, by=ada, at=at)
    kind = {"kind": RequestKind.INSTRUMENTAL, "category": Category.MEAL, "consent": consent}
    asked = HelpRequest.objects.draft(by=ada, circle=circle, at=at, title="Something specific", **kind)
    asked.set_times(timing="whenever", at=at)
    asked.set_reach(starts=Ring.EVERYONE)
    consent.send(by=ada, at=at)
    if decider != theirs:
        consent.name_delegate(name=decides, email=decider.email, by=theirs, at=at)
    consent.agree(by=decider, at=at)
    return HelpRequest.objects.get(pk=asked.pk), ada


@scene
def words_change_after_a_yes(at):
    """Ada changes the words of what Rosa has agreed to."""
    asked, ada = asked_for("Rosa", "Rosa", at)
    asked.edit(by=ada, at=at, version=asked.version, would_help="Something warm")


@scene
def words_change_after_the_yes_of_a_delegate(at):
    """Ada changes the words of what Dora, whom Rosa named, has agreed to."""
    asked, ada = asked_for("Rosa", "Dora", at)
    asked.edit(by=ada, at=at, version=asked.version, would_help="Something warm")
