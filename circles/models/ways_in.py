"""How somebody comes into a circle: by its rule, by asking, by mail, by a link."""

from django.db import transaction

from .. import names
from ..addresses import canonical
from .choices import JoinRule
from .membership import Membership, Ring


class ByInvitationOnly(Exception):
    """Nobody comes into this circle by asking: a keeper invites them."""


class WaysIn:
    """The part of `Circle` that lets people in."""

    def receive(self, person, *, at, answers=()):
        """Somebody found the circle by themselves: they are in at once or wait for a yes, as its rule says.

        Whom a keeper removed waits for a yes whatever the rule. Doing it twice is doing it once. Raises
        `NotVerified`, `ByInvitationOnly`, `PutAway`, and `AskedLately` in the week after a keeper's no.
        """
        person.require_verified()
        if self.join_rule == JoinRule.INVITATION:
            raise ByInvitationOnly
        with transaction.atomic():
            membership = Membership.objects.lock_membership(circle=self, person=person)
            if self.join_rule == JoinRule.OPEN and membership.removed_at is None:
                membership.join_by_rule(JoinRule.OPEN, at=at, answers=answers)
            else:
                membership.ask(at=at, answers=answers)
        return membership

    def ask_to_join(self, person, *, at, via=None, answers=()):
        """Wait for a keeper's yes. Asking twice is asking once; a current member stays one.

        Keepers who want to hear of joiners are told. `via` is the invitation that led here, `answers` are pairs
        of question and answer. Raises `NotVerified`, and `AskedLately` in the week after a keeper's no.
        """
        return Membership.objects.ask(circle=self, person=person, at=at, via=via, answers=answers)

    def invite(self, *, email, by, at, name="", how_they_know="", ring=Ring.EVERYONE, form_key=None):
        """Invite one person by mail: they join directly if the address is theirs. Mails the invitation.

        The same `form_key` gives the same invitation again: a double click sends one mail. Raises `StruckOut`,
        `PutAway`.
        """
        said = {"name": names.fit(name), "how_they_know": how_they_know, "ring": ring, "form_key": form_key}
        with transaction.atomic():
            # Whom it is around may have answered while this waited: what they struck is read after the wait.
            fresh = self.lock()
            fresh.require_in_use()
            fresh.require_not_struck(by=by, email=canonical(email))
            return self.invitations.model.objects.to_address(circle=fresh, email=email, by=by, at=at, **said)

    def open_link(self, *, by, at, expires_at=None, uses=None, form_key=None):
        """Open a link that anybody may be given; whoever follows it waits for a keeper's yes. Raises `PutAway`."""
        return self.invitations.model.objects.by_link(
            circle=self, by=by, at=at, expires_at=expires_at, uses=uses, form_key=form_key
        )
