"""Celery wakes the work; the database owns it. Both beat and worker say in the database that they live."""

import logging
import os
import time
from datetime import timedelta

from celery import Celery, beat
from celery.signals import heartbeat_sent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportnet.settings")

logger = logging.getLogger(__name__)

# Seconds between two heartbeats in the database; Celery's own come every two.
PULSE = 15

app = Celery("supportnet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_last = {}


def note_heartbeat(process):
    """Note in the database that `process` lives, every PULSE seconds at most; where that fails, try again."""
    from django.db import Error, close_old_connections
    from django.utils import timezone

    from .notices.models import Heartbeat

    if time.monotonic() - _last.get(process, -PULSE) < PULSE:
        return
    close_old_connections()
    try:
        Heartbeat.objects.beat(process, timezone.now())
    except Error as error:
        logger.warning("No heartbeat of %s: %s", process, type(error).__name__)
        close_old_connections()
    else:
        _last[process] = time.monotonic()


@heartbeat_sent.connect
def _the_worker_lives(**kwargs):
    note_heartbeat("worker")


class Scheduler(beat.Scheduler):
    """Keeps no file: sweeps go by what stands in the database, so each may start at once after a restart."""

    def setup_schedule(self):
        """Take every entry as long overdue."""
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - timedelta(days=1)

    def tick(self, *args, **kwargs):
        """One turn, with a heartbeat."""
        note_heartbeat("beat")
        return super().tick(*args, **kwargs)
