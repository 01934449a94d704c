"""A time or text changed, or something was called off."""

import datetime as dt
from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circles import moments
from supportnet.notices.kinds import register

from .. import ical
from ..models.slot import is_far
from .about_claim import AboutClaim, in_order
from .promises import GONE

UNTOLD = dt.timedelta(minutes=5)
OVER = "It is over."


@register
class SlotChanged(AboutClaim):
    """To claimers: time, place or text changed. What changes within five minutes is one mail."""

    name = "slot_changed"
    label = _("Something changed")
    collects = waits = UNTOLD

    def still_true(self, cause, notice, at):
        """While the promise stands and is ahead."""
        if not cause.is_live or cause.slot.cancelled_at:
            return GONE
        return OVER if cause.slot.is_over(at=at) else ""

    def reasons_against(self, pairs, at):
        """A time that was moved and moved back before anybody was told has not changed."""
        moves = defaultdict(list)
        for notice, claim in sorted(pairs, key=lambda pair: pair[0].pk):
            if "old_starts_at" in notice.facts:
                moves[claim].append(notice)
        back = [notices for claim, notices in moves.items() if _old_times(notices[0]) == _times(claim.slot)]
        unmoved = {notice.pk: "It is back at its old time." for notices in back for notice in notices}
        return unmoved | self.not_agreed(pairs)

    def context(self, causes, notices, reader, at):
        """Each claim once, with its old time in words if that changed, and whether the text did."""
        told = defaultdict(list)
        for claim, notice in zip(causes, notices, strict=True):
            told[claim].append(notice)
        changes = [_change(claim, told[claim], at) for claim in in_order(causes)]
        return {**super().context(causes, notices, reader, at), "changes": changes}

    def attachments(self, causes, notices, reader, at):
        """The new times for the reader's calendar."""
        return ical.attachment(causes, at=at)


@register
class SlotCancelled(AboutClaim):
    """To claimers: it was called off, and why."""

    name = "slot_cancelled"
    label = _("Something was called off")
    collects = waits = UNTOLD
    even_hidden = True

    def people(self, cause, reader_id):
        """Nobody: also those who do not see each other any more must know that nobody waits for them."""
        return ()

    def still_true(self, cause, notice, at):
        """While it is called off and would be ahead."""
        if not cause.cancelled_at:
            return "The promise stands again."
        return OVER if cause.slot.is_over(at=at) else ""

    def attachments(self, causes, notices, reader, at):
        """Takes them out of the reader's calendar."""
        return ical.attachment(causes, at=at)

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"


def _change(claim, notices, at):
    moved = [notice for notice in notices if "old_starts_at" in notice.facts]
    text = any("fields" in notice.facts for notice in notices)
    if not moved or _old_times(moved[0]) == _times(claim.slot):
        return {"claim": claim, "text": text, "old_time": "", "because": "", "asks_anew": False}
    zone = timezone.get_current_timezone()
    return {
        "claim": claim,
        "text": text,
        "old_time": moments.when(*_old_times(moved[0]), zone=zone, at=at),
        "because": claim.slot.changed_because,
        "asks_anew": is_far(claim.slot.starts_at, _old_times(moved[0])[0]),
    }


def _times(slot):
    return slot.starts_at, slot.ends_at


def _old_times(notice):
    """Before the change that the notice is about."""
    told = (notice.facts.get("old_starts_at"), notice.facts.get("old_ends_at"))
    return tuple(moment and dt.datetime.fromisoformat(moment) for moment in told)
