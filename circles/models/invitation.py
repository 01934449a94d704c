"""A way into a circle: by mail to one person, or a link for many.

Only the SHA-256 of a token is stored. The token itself is derived from the row's salt and the
installation's SECRET_KEY whenever a mail or a page needs it, so that a mail can be written later and
a keeper can see the link again, while a copy of the database opens no door.
"""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from supportnet.notices.models import Notice

from ..limits import at_most, one_of
from .journal import JournalEntry
from .membership import Membership, Ring
from .person import Person, known

LASTS = dt.timedelta(days=30)


class InvitationUnusable(Exception):
    """The invitation opens nothing any more."""


class InvitationExpired(InvitationUnusable):
    """Its time is over."""


class InvitationRevoked(InvitationUnusable):
    """A keeper took it back."""


class InvitationUsedUp(InvitationUnusable):
    """It has let in as many people as it was for."""


def fingerprint(token):
    """What is stored of a token: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet):
    """Invitations by token and by who keeps their circle."""

    def by_token(self, token):
        """The invitation that `token` opens. Raises `Invitation.DoesNotExist`."""
        return self.select_related("circle", "invited_by").get(token_hash=fingerprint(token))

    def kept_by(self, person):
        """Invitations to the circles that `person` keeps."""
        return self.filter(
            circle__in=Membership.objects.keepers().filter(person=known(person)).values("circle")
        )

    def usable(self, at):
        """Invitations that still open their circle at the UTC time `at`."""
        return self.filter(
            Q(uses_left__gt=0) | Q(uses_left__isnull=True),
            revoked_at__isnull=True,
            expires_at__gt=at,
        )

    def to_address(self, *, circle, email, by, at, **fields):
        """See `Circle.invite`. An earlier unused invitation to the same address is taken back."""
        email = email.strip().lower()
        with transaction.atomic():
            self.usable(at).filter(circle=circle, email=email).update(revoked_at=at)
            invitation = self._open(circle=circle, by=by, at=at, email=email, uses_left=1, **fields)
            reader = Person.objects.filter(email=email).first()
            Notice.objects.queue("invitation", invitation, to=reader or email, at=at)
        return invitation

    def by_link(self, *, circle, by, at, expires_at=None, uses=None):
        """See `Circle.open_link`."""
        with transaction.atomic():
            return self._open(
                circle=circle,
                by=by,
                at=at,
                uses_left=uses,
                expires_at=expires_at or at + LASTS,
            )

    def _open(self, *, circle, by, at, expires_at=None, **fields):
        invitation = self.model(
            circle=circle,
            invited_by=by,
            salt=secrets.token_hex(16),
            created_at=at,
            expires_at=expires_at or at + LASTS,
            **fields,
        )
        invitation.token_hash = fingerprint(invitation.token)
        invitation.save()
        JournalEntry.objects.write("invited", invitation, by=by, at=at, circle=circle)
        return invitation


class Invitation(models.Model):
    """A way into a circle. With an address it lets that person join directly; without, people wait for a yes."""

    circle = models.ForeignKey("circles.Circle", models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations_made")
    email = models.EmailField(_("e-mail address"), blank=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    how_they_know = models.CharField(_("how you know each other"), max_length=200, blank=True)
    ring = models.PositiveSmallIntegerField(_("ring"), choices=Ring, default=Ring.EVERYONE)
    salt = models.CharField(max_length=32, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    uses_left = models.PositiveIntegerField(_("people it still lets in"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

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
        return f"{self.name or self.email or _('Link')} – {self.circle}"

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

    def check_usable(self, *, at):
        """Raise what makes it unusable at the UTC time `at`: revoked, expired or used up."""
        if self.revoked_at:
            raise InvitationRevoked
        if self.expires_at <= at:
            raise InvitationExpired
        if self.uses_left == 0:
            raise InvitationUsedUp

    def accept(self, *, by, at):
        """Join, or wait for a keeper's yes; returns the membership.

        Joins directly when it was mailed to `by`'s own verified address and no keeper removed them before.
        A current member or somebody who already waits uses nothing up. Raises `NotVerified`,
        `InvitationRevoked`, `InvitationExpired` or `InvitationUsedUp`.
        """
        by.require_verified()
        with transaction.atomic():
            membership, _made = Membership.objects.get_or_create(circle=self.circle, person=by)
            if membership.state not in (
                "current",
                "waiting",
            ) or self._opens_directly_for(membership):
                self._use(at=at)
                self._let_in(membership, at=at)
        return membership

    def _opens_directly_for(self, membership):
        return (
            self.is_for_one
            and self.email == membership.person.email
            and not membership.is_current
            and membership.removed_at is None
        )

    def _use(self, *, at):
        used = Invitation.objects.usable(at).filter(pk=self.pk).update(uses_left=F("uses_left") - 1)
        if not used:
            self.refresh_from_db()
            self.check_usable(at=at)

    def _let_in(self, membership, *, at):
        if self._opens_directly_for(membership):
            membership.join(at=at, ring=self.ring, via=self)
        else:
            membership.ask(at=at, via=self)

    def revoke(self, *, by, at):
        """Take the invitation back; whoever joined by it stays."""
        with transaction.atomic():
            if Invitation.objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=at):
                JournalEntry.objects.write("revoked", self, by=by, at=at, circle=self.circle)
        self.refresh_from_db(fields=["revoked_at"])
