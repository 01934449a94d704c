"""A way into a circle: by mail to one person, or a link for many.

Only the SHA-256 of a token is stored. The token itself is derived from the row's salt and the
installation's SECRET_KEY whenever a mail or a page needs it, so that a mail can be written later and
a keeper can see the link again, while a copy of the database opens no door.
"""

import datetime as dt
import hashlib

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from supportnet.notices.direction import joined
from supportnet.notices.models import Notice

from .. import names
from ..addresses import AddressColumn, canonical
from ..limits import at_most, one_of
from .addressed import Addressed, AddressedQuerySet, fingerprint, new_salt, proven
from .journal import JournalEntry
from .membership import Membership, Ring

LASTS = dt.timedelta(days=30)
# Who invites the same address again within this time has pressed twice, or not seen that another keeper did.
STANDS_FOR = dt.timedelta(hours=1)
TAKEN_OVER = ("invited_by", "name", "how_they_know", "ring", "expires_at")
TOLD = Notice.objects.filter(kind="invitation", cause_id=OuterRef("pk"))


class InvitationUnusable(Exception):
    """The invitation opens nothing any more."""


class InvitationExpired(InvitationUnusable):
    """Its time is over."""


class InvitationRevoked(InvitationUnusable):
    """A keeper took it back."""


class InvitationUsedUp(InvitationUnusable):
    """It has let in as many people as it was for."""


class InvitationLapsed(InvitationUnusable):
    """Whoever made it does not keep the circle any more, or the circle was put away."""


class InvitationWithoutConsent(InvitationUnusable):
    """Whom the circle is around has not agreed to it, or has taken it back."""


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
        expires_at = expires_at or at + LASTS
        for_whom = (fields.get("email", ""), fields.get("uses_left"), expires_at - at)
        invitation = self.model(
            circle=circle,
            invited_by=by,
            salt=_salt(circle, by, form_key, *for_whom),
            created_at=at,
            expires_at=expires_at,
            **fields,
        )
        invitation.token_hash = fingerprint(invitation.token)
        return invitation

    def _is_there(self, invitation):
        # The circle's row is held, so that two presses of one button come one after the other.
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


def _salt(circle, by, form_key, *for_whom):
    if not form_key:
        return new_salt()
    said = ":".join(str(part) for part in (circle.pk, by.pk, form_key, *for_whom))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


class Invitation(Addressed, models.Model):
    """A way into a circle: directly for whom it was mailed to; by a link, people wait for a yes."""

    circle = models.ForeignKey("circles.Circle", models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations_made")
    email = AddressColumn(_("e-mail address"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="invitations_received"
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    how_they_know = models.CharField(_("how you know each other"), max_length=200, blank=True)
    ring = models.PositiveSmallIntegerField(_("ring"), choices=Ring, default=Ring.EVERYONE)
    salt = models.CharField(max_length=32, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    uses_left = models.PositiveIntegerField(_("people it still lets in"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    lapsed_at = models.DateTimeField(_("ended with its inviter’s keeping"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of(Ring, "ring", model="invitation"),
            at_most(80, "name", model="invitation"),
            at_most(200, "how_they_know", model="invitation"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="invitation_expires_after_it_is_made",
            ),
        ]

    def __str__(self):
        return joined([self.name or self.email or _("Link"), self.circle], " – ")

    @property
    def token(self):
        """The secret part of the link, 32 characters; derived, never stored."""
        return salted_hmac("circles.Invitation", self.salt, algorithm="sha256").hexdigest()[:32]

    @property
    def url(self):
        """The link's full address, for mails and the QR code."""
        return settings.SITE_URL + self.get_absolute_url()

    def get_absolute_url(self):
        """The page that asks "Continue?"."""
        return reverse("join", args=[self.token])

    @property
    def is_for_one(self):
        """Whether it was mailed to one address."""
        return bool(self.email)

    def is_vouched_for(self):
        """Whether whoever made it may still let others into the circle."""
        return (
            Membership.objects.who_may_invite().filter(circle=self.circle_id, person=self.invited_by).exists()
        )

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
        if not Invitation.objects.usable(at).filter(pk=self.pk).exists():
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
            membership = Membership.objects.hold(circle=self.circle, person=by)
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

    def is_whose(self, person):
        """Whether it was mailed to `person`, who may have another address by now."""
        if self.owner_id:
            return self.owner_id == person.pk
        return self.is_for_one and self.email == person.email and person.is_verified

    def _use(self, *, at):
        used = Invitation.objects.usable(at).filter(pk=self.pk).update(uses_left=F("uses_left") - 1)
        if not used:
            self.refresh_from_db()
            self.check_usable(at=at)

    def _spend_on_asking(self, *, at):
        if self.is_for_one:
            self.check_usable(at=at)
        else:
            self._use(at=at)

    def send(self, *, at):
        """Mail it, once for each time it is made anew and for each link: another address has another."""
        key = f"invitation:{self.pk}:{self.salt[:8]}:{self.created_at.isoformat()}"
        Notice.objects.queue("invitation", self, to=self.reader(self.email, self.owner), at=at, key=key)

    def _open(self, *, at):
        self.save(force_insert=True)
        JournalEntry.objects.write("invited", self, by=self.invited_by, at=at, circle=self.circle)

    def _renew(self, anew, *, at):
        """Take over who invites and the words of `anew`; the link in the earlier mail leads on.

        Within the hour nothing more is mailed, unless it had ended meanwhile.
        """
        stands = self.lapsed_at is None and self.created_at > at - STANDS_FOR
        for field in TAKEN_OVER:
            setattr(self, field, getattr(anew, field))
        self.lapsed_at, self.created_at = None, self.created_at if stands else at
        self.save(update_fields=[*TAKEN_OVER, "lapsed_at", "created_at"])
        JournalEntry.objects.write("invited", self, by=self.invited_by, at=at, circle=self.circle)
        if self.circle.is_agreed:
            self.send(at=at)
        return self

    def make_anew(self, *, by, at):
        """A keeper invites again, in their own name, whom one invited who keeps the circle no more.

        Whoever was invited by mail gets another; a link for many becomes a new one, since whoever made the old one
        still has it. Returns the invitation that holds now. Raises `StruckOut`.
        """
        if self.is_for_one:
            same = {
                "name": names.fit_or_nothing(self.name),
                "how_they_know": self.how_they_know,
                "ring": self.ring,
            }
            return self.circle.invite(email=self.email, by=by, at=at, **same)
        with transaction.atomic():
            Invitation.objects.lapsed().filter(pk=self.pk).update(revoked_at=at)
            return self.circle.open_link(by=by, at=at, uses=self.uses_left, form_key=f"anew:{self.pk}")

    def revoke(self, *, by, at):
        """Take the invitation back; whoever joined by it stays."""
        with transaction.atomic():
            if Invitation.objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=at):
                JournalEntry.objects.write("revoked", self, by=by, at=at, circle=self.circle)
        self.refresh_from_db(fields=["revoked_at"])
