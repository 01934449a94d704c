"""Stories of something that is asked, and answered."""

from circles.mails.previews import somebody
from circles.models import Circle, CircleKind
from supportnet.notices.previews import scene

from ...catalogue import Category, RequestKind
from ...models import HelpRequest
from ...sweeps import waves
from .cast import DAY, HOUR, ask, asked_for, neighbours, tomorrow


@scene
def something_is_asked(at):
    """Ada asks for a meal; everybody in the circle is told."""
    circle, _olga, ada, _bo = neighbours(at)
    ask(ada, circle, tomorrow(at), at)
    waves.open_waves(at)


@scene
def another_circle_is_asked(at):
    """Ada asks in her street, and then her choir as well."""
    circle, _olga, ada, _bo = neighbours(at)
    choir = Circle.objects.start(by=ada, kind=CircleKind.PERSONAL, name="The choir", at=at)
    choir.memberships.create(person=somebody("Clara", at)).join(at=at)
    ask(ada, circle, tomorrow(at), at).help_request.ask_more(by=ada, at=at, circle=choir)
    waves.open_waves(at)


@scene
def somebody_is_asked_by_name(at):
    """Ada asks Bo before she asks the others."""
    circle, _olga, ada, bo = neighbours(at)
    what = {"kind": RequestKind.INSTRUMENTAL, "category": Category.RIDE, "title": "To the station"}
    asked = HelpRequest.objects.draft(by=ada, circle=circle, at=at, **what)
    starts_at = tomorrow(at)
    asked.set_times(timing="once", starts_at=starts_at, ends_at=starts_at + HOUR, at=at)
    asked.set_reach(people=[bo], widen_after=DAY)
    asked.publish(by=ada, at=at)
    waves.open_waves(at)


@scene
def two_things_are_asked(at):
    """Ada asks twice; who wants one mail a day gets one."""
    circle, _olga, ada, _bo = neighbours(at)
    for days in (4, 6):
        ask(ada, circle, tomorrow(at, days=days), at)
    waves.open_waves(at)


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
def words_change_after_a_yes(at):
    """Ada changes the words of what Rosa has agreed to."""
    asked, ada = asked_for("Rosa", "Rosa", at)
    asked.edit(by=ada, at=at, version=asked.version, would_help="Something warm")


@scene
def times_change_after_a_yes(at):
    """Ada asks for one time more of what Rosa has agreed to."""
    asked, ada = asked_for("Rosa", "Rosa", at)
    asked.add_slot(by=ada, at=at, starts_at=tomorrow(at), ends_at=tomorrow(at) + HOUR)


@scene
def words_change_after_the_yes_of_a_delegate(at):
    """Ada changes the words of what Dora, whom Rosa named, has agreed to."""
    asked, ada = asked_for("Rosa", "Dora", at)
    asked.edit(by=ada, at=at, version=asked.version, would_help="Something warm")
