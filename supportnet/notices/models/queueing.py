from django.core.exceptions import EmptyResultSet
from django.db import connections, router

from supportnet.notices import kinds
from supportnet.notices.wake import DELIVER, wake_once

# `queue_each` wants these of its queryset; nothing else that it selects reaches the statement.
COLUMNS = ("key", "reader_id", "cause_id", "circle_id", "due_at", "expires_at")


class Queueing:
    """How notices come into being; each is told once, because its key is unique.

    `kind` is a Kind's name or class. Queueing what is queued already is harmless.
    """

    def queue(self, kind, cause, *, to, at, by=None, **about):
        """Tell `to`, a person or an e-mail address, of `cause`, unless they did it themselves (`by`).

        `about` may hold due_at, expires_at, key, circle, and facts that will be gone when it is sent.
        """
        self.queue_all(kind, [(cause, to)], at=at, by=by, **about)

    def queue_all(self, kind, pairs, *, at, by=None, **about):
        """Tell a few: `pairs` of (cause, reader or address), one INSERT."""
        kind = kinds.find(kind)
        told = [(cause, to) for cause, to in pairs if kind.own_acts_count or by is None or to != by]
        if told:
            self.bulk_create(
                [self._notice(kind, cause, to, at=at, **about) for cause, to in told], ignore_conflicts=True
            )
            wake_once(DELIVER, using=self._for_writing())

    def queue_each(self, kind, queryset, at):
        """Tell many by one INSERT … SELECT; returns how many are new.

        `queryset` yields `key`, `reader_id`, `cause_id`, `circle_id`, `due_at` and `expires_at`,
        as fields or annotations; a `due_at` of NULL means at once.
        """
        kind = kinds.find(kind)
        connection = connections[self._for_writing()]
        try:
            rows, params = queryset.values(*COLUMNS).query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            return 0
        moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (at, at + kind.waits)]
        with connection.cursor() as cursor:
            cursor.execute(
                _insert_each(self.model, connection, rows), [kind.name, *moments, moments[1], *params]
            )
            new = max(cursor.rowcount, 0)
        if new:
            wake_once(DELIVER, using=connection.alias)
        return new

    def _notice(
        self, kind, cause, to, *, at, due_at=None, expires_at=None, key=None, circle=None, facts=None
    ):
        due_at = due_at or at + kind.waits
        return self.model(
            key=key or kind.key(cause, to),
            kind=kind.name,
            cause_id=cause.pk,
            circle_id=circle.pk if circle else kind.circle_id(cause),
            facts=facts or {},
            created_at=at,
            due_at=due_at,
            try_at=due_at,
            expires_at=expires_at or kind.expires_at(cause),
            **({"address": to} if isinstance(to, str) else {"reader": to}),
        )

    def _for_writing(self):
        return self._db or router.db_for_write(self.model)


def _insert_each(model, connection, rows):
    """The statement around the queryset's own SELECT: its first parameters are kind, created, due and try."""

    def typed(value, name):
        """PostgreSQL takes a NULL or a literal inside a subquery for text; SQLite needs no types."""
        field = model._meta.get_field(name)
        return f"CAST({value} AS {field.cast_db_type(connection)})" if postgresql else value

    postgresql = connection.vendor == "postgresql"
    due_at = f"COALESCE({typed('q.due_at', 'due_at')}, %s)"
    values = {
        "kind": "%s",
        "created_at": "%s",
        "due_at": due_at,
        "try_at": due_at,
        "key": "q.key",
        "reader_id": "q.reader_id",
        "cause_id": "q.cause_id",
        "circle_id": typed("q.circle_id", "circle_id"),
        "expires_at": typed("q.expires_at", "expires_at"),
        "facts": typed("'{}'", "facts"),
        "attempts": "0",
        "address": "''",
        "dropped_because": "''",
        "error": "''",
    }
    table = connection.ops.quote_name(model._meta.db_table)
    into, selected = ", ".join(values), ", ".join(values.values())
    # SQLite reads "… FROM x ON CONFLICT" as a join unless a WHERE stands between.
    return (
        f"INSERT INTO {table} ({into}) SELECT {selected} FROM ({rows}) q WHERE 1 = 1 ON CONFLICT DO NOTHING"  # noqa: S608
    )
