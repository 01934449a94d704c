"""Random presses by everybody who has a hand in a consent, held against what the person said last and what it covered.

The oracle is plain Python: it knows each one's last word, what stood on the page that they had open, and who has which
mailbox. After each step nobody sees what it does not cover, on no page and in no list, count or mail.
"""

import datetime as dt
from collections import Counter

import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from circles.models import (
    AddressChange,
    AskedLately,
    Circle,
    Consent,
    LeftInPeace,
    Person,
    Ring,
    change_email,
)
from requests.models import Claim, HelpRequest, NoConsent, NotOpen, Slot, SlotUnavailable
from requests.pages.home import home_of
from requests.pages.open_requests import needs_of
from requests.reactions import consent_changed
from requests.sweeps.waves import open_waves
from supportnet.notices.delivery import deliver
from tests.cast import make_circle, make_person

TRIED = Counter()
START = dt.datetime(2027, 3, 10, 11, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PHONE = "+351 555 0101"
DECIDERS = st.sampled_from(["person", "delegate"])
ANYBODY = st.sampled_from(["poster", "keeper", "mallory", "squatter", "nobody"])
ANSWERS = st.sampled_from(["agree", "decline", "withdraw", "never", "after-all", "name-nobody"])


class Word:
    """What was said about one thing that is asked, and what it covers."""

    def __init__(self, thing, words, phone=""):
        self.thing, self.words, self.phone = thing, words, phone
        self.own_no = self.stands = False
        self.struck = False
        self.seen = {}
        self.links = set()

    def yes(self, role, *, struck):
        """A yes that came through: whether it counts."""
        if role == "delegate" and self.own_no:
            return False
        self.own_no = self.own_no and role != "person"
        self.stands = True
        self.struck = self.struck or struck
        return True

    def no(self, role):
        """A no, by whoever decides."""
        self.stands = False
        self.own_no = self.own_no or role == "person"


class Consents(RuleBasedStateMachine):
    """ada asks for rosa in olga's street, olga gathers a circle around her; rosa may name dora; bo helps."""

    @initialize()
    def begin(self):
        """The cast, in a transaction that is undone at the end."""
        self.clock = time_machine.travel(START, tick=False)
        self.traveller = self.clock.start()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.assemble()

    def assemble(self):
        """The cast, and what is asked of rosa from the first."""
        names = ("Ada", "Bo", "Olga", "Mallory", "Rosa", "Dora")
        self.ada, self.bo, self.olga, self.mallory, self.rosa, self.dora = map(make_person, names)
        Person.objects.update(quiet_from="00:00", quiet_until="00:00")
        self.street = make_circle(self.olga, self.ada, self.bo)
        self.street.memberships.update(hears="at_once")
        self.named, self.squatters, self.words, self.read = False, [], [], len(mail.outbox)
        self.said_no_at, self.never = None, False
        self.gather()
        self.draft()
        for number in range(2):
            self.send(number, again=False)

    def gather(self):
        """Olga's circle around rosa, with bo in it."""
        circle = Circle.objects.start(
            by=self.olga,
            kind="care",
            name="zz0 Near",
            around="Rosa",
            at=self.at,
            whom=self.whom,
        )
        circle.memberships.create(person=self.bo).join(at=self.at, ring=Ring.EVERYONE)
        self.words.append(Word(circle, "v0"))

    @property
    def whom(self):
        """Rosa, as whoever asks knows her today."""
        return {"name": "Rosa", "email": self.who("person").email}

    @property
    def at(self):
        """The present moment of the machine."""
        return timezone.now()

    def fresh(self, word):
        """The circle or request as it stands; None once it was thrown away."""
        return type(word.thing).objects.filter(pk=word.thing.pk).first()

    def consent(self, word):
        """Its consent; None once it was thrown away."""
        thing = self.fresh(word)
        return thing and thing.consent

    def pick(self, number):
        """One of the things that are asked and still there."""
        there = [word for word in self.words if self.consent(word)]
        return there[number % len(there)]

    def who(self, role):
        """The person behind a role, as they are now."""
        people = {"person": self.rosa, "delegate": self.dora, "poster": self.ada, "keeper": self.olga}
        people |= {"mallory": self.mallory, "squatter": self.squatters and self.squatters[-1]}
        who = people.get(role)
        return who and Person.objects.get(pk=who.pk)

    def client(self, role):
        """A browser in which they are signed in."""
        client, who = Client(), self.who(role)
        if who:
            client.force_login(who)
        return client

    def decides(self, word, role):
        """Whether the role may answer: dora only where she was named."""
        return role == "person" or role == "delegate" and bool(self.consent(word).delegate_email)

    # What people press --------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.words) < 5)
    @rule()
    def draft(self):
        """Ada writes down one more request for rosa."""
        number = len(self.words)
        starts_at = self.at + 40 * DAY
        thing = consent_changed.ask(
            by=self.ada,
            at=self.at,
            circle=self.street,
            form_key=f"8a6e1f1e-0000-4000-8000-{number:012}",
            times={"timing": "once", "starts_at": starts_at, "ends_at": starts_at + dt.timedelta(hours=1)},
            reach={"starts": Ring.EVERYONE},
            whom=self.whom,
            kind="instrumental",
            category="meal",
            title=f"zz{number} Supper v0",
            phone=PHONE,
        )
        self.words.append(Word(thing, "v0", PHONE))

    @rule(number=st.integers(0, 9), again=st.booleans())
    def send(self, number, again):
        """Whoever asks sends it, or asks once more: never within the month after rosa's no, nor after "never"."""
        consent = self.consent(self.pick(number))
        before = consent.asked_at
        try:
            (consent.ask_again if again else consent.send)(by=consent.asked_by, at=self.at)
        except (LeftInPeace, AskedLately):
            pass
        asked = self.consent_by(consent.pk).asked_at
        if asked != before:
            assert not self.in_peace(consent), "asked though she wants to be left in peace"

    def consent_by(self, pk):
        """As it stands now."""
        return Consent.objects.get(pk=pk)

    def in_peace(self, consent):
        """Whether she has said no to this circle within a month, or that it is never to ask again."""
        circle = consent.asked_in
        moments = [
            (when, never)
            for where, by, when, never in self.noes
            if where == (circle and circle.pk) or by == consent.asked_by_id
        ]
        return any(never or self.at < when + 30 * DAY for when, never in moments)

    @rule(number=st.integers(0, 9), role=DECIDERS)
    def look(self, number, role):
        """They open the page, and leave it open."""
        word = self.pick(number)
        page = self.client(role).get(self.consent(word).get_absolute_url())
        if page.context and "stamp" in page.context:
            word.seen[role] = page.context["stamp"], word.words, word.phone

    @rule(number=st.integers(0, 9), role=DECIDERS, strike=st.booleans(), old=st.booleans())
    def agree(self, number, role, strike, old):
        """Yes, on the page that they had open, however `old` it is."""
        word = self.pick(number)
        if not old or role not in word.seen:
            self.look(number, role)
        if role not in word.seen or not self.decides(word, role):
            return
        stamp, words, phone = word.seen[role]
        was = self.consent(word)
        fields = {"answer": "agree", "stamp": stamp, "struck": ["phone"] if strike else []}
        self.client(role).post(was.get_absolute_url(), fields)
        now_said = self.consent(word)
        fields = ("agreed_at", "agreed_by_id", "struck", "withdrawn_at", "refused_at")
        if any(getattr(now_said, name) != getattr(was, name) for name in fields):
            assert (words, phone) == (word.words, word.phone), "a yes to words that were not seen"
            assert word.yes(role, struck=strike), "a delegate's yes over the person's own no"
            TRIED["yes of the " + role] += 1
            if word.struck:
                word.phone = ""
            if role == "person":
                self.lift(now_said.pk)

    @rule(number=st.integers(0, 9), role=DECIDERS, how=st.sampled_from(["decline", "withdraw", "never"]))
    def say_no(self, number, role, how):
        """No thank you, on whatever page is open."""
        word = self.pick(number)
        consent = self.consent(word)
        if not self.decides(word, role) or not consent.asked_at or how == "never" and role != "person":
            return
        before = (consent.stands, consent.declined_at, consent.refused_at)
        self.client(role).post(consent.get_absolute_url(), {"answer": how})
        TRIED[f"no of the {role}, while it {'stood' if word.stands else 'did not stand'}"] += 1
        word.no(role)
        fresh = self.consent(word)
        assert not fresh.stands
        assert role != "person" or fresh.refused_at
        if (fresh.stands, fresh.declined_at, fresh.refused_at) != before or how == "never":
            circle = fresh.asked_in
            self.noes.append((circle and circle.pk, fresh.asked_by_id, self.at, how == "never"))
            self.of_consent.append(fresh.pk)

    def lift(self, pk):
        """A yes of theirs to the very thing ends the while, but not "never"."""
        kept = [(no, of) for no, of in zip(self.noes, self.of_consent, strict=True) if of != pk or no[3]]
        self.noes, self.of_consent = [no for no, _ in kept], [of for _, of in kept]

    @rule(number=st.integers(0, 9), named=st.booleans())
    def name(self, number, named):
        """Rosa names dora, or nobody."""
        consent = self.consent(self.pick(number))
        if not consent.asked_at:
            return
        if named:
            consent.name_delegate(
                name="Dora", email=self.who("delegate").email, by=self.who("person"), at=self.at
            )
        else:
            consent.name_nobody(by=self.who("person"), at=self.at)

    @rule(number=st.integers(0, 9), fills=st.booleans())
    def rewrite(self, number, fills):
        """Whoever asks changes the words, and tries to fill in the phone number again."""
        word = self.pick(number)
        thing = self.fresh(word)
        version = f"v{int(word.words[1:]) + 1}"
        if isinstance(thing, Circle):
            thing.edit(by=self.olga, at=self.at, description=version)
        else:
            said = {"title": f"{thing.title.split(' v')[0]} {version}", "phone": PHONE if fills else ""}
            try:
                if thing.state == "draft":
                    said |= {
                        "times": {"timing": "whenever"},
                        "reach": {"starts": Ring.EVERYONE},
                        "whom": self.whom,
                    }
                    consent_changed.rewrite(thing, by=self.ada, at=self.at, **said)
                else:
                    thing.edit(by=self.ada, at=self.at, version=thing.version, **said)
            except NotOpen:
                return
            word.phone = self.fresh(word).phone
            if not self.consent(word).stands:
                word.stands = False
        word.words = version

    @rule(number=st.integers(0, 9))
    def publish(self, number):
        """Ada presses "ask" all the same."""
        thing = self.fresh(self.pick(number))
        if isinstance(thing, HelpRequest):
            try:
                thing.publish(by=self.ada, at=self.at)
            except (NoConsent, NotOpen):
                pass

    @rule(number=st.integers(1, 9))
    def discard(self, number):
        """Ada throws a draft away; the no outlives it."""
        thing = self.fresh(self.pick(number))
        if isinstance(thing, HelpRequest) and thing.state == "draft":
            thing.discard(by=self.ada, at=self.at)

    @rule()
    def record(self):
        """Olga writes down a yes instead: not while rosa's no is fresh."""
        before = len(
            [no for no in self.noes if no[0] == self.street.pk and (no[3] or self.at < no[2] + 30 * DAY)]
        )
        try:
            with transaction.atomic():
                Consent.objects.record(
                    name="rosa", by=self.olga, how="by_phone", note="", at=self.at, circle=self.street
                ).delete()
        except LeftInPeace:
            return
        assert not before, "a yes was written down over a no"

    @rule(
        number=st.integers(0, 9),
        role=ANYBODY,
        answer=ANSWERS,
        method=st.sampled_from(["get", "head", "post"]),
    )
    def strangers(self, number, role, answer, method):
        """Who it is not for, and scanners without a session, follow every link that was ever mailed."""
        word = self.pick(number)
        before = Consent.objects.values().get(pk=self.consent(word).pk)
        for link in {*word.links, self.consent(word).get_absolute_url()}:
            client = self.client(role)
            if method == "post":
                page = client.post(link, {"answer": answer, "to": "person", "stamp": "x"})
            else:
                page = getattr(client, method)(link)
            assert page.status_code in (302, 403, 404, 200, 429, 422)
            body = page.content.decode()
            assert f"zz{self.words.index(word)}" not in body and PHONE not in body
            if link != self.consent(word).get_absolute_url():
                assert page.status_code == 404 and "•••" not in body, "an old link says something"
        assert Consent.objects.values().get(pk=before["id"]) == before, "somebody else decided"
        TRIED["strangers' presses"] += 1

    @precondition(lambda self: len(self.squatters) < 3)
    @rule(role=DECIDERS)
    def move(self, role):
        """They have another address, and somebody else gets the old mailbox."""
        who = self.who(role)
        was = who.email
        for word in self.words:
            if self.consent(word):
                word.links.add(self.consent(word).get_absolute_url())
        change_email(who, f"{role}{len(self.squatters)}@new.example", at=self.at)
        AddressChange.objects.update(changed_at=self.at - 8 * DAY)
        squatter = Person.objects.get_or_enter(was)
        squatter.verify(at=self.at)
        squatter.welcome(name="Squatter", time_zone="UTC", language="en", at=self.at)
        self.squatters.append(squatter)
        TRIED["changes of address"] += 1
        for word in self.words:
            theirs = {one.get_absolute_url() for one in Consent.objects.decided_by(who)}
            if self.consent(word) and self.consent(word).get_absolute_url() not in theirs:
                word.links.discard(self.consent(word).get_absolute_url())
            word.links = {link for link in word.links if not self._lives(link)}

    def _lives(self, link):
        return any(
            self.consent(word) and self.consent(word).get_absolute_url() == link for word in self.words
        )

    @rule(days=st.sampled_from([0, 1, 5, 31]))
    def pass_time(self, days):
        """Time goes by, waves open, mails go out."""
        self.traveller.shift(days * DAY + dt.timedelta(minutes=10))
        open_waves(self.at)

    @rule(number=st.integers(0, 9))
    def claim(self, number):
        """Bo promises to come."""
        slot = Slot.objects.open(at=self.at).filter(help_request=self.pick(number).thing.pk).first()
        if (
            slot
            and HelpRequest.objects.visible_to(self.bo, at=self.at).filter(pk=slot.help_request_id).exists()
        ):
            try:
                slot.claim(by=self.bo, at=self.at)
            except SlotUnavailable:
                pass

    # What must hold -----------------------------------------------------------------------------------------

    noes = of_consent = ()

    @invariant()
    def nobody_sees_more_than_the_last_word_covers(self):
        """On no page, in no list, count or mail; and a no is never overruled."""
        if not hasattr(self, "words"):
            return
        self.noes, self.of_consent = list(self.noes), list(self.of_consent)
        cache.clear()
        deliver(at=self.at)
        pages = self._pages(self.bo)
        mails = mail.outbox[self.read :]
        self.read = len(mail.outbox)
        for number, word in enumerate(self.words):
            self._check(number, word, pages, mails)

    def _pages(self, person):
        client = Client()
        client.force_login(Person.objects.get(pk=person.pk))
        paths = ["/", "/circles/", f"/circles/{self.street.pk}/", "/me/calendar/", "/me/notices/"]
        paths += [f"/circles/{self.words[0].thing.pk}/"]
        paths += [f"/requests/{word.thing.pk}/" for word in self.words[1:]]
        return "".join(client.get(path).content.decode() for path in paths)

    def _check(self, number, word, pages, mails):
        consent, marker = self.consent(word), f"zz{number} "
        stands = bool(consent and consent.stands)
        assert stands == word.stands, f"{marker}: stands {stands}, her last word says {word.stands}"
        assert not (stands and word.own_no)
        if word.stands:
            return self._check_what_is_covered(word)
        assert marker not in pages, f"{marker} is on a page"
        theirs = {self.who(role).email for role in ("poster", "person", "delegate", "keeper")}
        for letter in mails:
            if marker in letter.subject + letter.body:
                assert set(letter.to) <= theirs, f"{marker} was mailed to {letter.to}"
        if number == 0:
            assert not Circle.objects.visible_to(self.bo).filter(pk=word.thing.pk).exists()
            return None
        for model, way in ((HelpRequest, "pk"), (Slot, "help_request"), (Claim, "slot__help_request")):
            seen = model.objects.visible_to(self.bo, at=self.at).filter(**{way: word.thing.pk})
            assert not seen.exists(), f"{model.__name__} of {marker} is seen"
        assert word.thing.pk not in [need["help_request_id"] for need in needs_of(self.bo, at=self.at)]
        home = home_of(self.bo, at=self.at)
        assert marker not in str([*home["needs"], *home["promises"]])
        return None

    def _check_what_is_covered(self, word):
        thing = self.fresh(word)
        if isinstance(thing, HelpRequest) and word.struck:
            assert thing.phone == "", "what was struck out is back"

    def teardown(self):
        """As if nothing had happened."""
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            self.clock.stop()
        cache.clear()


def run(*, examples, steps, seed=None):
    """So many stories of so many steps: always the same ones, or those of a seed."""
    bounded = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=seed is None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    machine = Consents if seed is None else with_seed(seed)(Consents)
    run_state_machine_as_test(machine, settings=bounded)


OFTEN = {
    "agree": 5,
    "say_no": 4,
    "rewrite": 3,
    "name": 3,
    "send": 2,
    "publish": 2,
    "claim": 2,
    "pass_time": 2,
}
OFTEN |= dict.fromkeys(("look", "move", "draft", "discard", "record", "strangers"), 1)
DRAWN = {
    "number": lambda dice: dice.randrange(10),
    "role": lambda dice: dice.choice(["person", "delegate"]),
    "how": lambda dice: dice.choice(["decline", "withdraw", "never"]),
    "days": lambda dice: dice.choice([0, 0, 1, 5, 31]),
    "answer": lambda dice: dice.choice(["agree", "decline", "withdraw", "never", "after-all", "name-nobody"]),
    "method": lambda dice: dice.choice(["get", "head", "post"]),
}


def story(dice, steps):
    """One story of so many steps in which answers come often; hypothesis leaves out whole rules, and finds few."""
    machine, done = Consents(), []
    machine.begin()
    try:
        for _ in range(steps):
            name = dice.choices(list(OFTEN), OFTEN.values())[0]
            drawn = {one: _draw(name, one, dice) for one in ARGUMENTS[name]}
            done.append((name, drawn))
            if not (
                name == "move" and len(machine.squatters) > 2 or name == "draft" and len(machine.words) > 4
            ):
                getattr(machine, name)(**drawn)
            machine.nobody_sees_more_than_the_last_word_covers()
    except Exception as fault:
        fault.add_note("\n".join(f"{name} {drawn}" for name, drawn in done))
        raise
    finally:
        machine.teardown()


def _draw(name, argument, dice):
    if name == "strangers" and argument == "role":
        return dice.choice(["poster", "keeper", "mallory", "squatter", "nobody"])
    return DRAWN.get(argument, lambda dice: dice.random() < 0.5)(dice)


ARGUMENTS = {
    "agree": ("number", "role", "strike", "old"),
    "say_no": ("number", "role", "how"),
    "rewrite": ("number", "fills"),
    "name": ("number", "named"),
    "send": ("number", "again"),
    "look": ("number", "role"),
    "move": ("role",),
    "pass_time": ("days",),
    "strangers": ("number", "role", "answer", "method"),
    **dict.fromkeys(("publish", "claim", "discard"), ("number",)),
    **dict.fromkeys(("draft", "record"), ()),
}
