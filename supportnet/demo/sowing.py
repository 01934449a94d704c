"""Many rows at once, several times faster than `bulk_create`: it gives out keys and adapts values by type.

For rows that this very transaction has made and no one else can touch; constraints hold as ever.
"""

import datetime as dt
import itertools
import json
import uuid

from django.core.management.color import no_style
from django.db import connection
from django.db.models import DurationField, Max

PAGE = 2000


class Sower:
    """Inserts model instances and gives each its key. Call `finish` when all is sown."""

    def __init__(self):
        self.keys = {}
        self.adapt = {
            dict: json.dumps,
            list: json.dumps,
            uuid.UUID: lambda value: value.hex,
            dt.datetime: connection.ops.adapt_datetimefield_value,
            dt.date: connection.ops.adapt_datefield_value,
            dt.time: connection.ops.adapt_timefield_value,
            dt.timedelta: lambda value: DurationField().get_db_prep_value(value, connection),
        }
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                # 200 MB, so that indexes stay in memory while they grow.
                cursor.execute("PRAGMA cache_size = -200000")

    def sow(self, model, rows):
        """Insert `rows`, instances of `model` whose relations have keys already."""
        rows = list(rows)
        keys = self._keys(model)
        for row in rows:
            row.pk = next(keys)
            row._state.adding = False
        fields = model._meta.concrete_fields
        values = zip(*(self._column(field, rows) for field in fields), strict=True)
        self._insert(model._meta.db_table, [field.column for field in fields], list(values))

    def _keys(self, model):
        if model not in self.keys:
            last = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
            self.keys[model] = itertools.count(last + 1)
        return self.keys[model]

    def _column(self, field, rows):
        """The values of one field, as the driver wants them."""
        if field.is_relation:
            return [_key(row, field) for row in rows]
        adapt, name = self.adapt, field.attname
        return [
            adapt[kind](value) if (kind := type(value)) in adapt else value
            for value in (row.__dict__[name] for row in rows)
        ]

    def _insert(self, table, columns, values):
        names = ", ".join(map(connection.ops.quote_name, columns))
        head = f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES "  # noqa: S608  (names of our own)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                from psycopg2.extras import execute_values

                execute_values(cursor.cursor, f"{head} %s", values, page_size=PAGE)
            else:
                cursor.executemany(f"{head} ({', '.join(['%s'] * len(columns))})", values)

    def finish(self):
        """Let the database's own counters go on after the last key."""
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self.keys)):
                cursor.execute(statement)


def _key(row, field):
    """The key that a relation points to, also when its object got it only after the assignment."""
    key = row.__dict__.get(field.attname)
    if key is None and (other := row._state.fields_cache.get(field.name)):
        key = row.__dict__[field.attname] = other.pk
    return key
