"""When a slot is: moving it, changing it, calling it off. Whoever promised to come is told."""

import datetime as dt

from django.db import transaction

from circles.models import JournalEntry

from .asking_for_another import TIMES
from .exceptions import SlotMoved
from .wave import FOREVER

TICK = dt.timedelta(microseconds=1)
# Somebody who comes a little late still helps.
GRACE = dt.timedelta(minutes=30)
# So long after its end a promise still counts, as for the address; where it has none, after it was said to have
# happened, or after the request was closed.
OVER = dt.timedelta(hours=24)
# Moved further than this it is another time: "still on" is asked anew.
RECONFIRM_IF_MOVED_BY = dt.timedelta(hours=1)


class Schedule:
    """The part of `Slot` that is about its time."""

    def is_over(self, *, at):
        """Whether its time, or its last day, is past at the UTC time `at`. "Whenever suits" is never over."""
        return self.ends_at is not None and self.ends_at <= at

    def is_ahead(self, *, at):
        """Whether it stands, and neither has begun nor is over at the UTC time `at`."""
        return not (self.cancelled_at or self.is_over(at=at) or self.starts_at and self.starts_at <= at)

    @property
    def deadline(self):
        """The moment that a helper must not miss: the start, or the last moment of "any time before"; else None."""
        if self.starts_at:
            return self.starts_at
        return self.ends_at and self.ends_at - TICK

    def checked_at(self, *, at):
        """The UTC time at which its helper has to be checked, where it is for checked helpers: when it begins, or the
        last moment at which it may be done; `at` where that is past or it has none. See `ClaimQuerySet.in_doubt`."""
        return max(at, self.deadline or at)

    def last_moment(self):
        """Until when a place may be claimed while the request is open: half an hour into it, or its last day."""
        if self.starts_at:
            return min(self.starts_at + GRACE, self.ends_at)
        return self.ends_at or FOREVER

    def move(self, *, starts_at, ends_at, by, at, because="", all_day=False):
        """Give it another time; whoever claimed it is told old and new, and why. Nothing happens if it is the same.

        When it begins more than an hour earlier or later, they keep the place and are asked to say "still on" anew.
        A standby who was asked for the old time is asked anew for the other one.
        """
        with transaction.atomic():
            self.lock()
            was = {"old_starts_at": self.starts_at, "old_ends_at": self.ends_at}
            if (starts_at, ends_at) == (self.starts_at, self.ends_at):
                return
            doubted = [claim.pk for claim in self._in_doubt(at=at)]
            self.starts_at, self.ends_at, self.changed_because = starts_at, ends_at, because
            self.all_day = all_day
            is_open = self.is_asked_for() and not self.help_request.pauses(self)
            self.open_until = self.last_moment() if is_open else at
            self.sequence += 1
            times = ["starts_at", "ends_at", "all_day", "open_until"]
            self.save(update_fields=[*times, "sequence", "changed_because"])
            self._note_move(was, by=by, at=at)
            for claim in self.claims.live().select_related("person").order_by("pk"):
                claim.slot = self
                claim.follow(was, by=by, at=at)
            self._in_doubt(at=at).exclude(pk__in=doubted).put_to_keepers(by=by, at=at)
            self.help_request.tell_who_agreed(TIMES, by=by, at=at)
            was_asked = self.standby_calls.waiting().exclude(starts_at=self.deadline).update(closed_at=at)
            self.settle(freed=bool(was_asked), at=at)

    def _in_doubt(self, *, at):
        """Promises of which keepers have to say whether they stand; a time that is for everybody makes no query."""
        return self.claims.in_doubt(at=at) if self.help_request.needs_checked else self.claims.none()

    def _note_move(self, was, *, by, at):
        """The journal keeps the old and the new time, in UTC."""
        now = {"new_starts_at": self.starts_at, "new_ends_at": self.ends_at}
        times = {name: moment and moment.isoformat() for name, moment in (was | now).items()}
        JournalEntry.objects.write("moved", self, by=by, at=at, circle=self.help_request.circle, **times)

    def is_asked_for(self):
        """Whether the request is open now. With the slot held, nobody can close it meanwhile."""
        asked = type(self.help_request).objects.open()
        return asked.filter(pk=self.help_request_id).exists()

    def change(
        self, *, starts_at, ends_at, capacity, by, at, because="", let_go=(), all_day=False, seen=None
    ):
        """Move it and make room, or neither. Raises `SlotHoldsMore`.

        `seen` are `sequence` and `capacity` as the editor had them before them; if either is another by now, it raises
        `SlotMoved`.
        """
        with transaction.atomic():
            for claim in sorted(let_go, key=lambda claim: claim.person_id):
                claim.person.lock()
            self.lock()
            if seen not in (None, (self.sequence, self.capacity)):
                raise SlotMoved
            if capacity != self.capacity:
                self.resize(capacity, by=by, at=at, let_go=let_go)
            self.move(starts_at=starts_at, ends_at=ends_at, all_day=all_day, by=by, at=at, because=because)

    def cancel(self, *, by, at, reason=""):
        """Call this one time off; whoever claimed it is told why. Calling off twice is calling off once."""
        with transaction.atomic():
            self.lock()
            if self.cancelled_at:
                return
            self.call_off(by=by, at=at, reason=reason)
            self.help_request.relist(at=at)
            self.help_request.tell_who_agreed(TIMES, by=by, at=at)

    def call_off(self, *, by, at, reason=""):
        """The slot's part of `cancel`, for whoever calls off many; they hold the rows and relist the request."""
        if self.cancelled_at:
            return
        self.cancelled_at, self.cancel_reason, self.sequence = at, reason, self.sequence + 1
        self.save(update_fields=["cancelled_at", "cancel_reason", "sequence"])
        JournalEntry.objects.write("called off", self, by=by, at=at, circle=self.help_request.circle)
        if not self.is_over(at=at):
            for claim in self.claims.live().select_related("person").order_by("pk"):
                claim.slot = self
                claim.end_with_slot(by=by, at=at)
        self.close_calls(at=at)

    def ask_again(self, *, as_of):
        """Its day is asked for once more: at the time and with the room of the slot `as_of`, and without the promises
        of before. Whoever calls it holds the row and opens the request's slots."""
        asked = ("starts_at", "ends_at", "all_day", "capacity")
        for name in asked:
            setattr(self, name, getattr(as_of, name))
        self.cancelled_at, self.cancel_reason, self.changed_because = None, "", ""
        self.sequence += 1
        self.save(update_fields=[*asked, "cancelled_at", "cancel_reason", "changed_because", "sequence"])


def is_far(start, other):
    """Whether two beginnings lie more than an hour apart, or only one of them is known."""
    if start is None or other is None:
        return start != other
    return abs(start - other) > RECONFIRM_IF_MOVED_BY
