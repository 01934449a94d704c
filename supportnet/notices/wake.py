"""Waking workers after the commit, by the names of their tasks: nothing that tells somebody needs to import them."""

import logging
from functools import cache, partial

from celery import current_app
from django.db import DEFAULT_DB_ALIAS, connections, transaction

# Messages under way hold this name: workers that do not know it throw them away.
DELIVER = "notices.deliver"

logger = logging.getLogger(__name__)


def wake(task, using=DEFAULT_DB_ALIAS):
    """Ask for `task` as soon as this transaction is committed.

    A broker that is away breaks nothing: the sweep does the same within a minute.
    """
    transaction.on_commit(_asking_for(task), using=using, robust=True)


def wake_once(task, using=DEFAULT_DB_ALIAS):
    """As `wake`, once per transaction: many notices are queued in one."""
    waiting = connections[using].run_on_commit
    if not any(function is _asking_for(task) for _, function, _ in waiting):
        wake(task, using=using)


@cache
def _asking_for(task):
    return partial(ask_for, task)


def ask_for(task):
    """Ask for `task` now."""
    try:
        current_app.send_task(task)
    except Exception as error:
        logger.warning("Could not wake %s: %s", task, type(error).__name__)
