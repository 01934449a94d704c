"""Something new is asked, or a question was answered."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from circles.mails.guard_blocks import Unseen
from circles.mails.guard_consent import NO_CONSENT
from circles.models import Hears, Membership
from circles.name_in_links import name_for
from supportnet.notices.kinds import Kind, register
from supportnet.notices.text_direction import typed

from ..models import Claim, HelpRequest, NotThisTime, Slot, Wave
from ..visibility import policies
from .claim_base import WAKES, askers
from .consent import CONSENTS, OnlyAgreed
from .wave_standing import OUT_OF_SIGHT, TAKEN, _behind_a_block, _reason, _standing


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
        """When somebody is still needed within twelve hours."""
        open_ones = [slot for slot in self.agreed_about(cause).times if slot.is_open(at=at)]
        times = [slot.starts_at or slot.ends_at for slot in open_ones]
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

    def apart(self, cause):
        """Who asks stands at the top: two people's requests are two mails. Whoever asks quietly is in neither."""
        return super().apart(cause), None if cause.quietly else cause.asker_id

    def context(self, causes, notices, reader, at):
        """Who asks, as far as the reader may know it."""
        context = super().context(causes, notices, reader, at)
        return {**context, "asker": policies.name_of_asker(reader, causes[0])}
