"""Ways into a circle, one by one: whose they are, until when, how often, and what ends them."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from circles.models import (
    Circle,
    CircleKind,
    Invitation,
    InvitationExpired,
    InvitationLapsed,
    InvitationRevoked,
    InvitationUsedUp,
    JournalEntry,
    Person,
    Ring,
)
from circles.models.exceptions import InvitationWithoutConsent
from supportnet.notices.models import Notice
from tests.cast import DAY, make_circle, make_person, now

SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)


def invite(circle, keeper, email="mallory@example.org", *, at=None, **fields):
    return circle.invite(email=email, by=keeper, at=at or now(), **fields)


def row(invitation):
    """The invitation as it stands in the database."""
    return Invitation.objects.get(pk=invitation.pk)


def mails():
    return Notice.objects.filter(kind="invitation").count()


def written(invitation):
    """(what, by whom) of its history."""
    return [(entry.verb, entry.actor.name) for entry in JournalEntry.objects.about(invitation)]


@pytest.fixture
def waiting(olga):
    """Olga's care circle around rosa, who has not answered."""
    make_person("Rosa")
    whom = {"name": "Rosa", "email": "rosa@example.org"}
    circle = Circle.objects.start(
        by=olga, kind=CircleKind.CARE, name="Near", around="Rosa", at=now(), whom=whom
    )
    circle.consent.send(by=olga, at=now())
    return circle


# How long, and how often --------------------------------------------------------------------------------------


def test_an_invitation_holds_for_thirty_days_to_the_second(street, olga, mallory):
    at = now()
    invitation = invite(street, olga, at=at)

    assert invitation.expires_at == at + 30 * DAY
    with pytest.raises(InvitationExpired):
        invitation.accept(by=mallory, at=at + 30 * DAY)
    assert invitation.accept(by=mallory, at=at + 30 * DAY - SECOND).state == "current"


@pytest.mark.parametrize("spoil", ["revoked", "expired"])
def test_what_is_passed_on_asks_nobody_either_once_it_is_over(spoil, street, olga, mallory):
    invitation = invite(street, olga, "zed@example.org")
    if spoil == "revoked":
        invitation.revoke(by=olga, at=now())
    at = now() + (31 * DAY if spoil == "expired" else SECOND)

    with pytest.raises((InvitationRevoked, InvitationExpired)):
        invitation.accept(by=mallory, at=at)

    assert not street.memberships.filter(person=mallory).exists()


def test_a_link_lets_in_as_many_as_it_is_for_and_says_so_to_the_next_on_an_old_page(street, olga, mallory):
    link = street.open_link(by=olga, at=now(), uses=2)
    old_page = row(link)

    for name in ("Quinn", "Zed"):
        row(link).accept(by=make_person(name), at=now())

    assert row(link).uses_left == 0
    with pytest.raises(InvitationUsedUp):
        old_page.accept(by=mallory, at=now())


def test_a_link_without_a_number_lets_anybody_ask_and_others_stay_as_they_are(street, olga):
    link, other = street.open_link(by=olga, at=now()), street.open_link(by=olga, at=now(), uses=2)

    for name in ("Quinn", "Zed"):
        link.accept(by=make_person(name), at=now())

    assert (row(link).uses_left, row(other).uses_left) == (None, 2)


def test_who_waits_and_presses_again_uses_nothing_up(street, olga, mallory):
    link = street.open_link(by=olga, at=now(), uses=3)

    for _ in range(2):
        link.accept(by=mallory, at=now())

    assert row(link).uses_left == 2


def test_a_member_uses_up_nothing_and_stays_where_they_stand(street, olga, bo):
    invitation = invite(street, olga, bo.email, ring=Ring.INNER)

    membership = invitation.accept(by=bo, at=now())

    assert (membership.ring, row(invitation).uses_left) == (Ring.EVERYONE, 1)


# Whose --------------------------------------------------------------------------------------------------------


def test_it_opens_directly_for_whom_it_was_mailed_to_and_once_they_have_shown_the_address(street, olga, ada):
    stranger = make_person("Stranger", verified_at=None)
    by_phone = street.add_without_email(name="Rosa", phone="+351 555 0107", by=olga, at=now()).person
    invitation, link = invite(street, olga, stranger.email), street.open_link(by=olga, at=now())

    assert not invitation.is_whose(stranger) and not invitation.is_whose(ada)
    assert [link.is_whose(person) for person in (ada, stranger, by_phone, AnonymousUser())] == [False] * 4

    stranger.verify(at=now())
    assert row(invitation).is_whose(stranger) and row(invitation).opens_directly_for(stranger, None)
    assert not row(invitation).opens_directly_for(ada, None)


def test_whoever_was_removed_needs_a_yes_whatever_they_were_mailed(street, olga, bo):
    street.memberships.get(person=bo).remove(by=olga, at=now())
    invitation = invite(street, olga, bo.email)

    assert not invitation.opens_directly_for(bo, street.memberships.get(person=bo))
    assert invitation.accept(by=bo, at=now()).state == "waiting"
    assert row(invitation).uses_left == 1


def test_whoever_left_and_is_invited_again_comes_in(street, olga, mallory):
    first = invite(street, olga)
    first.accept(by=mallory, at=now()).leave(at=now())

    again = invite(street, olga, at=now() + DAY)

    assert again != first
    assert again.accept(by=mallory, at=now() + DAY).state == "current"


def test_it_says_who_it_is_for(street, olga):
    named = invite(street, olga, name="Mallory")
    unnamed = invite(street, olga, "zed@example.org")
    link = street.open_link(by=olga, at=now())

    assert [str(one) for one in (named, unnamed, link)] == [
        "Mallory – Our street",
        "zed@example.org – Our street",
        "Link – Our street",
    ]


def test_a_keeper_reaches_what_leads_into_their_circles_and_nothing_else(street, olga, mallory, elsewhere):
    mine, theirs = invite(street, olga, "zed@example.org"), invite(elsewhere, mallory, "zed@example.org")

    assert list(Invitation.objects.kept_by(olga)) == [mine]
    assert list(Invitation.objects.kept_by(mallory)) == [theirs]


def test_keys_name_invitations_and_nothing_else(street, olga, bo):
    first, second = (invite(street, olga, f"{name}@example.org") for name in ("x", "y"))

    assert list(street.invitations.named_in([f"invitation:{first.pk}", f"membership:{second.pk}"])) == [first]


# Twice --------------------------------------------------------------------------------------------------------


def test_a_double_click_is_one_and_fits_its_column(street, olga):
    key = uuid.uuid4()
    mailed = [invite(street, olga, form_key=key) for _ in range(2)]
    key = uuid.uuid4()
    links = [street.open_link(by=olga, at=now(), form_key=key) for _ in range(2)]

    assert (mailed[0], links[0], Invitation.objects.count(), mails()) == (mailed[1], links[1], 2, 1)
    assert {len(one.salt) for one in (*mailed, *links, invite(street, olga, "zed@example.org"))} == {32}
    assert [written(one) for one in (mailed[0], links[0])] == [[("invited", "Olga")]] * 2


def test_to_the_second_an_hour_later_the_same_address_is_mailed_again(street, olga):
    at = now()
    first = invite(street, olga, at=at)
    second = invite(street, olga, at=at + HOUR - SECOND)
    assert (second, mails(), second.created_at) == (first, 1, at)

    third = invite(street, olga, at=at + HOUR, name="Mallory", how_they_know="Choir", ring=Ring.CLOSE)

    assert (third, mails(), third.created_at, third.expires_at) == (first, 2, at + HOUR, at + HOUR + 30 * DAY)
    assert (row(first).name, row(first).how_they_know, row(first).ring) == ("Mallory", "Choir", Ring.CLOSE)
    assert written(first) == [("invited", "Olga")] * 3


def test_what_had_ended_is_mailed_again_at_once_when_another_keeper_invites(street, olga, bo, mallory):
    bos = street.memberships.get(person=bo)
    bos.make_keeper(by=olga, at=now())
    first = invite(street, bo)
    bos.make_member(by=olga, at=now())

    again = invite(street, olga)

    assert (again, again.invited_by, again.lapsed_at, mails()) == (first, olga, None, 2)
    assert again.accept(by=mallory, at=now()).state == "current"


def test_one_circles_invitation_is_not_renewed_by_another(street, olga):
    other = make_circle(olga, name="Choir")

    assert invite(street, olga) != invite(other, olga)
    assert mails() == 2


def test_what_was_taken_back_is_not_renewed(street, olga):
    first = invite(street, olga)
    first.revoke(by=olga, at=now())

    assert invite(street, olga) != first


def test_taking_back_twice_is_once_and_takes_back_no_other(street, olga, ada):
    first, other = invite(street, olga), invite(street, olga, "zed@example.org")
    at = now()

    first.revoke(by=olga, at=at)
    row(first).revoke(by=ada, at=at + DAY)

    assert (first.revoked_at, row(first).revoked_at, row(other).revoked_at) == (at, at, None)
    assert written(first) == [("invited", "Olga"), ("revoked", "Olga")]


# What ends them -----------------------------------------------------------------------------------------------


def test_keeping_another_circle_opens_no_way_into_this_one(street, bo, mallory):
    make_circle(bo, name="Choir")
    invitation = invite(street, bo)

    assert not Invitation.objects.usable(now()).exists()
    with pytest.raises(InvitationLapsed):
        invitation.accept(by=mallory, at=now())


def test_a_keeper_whose_account_is_closed_is_not_told_what_ended(street, olga, ada, bo):
    for person in (ada, bo):
        street.memberships.get(person=person).make_keeper(by=olga, at=now())
    invite(street, bo)
    Person.objects.filter(pk=ada.pk).update(is_active=False)

    street.memberships.get(person=bo).leave(at=now())

    assert [one.reader for one in Notice.objects.filter(kind="invitations_ended")] == [olga]


def test_what_ran_out_or_was_used_up_does_not_end_once_more(street, olga, bo, mallory):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    used, stale, open_one = (
        invite(street, bo),
        street.open_link(by=bo, at=now(), expires_at=now() + HOUR),
        invite(street, bo, "zed@example.org"),
    )
    used.accept(by=mallory, at=now())

    street.memberships.get(person=bo).make_member(by=olga, at=now() + HOUR)

    assert [row(one).lapsed_at is not None for one in (used, stale, open_one)] == [False, False, True]
    assert list(Invitation.objects.lapsed()) == [open_one]
    assert Notice.objects.get(kind="invitations_ended").facts == {"invitations": [open_one.pk], "waiting": []}


def test_a_link_made_anew_is_another_and_the_old_one_is_gone_and_a_second_press_makes_no_third(
    street, olga, bo
):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    old, other = street.open_link(by=bo, at=now(), uses=3), street.open_link(by=bo, at=now())
    street.memberships.get(person=bo).make_member(by=olga, at=now())

    new, again = (row(old).make_anew(by=olga, at=now()) for _ in range(2))

    assert new == again != old
    assert (new.uses_left, new.invited_by, row(old).revoked_at is not None) == (3, olga, True)
    assert list(Invitation.objects.lapsed()) == [other]


# Before the yes -----------------------------------------------------------------------------------------------


def test_before_the_yes_an_invitation_waits_and_no_link_is_opened(waiting, olga, mallory):
    invitation = invite(waiting, olga)

    assert mails() == 0
    assert (list(Invitation.objects.prepared()), list(Invitation.objects.told())) == ([invitation], [])
    for act in (
        lambda: waiting.open_link(by=olga, at=now()),
        lambda: invitation.check_usable(at=now()),
        lambda: invitation.accept(by=mallory, at=now()),
    ):
        with pytest.raises(InvitationWithoutConsent):
            act()
    assert not waiting.memberships.filter(person=mallory).exists()


def test_before_the_yes_nobody_is_mailed_by_inviting_them_once_more(waiting, olga):
    first = invite(waiting, olga)

    assert (invite(waiting, olga, at=now() + DAY), mails()) == (first, 0)


def test_with_the_yes_what_waited_is_mailed_once_and_holds_for_thirty_days_from_then(waiting, olga, mallory):
    at = now()
    waits, taken_back = invite(waiting, olga), invite(waiting, olga, "zed@example.org")
    taken_back.revoke(by=olga, at=at)
    before = row(taken_back).expires_at

    waiting.consent.agree(by=Person.objects.get(name="Rosa"), at=at + 20 * DAY)

    assert mails() == 1
    assert (list(Invitation.objects.prepared()), list(Invitation.objects.told())) == ([], [waits])
    assert (row(waits).expires_at, row(taken_back).expires_at) == (at + 50 * DAY, before)
    assert row(waits).accept(by=mallory, at=at + 49 * DAY).state == "current"


def test_those_to_come_are_who_was_invited_by_mail_and_has_not_come_nor_was_taken_back(
    street, olga, bo, mallory
):
    comes, came, revoked = (invite(street, olga, f"{name}@example.org") for name in ("zed", "mallory", "x"))
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    ended = invite(street, bo, "y@example.org")
    street.open_link(by=olga, at=now(), uses=5)
    came.accept(by=mallory, at=now())
    revoked.revoke(by=olga, at=now())
    street.memberships.get(person=bo).make_member(by=olga, at=now())

    assert row(came).uses_left == 0 and row(ended).lapsed_at
    assert list(street.invitations.open_or_prepared()) == [comes]
