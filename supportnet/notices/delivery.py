"""Sends what is due: told once, never lost (docs/decisions/0002-outbox.md)."""

import time
from datetime import timedelta

from supportnet.notices import smtp
from supportnet.notices.batch import Batch
from supportnet.notices.models import Notice

# Under one lease; what a slow mail server leaves of them is given back (`Batch.send`).
BATCH = 100
LASTS = timedelta(minutes=2)  # one run, so that a task ends long before its time limit


def deliver(*, at, limit=None, call_help=None):
    """Send what is due at `at`, at most about `limit` notices; returns how many mails went out.

    Ends after two minutes; the next run goes on. May run in any number of processes at the same time:
    `call_help` is called once, to wake another one, when there is more than a batch to do.
    """
    now = _clock(at)
    sent = taken = 0
    with smtp.Post() as letterbox:
        while limit is None or taken < limit:
            notices = Notice.objects.take(now(), limit=min(BATCH, limit - taken) if limit else BATCH)
            if not notices:
                break
            if call_help and len(notices) >= BATCH:
                call_help = call_help()
            batch = Batch(notices, letterbox, now, until=at + LASTS)
            sent += batch.send()
            taken += len(notices)
            if batch.stopped or len(notices) < BATCH:
                break
    return sent


def _clock(at):
    """The time, counted on from `at`."""
    started = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - started)
