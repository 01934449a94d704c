"""What beat starts every minute."""

from celery import shared_task
from django.utils import timezone

from .notices import delivery, sweeps


@shared_task
def sweep():
    """Queue what has become due, then send what is queued."""
    sweeps.run_all(timezone.now())
    delivery.deliver(at=timezone.now())
