"""What is due by the clock, asked of the state every minute: waves, reminders, mornings after, lists.

Each may run twice or late without harm: keys are unique, and what is no longer true is dropped when it is sent.
"""

import datetime as dt

from django.db import connection, transaction
from django.db.models import DateTimeField, F, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from circles.models import Hears
from supportnet.notices.models import Notice
from supportnet.notices.sweeps import sweep

from ..models import Claim, HelpRequest, Wave
from ..models.claim_notices import CHANGES_SHOWN
from ..schedule.daily_mail import next_daily_mail
from ..visibility.audience import hearers

# In one minute: the rest is found in the next one.
BATCH = 2000
# Whoever has these in common hears at the same moment.
CLOCK = ("hears", "person__time_zone", "person__digest_at")
# What is nearer than this does not wait for the daily mail.
URGENT = dt.timedelta(hours=48)
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
# What a helper is reminded of: the start, or the end of "any time before".
DEADLINE = Coalesce("slot__starts_at", "slot__ends_at")


@sweep
def relist_requests(at):
    """Unlist or re-sort requests of which a time has passed."""
    stale = Wave.objects.filter(relist_at__lte=at).values("help_request")
    for help_request in HelpRequest.objects.filter(pk__in=stale)[:BATCH]:
        with transaction.atomic():
            help_request.relist(at=at)


@sweep
def end_pauses(at):
    """Take promises again where the day has come, by the circle's own clock."""
    for help_request in (
        HelpRequest.objects.open()
        .filter(paused_until__lte=at.date() + DAY)
        .select_related("circle", "posted_by")[:BATCH]
    ):
        if help_request.paused_until <= at.astimezone(help_request.zone).date():
            help_request.pause(None, by=help_request.posted_by, at=at)


@sweep
def open_waves(at):
    """Open the waves that have come due, then queue a notice for everybody whom an opened wave reaches."""
    Wave.objects.open_due(at=at)
    for wave in Wave.objects.untold().select_related("help_request").order_by("pk")[:BATCH]:
        tell_wave(wave, at=at)


def tell_wave(wave, *, at):
    """Mark the wave as told and queue its notices; of two workers that try, one does it.

    Everybody is told of a request once, however many of its waves reach them: the key names only the two.
    """
    with transaction.atomic():
        if not Wave.objects.untold().filter(pk=wave.pk).update(told_at=at):
            return
        if not wave.help_request.is_open or wave.listed_until is None:
            return
        if wave.person_id:
            return _tell_by_name(wave, at=at)
        readers = hearers(wave, at=at)
        for clock in readers.order_by().values_list(*CLOCK).distinct():
            _tell(wave, readers, clock, at=at)


def _tell_by_name(wave, *, at):
    """Who is asked by name hears of it at once, unless they want no such mail."""
    readers = hearers(wave, at=at)
    Notice.objects.queue_each("asked_by_name", _with_notice(readers, wave, due_at=at), at)


def _tell(wave, readers, clock, *, at):
    hears, zone, digest_at = clock
    due_at = at
    if hears == Hears.DAILY and not wave.sort_at <= at + URGENT:
        due_at = next_daily_mail(at, zone=zone, digest_at=digest_at)
    alike = readers.filter(hears=hears, person__time_zone=zone, person__digest_at=digest_at)
    kind = "wave_elsewhere" if is_elsewhere(wave) else "wave_opened"
    Notice.objects.queue_each(kind, _with_notice(alike, wave, due_at=due_at), at)


def is_elsewhere(wave):
    """Whether the wave reaches another circle than the one in which it was asked."""
    return wave.circle_id not in (None, wave.help_request.circle_id)


def _with_notice(memberships, wave, *, due_at):
    return memberships.annotate(
        key=Concat(Value(f"wave_opened:{wave.help_request_id}:"), F("person_id"), output_field=TextField()),
        reader_id=F("person_id"),
        cause_id=Value(wave.pk if is_elsewhere(wave) else wave.help_request_id),
        due_at=Value(due_at, DateTimeField()),
        expires_at=Value(wave.listed_until, DateTimeField()),
    )


@sweep
def remind_the_evening_before(at):
    """Queue the reminders of the evening before; of no use once the slot has started."""
    _queue_due("remind_at", "reminder", at=at, expires_at=DEADLINE)


@sweep
def remind_two_hours_before(at):
    """Queue the second reminders, for those who asked for them."""
    _queue_due("remind_again_at", "reminder_soon", at=at, expires_at=DEADLINE)


@sweep
def ask_the_morning_after(at):
    """Queue "did it happen?"; of no use after a week."""
    _queue_due(
        "follow_up_at",
        "afterwards",
        at=at,
        expires_at=Value(at + WEEK, DateTimeField()),
        also=_nudge_to_thank,
    )


def _nudge_to_thank(claims, *, at):
    """Whoever asks hears once of each helper who came: thanks are welcome. Not of those who need none."""
    about = _about(claims.filter(person__thanks_wanted=True), "follow_up_at", "say_thanks")
    about = about.annotate(expires_at=Value(at + WEEK, DateTimeField()))
    Notice.objects.queue_each("say_thanks", about.annotate(reader_id=F("slot__help_request__asker_id")), at)


@sweep
def forget_old_words(at):
    """Once a night: what stood in a request before is kept no longer than the mail and the page about it need it."""
    if (at.hour, at.minute) != (3, 0):
        return
    told = Notice.objects.ended().filter(kind="slot_changed")
    old = list(told.filter(created_at__lt=at - CHANGES_SHOWN, facts__has_key="was").order_by("pk")[:BATCH])
    for notice in old:
        del notice.facts["was"]
    Notice.objects.bulk_update(old, ["facts"])


def _queue_due(field, kind, *, at, expires_at, also=None):
    """Queue a notice of `kind` for each claim whose `field` has come, and clear the field, in one transaction.

    `also(claims, at=)` queues what else is due with it.

    The key names the slot's start, so that a moved slot is told of anew.
    """
    with transaction.atomic():
        ids = _due(field, at=at)
        if ids:
            claims = Claim.objects.accepted().filter(pk__in=ids)
            about = _about(claims, field, kind)
            Notice.objects.queue_each(kind, about.annotate(expires_at=expires_at), at)
            if also:
                also(claims, at=at)
            Claim.objects.filter(pk__in=ids).update(**{field: None})


def _due(field, *, at):
    """The ids of claims whose `field` has come, held; those that another sweep has in hand are left to it."""
    skips = connection.features.has_select_for_update_skip_locked
    due = Claim.objects.filter(**{f"{field}__lte": at}).order_by(field).values_list("pk", flat=True)
    return list(due.select_for_update(skip_locked=skips)[:BATCH])


def _about(claims, field, kind):
    """What `queue_each` wants of each claim: told to its helper, once for each start of its slot."""
    return claims.annotate(
        key=Concat(
            Value(f"{kind}:"),
            Cast("pk", TextField()),
            Value(":"),
            Cast(DEADLINE, TextField()),
            output_field=TextField(),
        ),
        reader_id=F("person_id"),
        cause_id=F("pk"),
        circle_id=F("slot__help_request__circle_id"),
        due_at=F(field),
    )
