"""Is it alive, and is it fit for work? Load balancers ask, and whoever keeps an eye on it."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Min
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from .notices.models import Heartbeat, Notice
from .outages import CLOSED, DAMAGED, reason

SILENT_AFTER = timedelta(minutes=2)
# A notice whose hour has come and that no worker has taken for so long says that delivery stands still.
STUCK_AFTER = timedelta(minutes=10)
PROBE = "supportnet:probe"
# Room that a page, its mail and the database's journal need at least.
ROOM_BYTES = 1024 * 1024
# A file of this size is looked through in a tenth of a second; a larger one only when `run` starts.
LOOKED_THROUGH_BYTES = 32 * 1024 * 1024


@never_cache
@require_safe
def healthz(request):
    """200 while the process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """How disk, database, broker, beat, worker and outbox are; 503 when one of them is bad."""
    report = examine(at=timezone.now())
    response = JsonResponse(report, status=503 if report["troubles"] else 200)
    # Whoever asks knows now; a line in the log at every question would bury the rest.
    response._has_been_logged = True
    return response


def examine(*, at):
    """The report behind /readyz; `troubles` names what is bad. Takes seconds at most, whatever is down."""
    report = {"disk": disk(), "database": database(), "broker": broker()}
    if report["database"] == "ok":
        report |= {"beat": heartbeat("beat", at), "worker": heartbeat("worker", at), **outbox(at)}
    report["troubles"] = [name for name, state in report.items() if _is_bad(name, state)]
    return report


def _is_bad(name, state):
    if name in {"disk", "database", "broker"}:
        return state != "ok"
    if name in {"beat", "worker"}:
        return state["seconds_ago"] is None or state["seconds_ago"] > SILENT_AFTER.total_seconds()
    return name == "overdue_seconds" and state > STUCK_AFTER.total_seconds()


def disk():
    """Whether what we keep finds room; what is tried out leaves nothing behind."""
    try:
        for folder in {settings.VAR, *(file.parent for file in _database_files())}:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(ROOM_BYTES))
    except OSError as error:
        return reason(error) or type(error).__name__
    return "ok"


def database(*, however_large=False):
    """Whether the database answers and holds our tables; an SQLite file also, whether it is sound and open to us."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        Heartbeat.objects.exists()
        return next((_state_of(file, however_large) for file in _database_files()), "ok")
    except Error as error:
        return reason(error) or type(error).__name__


def _database_files():
    """The file of an SQLite database, else none."""
    name = str(connection.settings_dict["NAME"])
    is_file = connection.vendor == "sqlite" and not connection.is_in_memory_db()
    return [Path(name)] if is_file else []


def _state_of(file, however_large):
    """SQLite opens a file that it cannot write, and reads the pages between those that are damaged."""
    if not os.access(file, os.W_OK):
        return CLOSED
    if not however_large and file.stat().st_size > LOOKED_THROUGH_BYTES:
        return "ok"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        return "ok" if cursor.fetchone() == ("ok",) else DAMAGED


def broker():
    """Whether the broker answers and takes what is written, within two seconds."""
    if settings.REDIS_URL.startswith("memory:"):
        return "ok"
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0)
    )
    try:
        # One that is full, read-only or can't save still answers a ping.
        client.set(PROBE, "", ex=60)
    except redis.RedisError as error:
        return type(error).__name__
    finally:
        client.close()
    return "ok"


def heartbeat(process, at):
    """When `process` was last seen at work."""
    seen = Heartbeat.objects.filter(process=process).values_list("at", flat=True).first()
    return {"at": seen, "seconds_ago": seen and _seconds(at - seen)}


def outbox(at):
    """What is due and not yet sent: how many, how old the oldest, and how long one has lain untouched."""
    due = (
        Notice.objects.waiting()
        .filter(try_at__lte=at)
        .aggregate(waiting=Count("pk"), oldest=Min("due_at"), untouched=Min("try_at"))
    )
    return {
        "notices_waiting": due["waiting"],
        "oldest_seconds": _seconds(at - (due["oldest"] or at)),
        "overdue_seconds": _seconds(at - (due["untouched"] or at)),
    }


def _seconds(duration):
    return round(max(duration, timedelta(0)).total_seconds(), 1)
