"""What the clock does for places that are about to stay empty: the next standby, and the family's own Plan B."""

import datetime as dt

from django.db import transaction
from django.db.models import DateTimeField, F, TextField, Value
from django.db.models.functions import Cast, Concat

from supportnet.notices.models import Notice
from supportnet.notices.sweeps import sweep

from .models import Slot, StandbyCall

BATCH = 500
CALM = dt.timedelta(hours=3)


@sweep
def ask_next_standbys(at):
    """Whoever has not answered in time is let be, and the next one is asked."""
    for call in StandbyCall.objects.expired(at=at).select_related("slot")[:BATCH]:
        with transaction.atomic():
            call.slot.hold()
            if StandbyCall.objects.expired(at=at).filter(pk=call.pk).update(closed_at=at):
                call.slot.ask_standbys(at=at)


@sweep
def remind_of_plan_b(at):
    """Three hours before a place that is still open: one calm message to whoever asks, with their own Plan B."""
    soon = Slot.objects.open(at=at).starting_between(at, at + CALM)
    soon = soon.filter(help_request__kind="instrumental")
    for asker in ("asker", "posted_by"):
        reader = f"help_request__{asker}_id"
        Notice.objects.queue_each("plan_b", _about(soon, reader), at)


def _about(slots, reader):
    """One notice for each slot, time and reader, however often the sweep comes by."""
    parts = (Value("plan_b:"), "pk", Value(":"), "starts_at", Value(":"), reader)
    return slots.annotate(
        key=Concat(*(Cast(part, TextField()) for part in parts), output_field=TextField()),
        reader_id=F(reader),
        cause_id=F("pk"),
        circle_id=F("help_request__circle_id"),
        due_at=Value(None, DateTimeField()),
        expires_at=F("starts_at"),
    )
