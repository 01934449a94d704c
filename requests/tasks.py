"""What workers do for this room."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

logger = logging.getLogger(__name__)


@shared_task(name="requests.open_waves")
def open_waves():
    """Tell the people of the waves whose time has come."""
    from .sweeps import waves

    waves.open_waves(timezone.now())


def hurry_waves():
    """Open waves as soon as this transaction is committed; the sweep would do it within a minute anyway."""
    transaction.on_commit(_publish, robust=True)


def _publish():
    try:
        open_waves.delay()
    except Exception as error:
        logger.warning("Could not hurry the waves along: %s", type(error).__name__)
