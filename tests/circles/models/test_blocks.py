"""Two people who do not see each other: the block itself, its pages, and who is in the lists."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from circles import hooks
from circles.models import Block, BlockedOften, JournalEntry, NobodyAsked, Person, Report
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import join, make_circle, make_person, now
from tests.circles.pages import signed_in, text


def block(one, other):
    return Block.objects.make(by=one, whom=other, at=now())


def member_page(circle, person, page):
    return f"/circles/{circle.pk}/members/{circle.memberships.get(person=person).pk}/{page}/"


# The block ---------------------------------------------------------------------------------------------------


def test_a_block_holds_in_both_directions_and_belongs_to_who_made_it(ada, bo, olga):
    block(ada, bo)

    assert [Block.objects.parted_from(person) for person in (ada, bo, olga)] == [{bo.pk}, {ada.pk}, set()]
    assert [Block.objects.of(person).count() for person in (ada, bo)] == [1, 0]


def test_blocking_twice_is_blocking_once_and_is_told_once(ada, bo, monkeypatch):
    told = []
    monkeypatch.setattr(hooks, "two_parted", [lambda one, other, at: told.append((one, other))])

    assert block(ada, bo) == block(ada, bo)
    assert (Block.objects.count(), told) == (1, [(ada, bo)])


def test_nobody_blocks_themselves(ada):
    with pytest.raises(ValueError, match="themselves"):
        block(ada, ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(by=ada, whom=ada, created_at=now())


def test_a_lifted_block_is_gone_and_the_other_ones_own_stays(ada, bo):
    mine, theirs = block(ada, bo), block(bo, ada)

    mine.lift(at=now())
    assert Block.objects.parted_from(ada) == {bo.pk}

    theirs.lift(at=now())
    assert Block.objects.parted_from(ada) == Block.objects.parted_from(bo) == set()


def test_blocks_between_two_are_those_of_either_and_of_nobody_else(ada, bo, olga):
    between = {block(ada, bo), block(bo, ada)}
    for one, other in ((ada, olga), (olga, bo)):
        block(one, other)

    assert set(Block.objects.between(bo, ada)) == between


def test_a_bad_day_has_five_blocks_an_hour_and_whom_one_blocked_already_counts_not(ada, bo):
    for number in range(4):
        block(ada, make_person(f"P{number}"))
    fifth = block(ada, bo)

    with pytest.raises(BlockedOften):
        block(ada, make_person("Sixth"))

    assert block(ada, bo) == fifth
    block(bo, ada)
    assert Block.objects.make(by=ada, whom=make_person("Later"), at=now() + dt.timedelta(hours=1))


def test_no_circles_journal_tells_of_a_block(ada, bo, street):
    block(ada, bo).lift(at=now())

    entries = JournalEntry.objects.filter(verb__in=["blocked", "lifted"])
    assert [(entry.verb, entry.actor, entry.circle, entry.details) for entry in entries.order_by("pk")] == [
        ("blocked", ada, None, {}),
        ("lifted", ada, None, {}),
    ]


def test_many_pairs_are_looked_up_at_once(ada, bo, olga, mallory, django_assert_num_queries):
    block(ada, bo)
    pairs = {(bo.pk, ada.pk), (ada.pk, olga.pk), (mallory.pk, bo.pk)}

    with django_assert_num_queries(1):
        assert Block.objects.among(pairs) == {(bo.pk, ada.pk)}


def test_rows_say_whether_their_person_is_seen_and_never_for_nobody(ada, bo, olga):
    block(ada, bo)
    unseen = Block.objects.parting(bo, field="pk")

    assert list(Person.objects.filter(unseen)) == [ada]
    assert list(Person.objects.annotate(unseen=unseen).filter(unseen=False)) == [bo, olga]
    with pytest.raises(NobodyAsked):
        Block.objects.parting(None, field="pk")


# Its pages ---------------------------------------------------------------------------------------------------


def test_the_page_says_what_a_block_does_before_it_does_it(ada, bo, street):
    client = signed_in(ada)

    page = text(client.get(member_page(street, bo, "block")))
    assert "Block Bo?" in page
    for said in ("do not see each other", "is freed", "Nobody is told that you did this", "keepers"):
        assert said in page
    assert member_page(street, bo, "report") in client.get(member_page(street, bo, "block")).content.decode()
    assert Block.objects.count() == 0

    response = client.post(member_page(street, bo, "block"), follow=True)
    assert response.redirect_chain == [("/me/blocks/", 302)]
    assert "Bo" in text(response)
    assert Block.objects.get().whom == bo


def test_everybody_may_block_everybody_else_but_not_themselves(ada, bo, olga, street):
    for person, other, answer in ((ada, bo, 302), (bo, olga, 302), (olga, ada, 302), (ada, ada, 404)):
        response = signed_in(person).post(member_page(street, other, "block"))
        assert (person, other, response.status_code) == (person, other, answer)


def test_a_block_can_be_lifted_by_who_made_it_alone(ada, bo, street):
    mine = block(ada, bo)
    url = f"/me/blocks/{mine.pk}/lift/"

    assert signed_in(bo).post(url).status_code == 404
    assert signed_in(ada).get(url).status_code == 405
    assert "Bo is not blocked any more." in text(signed_in(ada).post(url, follow=True))
    assert not Block.objects.exists()


def test_my_list_holds_whom_i_blocked_and_never_who_blocked_me(
    ada, bo, olga, street, django_assert_num_queries
):
    block(ada, bo)
    block(olga, ada)

    client = signed_in(ada)
    with django_assert_num_queries(3):
        page = client.get("/me/blocks/")
    assert [mine.whom for mine in page.context["blocks"]] == [bo]
    assert "Olga" not in text(page)
    assert "You have blocked nobody" in text(signed_in(bo).get("/me/blocks/"))


def test_the_way_to_the_list_stands_on_my_page(ada):
    assert 'href="/me/blocks/"' in signed_in(ada).get("/me/").content.decode()


def test_nobody_outside_blocks_a_member(mallory, bo, street, elsewhere):
    for page in ("block", "report"):
        assert signed_in(mallory).post(member_page(street, bo, page)).status_code == 404
    membership = elsewhere.memberships.get()
    for page in ("block", "report"):
        assert signed_in(bo).get(f"/circles/{street.pk}/members/{membership.pk}/{page}/").status_code == 404


def test_who_was_blocked_meets_the_same_page_as_for_somebody_who_left(ada, bo, street):
    block(ada, bo)
    gone = make_person("Gone")
    join(street, gone, by=street.keepers().first().person).leave(at=now())

    for page, status in (("block", 404), ("report", 200)):
        of_ada = signed_in(bo).get(member_page(street, ada, page))
        of_gone = signed_in(bo).get(member_page(street, gone, page))
        assert (of_ada.status_code, of_gone.status_code) == (status, status)
        assert text(of_ada).replace("Ada", "Gone") == text(of_gone)


@pytest.mark.parametrize("ends", ["block", "leave", "remove"])
def test_who_was_blocked_reports_who_blocked_them_as_somebody_who_left(ends, ada, bo, olga, street):
    hers = street.memberships.get(person=ada)
    {
        "block": lambda: block(ada, bo),
        "leave": lambda: hers.leave(at=now()),
        "remove": lambda: hers.remove(by=olga, at=now()),
    }[ends]()

    page = signed_in(bo).post(member_page(street, ada, "report"), {"reason": "Shouts"}, follow=True)

    report = Report.objects.get()
    assert (report.reporter, report.about, report.circle) == (bo, ada, street)
    assert "Ada" not in text(page)


def test_nobody_learns_by_reporting_who_is_there_unseen(ada, mallory, olga, street):
    """Mallory was blocked before she joined, and tries the numbers."""
    block(ada, mallory)
    gone = join(street, make_person("Gone"), by=olga)
    gone.leave(at=now())
    join(street, mallory, by=olga)
    tries = [member_page(street, ada, "report"), f"/circles/{street.pk}/members/{gone.pk}/report/"]

    assert [signed_in(mallory).get(url).status_code for url in tries] == [404, 404]
    assert signed_in(olga).get(tries[0]).status_code == 200


def test_who_blocked_may_still_report_and_block_again(ada, bo, street):
    block(ada, bo)
    block(bo, ada)  # before she did, unknown to her

    for page in ("block", "report"):
        assert signed_in(ada).get(member_page(street, bo, page)).status_code == 200


# Who is in the lists -----------------------------------------------------------------------------------------


def members(person, circle):
    response = signed_in(person).get(f"/circles/{circle.pk}/members/")
    return {member.person for member in response.context["page"].rows}


def test_members_who_are_parted_are_not_in_each_others_list(ada, bo, olga, street):
    block(ada, bo)

    assert members(ada, street) == {ada, olga}
    assert members(bo, street) == {bo, olga}


def test_keepers_see_both_even_when_they_are_one_of_them(ada, bo, olga, street):
    block(ada, bo)
    block(bo, olga)

    assert members(olga, street) == {ada, bo, olga}


def test_a_circles_keepers_can_be_reached_by_whoever_does_not_see_them(ada, olga, street):
    block(olga, ada)

    page = signed_in(ada).get(f"/circles/{street.pk}/")

    assert page.context["keepers"] == [olga]


def test_a_keeper_who_blocked_somebody_stands_in_the_list_as_on_the_circles_page(ada, olga, street):
    block(olga, ada)
    client = signed_in(ada)

    assert olga in members(ada, street)
    assert [client.get(member_page(street, olga, what)).status_code for what in ("block", "report")] == [
        200
    ] * 2


def test_the_number_of_members_is_that_of_the_list(ada, bo, olga, street):
    block(bo, ada)

    for person, number in ((ada, "2 members"), (bo, "2 members"), (olga, "3 members")):
        assert number in text(signed_in(person).get("/circles/"))


def test_the_list_offers_blocking_and_reporting_of_others(ada, bo, street):
    page = signed_in(ada).get(f"/circles/{street.pk}/members/").content.decode()

    assert member_page(street, bo, "block") in page and member_page(street, bo, "report") in page
    assert member_page(street, ada, "block") not in page


# Invitations -------------------------------------------------------------------------------------------------


@pytest.fixture
def awake(db):
    """Nobody sleeps, whatever the hour."""
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    Notice.objects.all().delete()


@pytest.mark.parametrize("who", ["inviter", "invited"])
def test_no_invitation_arrives_from_somebody_blocked_meanwhile(who, mallory, bo, awake):
    choir = make_circle(mallory, name="Choir")
    Notice.objects.all().delete()
    choir.invite(email="Bo@example.org", by=mallory, at=now())
    block(*((mallory, bo) if who == "inviter" else (bo, mallory)))

    deliver(at=now())

    [notice] = Notice.objects.filter(kind="invitation")
    assert (notice.state, notice.dropped_because) == (
        "dropped",
        "The reader does not see the person whom this is about.",
    )


def test_an_invitation_by_somebody_else_arrives(mallory, olga, bo, awake):
    block(bo, mallory)
    make_circle(olga, name="Choir").invite(email=bo.email, by=olga, at=now())

    deliver(at=now())

    assert Notice.objects.get(kind="invitation").state == "sent"
