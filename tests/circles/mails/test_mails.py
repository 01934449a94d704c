from datetime import timedelta

import pytest
from django.core import mail

from circles.models import Person
from supportnet.notices import unsubscribe_links
from supportnet.notices.delivery import deliver
from supportnet.notices.kinds import find
from supportnet.notices.models import Notice
from tests.cast import make_circle, make_person, now


@pytest.fixture(autouse=True)
def awake(street, mallory):
    """Nobody sleeps in these tests, whatever the hour; what came before is told already."""
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    Notice.objects.all().delete()


def told(kind):
    """Whom mails of this kind went to; sends what is due."""
    deliver(at=now())
    sent = Notice.objects.sent().filter(kind=kind).order_by("pk")
    return [notice.reader or notice.address for notice in sent]


def test_an_invitation_reaches_people_whom_nobody_knows_yet(street, olga):
    street.invite(email="new@example.org", by=olga, at=now(), how_they_know="From the choir")

    assert told("invitation") == ["new@example.org"]
    [letter] = mail.outbox
    assert letter.subject == "An invitation from Olga"
    assert "Olga invites you to “Our street”" in letter.body
    assert "From the choir" in letter.body


def test_an_invitation_reaches_somebody_who_once_typed_their_address_at_the_door(street, olga):
    Person.objects.get_or_enter("new@example.org")

    street.invite(email="new@example.org", by=olga, at=now())

    assert told("invitation") == ["new@example.org"]


def test_an_invitation_that_was_taken_back_is_not_sent(street, olga):
    street.invite(email="new@example.org", by=olga, at=now()).revoke(by=olga, at=now())

    assert told("invitation") == []


def test_only_keepers_hear_of_joiners_and_only_those_who_want_to(street, olga, bo, mallory):
    keeper = street.memberships.get(person=bo)
    keeper.make_keeper(by=olga, at=now())
    keeper.hear(hears=keeper.hears, hears_of_joiners=False)
    olga.memberships.get(circle=street).hear(hears="daily", hears_of_joiners=True)

    street.ask_to_join(mallory, at=now())

    assert told("join_asked") == [olga]


def test_who_gave_up_keeping_hears_no_more_of_joiners(street, olga, bo, mallory):
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    street.ask_to_join(mallory, at=now())
    street.memberships.get(person=bo).make_member(by=olga, at=now())

    assert told("join_asked") == [olga]


def test_a_joiner_who_has_their_answer_is_old_news(street, olga, mallory):
    street.ask_to_join(mallory, at=now()).admit(by=olga, at=now())

    assert told("join_asked") == []
    assert told("join_accepted")[-1] == mallory


def test_a_kind_no_arrives(street, olga, mallory):
    street.ask_to_join(mallory, at=now()).decline(by=olga, at=now())

    assert told("join_declined") == [mallory]


def test_turning_joiners_down_in_one_circle_leaves_the_other(client, street, olga, mallory):
    choir = make_circle(olga, name="Choir")
    kind = find("join_asked")
    waiting = [circle.ask_to_join(mallory, at=now()) for circle in (street, choir)]

    page = client.post(unsubscribe_links.path(kind, olga, waiting[0])).content.decode()

    assert "people who want to join Our street" in page
    assert told("join_asked") == [olga]
    assert [n.circle_id for n in Notice.objects.sent().filter(kind="join_asked")] == [choir.pk]
    client.post(unsubscribe_links.path(kind, olga, waiting[0]), {"undo": "heard"})
    street.ask_to_join(make_person("Cleo", quiet_from="00:00", quiet_until="00:00"), at=now())
    deliver(at=now() + timedelta(hours=2))
    assert Notice.objects.sent().filter(kind="join_asked", circle_id=street.pk).count() == 1
