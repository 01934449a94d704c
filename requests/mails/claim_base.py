"""What the notices about a claim have in common."""

import datetime as dt
from collections import defaultdict

from django.utils import timezone

from circles import time_text
from circles.mails.guard_blocks import Unseen
from supportnet.notices.kinds import Kind
from supportnet.notices.models import Notice
from supportnet.notices.models.notice import ONLY_MAIL_FAILED

from ..models import Claim
from ..visibility import policies
from .consent import CONSENTS, OnlyAgreed

# A change this near is told also at night: whoever sleeps now would come for nothing.
WAKES = dt.timedelta(hours=12)


def askers(help_request, *, is_named=True):
    """The ids of those whom a notice about the request is about: nobody where its reader does not know the name, for
    whom a block changes nothing (see `visibility/rule.py`)."""
    return {help_request.asker_id, help_request.posted_by_id} if is_named else set()


class AboutClaim(OnlyAgreed, Unseen, Kind):
    """A notice about a claim; it may wake its reader when it is about the next twelve hours."""

    model = Claim
    related = (
        *(f"slot__help_request__{name}" for name in ("circle", "asker", *CONSENTS)),
        "person",
        "made_by",
    )

    def circle_id(self, cause):
        """The circle of the request that the claim is for."""
        return cause.help_request.circle_id

    def people(self, cause, reader_id):
        """For whoever asks the helper; for the helper who asks, once they were told the name."""
        is_named = cause.accepted_at is not None or not cause.help_request.quietly
        asking = askers(cause.help_request)
        return {cause.person_id} if reader_id in asking else asking if is_named else set()

    def may_wake(self, cause, notice, at):
        """When its time comes within twelve hours."""
        deadline = cause.slot.deadline
        return deadline is not None and at < deadline <= at + WAKES

    def context(self, causes, notices, reader, at):
        """The claims in order of time, and of the first one who asks, who helps and when."""
        claims = in_order(causes)
        first = claims[0]
        return {
            "claims": claims,
            "claim": first,
            "asker": policies.name_of_asker(reader, first.help_request),
            "helper": first.person,
            "time": short_time(first.slot, at),
        }

    def url(self, cause):
        """The claim's page."""
        return cause.get_absolute_url()


def in_order(claims):
    """Each claim once, by time, undated ones last."""
    never = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(dict.fromkeys(claims), key=lambda c: (c.slot.starts_at or c.slot.ends_at or never, c.pk))


def short_time(slot, at):
    """A slot's time for a subject, on the reader's clock: "Tomorrow, Wednesday, 17:30", "Whenever suits"."""
    zone = slot.own_zone or timezone.get_current_timezone()
    if slot.all_day:
        return time_text.day(slot.starts_at, zone=zone, at=at)
    if slot.starts_at:
        return time_text.moment_in_words(slot.starts_at, zone=zone, at=at)
    words = time_text.when(None, slot.ends_at, zone=zone, at=at)
    return words[:1].upper() + words[1:]


# Kept in `Notice.dropped_because`, which only staff read: so they are not translated.
GONE = "The promise does not stand any more."
OVER = "It is over."
DAY = dt.timedelta(days=1)


def is_long_over(slot, *, at):
    """Whether its time has passed for more than a day: then nobody wonders any more."""
    return slot.is_over(at=at - DAY)


def never_told(pairs, kinds):
    """{notice number: reason} where no notice of `kinds` about the promise has reached anybody, and none will any more.

    Two that cancel each other are not sent. Who made the promise themselves, or wants no such mail, knows of it.
    """
    claims = {claim.pk: claim for _, claim in pairs}
    news = Notice.objects.filter(kind__in=kinds, cause_id__in=claims)
    news = news.filter(reader__in=_whom_it_concerns(claims.values()))
    about = defaultdict(list)
    for one in news.values(
        "cause_id", "created_at", "sent_at", "seen_at", "dropped_because", "leased_until", "lease"
    ):
        if one["created_at"] >= claims[one["cause_id"]].claimed_at:
            about[one["cause_id"]].append(one)
    return {
        notice.pk: "The reader never heard of the promise."
        for notice, claim in pairs
        if claim.made_by_id != notice.reader_id
        and about[claim.pk]
        and not any(_is_known(one, notice) for one in about[claim.pk])
    }


def _whom_it_concerns(claims):
    """The ids of those whom somebody's promise is news for."""
    return {
        person
        for claim in claims
        for person in (claim.person_id, claim.help_request.asker_id, claim.help_request.posted_by_id)
    }


def _is_known(news, notice):
    """Whether what `news` says has been read, or may be: it was sent, shown, or is on its way by another deliverer."""
    on_its_way = news["lease"] is not None and news["lease"] != notice.lease
    return bool(
        news["sent_at"] or news["seen_at"] or on_its_way or news["dropped_because"] in ONLY_MAIL_FAILED
    )
