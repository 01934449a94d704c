"""Who sees what, once more: plain Python over plain rows, from the words of the product, for tests to compare with.

Nothing of what it is compared with is asked here: no queryset, policy or expression of ours. Slow and meant to be read.
"""

import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

from circles.models import Block, Circle, Consent, Membership, Person, Report
from requests.models import Answer, Claim, HelpRequest, NotThisTime, Slot, Wave

DAY = dt.timedelta(days=1)
NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
RINGS = {"inner": 1, "close": 2, "everyone": 3}
FIELDS = ("address", "way_in", "phone", "medical_note", "children", "away")
SOMEONE = "Someone in your circle"


def rows_of(model):
    """{id: row} of a whole table."""
    return {row["id"]: row for row in model._base_manager.values()}


def is_current(membership):
    """Joined, and neither left nor removed since."""
    ended = membership["left_at"] or membership["removed_at"]
    return membership["joined_at"] is not None and ended is None


def is_live(claim):
    """Neither given back, called off nor declined."""
    return not (claim["released_at"] or claim["cancelled_at"] or claim["declined_at"])


def is_open(asked):
    """Asked, neither closed nor called off."""
    return asked["published_at"] and not asked["closed_at"] and not asked["cancelled_at"]


class PlainRule:
    """What stands in the database at this moment, and what follows from it. People and requests go by their ids."""

    def __init__(self):
        self.people, self.circles, self.consents = rows_of(Person), rows_of(Circle), rows_of(Consent)
        self.asked, self.slots, self.claims = rows_of(HelpRequest), rows_of(Slot), rows_of(Claim)
        self.answers, self.waves = rows_of(Answer), rows_of(Wave)
        self.member = {(m["circle_id"], m["person_id"]): m for m in rows_of(Membership).values()}
        self.blocked = {(b["by_id"], b["whom_id"]): b["created_at"] for b in rows_of(Block).values()}
        self.parted = {frozenset(pair) for pair in self.blocked}
        self.passed = {(n["person_id"], n["help_request_id"]) for n in rows_of(NotThisTime).values()}
        self.reported = {r["subject"] for r in rows_of(Report).values() if r["settled_at"] is None}
        self.slots_of, self.claims_on, self.waves_of = defaultdict(list), defaultdict(list), defaultdict(list)
        for slot in self.slots.values():
            self.slots_of[slot["help_request_id"]].append(slot)
        for claim in self.claims.values():
            self.claims_on[claim["slot_id"]].append(claim)
        for wave in self.waves.values():
            self.waves_of[wave["help_request_id"]].append(wave)

    # How somebody stands to a circle and to whoever asks

    def belongs(self, person, circle):
        """Their membership, if they are in the circle now."""
        membership = self.member.get((circle, person))
        return membership if membership and is_current(membership) else None

    def is_no_more(self, person, circle):
        """Whether they were or would be in the circle, and are not now."""
        return (circle, person) in self.member and not self.belongs(person, circle)

    def was_removed(self, person, circle):
        """Whether a keeper removed them, and nobody has let them in again."""
        membership = self.member.get((circle, person))
        return bool(membership and membership["removed_at"])

    def keeps(self, person, circle):
        """Whether they keep the circle now."""
        membership = self.belongs(person, circle)
        return bool(membership and membership["role"] == "keeper")

    def runs(self, person, asked):
        """Whether they ask it, or posted it."""
        return person in (asked["asker_id"], asked["posted_by_id"])

    def is_gone(self, person, asked):
        """Whether neither who asks nor who posted it is in its circle: what they asked went with them, for those who
        know the name."""
        here = any(self.belongs(asked[who], asked["circle_id"]) for who in ("asker_id", "posted_by_id"))
        told = any(claim["accepted_at"] for claim in self.promises(person, asked))
        return not here and (not asked["quietly"] or told)

    def is_blocked(self, person, asked):
        """Whether a block stands between them and who asks or posted it, whoever made it."""
        return any(frozenset((person, asked[who])) in self.parted for who in ("asker_id", "posted_by_id"))

    def hides(self, person, other, over):
        """Whether a block hides from `person` what `other` did and what was over then: of what came before it nothing
        is hidden from whoever was blocked."""
        since = self.blocked.get((other, person))
        return (person, other) in self.blocked or bool(since and (over is None or over > since))

    def is_parted(self, person, asked):
        """Whether it holds: where they do not know who asks, a block changes nothing."""
        told = any(claim["accepted_at"] for claim in self.promises(person, asked))
        knows = not asked["quietly"] or told or self.keeps(person, asked["circle_id"])
        return knows and self.is_blocked(person, asked)

    def is_agreed(self, asked):
        """Whether nobody's yes is missing."""
        needed = (asked["consent_id"], self.circles[asked["circle_id"]]["consent_id"])
        given = [self.consents[consent] for consent in needed if consent]
        return all(consent["agreed_at"] and not consent["withdrawn_at"] for consent in given)

    def is_shut_out(self, person, asked):
        """Whether a circle that is asked has quietly set them aside."""
        circles = {asked["circle_id"], *(wave["circle_id"] for wave in self.waves_of[asked["id"]])}
        return any(
            membership["excluded_at"]
            for (circle, who), membership in self.member.items()
            if who == person and circle in circles
        )

    def is_checked(self, person, asked, at):
        """Whether the keepers of its circle have checked them, and it holds on the day, by the circle's clock."""
        membership = self.belongs(person, asked["circle_id"])
        until = membership and membership["checked_until"]
        zone = ZoneInfo(self.circles[asked["circle_id"]]["time_zone"])
        return bool(until and until >= at.astimezone(zone).date())

    # Who sees what

    def reaching(self, person, asked, at):
        """The waves that have opened and reach them: by name, or by a circle in which they stand near enough.

        Nobody is reached by name who is in its circle no more, and whom its circle removed by no wave at all.
        """
        return [wave for wave in self.waves_of[asked["id"]] if self._reaches(wave, person, asked, at)]

    def _reaches(self, wave, person, asked, at):
        opened = wave["opened_at"] is not None and wave["opened_at"] <= at
        if not opened or self.was_removed(person, asked["circle_id"]):
            return False
        if wave["person_id"]:
            return wave["person_id"] == person and not self.is_no_more(person, asked["circle_id"])
        membership = self.belongs(person, wave["circle_id"])
        return bool(membership and membership["ring"] <= wave["ring"])

    def has_promised(self, person, asked):
        """Whether they hold a live promise there, and their place in the circle has not ended."""
        live = any(is_live(claim) for claim in self.promises(person, asked))
        return live and not self.is_no_more(person, asked["circle_id"])

    def promises(self, person, asked):
        """Their claims there, whatever became of them."""
        on = [claim for slot in self.slots_of[asked["id"]] for claim in self.claims_on[slot["id"]]]
        return [claim for claim in on if claim["person_id"] == person]

    def sees(self, person, asked, at):
        """The one rule."""
        if self.runs(person, asked):
            return True
        if asked["published_at"] is None or not self.is_agreed(asked):
            return False
        if self.sees_as_keeper(person, asked):
            return True
        if self.is_parted(person, asked) or self.is_gone(person, asked):
            return False
        return bool(self.has_promised(person, asked) or self.reaching(person, asked, at))

    def sees_as_keeper(self, person, asked):
        """The circle's keepers see all that is asked in it; what they are parted from only once it is reported."""
        if asked["published_at"] is None or not self.is_agreed(asked):
            return False
        if not self.keeps(person, asked["circle_id"]):
            return False
        return not self.is_parted(person, asked) or f"helprequest:{asked['id']}" in self.reported

    def seen(self, person, at):
        """The ids of all that they see."""
        return {pk for pk, asked in self.asked.items() if self.sees(person, asked, at)}

    def slots_seen(self, person, at):
        """The times of what they see."""
        return self._of_seen(self.slots, self.seen(person, at))

    def _of_seen(self, rows, seen):
        return {pk for pk, row in rows.items() if row["help_request_id"] in seen}

    def claims_seen(self, person, at):
        """One's own, those on what one asks, those where one keeps; of what one sees, and of whom one sees."""
        return {pk for pk, claim in self.claims.items() if self._sees_claim(person, claim, at)}

    def _sees_claim(self, person, claim, at):
        asked = self.asked[self.slots[claim["slot_id"]]["help_request_id"]]
        if not self.sees(person, asked, at):
            return False
        ended = [claim[f"{how}_at"] for how in ("released", "cancelled", "declined")]
        over = next(filter(None, [*ended, self.slots[claim["slot_id"]]["ends_at"]]), None)
        unseen = self.hides(person, claim["person_id"], over)
        mine, runs = claim["person_id"] == person, self.runs(person, asked) and not unseen
        return mine or runs or self.keeps(person, asked["circle_id"])

    def answers_seen(self, person, at):
        """Of the questions that they see, by people whom they see; keepers see all."""
        seen = self.seen(person, at)
        return {
            pk
            for pk, answer in self.answers.items()
            if answer["help_request_id"] in seen
            and (
                not self.hides(person, answer["person_id"], answer["created_at"])
                or self.keeps(person, self.asked[answer["help_request_id"]]["circle_id"])
            )
        }

    def kept(self, person):
        """(requests, slots, claims) that stand on the panel of whoever keeps their circle: what they may see of it."""
        asked = {
            pk
            for pk, row in self.asked.items()
            if row["published_at"]
            and self.keeps(person, row["circle_id"])
            and (self.sees_as_keeper(person, row) or self.runs(person, row))
        }
        slots = self._of_seen(self.slots, asked)
        return asked, slots, {pk for pk, claim in self.claims.items() if claim["slot_id"] in slots}

    # What can be done

    def has_room(self, slot, at):
        """Whether somebody could take a place, or take one over."""
        free = slot["capacity"] is None or slot["taken"] < slot["capacity"] + slot["covering"]
        return free and not slot["cancelled_at"] and slot["open_until"] > at

    def open_for(self, person, asked, at):
        """The times at which they could promise to come, soonest first."""
        mine = {claim["slot_id"] for claim in self.promises(person, asked) if is_live(claim)}
        free = [
            slot for slot in self.slots_of[asked["id"]] if self.has_room(slot, at) and slot["id"] not in mine
        ]
        return sorted(free, key=lambda s: (s["starts_at"] or NEVER, s["ends_at"] or NEVER, s["id"]))

    def why_not(self, person, slot, at):
        """What stands in the way of their promise to come, in the word of the exception; or nothing."""
        asked = self.asked[slot["help_request_id"]]
        if self.people[person]["verified_at"] is None:
            return "NotVerified"
        if any(is_live(c) and c["person_id"] == person for c in self.claims_on[slot["id"]]):
            return ""
        # Where nothing is to be had, that is all that anybody is told; who may know of it at all, a page asks first.
        if not self.has_room(slot, at):
            return self._why_closed(slot, at)
        if self.runs(person, asked):
            return "OwnRequest"
        if not self.sees(person, asked, at):
            return "OutOfSight"
        if self.is_shut_out(person, asked):
            return "SlotTaken"
        if asked["needs_checked"] and not self.is_checked_for(person, slot, at):
            return "CheckEndsBefore" if self.is_checked(person, asked, at) else "NotChecked"
        return ""

    def is_checked_for(self, person, slot, at):
        """Whether their check holds on the day of the slot."""
        asked = self.asked[slot["help_request_id"]]
        last = slot["ends_at"] and slot["ends_at"] - dt.timedelta(microseconds=1)
        return self.is_checked(person, asked, max(at, slot["starts_at"] or last or at))

    def _why_closed(self, slot, at):
        if slot["cancelled_at"]:
            return "SlotCancelled"
        start, end = slot["starts_at"], slot["ends_at"]
        last = min(start + dt.timedelta(minutes=30), end) if start else end
        if last and last <= at:
            return "SlotOver"
        return "RequestClosed" if slot["open_until"] <= at else "SlotTaken"

    # The list of what my circles need

    def needs(self, person, at, *, circle=None, **wanted):
        """(request, next time) of what is needed and reaches them, soonest first.

        `circle`: of what that circle hears, and of what they are asked by name there.
        """
        found = []
        for pk, asked in self.asked.items():
            slots = self.open_for(person, asked, at)
            waves = self.reaching_to_help(person, asked, at)
            if circle:
                waves = [w for w in waves if circle == (w["circle_id"] or asked["circle_id"])]
            if waves and (slots or asked["kind"] == "informational"):
                if all(asked[name] == value for name, value in wanted.items()):
                    found.append((self.soonest(asked, at), pk, slots[0]["id"] if slots else None))
        return [(pk, slot) for _, pk, slot in sorted(found)]

    def reaching_to_help(self, person, asked, at):
        """The waves that may ask them to help with what is open; none for who asks, has passed or is kept from it."""
        kept_from = self.is_parted(person, asked) or self.is_shut_out(person, asked)
        passed = (person, asked["id"]) in self.passed
        if self.runs(person, asked) or kept_from or passed or not is_open(asked) or not self.is_agreed(asked):
            return []
        return self.reaching(person, asked, at)

    def soonest(self, asked, at):
        """What the list is sorted by: the next beginning; else the next last day; else a week after the asking."""
        slots = [slot for slot in self.slots_of[asked["id"]] if self.has_room(slot, at)]
        for moment in ("starts_at", "ends_at"):
            known = [slot[moment] for slot in slots if slot[moment]]
            if known:
                return min(known)
        return asked["published_at"] + 7 * DAY

    # Who hears of it

    def hearers(self, wave, at):
        """Who is told when a wave opens: who may be asked, hears of such things, does them and takes no break."""
        asked = self.asked[wave["help_request_id"]]
        return {pk for pk in self.people if self.is_to_be_had(asked, at) and self._hears(pk, wave, asked, at)}

    def is_to_be_had(self, asked, at):
        """Whether anybody could still help: a place is open, or it is a question."""
        slots = self.slots_of[asked["id"]]
        return asked["kind"] == "informational" or any(self.has_room(slot, at) for slot in slots)

    def _hears(self, pk, wave, asked, at):
        person, circle = self.people[pk], wave["circle_id"] or asked["circle_id"]
        membership = self.belongs(pk, circle)
        return bool(
            membership
            and membership["hears"] != "never"
            and wave in self.reaching_to_help(pk, asked, at)
            and person["is_active"]
            and person["verified_at"]
            and not self.takes_a_break(pk, at)
            and (not person["does"] or asked["category"] in person["does"])
        )

    def takes_a_break(self, person, at):
        """Whether they wish to hear of nothing new for now."""
        until = self.people[person]["break_until"]
        return bool(until and until >= at.date())

    def may_still_be_told(self, pk, asked, at):
        """Whether a mail about it may still go out to them: it reaches them as a member, and they have not promised."""
        helps = any(is_live(claim) for claim in self.promises(pk, asked))
        if helps or self.takes_a_break(pk, at) or not self.is_to_be_had(asked, at):
            return False
        return any(self._hears_by(pk, wave, asked) for wave in self.reaching_to_help(pk, asked, at))

    def _hears_by(self, pk, wave, asked):
        membership = self.belongs(pk, wave["circle_id"] or asked["circle_id"])
        return bool(membership and membership["hears"] != "never")

    def could_be_signed_up(self, asked, at):
        """Members of its circle who see it and could take a place."""
        return {
            pk
            for pk, person in self.people.items()
            if self.belongs(pk, asked["circle_id"])
            and person["is_active"]
            and person["verified_at"]
            and not self.runs(pk, asked)
            and self.sees(pk, asked, at)
            and not self.is_blocked(pk, asked)
            and not self.is_shut_out(pk, asked)
        }

    # The ladder

    def ladder(self, person, asked, at):
        """{field: value} of what they may read, of a request that they see."""
        told = {field: asked[field] for field in FIELDS if asked[field]}
        shown = {field: value for field, value in told.items() if self._may_read(field, person, asked, at)}
        if not self._may_read("address", person, asked, at):
            shown.pop("way_in", None)
        return shown

    def _may_read(self, field, person, asked, at):
        if self.runs(person, asked):
            return True
        if self.is_parted(person, asked):
            return False
        if self.keeps(person, asked["circle_id"]):
            return True
        reach = asked["reaches"].get(field, "helpers")
        if reach == "keepers" or self.is_shut_out(person, asked):
            return False
        if self._comes(person, asked, at):
            return True
        membership = self.belongs(person, asked["circle_id"])
        ring = None if asked["quietly"] else RINGS.get(reach)
        return bool(ring and membership and membership["ring"] <= ring)

    def _comes(self, person, asked, at):
        """Whoever holds an accepted promise, until a day after it, while they belong to those who were asked."""
        if not self._was_asked(person, asked, at):
            return False
        accepted = [c for c in self.promises(person, asked) if is_live(c) and c["accepted_at"]]
        return any(self._is_still_of_use(claim, asked, at) for claim in accepted)

    def _was_asked(self, person, asked, at):
        opened = [
            w for w in self.waves_of[asked["id"]] if w["opened_at"] is not None and w["opened_at"] <= at
        ]
        circles = {asked["circle_id"], *(wave["circle_id"] for wave in opened)}
        named = person in {wave["person_id"] for wave in opened} and not self.is_no_more(
            person, asked["circle_id"]
        )
        return named or any(self.belongs(person, circle) for circle in circles)

    def _is_still_of_use(self, claim, asked, at):
        slot = self.slots[claim["slot_id"]]
        over = slot["ends_at"] or min(filter(None, [claim["happened_at"], asked["closed_at"]]), default=None)
        return over is None or at < over + DAY

    def name(self, person, asked):
        """Whom it is for, as far as they may know it."""
        known = not asked["quietly"] or self.runs(person, asked) or self.keeps(person, asked["circle_id"])
        accepted = any(is_live(c) and c["accepted_at"] for c in self.promises(person, asked))
        if not known and not accepted:
            return SOMEONE
        consent = self.consents.get(asked["consent_id"])
        return consent["name"] if consent else self.people[asked["asker_id"]]["name"]

    # What is over, and my circles

    def past(self, person, at):
        """What is closed, called off or gone by, as far as they see it, newest first; not where they are set aside."""
        over = [pk for pk in self.seen(person, at) if self.is_past(self.asked[pk], at)]
        mine = [
            pk
            for pk in over
            if self.runs(person, self.asked[pk]) or not self.is_shut_out(person, self.asked[pk])
        ]
        return sorted(mine, reverse=True)

    def is_past(self, asked, at):
        """Whether it was asked and nothing of it is to come."""
        if not asked["published_at"]:
            return False
        ended = asked["closed_at"] or asked["cancelled_at"]
        to_come = [
            s for s in self.slots_of[asked["id"]] if not s["cancelled_at"] and (s["ends_at"] or NEVER) > at
        ]
        return bool(ended or asked["kind"] != "informational" and not to_come)

    def circles_of(self, person):
        """{circle: (how many members they see there, how many wait)} of the circles that they see."""
        return {
            pk: (len(self.members_seen(person, pk)), len(self.waiting_at(pk)))
            for pk in self.circles
            if self.belongs(person, pk) and (self.is_circle_agreed(pk) or self.keeps(person, pk))
        }

    def is_circle_agreed(self, circle):
        """Whether nobody's yes to the circle is missing."""
        consent = self.consents.get(self.circles[circle]["consent_id"])
        return consent is None or bool(consent["agreed_at"] and not consent["withdrawn_at"])

    def members_seen(self, person, circle):
        """Everybody, for a keeper; for others the keepers, and those between whom and them no block stands."""
        there = {who for (where, who) in self.member if where == circle and self.belongs(who, circle)}
        if self.keeps(person, circle):
            return there
        return {
            who for who in there if frozenset((who, person)) not in self.parted or self.keeps(who, circle)
        }

    def waiting_at(self, circle):
        """Who asked to come in and has no answer."""
        return {
            who
            for (where, who), m in self.member.items()
            if where == circle and m["asked_at"] and not m["joined_at"] and not m["declined_at"]
        }

    # Whom it reaches

    def could_be_asked(self, asked):
        """Members of its circle who were not asked by name, have not promised, and are kept from nothing there."""
        named = {w["person_id"] for w in self.waves_of[asked["id"]] if w["opened_at"]}
        return {
            pk
            for pk, one in self.people.items()
            if self.belongs(pk, asked["circle_id"])
            and one["is_active"]
            and one["verified_at"]
            and not self.runs(pk, asked)
            and not self.is_blocked(pk, asked)
            and not self.is_shut_out(pk, asked)
            and pk not in named
            and not any(is_live(claim) for claim in self.promises(pk, asked))
        }

    def waves_reaching(self, person, at):
        """What has opened to them by name or where they stand near enough."""
        return {
            pk
            for pk, wave in self.waves.items()
            if wave["opened_at"]
            and wave["opened_at"] <= at
            and (wave["person_id"] == person or self._is_near(person, wave))
        }

    def _is_near(self, person, wave):
        membership = wave["circle_id"] and self.belongs(person, wave["circle_id"])
        return bool(membership and membership["ring"] <= wave["ring"])

    # My first page

    def promised_by(self, person, at):
        """Promises that stand ahead of them."""
        return {
            pk
            for pk, claim in self.claims.items()
            if claim["person_id"] == person
            and is_live(claim)
            and not self.slots[claim["slot_id"]]["cancelled_at"]
            and (self.slots[claim["slot_id"]]["ends_at"] or NEVER) > at
        }

    def asked_by(self, person, at):
        """{request: (open places, offers that can be answered, answers)} of what they ask and is not over."""
        seen = self.answers_seen(person, at)
        return {
            pk: (
                sum(self.has_room(slot, at) for slot in self.slots_of[pk]),
                sum(
                    self._waits(c) and not self.hides(person, c["person_id"], s["ends_at"])
                    for s in self.slots_of[pk]
                    for c in self.claims_on[s["id"]]
                    if not s["cancelled_at"] and (s["ends_at"] is None or s["ends_at"] > at)
                ),
                sum(self.answers[answer]["help_request_id"] == pk for answer in seen),
            )
            for pk, asked in self.asked.items()
            if self.runs(person, asked) and not asked["closed_at"] and not asked["cancelled_at"]
        }

    def _waits(self, claim):
        return is_live(claim) and claim["accepted_at"] is None

    # The calendar

    def planned(self, person, at, *, circle=None):
        """{time: whether it is shown as taken} of what was asked in a circle, or of what one promised or asks."""
        return {
            pk: bool(self.is_shut_out(person, asked))
            for pk, slot in self.slots.items()
            if (asked := self.asked[slot["help_request_id"]])
            and asked["published_at"]
            and not (asked["cancelled_at"] or slot["cancelled_at"])
            and self.sees(person, asked, at)
            and (asked["circle_id"] == circle if circle else self._is_mine(person, asked, slot))
            and (slot["ends_at"] or not circle or slot["open_until"] > at)
        }

    def _is_mine(self, person, asked, slot):
        live = {c["person_id"] for c in self.claims_on[slot["id"]] if is_live(c)}
        return self.runs(person, asked) or person in live
