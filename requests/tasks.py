"""What workers do for this app."""

from celery import shared_task
from django.utils import timezone

from .models.wave_plan import OPEN_WAVES
from .sweeps import waves


@shared_task(name=OPEN_WAVES)
def open_waves():
    """Tell the people of the waves whose time has come."""
    waves.open_waves(timezone.now())
