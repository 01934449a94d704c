"""What must be so after every minute of a fortnight, said in plain Python that shares nothing with the sweeps."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

from circles.models import Membership
from requests.models import Claim, Slot, StandbyCall
from supportnet.notices.models import Notice

from .true_mails import lies, sent_since

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
TELLS_OF_A_PROMISE = ("reminder", "claim_confirmed", "claim_moved", "slot_changed")


def sleeps(person, at):
    """Whether the clock on their wall is within their quiet hours."""
    now, start, end = at.astimezone(person.zone).time(), person.quiet_from, person.quiet_until
    return (now >= start or now < end) if start > end else start <= now < end


class Watch:
    """Looks at a fortnight after each of its minutes, and keeps what it has seen."""

    def __init__(self, world):
        self.world = world
        self.since = world.at - MINUTE
        self.closed = set()
        self.begun = set()

    def breaches(self, messages):
        """In words, whatever is not as it must be in this minute."""
        at, since = self.world.at, self.since
        self.since = at
        for sent in sent_since(at, messages, at=at):
            for sentence, words in lies(sent):
                yield f"{at} {sent.kind.name} to {sent.reader}: “{sentence}” is not so: {words}"
            yield from self._in_the_night(sent)
        yield from self._places()
        yield from self._unreminded(since)
        yield from self._used_up()
        yield from (f"{at} {n.kind} failed: {n.error}" for n in Notice.objects.exclude(error=""))

    def _in_the_night(self, sent):
        """Nobody is told in their quiet hours of what can wait: what lies further ahead than twelve hours."""
        if not sleeps(sent.reader, sent.at) or sent.kind.name == "claim_late":
            return
        ahead = [slot.starts_at - sent.at for slot in sent.slots if slot.starts_at]
        own = sent.kind.name == "claim_confirmed" and any(
            claim.made_by_id == sent.reader.pk and not claim.help_request.needs_yes for claim in sent.causes
        )
        within = 12 * HOUR
        if sent.kind.name == "standby_asked":
            within = (
                next(n for n in range(1, 26) if not sleeps(sent.reader, sent.at + n * HOUR)) * HOUR + HOUR
            )
        if sent.kind.name == "plan_b":
            within = 0 * HOUR
        if not own and not any(0 * HOUR < span <= within for span in ahead):
            yield f"{sent.at} {sent.kind.name} to {sent.reader} in the night: {sent.subject}"

    def _places(self):
        """What slots count is what promises say, and no place is taken by nobody."""
        at, taken, looking = self.world.at, Counter(), Counter()
        for slot, party, wanted in Claim.objects.accepted().values_list(
            "slot", "party_size", "cover_wanted_at"
        ):
            taken[slot] += party
            looking[slot] += party if wanted else 0
        for slot, *counts, capacity in Slot.objects.values_list("pk", "taken", "covering", "capacity"):
            if counts != [taken[slot], looking[slot]]:
                yield f"{at} slot {slot}: counts {counts} instead of {taken[slot]}, {looking[slot]}"
            if capacity is not None and taken[slot] > capacity:
                yield f"{at} slot {slot}: {taken[slot]} come to {capacity} places"
        ahead = Claim.objects.live().filter(slot__starts_at__gt=at, slot__cancelled_at=None)
        for claim in ahead.exclude(person__memberships__left_at=None).select_related("person"):
            yield f"{at} {claim}: stands, though they have left"

    def _unreminded(self, since):
        """Whoever comes was told of it since the morning of the day before, or has promised or been accepted since."""
        at, down = self.world.at, self.world.outage
        begun = Claim.objects.accepted().filter(
            slot__starts_at__gt=since, slot__starts_at__lte=at, slot__cancelled_at=None
        )
        for claim in begun.select_related("slot", "person"):
            start = claim.slot.starts_at
            local = [start.astimezone(ZoneInfo(zone)) for zone in self.world.zones[claim.person_id]]
            morning = min((there - DAY).replace(hour=8, minute=0).astimezone(dt.UTC) for there in local)
            told = Notice.objects.filter(
                kind__in=TELLS_OF_A_PROMISE, cause_id=claim.pk, reader=claim.person_id
            )
            last = max([claim.accepted_at, *told.exclude(sent_at=None).values_list("sent_at", flat=True)])
            was_down = down and down[0] - 3 * HOUR < start and down[1] > morning - 12 * HOUR
            if last < morning and not was_down:
                yield f"{at} {claim}: begins unreminded, told last at {last}"

    def _used_up(self):
        """A call that ends unanswered while a place is open was told, with a quarter of an hour to answer by day."""
        calls = StandbyCall.objects.filter(yes_at=None, no_at=None, closed_at__isnull=False).exclude(
            pk__in=self.closed
        )
        for call in calls.select_related("slot", "person"):
            self.closed.add(call.pk)
            theirs = Membership.objects.current().filter(person=call.person, excluded_at=None)
            if not theirs.filter(circle=self.world.circle).exists():
                continue
            is_moved = call.slot.deadline != call.starts_at
            if is_moved or not call.slot.is_open(at=call.closed_at) or call.starts_at <= call.closed_at:
                continue
            sent = Notice.objects.filter(kind="standby_asked", cause_id=call.pk).exclude(sent_at=None)
            told = sent.order_by("-sent_at").values_list("sent_at", flat=True).first()
            dropped = (
                Notice.objects.filter(kind="standby_asked", cause_id=call.pk)
                .exclude(dropped_at=None)
                .exists()
            )
            if told is None and not dropped:
                yield f"{call.closed_at} {call}: used up untold"
            elif told:
                minutes = range((call.closed_at - told) // MINUTE)
                awake = sum(not sleeps(call.person, told + n * MINUTE) for n in minutes)
                if awake < 15 and not sleeps(call.person, told):
                    yield f"{call.closed_at} {call}: had {awake} minutes, told at {told}"
