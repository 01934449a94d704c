"""A person in a circle: how near they stand, what they keep, how they hear of things."""

import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supportnet.notices.models import Notice
from supportnet.notices.text_direction import joined

from ..hooks import tell_that_membership_ended, tell_that_memberships_changed
from ..limits import one_of
from .archive import PutAway
from .choices import Hears, Ring, Role
from .exceptions import AskedLately, LastKeeper
from .journal import JournalEntry
from .keeper_notes import Noted
from .membership_queries import CURRENT, MembershipQuerySet
from .phone_member import Vouched

ASKS_AGAIN_AFTER = dt.timedelta(days=7)


JOINING = ("asked_at", "joined_at", "declined_at", "left_at", "removed_at")
ASKING = ("asked_at", "joined_at", "declined_at", "left_at", "ring", "role", "via")


class Membership(Noted, Vouched, models.Model):
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

    def require_free_to_ask(self, *, at):
        """Raise `AskedLately` in the week after a keeper's no."""
        if self.declined_at and at < self.declined_at + ASKS_AGAIN_AFTER:
            raise AskedLately(self.declined_at + ASKS_AGAIN_AFTER)

    def ask(self, *, at, via=None, answers=()):
        """Ask to join; members and people who already wait change nothing. Keepers are told.

        `answers` are pairs of question and answer. Raises `PutAway`, and `AskedLately` in the week after a keeper's no.
        """
        if self.is_current or self.state == "waiting":
            return
        self.require_in_use()
        self.require_free_to_ask(at=at)
        self.asked_at, self.via = at, via
        self.joined_at = self.declined_at = self.left_at = None
        self.role, self.ring = Role.MEMBER, Ring.EVERYONE
        self.save(update_fields=ASKING)
        self.applications.create(asked_at=at, answers=list(answers))
        for keeper in self.circle.keepers().filter(hears_of_joiners=True):
            Notice.objects.queue(
                "join_asked",
                self,
                to=keeper.person,
                at=at,
                key=f"join_asked:{self.pk}:{at.isoformat()}:{keeper.person_id}",
            )

    def take_back(self, *, at):
        """Whoever asked to join has thought better of it. Nobody is told; keepers find it in the history."""
        with transaction.atomic():
            if not Membership.objects.waiting().filter(pk=self.pk).update(asked_at=None):
                return
            self.refresh_from_db()
            self.applications.open().update(taken_back_at=at)
            JournalEntry.objects.write("took back", self, by=self.person, at=at, circle=self.circle)

    def join_by_rule(self, rule, *, at, answers=()):
        """Become a member at once, because the circle's rule (a `JoinRule`) lets everybody in.

        The journal and the application say so. Raises `PutAway`, and `AskedLately` in the week after a keeper's no.
        """
        if self.is_current or self.state == "waiting":
            return
        self.require_in_use()
        self.require_free_to_ask(at=at)
        self.applications.create(asked_at=at, answers=list(answers), admitted_at=at)
        self.join(at=at, rule=str(rule))

    def join(self, *, at, ring=Ring.EVERYONE, via=None, rule="invited by name", by=None, **noted):
        """Become a member at once, invited by name or by a `rule`. A current member stays as they are.

        `by` is the keeper who brings in somebody without an account; the journal keeps what else is `noted`.
        """
        if self.is_current:
            return
        self.asked_at = self.joined_at = at
        self.ring, self.role, self.via = ring, Role.MEMBER, via
        self.declined_at = self.left_at = self.removed_at = None
        self.save(update_fields=[*JOINING, "ring", "role", "via"])
        self.applications.open().update(admitted_at=at, decided_by=via and via.invited_by_id)
        JournalEntry.objects.write(
            "joined", self, by=by or self.person, at=at, circle=self.circle, rule=rule, **noted
        )

    def admit(self, *, by, at):
        """A keeper says yes. The person is told, once. Returns whether they still waited. Raises `StruckOut`,
        `PutAway`.
        """
        self.circle.require_not_struck(by=by, person=self.person)
        with transaction.atomic():
            self.circle.lock().require_in_use()
            admitted = Membership.objects.waiting().filter(pk=self.pk)
            if not admitted.update(joined_at=at, removed_at=None):
                return False
            self.refresh_from_db()
            self.applications.open().update(admitted_at=at, decided_by=by)
            JournalEntry.objects.write("admitted", self, by=by, at=at, circle=self.circle)
            self._tell("join_accepted", by=by, at=at)
        return True

    def decline(self, *, by, at):
        """A keeper says no. The person is told kindly and may ask again later. Returns whether they still waited."""
        with transaction.atomic():
            if not Membership.objects.waiting().filter(pk=self.pk).update(declined_at=at):
                return False
            self.refresh_from_db()
            self.applications.open().update(declined_at=at, decided_by=by)
            JournalEntry.objects.write("declined", self, by=by, at=at, circle=self.circle)
            self._tell("join_declined", by=by, at=at)
        return True

    def _tell(self, kind, *, by, at):
        key = f"{kind}:{self.pk}:{self.asked_at.isoformat()}"
        Notice.objects.queue(kind, self, to=self.person, at=at, by=by, key=key)

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
        self._end("removed", by=by, at=at, removed_at=at, checked_by=None, checked_until=None)

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
