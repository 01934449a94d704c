"""Two weeks of a few people who live all over the world: they ask, promise, fall out, move and sleep.

The sweeps and the deliverer are the real ones, minute by minute; a minute in which nothing is due is passed over.
Everything by chance, from one seed.
"""

import datetime as dt

from django.core import mail

from circles.models import Hears, Person, Ring, Tell
from requests.catalogue import Category, RequestKind
from requests.models import Claim, Slot, StandbyCall, Wave
from supportnet.notices import sweeps
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.quiet_hours import may_tell_from, quiet_hours_around
from tests.cast import draft, join, make_circle, make_person

from . import fortnight_series
from .fortnight_deeds import DEEDS, REFUSALS

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
LASTS = 14 * DAY
# Each fortnight holds a night in which some of these clocks change; and one holds none.
STARTS = ["2027-03-07", "2027-03-24", "2027-09-20", "2027-10-25", "2027-06-01", "2028-02-24"]
ZONES = [
    *("Europe/Lisbon", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Africa/Casablanca"),
    *("Australia/Lord_Howe", "America/New_York", "Pacific/Pago_Pago"),
]
NIGHTS = [("21:00", "08:00"), ("21:00", "08:00"), ("22:30", "06:15"), ("00:00", "00:00"), ("09:00", "16:30")]
NAMES = ["Olga", "Ada", "Ann", "Bo", "Cy", "Dee", "Eli"]


class Fortnight:
    """`people` of one circle and what becomes of them. `mails` are (moment, message), in their order."""

    def __init__(self, dice, *, deeds=120, lasts=LASTS):
        self.dice = dice
        self.at = dt.datetime.fromisoformat(dice.choice(STARTS)).replace(
            hour=dice.randrange(24), tzinfo=dt.UTC
        )
        self.ends_at = self.at + lasts
        self.mails, self.done, self.steps, self.zones = [], [], 0, {}
        self._people()
        span = lasts // MINUTE
        self.deeds = sorted(self.at + dice.randrange(span) * MINUTE for _ in range(deeds))
        self.outage = None
        if dice.random() < 0.3:
            begins = self.at + dice.randrange(span) * MINUTE
            self.outage = begins, begins + dice.randint(1, 20) * HOUR
        for _ in range(4):
            self.ask()
        Notice.objects.all().delete()
        mail.outbox.clear()

    def _people(self):
        dice, names = self.dice, NAMES
        self.people = [make_person(name, **self.clock()) for name in names]
        olga, *members = self.people
        self.circle = make_circle(olga, time_zone=dice.choice(ZONES))
        for member in members:
            theirs = join(self.circle, member, by=olga, ring=dice.choice(list(Ring)))
            theirs.hear(hears=dice.choice([Hears.AT_ONCE, Hears.AT_ONCE, Hears.DAILY]))
        self.zones = {person.pk: {person.time_zone} for person in self.people}

    def clock(self):
        """Where somebody lives, when they sleep, and when they want to be reminded."""
        dice, night = self.dice, self.dice.choice(NIGHTS)
        return {
            "time_zone": dice.choice(ZONES),
            "quiet_from": dt.time.fromisoformat(night[0]),
            "quiet_until": dt.time.fromisoformat(night[1]),
            "remind_at": dt.time.fromisoformat(dice.choice(["12:00", "18:00", "18:00", "22:00"])),
            "remind_two_hours": dice.random() < 0.5,
            "told_of_claims": dice.choice([Tell.AT_ONCE, Tell.AT_ONCE, Tell.DAILY]),
        }

    def time(self):
        """A start and an end, on the quarter of an hour, within the days to come; also soon, also through a night."""
        ahead = self.dice.choice([self.dice.randint(2, 60), self.dice.randint(60, 40 * 24)])
        begins = self.at.replace(minute=0, second=0, microsecond=0) + ahead * 15 * MINUTE
        return begins, begins + self.dice.choice([HOUR, HOUR, 2 * HOUR, 8 * HOUR])

    def ask(self, *, series=False):
        """One more request, with one to three times, or a pattern; of everyone at once, or as planned."""
        asker = Person.objects.get(name=self.dice.choice(["Ada", "Ann"]))
        tender = {"kind": RequestKind.EMOTIONAL, "category": Category.WALK}
        asked = draft(asker, self.circle, **(tender if self.dice.random() < 0.3 else {}))
        capacity = self.dice.choice([1, 1, 2, 3])
        if series:
            when = {"timing": "series", **fortnight_series.pattern(self, self.dice)}
        else:
            when = {"timing": "once", **dict(zip(("starts_at", "ends_at"), self.time(), strict=True))}
        asked.set_times(**when, capacity=capacity, at=self.at)
        if self.dice.random() < 0.4:
            fortnight_series.reach(asked, self.dice)
            asked.publish(by=asker, at=self.at)
        else:
            asked.publish(by=asker, at=self.at, up_to=Ring.EVERYONE)
        for _ in range(0 if series else self.dice.randint(0, 2)):
            starts_at, ends_at = self.time()
            asked.add_slot(by=asker, at=self.at, starts_at=starts_at, ends_at=ends_at, capacity=capacity)
        return asked

    # The clock ------------------------------------------------------------------------------------------------

    def steps_until(self, moment, *, by_the_minute=False):
        """Live until `moment`; yields after each minute in which something was due, with the mails of that minute."""
        while self.at < moment:
            following = self.at + MINUTE if by_the_minute else self._next_minute(moment)
            self.at = following
            while self.deeds and self.deeds[0] <= self.at:
                self.deeds.pop(0)
                self._do_something()
            yield self._tick()

    def _tick(self):
        """The sweeps and the deliverer of this minute, unless they are down."""
        self.steps += 1
        if self.is_down:
            return []
        before = len(mail.outbox)
        for function in sweeps._sweeps:
            function(self.at)
        deliver(at=self.at)
        sent = mail.outbox[before:]
        self.mails += [(self.at, message) for message in sent]
        return sent

    def _do_something(self):
        name = self.dice.choice(list(DEEDS))
        try:
            said = DEEDS[name](self, self.dice)
        except REFUSALS as why:
            said = type(why).__name__
        self.done.append((self.at, name, said))

    def _next_minute(self, end):
        """The next minute in which a deed or anything else is due; after every mail also the one after it."""
        busy = [self.at + MINUTE] if self._is_busy() else []
        moments = [*busy, *self.deeds[:1], *(self.outage or ()), *self._due(), end]
        following = min(moment for moment in moments if moment > self.at)
        whole = following.replace(second=0, microsecond=0)
        return whole if whole == following else whole + MINUTE

    def _is_busy(self):
        """Whether something happened in this minute, which may have set off more."""
        lately = self.at - MINUTE
        return bool(
            (self.mails and self.mails[-1][0] > lately)
            or (self.done and self.done[-1][0] > lately)
            or (not self.is_down and Wave.objects.untold().exists())
            or Notice.objects.filter(created_at__gt=lately).exists()
        )

    @property
    def is_down(self):
        """Whether nobody sweeps and delivers just now."""
        return bool(self.outage and self.outage[0] <= self.at < self.outage[1])

    def _due(self):
        """All moments at which a sweep or the deliverer finds something to do."""
        for model, fields in (
            (Notice.objects.waiting(), ["try_at"]),
            (Claim.objects.all(), ["remind_at", "remind_again_at", "follow_up_at"]),
            (StandbyCall.objects.waiting(), ["answer_by"]),
            (Wave.objects.filter(opened_at=None), ["opens_at"]),
            (Wave.objects.all(), ["relist_at"]),
        ):
            for field in fields:
                ahead = model.filter(**{f"{field}__gt": self.at}).order_by(field)
                yield from ahead.values_list(field, flat=True)[:1]
        yield from self._offers_due()
        yield from self._plans_due()

    def _offers_due(self):
        heard = Notice.objects.filter(kind="request_claimed", sent_at__gt=self.at - 2 * DAY)
        for moment in heard.values_list("sent_at", flat=True):
            yield from (moment + HOUR, moment + 22 * HOUR)
        for claim in Claim.objects.waiting().select_related("slot"):
            if claim.slot.starts_at:
                yield from (claim.slot.starts_at - 18 * HOUR, claim.slot.ends_at)

    def _plans_due(self):
        soon = Slot.objects.filter(taken=0, starts_at__gt=self.at, starts_at__lte=self.at + 2 * DAY)
        for slot in soon.select_related("help_request__asker"):
            due, asker = slot.starts_at - 3 * HOUR, slot.help_request.asker
            night = quiet_hours_around(asker, due)
            yield from (due, slot.starts_at - 27 * HOUR, may_tell_from(asker, self.at))
            if night:
                yield from (night[0] - HOUR / 2, night[1])
            yield slot.help_request.published_at + HOUR / 2
            yield from (done[0] + HOUR / 2 for done in self.done[-3:])
