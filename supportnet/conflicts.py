"""Two who change the same rows at once: where the database ends one of them, it is tried again and never shown.

PostgreSQL says so with a deadlock, a serialization failure or a lock that it waited for in vain, SQLite with "database
is locked". Whatever the page had done is undone by then, so that the whole page is simply made anew.
"""

import random
import time

from django.db import OperationalError

# Tries, the first one counted; fewer where `WITHIN_SECONDS` are over before.
TIMES = 3
# Whoever has waited this long for a page is told, not asked to wait as long again.
WITHIN_SECONDS = 5
# serialization_failure, deadlock_detected, lock_not_available
CODES = {"40001", "40P01", "55P03"}
# At most, before the second try; before the third up to twice as long, so that the two part.
PAUSE_SECONDS = 0.05


def is_conflict(exception):
    """Whether the database gave up because somebody else held what was needed."""
    if not isinstance(exception, OperationalError):
        return False
    return getattr(exception.__cause__, "pgcode", None) in CODES or str(exception) == "database is locked"


def try_again(request, exception):
    """`(answer, None)` of the page made anew, three times in all; or `(None, the last exception)` of the database."""
    page, until = request.resolver_match, time.monotonic() + WITHIN_SECONDS
    for number in range(1, TIMES):
        if not is_conflict(exception) or time.monotonic() > until:
            break
        time.sleep(random.uniform(0, number * PAUSE_SECONDS))  # noqa: S311 (so that two do not meet again)
        try:
            return page.func(request, *page.args, **page.kwargs), None
        except OperationalError as another:
            exception = another
    return None, exception
