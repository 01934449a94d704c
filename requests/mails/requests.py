"""Something new is asked, or a question was answered."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from circles.models import Block, Hears, Membership
from circles.only_agreed import NO_CONSENT
from circles.seen_name import name_for
from circles.unseen import UNSEEN, Unseen
from supportnet.notices.direction import typed
from supportnet.notices.kinds import Kind, register
from supportnet.notices.models import NOT_BY_MAIL

from .. import policies
from ..models import Answer, Claim, HelpRequest, NotThisTime, Slot, Wave
from .about_claim import WAKES, askers
from .consent import CONSENTS, OnlyAgreed
from .own_requests import AboutOwnRequest

OUT_OF_SIGHT = "The reader can't see the request any more."
TAKEN = "No place is open any more."


@register
class WaveOpened(OnlyAgreed, Unseen, Kind):
    """To members whom a wave reaches: something new is asked. What comes together is one mail."""

    name = "wave_opened"
    model = HelpRequest
    related = ("circle", "asker", *CONSENTS)
    label = _("New requests in your circles")
    topic = "requests"
    reads_alike = True
    collects = dt.timedelta(minutes=10)

    def agreed_about(self, cause):
        """The request itself."""
        return cause

    def causes(self, ids):
        """With the times that are still open."""
        found = super().causes(ids)
        asked = {}
        for cause in found.values():
            about = self.agreed_about(cause)
            about.times = asked.setdefault(about.pk, [])
        for slot in Slot.objects.filter(help_request__in=asked, cancelled_at=None).in_order():
            asked[slot.help_request_id].append(slot)
        return found

    def still_true(self, cause, notice, at):
        """While it is open."""
        help_request = self.agreed_about(cause)
        return "" if help_request.is_open and help_request.is_agreed else TAKEN

    def people(self, cause, reader_id):
        """Who asks, unless they ask quietly: who knows the name all the same is sorted out by `reasons_against`."""
        help_request = self.agreed_about(cause)
        return askers(help_request, is_named=not help_request.quietly)

    def reasons_against(self, pairs, at):
        """Only those are told whom an open wave reaches, who want to hear of it and have not promised yet."""
        about = {notice: self.agreed_about(cause) for notice, cause in pairs}
        requests = {help_request.pk for help_request in about.values()}
        readers = {notice.reader_id for notice in about}
        waves = list(Wave.objects.filter(help_request__in=requests))
        near, kept_from = _standing(set(about.values()), waves, readers)
        claimed = set(
            Claim.objects.live()
            .filter(slot__help_request__in=requests, person__in=readers)
            .values_list("slot__help_request", "person")
        )
        passed = set(
            NotThisTime.objects.filter(help_request__in=requests, person__in=readers).values_list(
                "help_request", "person"
            )
        )
        reasons = {
            notice.pk: "The reader helps already."
            if (help_request.pk, notice.reader_id) in claimed
            else "The reader passed on it."
            if (help_request.pk, notice.reader_id) in passed
            else "The reader takes a break."
            if notice.reader.is_on_break(at=at)
            else OUT_OF_SIGHT
            if (help_request.pk, notice.reader_id) in kept_from
            else _reason(help_request, notice.reader_id, waves, near, at)
            for notice, help_request in about.items()
        }
        return reasons | super().reasons_against(pairs, at) | _behind_a_block(about, at=at)

    def apart(self, cause):
        """Each circle's requests have a mail of their own, which turns down that circle's alone."""
        return cause.circle_id

    def may_wake(self, cause, notice, at):
        """When it is needed within twelve hours."""
        times = [slot.starts_at or slot.ends_at for slot in self.agreed_about(cause).times]
        return any(time and at < time <= at + WAKES for time in times)

    def context(self, causes, notices, reader, at):
        """The requests with the times that can be claimed; the line on the reader's page does without."""
        help_requests = [self.agreed_about(cause) for cause in causes]
        for help_request in help_requests:
            help_request.open_times = [
                slot for slot in vars(help_request).get("times", ()) if slot.is_open(at=at)
            ]
        asker = policies.name_of_asker(None, help_requests[0])
        return {"help_requests": help_requests, "asker": asker, "circle": causes[0].circle}

    def url(self, cause):
        """The request."""
        return self.agreed_about(cause).get_absolute_url()

    def turn_down(self, reader, cause):
        """The reader hears no more of new requests in this circle, by mail."""
        theirs = Membership.objects.filter(circle=cause.circle_id, person=reader)
        was = theirs.values_list("hears", flat=True).first()
        theirs.update(hears=Hears.NEVER)
        return was if was and was != Hears.NEVER else ""

    def turn_up(self, reader, cause, was):
        """As it was, or daily."""
        hears = was if was in (Hears.AT_ONCE, Hears.DAILY) else Hears.DAILY
        Membership.objects.filter(circle=cause.circle_id, person=reader).update(hears=hears)

    def turned_down_key(self, cause):
        """One choice for each circle, whichever of these mails one came by."""
        return f"requests:{cause.circle_id}"

    def turned_down_text(self, cause, reader):
        """What is switched off."""
        circle = name_for(reader, cause.circle_id)
        if circle is None:
            return _("new requests in the circle")
        return _("new requests in %(circle)s") % typed(circle=circle)


@register
class WaveElsewhere(WaveOpened):
    """The same to members of another circle than the request's own: it names theirs alone, and turns down theirs.

    The cause is the wave, which knows both.
    """

    name = "wave_elsewhere"
    model = Wave
    related = ("circle__consent", *(f"help_request__{name}" for name in WaveOpened.related))
    label = _("New requests from another circle")

    def agreed_about(self, cause):
        """The request."""
        return cause.help_request

    def still_true(self, cause, notice, at):
        """While it is open, and their circle is there for them."""
        return super().still_true(cause, notice, at) if cause.circle.is_agreed else NO_CONSENT


@register
class AskedByName(WaveOpened):
    """To somebody whom the asker chose by name: asked before others are."""

    name = "asked_by_name"
    label = _("Somebody asks you")
    reads_alike = False

    def context(self, causes, notices, reader, at):
        """Who asks, as far as the reader may know it."""
        context = super().context(causes, notices, reader, at)
        return {**context, "asker": policies.name_of_asker(reader, causes[0])}


@register
class RequestAnswered(AboutOwnRequest, OnlyAgreed, Unseen, Kind):
    """To the asker: somebody answered a question."""

    name = "request_answered"
    model = Answer
    related = (*(f"help_request__{name}" for name in ("circle", *CONSENTS)), "person")
    label = _("Answers to your questions")
    collects = dt.timedelta(minutes=10)

    def circle_id(self, cause):
        """The circle of the question."""
        return cause.help_request.circle_id

    def people(self, cause, reader_id):
        """Who answered."""
        return {cause.person_id}

    def context(self, causes, notices, reader, at):
        """The answers, and who gave the first."""
        return {"answers": causes, "person": causes[0].person}

    def url(self, cause):
        """The question with its answers."""
        return cause.help_request.get_absolute_url()


def _standing(help_requests, waves, readers):
    """{(circle, reader): current membership}, and (request, reader) where the request is kept from the reader.

    A circle that is asked has set them aside, or its own has removed them; and who asks is not asked.
    """
    asked = {(wave.help_request_id, wave.circle_id) for wave in waves if wave.circle_id}
    own = {(help_request.pk, help_request.circle_id) for help_request in help_requests}
    asked |= own
    theirs = Membership.objects.filter(circle__in={circle for _, circle in asked}, person__in=readers)
    near = {(m.circle_id, m.person_id): m for m in theirs}
    kept_from = {
        (pk, reader)
        for (circle, reader), membership in near.items()
        if membership.excluded_at or membership.removed_at
        for pk, asks in (asked if membership.excluded_at else own)
        if asks == circle
    }
    for help_request in help_requests:
        kept_from |= {(help_request.pk, help_request.asker_id), (help_request.pk, help_request.posted_by_id)}
    return {pair: membership for pair, membership in near.items() if membership.is_current}, kept_from


def _behind_a_block(about, *, at):
    """{notice number: reason} of what is asked quietly by somebody whom the reader knows behind it and is parted from.

    `about` is {notice: help request}. One query for all blocks, and the rule itself for each of the few it may concern.
    """
    quiet = {notice: help_request for notice, help_request in about.items() if help_request.quietly}
    pairs = {(notice, asker) for notice, asked in quiet.items() for asker in askers(asked)}
    parted = Block.objects.among((notice.reader_id, asker) for notice, asker in pairs)
    return {
        notice.pk: UNSEEN
        for notice in {notice for notice, asker in pairs if (notice.reader_id, asker) in parted}
        if not HelpRequest.objects.visible_to(notice.reader, at=at).filter(pk=quiet[notice].pk).exists()
    }


def _reason(help_request, reader, waves, near, at):
    """Why this reader is not to be told of the request, or an empty string."""
    reached = False
    for wave in waves:
        if wave.help_request_id != help_request.pk or wave.opened_at is None or wave.opened_at > at:
            continue
        if wave.listed_until is None or wave.listed_until <= at:
            return TAKEN
        by_name = wave.person_id == reader
        membership = near.get((help_request.circle_id if by_name else wave.circle_id, reader))
        if membership and (by_name or wave.ring and membership.ring <= wave.ring):
            reached = True
            if membership.hears != Hears.NEVER:
                return ""
    return NOT_BY_MAIL if reached else OUT_OF_SIGHT
