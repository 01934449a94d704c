"""The evening before, two hours before, the morning after."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circles import time_text
from supportnet.notices.kinds import register

from ..models import Claim
from ..schedule.reminders import EVENING_AT_MOST_BEFORE
from .claim_base import GONE, AboutClaim


class Ahead(AboutClaim):
    """A reminder of something that comes within `at_most`; it goes stale when that begins."""

    at_most = dt.timedelta()

    def context(self, causes, notices, reader, at):
        """Whether a keeper has yet to say that they come: until then the page shows no address."""
        in_doubt = Claim.objects.in_doubt(at=at, set_aside_only=True).filter(
            pk__in=[claim.pk for claim in causes]
        )
        return {**super().context(causes, notices, reader, at), "waits_for_keeper": in_doubt.exists()}

    def still_true(self, cause, notice, at):
        """While the promise stands, has not begun, and was not moved further away."""
        deadline = cause.slot.deadline
        if not cause.is_accepted or cause.slot.cancelled_at or deadline is None:
            return GONE
        if deadline <= at:
            return "It has begun."
        return "It was moved to later." if deadline > notice.due_at + self.at_most else ""


@register
class Reminder(Ahead):
    """To the helper, the evening before."""

    name = "reminder"
    label = _("Reminders")
    collects = dt.timedelta(minutes=10)
    at_most = EVENING_AT_MOST_BEFORE


@register
class ReminderSoon(Ahead):
    """To the helper, two hours before, if asked for."""

    name = "reminder_soon"
    label = _("Second reminders")
    at_most = dt.timedelta(hours=15)


@register
class Afterwards(AboutClaim):
    """To the helper, the morning after: did it happen?"""

    name = "afterwards"
    label = _("The morning after")
    collects = dt.timedelta(minutes=10)

    def still_true(self, cause, notice, at):
        """While nobody has said, for three days."""
        if not cause.is_accepted or cause.slot.cancelled_at:
            return GONE
        if cause.happened_at or cause.missed_at:
            return "The helper has said so already."
        late = cause.slot.ends_at is None or at > cause.slot.ends_at + dt.timedelta(days=3)
        return "It came too late to be of use." if late else ""

    def context(self, causes, notices, reader, at):
        """The day of the first."""
        context = super().context(causes, notices, reader, at)
        deadline = context["claim"].slot.deadline
        day = time_text.day(deadline, zone=timezone.get_current_timezone(), at=at)
        return {**context, "day": day}


@register
class SayThanks(AboutClaim):
    """To the asker, the morning after, once: thanks are welcome. Helpers who need none are left out."""

    name = "say_thanks"
    about_the_past = True
    label = _("A word of thanks")
    collects = dt.timedelta(minutes=10)

    related = (*AboutClaim.related, "thanks")

    def context(self, causes, notices, reader, at):
        """How many they are who helped."""
        return {
            **super().context(causes, notices, reader, at),
            "helpers": len({claim.person_id for claim in causes}),
        }

    def still_true(self, cause, notice, at):
        """While nobody has thanked them, and nothing went wrong."""
        if not cause.is_accepted or cause.slot.cancelled_at or cause.missed_at or cause.no_show_at:
            return GONE
        return "The reader has thanked already." if hasattr(cause, "thanks") else ""
