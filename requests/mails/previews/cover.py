"""Stories of somebody who can't come after all."""

from circles.mails.previews import somebody
from supportnet.notices.previews import scene

from ...catalogue import Category, RequestKind
from ...models import HelpRequest, Standby
from ...sweeps import offers, standbys
from .cast import DAY, HOUR, all_were_told, ask, neighbours, tomorrow


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
def nobody_could(at):
    """Three hours before, the place is open, and a standby is being asked."""
    circle, olga, ada, _bo = neighbours(at)
    dee = somebody("Dee", at)
    circle.ask_to_join(dee, at=at).admit(by=olga, at=at)
    slot = ask(ada, circle, at + 2 * HOUR, at)
    HelpRequest.objects.filter(pk=slot.help_request_id).update(plan_b="Soup from the freezer")
    Standby.objects.stand_by(person=dee, help_request=slot.help_request, at=at)
    slot.ask_standbys(at=at)
    standbys.remind_of_plan_b(at + HOUR)
