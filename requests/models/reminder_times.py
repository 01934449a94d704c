"""When the helper is reminded: calculated when the promise is made, and anew when its time or their clock changes."""

import datetime as dt

from django.db.models import Q

from supportnet.notices.models import Notice
from supportnet.notices.quiet_hours import may_tell_from

from ..schedule import reminders

# The columns, and the kinds of notices that sweeps queue for them.
REMINDERS = {"remind_at": "reminder", "remind_again_at": "reminder_soon", "follow_up_at": "afterwards"}
# Whoever was reminded of a time is not reminded again when it moves by less.
SAME_TIME = dt.timedelta(hours=1)
# The mail about a change goes first, with what else changes meanwhile.
AFTER_THE_CHANGE = dt.timedelta(minutes=15)


class Reminded:
    """The part of `Claim` that knows when its helper is told of it next."""

    def set_reminders(self, *, at, moved=False):
        """Calculate anew when to remind and to ask afterwards.

        What is past by the UTC time `at` was told, or is told now if it still helps: moved, not lost. When the time has
        `moved`, not before the mail that says so.
        """
        if not self.is_accepted:
            return
        self._calculate_reminders()
        told, late = self._told_already(), at + AFTER_THE_CHANGE if moved else at
        for field, kind in REMINDERS.items():
            due = getattr(self, field)
            if due and kind in told:
                setattr(self, field, None)
            elif due and due < at:
                setattr(self, field, self._late_reminder(field, at=late))
        if (
            self.remind_at
            and self.remind_again_at
            and self.remind_again_at < self.remind_at + reminders.APART
        ):
            self.remind_again_at = None
        self.save(update_fields=list(REMINDERS))

    def _late_reminder(self, field, *, at):
        """The next moment at which the helper may be told what was due earlier; None where that is too late."""
        due = may_tell_from(self.person, at)
        ahead = field != "follow_up_at"
        return None if ahead and reminders.too_late(self.slot, at=due) else due

    def _told_already(self):
        """The kinds by which the helper was told of this very promise and time, or will be in a minute."""
        deadline = self.slot.starts_at or self.slot.ends_at
        if deadline is None:
            return set()
        theirs = Notice.objects.filter(
            reader=self.person_id, cause_id=self.pk, kind__in=REMINDERS.values(), dropped_at=None
        )
        of_this_time = Q(expires_at__gt=deadline - SAME_TIME, expires_at__lt=deadline + SAME_TIME)
        afterwards = Q(kind="afterwards", due_at__gte=self.slot.ends_at)
        return set(theirs.filter(of_this_time | afterwards).values_list("kind", flat=True))

    def _calculate_reminders(self):
        self.remind_at, self.remind_again_at, self.follow_up_at = reminders.times(
            self.slot, self.person, promised_at=self.accepted_at
        )
