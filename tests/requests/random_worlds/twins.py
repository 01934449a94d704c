"""The same world twice: in one Ada blocks Bo, in the other she leaves the circle in which both are. Bo looks.

The world is made by chance where dice are given, else of all `happenings`. What differs for a reason is not in it; the
tests of those reasons are in test_blocked_as_left.py and test_quiet_blocks.py.
"""

import datetime as dt
import html
import re
from itertools import count

from django.core import mail
from django.db import transaction
from django.db.models import F
from django.test import Client

from circles.models import Block, Circle, Membership, Ring
from requests.catalogue import RequestKind
from requests.models import Answer, Claim, HelpRequest, NotThisTime, Series, Slot, Standby, StandbyCall
from supportnet.notices import kinds, personal_links, sweeps, unsubscribe_links
from supportnet.notices.delivery import deliver
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, draft, make_circle, make_person, now
from tests.house.test_permissions import addresses

NOUNS = {
    "requests": HelpRequest,
    "slots": Slot,
    "claims": Claim,
    "series": Series,
    "answers": Answer,
    "standbys": StandbyCall,
    "circles": Circle,
    "blocks": Block,
}
# Not for members, or about nobody but oneself.
ELSEWHERE = ("organize", "admin", "accounts", "mailbox", "healthz", "readyz", "metrics", "static", "media")
# Keys of forms and signatures, which differ from one answer to the next, and the number of the last notice there is.
FLEETING = re.compile(
    r'value="[\w-]{30,}"|nonce-?[\w"=+/-]+|name="up_to" value="\d+"|/me/unsubscribe/[^/]+/|DTSTAMP:\w+'
)
AWAKE = {"quiet_from": dt.time(0), "quiet_until": dt.time(0)}
MINUTES = (0, 1, 2, 5, 6, 11, 31, 60, 8 * 60, 24 * 60, 48 * 60, 72 * 60, 96 * 60)


class Pair:
    """Ada and Bo have each asked, promised, answered and come; so have Cleo, whom both helped, and Dan."""

    def __init__(self, dice=None, *, happenings=None):
        self.dice, self.days, self.happenings = dice, count(2), happenings or HAPPENINGS
        self.people = [self._person(name) for name in ("Olga", "Ada", "Bo", "Cleo", "Dan")]
        self.olga, self.ada, self.bo, self.cleo, self.dan = self.people
        self.circle = make_circle(*self.people)
        for asker, helpers in (
            (self.ada, [self.bo]),
            (self.bo, [self.ada]),
            (self.cleo, [self.ada, self.bo]),
        ):
            for happens in self._some(self.happenings):
                happens(self, asker, helpers)
        if self.dice is None or self.dice.random() < 0.7:
            deliver(at=now())
        mail.outbox.clear()
        # What was promised a moment ago can be undone, which a page that comes a moment later does not say.
        Claim.objects.update(claimed_at=F("claimed_at") - HOUR)
        self.at = now()

    def _person(self, name):
        wishes = {
            "told_of_claims": "daily",
            "thanks_wanted": False,
            "most_a_month": 2,
            "remind_two_hours": True,
        }
        chosen = {name: wish for name, wish in wishes.items() if self.dice and self.dice.random() < 0.2}
        return make_person(name, phone=f"+351 555 01{len(name)}{ord(name[0])}", **AWAKE, **chosen)

    def _some(self, things):
        if self.dice is None:
            return things
        return self.dice.choices(things, k=self.dice.randint(2, 6))

    def ask(self, asker, *, up_to=Ring.EVERYONE, **fields):
        """A practical request some days from now, on a day of its own."""
        return ask(asker, self.circle, in_days=next(self.days), up_to=up_to, **fields)

    def promise(self, asked, helpers, **said):
        """Each of the helpers takes a place in its first time."""
        slot = asked.slots.in_order().first()
        said = {"even_if_clashing": True, **said}
        return [
            slot.claim(by=helper, at=now(), **{"bringing": f"Soup of {helper}", **said}) for helper in helpers
        ]

    def block(self):
        """Ada blocks Bo."""
        Block.objects.make(by=self.ada, whom=self.bo, at=self.at)

    def leave(self):
        """Ada leaves."""
        self.circle.memberships.get(person=self.ada).leave(at=self.at)


# What happens between an asker and helpers ------------------------------------------------------------------


def promised(pair, asker, helpers):
    """Soon, with room for one more."""
    pair.promise(pair.ask(asker, title="Soon", capacity=len(helpers) + 1, address="1 High Street"), helpers)


def promised_and_full(pair, asker, helpers):
    """Nobody else could come; Dan stands by."""
    asked = pair.ask(asker, title="Full", capacity=len(helpers))
    pair.promise(asked, helpers)
    Standby.objects.stand_by(person=pair.dan, help_request=asked, at=now())


def promised_together(pair, asker, helpers):
    """With company."""
    pair.promise(pair.ask(asker, title="Moving", category="chores", capacity=9), helpers, party_size=2)


def promised_by_as_many_as_like(pair, asker, helpers):
    """Without a limit."""
    pair.promise(pair.ask(asker, title="Party", category="chores", capacity=None), helpers)


def past(pair, asker, helpers):
    """Over, thanked or not."""
    asked = pair.ask(asker, title="Past", capacity=3)
    claims = pair.promise(asked, helpers)
    ended = now() - 2 * HOUR
    Slot.objects.filter(help_request=asked).update(starts_at=ended - HOUR, ends_at=ended, open_until=ended)
    Claim.objects.filter(slot__help_request=asked).update(follow_up_at=now() + HOUR)
    claims[0].thank(by=asker, text="That soup!", at=now())


def begun(pair, asker, helpers):
    """Under way, and late."""
    asked = pair.ask(asker, title="Now", capacity=3)
    claims = pair.promise(asked, helpers)
    started = now() - HOUR / 3
    Slot.objects.filter(help_request=asked).update(
        starts_at=started, ends_at=started + HOUR, open_until=started + HOUR / 2
    )
    claims[0].refresh_from_db()
    claims[0].run_late(minutes=20, by=helpers[0], at=now())


def offered(pair, asker, helpers):
    """Company, which waits for a yes."""
    _offers(pair, asker, helpers)


def _offers(pair, asker, helpers, **fields):
    asked = ask_for_company(asker, pair.circle, **fields)
    asked.slots.update(capacity=len(helpers) + 1)
    return pair.promise(asked, helpers)


def accepted_and_declined(pair, asker, helpers):
    """Company, answered."""
    for answer in ("accept", "decline"):
        for claim in _offers(pair, asker, helpers, title=answer):
            getattr(claim, answer)(by=asker, at=now())


def quietly(pair, asker, helpers):
    """Behind a name that is said to the helpers alone."""
    for claim in _offers(pair, asker, helpers, quietly=True, title="Quiet"):
        claim.accept(by=asker, at=now())


def quietly_offered(pair, asker, helpers):
    """Behind a name that nobody knows; of what Ada asks so, a block changes nothing."""
    if asker != pair.ada:
        _offers(pair, asker, helpers, quietly=True, title="Unsaid")


def question(pair, asker, helpers):
    """Answered."""
    asked = ask_for_advice(asker, pair.circle)
    for helper in helpers:
        asked.answer(by=helper, text=f"So did I, says {helper}", at=now()).mark_helped(at=now())


def series(pair, asker, helpers):
    """Several days, some of them promised."""
    asked, today = draft(asker, pair.circle, title="Each day"), now().date()
    when = {"starts_on": today + 3 * DAY, "until": today + 12 * DAY, "weekdays": [1, 2, 3, 4, 5, 6, 7]}
    asked.set_times(
        timing="series", capacity=len(helpers) + 1, local_start=dt.time(7), minutes=20, at=now(), **when
    )
    asked.publish(by=asker, at=now(), up_to=Ring.EVERYONE)
    for slot in asked.slots.in_order()[:3]:
        for helper in helpers:
            slot.claim(by=helper, at=now(), even_if_clashing=True)


def cover_wanted(pair, asker, helpers):
    """Somebody looks for somebody else."""
    asked = pair.ask(asker, title="Cover", capacity=len(helpers))
    pair.promise(asked, helpers)[0].look_for_cover(by=helpers[0], at=now())


def called(pair, asker, helpers):
    """The helpers stand by, and the first is asked to step in."""
    asked = pair.ask(asker, title="Called", capacity=2)
    [claim] = pair.promise(asked, [pair.dan], party_size=2)
    for helper in helpers:
        Standby.objects.stand_by(person=helper, help_request=asked, at=now())
    claim.release(by=pair.dan, at=now())


def standing_by(pair, asker, helpers):
    """The helpers stand by, and nobody is needed."""
    asked = pair.ask(asker, title="Ready", capacity=1)
    pair.promise(asked, [pair.dan])
    for helper in helpers:
        Standby.objects.stand_by(person=helper, help_request=asked, at=now())


def closed(pair, asker, helpers):
    """No more help is needed; what was promised stands."""
    asked = pair.ask(asker, title="Closed", capacity=len(helpers) + 1)
    pair.promise(asked, helpers)
    asked.close(by=asker, at=now())


def called_off(pair, asker, helpers):
    """By whoever asked."""
    asked = pair.ask(asker, title="Off", capacity=3)
    pair.promise(asked, helpers)
    asked.cancel(by=asker, at=now(), reason="My sister is here")


def given_back(pair, asker, helpers):
    """By whoever promised."""
    for claim in pair.promise(pair.ask(asker, title="Back", capacity=3), helpers):
        claim.release(by=claim.person, at=now(), note="Sorry")


def changed(pair, asker, helpers):
    """Another time and other words after the promise."""
    asked = pair.ask(asker, title="Changed", capacity=3)
    pair.promise(asked, helpers)
    slot = asked.slots.get()
    slot.move(starts_at=slot.starts_at + HOUR, ends_at=slot.ends_at + HOUR, by=asker, at=now())
    asked.edit(by=asker, at=now(), version=asked.version, area="New town")


def untouched(pair, asker, helpers):
    """Open, and nobody has come yet; one passed on it."""
    pair.ask(asker, title="Open", capacity=2)
    passed = pair.ask(asker, title="Passed on")
    NotThisTime.objects.create(help_request=passed, person=helpers[0], at=now())


def asked_by_name(pair, asker, helpers):
    """First the helpers, later everybody."""
    asked = draft(asker, pair.circle, title="By name")
    starts_at = now() + next(pair.days) * DAY
    asked.set_times(timing="once", starts_at=starts_at, ends_at=starts_at + HOUR, at=now())
    asked.set_reach(people=helpers, widen_after=HOUR)
    asked.publish(by=asker, at=now())


def whenever(pair, asker, helpers):
    """Without a time."""
    asked = draft(asker, pair.circle, title="Whenever", category="chores")
    asked.set_times(timing="whenever", capacity=len(helpers) + 1, at=now())
    asked.publish(by=asker, at=now(), up_to=Ring.EVERYONE)
    pair.promise(asked, helpers)


HAPPENINGS = (
    *(promised, promised_and_full, promised_together, promised_by_as_many_as_like, past, begun, offered),
    *(accepted_and_declined, quietly, quietly_offered, question, series, cover_wanted, called, standing_by),
    *(closed, called_off, given_back, changed, untouched, asked_by_name, whenever),
)


# Looking ----------------------------------------------------------------------------------------------------


def in_both(pair, look):
    """What `look()` gives after the block and, as if that had never been, after the leaving."""
    found = []
    for happens in (pair.block, pair.leave):
        with transaction.atomic():
            happens()
            found.append(look())
            transaction.set_rollback(True)
    return found


def routes():
    """Every route there is that may be about other people, as the resolver knows it."""
    return sorted(route for route in addresses().values() if not route.startswith(ELSEWHERE))


def paths(pair, route):
    """All addresses of a route: for every number there is, every kind of request, every link that Bo was mailed."""
    found = [route]
    noun = next((part for part in reversed(route.partition("<")[0].split("/")) if part in NOUNS), "")
    for name, model in (("pk", NOUNS.get(noun)), ("membership_pk", Membership)):
        if f"<number:{name}>" in route:
            numbers = model.objects.order_by("pk").values_list("pk", flat=True) if model else ()
            found = [one.replace(f"<number:{name}>", str(pk)) for one in found for pk in numbers]
    if "<slug:kind>" in route:
        found = [route.replace("<slug:kind>", kind) for kind in RequestKind.values]
    if route in ("go/<str:token>/", "me/unsubscribe/<str:token>/"):
        return _mailed(pair, route.partition("<")[0])
    return [f"/{one}" for one in found if "<" not in one]


def _mailed(pair, begins):
    asked = HelpRequest.objects.order_by("pk")
    links = [personal_links.path(pair.bo, one.get_absolute_url()) for one in asked]
    links += [unsubscribe_links.path(kinds.find("wave_opened"), pair.bo, one) for one in asked]
    return [link for link in links if link.startswith(f"/{begins}")]


def all_paths(pair):
    """{route: its addresses}; of the routes that can be looked at."""
    client, found = looking(pair.bo), {}
    for route in routes():
        ways = paths(pair, route)
        if ways and client.get(ways[0]).status_code != 405:
            found[route] = ways
    return found


class Looker(Client):
    """Keeps no copy of what a template was given, which takes longer than the page."""

    def request(self, **environ):
        """One request, and nothing but its answer."""
        return self.handler(self._base_environ(**environ))


def looking(person):
    """A client in which `person` is signed in, and which is quick."""
    client = Looker()
    client.force_login(person)
    return client


def pages(person, ways):
    """{address: (status, where it leads to, body)} of the addresses as `person` sees them."""
    client = looking(person)
    return {way: _seen(client.get(way)) for way in ways}


def _seen(answer):
    body = FLEETING.sub("", answer.content.decode())
    return answer.status_code, FLEETING.sub("", answer.get("Location", "")), body


def links(found):
    """The addresses of ours with a query string that stand on the pages `found`: other months, further pages."""
    hrefs = {
        html.unescape(href) for page in found.values() for href in re.findall(r'href="(/[^"#]*)', page[2])
    }
    return sorted(href for href in hrefs if "?" in href and not href.startswith("/static"))


def letters_to(person, *, at):
    """[(minutes, everything in it)] of the mails of the days that follow, in order."""
    found = []
    for minutes in MINUTES:
        mail.outbox.clear()
        moment = at + minutes * HOUR / 60
        sweeps.run_all(moment)
        deliver(at=moment)
        came = [message for message in mail.outbox if message.to == [person.email]]
        found += [(minutes, *_letter(message)) for message in came]
    return found


def _letter(message):
    parts = [message.body, *(text for text, _kind in message.alternatives)]
    parts += [str(getattr(part, "content", part[1])) for part in message.attachments]
    return message.subject, message.from_email, *(FLEETING.sub("", part.replace("\r", "")) for part in parts)


def differences(one, other):
    """{address: (what is only in the first, what is only in the second)} of two answers of `pages`."""
    return {way: _lines(one[way], other[way]) for way in sorted(one) if one[way] != other.get(way)}


def _lines(one, other):
    first, second = ([str(page[0]), page[1], *page[2].splitlines()] for page in (one, other))
    return [line for line in first if line not in second], [line for line in second if line not in first]
