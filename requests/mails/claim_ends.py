"""How a promise ends, or may: declined, given back, in doubt."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from circles.models import Membership
from supportnet.notices.kinds import register

from ..models import Claim
from . import ical
from .claim_base import GONE, OVER, AboutClaim, is_long_over, never_told


@register
class ClaimDeclined(AboutClaim):
    """To the helper: not this time."""

    name = "claim_declined"
    label = _("An answer to your offer")

    def still_true(self, cause, notice, at):
        """Unless they offered once more since."""
        return "" if cause.declined_at else "The answer has changed since."

    def url(self, cause):
        """Home: there is nothing more to do about it."""
        return "/"


@register
class ClaimReleased(AboutClaim):
    """To the asker, on short notice to keepers: a place is open again.

    For a day also when its time has passed: somebody may have waited.
    """

    name = "claim_released"
    label = _("A place is open again")
    collects = dt.timedelta(minutes=1)

    def still_true(self, cause, notice, at):
        """Unless they promised anew, it was called off, or is long over."""
        if cause.slot.cancelled_at or is_long_over(cause.slot, at=at):
            return "It is over, or was called off."
        promised_again = cause.is_live and "stands" not in notice.facts
        return "The helper promised again." if promised_again else ""

    def apart(self, cause):
        """One mail is about one helper."""
        return cause.person_id

    def reasons_against(self, pairs, at):
        """Whoever keeps the circle no more is not told what goes on in it.

        That two do not see each other any more does not count: whoever asks must know that nobody comes.
        """
        return _strangers(pairs) | self.not_agreed(pairs) | self.unheard_of(pairs)

    def unheard_of(self, pairs):
        """{notice number: reason} of promises that came and went unheard of: no word of those is needed."""
        return never_told(pairs, ("request_claimed", "cover_taken"))

    def context(self, causes, notices, reader, at):
        """Whether the reader asks all of it, or keeps the circle; and whether it is over, or still to be had."""
        is_asker = all(claim.help_request.is_run_by(reader) for claim in causes)
        about = {
            "is_asker": is_asker,
            "is_late": all(claim.slot.is_over(at=at) for claim in causes),
            "is_open": all(claim.slot.is_open(at=at) for claim in causes),
            "waiting": 0,
        }
        return {**super().context(causes, notices, reader, at), **about}

    def url(self, cause):
        """The request."""
        return cause.help_request.get_absolute_url()


@register
class ClaimInDoubt(ClaimReleased):
    """To all keepers: somebody who promised was set aside, or their check has ended. What becomes of it?"""

    name = "claim_in_doubt"
    label = _("A promise to decide about")
    own_acts_count = True

    def still_true(self, cause, notice, at):
        """While it stands and is ahead."""
        return "" if cause.is_live and not cause.slot.cancelled_at and not cause.slot.is_over(at=at) else GONE

    def reasons_against(self, pairs, at):
        """Until a keeper has decided, or there is nothing to decide any more."""
        in_doubt = set(
            Claim.objects.in_doubt(at=at).filter(pk__in={claim.pk for _, claim in pairs}).values_list("pk")
        )
        decided = {notice.pk: "It is decided." for notice, claim in pairs if (claim.pk,) not in in_doubt}
        return decided | super().reasons_against(pairs, at)

    def unheard_of(self, pairs):
        """Nothing: the promise stands, and somebody has to decide."""
        return {}

    def url(self, cause):
        """The promise's page: there they decide."""
        return cause.get_absolute_url()


@register
class GivenBack(AboutClaim):
    """To the helper: a keeper gave their place back for them."""

    name = "given_back"
    label = _("Your place was given back for you")
    collects = dt.timedelta(minutes=1)

    def people(self, cause, reader_id):
        """Nobody: whoever is not expected any more must know, also of somebody whom they do not see."""
        return ()

    def still_true(self, cause, notice, at):
        """Unless they promised anew, or it is over."""
        if cause.is_live:
            return "The reader promised again."
        return OVER if cause.slot.is_over(at=at) else ""

    def reasons_against(self, pairs, at):
        """Whoever never heard that they were signed up need not hear that they are free."""
        return super().reasons_against(pairs, at) | never_told(pairs, ("claim_confirmed",))

    def attachments(self, causes, notices, reader, at):
        """Takes them out of the reader's calendar."""
        return ical.attachment(causes, at=at)


def _strangers(pairs):
    """{notice number: reason} of readers who neither run the request nor keep its circle any more. One query."""
    keepers = Membership.objects.keepers().filter(
        circle__in={claim.help_request.circle_id for _, claim in pairs},
        person__in={notice.reader_id for notice, _ in pairs},
    )
    keepers = set(keepers.values_list("circle", "person"))
    return {
        notice.pk: "The reader does not keep this circle any more."
        for notice, claim in pairs
        if not claim.help_request.is_run_by(notice.reader)
        and (claim.help_request.circle_id, notice.reader_id) not in keepers
    }
