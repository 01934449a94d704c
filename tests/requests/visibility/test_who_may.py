"""Who may do what, deed by deed: the policies that are no rung of the ladder, each for everybody near a request."""

from types import SimpleNamespace

import pytest

from circles.models import Block
from requests.models import Claim, HelpRequest
from requests.visibility import policies
from requests.visibility.viewer import annotations
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, draft, join, make_person, now

pytestmark = pytest.mark.django_db
# What each may be asked of without a promise or a time. The names are those of the people below.
DEEDS = {
    "run": policies.may_run,
    "edit": lambda person, asked: policies.may_edit(person, asked, at=now()),
    "keep": policies.keeps,
    "say yes": policies.may_say_yes,
    "answer": policies.may_answer,
    "claim": policies.may_claim,
    "promise for": policies.may_promise_for,
    "take places": policies.may_take_places,
    "report": policies.may_report,
    "block": policies.may_block,
    "stand by": policies.may_stand_by,
    "see helpers": policies.may_see_helpers,
    "see the name": policies.may_see_name,
    "see the sheet": lambda person, asked: policies.may_see_sheet(person, asked, at=now()),
}
EVERYBODY = "asker poster keeper helper offers member"
OURS = "asker poster"
OTHERS = "keeper helper offers member"
KEPT = "asker poster keeper"
OPEN = {
    **dict.fromkeys(("run", "edit"), KEPT),
    "keep": "keeper",
    "promise for": "keeper",
    "say yes": OURS,
    "answer": "",
    **dict.fromkeys(("claim", "take places", "stand by", "block"), OTHERS),
    "report": f"asker {OTHERS}",
    "see helpers": EVERYBODY,
    "see the name": EVERYBODY,
    "see the sheet": f"{KEPT} helper",
}
# Only what is otherwise than while a practical request is open.
TABLE = {
    "open": {},
    "closed": dict.fromkeys(("promise for", "take places", "stand by"), ""),
    "a question": {
        "answer": OTHERS,
        "promise for": "",
        "stand by": "",
        "see the sheet": KEPT,
    },
    "a closed question": {
        **dict.fromkeys(("answer", "promise for", "stand by", "take places"), ""),
        "see the sheet": KEPT,
    },
    "quiet": {
        **dict.fromkeys(("see helpers",), KEPT),
        "see the name": f"{KEPT} helper",
        "block": "keeper helper",
    },
    "a draft": {
        **dict.fromkeys(("keep", "promise for", "take places", "stand by", "report"), ""),
        **dict.fromkeys(("run", "edit", "see the sheet"), OURS),
    },
}


@pytest.fixture
def people(ada, bo, olga, street):
    """Everybody near a request, by how they stand to it; one posts it for another."""
    others = {name: make_person(name.title()) for name in ("poster", "offers", "member")}
    for person in others.values():
        join(street, person, by=olga)
    return SimpleNamespace(asker=ada, helper=bo, keeper=olga, **others)


def made(what, people, street):
    """The request of that row, posted by one for another; who helps was accepted, who offers was not."""
    kinds = {"a question": ask_for_advice, "a closed question": ask_for_advice, "quiet": ask_for_company}
    asked = draft(people.asker, street) if what == "a draft" else kinds.get(what, ask)(people.asker, street)
    if what == "quiet":
        walk = asked.slots.get()
        for person in (people.helper, people.offers):
            walk.claim(by=person, at=now())
        Claim.objects.get(person=people.helper).accept(by=people.asker, at=now())
    elif what in ("open", "closed"):
        asked.slots.get().claim(by=people.helper, at=now())
    if "closed" in what:
        asked.close(by=people.asker, at=now())
    HelpRequest.objects.filter(pk=asked.pk).update(posted_by=people.poster, quietly=what == "quiet")
    return asked


def fetched(person, asked):
    """The request as a page of `person` fetches it."""
    return HelpRequest.objects.annotate(**annotations(person, at=now())).get(pk=asked.pk)


@pytest.mark.parametrize("what", TABLE)
def test_who_may_do_what(what, people, street):
    asked = made(what, people, street)

    may = {
        deed: {name for name, person in vars(people).items() if policy(person, fetched(person, asked))}
        for deed, policy in DEEDS.items()
    }

    assert may == {deed: set(names.split()) for deed, names in {**OPEN, **TABLE[what]}.items()}


@pytest.mark.parametrize("what", TABLE)
def test_a_request_that_was_not_fetched_for_somebody_gives_them_no_place_and_the_same_else(
    what, people, street
):
    asked = HelpRequest.objects.get(pk=made(what, people, street).pk)

    for deed, policy in DEEDS.items():
        for name, person in vars(people).items():
            expected = deed != "take places" and policy(person, fetched(person, asked))
            assert policy(person, HelpRequest.objects.get(pk=asked.pk)) == expected, (deed, name)


def test_what_was_fetched_for_one_gives_another_no_place(people, street):
    asked = made("open", people, street)

    assert not policies.may_take_places(people.member, fetched(people.keeper, asked))


def test_whom_the_keepers_set_aside_takes_no_place(people, street):
    asked = made("open", people, street)
    street.memberships.get(person=people.member).exclude(by=people.keeper, at=now())

    assert not policies.may_take_places(people.member, fetched(people.member, asked))


def test_where_a_checked_helper_is_needed_only_they_take_a_place(people, street):
    asked = made("open", people, street)
    HelpRequest.objects.filter(pk=asked.pk).update(category="childcare", needs_checked=True)
    street.memberships.get(person=people.member).note_check(
        until=(now() + 30 * DAY).date(), by=people.keeper, at=now()
    )

    may = {
        n for n, person in vars(people).items() if policies.may_take_places(person, fetched(person, asked))
    }
    must = {
        name
        for name, person in vars(people).items()
        if policies.must_be_checked(person, fetched(person, asked), at=now())
    }

    assert (may, must) == ({"member"}, {*vars(people)} - {"member"})


def test_nobody_must_be_checked_where_no_checked_helper_is_needed(people, street):
    asked = made("open", people, street)

    assert not policies.must_be_checked(people.member, fetched(people.member, asked), at=now())


def test_a_keeper_whom_the_asker_blocked_does_not_edit_but_may_run_it(people, street):
    asked = made("open", people, street)
    Block.objects.make(by=people.asker, whom=people.keeper, at=now())

    of_keeper = fetched(people.keeper, asked)
    assert policies.may_run(people.keeper, of_keeper)
    assert not policies.may_edit(people.keeper, of_keeper, at=now())
    assert policies.may_edit(people.asker, fetched(people.asker, asked), at=now())


def test_keepers_speak_for_helpers_and_nobody_for_themselves(people, street):
    asked = made("open", people, street)
    claim = Claim.objects.get()

    speaks = {
        n
        for n, person in vars(people).items()
        if policies.may_speak_for(person, fetched(person, asked), claim)
    }
    assert speaks == {"keeper"}
    claim.person = people.keeper
    assert not policies.may_speak_for(people.keeper, fetched(people.keeper, asked), claim)


@pytest.mark.parametrize(("is_unseen", "see"), [(False, EVERYBODY), (True, "keeper")])
def test_who_helps_has_a_name_but_for_those_who_do_not_see_each_other(is_unseen, see, people, street):
    asked, claim = made("open", people, street), Claim.objects.get()
    claim.is_unseen = is_unseen

    sees = {
        n
        for n, person in vars(people).items()
        if policies.may_see_helper(person, fetched(person, asked), claim)
    }

    assert sees == set(see.split())


def calls(people, asked, claim, *, at):
    """Who may see the phone of the helper."""
    return {
        name
        for name, person in vars(people).items()
        if policies.may_see_phone_of(person, fetched(person, asked), claim, at=at)
    }


def test_a_helper_is_called_by_those_who_count_on_them_until_a_day_afterwards(people, street):
    asked, claim = made("open", people, street), Claim.objects.select_related("slot").get()
    claim.is_unseen = claim.is_gone = False
    over = claim.slot.ends_at + DAY

    assert calls(people, asked, claim, at=now()) == set(KEPT.split())
    assert calls(people, asked, claim, at=over - HOUR) == set(KEPT.split())
    assert calls(people, asked, claim, at=over) == set()
    claim.is_gone = True
    assert calls(people, asked, claim, at=now()) == {"keeper"}


def test_nobody_calls_themselves_nor_whoever_only_offered(people, street):
    asked = made("quiet", people, street)
    helps, offers = (
        Claim.objects.select_related("slot").get(person=person) for person in (people.helper, people.offers)
    )
    helps.is_gone = offers.is_gone = False
    helps.person = people.keeper

    assert calls(people, asked, helps, at=now()) == {"asker", "poster"}
    assert calls(people, asked, offers, at=now()) == set()


@pytest.mark.parametrize("quietly", [False, True])
def test_whom_it_is_for_is_called_by_name_by_those_who_may_know(quietly, people, street):
    asked = made("quiet" if quietly else "open", people, street)

    told = {
        name: policies.name_of_asker(person, fetched(person, asked)) for name, person in vars(people).items()
    }
    know = set(f"{KEPT} helper".split() if quietly else EVERYBODY.split())

    assert {name for name, words in told.items() if "Ada" in words} == know
    everybody = policies.name_of_asker(None, HelpRequest.objects.get(pk=asked.pk))
    assert ("Ada" in everybody) is not quietly
    assert {told[name] for name in told if name not in know} <= {"Someone in your circle"}


def test_a_promise_for_another_request_opens_neither_name_nor_sheet(people, street):
    asked = made("quiet", people, street)
    other = ask(people.asker, street, in_days=5)
    other.slots.get().claim(by=people.member, at=now())

    assert not policies.may_see_name(people.member, fetched(people.member, asked))
    assert not policies.may_see_sheet(people.member, fetched(people.member, asked), at=now())


def test_promises_that_came_with_the_request_are_read_for_their_owner_alone(
    people, street, django_assert_num_queries
):
    asked = HelpRequest.objects.annotate(**annotations(people.offers, at=now())).prefetch_related(
        "slots__claims"
    )
    asked = asked.select_related("circle").get(pk=made("quiet", people, street).pk)

    with django_assert_num_queries(0):
        assert not policies.may_see_name(people.offers, asked)
