"""Nothing private goes further than it may: everybody reads every page, and every mail is read too.

One world in which each private field holds a word that stands nowhere else. Whoever finds that word sees the field.
"""

import copy

import pytest
from django.conf import settings
from django.db import transaction

from circles.models import Block, Person
from requests.models import Slot
from requests.sweeps import waves
from supportnet.notices import kinds, rendering
from supportnet.notices.models import Notice
from tests import cast
from tests.cast import DAY, HOUR, now
from tests.house.test_permissions import FIELDS, SAMPLES, World, addresses, only_tried, path_to

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ASKED = ("usual", "wide")
PRIVATE = ("address", "way_in", "phone", "medical_note", "children", "away", "parking")
# What people keep in their profiles; of these two, one has promised nothing, and the other comes.
PEOPLE, PROFILE = ("inner", "coming"), ("phone", "address", "way_in", "email")
WORDS = ("title", "would_help", "would_not_help", "how_done", "area")
# Of the second request each field goes another way. The way in, and what one needs at the door, go no further than the
# address.
WIDE = {
    "address": "inner",
    "way_in": "everyone",
    "phone": "close",
    "medical_note": "keepers",
    "children": "everyone",
    "away": "helpers",
}
OUTSIDE = ("anonymous", "stranger", "other", "waiting", "parted", "gone", "sent_away", "staff")
# They all promised to come. Of those who came an hour ago one was blocked since, one left, and one was removed.
MORE = ("coming", "late", "gave_back", "set_aside", "parted", "gone", "sent_away")
WERE_THERE = ("parted", "gone", "sent_away")


def mark(request, field):
    """The word that stands in this field of this request, or person, and nowhere else."""
    word = f"X{request}{field.replace('_', '')}X"
    return word.lower() if field == "email" else word


class LeakyWorld(World):
    """The world of the permission table, two requests that hold something private, and more who might look."""

    def __init__(self):
        super().__init__()
        people = {name: cast.make_person(name.title().replace("_", "")) for name in MORE}
        self.people |= people
        self.__dict__.update(people)
        for name in PEOPLE:
            words = {field: mark(name, field) for field in PROFILE}
            words["email"] += "@x.org"
            Person.objects.filter(pk=self.people[name].pk).update(**words)
            self.people[name].refresh_from_db()
        for person in people.values():
            cast.join(self.circle, person, by=self.keeper)
        self.usual, self.wide = self.ask("usual", {}), self.ask("wide", WIDE)
        self._let_go()
        self.sessions |= {name: self._sign_in(person) for name, person in people.items()}

    def ask(self, word, reaches):
        """A request with a word in each field, promised by all who would come; and the time has gone by for some."""
        fields = {field: mark(word, field) for field in (*PRIVATE, *WORDS)}
        fields["visit"] = {"parking": fields.pop("parking")}
        asked = cast.ask(
            self.asker, self.circle, capacity=9, category="childcare", reaches=reaches, details={}, **fields
        )
        asked.slot, an_hour_ago, yesterday = asked.slots.get(), self._one_more(asked), self._one_more(asked)
        asked.claim, gave_back, _ = self._promise(asked.slot, "coming", "gave_back", "set_aside")
        gave_back.release(by=self.gave_back, at=now())
        self._promise(an_hour_ago, *WERE_THERE)
        self._ended(an_hour_ago, ago=HOUR)
        self._promise(yesterday, "late")
        self._ended(yesterday, ago=25 * HOUR)
        return asked

    def _one_more(self, asked):
        starts_at = now() + 5 * DAY
        return asked.add_slot(
            by=self.asker, at=now(), starts_at=starts_at, ends_at=starts_at + HOUR, capacity=9
        )

    def _promise(self, slot, *names):
        return [slot.claim(by=self.people[name], at=now(), even_if_clashing=True) for name in names]

    def _ended(self, slot, *, ago):
        Slot.objects.filter(pk=slot.pk).update(starts_at=now() - ago - HOUR, ends_at=now() - ago)

    def _let_go(self):
        """They promised and came; since then they are not among those who may know."""
        theirs = {name: self.circle.memberships.get(person=getattr(self, name)) for name in MORE}
        theirs["gone"].leave(at=now())
        theirs["sent_away"].remove(by=self.keeper, at=now())
        theirs["set_aside"].exclude(by=self.keeper, at=now())
        Block.objects.make(by=self.asker, whom=self.parted, at=now())

    def about(self, asked):
        """The same world, in which pages about a request, a time or a promise are about this one's."""
        world = copy.copy(self)
        world.help_request, world.slot, world.claim = asked, asked.slot, asked.claim
        world.past_claim = asked.claim
        return world


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all; what a test does in it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield LeakyWorld()
        transaction.set_rollback(True)


def walk(world, role, *worlds):
    """(name of the address, what was answered) for every address, looked at and pressed, in each of the `worlds`.

    The rooms of the staff and of the keepers are not there for the others, as the permission table proves.
    """
    done = set()
    for name in sorted(set(addresses()) - SAMPLES):
        if name.startswith(ROOMS) and role not in ("keeper", "other", "staff"):
            continue
        for path in dict.fromkeys(path_to(one, name) for one in worlds):
            if path not in done:
                done.add(path)
                yield from ((name, said) for said in _answers(world, role, name, path))


# Whoever presses these has promised to come, and may see from then on what those see who come.
PROMISES = {"slot_claim", "request_claims"}
ROOMS = ("admin", "organize")
# Who goes on to where a press leads, and reads what is said there about it; the pages themselves everybody reads.
FOLLOW = ("member", "coming", "gone", "keeper")


def _answers(world, role, name, path):
    client = world.client(role)
    with only_tried():
        looked = client.get(path)
    yield said_by(looked)
    # What is not there, or only behind the door, is not there to be pressed either: see the permission table.
    if looked.status_code not in (302, 404) and not name.startswith(("admin", "mfa", "account")):
        with only_tried():
            fields = {"csrfmiddlewaretoken": "", **FIELDS.get(name, {})}
            yield said_by(client.post(path, fields, follow=role in FOLLOW and name not in PROMISES))


def said_by(response):
    """All that came over the wire."""
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    cookies = response.cookies.output()
    return f"{head}\n{cookies}\n{response.getvalue().decode() if response.streaming else response.text}"


INSIDE = ("member", "asker", "keeper", "inner", "close", "coming", "late", "gave_back", "set_aside")
ROLES = (*OUTSIDE, *INSIDE)
# Who sees what of the two requests.
ALL = set(PRIVATE)
SEE_OF_THE_USUAL = {"asker": ALL, "keeper": ALL, "coming": ALL}
SEE_OF_THE_WIDE = {
    **dict.fromkeys(INSIDE, {"children"}),
    "asker": ALL,
    "keeper": ALL,
    "coming": ALL - {"medical_note"},
    "inner": {"address", "way_in", "phone", "children", "parking"},
    "close": {"phone", "children"},
    "set_aside": set(),
}


# Whoever counts on somebody who comes may call them. The operator's staff know who has an account.
SEE_OF_PEOPLE = {
    "asker": {("coming", "phone")},
    "keeper": {("coming", "phone")},
    "staff": {("inner", "email"), ("coming", "email")},
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ROLES)
def test_each_private_word_is_found_by_those_who_may_see_it_and_by_nobody_else(world, role, caplog):
    words = {mark(asked, field): (asked, field) for asked in ASKED for field in (*PRIVATE, *WORDS)}
    words |= {mark(person, field): (person, field) for person in PEOPLE for field in PROFILE}
    found = {}

    for name, said in walk(world, role, *(world.about(asked) for asked in (world.usual, world.wide))):
        for word in words:
            if word in said:
                found.setdefault(words[word], set()).add(name)

    may_see = {("usual", field) for field in SEE_OF_THE_USUAL.get(role, ())}
    may_see |= {("wide", field) for field in SEE_OF_THE_WIDE.get(role, ())}
    may_see |= {(asked, field) for asked in ASKED for field in WORDS if role in INSIDE}
    may_see |= {(role, field) for field in PROFILE if role in PEOPLE} | SEE_OF_PEOPLE.get(role, set())
    assert {seen: sorted(found[seen]) for seen in found if seen not in may_see} == {}
    assert set(found) == may_see
    assert [word for word in words if word in caplog.text] == []


def mails_about(world):
    """Every mail that comes of what happens with the two requests, in every language, as it leaves the house."""
    for notice in Notice.objects.select_related("reader").order_by("pk"):
        kind = kinds.find(notice.kind)
        cause = kind.causes([notice.cause_id]).get(notice.cause_id)
        for language, _name in settings.LANGUAGES if cause else ():
            message = rendering.compose(kind, [notice], [cause], at=now(), language=language)
            parts = [message.message().as_string(), message.body, message.alternatives[0].content]
            yield kind.name, "\n".join([*parts, *(str(file.content) for file in message.attachments)])


def let_everything_happen(world):
    """Whatever tells somebody something, once for each of the two requests."""
    for asked, helper in ((world.usual, world.inner), (world.wide, world.close)):
        waves.open_waves(now())
        slot = asked.slots.get(pk=asked.slot.pk)
        claim = slot.claim(by=helper, at=now())
        for field in ("remind_at", "remind_again_at", "follow_up_at"):
            type(claim).objects.filter(pk=claim.pk).update(**{field: now()})
        waves.remind_the_evening_before(now())
        waves.remind_two_hours_before(now())
        waves.ask_the_morning_after(now())
        claim.look_for_cover(by=helper, at=now())
        claim.run_late(minutes=5, by=helper, at=now())
        claim.thank(by=world.asker, text="Thank you", at=now())
        slot.move(starts_at=slot.starts_at + HOUR, ends_at=slot.ends_at + HOUR, by=world.asker, at=now())
        asked.refresh_from_db()
        asked.edit(by=world.asker, at=now(), version=asked.version, phone=f"{asked.phone} ")
        claim.release(by=helper, at=now())
        asked.cancel(by=world.asker, at=now(), reason="We are well again")


def test_no_mail_holds_a_private_word_in_any_language(world, caplog):
    with only_tried():
        let_everything_happen(world)
        mails = list(mails_about(world))

    words = [mark(asked, field) for asked in ASKED for field in (*PRIVATE, *WORDS)]
    assert {(kind, word) for kind, mail in mails for word in words if word in mail} == set()
    assert {kind for kind, mail in mails} >= {
        *(
            "wave_opened",
            "claim_confirmed",
            "request_claimed",
            "claim_released",
            "claim_late",
            "cover_wanted",
        ),
        *("reminder", "reminder_soon", "afterwards", "slot_changed", "slot_cancelled", "thanks_given"),
    }
    assert [word for word in words if word in caplog.text] == []
