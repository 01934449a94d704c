"""A time or text changed, or something was called off."""

import datetime as dt
from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circles import time_text
from supportnet.notices.kinds import register
from supportnet.notices.models import Notice

from ..models.claim_notices import CHANGES_SHOWN
from ..models.slot_times import is_far
from . import ical
from .changed_words import changed_fields
from .claim_base import GONE, OVER, AboutClaim, in_order, is_long_over, never_told

# Changes within so long go out in one mail, with what stands there then.
UNTOLD = dt.timedelta(minutes=5)
# Kept in `Notice.dropped_because`, which only staff read: so it is not translated.
UNCHANGED = "Nothing that its reader may see has changed."


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
        """What was changed and changed back before anybody was told, or what they may not see, is nothing to tell."""
        moves, texts = defaultdict(list), defaultdict(list)
        for notice, claim in sorted(pairs, key=lambda pair: pair[0].pk):
            (moves if "old_starts_at" in notice.facts else texts)[claim].append(notice)
        back = [notices for claim, notices in moves.items() if _old_times(notices[0]) == _times(claim.slot)]
        unmoved = {notice.pk: "It is back at its old time." for notices in back for notice in notices}
        same = [told for claim, told in texts.items() if not changed_fields(claim, told, claim.person, at=at)]
        unsaid = {notice.pk: UNCHANGED for notices in same for notice in notices}
        return unmoved | unsaid | self.not_agreed(pairs)

    def context(self, causes, notices, reader, at):
        """Each claim once, with its old time in words if that changed, and each field with old and new words."""
        told = defaultdict(list)
        for claim, notice in zip(causes, notices, strict=True):
            told[claim].append(notice)
        changes = [_change(claim, told[claim], reader, at) for claim in in_order(causes)]
        is_offer = all(claim.accepted_at is None for claim in causes)
        return {**super().context(causes, notices, reader, at), "changes": changes, "is_offer": is_offer}

    def attachments(self, causes, notices, reader, at):
        """The new times for the reader's calendar; and what was promised before and moved, as called off."""
        return ical.attachment([*_before(notices, self.causes), *causes], at=at)


@register
class ClaimMoved(AboutClaim):
    """To whoever asks, on short notice to keepers: a keeper gave the helper another time."""

    name = "claim_moved"
    label = _("Somebody comes at another time")

    def still_true(self, cause, notice, at):
        """While the promise stands and is ahead."""
        if not cause.is_live or cause.slot.cancelled_at:
            return GONE
        return OVER if cause.slot.is_over(at=at) else ""

    def context(self, causes, notices, reader, at):
        """The time before, and whether its place is open by now."""
        zone = timezone.get_current_timezone()
        before = _before(notices, self.causes)
        return {
            **super().context(causes, notices, reader, at),
            "old_time": time_text.when(*_old_times(notices[0]), zone=zone, at=at),
            "is_open": any(claim.slot.is_open(at=at) for claim in before),
        }

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()


@register
class SlotCancelled(AboutClaim):
    """To claimers: it was called off, and why. For a day also when its time has passed: they may have come."""

    name = "slot_cancelled"
    label = _("Something was called off")
    collects = waits = UNTOLD
    even_hidden = True

    def people(self, cause, reader_id):
        """Nobody: also those who do not see each other any more must know that nobody waits for them."""
        return ()

    def still_true(self, cause, notice, at):
        """While it is called off and would be ahead, or was not long ago."""
        if not cause.cancelled_at:
            return "The promise stands again."
        return OVER if is_long_over(cause.slot, at=at) else ""

    def reasons_against(self, pairs, at):
        """Whoever never heard that they were signed up need not hear that they are free."""
        return super().reasons_against(pairs, at) | never_told(pairs, ("claim_confirmed",))

    def context(self, causes, notices, reader, at):
        """Whether it comes too late."""
        is_late = all(claim.slot.is_over(at=at) for claim in causes)
        return {**super().context(causes, notices, reader, at), "is_late": is_late}

    def attachments(self, causes, notices, reader, at):
        """Takes them out of the reader's calendar."""
        return ical.attachment(causes, at=at)

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"


def what_changed(claim, reader, *, at):
    """What `reader` was told of the claim's time and words within the last days, as `context` has it; else None."""
    told = Notice.objects.filter(reader=reader, kind=SlotChanged.name, cause_id=claim.pk)
    notices = told.filter(created_at__gte=max(claim.claimed_at, at - CHANGES_SHOWN)).order_by("pk")
    change = _change(claim, list(notices), reader, at)
    return change if change["old_time"] or change["fields"] else None


def _change(claim, notices, reader, at):
    moved = [notice for notice in notices if "old_starts_at" in notice.facts]
    change = {"claim": claim, "fields": changed_fields(claim, notices, reader, at=at)}
    if not moved or _old_times(moved[0]) == _times(claim.slot):
        return change | {"old_time": "", "because": "", "asks_anew": False}
    zone = timezone.get_current_timezone()
    return change | {
        "old_time": time_text.when(*_old_times(moved[0]), zone=zone, at=at),
        "because": claim.slot.changed_because,
        "asks_anew": is_far(claim.slot.starts_at, _old_times(moved[0])[0]),
    }


def _before(notices, fetch):
    """The promises that were moved: each stands elsewhere by now, in another row."""
    return list(
        fetch([notice.facts["moved_from"] for notice in notices if "moved_from" in notice.facts]).values()
    )


def _times(slot):
    return slot.starts_at, slot.ends_at


def _old_times(notice):
    """Before the change that the notice is about."""
    told = (notice.facts.get("old_starts_at"), notice.facts.get("old_ends_at"))
    return tuple(moment and dt.datetime.fromisoformat(moment) for moment in told)
