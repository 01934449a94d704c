from functools import partial

from celery import shared_task
from django.utils import timezone

from supportnet.notices import delivery
from supportnet.notices.wake import DELIVER, ask_for


@shared_task(name=DELIVER)
def deliver():
    """Send what is due."""
    delivery.deliver(at=timezone.now(), call_help=partial(ask_for, DELIVER))
