"""Requests of the demo with all that hangs on them: times, promises, answers, thanks.

Rows are written in bulk, past the verbs, so what the verbs would have written stands here once more:
`waves_copies` is `HelpRequest.relist`, and a test compares the two.
"""

import datetime as dt
import itertools
import uuid
from zoneinfo import ZoneInfo

from django.conf import settings

from circles.models import CircleKind, JournalEntry, Ring
from requests.catalogue import HABITS, RequestKind
from requests.models import Answer, Claim, HelpRequest, Series, Slot, Thanks, Wave
from requests.schedule import recurrence, reminders
from supportnet.demo.asked_rows import Asked, _journal, waves_copies

from .asks import ASKS, BY_TITLE
from .scenes import SCENES
from .words import CANCELLED_BECAUSE, CLOSED_BECAUSE, GAVE_BACK_BECAUSE, THANKS

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
BATCH = 5000
FATES = ("past", "past", "past", "open", "open", "open", "taken", "taken", "draft", "cancelled", "closed")
DAYS_AHEAD = (1, 2, 2, 3, 4, 5, 6, 8, 10, 13)


class Asking:
    """Asks for everybody in a settled `town`."""

    def __init__(self, town):
        self.town, self.rng, self.at = town, town.rng, town.at
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.today = self.at.astimezone(self.zone).date()
        self.busy, self.moments = set(), {}
        self.cast = set(town.cast.values())
        self.claims_of_cast, self.thanks_to_cast = [], []

    def ask(self):
        """Save every request, in batches, so that memory stays flat."""
        # A small town asks for everything once; in a large one many only belong.
        wanted = len(ASKS) + self.town.size // 2 - 30
        plans = itertools.chain(self._scenes(), self._others(wanted - len(SCENES)))
        while batch := [self._asked(*plan) for plan in itertools.islice(plans, BATCH)]:
            self._save(batch)

    def _scenes(self):
        for title, circle, asker, fate, day, helper in SCENES:
            circle = self.town.circles[circle]
            members = [person for person, _ring in self.town.members[circle.pk]]
            outside_cast = [person for person in members if person not in self.cast]
            asker = self.town.cast[asker] if asker else self.rng.choice(outside_cast)
            yield BY_TITLE[title], circle, asker, fate, day, self.town.cast.get(helper)

    def _others(self, number):
        """The other asks in turn, wherever people live; each circle's keeper asks as seldom as anybody."""
        told = {title for title, *_rest in SCENES}
        asks = [ask for ask in ASKS if ask.title not in told]
        self.rng.shuffle(asks)
        for ask in itertools.islice(itertools.cycle(asks), number):
            circle = self.rng.choice(self.town.circles)
            asker, _ring = self.rng.choice(self.town.members[circle.pk])
            fate = self.rng.choice(FATES)
            day = -self.rng.randint(2, 40) if fate == "past" else self.rng.choice(DAYS_AHEAD)
            yield ask, circle, asker, fate, day, None

    def _asked(self, ask, circle, asker, fate, day, helper):
        asked = Asked(self._request(ask, circle, asker, fate, day), ask, fate, [])
        asked.helpers = self._helpers(asked.help_request, circle, helper)
        self._add_slots(asked, day)
        self._wrap_up(asked)
        if asked.help_request.published_at:
            self._add_claims(asked, helper)
            self._add_answers(asked)
            asked.wave.append(self._wave(asked))
        return asked

    # The request itself

    def _request(self, ask, circle, asker, fate, day):
        habit = HABITS[ask.category]
        begun = self._begun(fate, day)
        ended = self._ended(fate, begun)
        comes_to_the_house = habit.kind == RequestKind.INSTRUMENTAL
        help_request = HelpRequest(
            circle=circle,
            kind=habit.kind,
            category=ask.category,
            asker=asker,
            posted_by=self._poster(circle, asker),
            title=ask.title,
            would_help=ask.would_help,
            would_not_help=ask.would_not_help,
            how_done=ask.how_done,
            importance=ask.importance,
            wanted=ask.wanted,
            tags=ask.tags,
            details=ask.details,
            timing=ask.timing,
            area=asker.area,
            address=asker.address if comes_to_the_house else "",
            way_in=asker.way_in if comes_to_the_house else "",
            phone=asker.phone if comes_to_the_house else "",
            doorstep=habit.doorstep if ask.doorstep is None else ask.doorstep,
            created_at=begun - 10 * dt.timedelta(minutes=1),
            changed_at=ended or begun,
            form_key=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            **self._where_it_stands(fate, begun, ended),
        )
        help_request.ring = self._ring(habit.kind)
        return help_request

    def _begun(self, fate, day):
        days = {"past": 5 - day, "closed": 6 + self.rng.random()}.get(fate, self.rng.random() * 5)
        return self.town.ago(days + 0.1)

    def _ended(self, fate, begun):
        """When it was closed or cancelled, if it was."""
        if fate in ("closed", "cancelled"):
            return begun + (self.at - begun) * 0.8
        return None

    def _where_it_stands(self, fate, begun, ended):
        if fate == "draft":
            return {}
        stands = {"published_at": begun}
        if fate == "closed":
            stands |= {"closed_at": ended, "close_reason": self.rng.choice(CLOSED_BECAUSE)}
        if fate == "cancelled":
            stands |= {"cancelled_at": ended, "cancel_reason": self.rng.choice(CANCELLED_BECAUSE)}
        return stands

    def _poster(self, circle, asker):
        """In a care circle its keeper sometimes asks for the family."""
        asks_for_them = circle.kind == CircleKind.CARE and self.rng.random() < 0.3
        return circle.first_keeper if asks_for_them and asker not in self.cast else asker

    def _ring(self, kind):
        """How far it is asked."""
        if kind == RequestKind.EMOTIONAL:
            return self.rng.choice((Ring.INNER, Ring.CLOSE, Ring.CLOSE))
        return self.rng.choice((Ring.CLOSE, Ring.EVERYONE, Ring.EVERYONE, Ring.EVERYONE))

    def _helpers(self, help_request, circle, first):
        """Those who may see it, in the order in which they come forward."""
        near = [
            person
            for person, ring in self.town.members[circle.pk]
            if ring <= help_request.ring and not help_request.is_run_by(person)
        ]
        if first and first not in near:
            near.append(first)
            help_request.ring = Ring.EVERYONE
        self.rng.shuffle(near)
        near.sort(key=lambda person: person != first)
        return near

    # When

    def _moment(self, date, hour):
        """The UTC moment of a local hour; worked out once for each day and hour."""
        if (date, hour) not in self.moments:
            self.moments[date, hour] = recurrence.in_utc(date, dt.time(hour), self.zone)
        return self.moments[date, hour]

    def _add_slots(self, asked, day):
        ask, habit = asked.ask, HABITS[asked.ask.category]
        minutes, hour = ask.minutes or habit.minutes, ask.hour or habit.hour
        date = self.today + day * DAY
        if ask.timing == "series":
            self._add_series(asked, date, hour, minutes)
        elif ask.timing == "once":
            starts_at = self._moment(date, hour)
            self._add_slot(asked, starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=minutes))
        elif ask.timing == "before":
            self._add_slot(asked, ends_at=recurrence.end_of_day(date, self.zone))
        elif ask.timing == "whenever":
            self._add_slot(asked)

    def _add_series(self, asked, date, hour, minutes):
        """Three weeks, of which one is over if it was asked lately."""
        starts_on = date - (21 if asked.fate == "past" else 7) * DAY
        series = Series(
            help_request=asked.help_request,
            weekdays=list(asked.ask.weekdays),
            starts_on=starts_on,
            until=starts_on + 20 * DAY,
            local_start=dt.time(hour),
            minutes=minutes,
            time_zone=settings.TIME_ZONE,
            capacity=asked.ask.capacity,
        )
        asked.series.append(series)
        self._asked_before(asked.help_request, self._moment(starts_on, 8) - 2 * DAY)
        for number in range(21):
            day = starts_on + number * DAY
            if day.isoweekday() in asked.ask.weekdays:
                starts_at = self._moment(day, hour)
                ends_at = starts_at + dt.timedelta(minutes=minutes)
                self._add_slot(asked, series=series, original_date=day, starts_at=starts_at, ends_at=ends_at)

    def _wrap_up(self, asked):
        """Most of what is over was closed a little later; a question when it was answered."""
        help_request = asked.help_request
        if asked.fate != "past" or self.rng.random() < 0.4:
            return
        ends = [slot.ends_at for slot in asked.slots if slot.ends_at]
        closed_at = min(max(ends, default=help_request.published_at + 4 * DAY) + 20 * HOUR, self.at - HOUR)
        help_request.closed_at = help_request.changed_at = closed_at
        help_request.close_reason = self.rng.choice(CLOSED_BECAUSE)
        for slot in asked.slots:
            slot.open_until = min(slot.open_until, closed_at)

    def _asked_before(self, help_request, moment):
        """A series is asked for before its first day."""
        if moment >= help_request.created_at:
            return
        help_request.created_at = moment
        help_request.changed_at = help_request.closed_at or help_request.cancelled_at or moment
        help_request.published_at = help_request.published_at and moment

    def _add_slot(self, asked, **when):
        help_request = asked.help_request
        capacity, begun = asked.ask.capacity, help_request.created_at
        slot = Slot(help_request=help_request, capacity=capacity, open_until=begun, **when)
        if help_request.published_at:
            slot.open_until = slot.last_moment()
        if help_request.closed_at:
            slot.open_until = min(slot.open_until, help_request.closed_at)
        if help_request.cancelled_at:
            slot.cancelled_at, slot.cancel_reason = help_request.cancelled_at, help_request.cancel_reason
            slot.sequence = 1
        asked.slots.append(slot)

    # Who helps

    def _add_claims(self, asked, first):
        if first and not asked.help_request.takes_answers:
            ahead = [slot for slot in asked.slots if not slot.is_over(at=self.at)]
            self._add_claim(asked, (ahead or asked.slots)[0], first)
        helpers = itertools.cycle([person for person in asked.helpers if person != first])
        for slot in asked.slots:
            wanted = min(self._how_many(asked, slot), len(asked.helpers) - 1)
            room = wanted if slot.capacity is None else min(wanted, slot.room)
            for person in itertools.islice(helpers, max(room, 0)):
                self._add_claim(asked, slot, person)

    def _how_many(self, asked, slot):
        """How many come forward for a slot."""
        room = slot.capacity or 6
        chance = {"past": 0.85, "taken": 1, "cancelled": 0.4, "closed": 0.6}.get(asked.fate, 0.5)
        chance = 0.85 if slot.is_over(at=self.at) else chance
        if asked.fate == "open" and room == 1 and len(asked.slots) == 1:
            chance = 0.6 if asked.help_request.needs_yes else 0
        if room == 1:
            return int(self.rng.random() < chance)
        return room if asked.fate == "taken" and slot.capacity else self.rng.randrange(room)

    def _add_claim(self, asked, slot, person):
        day = (person.pk, slot.starts_at and slot.starts_at.date())
        if slot.starts_at and day in self.busy:
            return
        claimed_at = self._between(asked.help_request.published_at, slot)
        claim = Claim(
            slot=slot,
            person=person,
            made_by=person,
            claimed_at=claimed_at,
            bringing=self.rng.choice(asked.ask.bringing or ("",)),
            note=self.rng.choice((*asked.ask.notes, "")),
        )
        asked.claims.append(claim)
        self._go_on_with(claim, asked)
        if claim.is_live:
            self.busy.add(day)

    def _between(self, asked_at, slot):
        """Some moment after it was asked and before it had to be claimed."""
        latest = min(self.at, slot.open_until, slot.cancelled_at or self.at)
        span = max((latest - asked_at).total_seconds(), 2)
        return asked_at + dt.timedelta(seconds=int(self.rng.random() * 0.9 * span))

    def _go_on_with(self, claim, asked):
        """What became of the promise."""
        slot = claim.slot
        if slot.cancelled_at:
            claim.accepted_at, claim.cancelled_at = claim.claimed_at, slot.cancelled_at
        elif asked.fate == "open" and asked.help_request.needs_yes and not slot.is_over(at=self.at):
            return
        elif self._is_given_back(claim):
            claim.accepted_at = claim.claimed_at
            claim.released_at = claim.claimed_at + (self.at - claim.claimed_at) / 2
            claim.release_note = self.rng.choice(GAVE_BACK_BECAUSE)
        else:
            claim.accepted_at = claim.claimed_at
            slot.taken += 1
            self._remind(claim)
            self._look_back(claim, asked)

    def _is_given_back(self, claim):
        """One in twelve of what lies ahead; what the tests of the cast rely on stands."""
        ahead = claim.slot.starts_at and claim.slot.starts_at > self.at
        return ahead and claim.person not in self.cast and self.rng.random() < 0.08

    def _remind(self, claim):
        """What the sweeps have still to do."""
        slot = claim.slot
        if slot.ends_at is None or slot.ends_at < self.at - 2 * DAY:
            return
        moments = reminders.times(slot, claim.person, promised_at=claim.accepted_at)
        ahead = (moment if moment and moment > self.at else None for moment in moments)
        claim.remind_at, claim.remind_again_at, claim.follow_up_at = ahead
        if self.at < slot.deadline < self.at + DAY and self.rng.random() < 0.5:
            claim.confirmed_at = max(claim.claimed_at, self.at - 2 * HOUR)

    def _look_back(self, claim, asked):
        slot = claim.slot
        if not slot.is_over(at=self.at):
            return
        if self.rng.random() < 0.4:
            claim.happened_at = min(slot.ends_at + 14 * HOUR, self.at)
        if self.rng.random() < 0.5 or claim.person == self.town.cast["bo"]:
            said_at = min(slot.ends_at + 3 * HOUR, self.at)
            by, text = asked.help_request.asker, self.rng.choice(THANKS)
            asked.thanks.append(Thanks(claim=claim, by=by, text=text, created_at=said_at))

    def _add_answers(self, asked):
        help_request = asked.help_request
        texts = asked.ask.answers if asked.fate != "taken" else asked.ask.answers[:1]
        asked_for = (help_request.closed_at or self.at) - help_request.published_at
        for text, person in zip(texts, asked.helpers, strict=False):
            created_at = help_request.published_at + asked_for * (0.1 + 0.6 * self.rng.random())
            asked.answers.append(
                Answer(
                    help_request=help_request,
                    person=person,
                    text=text,
                    been_there=self.rng.random() < 0.5,
                    for_work=self.rng.random() < 0.15,
                    created_at=created_at,
                    helped_at=help_request.closed_at,
                    form_key=uuid.UUID(int=self.rng.getrandbits(128), version=4),
                )
            )

    # Who sees it

    def _wave(self, asked):
        help_request = asked.help_request
        return Wave(
            help_request=help_request,
            circle_id=help_request.circle_id,
            ring=help_request.ring,
            opens_at=help_request.published_at,
            opened_at=help_request.published_at,
            told_at=help_request.published_at,
            kind=help_request.kind,
            category=help_request.category,
            **waves_copies(help_request, asked.slots, at=self.at),
        )

    # Into the database

    def _save(self, batch):
        sow = self.town.sower.sow
        sow(HelpRequest, (asked.help_request for asked in batch))
        for model, rows in (
            (Wave, "wave"),
            (Series, "series"),
            (Slot, "slots"),
            (Claim, "claims"),
            (Thanks, "thanks"),
            (Answer, "answers"),
        ):
            sow(model, itertools.chain.from_iterable(getattr(asked, rows) for asked in batch))
        sow(JournalEntry, itertools.chain.from_iterable(map(_journal, batch)))
        self._remember(batch)

    def _remember(self, batch):
        """Keep what the notices of the cast will tell of."""
        street = self.town.circles[0].pk
        for asked in batch:
            if asked.help_request.asker in self.cast or asked.help_request.circle_id == street:
                self.claims_of_cast += asked.claims
            else:
                self.claims_of_cast += [claim for claim in asked.claims if claim.person in self.cast]
            self.thanks_to_cast += [thanks for thanks in asked.thanks if thanks.claim.person in self.cast]
