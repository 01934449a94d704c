"""The machine of consents pressed by several at the same moment, each on a connection of their own.

Nobody knows in which order the presses of a step came through. So the plain rule is asked of every order: one of them
has to explain what each press was answered and how everything stands afterwards. A no that was overruled, a yes to
words that were not read, a place won after it was taken back: no order explains them.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace

import time_machine
from django.core.cache import cache
from django.test import Client

from circles import consent_rows as asked_of
from circles.models import Consent, LeftInPeace, NotTheirs, Refusal, TheirsToSay, change_email
from requests.models import Claim, EditedMeanwhile, HelpRequest, NoConsent, NotOpen, Slot, SlotUnavailable
from requests.reactions import consent_changed
from tests.racing import at_once

from .consent_machine import PHONE, START, TRIED, Consents

# What a press may be answered; whatever else is raised, a deadlock say, is a fault.
SITUATIONS = (
    *(
        asked_of.ChangedMeanwhile,
        EditedMeanwhile,
        LeftInPeace,
        NoConsent,
        NotOpen,
        NotTheirs,
        SlotUnavailable,
    ),
    *(TheirsToSay, Consent.DoesNotExist, HelpRequest.DoesNotExist),
)
# Seconds apart: two answers are never of the same moment.
SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Stand:
    """How one thing that is asked stands: all that the plain rule needs to know."""

    words: str = "v0"
    is_request: bool = True
    stands: bool = False
    said_by: str = ""
    own_no: bool = False
    is_answered: bool = False
    in_peace: bool = False
    is_struck: bool = False
    was_agreed: bool = False
    has_phone: bool = False
    is_named: bool = False
    is_published: bool = False
    is_promised: bool = False
    is_gone: bool = False

    @property
    def is_seen(self):
        """Whether bo sees it."""
        return self.stands and not self.is_gone and (self.is_published or not self.is_request)


@dataclass(frozen=True)
class Press:
    """One press: `do(at)` for the database, `rule(stand)` for the plain rule.

    The rule gives every (stand afterwards, what it may be answered).
    """

    name: str
    do: object
    rule: object


def explained(stand, presses, answers, afterwards):
    """Whether some order of `presses` gives these `answers` and ends in `afterwards`."""
    if not presses:
        return stand == afterwards
    for number, press in enumerate(presses):
        others = presses[:number] + presses[number + 1 :], answers[:number] + answers[number + 1 :]
        for then, answer in press.rule(stand):
            if answer == answers[number] and explained(then, *others, afterwards):
                return True
    return False


# The plain rule ------------------------------------------------------------------------------------------------


def agreeing(role, seen, strikes, *, refused_elsewhere):
    """A yes on the page that said the words `seen`."""

    def rule(stand):
        if stand.is_gone:
            return [(stand, "DoesNotExist")]
        if role == "delegate" and not stand.is_named:
            return [(stand, "NotTheirs")]
        if role == "delegate" and (stand.own_no or refused_elsewhere):
            return [(stand, "TheirsToSay")]
        confirms = role == "person" and stand.said_by != "person"
        if stand.stands and not confirms and (stand.is_struck or not strikes):
            return [(stand, "done")]
        # The stamp is of rows: other words are always noticed, and now and then what the page does not show.
        return [
            (stand, "ChangedMeanwhile"),
            *([(_agreed(stand, role, strikes), "done")] if seen == stand.words else []),
        ]

    return rule


def _agreed(stand, role, strikes):
    own = role == "person"
    # Where no number stands there is none to strike.
    is_struck = stand.is_struck or strikes and stand.has_phone
    return replace(
        stand,
        stands=True,
        said_by=role if own or not stand.stands else stand.said_by,
        own_no=stand.own_no and not own,
        is_answered=True,
        in_peace=stand.in_peace and not own,
        is_struck=is_struck,
        was_agreed=True,
        has_phone=stand.has_phone and not is_struck,
        is_published=stand.is_published or stand.is_request,
    )


def refusing(role):
    """A no, to whatever stands by then."""

    def rule(stand):
        if stand.is_gone or role == "delegate" and not stand.is_named:
            return [(stand, "DoesNotExist" if stand.is_gone else "NotTheirs")]
        is_heard = stand.stands or not stand.is_answered or role == "person" and not stand.own_no
        no = {"own_no": stand.own_no or role == "person", "in_peace": stand.in_peace or is_heard}
        ended = {"stands": False, "said_by": "", "is_answered": True, "is_promised": False}
        return [(replace(stand, **no, **ended), "done")]

    return rule


def naming(is_named):
    """Rosa names dora, or nobody."""
    return lambda stand: [
        (stand, "DoesNotExist") if stand.is_gone else (replace(stand, is_named=is_named), "done")
    ]


def rewriting(words):
    """Other words, and a phone number, which nobody fills in any more after a yes that saw none.

    Whoever was faster may have left this one behind.
    """

    def rule(stand):
        if stand.is_gone:
            return [(stand, "DoesNotExist")]
        has_phone = stand.has_phone if stand.was_agreed else stand.is_request
        said = replace(stand, words=words, has_phone=has_phone)
        return [(said, "done"), (stand, "NotOpen"), (stand, "EditedMeanwhile")]

    return rule


def discarding(stand):
    """A draft is thrown away; what was asked is not."""
    if stand.is_gone or stand.is_published:
        return [(stand, "DoesNotExist" if stand.is_gone else "NotOpen")]
    return [(Stand(is_gone=True, in_peace=stand.in_peace), "done")]


def publishing(stand):
    """Pressing "ask" all the same does nothing."""
    if stand.is_gone:
        return [(stand, "DoesNotExist"), (stand, "NoConsent")]
    return [(stand, "done" if stand.stands else "NoConsent")]


def claiming(stand):
    """A place is won while it stands."""
    return [(replace(stand, is_promised=True), "done") if stand.is_seen else (stand, "SlotUnavailable")]


def looking(stand):
    """Bo reads the words that stand, or nothing."""
    return [(stand, stand.words if stand.is_seen else "nothing")]


def recording(*, in_peace_elsewhere):
    """A keeper writes down a yes of somebody by her name: not over a no."""
    return lambda stand: [(stand, "LeftInPeace" if stand.in_peace or in_peace_elsewhere else "done")]


def nothing(stand):
    """Whatever is pressed, nothing changes and nothing is said."""
    return [(stand, "nothing")]


# The presses ---------------------------------------------------------------------------------------------------


class Crowd(Consents):
    """The same cast, pressing together; see `Consents`."""

    def begin(self):
        """The cast, in tables that others see as well."""
        self.clock = time_machine.travel(START, tick=False)
        self.traveller = self.clock.start()
        self.assemble()
        for word in self.words:
            word.stand = Stand(is_request=word is not self.words[0])
        self.without_phone(self.words[1])
        self.links, self.versions, self.moved, self.orphans = set(), 0, 0, 0
        self.browsers = {who: self.client(who) for who in ("mallory", "nobody")}
        self.browsers["bo"] = Client()
        self.browsers["bo"].force_login(self.bo)

    def teardown(self):
        """The tables are emptied by whoever keeps them."""
        self.clock.stop()
        cache.clear()

    def step(self, dice):
        """Several press at once, most of them on one thing; then everything is looked at."""
        self.traveller.shift(dt.timedelta(minutes=10))
        if all(word.stand.is_gone for word in self.words[1:]) or dice.random() < 0.2:
            self.ask_for_more()
        there = [word for word in self.words if not word.stand.is_gone]
        drafts = [word for word in there if word.stand.is_request and not word.stand.is_published]
        # What was never asked is where a yes has the most to lose.
        word = dice.choice(drafts if drafts and dice.random() < 0.5 else there)
        presses = [self.draw(word, dice) for _ in range(dice.choice([2, 3, 3, 4, 5]))]
        self.links.add(self.consent(word).get_absolute_url())
        answers = self.press(presses)
        self.explain(word, presses, answers)
        self.nobody_sees_more_than_the_last_word_covers()

    def ask_for_more(self):
        """Ada asks for one more thing, as long as the pages stay short."""
        if len(self.words) < 6:
            self.draft()
            self.words[-1].stand = Stand()
            self.without_phone(self.words[-1])
            self.send(len([word for word in self.words if self.consent(word)]) - 1, again=False)

    def without_phone(self, word):
        """It says no number yet: what is filled in later wants a yes that saw it."""
        HelpRequest.objects.filter(pk=word.thing.pk).update(phone="")
        word.phone = ""

    def press(self, presses):
        """All of them at once; what each was answered, in a word."""
        at = self.at
        answers = at_once(
            *[lambda n=n, press=press: press.do(at + n * SECOND) for n, press in enumerate(presses)]
        )
        for press, answer in zip(presses, answers, strict=True):
            TRIED[press.name] += 1
            if isinstance(answer, Exception) and not isinstance(answer, SITUATIONS):
                raise AssertionError(f"{press.name} among {[one.name for one in presses]}") from answer
        TRIED["presses at once"] += len(presses)
        return [_in_a_word(answer) for answer in answers]

    def explain(self, word, presses, answers):
        """Some order of the presses explains it all, and is what the machine goes on from."""
        before, after = word.stand, self.observed(word)
        told = list(zip([press.name for press in presses], answers, strict=True))
        assert explained(before, presses, answers, after), f"{before}\n{told}\n{after}"
        word.stand = after
        word.stands, word.own_no, word.struck = after.stands, after.own_no, after.is_struck
        if len(set(answers)) > 1:
            TRIED["steps answered in several ways"] += 1

    def observed(self, word):
        """How it stands in the database."""
        thing, was = self.fresh(word), word.stand
        if thing is None:
            return Stand(is_gone=True, in_peace=was.in_peace if was.is_gone else self._has_left_a_no())
        consent = thing.consent
        is_request, deciders = (
            isinstance(thing, HelpRequest),
            {self.rosa.pk: "person", self.dora.pk: "delegate"},
        )
        return Stand(
            words=re.search(r"v\d+$", thing.title if is_request else thing.description or "v0").group(),
            is_request=is_request,
            stands=consent.stands,
            said_by=deciders[consent.agreed_by_id] if consent.stands else "",
            own_no=consent.refused_at is not None,
            is_answered=bool(consent.agreed_at or consent.declined_at),
            in_peace=consent.refusals.exists(),
            is_struck="phone" in consent.struck,
            was_agreed=consent.agreed_at is not None,
            has_phone=is_request and bool(thing.phone),
            is_named=bool(consent.delegate_email),
            is_published=is_request and thing.published_at is not None,
            is_promised=self._promises(thing) if is_request else False,
        )

    def _promises(self, thing):
        return (
            Claim.objects.live().ahead(at=self.at).filter(slot__help_request=thing, person=self.bo).exists()
        )

    def _has_left_a_no(self):
        """Whether a draft that was thrown away has just left a refusal behind."""
        was, self.orphans = self.orphans, Refusal.objects.filter(consent=None).count()
        return self.orphans > was

    # One press each: what it does, and what the plain rule says of it

    def draw(self, word, dice):
        """One of the presses, on `word`; those that answer come often."""
        often = {"agree": 6, "refuse": 5, "rewrite": 3, "claim": 3, "look": 3}
        often |= dict.fromkeys(("name", "record", "move", "scan", "publish", "discard"), 1)
        is_request = word is not self.words[0]
        names = [name for name in often if is_request or name not in ("claim", "publish", "discard")]
        name = dice.choices(names, [often[name] for name in names])[0]
        return getattr(self, f"_{name}")(word, dice)

    def _others(self, word):
        return [one.stand for one in self.words if one is not word]

    def _by(self, verb, word, role, **said):
        pk = self.consent(word).pk
        return lambda at: getattr(Consent.objects.get(pk=pk), verb)(by=self.who(role), at=at, **said)

    def _agree(self, word, dice):
        role, is_request = dice.choice(["person", "delegate"]), word.stand.is_request
        if role not in word.seen or dice.random() < 0.8:
            word.seen[role] = asked_of.stamp(self.consent(word)), word.stand.words
        stamp, words = word.seen[role]
        strikes = is_request and dice.random() < 0.2
        elsewhere = [one for one in self._others(word) if one.is_request and is_request]
        refused = any(one.in_peace and (one.own_no or one.is_gone) for one in elsewhere)
        do = self._by("agree", word, role, seen=stamp, struck=["phone"] if strikes else [])
        return Press(f"yes of the {role}", do, agreeing(role, words, strikes, refused_elsewhere=refused))

    def _refuse(self, word, dice):
        role, verb = dice.choice(["person", "delegate"]), dice.choice(["decline", "withdraw"])
        return Press(f"no of the {role}", self._by(verb, word, role), refusing(role))

    def _name(self, word, dice):
        is_named = dice.random() < 0.8
        whom = {"name": "Dora", "email": self.dora.email} if is_named else {}
        verb = "name_delegate" if is_named else "name_nobody"
        return Press(verb, self._by(verb, word, "person", **whom), naming(is_named))

    def _rewrite(self, word, dice):
        self.versions += 1
        thing, words, number = word.thing, f"v{self.versions}", self.words.index(word)
        said = {"title": f"zz{number} Supper {words}", "phone": PHONE}
        anew = {"times": {"timing": "whenever"}, "reach": {"starts": 3}, "whom": self.whom}

        def rewrite(at):
            fresh = type(thing).objects.get(pk=thing.pk)
            if number == 0:
                return fresh.edit(by=self.olga, at=at, description=f"zz0 {words}")
            if fresh.state == "draft":
                return consent_changed.rewrite(fresh, by=self.ada, at=at, **said, **anew)
            return fresh.edit(by=self.ada, at=at, version=fresh.version, **said)

        return Press("other words", rewrite, rewriting(words))

    def _request(self, word):
        return HelpRequest.objects.select_related("circle", "consent").get(pk=word.thing.pk)

    def _publish(self, word, dice):
        return Press("ask", lambda at: self._request(word).publish(by=self.ada, at=at) and None, publishing)

    def _discard(self, word, dice):
        return Press("throw away", lambda at: self._request(word).discard(by=self.ada, at=at), discarding)

    def _claim(self, word, dice):
        def claim(at):
            slot = (
                Slot.objects.select_related("help_request__circle").filter(help_request=word.thing.pk).first()
            )
            if slot is None:
                raise SlotUnavailable
            slot.claim(by=self.bo, at=at)

        return Press("promise", claim, claiming)

    def _look(self, word, dice):
        number, room = self.words.index(word), "requests" if word is not self.words[0] else "circles"

        def look(at):
            page = self.browsers["bo"].get(f"/{room}/{word.thing.pk}/")
            said = re.search(rf"zz{number} (?:Supper )?(v\d+)", page.content.decode())
            return said.group(1) if said else "nothing" if page.status_code == 404 else "v0"

        return Press("look", look, looking)

    def _record(self, word, dice):
        said = {"name": "rosa", "how": "by_phone", "note": "", "circle": self.street}

        def record(at):
            Consent.objects.record(by=self.olga, at=at, **said).delete()

        in_peace = any(one.in_peace for one in self._others(word))
        return Press("yes that is written down", record, recording(in_peace_elsewhere=in_peace))

    def _move(self, word, dice):
        self.moved += 1
        address = f"rosa{self.moved}@new.example"

        def move(at):
            change_email(self.who("person"), address, at=at)
            return "nothing"

        return Press("another address", move, nothing)

    def _scan(self, word, dice):
        links, who = [*self.links], dice.choice(["mallory", "nobody"])
        method, number = dice.choice(["get", "head", "post"]), self.words.index(word)

        def scan(at):
            for link in links:
                page = getattr(self.browsers[who], method)(link, {"answer": "agree", "stamp": "x"})
                assert page.status_code < 500
                assert f"zz{number}" not in page.content.decode()
            return "nothing"

        return Press("scan", scan, nothing)


def _in_a_word(answer):
    if isinstance(answer, SlotUnavailable):
        return "SlotUnavailable"
    return "done" if answer is None else answer if isinstance(answer, str) else type(answer).__name__


def story(dice, steps):
    """One story of so many steps."""
    crowd = Crowd()
    crowd.begin()
    try:
        for _ in range(steps):
            crowd.step(dice)
    finally:
        crowd.teardown()
