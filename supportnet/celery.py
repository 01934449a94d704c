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
_missed = set()


def note_heartbeat(process):
    """Note in the database that `process` lives, every PULSE seconds at most; where that fails, try again.

    The log says once that it failed, and not again until it has come right.
    """
    from django.db import Error, close_old_connections
    from django.utils import timezone

    from .notices.models import Heartbeat
    from .outages import reason

    if time.monotonic() - _last.get(process, -PULSE) < PULSE:
        return
    close_old_connections()
    try:
        Heartbeat.objects.beat(process, timezone.now())
    except Error as error:
        if process not in _missed:
            logger.warning("No heartbeat of %s (%s)", process, reason(error) or type(error).__name__)
        _missed.add(process)
        close_old_connections()
    else:
        _missed.discard(process)
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

    def apply_entry(self, entry, producer=None):
        """A broker that takes nothing is said in one line; in a minute the next sweep does this one's work."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except beat.SchedulingError as error:
            logger.warning("%s", error)
