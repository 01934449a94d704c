"""Waking workers after the commit, by the names of their tasks: nothing that tells somebody needs to import them."""

import logging
from functools import cache, partial

from celery import current_app
from django.db import DEFAULT_DB_ALIAS, connections, transaction

DELIVER = "notices.deliver"

logger = logging.getLogger(__name__)


def wake(task, using=DEFAULT_DB_ALIAS):
    """Ask for `task` as soon as this transaction is committed; once per transaction.

    A broker that is away breaks nothing: the sweep does the same within a minute.
    """
    ask = _asking_for(task)
    if not any(function is ask for _, function, _ in connections[using].run_on_commit):
        transaction.on_commit(ask, using=using, robust=True)


@cache
def _asking_for(task):
    return partial(ask_for, task)


def ask_for(task):
    """Ask for `task` now."""
    try:
        current_app.send_task(task)
    except Exception as error:
        logger.warning("Could not wake %s: %s", task, type(error).__name__)
