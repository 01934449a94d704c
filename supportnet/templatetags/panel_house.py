"""What the two admin sites say about the house itself."""

from datetime import timedelta

from django import template
from django.utils import timezone

from circles.models import Circle, Report
from supportnet import health

register = template.Library()
# Longer than any restart takes: `/readyz` says so after two minutes, people read it only when it lasts.
TOO_LONG = timedelta(minutes=15)


@register.inclusion_tag("panel/_silence.html")
def silence():
    """A banner when beat or worker were not seen at work for a quarter of an hour."""
    at = timezone.now()
    seen = {process: health.heartbeat(process, at)["seconds_ago"] for process in ("beat", "worker")}
    silent = [process for process, ago in seen.items() if ago is None or ago > TOO_LONG.total_seconds()]
    return {"silent": silent}


@register.inclusion_tag("panel/_left_alone.html")
def left_alone():
    """Circles whose keepers have all been away for a month: no sign-in, and nothing in the journal."""
    circles = Circle.objects.left_alone(since=timezone.now() - timedelta(days=30))
    return {"circles": circles[:20], "total": circles.count()}


@register.inclusion_tag("panel/_reported.html")
def reported(person):
    """Open reports about a circle's only keeper, longest first; none about `person`."""
    reports = Report.objects.open().beyond_keepers().exclude(about=person).select_related("circle")
    return {"reports": reports.order_by("created_at", "pk")[:20], "total": reports.count()}
