"""Following an invitation: what opens by it, for whom, and how often."""

from django.db import transaction
from django.db.models import F

from .exceptions import (
    InvitationExpired,
    InvitationLapsed,
    InvitationRevoked,
    InvitationUsedUp,
    InvitationWithoutConsent,
)
from .membership import Membership


class Accepted:
    """The part of `Invitation` that lets somebody in."""

    def check_usable(self, *, at):
        """Raise what makes it unusable at the UTC time `at`: revoked, expired, used up, a yes that is missing, or an
        inviter who may not invite any more."""
        if not self.circle.is_agreed:
            raise InvitationWithoutConsent
        if self.revoked_at:
            raise InvitationRevoked
        if self.expires_at <= at:
            raise InvitationExpired
        if self.uses_left == 0:
            raise InvitationUsedUp
        if not type(self).objects.usable(at).filter(pk=self.pk).exists():
            raise InvitationLapsed

    def accept(self, *, by, at, answers=()):
        """Join, or wait for a keeper's yes with `answers` (pairs of question and answer); returns the membership.

        Joins directly when it was mailed to `by`'s own verified address and no keeper removed them before.
        A current member or somebody who already waits uses nothing up, nor does a stranger to whom a mailed
        one was passed on: it stays whole for whom it was meant. Raises `NotVerified`, `InvitationRevoked`,
        `InvitationExpired`, `InvitationUsedUp`, `InvitationLapsed` or `AskedLately`.
        """
        by.require_verified()
        with transaction.atomic():
            membership = Membership.objects.lock_membership(circle=self.circle, person=by)
            if not membership.circle.is_agreed:
                raise InvitationWithoutConsent
            if not membership.is_current and self.opens_directly_for(by, membership):
                self._use(at=at)
                membership.join(at=at, ring=self.ring, via=self)
            elif membership.state not in ("current", "waiting"):
                self._spend_on_asking(at=at)
                membership.ask(at=at, via=self, answers=answers)
        return membership

    def opens_directly_for(self, person, membership):
        """Whether `person`, whose row in the circle is `membership` if there is one, needs no keeper's yes."""
        removed = membership is not None and membership.removed_at is not None
        return self.is_whose(person) and not removed

    def _use(self, *, at):
        used = type(self).objects.usable(at).filter(pk=self.pk).update(uses_left=F("uses_left") - 1)
        if not used:
            self.refresh_from_db()
            self.check_usable(at=at)

    def _spend_on_asking(self, *, at):
        if self.is_for_one:
            self.check_usable(at=at)
        else:
            self._use(at=at)
