"""A way into a circle: by mail to one person, or a link for many.

Only the SHA-256 of a token is stored. The token itself is derived from the row's salt and the
installation's SECRET_KEY whenever a mail or a page needs it, so that a mail can be written later and
a keeper can see the link again, while a copy of the database opens no door.
"""

import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supportnet.notices.models import Notice
from supportnet.notices.text_direction import joined

from .. import names
from ..addresses import AddressColumn
from ..limits import at_most, one_of
from .accepting import Accepted
from .invitation_queries import InvitationQuerySet
from .journal import JournalEntry
from .mailed_link import Addressed
from .membership import Membership, Ring

# Who invites the same address again within this time has pressed twice, or not seen that another keeper did.
STANDS_FOR = dt.timedelta(hours=1)
# When the same address is invited once more. The salt stays, so that the link in the earlier mail still opens.
TAKEN_OVER = ("invited_by", "name", "how_they_know", "ring", "expires_at")


class Invitation(Accepted, Addressed, models.Model):
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

    def is_whose(self, person):
        """Whether it was mailed to `person`, who may have another address by now."""
        if self.owner_id:
            return self.owner_id == person.pk
        return self.is_for_one and self.email == person.email and person.is_verified

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
                "how_they_know": self.how_they_know,
                "ring": self.ring,
                "name": names.fit_or_nothing(self.name),
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
