"""Who and what the stories are about."""

import datetime as dt

from circles.mails.previews import a_street, somebody
from circles.models import Consent, Ring
from supportnet.notices.models import Notice

from ...catalogue import Category, RequestKind
from ...models import HelpRequest

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
