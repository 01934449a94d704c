"""The people of the demo, their circles, and who stands where."""

import datetime as dt
import itertools
from random import Random

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils.text import slugify

from circles.models import (
    Application,
    Circle,
    CircleKind,
    Hears,
    Invitation,
    JoinRule,
    JournalEntry,
    Membership,
    Person,
    Ring,
    Role,
)
from circles.models.mailed_link import fingerprint

from .names import (
    ANSWERS,
    AREAS,
    CARE,
    COMMUNITIES,
    CULTURES,
    HOW_CHECKED,
    KNOWN_FROM,
    PERSONAL,
    QUESTIONS,
    STREETS,
    WAYS_IN,
)
from .scenes import ADAS_PEOPLE, AROUND_ADA, STREET
from .sowing import Sower

DAY = dt.timedelta(days=1)
PEOPLE_PER_CIRCLE = 7.5
FEWEST = 12
CAST = (
    ("ada", "Ada Moreau"),
    ("bo", "Bo Lindqvist"),
    ("olga", "Olga Petrova"),
    ("mallory", "Mallory Finch"),
    ("operator", "Robin Keller"),
)
KINDS = (
    CircleKind.COMMUNITY,
    CircleKind.PERSONAL,
    CircleKind.CARE,
    CircleKind.COMMUNITY,
    CircleKind.CARE,
    CircleKind.PERSONAL,
    CircleKind.CARE,
    CircleKind.PERSONAL,
)
MEMBERS = {CircleKind.COMMUNITY: (18, 30), CircleKind.CARE: (9, 15), CircleKind.PERSONAL: (6, 11)}
RINGS = (Ring.INNER, Ring.CLOSE, Ring.CLOSE, Ring.EVERYONE, Ring.EVERYONE)


class Town:
    """Everybody and their circles, grown from a seed at the UTC moment `at`."""

    def __init__(self, *, people, seed, at, suffix=""):
        self.size, self.at, self.suffix = max(people, FEWEST), at, suffix
        self.rng = Random(f"{seed}{suffix}")  # noqa: S311  (repeatable on purpose; it keeps no secret)
        self.people, self.cast, self.circles, self.members = [], {}, [], {}
        self.taken_addresses, self.sower = set(), Sower()

    def ago(self, days):
        """A moment within the day that lies `days` before now, to the second."""
        seconds = int(days * 86400) + self.rng.randrange(3600)
        return self.at - dt.timedelta(seconds=seconds)

    def settle(self):
        """Save people, circles, invitations and memberships."""
        self.people = [self._person(number) for number in range(self.size)]
        self.sower.sow(Person, self.people)
        self.cast = dict(zip((key for key, _name in CAST), self.people, strict=False))
        self.sower.sow(
            EmailAddress,
            (EmailAddress(user=one, email=one.email, primary=True, verified=True) for one in self.people),
        )
        circles = max(8, round(self.size / PEOPLE_PER_CIRCLE))
        self.circles = [self._circle(number) for number in range(circles)]
        self.sower.sow(Circle, self.circles)
        self._let_in()
        self._open_doors()

    def _person(self, number):
        rng = self.rng
        email, name, language = self._called(number)
        joined = self.ago(rng.randrange(30, 400))
        return Person(
            email=email,
            name=name,
            language=language,
            password=f"!{rng.getrandbits(160):040x}",
            time_zone=settings.TIME_ZONE,
            phone=f"+44 7700 900{rng.randrange(1000):03}",
            area=rng.choice(AREAS),
            address=f"{rng.randrange(1, 90)} {rng.choice(STREETS)}",
            way_in=rng.choice(WAYS_IN),
            remind_two_hours=rng.random() < 0.3,
            joined_at=joined,
            verified_at=joined,
            welcomed_at=joined,
            last_login=self.ago(rng.random() * (1 if number < len(CAST) else 25)),
            is_staff=email.startswith("operator"),
            is_superuser=email.startswith("operator"),
        )

    def _called(self, number):
        if number < len(CAST):
            key, name = CAST[number]
            return f"{key}{self.suffix}@example.org", name, "en"
        language, given, family = self.rng.choice(CULTURES)
        first, ascii_first = _spelled(self.rng.choice(given.split()))
        last, ascii_last = _spelled(self.rng.choice(family.split()))
        local = f"{slugify(ascii_first)}.{slugify(ascii_last)}"
        if local in self.taken_addresses:
            local = f"{local}.{number}"
        self.taken_addresses.add(local)
        return f"{local}{self.suffix}@example.org", f"{first} {last}", language

    def _circle(self, number):
        kind = KINDS[number % len(KINDS)]
        keeper = self._keeper(number)
        name, description, around = self._named(kind, number, keeper)
        circle = Circle(
            kind=kind,
            name=name,
            description=description,
            around=around,
            area=keeper.area,
            time_zone=settings.TIME_ZONE,
            created_at=self.ago(self.rng.randrange(70, 300)),
            **_how_one_joins(kind, number),
        )
        circle.first_keeper = keeper
        return circle

    def _keeper(self, number):
        cast = {STREET: "olga", ADAS_PEOPLE: "ada", 3: "mallory"}
        return self.cast[cast[number]] if number in cast else self.rng.choice(self.people[len(CAST) :])

    def _named(self, kind, number, keeper):
        if kind == CircleKind.COMMUNITY:
            name, description = COMMUNITIES[(number // 3) % len(COMMUNITIES)]
            return (name if number < 3 * len(COMMUNITIES) else f"{name} {number}"), description, ""
        whom = "Moreau" if number == AROUND_ADA else keeper.name.split()[-1]
        if kind == CircleKind.CARE:
            return self.rng.choice(CARE).format(name=whom), "", whom
        return self.rng.choice(PERSONAL).format(name=keeper.name.split()[0]), "", ""

    def _let_in(self):
        """Choose who belongs where; `members` keeps (person, ring) of current members, the keeper first."""
        memberships = itertools.starmap(self._memberships, enumerate(self.circles))
        self.sower.sow(Membership, itertools.chain.from_iterable(memberships))
        self.sower.sow(Application, self._applications())
        self.sower.sow(
            JournalEntry,
            (
                JournalEntry(
                    circle=circle,
                    actor=circle.first_keeper,
                    verb="started",
                    subject=f"circle:{circle.pk}",
                    at=circle.created_at,
                )
                for circle in self.circles
            ),
        )

    def _memberships(self, number, circle):
        people = self._chosen(number, circle)
        current = self.members[circle.pk] = []
        for place, person in enumerate(people):
            ring = self._ring(number, person, place)
            since = self._after(circle.created_at)
            current.append((person, ring))
            yield Membership(
                circle=circle,
                person=person,
                ring=ring,
                role=Role.KEEPER if place == 0 or number == STREET and place == 3 else Role.MEMBER,
                hears=Hears.DAILY if self.rng.random() < 0.8 else Hears.AT_ONCE,
                asked_at=since,
                joined_at=since,
                **(self._known(person) if number == STREET and 0 < place < 6 else {}),
            )
        yield from self._waiting(number, circle, people)

    def _known(self, person):
        """Olga had a first word with the neighbours whom she knows longest, and has checked some of them."""
        until = (self.at + 200 * DAY).date()
        ends_at = self.circles[STREET].end_of(until)
        checked = {"checked_by": self.cast["olga"], "checked_until": until, "check_ends_at": ends_at}
        return {"first_contact_at": self.at - 30 * DAY, **(checked if person.pk % 2 else {})}

    def _applications(self):
        """What those who wait at Olga's door said."""
        waiting = Membership.objects.waiting().filter(circle=self.circles[STREET]).order_by("pk")
        for membership, said in zip(waiting, itertools.cycle(ANSWERS), strict=False):
            answers = [list(pair) for pair in zip(QUESTIONS, said, strict=True)]
            yield Application(membership=membership, asked_at=membership.asked_at, answers=answers)

    def _after(self, moment):
        days = max((self.at - moment).days - 60, 1)
        return moment + dt.timedelta(seconds=self.rng.randrange(days * 86400))

    def _chosen(self, number, circle):
        others = self.rng.sample(range(len(CAST), self.size), self._how_many(circle))
        with_cast = {
            STREET: ("olga", "ada", "bo"),
            ADAS_PEOPLE: ("ada", "bo"),
            AROUND_ADA: ("ada", "bo"),
            3: ("mallory",),
        }.get(number, ())
        cast = [self.cast[key] for key in with_cast]
        chosen = dict.fromkeys([circle.first_keeper, *cast, *(self.people[other] for other in others)])
        return list(chosen)

    def _how_many(self, circle):
        low, high = MEMBERS[circle.kind]
        return min(self.rng.randint(low, high), self.size - len(CAST) - 3)

    def _ring(self, number, person, place):
        if place == 0 or (number in (ADAS_PEOPLE, AROUND_ADA) and person == self.cast["bo"]):
            return Ring.INNER
        return self.rng.choice(RINGS)

    def _waiting(self, number, circle, people):
        """A few who asked to join, above all Olga's; one who left long ago."""
        if circle.kind != CircleKind.COMMUNITY:
            return
        inside = {person.pk for person in people}
        others = self.people[len(CAST) :]
        asked = others if number == STREET else self.rng.sample(others, 6)
        outside = [person for person in asked if person.pk not in inside]
        for person in outside[:2]:
            yield Membership(circle=circle, person=person, asked_at=self.ago(self.rng.randrange(1, 5)))
        for person in outside[2:3]:
            since = self._after(circle.created_at)
            yield Membership(
                circle=circle, person=person, asked_at=since, joined_at=since, left_at=self.ago(30)
            )

    def _open_doors(self):
        """Links and mailed invitations of the first circles."""
        street, adas, around = self.circles[:3]
        made, made_before = self.ago(3), self.ago(50)
        self.sower.sow(
            Invitation,
            [
                self._invitation(street, made, uses_left=20),
                self._invitation(street, made_before, revoked_at=self.ago(40)),
                self._invitation(
                    adas, made, uses_left=1, email="ines.moreau@example.org", name="Inès", ring=Ring.INNER
                ),
                self._invitation(around, made, uses_left=None),
                self._invitation(self.circles[3], made_before, uses_left=None),
            ],
        )

    def _invitation(self, circle, made, **fields):
        invitation = Invitation(
            circle=circle,
            invited_by=circle.first_keeper,
            how_they_know=self.rng.choice(KNOWN_FROM),
            salt=f"{self.rng.getrandbits(128):032x}",
            created_at=made,
            expires_at=made + 30 * DAY,
            **fields,
        )
        invitation.token_hash = fingerprint(invitation.token)
        return invitation


def _how_one_joins(kind, number):
    """Communities stand in the directory: most let people ask, some are open, and Olga's asks two questions."""
    if kind != CircleKind.COMMUNITY:
        return {}
    rule = JoinRule.OPEN if number % 6 == 3 else JoinRule.APPROVAL
    asks = {"questions": list(QUESTIONS), "how_checked": HOW_CHECKED} if number == STREET else {}
    return {"listed": True, "join_rule": rule, **asks}


def _spelled(name):
    """(as written, in ASCII letters or near them)."""
    written, _colon, latin = name.partition(":")
    return written, latin or written
