"""Is it alive, and is it fit for work? Load balancers ask, and whoever keeps an eye on it."""

from datetime import timedelta

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

SILENT_AFTER = timedelta(minutes=2)
# A notice whose hour has come and that no worker has taken for so long says that delivery stands still.
STUCK_AFTER = timedelta(minutes=10)
PROBE = "supportnet:probe"


@never_cache
@require_safe
def healthz(request):
    """200 while the process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """How database, broker, beat, worker and outbox are; 503 when one of them is bad."""
    report = examine(at=timezone.now())
    response = JsonResponse(report, status=503 if report["troubles"] else 200)
    # Whoever asks knows now; a line in the log at every question would bury the rest.
    response._has_been_logged = True
    return response


def examine(*, at):
    """The report behind /readyz; `troubles` names what is bad. Takes seconds at most, whatever is down."""
    report = {"database": database(), "broker": broker()}
    if report["database"] == "ok":
        report |= {"beat": heartbeat("beat", at), "worker": heartbeat("worker", at), **outbox(at)}
    report["troubles"] = [name for name, state in report.items() if _is_bad(name, state)]
    return report


def _is_bad(name, state):
    if name in {"database", "broker"}:
        return state != "ok"
    if name in {"beat", "worker"}:
        return state["seconds_ago"] is None or state["seconds_ago"] > SILENT_AFTER.total_seconds()
    return name == "overdue_seconds" and state > STUCK_AFTER.total_seconds()


def database():
    """Whether the database answers and holds our tables."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        Heartbeat.objects.exists()
    except Error as error:
        return type(error).__name__
    return "ok"


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
