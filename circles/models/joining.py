"""How a membership begins: somebody asks and a keeper answers, or a rule lets them in."""

import datetime as dt

from django.db import transaction

from supportnet.notices.models import Notice

from .choices import Ring, Role
from .exceptions import AskedLately
from .journal import JournalEntry

# After a keeper's no: whoever asks daily wears keepers out.
ASKS_AGAIN_AFTER = dt.timedelta(days=7)
# Asking leaves `removed_at` as it is: who was removed counts as such until they are let in again.
JOINING = ("asked_at", "joined_at", "declined_at", "left_at", "removed_at")
ASKING = ("asked_at", "joined_at", "declined_at", "left_at", "ring", "role", "via")


class Joins:
    """The part of `Membership` until somebody is in."""

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
            if not type(self).objects.waiting().filter(pk=self.pk).update(asked_at=None):
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
            admitted = type(self).objects.waiting().filter(pk=self.pk)
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
            if not type(self).objects.waiting().filter(pk=self.pk).update(declined_at=at):
                return False
            self.refresh_from_db()
            self.applications.open().update(declined_at=at, decided_by=by)
            JournalEntry.objects.write("declined", self, by=by, at=at, circle=self.circle)
            self._tell("join_declined", by=by, at=at)
        return True

    def _tell(self, kind, *, by, at):
        key = f"{kind}:{self.pk}:{self.asked_at.isoformat()}"
        Notice.objects.queue(kind, self, to=self.person, at=at, by=by, key=key)
