import uuid

import pytest

from circles.models import (
    Invitation,
    InvitationExpired,
    InvitationRevoked,
    InvitationUsedUp,
    JournalEntry,
    NotVerified,
    Person,
    Ring,
)
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, make_person, now
from tests.circles.pages import in_parallel, race


def invite(circle, keeper, email="mallory@example.org", **fields):
    return circle.invite(email=email, by=keeper, at=now(), **fields)


def test_only_a_fingerprint_of_the_token_is_stored(street, olga):
    invitation = invite(street, olga)

    stored = str(list(Invitation.objects.values())) + str(list(Notice.objects.values()))
    assert invitation.token not in stored
    assert Invitation.objects.by_token(invitation.token) == invitation
    assert len(invitation.token) == 32


def test_another_installation_cannot_open_it(street, olga, settings):
    invitation = invite(street, olga)
    token = invitation.token

    settings.SECRET_KEY = "another"

    assert invitation.token != token


def test_the_invited_join_directly_in_their_ring(street, olga, mallory):
    membership = invite(street, olga, "Mallory@Example.org", ring=Ring.CLOSE).accept(by=mallory, at=now())

    assert (membership.state, membership.ring) == ("current", Ring.CLOSE)
    assert [entry.verb for entry in JournalEntry.objects.about(membership)] == ["joined"]


def test_joining_twice_is_joining_once(street, olga, mallory):
    invitation = invite(street, olga)

    first, second = (invitation.accept(by=mallory, at=now()) for _ in range(2))

    assert (first, second.state) == (second, "current")


def test_a_passed_on_invitation_only_asks_and_stays_whole_for_whom_it_was_meant(street, olga, mallory):
    invitation = invite(street, olga, "zed@example.org")

    assert invitation.accept(by=mallory, at=now()).state == "waiting"
    assert invitation.accept(by=make_person("Zed"), at=now()).state == "current"


def test_whoever_waits_joins_when_a_keeper_invites_them(street, olga, mallory):
    street.ask_to_join(mallory, at=now())

    assert invite(street, olga).accept(by=mallory, at=now()).state == "current"


def test_whoever_was_removed_only_asks_by_an_invitation(street, olga, bo):
    invitation = invite(street, olga, "bo@example.org")
    street.memberships.get(person=bo).remove(by=olga, at=now())

    assert invitation.accept(by=bo, at=now()).state == "waiting"


def test_an_invitation_runs_out_is_taken_back_and_used_up(street, olga, mallory):
    at = now()
    expired = invite(street, olga)
    with pytest.raises(InvitationExpired):
        expired.accept(by=mallory, at=at + 31 * DAY)

    revoked = invite(street, olga)
    revoked.revoke(by=olga, at=at)
    with pytest.raises(InvitationRevoked):
        revoked.accept(by=mallory, at=at)

    link = street.open_link(by=olga, at=at, uses=1)
    link.accept(by=make_person("First"), at=at)
    with pytest.raises(InvitationUsedUp):
        Invitation.objects.by_token(link.token).accept(by=mallory, at=at)

    assert not street.memberships.filter(person=mallory).exists()


def test_the_same_address_within_the_hour_is_the_same_invitation_and_one_mail(street, olga, mallory):
    first, second = invite(street, olga), invite(street, olga, ring=Ring.CLOSE)

    assert (first, Notice.objects.filter(kind="invitation").count()) == (second, 1)
    assert second.accept(by=mallory, at=now()).ring == Ring.CLOSE


def test_the_same_address_later_is_mailed_again_and_the_older_link_leads_on(street, olga, mallory):
    first = invite(street, olga)
    again = street.invite(email="mallory@example.org", by=olga, at=now() + DAY)

    assert (again.token, Notice.objects.filter(kind="invitation").count()) == (first.token, 2)
    assert again.expires_at > first.expires_at
    assert Invitation.objects.by_token(first.token).accept(by=mallory, at=now() + 2 * DAY).state == "current"


def test_whoever_is_in_already_gets_no_mail(street, olga, bo, mailoutbox):
    invite(street, olga, "bo@example.org")

    deliver(at=now())

    assert [letter for letter in mailoutbox if "nvitation" in letter.subject] == []
    assert Notice.objects.get(kind="invitation").dropped_because == "The reader is a member already."


def test_a_link_lets_people_ask(street, olga, mallory):
    link = street.open_link(by=olga, at=now(), expires_at=now() + DAY)

    membership = link.accept(by=mallory, at=now())

    assert (membership.state, membership.via, link.is_for_one) == ("waiting", link, False)


def test_nobody_accepts_with_an_address_that_is_not_shown_to_be_theirs(street, olga):
    stranger = make_person("Stranger", verified_at=None)

    with pytest.raises(NotVerified):
        invite(street, olga, "stranger@example.org").accept(by=stranger, at=now())

    assert not stranger.memberships.exists()


def test_a_double_click_sends_one_invitation(street, olga):
    key = uuid.uuid4()

    first, second = (invite(street, olga, form_key=key) for _ in range(2))

    assert (first, first.revoked_at) == (second, None)
    assert Notice.objects.filter(kind="invitation").count() == 1


def test_the_key_of_somebody_else_makes_another_invitation(street, olga, elsewhere, mallory):
    key = uuid.uuid4()

    assert invite(street, olga, form_key=key) != invite(elsewhere, mallory, form_key=key)


def test_an_invitation_goes_to_the_address_until_it_is_shown_to_be_somebodys(street, olga, mallory):
    Person.objects.get_or_enter("new@example.org")

    invite(street, olga, "new@example.org")
    invite(street, olga, "mallory@example.org")

    assert list(Notice.objects.filter(kind="invitation").order_by("pk").values_list("reader", "address")) == [
        (None, "new@example.org"),
        (mallory.pk, ""),
    ]


def test_preparing_an_invitation_stores_nothing(street, olga):
    invitation = Invitation.objects.prepare(circle=street, by=olga, at=now(), email="zed@example.org")

    assert (Invitation.objects.count(), Notice.objects.filter(kind="invitation").count()) == (0, 0)
    assert invitation.url.endswith(f"/circles/join/{invitation.token}/")


@in_parallel
def test_the_last_use_of_a_link_is_won_by_one(street, olga):
    link = street.open_link(by=olga, at=now(), uses=1)
    people = [make_person(f"Racer{number}") for number in range(8)]
    outcomes = race([lambda person=person: link.accept(by=person, at=now()).state for person in people])

    assert sorted(outcomes) == ["InvitationUsedUp"] * 7 + ["waiting"]
    assert Invitation.objects.get(pk=link.pk).uses_left == 0


@in_parallel
def test_pressing_join_many_times_at_once_joins_once(street, olga, mallory):
    invitation = invite(street, olga)
    outcomes = race([lambda: invitation.accept(by=mallory, at=now()).state] * 8)

    assert outcomes == ["current"] * 8
    assert street.memberships.filter(person=mallory).count() == 1


@in_parallel
def test_two_keepers_who_leave_at_once_leave_one_behind(street, olga, bo):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    keepings = list(street.keepers())
    outcomes = race([lambda keeping=keeping: keeping.leave(at=now()) for keeping in keepings])

    assert sorted(map(str, outcomes)) == ["LastKeeper", "None"]
    assert street.keepers().count() == 1
