"""No page keeps the database busy for long: a statement that takes longer than STATEMENT_SECONDS is given up.

For the web alone: the middleware says so, while worker, beat, commands and migrations take the time they need.
"""

import time
from contextlib import contextmanager, nullcontext

from django.conf import settings
from django.db import OperationalError, connection

from .conflicts import is_conflict, try_again
from .errors import one_moment

# How much SQLite does between two looks at the clock: well under a millisecond's work.
STEPS = 20_000


class Patience:
    """What a page asks of the database has an end; whoever met it reads so, and that nothing was changed.

    Where somebody else held what it needed, it is made anew first: see `conflicts.py`.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with bounded(connection, settings.STATEMENT_SECONDS):
            return self.get_response(request)

    def process_exception(self, request, exception):
        """The page made anew after a conflict; 503 when that helps no more, and for a statement that was given up.

        Its transaction is undone by then.
        """
        first, answer = exception, None
        if is_conflict(exception):
            answer, exception = try_again(request, exception)
        if answer is not None:
            return answer
        if is_conflict(exception) or is_out_of_time(exception):
            return one_moment(is_busy=is_conflict(exception), took_too_long=is_out_of_time(exception))
        if exception is not first:
            raise exception
        return None


def is_out_of_time(exception):
    """Whether the database gave up on a statement, by the word of PostgreSQL or of SQLite."""
    if not isinstance(exception, OperationalError):
        return False
    code = getattr(exception.__cause__, "pgcode", None)
    return code == "57014" or str(exception) == "interrupted"


def bounded(connection, seconds):
    """A context in which each statement of the connection is given up after so many seconds; 0 sets no end."""
    if not seconds:
        return nullcontext()
    bound = _bounded_sqlite if connection.vendor == "sqlite" else _bounded_postgres
    return bound(connection, seconds)


def _bounded_postgres(connection, seconds):
    """From the next connection on, all of this process have the limit: it costs no query.

    PgBouncer in transaction mode takes no such option; its own `query_timeout` does the same.
    """
    options = connection.settings_dict.setdefault("OPTIONS", {})
    said = options.get("options", "")
    if "statement_timeout" not in said and not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
        options["options"] = f"{said} -c statement_timeout={seconds * 1000}".strip()
        if not connection.in_atomic_block:
            connection.close()
    return nullcontext()


@contextmanager
def _bounded_sqlite(connection, seconds):
    """SQLite asks us now and then whether to go on."""
    until = float("inf")

    def is_over():
        return time.monotonic() > until

    def from_now(execute, sql, params, many, context):
        nonlocal until
        until = time.monotonic() + seconds
        connection.connection.set_progress_handler(is_over, STEPS)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(from_now):
        try:
            yield
        finally:
            if connection.connection:
                connection.connection.set_progress_handler(None, 0)
