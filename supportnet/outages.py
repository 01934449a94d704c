"""What keeps us from working and is no fault of the program: told apart from bugs, and in words for whoever runs it.

The words name no path and no person: `/readyz` shows them to anybody.
"""

import errno

from django.db import DatabaseError, InterfaceError, OperationalError
from redis.exceptions import RedisError

FULL = "no space is left on the disk: please make room"
CLOSED = "what is kept cannot be written: its disk is read-only, or it belongs to another account"
DAMAGED = "the database is damaged: stop SupportNet and put a backup in its place"
BROKEN = "the disk does not answer, or is full: please make room, or see what is wrong with it"
AWAY = "the database does not answer: please see whether it runs"
REFUSING = "Redis does not answer, or takes nothing: please see whether it runs, and whether it is full"

FROM_THE_SYSTEM = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: CLOSED,
    errno.EACCES: CLOSED,
    errno.EPERM: CLOSED,
    errno.EIO: BROKEN,
}
# By the first two words of the names that SQLite has for its errors; SQLITE_ERROR is a wrong statement.
FROM_SQLITE = {
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": CLOSED,
    "SQLITE_PERM": CLOSED,
    "SQLITE_CANTOPEN": CLOSED,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_IOERR": BROKEN,
}
# PostgreSQL's manual, appendix A. A whole code counts before its class: 53100 is a full disk, other 53 are not.
FROM_POSTGRES = {
    "08": AWAY,
    "53": AWAY,
    "57": AWAY,
    "58": BROKEN,
    "25006": CLOSED,
    "53100": FULL,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}


def is_away(error):
    """Whether what we work on is out of order, as opposed to a statement that is wrong."""
    return reason(error) is not None


def reason(error):
    """Why it is out of order and what to do, in words; None where `error` says nothing of the kind."""
    if isinstance(error, OSError):
        return FROM_THE_SYSTEM.get(error.errno)
    if isinstance(error, RedisError):
        return REFUSING
    cause = error.__cause__ or error
    # psycopg2 raises the bare class where a connection ends; what is wrong with a statement is of another.
    is_absent = isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
    if isinstance(error, DatabaseError | InterfaceError):
        if hasattr(cause, "sqlite_errorname"):
            return _of_sqlite(cause.sqlite_errorname, is_absent)
        if hasattr(cause, "pgcode"):
            return _of_postgres(cause.pgcode, is_absent)
    return None


def _of_sqlite(name, is_absent):
    known = FROM_SQLITE.get("_".join(name.split("_")[:2]))
    return known or (AWAY if is_absent and name != "SQLITE_ERROR" else None)


def _of_postgres(code, is_absent):
    if code is None:  # nobody answered
        return AWAY if is_absent else None
    return FROM_POSTGRES.get(code) or FROM_POSTGRES.get(code[:2])
