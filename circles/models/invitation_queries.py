"""Invitations by whether they still hold, and how they come into being."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from supportnet.notices.models import Notice

from ..addresses import canonical
from .exceptions import InvitationWithoutConsent
from .mailed_link import AddressedQuerySet, fingerprint, proven, salt_of
from .membership import Membership

# If nothing else is said; what was prepared holds as long from the circle's yes on (`send_prepared`).
LASTS = dt.timedelta(days=30)
# There as soon as the mail is queued, whether it has gone out yet or not.
TOLD = Notice.objects.filter(kind="invitation", cause_id=OuterRef("pk"))


class InvitationQuerySet(AddressedQuerySet):
    """Invitations by token and by who keeps their circle."""

    def by_token(self, token):
        """The invitation that `token` opens. Raises `Invitation.DoesNotExist`."""
        return self.select_related("circle__consent", "invited_by", "owner").get(
            token_hash=fingerprint(token)
        )

    def kept_by(self, person):
        """Invitations to the circles that `person` keeps."""
        return self.filter(circle__in=Membership.objects.circles_kept_by(person))

    def open(self, at):
        """Invitations that neither ran out by the UTC time `at` nor were used up, taken back or ended."""
        return self.filter(
            Q(uses_left__gt=0) | Q(uses_left__isnull=True),
            revoked_at__isnull=True,
            lapsed_at__isnull=True,
            expires_at__gt=at,
        )

    def usable(self, at):
        """Those of the open ones that open their circle: whoever made them may still invite into it."""
        may_invite = Membership.objects.who_may_invite()
        return self.open(at).filter(
            Exists(may_invite.filter(circle=OuterRef("circle"), person=OuterRef("invited_by")))
        )

    def made_by(self, person):
        """Invitations that `person` made or made anew last."""
        return self.filter(invited_by=person)

    def lapsed(self):
        """Those that ended with their inviter's keeping or when the circle was put away, and were not made anew."""
        return self.filter(lapsed_at__isnull=False, revoked_at__isnull=True)

    def lapse(self, *, at):
        """End what is open, unsent ones too, and tell the remaining keepers of each circle which, once.

        They are told as well who waits at the door by one of these, spent or not: nobody vouches for them any more.
        Call it inside the transaction of what ended the inviter's right to invite.
        """
        ended = list(self.open(at).select_related("circle"))
        waiting = list(
            Membership.objects.waiting().filter(via__in=self.values("pk")).select_related("circle")
        )
        self.open(at).update(lapsed_at=at)
        for circle in {row.circle for row in (*ended, *waiting)}:
            here = [sorted(row.pk for row in rows if row.circle == circle) for rows in (ended, waiting)]
            _tell_keepers(circle, *here, at=at)

    def to_address(self, *, circle, email, by, at, form_key=None, **fields):
        """See `Circle.invite`. An earlier unused invitation to the same address is renewed."""
        email = canonical(email)
        fields |= {"email": email, "owner": proven(email), "uses_left": 1}
        invitation = self.prepare(circle=circle, by=by, at=at, form_key=form_key, **fields)
        with transaction.atomic():
            if self._is_there(invitation):
                return self.get(token_hash=invitation.token_hash)
            earlier = self._to_the_same(invitation).first()
            if earlier:
                return earlier._renew(invitation, at=at)
            invitation._open(at=at)
            if circle.is_agreed:
                invitation.send(at=at)
        return invitation

    def _to_the_same(self, invitation):
        """By mail to the same address, and neither used nor taken back; the newest first."""
        same = self.filter(circle=invitation.circle, email=invitation.email)
        same = same.filter(Q(owner=invitation.owner) | Q(owner__isnull=True))
        return same.filter(revoked_at__isnull=True, uses_left__gt=0).order_by("-created_at", "-pk")

    def prepared(self):
        """Invitations by mail that wait for the yes of whom the circle is around: nobody was told of them yet."""
        return self.open_or_prepared().filter(~Exists(TOLD))

    def told(self):
        """Those whose mail is on its way or was sent."""
        return self.filter(Exists(TOLD))

    def open_or_prepared(self):
        """By mail, and nobody came by it yet, nor was it taken back, nor did it end with its inviter's keeping."""
        return self.filter(revoked_at__isnull=True, lapsed_at__isnull=True, uses_left__gt=0).exclude(email="")

    def send_prepared(self, *, at):
        """The yes is there: mail what waited for it."""
        waited = list(self.prepared())
        self.filter(pk__in=[invitation.pk for invitation in waited]).update(expires_at=at + LASTS)
        for invitation in waited:
            invitation.send(at=at)

    def named_in(self, keys):
        """Those whose key ("invitation:5") is among `keys`."""
        return self.filter(pk__in=[key.partition(":")[2] for key in keys if key.startswith("invitation:")])

    def by_link(self, *, circle, by, at, expires_at=None, uses=None, form_key=None):
        """See `Circle.open_link`."""
        if not circle.is_agreed:
            raise InvitationWithoutConsent
        invitation = self.prepare(
            circle=circle, by=by, at=at, uses_left=uses, expires_at=expires_at, form_key=form_key
        )
        with transaction.atomic():
            if self._is_there(invitation):
                return self.get(token_hash=invitation.token_hash)
            circle.require_in_use()
            invitation._open(at=at)
        return invitation

    def prepare(self, *, circle, by, at, expires_at=None, form_key=None, **fields):
        """An invitation that is not stored yet, as its preview needs it.

        The same `form_key` from the same keeper gives the same token, so that a double click makes one; for somebody
        else, or another time or number of people, by whoever went back to the form, it is another.
        """
        times = {"created_at": at, "expires_at": expires_at or at + LASTS}
        for_whom = (fields.get("email", ""), fields.get("uses_left"), times["expires_at"] - at)
        salt = salt_of(form_key, circle.pk, by.pk, form_key, *for_whom)
        invitation = self.model(circle=circle, invited_by=by, salt=salt, **times, **fields)
        invitation.token_hash = fingerprint(invitation.token)
        return invitation

    def _is_there(self, invitation):
        # The circle's row is held until the commit: of two presses the second finds what the first made.
        invitation.circle.lock()
        return self.filter(token_hash=invitation.token_hash).exists()


def _tell_keepers(circle, invitations, waiting, *, at):
    """One notice to each remaining keeper; whoever did it is told as well, since it follows without being said."""
    keepers = circle.keepers().filter(person__is_active=True)
    for keeper in keepers:
        Notice.objects.queue(
            "invitations_ended",
            circle,
            to=keeper.person,
            at=at,
            key=f"invitations_ended:{circle.pk}:{keeper.person_id}:{at.isoformat()}",
            facts={"invitations": invitations, "waiting": waiting},
        )
