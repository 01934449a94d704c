"""A person in a circle: how near they stand, what they keep, how they hear of things."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supportnet.notices.text_direction import joined

from ..hooks import tell_that_membership_ended, tell_that_memberships_changed
from ..limits import one_of
from .archive import PutAway
from .choices import Hears, Ring, Role
from .exceptions import LastKeeper
from .joining import Joins
from .journal import JournalEntry
from .keeper_notes import NO_CHECK, Noted
from .membership_queries import CURRENT, MembershipQuerySet
from .phone_member import Vouched


class Membership(Joins, Noted, Vouched, models.Model):
    """A person in a circle. The row stays for ever and lives again when somebody comes back."""

    circle = models.ForeignKey("circles.Circle", models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    ring = models.PositiveSmallIntegerField(_("ring"), choices=Ring, default=Ring.EVERYONE)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    hears = models.CharField(_("new requests"), max_length=10, choices=Hears, default=Hears.DAILY)
    hears_of_joiners = models.BooleanField(_("tell me when somebody wants to join"), default=True)
    via = models.ForeignKey(
        "circles.Invitation",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="joiners",
    )

    asked_at = models.DateTimeField(_("asked to join"), null=True, blank=True)
    joined_at = models.DateTimeField(_("joined"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    excluded_at = models.DateTimeField(_("quietly excluded"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("first contact done"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    checked_until = models.DateField(_("checked until"), null=True, blank=True)
    # The end of that day by the circle's clock, so that no query needs to know time zones.
    check_ends_at = models.DateTimeField(null=True, editable=False)
    check_end_told_at = models.DateTimeField(null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["circle", "person"], name="one_membership_per_person_and_circle"),
            one_of(Ring, "ring", model="membership"),
            one_of(Role, "role", model="membership"),
            one_of(Hears, "hears", model="membership"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(joined_at__isnull=False),
                name="membership_is_left_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(checked_until__isnull=True, check_ends_at__isnull=True)
                | Q(checked_until__isnull=False, check_ends_at__isnull=False),
                name="membership_check_ends_with_its_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "circle", "ring"],
                condition=CURRENT,
                name="current_memberships_of_person",
            ),
            models.Index(
                fields=["circle", "role"],
                condition=CURRENT,
                name="current_members_of_circle",
            ),
            models.Index(
                fields=["person", "circle"],
                condition=Q(excluded_at__isnull=False),
                name="memberships_excluded",
            ),
            models.Index(
                fields=["check_ends_at"],
                condition=Q(check_end_told_at__isnull=True),
                name="checks_that_end",
            ),
        ]

    def __str__(self):
        return joined([self.person, self.circle], " – ")

    @property
    def state(self):
        """ "current", "waiting", "removed", "left", "declined" or "new" (made, nothing asked yet)."""
        if self.is_current:
            return "current"
        if self.joined_at is None and self.asked_at and not self.declined_at:
            return "waiting"
        if self.removed_at:
            return "removed"
        if self.left_at:
            return "left"
        return "declined" if self.declined_at else "new"

    @property
    def is_current(self):
        """Whether the person is a member now."""
        return bool(self.joined_at and not self.left_at and not self.removed_at)

    @property
    def is_keeper(self):
        """Whether the person is a current keeper."""
        return self.is_current and self.role == Role.KEEPER

    def require_in_use(self):
        """Raise `PutAway` if the circle was, as it was fetched with the row that is held."""
        if self.circle.archived_at:
            raise PutAway

    def place(self, ring, *, by, at):
        """Move the member to a ring. Nobody but the keepers learns of it."""
        with transaction.atomic():
            self.put_in(ring, by=by, at=at)
            tell_that_memberships_changed([self], "placed", by=by, at=at)

    def put_in(self, ring, *, by, at):
        """The row's part of `place`, for whoever moves many and then tells of all."""
        if not Membership.objects.filter(pk=self.pk).exclude(ring=ring).update(ring=ring):
            return
        self.ring = ring
        JournalEntry.objects.write("placed", self, by=by, at=at, circle=self.circle, ring=int(ring))

    def hear(self, *, hears, hears_of_joiners=None):
        """Change how the member is told of new requests and, for a keeper, of joiners."""
        self.hears = hears
        if hears_of_joiners is not None:
            self.hears_of_joiners = hears_of_joiners
        self.save(update_fields=["hears", "hears_of_joiners"])

    def make_keeper(self, *, by, at):
        """Let a current member keep the circle as well; not one who can't sign in."""
        if self.person.is_by_phone:
            return
        with transaction.atomic():
            current = Membership.objects.current().filter(pk=self.pk)
            others = current.exclude(role=Role.KEEPER, excluded_at=None)
            if not others.update(role=Role.KEEPER, excluded_at=None):
                return
            self.refresh_from_db()
            JournalEntry.objects.write("made keeper", self, by=by, at=at, circle=self.circle)

    def make_member(self, *, by, at):
        """Give up the keeping, or take it from somebody. Raises `LastKeeper`."""
        with transaction.atomic():
            self._keep_one_keeper()
            self.role = Role.MEMBER
            self.save(update_fields=["role"])
            JournalEntry.objects.write("made member", self, by=by, at=at, circle=self.circle)
            self._end_invitations(at=at)
            tell_that_memberships_changed([self], "made member", by=by, at=at)

    def _end_invitations(self, *, at):
        self.circle.invitations.made_by(self.person).lapse(at=at)

    def _end_old_way_in(self, *, at):
        """What they were invited by before is no way back in: the keepers may have placed them further away since.

        Whom they removed asks by it, and no more (see `Invitation.accept`).
        """
        theirs = self.circle.invitations.in_hands_of(self.person, self.person.email).open(at)
        theirs.update(revoked_at=at)

    def leave(self, *, at, by=None):
        """Leave the circle; future claims are freed. Raises `LastKeeper`."""
        self._end("left", by=by or self.person, at=at, left_at=at)

    def remove(self, *, by, at):
        """A keeper removes the member; future claims are freed and a check ends. Raises `LastKeeper`."""
        self._end("removed", by=by, at=at, removed_at=at, **NO_CHECK)

    def _end(self, verb, *, by, at, **ended):
        with transaction.atomic():
            self._keep_one_keeper()
            if not Membership.objects.current().filter(pk=self.pk).update(role=Role.MEMBER, **ended):
                return
            self.refresh_from_db()
            JournalEntry.objects.write(verb, self, by=by, at=at, circle=self.circle)
            self._end_invitations(at=at)
            if not self.removed_at:
                self._end_old_way_in(at=at)
            tell_that_membership_ended(self, by=by, at=at)

    def _keep_one_keeper(self):
        self.circle.lock()
        self.refresh_from_db(fields=["role", "joined_at", "left_at", "removed_at"])
        others = self.circle.memberships.keepers().filter(person__is_active=True).exclude(pk=self.pk)
        if self.is_keeper and not others.exists():
            raise LastKeeper
