"""What the clock does for places that are about to stay empty: the next standby, and the family's own Plan B."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef

from circles.models import JournalEntry
from supportnet.notices.models import Notice
from supportnet.notices.quiet_hours import may_tell_from, quiet_hours_around
from supportnet.notices.sweeps import sweep

from ..models import Claim, Slot, StandbyCall
from ..schedule.reminders import IN_GOOD_TIME

# In one minute: the rest is found in the next one.
BATCH = 2000
# Plan B is told so long before; on the evening before where the night would leave less than an hour.
CALM, LEAST, DAY = dt.timedelta(hours=3), dt.timedelta(hours=1), dt.timedelta(days=1)
# So long it is known already that nobody comes.
A_WHILE = dt.timedelta(minutes=30)


@sweep
def ask_next_standbys(at):
    """Whoever was told and has not answered in time is let be, and the next one is asked."""
    for call in StandbyCall.objects.expired(at=at).select_related("slot", "person")[:BATCH]:
        with transaction.atomic():
            call.slot.lock()
            if StandbyCall.objects.expired(at=at).filter(pk=call.pk).exists():
                call.be_let_be(at=at)


@sweep
def remind_of_plan_b(at):
    """Some hours before a place for which there is nobody: one calm message to whoever asks, with their own Plan B."""
    for slot in _without_anybody(at)[:BATCH]:
        readers = [reader for reader in slot.help_request.to_tell() if _is_their_hour(slot, reader, at=at)]
        if readers and not _is_news(slot, at=at):
            since = max((claim.ended_at for claim in slot.claims.ended()), default=None)
            for reader in readers:
                key = (
                    f"plan_b:{slot.pk}:{slot.starts_at.isoformat()}:{since and since.isoformat()}:{reader.pk}"
                )
                about = {"key": key, "expires_at": slot.starts_at}
                Notice.objects.queue("plan_b", slot, to=reader, at=at, **about)


def _without_anybody(at):
    """Open places of practical requests in the next hours, also beyond a night, that nobody has promised to take."""
    soon = Slot.objects.open(at=at).starting_between(at, at + CALM + DAY).filter(taken=0)
    soon = soon.filter(help_request__kind="instrumental", help_request__published_at__lte=at - A_WHILE)
    soon = soon.filter(~Exists(_told_already()))
    return soon.select_related(*(f"help_request__{name}" for name in ("asker", "posted_by"))).order_by(
        "starts_at"
    )


def _told_already():
    """Plan B as it was told of a slot and time, unless somebody has promised and dropped out since."""
    since = Claim.objects.ended_since(OuterRef("created_at")).filter(slot=OuterRef("cause_id"))
    told = Notice.objects.filter(kind="plan_b", cause_id=OuterRef("pk"), expires_at=OuterRef("starts_at"))
    return told.filter(~Exists(since), reader=OuterRef("help_request__asker"), dropped_at=None)


def _is_their_hour(slot, reader, *, at):
    """Three hours before; in the evening before where the morning would leave less than one. Nobody is woken for it."""
    due = slot.starts_at - CALM
    night = quiet_hours_around(reader, due)
    if night and night[1] + LEAST > slot.starts_at:
        due = night[0] - IN_GOOD_TIME
    return due <= at and may_tell_from(reader, at) < slot.starts_at


def _is_news(slot, *, at):
    """Whether it stands there like that for a short while only: who asked, or heard of a no, needs no second mail."""
    lately = JournalEntry.objects.about(slot).filter(at__gt=at - A_WHILE)
    return lately.exists() or any(claim.ended_at > at - A_WHILE for claim in slot.claims.ended())
