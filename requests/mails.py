"""The mails of this room: what people are told about requests and promises."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register

from .models import Answer, Claim, HelpRequest, Thanks

CLAIM = ("slot__help_request__circle", "slot__help_request__asker", "person", "made_by")


class AboutClaim(Kind):
    """What the notices about a claim have in common."""

    model = Claim
    related = CLAIM

    def circle_id(self, cause):
        """The circle of the request that the claim is for."""
        return cause.slot.help_request.circle_id


@register
class ClaimConfirmed(AboutClaim):
    """To the helper: the place is theirs."""

    name = "claim_confirmed"
    label = _("What you promised")
    collects = dt.timedelta(minutes=10)
    quiet = False
    own_acts_count = True


@register
class RequestClaimed(AboutClaim):
    """To the asker: somebody promised to come, or offers to."""

    name = "request_claimed"
    label = _("Somebody promised to help")
    topic = "requests"


@register
class ClaimDeclined(AboutClaim):
    """To the helper: not this time."""

    name = "claim_declined"
    label = _("An answer to your offer")


@register
class ClaimReleased(AboutClaim):
    """To the asker, on short notice to keepers: a place is open again."""

    name = "claim_released"
    label = _("A place is open again")
    quiet = False


@register
class ClaimLate(AboutClaim):
    """To the asker: somebody comes later."""

    name = "claim_late"
    label = _("Somebody runs late")
    quiet = False


@register
class SlotChanged(AboutClaim):
    """To claimers: time, place or text changed."""

    name = "slot_changed"
    label = _("Something changed")
    collects = waits = dt.timedelta(minutes=5)


@register
class SlotCancelled(AboutClaim):
    """To claimers: it was called off."""

    name = "slot_cancelled"
    label = _("Something was called off")
    collects = waits = dt.timedelta(minutes=5)


@register
class Reminder(AboutClaim):
    """To the helper, the evening before."""

    name = "reminder"
    label = _("Reminders")
    quiet = False


@register
class ReminderSoon(AboutClaim):
    """To the helper, two hours before, if asked for."""

    name = "reminder_soon"
    label = _("Second reminders")
    quiet = False


@register
class Afterwards(AboutClaim):
    """To the helper, the morning after: did it happen?"""

    name = "afterwards"
    label = _("The morning after")


@register
class WaveOpened(Kind):
    """To members whom a wave reaches: something new is asked."""

    name = "wave_opened"
    model = HelpRequest
    related = ("circle", "asker")
    label = _("New requests in your circles")
    topic = "requests"
    collects = dt.timedelta(minutes=1)


@register
class RequestAnswered(Kind):
    """To the asker: somebody answered a question."""

    name = "request_answered"
    model = Answer
    related = ("help_request__circle", "person")
    label = _("Answers to your questions")
    topic = "requests"

    def circle_id(self, cause):
        """The circle of the question."""
        return cause.help_request.circle_id


@register
class ThanksGiven(Kind):
    """To the helper: the asker says thanks."""

    name = "thanks_given"
    model = Thanks
    related = ("claim__slot__help_request__circle", "claim__person", "by")
    label = _("Thanks")

    def circle_id(self, cause):
        """The circle of the request that the thanks are for."""
        return cause.claim.slot.help_request.circle_id
