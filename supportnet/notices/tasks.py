import logging

from celery import shared_task
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

logger = logging.getLogger(__name__)


@shared_task(name="notices.deliver")
def deliver():
    """Send what is due."""
    from supportnet.notices import delivery

    delivery.deliver(at=timezone.now(), call_help=_publish)


def hurry(using=DEFAULT_DB_ALIAS):
    """Wake a deliverer as soon as this transaction is committed; once per transaction."""
    waiting = connections[using].run_on_commit
    if not any(function is _publish for _, function, _ in waiting):
        transaction.on_commit(_publish, using=using, robust=True)


def _publish():
    """A broker that is away breaks nothing: the sweep delivers within a minute."""
    try:
        deliver.delay()
    except Exception as error:
        logger.warning("Could not hurry the notices along: %s", type(error).__name__)
