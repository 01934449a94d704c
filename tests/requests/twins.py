"""The same world twice: in one Ada blocks Bo, in the other she leaves the circle in which both are. Bo looks."""

import datetime as dt
import re

from django.core import mail
from django.db import transaction

from circles.models import Block, Circle, Membership, Ring
from requests.models import Answer, Claim, HelpRequest, Series, Slot
from supportnet.notices.delivery import deliver
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, make_circle, make_person, now
from tests.circles.pages import signed_in
from tests.house.test_permissions import addresses

NOUNS = {
    "requests": HelpRequest,
    "slots": Slot,
    "claims": Claim,
    "series": Series,
    "answers": Answer,
    "circles": Circle,
}
# Not for members, or not about other people.
ELSEWHERE = ("organize", "admin", "accounts", "mailbox", "healthz", "readyz", "metrics", "static", "media")
# Keys of forms, which differ from one answer to the next, and the number of the last notice there is.
FLEETING = re.compile(r'value="[\w-]{30,}"|nonce-?[\w"=+/-]+|name="up_to" value="\d+"')
AWAKE = {"quiet_from": dt.time(0), "quiet_until": dt.time(0)}


class Pair:
    """Ada and Bo have each asked, promised, answered and come; so has Cleo, whom both helped."""

    def __init__(self):
        self.olga, self.ada, self.bo, self.cleo = (
            make_person(name, **AWAKE) for name in ("Olga", "Ada", "Bo", "Cleo")
        )
        self.circle = make_circle(self.olga, self.ada, self.bo, self.cleo)
        for asker, helpers in (
            (self.ada, [self.bo]),
            (self.bo, [self.ada]),
            (self.cleo, [self.ada, self.bo]),
        ):
            self._ask(asker, helpers)
        deliver(at=now())
        mail.outbox.clear()
        self.at = now()

    def _ask(self, asker, helpers):
        self._promise(ask(asker, self.circle, title="Soon", capacity=3), helpers)
        past = ask(asker, self.circle, title="Past", capacity=3)
        self._promise(past, helpers)
        ended = now() - 2 * DAY
        Slot.objects.filter(help_request=past).update(starts_at=ended - HOUR, ends_at=ended, open_until=ended)
        self._promise(ask_for_company(asker, self.circle, up_to=Ring.EVERYONE), helpers)
        question = ask_for_advice(asker, self.circle)
        for helper in helpers:
            question.answer(by=helper, text=f"So did I, says {helper}", at=now())

    def what_a_block_hides(self):
        """Where all differs: the numbers of what Ada asks, of its times and of what Bo promised her."""
        asked = HelpRequest.objects.filter(asker=self.ada)
        slots = Slot.objects.filter(help_request__in=asked)
        claims = Claim.objects.filter(slot__in=slots)
        answers = Answer.objects.filter(help_request__in=asked)
        named = {"requests": asked, "slots": slots, "claims": claims, "answers": answers}
        return [f"/{noun}/{one.pk}/" for noun, found in named.items() for one in found]

    def what_is_taken(self):
        """Where the places stand that Ada holds for Cleo: free when she leaves, and taken after a block."""
        soon = Slot.objects.get(help_request__asker=self.cleo, help_request__title="Soon")
        mine = soon.claims.get(person=self.bo)
        return [f"/requests/{soon.help_request_id}/", f"/slots/{soon.pk}/", f"/claims/{mine.pk}/"]

    def _promise(self, asked, helpers):
        for helper in helpers:
            asked.slots.get().claim(by=helper, at=now(), even_if_clashing=True, bringing=f"Soup of {helper}")

    def block(self):
        """Ada blocks Bo."""
        Block.objects.make(by=self.ada, whom=self.bo, at=self.at)

    def leave(self):
        """Ada leaves."""
        self.circle.memberships.get(person=self.ada).leave(at=self.at)


def in_both(pair, look):
    """What `look()` gives after the block and, as if that had never been, after the leaving."""
    found = []
    for happens in (pair.block, pair.leave):
        with transaction.atomic():
            happens()
            found.append(look())
            transaction.set_rollback(True)
    return found


def paths(route):
    """All addresses of a route, for every number there is; none where something else is asked for."""
    found, noun = [route], route.split("/")[0]
    for name, model in (("pk", NOUNS.get(noun)), ("membership_pk", Membership)):
        if f"<number:{name}>" in route:
            numbers = model.objects.order_by("pk").values_list("pk", flat=True) if model else ()
            found = [one.replace(f"<number:{name}>", str(pk)) for one in found for pk in numbers]
    return [f"/{one}" for one in found if "<" not in one]


def pages(person, routes=None):
    """{address: (status, body)} of what `person` may look at, as the resolver knows it."""
    client, found = signed_in(person), {}
    for route in sorted(routes or addresses().values()):
        if route.startswith(ELSEWHERE):
            continue
        for path in paths(route):
            answer = client.get(path)
            if answer.status_code == 405:
                break
            found[path] = (answer.status_code, FLEETING.sub("", answer.content.decode()))
    return found


def letters_to(person, *, at):
    """[(minutes, subject, words)] of the mails of the day that follows, in order."""
    found = []
    for minutes in (0, 1, 2, 5, 6, 11, 60, 24 * 60):
        mail.outbox.clear()
        deliver(at=at + minutes * HOUR / 60)
        came = [message for message in mail.outbox if message.to == [person.email]]
        found += [(minutes, message.subject, message.body) for message in came]
    return found


def differences(one, other, *, but=()):
    """{address: (what is only in the first, what is only in the second)} of two answers of `pages`.

    Left out is what begins with one of `but`.
    """
    return {
        path: _lines(one[path], other[path])
        for path in sorted(one)
        if one[path] != other.get(path) and not path.startswith(tuple(but))
    }


def _lines(one, other):
    first, second = ([str(status), *body.splitlines()] for status, body in (one, other))
    return [line for line in first if line not in second], [line for line in second if line not in first]
