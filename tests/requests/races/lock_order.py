"""Notes which rows each transaction holds, and in which order: whoever takes them in another one waits for ever.

Only on PostgreSQL; SQLite lets one write at a time.
"""

import re
from contextlib import contextmanager

from django.db import connection

RANKS = {"circles_person": 0, "requests_slot": 1, "requests_helprequest": 2, "requests_claim": 3}
LOCKING = re.compile(
    r'SELECT (?P<what>.*?) FROM "(?P<table>\w+)"(?P<rest>.*?) FOR (?:NO KEY )?UPDATE[^)]*$', re.DOTALL
)
WRITING = re.compile(r'UPDATE "(?P<table>\w+)" SET (?P<what>.*?)(?P<rest> WHERE .*)?$', re.DOTALL)


class Held:
    """The rows that one transaction holds, as (rank, number), and what it took out of turn."""

    def __init__(self):
        self.rows, self.wrong = {}, []

    def take(self, table, rows, *, in_order, sql):
        """Note `rows`, ids of `table`; those held already cost nothing."""
        new = [row for row in rows if (RANKS[table], row) not in self.rows]
        if len(new) > 1 and (not in_order or new != sorted(new)):
            self.wrong.append(f"{table} {new} at once, in whatever order: {sql[:200]}")
        for row in new:
            last = max(self.rows, default=(-1, -1))
            if (RANKS[table], row) < last:
                self.wrong.append(f"{table} {row} after {self.rows[last]}: {sql[:200]}")
            self.rows[RANKS[table], row] = f"{table} {row}"


@contextmanager
def recorded():
    """A list of what was taken out of turn, filled by whatever runs within; each outermost transaction counts alone."""
    wrong, depth, current, last = [], len(connection.atomic_blocks), {}, _last_rows()

    def watch(execute, sql, params, many, context):
        found = None if many else LOCKING.match(sql) or WRITING.match(sql)
        if found and found["table"] in RANKS:
            blocks = connection.atomic_blocks[depth:]
            held = current.get("held")
            if not blocks or current.get("block") is not blocks[0]:
                current["block"], held = (blocks or [None])[0], Held()
                current["held"] = held
            is_select = found.re is LOCKING
            before = len(held.wrong)
            known = [row for row in _ids(found, params) if row <= last[found["table"]]]
            held.take(found["table"], known, in_order=is_select, sql=sql)
            wrong.extend(held.wrong[before:])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield wrong


def _last_rows():
    """The newest row of each table: nobody waits for one that is made meanwhile."""
    last = {}
    with connection.connection.cursor() as cursor:
        for table in RANKS:
            cursor.execute(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"')  # noqa: S608 (names of ours)
            last[table] = cursor.fetchone()[0]
    return last


def _ids(found, params):
    """Of which rows the statement speaks, read just before it runs."""
    skipped = found["what"].count("%s")
    rest = found["rest"] or ""
    with connection.connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{found["table"]}"."id" FROM "{found["table"]}"{rest}',  # noqa: S608 (a statement of ours)
            (params or ())[skipped:],
        )
        return [row[0] for row in cursor.fetchall()]
