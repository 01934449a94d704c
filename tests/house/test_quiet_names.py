"""Who asks quietly has no name for whoever has no yes: on every page, in every mail and calendar."""

import copy

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from circles.models import Person, Ring
from requests.catalogue import Category, RequestKind
from requests.models import HelpRequest, StandbyCall, Wave
from requests.sweeps import waves
from supportnet.notices import kinds, rendering
from supportnet.notices.models import Notice
from tests import cast
from tests.cast import DAY, HOUR, now
from tests.house.test_leaks import walk
from tests.house.test_permissions import World, only_tried

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NAME = ("Zarafina", "Quillby")
# What would tell who it is just as well.
HERS = (*NAME, "zarafina@", "Hideaway", "+351 555 0999")
KINDS = {
    "walk": {"kind": RequestKind.EMOTIONAL, "category": Category.WALK},
    "company": {"kind": RequestKind.INSTRUMENTAL, "category": Category.COMPANY},
    "question": {"kind": RequestKind.INFORMATIONAL, "category": Category.QUESTION},
}
STOOD_BY = {"standby_asked", "standby_thanked"}
# Here everybody in the circle finds everybody in it, whoever asks for what: to meet them, to ask them by name, to
# tell the keepers about them.
LISTS_MEMBERS = {"circle_members", "request_new_kind", "report_somebody"}


class QuietWorld(World):
    """The world of the permission table, and somebody in it who asks three things without her name."""

    def __init__(self):
        super().__init__()
        self.hidden = cast.make_person("zarafina", phone=HERS[4], address=HERS[3])
        Person.objects.filter(pk=self.hidden.pk).update(name=" ".join(NAME))
        self.hidden.refresh_from_db()
        more = {name: cast.make_person(name.title()) for name in ("offering", "declined", "accepted")}
        self.people |= more | {"hidden": self.hidden}
        self.__dict__.update(more)
        for person in (*more.values(), self.hidden):
            cast.join(self.circle, person, by=self.keeper)
        self.sessions |= {name: self._sign_in(self.people[name]) for name in (*more, "hidden")}
        self.asked = {name: self._ask(fields) for name, fields in KINDS.items()}

    def _ask(self, fields):
        asked = cast.draft(
            self.hidden, self.circle, quietly=True, title="Quietly", phone=HERS[4], address=HERS[3], **fields
        )
        if asked.takes_answers:
            asked.set_times(timing="none", at=now())
        else:
            start = now() + 3 * DAY
            asked.set_times(timing="once", starts_at=start, ends_at=start + HOUR, capacity=9, at=now())
        asked.publish(by=self.hidden, at=now(), up_to=Ring.EVERYONE)
        asked.ask_more(by=self.hidden, at=now(), people=[self.member])
        asked.ask_more(by=self.hidden, at=now(), circle=self.other.memberships.get().circle)
        asked.promises = self._promises(asked)
        return asked

    def _promises(self, asked):
        if asked.takes_answers:
            asked.reply = asked.answer(by=self.offering, text="So and so", at=now())
            return {}
        slot = asked.slots.get()
        asked.call = StandbyCall.objects.create(
            slot=slot, person=self.member, starts_at=slot.starts_at, asked_at=now(), answer_by=now() + HOUR
        )
        for kind in STOOD_BY:
            Notice.objects.queue(kind, asked.call, to=self.member, at=now())
        promises = {
            name: slot.claim(by=getattr(self, name), at=now(), even_if_clashing=True)
            for name in ("offering", "declined", "accepted")
        }
        promises["declined"].decline(by=self.hidden, at=now())
        promises["accepted"].accept(by=self.hidden, at=now())
        return promises

    def about(self, asked, role):
        """The same world, in which pages about a request, a time or a promise are about this one's and `role`'s."""
        world = copy.copy(self)
        world.help_request = asked
        if asked.takes_answers:
            world.question, world.answer = asked, asked.reply
        else:
            world.slot, world.standby = asked.slots.get(), asked.call
            world.claim = world.offer = world.past_claim = asked.promises.get(
                role, asked.promises["accepted"]
            )
        return world


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all; what a test does in it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield QuietWorld()
        transaction.set_rollback(True)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["member", "offering", "declined", "other"])
def test_no_page_tells_who_asks(world, role):
    found, titles = set(), set()
    for name, said in walk(world, role, *(world.about(asked, role) for asked in world.asked.values())):
        found |= {(name, word) for word in HERS if word in said}
        titles |= {name} if "Quietly" in said else set()

    assert {(name, word) for name, word in found if name not in LISTS_MEMBERS} == set()
    # There was something to see: a test that looks away finds nothing.
    assert {"request", "slot_claim", "home", "requests"} <= titles


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_of_it_leads_to_her_place_among_the_members(world, kind):
    asked = world.asked[kind]
    hers = world.circle.memberships.get(person=world.hidden)
    with only_tried():
        page = world.client("member").get(asked.get_absolute_url()).text

    assert f"/members/{hers.pk}/" not in page
    assert reverse("request_block", args=[asked.pk]) not in page
    with only_tried():
        assert world.client("member").get(reverse("request_block", args=[asked.pk])).status_code == 403


@pytest.mark.parametrize("kind", ["walk", "company"])
def test_whoever_has_a_yes_reads_the_name_and_the_keeper_always_does(world, kind):
    asked = world.asked[kind]
    pages = {"request": asked.get_absolute_url(), "claim": asked.promises["accepted"].get_absolute_url()}
    for role in ("accepted", "keeper", "hidden"):
        with only_tried():
            assert NAME[0] in world.client(role).get(pages["request"]).text, role
    with only_tried():
        assert NAME[0] in world.client("accepted").get(pages["claim"]).text


@pytest.mark.parametrize("kind", KINDS)
def test_the_title_of_the_page_never_holds_the_name(world, kind):
    for role in ("accepted", "keeper", "hidden", "member"):
        with only_tried():
            page = world.client(role).get(world.asked[kind].get_absolute_url()).text
        assert not any(word in page.partition("<title>")[2].partition("</title>")[0] for word in NAME)


def test_a_place_that_was_swapped_in_says_no_name(world):
    for kind in ("walk", "company"):
        slot = world.asked[kind].slots.get()
        with only_tried():
            swapped = world.client("member").post(
                reverse("slot_claim", args=[slot.pk]), headers={"hx-request": "true"}
            )
        assert "Someone in your circle will say" in swapped.text
        assert not any(word in swapped.text for word in HERS)


def let_everything_happen(world):
    """Whatever tells somebody something about the two that have a time."""
    for asked in (world.asked["walk"], world.asked["company"]):
        slot, [offering, accepted] = asked.slots.get(), [asked.promises[n] for n in ("offering", "accepted")]
        slot.move(starts_at=slot.starts_at + HOUR, ends_at=slot.ends_at + HOUR, by=world.hidden, at=now())
        asked.refresh_from_db()
        asked.edit(by=world.hidden, at=now(), version=asked.version, would_help="A hand")
        offering.release(by=world.offering, at=now())
        accepted.release(by=world.accepted, at=now())
        slot.claim(by=world.member, at=now(), even_if_clashing=True)
        slot.claim(by=world.claimer, at=now(), even_if_clashing=True).accept(by=world.hidden, at=now())
        asked.cancel(by=world.hidden, at=now(), reason="We are well again")


def test_no_mail_and_no_calendar_tells_who_asks(world):
    may_know = {world.hidden, world.keeper}
    with only_tried():
        # Whoever is asked by name hears of it as one of the first, here of the walk.
        Wave.objects.filter(help_request=world.asked["walk"], person=None).update(told_at=now())
        waves.open_waves(now())
        let_everything_happen(world)
        asked = {one.pk for one in world.asked.values()}
        told, mails = set(), []
        for notice in Notice.objects.exclude(reader__in=may_know).select_related("reader"):
            kind = kinds.find(notice.kind)
            cause = kind.causes([notice.cause_id]).get(notice.cause_id)
            about = getattr(getattr(cause, "slot", cause), "help_request", cause)
            if not isinstance(about, HelpRequest) or about.pk not in asked:
                continue
            told.add(notice.kind)
            for language, _name in settings.LANGUAGES:
                message = rendering.compose(kind, [notice], [cause], at=now(), language=language, drafts={})
                parts = (message.message().as_string(), message.body, message.alternatives[0].content)
                mails.append(
                    (kind.name, language, " ".join([*parts, *(str(f.content) for f in message.attachments)]))
                )

    assert {(kind, word) for kind, _, mail in mails for word in HERS if word in mail} == set()
    assert told >= STOOD_BY | {
        "wave_opened",
        "asked_by_name",
        "claim_declined",
        "slot_changed",
        "slot_cancelled",
    }
