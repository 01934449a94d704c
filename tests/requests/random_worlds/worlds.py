"""Random worlds: few people, and everything that two of them can be to each other. Rows in bulk, so that it is fast.

What the verbs would never leave behind does not stand here either (see `_promised`); else anything goes.
"""

import datetime as dt
from itertools import product

from circles.models import Block, Circle, Consent, Membership, Person, Report, Ring
from requests.catalogue import HABITS, QUIET, Category, Reach
from requests.models import Answer, Claim, HelpRequest, NotThisTime, Slot, Wave
from requests.models.slot_times import GRACE
from requests.models.wave import FOREVER

HALF, HOUR, DAY = dt.timedelta(minutes=30), dt.timedelta(hours=1), dt.timedelta(days=1)
# The moment at which everything that is over has happened, and which many times of a world touch.
NOW = dt.datetime(2031, 5, 14, 12, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
LATER = (TICK, HALF - TICK, HALF, HOUR, HOUR + TICK, 2 * HOUR, DAY, DAY + HOUR - TICK, DAY + HOUR, 3 * DAY)
CATEGORIES = (
    Category.MEAL,
    Category.RIDE,
    Category.CHILDCARE,
    Category.WALK,
    Category.SIT,
    Category.QUESTION,
)
# Around noon in UTC it is another day in each of them.
ZONES = ("UTC", "Pacific/Chatham", "Pacific/Pago_Pago")
FIELDS = ("address", "way_in", "phone", "medical_note", "children", "away")
# What a membership has been through, most of them current.
STORIES = (
    *(["current"] * 9),
    *("excluded", "excluded", "excluded and left", "left", "removed", "declined", "waiting"),
    *("left and waits again", "removed and waits again", "came back"),
)


class World:
    """One of them, written to the database: `people`, `circles`, `asked` (help requests) and `slots`."""

    def __init__(self, dice):
        self.dice = dice
        self.people = Person.objects.bulk_create(self._person(number) for number in range(dice.randint(3, 5)))
        self._circles()
        self._memberships()
        self._blocks()
        self._requests()
        self._waves()
        self._slots()
        self._claims()
        self._said()
        for help_request in self.asked:
            if help_request.published_at:
                help_request.relist(at=NOW)

    def chance(self, of):
        """True that often."""
        return self.dice.random() < of

    def _near_now(self, *others):
        return self.dice.choice([NOW - DAY, NOW - TICK, NOW, NOW + TICK, NOW + HOUR, NOW + DAY, *others])

    def _person(self, number):
        return Person(
            email=f"person{number}@example.org",
            name=f"Person {number}",
            time_zone="UTC",
            is_active=not self.chance(0.05),
            verified_at=None if self.chance(0.05) else NOW - 9 * DAY,
            welcomed_at=NOW - 9 * DAY,
            break_until=self._near_now().date() if self.chance(0.1) else None,
            does=self.dice.choice([[], [], [], ["meal"], ["ride", "walk"]]),
        )

    def _consents(self, number, rate):
        """So many times a consent in whatever state, or None."""
        states = [
            self.dice.choice(["given", "given", "waits", "declined", "withdrawn"]) for _ in range(number)
        ]
        made = [self._consent(state) if self.chance(rate) else None for state in states]
        Consent.objects.bulk_create(filter(None, made))
        return made

    def _consent(self, state):
        agreed = {"agreed_at": NOW - 5 * DAY} if state in ("given", "withdrawn") else {}
        ended = {"withdrawn": {"withdrawn_at": NOW - DAY}, "declined": {"declined_at": NOW - DAY}}
        secret = f"{self.dice.getrandbits(128):x}"
        asker = self.dice.choice(self.people)
        return Consent(
            name="Somebody else",
            asked_by=asker,
            delegate=asker,
            token_hash=secret,
            salt=secret[:32],
            asked_at=NOW - 6 * DAY,
            **agreed,
            **ended.get(state, {}),
        )

    def _circles(self):
        consents = self._consents(self.dice.randint(2, 3), 0.2)
        self.circles = Circle.objects.bulk_create(
            Circle(name="Circle", kind="care", time_zone=zone, created_at=NOW - 9 * DAY, consent=consent)
            for zone, consent in zip(ZONES, consents, strict=False)
        )

    def _memberships(self):
        pairs = [pair for pair in product(self.circles, self.people) if self.chance(0.85)]
        self.memberships = Membership.objects.bulk_create(self._membership(*pair) for pair in pairs)

    def _membership(self, circle, person):
        story, begun = self.dice.choice(STORIES), NOW - 8 * DAY
        held = {"asked_at": begun, "joined_at": begun}
        stories = {
            "waiting": {"joined_at": None},
            "declined": {"joined_at": None, "declined_at": NOW - 7 * DAY},
            "left": {"left_at": NOW - 6 * DAY},
            "removed": {"removed_at": NOW - 6 * DAY},
            "excluded": {"excluded_at": NOW - 6 * DAY},
            "excluded and left": {"excluded_at": NOW - 7 * DAY, "left_at": NOW - 6 * DAY},
            "left and waits again": {"joined_at": None, "asked_at": NOW - DAY},
            "removed and waits again": {"joined_at": None, "removed_at": NOW - 6 * DAY},
            "came back": {"joined_at": NOW - DAY},
        }
        held |= stories.get(story, {})
        keeps = story in ("current", "came back", "excluded") and self.chance(0.25)
        near = {
            "ring": self.dice.choice(Ring.values),
            "hears": self.dice.choice(["at_once", "daily", "daily", "never"]),
        }
        until = self._near_now().date() if self.chance(0.4) else None
        return Membership(
            circle=circle,
            person=person,
            role="keeper" if keeps else "member",
            **near,
            checked_until=until,
            check_ends_at=until and circle.end_of(until),
            **held,
        )

    def _blocks(self):
        pairs = [pair for pair in product(self.people, repeat=2) if pair[0] != pair[1] and self.chance(0.06)]
        Block.objects.bulk_create(Block(by=by, whom=whom, created_at=NOW - DAY) for by, whom in pairs)
        self.parted = {frozenset(pair) for pair in pairs}

    def _requests(self):
        consents = self._consents(self.dice.randint(3, 6), 0.25)
        self.asked = HelpRequest.objects.bulk_create(self._request(consent) for consent in consents)

    def _request(self, consent):
        category, circle = self.dice.choice(CATEGORIES), self.dice.choice(self.circles)
        asker, posted_by = self._who_asks(circle)
        state = self.dice.choice(["draft", "closed", "cancelled", *["open"] * 6])
        quietly = category in QUIET and self.chance(0.4)
        # What somebody asked is called off when they leave, unless it is quietly.
        if state == "open" and not quietly and not self._current(circle) & {asker, posted_by}:
            state = "cancelled"
        moments = {"published_at": None if state == "draft" else NOW - 4 * DAY}
        if state in ("closed", "cancelled"):
            moments[f"{state}_at"] = self.dice.choice([NOW - 2 * DAY, NOW - HOUR, NOW])
        return HelpRequest(
            circle=circle,
            category=category,
            kind=HABITS[category].kind,
            asker=asker,
            posted_by=posted_by,
            consent=consent,
            title="Something",
            quietly=quietly,
            needs_checked=self.chance(0.2),
            reaches={field: self.dice.choice(Reach.values) for field in FIELDS if self.chance(0.7)},
            created_at=NOW - 5 * DAY,
            changed_at=NOW - 4 * DAY,
            **{field: f"The {field}" for field in FIELDS if self.chance(0.8)},
            **moments,
        )

    def _who_asks(self, circle):
        """Somebody and whoever posts it for them, mostly members."""
        here = [person for person in self.people if person in self._current(circle)]
        asker = self.dice.choice(here if here and self.chance(0.7) else self.people)
        return asker, self.dice.choice(self.people) if self.chance(0.25) else asker

    def _current(self, circle):
        return {m.person for m in self.memberships if m.circle == circle and m.is_current}

    def _waves(self):
        Wave.objects.bulk_create(wave for asked in self.asked for wave in self._waves_of(asked))

    def _waves_of(self, help_request):
        """One to three: people by name, its own circle up to a ring, another one."""
        whom = {}
        for _ in range(self.dice.randint(1, 3)):
            where = help_request.circle if self.chance(0.7) else self.dice.choice(self.circles)
            ring, named = self.dice.choice(Ring.values), self.dice.choice(self.people)
            if self.chance(0.3):
                whom[named] = {"person": named}
            else:
                whom[where, ring] = {"circle": where, "ring": ring}
        for each in whom.values():
            yield Wave(
                help_request=help_request,
                kind=help_request.kind,
                category=help_request.category,
                sort_at=NOW,
                **each,
                **(self._moments() if help_request.published_at else {}),
            )

    def _moments(self):
        """When a wave opens: it has, with its people told or not; it will; or it is held."""
        if self.chance(0.65):
            opened = self.dice.choice([NOW - 4 * DAY, NOW - HOUR, NOW, NOW + HALF])
            is_told = self.chance(0.5) or opened > NOW
            return {"opens_at": opened, "opened_at": opened, "told_at": opened if is_told else None}
        held = {"held_at": NOW - HOUR} if self.chance(0.3) else {}
        return {"opens_at": self._near_now(), **held}

    def _slots(self):
        asked = [h for h in self.asked if h.kind != "informational" for _ in range(self.dice.randint(0, 3))]
        self.slots = [self._slot(help_request) for help_request in asked]

    def _slot(self, help_request):
        start = self._near_now(NOW - HALF, NOW - HOUR, NOW - GRACE + TICK, NOW + 2 * DAY)
        times = [{"starts_at": start, "ends_at": start + self.dice.choice([HALF / 2, HOUR])}] * 4
        times += [{"ends_at": start}, {}]
        slot = Slot(
            help_request=help_request, capacity=self.dice.choice([1, 1, 2, None]), **self.dice.choice(times)
        )
        slot.open_until = NOW - 5 * DAY  # as in a draft
        if help_request.published_at:
            slot.open_until = min(slot.last_moment(), help_request.closed_at or FOREVER)
        if help_request.cancelled_at or self.chance(0.1):
            slot.cancelled_at = help_request.cancelled_at or NOW - HOUR
        return slot

    def _claims(self):
        """Promises, and with them the places that they take."""
        claims = [claim for slot in self.slots for claim in self._claims_on(slot)]
        Slot.objects.bulk_create(self.slots)
        for claim in claims:
            claim.slot = claim.slot  # it has a number by now
        Claim.objects.bulk_create(claims)

    def _claims_on(self, slot):
        help_request = slot.help_request
        if help_request.published_at is None:
            return
        for person in self.people:
            if not help_request.is_run_by(person) and self.chance(0.35):
                claim = Claim(slot=slot, person=person, made_by=person, claimed_at=NOW - 3 * DAY)
                self._promised(
                    claim, self.dice.choice(["holds"] * 4 + ["waits", "looks", "released", "declined"])
                )
                yield claim

    def _promised(self, claim, story):
        """Where the promise stands. What the verbs free does not stand ahead, and nobody has more than there is."""
        slot, help_request = claim.slot, claim.slot.help_request
        if not slot.is_over(at=NOW) and (slot.cancelled_at or self._is_freed(claim.person, help_request)):
            story = "cancelled"
        if story in ("holds", "looks") and slot.capacity is not None and slot.taken >= slot.capacity:
            story = "released"
        if story in ("released", "declined", "cancelled"):
            setattr(claim, f"{story}_at", NOW - 2 * DAY)
        elif story != "waits" or not help_request.needs_yes:
            story = "holds" if story == "waits" else story
            if slot.capacity is not None and slot.taken >= slot.capacity:
                claim.released_at = NOW - 2 * DAY
                return
            claim.accepted_at = NOW - 3 * DAY
            claim.cover_wanted_at = NOW - DAY if story == "looks" else None
            slot.taken += 1
            slot.covering += story == "looks"
            claim.happened_at = NOW - DAY if self.chance(0.1) else None

    def _is_freed(self, person, help_request):
        """Whether a block, a leaving, a removal or a consent taken back has ended what was promised."""
        askers = (help_request.asker, help_request.posted_by)
        around = help_request.circle.consent
        ended = {(m.circle_id, m.person_id) for m in self.memberships if m.left_at or m.removed_at}
        return (
            any(frozenset((person, asker)) in self.parted for asker in askers)
            or (help_request.circle_id, person.pk) in ended
            or any(consent and not consent.stands for consent in (help_request.consent, around))
        )

    def _said(self):
        """Passes, answers and reports."""
        pairs = list(product(self.people, self.asked))
        passed = [pair for pair in pairs if self.chance(0.08)]
        NotThisTime.objects.bulk_create(NotThisTime(person=p, help_request=h, at=NOW) for p, h in passed)
        asked = [(p, h) for p, h in pairs if h.takes_answers and h.published_at and not h.is_run_by(p)]
        Answer.objects.bulk_create(
            Answer(person=p, help_request=h, text="Ask.", created_at=NOW - DAY)
            for p, h in asked
            if self.chance(0.3)
        )
        Report.objects.bulk_create(
            self._report(h) for h in self.asked if h.published_at and self.chance(0.25)
        )

    def _report(self, help_request):
        settled = {"settled_at": NOW - HOUR} if self.chance(0.4) else {}
        return Report(
            circle=help_request.circle,
            reporter=self.dice.choice(self.people),
            about=help_request.posted_by,
            subject=f"helprequest:{help_request.pk}",
            reason="Something is not right.",
            created_at=NOW - DAY,
            **settled,
        )
