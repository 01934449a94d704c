"""What becomes of an offer that waits for a yes: nobody is left waiting without a word."""

import datetime as dt

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from supportnet.notices.models import Notice
from supportnet.notices.sweeps import sweep

from ..models import Claim

# The asker is asked again a day after they heard of it, or in the last hours in which a yes still helps.
A_DAY, WEEK = dt.timedelta(hours=22), dt.timedelta(days=7)
# An offer for what begins within so long is asked about after an hour, any other after a day.
LAST_HOURS, AN_HOUR = dt.timedelta(hours=18), dt.timedelta(hours=1)
# The start, or the end of "any time before".
DEADLINE = Coalesce("slot__starts_at", "slot__ends_at")


@sweep
def remind_of_offers(at):
    """Whoever asks hears once more of an offer that they have not answered, while an answer helps."""
    offers = _offers(at).filter(Q(slot__ends_at=None) | Q(slot__starts_at__gt=at) | Q(slot__starts_at=None))
    for asker in ("asker", "posted_by"):
        reader = f"slot__help_request__{asker}_id"
        due = offers.filter(_heard(reader, at - A_DAY))
        due |= offers.filter(_heard(reader, at - AN_HOUR), slot__starts_at__lte=at + LAST_HOURS)
        Notice.objects.queue_each("offer_waits", _about(due, "offer_waits", reader, ends=DEADLINE), at)


def _heard(reader, moment):
    """A condition: the mail of the offer had reached its reader by then."""
    news = Notice.objects.filter(kind="request_claimed", cause_id=OuterRef("pk"), reader=OuterRef(reader))
    return Exists(news.filter(sent_at__lte=moment, created_at__gte=OuterRef("claimed_at")))


@sweep
def tell_that_offers_passed(at):
    """Whoever offered to come and had no answer hears a kind word when the time has passed."""
    over = _offers(at).filter(slot__ends_at__lte=at, slot__ends_at__gt=at - WEEK)
    until = Value(at + WEEK, DateTimeField())
    Notice.objects.queue_each("offer_passed", _about(over, "offer_passed", "person_id", ends=until), at)


def _offers(at):
    """Promises that wait for a yes, on what is not called off."""
    return Claim.objects.waiting().filter(slot__cancelled_at=None)


def _about(offers, kind, reader, *, ends):
    """One notice for each offer and reader; an offer made again is another one."""
    parts = (Value(f"{kind}:"), "pk", Value(":"), "claimed_at", Value(":"), reader)
    return offers.annotate(
        key=Concat(*(Cast(part, TextField()) for part in parts), output_field=TextField()),
        reader_id=F(reader),
        cause_id=F("pk"),
        circle_id=F("slot__help_request__circle_id"),
        due_at=Value(None, DateTimeField()),
        expires_at=ends,
    )
