"""Notices of the demo: what the cast was told, as already sent, and a few that failed."""

import datetime as dt

from circles.models import Membership
from supportnet.notices.models import Notice

MOMENT = dt.timedelta(minutes=1)
NO_SUCH_BOX = "550 5.1.1 There is no mailbox of this name here."
BOX_IS_FULL = "552 5.2.2 The mailbox is full."


class Telling:
    """Writes the notices that the verbs would have queued for the cast, as already sent."""

    def __init__(self, town, asking):
        self.town, self.asking, self.at = town, asking, town.at
        self.cast = set(town.cast.values())

    def tell(self):
        """Save what was told, and what could not be."""
        told = [*self._of_claims(), *self._of_thanks(), *self._of_joiners()]
        self._fail([notice for notice in told if self._is_at_olgas(notice)])
        kept = [notice for notice in told if notice.failed_at or notice.reader in self.cast]
        self.town.sower.sow(Notice, kept)

    def _of_claims(self):
        for claim in self.asking.claims_of_cast:
            help_request = claim.slot.help_request
            when, where = claim.claimed_at, help_request.circle_id
            asker = help_request.asker
            yield _sent("request_claimed", claim, asker, when, where, ends=f":{asker.pk}")
            if claim.accepted_at:
                yield _sent("claim_confirmed", claim, claim.person, claim.accepted_at, where)

    def _of_thanks(self):
        for thanks in self.asking.thanks_to_cast:
            helper, circle = thanks.claim.person, thanks.claim.slot.help_request.circle_id
            notice = _sent("thanks_given", thanks, helper, thanks.created_at, circle)
            notice.key = f"thanks_given:{thanks.pk}:{helper.pk}"
            yield notice

    def _of_joiners(self):
        street, olga = self.town.circles[0], self.town.cast["olga"]
        for waiting in Membership.objects.waiting().filter(circle=street):
            yield _sent("join_asked", waiting, olga, waiting.asked_at, street.pk, ends=f":{olga.pk}")

    def _is_at_olgas(self, notice):
        return notice.circle_id == self.town.circles[0].pk and notice.reader not in self.cast

    def _fail(self, notices):
        """The newest two in Olga's circle came back; one of the addresses takes no mail any more."""
        newest = sorted(notices, key=lambda notice: notice.created_at)[-2:]
        for notice, error in zip(newest, (BOX_IS_FULL, NO_SUCH_BOX), strict=False):
            notice.sent_at, notice.failed_at, notice.error = None, notice.sent_at, error
            notice.attempts = 1
        if newest:
            newest[-1].reader.mark_mail_refused(reason=NO_SUCH_BOX, at=newest[-1].failed_at)


def _sent(kind, cause, reader, at, circle_id, *, ends=""):
    """A notice under the very key that the verb would have given it, so that it is never told again."""
    return Notice(
        key=f"{kind}:{cause.pk}:{at.isoformat()}{ends}",
        kind=kind,
        reader=reader,
        cause_id=cause.pk,
        circle_id=circle_id,
        created_at=at,
        due_at=at,
        try_at=at,
        attempts=1,
        sent_at=at + MOMENT,
    )
