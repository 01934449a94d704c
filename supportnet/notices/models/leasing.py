import uuid
from collections import defaultdict
from datetime import timedelta

from django.db import connections, router, transaction
from django.db.models import F, Max

from supportnet.notices import kinds

# Then another deliverer may take them; one that lives gives them back earlier (`MARGIN` in `batch.py`).
LEASE = timedelta(minutes=5)
# Marks what is still ours: what another took after our lease ran out stays theirs.
SENT = """
    UPDATE notices_notice SET sent_at = %s, lease = NULL, leased_until = NULL, error = ''
    WHERE id IN ({ids}) AND lease = %s AND sent_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL
"""


class Leasing:
    """How notices come into a deliverer's hands: work is won by an UPDATE, and comes back by itself.

    No lock is held while the mail server answers. A lease that runs out makes its notices due again.
    """

    def take(self, at, *, limit):
        """Lease up to `limit` due notices, and what their readers wait for of kinds that collect.

        Returns them with their readers, oldest first; `notice.lease` is ours until `notice.leased_until`.
        """
        lease = uuid.uuid4()
        with transaction.atomic(using=router.db_for_write(self.model)):
            due = self.due(at).order_by("try_at", "id").select_for_update(skip_locked=True)
            taken = list(due.values_list("pk", "reader_id", "kind")[:limit])
            ids = [pk for pk, _, _ in taken]
            ids += self._siblings(_collecting(taken), at, besides=ids)
            self.filter(pk__in=ids).update(lease=lease, leased_until=at + LEASE)
        return list(self.filter(pk__in=ids, lease=lease).select_related("reader").order_by("pk"))

    def _siblings(self, readers_of, at, *, besides):
        ids = []
        for kind, readers in readers_of.items():
            siblings = self.free(at).filter(
                kind=kind.name, reader__in=readers, due_at__lte=at + kind.collects
            )
            ids += (
                siblings.exclude(pk__in=besides)
                .select_for_update(skip_locked=True)
                .values_list("pk", flat=True)
            )
        return ids

    def collected_until(self, notices, at):
        """When each (reader, kind) that was told of just now, or is being told, may be told again."""
        moments = {}
        for kind, readers in _collecting((n.pk, n.reader_id, n.kind) for n in notices).items():
            theirs = self.filter(kind=kind.name, reader__in=readers)
            lately = (
                theirs.filter(sent_at__gt=at - kind.collects).values_list("reader").annotate(Max("sent_at"))
            )
            moments |= {(reader, kind.name): sent_at + kind.collects for reader, sent_at in lately}
            elsewhere = theirs.waiting().filter(leased_until__gt=at).exclude(lease=notices[0].lease)
            moments |= {
                (reader, kind.name): at + kind.collects
                for reader in elsewhere.values_list("reader", flat=True)
            }
        return moments

    def held(self, notices):
        """Those of `notices` whose lease is still ours."""
        return self.filter(pk__in=[notice.pk for notice in notices], lease=notices[0].lease).waiting()

    def mark_sent(self, notices, at):
        """By hand, since it follows every single mail and the ORM takes longer to write it than to run it."""
        connection = connections[self._db or router.db_for_write(self.model)]
        lease = self.model._meta.get_field("lease").get_db_prep_value(notices[0].lease, connection)
        moment = connection.ops.adapt_datetimefield_value(at)
        with connection.cursor() as cursor:
            cursor.execute(SENT.format(ids=", ".join(str(int(n.pk)) for n in notices)), [moment, lease])
            return cursor.rowcount

    def mark_dropped(self, notices, because, at):
        return self.held(notices).update(
            dropped_at=at, dropped_because=because[:200], lease=None, leased_until=None
        )

    def mark_failed(self, notices, error, at):
        return self.held(notices).update(
            failed_at=at, error=error[:300], attempts=F("attempts") + 1, lease=None, leased_until=None
        )

    def give_back(self, notices):
        """Let the next deliverer have them at once."""
        return self.held(notices).update(lease=None, leased_until=None)

    def put_off(self, notices, until):
        """Not now, and nobody's fault: quiet hours, or more to come in the same mail."""
        return self.held(notices).update(try_at=until, lease=None, leased_until=None)

    def look_again(self, reader, *, at):
        """The reader's clock or quiet hours changed: what waits for an hour of theirs is looked at anew."""
        waits = self.free(at).filter(reader=reader, due_at__lte=at, try_at__gt=at, attempts=0)
        return waits.update(try_at=at)

    def try_again(self, notices, until, error):
        """It could not be sent; one more attempt counts."""
        return self.held(notices).update(
            try_at=until, error=error[:300], attempts=F("attempts") + 1, lease=None, leased_until=None
        )


def _collecting(rows):
    """{kind: readers} of those rows (pk, reader, kind) whose kind collects."""
    readers_of = defaultdict(set)
    for _, reader, name in rows:
        kind = kinds.kind_named(name)
        if kind and kind.collects and reader:
            readers_of[kind].add(reader)
    return readers_of
