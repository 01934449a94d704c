"""Before a notice is rendered: is it still to be told, to this reader, now?"""

from dataclasses import dataclass
from datetime import datetime

from supportnet.notices.models.notice import NO_ADDRESS, NOT_VERIFIED, REFUSED_EARLIER
from supportnet.notices.quiet_hours import quiet_until

# Dropped for these it stands on no page of notices either, unlike for those in `ONLY_MAIL_FAILED`.
TOO_LATE = "It came too late to be of use."
NOBODY_THERE = "The reader's account is closed."
CAUSE_GONE = "What it was about is gone."


@dataclass(frozen=True)
class Drop:
    """It is not to be told at all."""

    because: str


@dataclass(frozen=True)
class PutOff:
    """It is to be told, but not before this moment."""

    until: datetime


def sift(notice, kind, cause, *, at, collected_until):
    """None when the notice may go out now, else a Drop or a PutOff."""
    reason = _reason_to_drop(notice, kind, cause, at)
    if reason:
        return Drop(reason)
    waits = (
        collected_until.get((notice.reader_id, notice.kind)),
        notice.reader and kind.not_before(cause, notice, at),
        _morning(notice, kind, cause, at),
    )
    until = max(filter(None, waits), default=None)
    return PutOff(until) if until and until > at else None


def _reason_to_drop(notice, kind, cause, at):
    if notice.expires_at and notice.expires_at <= at:
        return TOO_LATE
    return _reason_about_reader(notice.reader, kind) or (
        kind.still_true(cause, notice, at) if cause is not None else CAUSE_GONE
    )


def _reason_about_reader(reader, kind):
    if reader is None:  # an invitation, to an address without an account
        return ""
    if not reader.is_active:
        return NOBODY_THERE
    if not reader.email:  # a helper whom a keeper calls
        return NO_ADDRESS
    if kind.needs_verified and reader.verified_at is None:
        return NOT_VERIFIED
    return REFUSED_EARLIER if reader.mail_refused_at else ""


def _morning(notice, kind, cause, at):
    """The end of the reader's quiet hours, unless it may wake them or would be of no use by then."""
    if notice.reader is None or kind.may_wake(cause, notice, at):
        return None
    until = quiet_until(notice.reader, at)
    useless = until and notice.expires_at and notice.expires_at <= until
    return None if useless else until
