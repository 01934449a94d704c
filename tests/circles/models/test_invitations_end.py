"""An invitation holds while its inviter may invite: whatever ends the one ends the other, and the keepers are told."""

import pytest

from circles.models import CircleKind, Invitation, InvitationLapsed, InvitationRevoked, Ring
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, make_circle, now
from tests.circles.pages import in_parallel, race, signed_in, text


@pytest.fixture
def keeping(street, olga, bo):
    """Bo keeps the street, too."""
    membership = street.memberships.get(person=bo)
    membership.make_keeper(by=olga, at=now())
    return membership


ENDS = {
    "removed": lambda keeping, olga: keeping.remove(by=olga, at=now()),
    "made a member": lambda keeping, olga: keeping.make_member(by=olga, at=now()),
    "left": lambda keeping, olga: keeping.leave(at=now()),
    "account closed": lambda keeping, olga: keeping.person.deactivate(by=olga, at=now()),
    "put away": lambda keeping, olga: keeping.circle.archive(by=olga, at=now()),
}


def noon():
    """Tomorrow, when everybody may be told."""
    return (now() + DAY).replace(hour=12)


every_end = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)


def invite(circle, keeper, email="mallory@example.org", **fields):
    return circle.invite(email=email, by=keeper, at=now(), name="Mallory", **fields)


@every_end
def test_neither_mail_nor_link_lets_anybody_in_once_its_inviter_may_not_invite(
    end, keeping, street, olga, bo, mallory
):
    ways = [invite(street, bo, ring=Ring.INNER), street.open_link(by=bo, at=now())]
    stays = invite(street, olga, "zed@example.org")

    end(keeping, olga)

    for way in ways:
        with pytest.raises(InvitationLapsed):
            Invitation.objects.get(pk=way.pk).accept(by=mallory, at=now())
        assert signed_in(mallory).get(way.get_absolute_url()).status_code == 410
    assert not street.memberships.current().filter(person=mallory).exists()
    street.refresh_from_db()
    assert Invitation.objects.usable(now()).filter(pk=stays.pk).exists() is (street.archived_at is None)


def test_who_left_does_not_come_back_nearer_by_what_invited_them_before(street, olga, ada):
    before = invite(street, olga, ada.email, ring=Ring.INNER)
    street.memberships.get(person=ada).leave(at=now())

    with pytest.raises(InvitationRevoked):
        Invitation.objects.get(pk=before.pk).accept(by=ada, at=now())

    assert invite(street, olga, ada.email).accept(by=ada, at=now()).ring == Ring.EVERYONE


@every_end
def test_the_remaining_keepers_are_told_which_and_the_mail_that_was_queued_stays_here(
    end, keeping, street, olga, bo, mailoutbox
):
    invite(street, bo)
    street.open_link(by=bo, at=now())

    end(keeping, olga)
    deliver(at=noon())

    told = [mail for mail in mailoutbox if "ended" in mail.subject]
    assert ["olga@example.org"] in [mail.to for mail in told]
    assert all("- Mallory" in mail.body and "- A link for many" in mail.body for mail in told)
    assert Notice.objects.get(kind="invitation").dropped_because == "The invitation opens nothing any more."


@every_end
def test_coming_back_brings_none_of_them_back(end, keeping, street, olga, bo, mallory):
    invitation = invite(street, bo)

    end(keeping, olga)
    bo.is_active = True
    bo.save()
    street.take_up_again(by=olga, at=now())
    keeping.refresh_from_db()
    keeping.join(at=now())
    keeping.make_keeper(by=olga, at=now())

    with pytest.raises(InvitationLapsed):
        Invitation.objects.get(pk=invitation.pk).accept(by=mallory, at=now())


def test_whoever_is_no_keeper_lets_nobody_in_by_whatever_was_stored(street, ada, mallory):
    invitation = invite(street, ada)

    with pytest.raises(InvitationLapsed):
        invitation.accept(by=mallory, at=now())


@every_end
def test_what_waits_for_a_yes_never_goes_out_by_the_hand_of_a_former_keeper(end, olga, bo, mailoutbox):
    whom = {"name": "Rosa", "email": "rosa@example.org"}
    circle = make_circle(olga, kind=CircleKind.CARE, name="Around Rosa", whom=whom)
    bos = circle.memberships.create(person=bo)
    bos.join(at=now())
    bos.make_keeper(by=olga, at=now())
    waits = invite(circle, bo)

    end(bos, olga)

    assert waits not in circle.invitations.open_or_prepared()
    assert list(circle.invitations.prepared()) == []


def test_a_remaining_keeper_invites_again_by_one_press(keeping, street, olga, bo, mallory):
    mailed, link = invite(street, bo, ring=Ring.CLOSE), street.open_link(by=bo, at=now(), uses=3)
    keeping.remove(by=olga, at=now())
    client = signed_in(olga)

    page = client.get(f"/circles/{street.pk}/invitations/")
    assert [one.stands for one in page.context["invitations"]] == ["lapsed", "lapsed"]
    for ended in (mailed, link):
        client.post(f"/circles/{street.pk}/invitations/{ended.pk}/again/")
        assert client.post(f"/circles/{street.pk}/invitations/{ended.pk}/again/").status_code == 404

    new = street.invitations.usable(now()).get(email="")
    assert (new.invited_by, new.uses_left, new.token == link.token) == (olga, 3, False)
    membership = Invitation.objects.get(pk=mailed.pk).accept(by=mallory, at=now())
    assert (membership.state, membership.ring) == ("current", Ring.CLOSE)


def test_only_its_keepers_invite_again_and_not_into_a_circle_that_was_put_away(
    keeping, street, olga, bo, mallory
):
    ended = invite(street, bo)
    keeping.make_member(by=olga, at=now())
    again = f"/circles/{street.pk}/invitations/{ended.pk}/again/"

    assert [signed_in(person).post(again).status_code for person in (bo, mallory)] == [403, 404]
    street.archive(by=olga, at=now())
    signed_in(olga).post(again)
    assert not Invitation.objects.usable(now()).exists()


def test_nobody_else_reads_what_ended(keeping, street, olga, bo, ada, mallory, mailoutbox):
    invite(street, bo, "secret@example.org")
    keeping.remove(by=olga, at=now())
    deliver(at=noon())

    assert [mail.to for mail in mailoutbox if "ended" in mail.subject] == [["olga@example.org"]]
    for person in (ada, mallory, bo):
        assert "ended" not in text(signed_in(person).get("/me/notices/"))


def test_nothing_is_told_where_nothing_was_open(keeping, street, olga, bo):
    invite(street, bo).revoke(by=bo, at=now())

    keeping.remove(by=olga, at=now())

    assert not Notice.objects.filter(kind="invitations_ended").exists()


def test_made_anew_before_the_mail_went_out_there_is_nothing_to_tell(keeping, street, olga, bo):
    invitation = invite(street, bo)
    keeping.remove(by=olga, at=now())

    Invitation.objects.get(pk=invitation.pk).make_anew(by=olga, at=now())
    deliver(at=noon())

    assert (
        Notice.objects.get(kind="invitations_ended").dropped_because == "They were made anew or taken back."
    )


@in_parallel
def test_who_is_removed_while_their_guest_accepts_lets_in_nobody_afterwards(street, olga, bo, mallory):
    keeping = street.memberships.get(person=bo)
    keeping.make_keeper(by=olga, at=now())
    invitation = invite(street, bo)

    outcomes = race(
        [lambda: invitation.accept(by=mallory, at=now()).state, lambda: keeping.remove(by=olga, at=now())]
    )

    used = Invitation.objects.get(pk=invitation.pk).uses_left == 0
    assert outcomes[0] == ("current" if used else "InvitationLapsed")
    assert street.memberships.current().filter(person=mallory).exists() is used


def test_a_person_of_two_circles_loses_only_what_they_made_in_the_one(keeping, street, olga, bo, mallory):
    theirs = make_circle(bo, name="Choir")
    stays = invite(theirs, bo)
    invite(street, bo)

    keeping.remove(by=olga, at=now())

    assert list(Invitation.objects.usable(now())) == [stays]


# Who waits by the link of somebody who keeps the circle no more --------------------------------------------


TRUSTED_NO_MORE = {what: end for what, end in ENDS.items() if what != "put away"}


@pytest.fixture
def at_the_door(keeping, street, bo, mallory):
    """Mallory waits by bo's link, which was for one and is spent."""
    link = street.open_link(by=bo, at=now(), uses=1)
    return link.accept(by=mallory, at=now())


@pytest.mark.parametrize("end", TRUSTED_NO_MORE.values(), ids=TRUSTED_NO_MORE)
def test_the_remaining_keepers_are_told_who_waits_and_decide(
    end, at_the_door, keeping, street, olga, ada, mailoutbox
):
    page = signed_in(olga).get(f"/circles/{street.pk}/members/")
    assert "by a link from Bo ·" in text(page)

    end(keeping, olga)
    deliver(at=noon())

    (mail,) = [mail for mail in mailoutbox if "nobody vouches" in mail.subject]
    assert (mail.to, "- Mallory" in mail.body) == (["olga@example.org"], True)
    for path in ("", "members/"):
        page = signed_in(olga).get(f"/circles/{street.pk}/{path}")
        assert "by a link from Bo, who no longer keeps this circle ·" in text(page)
    at_the_door.refresh_from_db()
    assert at_the_door.state == "waiting"
    assert "Mallory" not in text(signed_in(ada).get(f"/circles/{street.pk}/"))


def test_answered_before_the_mail_went_out_there_is_nothing_to_tell(at_the_door, keeping, olga):
    keeping.remove(by=olga, at=now())
    at_the_door.decline(by=olga, at=now())

    deliver(at=noon())

    assert Notice.objects.get(kind="invitations_ended").dropped_because


def test_who_waits_by_a_link_of_somebody_else_is_nobodys_news(keeping, street, olga, mallory):
    street.open_link(by=olga, at=now()).accept(by=mallory, at=now())

    keeping.remove(by=olga, at=now())

    assert not Notice.objects.filter(kind="invitations_ended").exists()
