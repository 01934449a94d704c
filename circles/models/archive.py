"""A circle that is put away: nothing goes on in it, nothing is lost, and it can be taken up again."""

from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from supportnet.notices.models import Notice

from .. import hooks
from .journal import JournalEntry


class PutAway(Exception):
    """The circle was put away: nobody comes in, and nothing is asked or changed, until a keeper takes it up again."""


class Archived:
    """The part of `Circle` that puts it away and takes it up again."""

    def require_in_use(self):
        """Raise `PutAway` if it was, as the database has it."""
        if type(self).objects.filter(pk=self.pk, archived_at__isnull=False).exists():
            raise PutAway

    def archive(self, *, by, at):
        """Put the circle away. Twice is once.

        What is asked there is called off, no invitation leads into it any more, who waits to be let in is told kindly,
        and the members are told. Who is in it stays, and reads what was.
        """
        with transaction.atomic():
            self.lock()
            if not type(self).objects.in_use().filter(pk=self.pk).update(archived_at=at):
                return
            self.archived_at = at
            JournalEntry.objects.write("archived", self, by=by, at=at, circle=self)
            for membership in self.memberships.waiting().select_related("circle", "person"):
                membership.decline(by=by, at=at)
            self.invitations.lapse(at=at)
            hooks.tell_that_circle_was_put_away(self, by=by, at=at)
            Notice.objects.queue_each("circle_put_away", self._who_is_told(by=by, at=at), at)

    def take_up_again(self, *, by, at):
        """Use a circle again that was put away. What ended stays so: invitations until a keeper makes them anew."""
        with transaction.atomic():
            if not type(self).objects.filter(pk=self.pk, archived_at__isnull=False).update(archived_at=None):
                return
            self.archived_at = None
            JournalEntry.objects.write("taken up again", self, by=by, at=at, circle=self)

    def _who_is_told(self, *, by, at):
        """Its members but `by`, as `queue_each` wants them."""
        readers = self.memberships.current().exclude(person=by).filter(person__email__isnull=False)
        return readers.annotate(
            key=Concat(
                Value(f"circle_put_away:{self.pk}:{at.isoformat()}:"),
                F("person_id"),
                output_field=models.TextField(),
            ),
            reader_id=F("person_id"),
            cause_id=F("circle_id"),
            due_at=Value(at, models.DateTimeField()),
            expires_at=Value(None, models.DateTimeField()),
        )
