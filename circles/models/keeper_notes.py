"""What keepers note about a member: a first word, a check, and that somebody is quietly set aside."""

from django.db import transaction
from django.db.models import Q

from supportnet.notices.models import Notice

from ..hooks import tell_that_memberships_changed
from .choices import Role
from .journal import JournalEntry

NO_CHECK = {"checked_by": None, "checked_until": None, "check_ends_at": None, "check_end_told_at": None}
# Other rooms tell it by this word from "check ended": no keeper did it, the last day is over.
RAN_OUT = "check ran out"


class Noted:
    """The part of a membership that keepers alone see, but for the member's own check."""

    def is_checked(self, *, at):
        """Whether a keeper has checked this member, and the check still holds at the UTC time `at`."""
        return self.is_current and self.check_ends_at is not None and self.check_ends_at > at

    def note_contact(self, *, by, at):
        """A keeper has had a first word with the member. Noting it twice keeps the first time."""
        self._note("first contact", by=by, at=at, only=Q(first_contact_at=None), first_contact_at=at)

    def forget_contact(self, *, by, at):
        """The first word has not happened after all."""
        met = Q(first_contact_at__isnull=False)
        self._note("no first contact", by=by, at=at, only=met, first_contact_at=None)

    def note_check(self, *, by, until, at):
        """A keeper has checked the member, in the way that the circle does it; it holds up to the date `until`.

        The day is the circle's: it ends at midnight by its clock, wherever the member or a helper's evening is.
        """
        noted, details = {"checked_by": by, "checked_until": until}, {"until": until.isoformat()}
        check = NO_CHECK | noted | {"check_ends_at": self.circle.end_of(until)}
        self._note("checked", by=by, at=at, only=~Q(**noted), details=details, **check)

    def end_check(self, *, by, at):
        """The check does not hold any longer."""
        held = Q(checked_until__isnull=False)
        self._note("check ended", by=by, at=at, only=held, **NO_CHECK)

    def let_check_run_out(self, *, at):
        """The last day of the check is over: the member, the keepers and the other rooms hear of it, once."""
        with transaction.atomic():
            if not type(self).objects.ran_out(at=at).filter(pk=self.pk).update(check_end_told_at=at):
                return
            self.refresh_from_db(fields=["check_end_told_at"])
            others = [keeper.person for keeper in self.circle.keepers() if keeper.person_id != self.person_id]
            for kind, reader in [
                ("own_check_ended", self.person),
                *(("checks_ended", one) for one in others),
            ]:
                key = f"{kind}:{self.pk}:{self.checked_until}:{reader.pk}"
                Notice.objects.queue(kind, self, to=reader, at=at, key=key)
            tell_that_memberships_changed([self], RAN_OUT, by=None, at=at)

    def exclude(self, *, by, at):
        """Set a member quietly aside: they stay, see every place as taken, and hear of nothing new.

        They are not told; of each promise that they hold the keepers are asked what becomes of it. A keeper sees
        everything and cannot be set aside.
        """
        aside = Q(excluded_at=None) & ~Q(role=Role.KEEPER)
        self._note("excluded", by=by, at=at, only=aside, excluded_at=at)

    def include_again(self, *, by, at):
        """Take a member back among the others. Nobody is told."""
        self._note("included", by=by, at=at, only=Q(excluded_at__isnull=False), excluded_at=None)

    def _note(self, verb, *, by, at, only=None, details=None, **changes):
        """Change a current member for whom `only` holds, and write it into the journal; twice is once."""
        with transaction.atomic():
            if not type(self).objects.current().filter(only or Q(), pk=self.pk).update(**changes):
                return
            for field, value in changes.items():
                setattr(self, field, value)
            JournalEntry.objects.write(verb, self, by=by, at=at, circle=self.circle, **(details or {}))
            tell_that_memberships_changed([self], verb, by=by, at=at)
