"""Rounds in which many change one thing at once, each on a connection of their own, and what must hold after each."""

import random

from django.test import Client

from circles.models import Membership
from requests.models import Claim, Slot, Standby, StandbyCall
from tests.cast import HOUR, ask, ask_for_company, now
from tests.racing import at_once

# A press is answered by a page, a form with a word beside it, or that one came too late; never by a fault.
ANSWERS = {200, 302, 403, 404, 409, 422}


class Rounds:
    """A street in which everything about one request happens at once. `faults` are what was shown or stands wrong."""

    def __init__(self, street, ada, olga, people, *, seed):
        self.street, self.ada, self.olga, self.people = street, ada, olga, people
        self.dice = random.Random(seed)
        self.faults, self.pressed = [], 0
        self.browsers = {person.pk: Client(raise_request_exception=False) for person in (ada, olga, *people)}
        for person in (ada, olga, *people):
            self.browsers[person.pk].force_login(person)

    def run(self):
        """One round: a slot with promises and offers, then eight presses at the same moment."""
        self._all_among_us()
        slot = self._slot()
        doings = self.dice.sample(self._doings(slot), 8)
        for (name, _do), answer in zip(doings, at_once(*[do for _name, do in doings]), strict=True):
            self.pressed += 1
            if answer not in ANSWERS:
                self.faults.append((name, answer))
        self.faults += wrong_states()

    def _all_among_us(self):
        Membership.objects.filter(circle=self.street).update(excluded_at=None)

    def _slot(self):
        asked = self.dice.choice((ask, ask_for_company))(self.ada, self.street)
        begins = now() + self.dice.randint(50, 90) * HOUR
        slot = asked.slots.get()
        slot.move(starts_at=begins, ends_at=begins + HOUR, by=self.ada, at=now())
        slot.resize(self.dice.choice((2, 3, None)), by=self.ada, at=now())
        asked.add_slot(
            by=self.ada, at=now(), starts_at=begins + 9 * HOUR, ends_at=begins + 10 * HOUR, capacity=2
        )
        first, second, third, *others = self.people
        for person in others:
            Standby.objects.stand_by(person=person, help_request=asked, at=now())
        slot.claim(by=first, at=now(), even_if_clashing=True)
        slot.claim(by=second, at=now(), even_if_clashing=True)
        if slot.claims.accepted().exists() and self.dice.random() < 0.5:
            slot.claims.get(person=first).look_for_cover(by=first, at=now())
        return Slot.objects.get(pk=slot.pk)

    def _doings(self, slot):
        first, second, third, *_others = self.people
        one, two = (slot.claims.get(person=person).pk for person in (first, second))
        to = slot.help_request.slots.exclude(pk=slot.pk).get()
        member = Membership.objects.get(circle=self.street, person=self.dice.choice((first, second))).pk
        moved = slot.starts_at + 2 * HOUR
        times = {
            "day": f"{moved:%Y-%m-%d}",
            "start": f"{moved:%H:%M}",
            "end": f"{moved + HOUR:%H:%M}",
            "sure": "1",
        }
        doings = {
            "claim": (third, f"/slots/{slot.pk}/claim/", {"even_if_clashing": "on"}),
            "claim as a party": (
                third,
                f"/slots/{slot.pk}/claim/",
                {"party_size": "2", "even_if_clashing": "on"},
            ),
            "accept": (self.ada, f"/claims/{one}/accept/", {}),
            "accept the other": (self.ada, f"/claims/{two}/accept/", {}),
            "decline": (self.ada, f"/claims/{two}/decline/", {}),
            "release": (first, f"/claims/{one}/release/", {}),
            "look for cover": (second, f"/claims/{two}/cover/", {}),
            "stay": (first, f"/claims/{one}/stay/", {}),
            "grow": (first, f"/claims/{one}/bring/", {"party_size": "2"}),
            "shrink": (second, f"/claims/{two}/bring/", {"party_size": "1"}),
            "cancel": (self.olga, f"/claims/{two}/cancel/", {}),
            "call off": (self.ada, f"/slots/{slot.pk}/cancel/", {"scope": "one", "reason": "We are away"}),
            "close": (self.ada, f"/requests/{slot.help_request_id}/close/", {}),
            "resize": (
                self.ada,
                f"/slots/{slot.pk}/edit/",
                {**times, "scope": "one", "helpers": "1", "let_go": [one]},
            ),
            "set aside": (self.olga, f"/circles/{self.street.pk}/members/{member}/exclude/", {"aside": "on"}),
        }
        presses = [(name, self._press(*doing)) for name, doing in doings.items()]
        return [*presses, ("move", self._move(one, to)), ("reschedule", self._reschedule(slot, moved))]

    def _press(self, person, url, data):
        return lambda: self.browsers[person.pk].post(url, data).status_code

    def _move(self, claim, to):
        url = f"/organize/requests/claim/{claim}/move/"
        return self._press(self.olga, url, {"to": to.pk, "even_if_clashing": "on"})

    def _reschedule(self, slot, moved):
        times = {"day": f"{moved:%Y-%m-%d}", "start": f"{moved:%H:%M}", "end": f"{moved + HOUR:%H:%M}"}
        return self._press(
            self.ada, f"/slots/{slot.pk}/edit/", {**times, "scope": "one", "helpers": "3", "sure": "1"}
        )


def wrong_states():
    """Slots whose counts are not what the promises say, and calls and offers that nobody can answer."""
    wrong = []
    for slot in Slot.objects.prefetch_related("claims"):
        held = [claim for claim in slot.claims.all() if claim.is_accepted]
        said = sum(claim.party_size for claim in held), sum(claim.places_to_cover for claim in held)
        if (slot.taken, slot.covering) != said:
            wrong.append(("counts", slot.pk, (slot.taken, slot.covering), said))
        if slot.capacity is not None and slot.taken > slot.capacity:
            wrong.append(("overbooked", slot.pk, slot.taken, slot.capacity))
        if slot.cancelled_at and held:
            wrong.append(("promised though called off", slot.pk))
    for call in StandbyCall.objects.waiting().select_related("slot"):
        if call.slot.cancelled_at or call.slot.is_full:
            wrong.append(("asked in vain", call.pk))
    closed = Claim.objects.waiting().filter(slot__help_request__closed_at__isnull=False)
    return wrong + [("an offer that waits for ever", claim.pk) for claim in closed]
