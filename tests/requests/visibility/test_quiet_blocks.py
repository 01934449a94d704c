"""A block tells nobody who asks quietly: what it reaches looks the same whoever blocked whom.

See docs/decisions/0010-blocks-and-quiet-asks.md.
"""

import re

import pytest
from django.urls import reverse

from circles.models import Block, BlockedOften
from requests.models import Answer, HelpRequest
from requests.pages.home_queries import mine_of
from requests.pages.open_requests import needs_of
from requests.sweeps.waves import tell_wave
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, make_circle, make_person, now
from tests.circles.pages import signed_in, text
from tests.requests.visibility.test_quiet_asking import KINDS, quiet

pytestmark = pytest.mark.django_db
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def street(olga, ada, bo, mallory):
    """Mallory is in, and tries to find out who asks quietly; there are others whom it may be."""
    return make_circle(olga, ada, bo, mallory, make_person("Cleo"), make_person("Dan"))


def looks(person, asked):
    """All that tells somebody of the request: its pages, lists and counts, without the keys of forms."""
    at = now()
    slots = [slot.get_absolute_url() for slot in asked.slots.all()]
    claims = [
        claim.get_absolute_url() for slot in asked.slots.all() for claim in slot.claims.filter(person=person)
    ]
    url = asked.get_absolute_url()
    pages = [url, f"{url}report/", "/requests/", "/", *slots, *claims, reverse("helping"), "/me/notices/"]
    client = signed_in(person)
    answers = [client.get(page) for page in pages]
    bodies = [re.sub(r'value="[\w-]{30,}"|nonce-?[\w"=+/-]+', "", a.content.decode()) for a in answers]
    return [
        *[(page, a.status_code, body) for page, a, body in zip(pages, answers, bodies, strict=True)],
        needs_of(person, at=at),
        list(HelpRequest.objects.visible_to(person, at=at)),
    ]


@pytest.mark.slow
@every_kind
@pytest.mark.parametrize("offers", [False, True], ids=["looks on", "has offered"])
@pytest.mark.parametrize("who", ["reader", "asker"])
def test_blocking_one_after_the_other_finds_nobody(kind, offers, who, street, ada, mallory):
    asked = quiet(ada, street, kind)
    if offers and kind == "question":
        Answer.objects.create(help_request=asked, person=mallory, text="So did we", created_at=now())
    elif offers:
        asked.slots.get().claim(by=mallory, at=now())
    before = looks(mallory, asked)

    for member in street.members().exclude(person=mallory).exclude(person__name="Olga"):
        pair = (mallory, member.person) if who == "reader" else (member.person, mallory)
        block = Block.objects.make(by=pair[0], whom=pair[1], at=now())
        assert looks(mallory, asked) == before, member.person
        block.lift(at=now())
        assert looks(mallory, asked) == before, member.person


@every_kind
def test_its_mail_comes_to_whoever_blocked_the_asker_as_to_the_others(
    kind, street, ada, bo, mallory, mailoutbox
):
    street.memberships.update(hears="at_once")
    Block.objects.make(by=mallory, whom=ada, at=now())
    asked = quiet(ada, street, kind)

    for wave in asked.waves.all():
        tell_wave(wave, at=now())
    deliver(at=(now() + DAY).replace(hour=12))

    told = Notice.objects.filter(kind="wave_opened", reader__in=[bo, mallory])
    assert sorted(told.values_list("reader__name", "dropped_because")) == [("Bo", ""), ("Mallory", "")]
    assert not [mail for mail in mailoutbox if mail.to == ["mallory@example.org"] and "Ada" in mail.body]


def test_an_offer_across_a_block_is_not_seen_by_the_asker_nor_counted_nor_mailed(street, ada, bo, mallory):
    asked = quiet(ada, street, "walk")
    Block.objects.make(by=ada, whom=mallory, at=now())
    hers = asked.slots.get().claim(by=mallory, at=now())
    asked.slots.get().claim(by=bo, at=now())
    client = signed_in(ada)

    page = text(client.get(asked.get_absolute_url()))
    assert "Bo" in page and "Mallory" not in page
    assert [claim.person for claim in client.get(asked.get_absolute_url()).context["offers"]] == [bo]
    assert client.get(hers.get_absolute_url()).status_code == 404
    assert client.post(reverse("claim_accept", args=[hers.pk])).status_code == 404
    assert mine_of(ada, at=now())["asked"][0]["waiting"] == 1
    deliver(at=(now() + DAY).replace(hour=12))
    dropped = Notice.objects.filter(kind="request_claimed").exclude(dropped_because="")
    assert list(dropped.values_list("cause_id", flat=True)) == [hers.pk]


def test_once_the_name_is_known_a_block_holds_and_frees_the_promise(street, ada, bo):
    asked = quiet(ada, street, "walk")
    claim = asked.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())

    Block.objects.make(by=bo, whom=ada, at=now())

    claim.refresh_from_db()
    assert not claim.is_live
    assert signed_in(bo).get(asked.get_absolute_url()).status_code == 404
    assert asked.pk not in [need["help_request_id"] for need in needs_of(bo, at=now())]


def test_for_a_keeper_who_knows_the_name_anyway_a_block_holds(street, ada, olga):
    asked = quiet(ada, street, "walk")

    Block.objects.make(by=ada, whom=olga, at=now())

    assert signed_in(olga).get(asked.get_absolute_url()).status_code == 404


def test_what_is_asked_with_a_name_is_gone_as_before(street, ada, mallory):
    asked = quiet(ada, street, "walk")
    HelpRequest.objects.filter(pk=asked.pk).update(quietly=False)

    Block.objects.make(by=mallory, whom=ada, at=now())

    assert signed_in(mallory).get(asked.get_absolute_url()).status_code == 404
    assert needs_of(mallory, at=now()) == []


# How many ----------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(mallory):
    """Many whom somebody may try."""
    return [make_person(f"Person{number}") for number in range(22)]


def test_five_in_an_hour_and_lifting_gives_none_back(mallory, crowd):
    at = now()
    for person in crowd[:5]:
        Block.objects.make(by=mallory, whom=person, at=at).lift(at=at)

    with pytest.raises(BlockedOften):
        Block.objects.make(by=mallory, whom=crowd[5], at=at)
    with pytest.raises(BlockedOften):
        Block.objects.make(by=mallory, whom=crowd[0], at=at)
    assert Block.objects.make(by=mallory, whom=crowd[5], at=at + HOUR).pk


def test_twenty_in_a_day(mallory, crowd):
    at = now()
    for number, person in enumerate(crowd[:20]):
        Block.objects.make(by=mallory, whom=person, at=at + number // 5 * HOUR)

    with pytest.raises(BlockedOften):
        Block.objects.make(by=mallory, whom=crowd[20], at=at + 5 * HOUR)
    assert Block.objects.make(by=mallory, whom=crowd[20], at=at + DAY + HOUR).pk


def test_the_page_says_so_in_words_and_the_others_are_as_they_were(mallory, crowd):
    circle = make_circle(mallory, *crowd[:7])
    client = signed_in(mallory)
    for person in crowd[:6]:
        pk = circle.memberships.get(person=person).pk
        page = client.post(reverse("member_block", args=[circle.pk, pk]), follow=True)

    assert "At most 5 people can be blocked in an hour" in text(page)
    assert Block.objects.of(mallory).count() == 5
