"""Telling the keepers: who is told, who reads it, once."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from circles.models import AboutOneself, Block, JournalEntry, NobodyAsked, Person, Report
from supportnet.notices import kinds
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import join, make_person, now
from tests.circles.pages import errors, signed_in, text


@pytest.fixture(autouse=True)
def awake(street):
    """Nobody sleeps in these tests, whatever the hour; what came before is told already."""
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    Notice.objects.all().delete()


@pytest.fixture
def robin(db):
    """Of the installation's staff."""
    return make_person("Robin", is_staff=True, quiet_from="00:00", quiet_until="00:00")


def report(circle, reporter, person, reason="He shouted at the door"):
    subject = circle.memberships.get(person=person)
    return Report.objects.make(
        circle=circle, reporter=reporter, subject=subject, about=person, reason=reason, at=now()
    )


def second_keeper(circle, olga):
    kim = make_person("Kim", quiet_from="00:00", quiet_until="00:00")
    join(circle, kim, by=olga).make_keeper(by=olga, at=now())
    Notice.objects.all().delete()
    return kim


def told(kind):
    """Whom mails of this kind went to; sends what is due."""
    deliver(at=now())
    return [notice.reader for notice in Notice.objects.sent().filter(kind=kind).order_by("reader__name")]


def page(circle, person):
    return f"/circles/{circle.pk}/members/{circle.memberships.get(person=person).pk}/report/"


# Who is told -------------------------------------------------------------------------------------------------


def test_the_keepers_are_told_at_once_and_see_it_in_one_list(street, ada, bo, olga, mallory, elsewhere):
    kim = second_keeper(street, olga)

    made = report(street, ada, bo)

    assert told("reported") == [kim, olga]
    assert [list(Report.objects.kept_by(keeper)) for keeper in (olga, kim, mallory)] == [[made], [made], []]
    assert JournalEntry.objects.about(made).get().verb == "reported"


def test_the_mail_says_nothing_of_what_it_is_about_or_whom(street, ada, bo, olga):
    made = report(street, ada, bo, reason="secret-reason")
    deliver(at=now())

    [letter] = mail.outbox
    whole = letter.subject + letter.body + letter.alternatives[0].content
    assert letter.to == [olga.email]
    assert kinds.find("reported").url(made) == f"/organize/circles/report/{made.pk}/change/"
    for word in ("secret", "Ada", "Bo "):
        assert word not in whole


def test_a_keeper_who_is_reported_neither_hears_of_it_nor_reads_it(street, ada, olga):
    kim = second_keeper(street, olga)

    made = report(street, ada, olga)

    assert told("reported") == [kim]
    assert not Report.objects.kept_by(olga).exists()
    assert [made.may_be_read_by(person) for person in (kim, olga, ada)] == [True, False, False]
    assert f"report:{made.pk}" in Report.objects.subjects_about(olga).values_list("name", flat=True)


def test_when_the_only_keeper_is_reported_the_staff_are_told(street, ada, olga, robin):
    made = report(street, ada, olga)

    assert (told("reported"), told("reported_to_staff")) == ([], [robin])
    assert list(Report.objects.beyond_keepers()) == [made]
    assert [made.may_be_read_by(person) for person in (robin, olga)] == [True, False]


def test_staff_do_not_read_what_keepers_can_see_to(street, ada, bo, robin):
    made = report(street, ada, bo)

    assert not Report.objects.beyond_keepers().exists()
    assert not made.may_be_read_by(robin)


def test_staff_who_keep_the_circle_do_not_read_what_is_about_themselves(street, ada, olga):
    Person.objects.filter(pk=olga.pk).update(is_staff=True)
    olga.refresh_from_db()

    made = report(street, ada, olga)

    assert told("reported_to_staff") == []
    assert not made.may_be_read_by(olga)


def test_when_the_other_keeper_goes_it_becomes_the_staffs(street, ada, olga):
    kim = second_keeper(street, olga)
    made = report(street, ada, olga)

    street.memberships.get(person=kim).leave(at=now())

    assert list(Report.objects.beyond_keepers()) == [made]


def test_a_keeper_is_not_told_of_their_own_report(street, bo, olga):
    kim = second_keeper(street, olga)

    report(street, olga, bo)

    assert told("reported") == [kim]


def test_who_stopped_keeping_meanwhile_is_not_told(street, ada, bo, olga):
    kim = second_keeper(street, olga)
    report(street, ada, bo)
    street.memberships.get(person=kim).make_member(by=olga, at=now())

    assert told("reported") == [olga]


def test_a_mail_about_a_report_that_failed_is_in_no_keepers_list(street, ada, bo, olga):
    report(street, ada, bo).settle(by=olga, outcome="We talked", at=now())

    assert set(Notice.objects.filter(kind__startswith="report").values_list("circle_id", flat=True)) == {None}


# Once --------------------------------------------------------------------------------------------------------


def test_reporting_the_same_twice_is_one_open_report(street, ada, bo, olga):
    first = report(street, ada, bo)

    assert report(street, ada, bo, reason="Once more") == first
    assert (Report.objects.count(), told("reported")) == (1, [olga])


def test_others_may_report_the_same_and_so_may_i_after_it_was_settled(street, ada, bo, olga):
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)
    first = report(street, ada, bo)
    assert report(street, cleo, bo) != first

    first.settle(by=olga, outcome="We talked", at=now())

    assert report(street, ada, bo) != first
    assert Report.objects.open().count() == 2


def test_nobody_reports_themselves_or_without_a_reason(street, ada, bo):
    with pytest.raises(AboutOneself):
        report(street, ada, ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        report(street, ada, bo, reason="")


def test_reports_are_never_everybodys(db):
    with pytest.raises(NobodyAsked):
        Report.objects.kept_by(None)


# Settled -----------------------------------------------------------------------------------------------------


def test_a_settled_report_is_journaled_and_its_reporter_is_told_kindly_and_once(street, ada, bo, olga):
    made = report(street, ada, bo)

    for outcome in ("secret-outcome", "Again"):
        made.settle(by=olga, outcome=outcome, at=now())

    made.refresh_from_db()
    assert (made.is_open, made.outcome, made.settled_by) == (False, "secret-outcome", olga)
    assert [entry.verb for entry in JournalEntry.objects.about(made)] == ["reported", "settled"]
    assert told("report_settled") == [ada]
    assert told("reported") == []
    [letter] = mail.outbox
    assert "looked at" in letter.subject
    assert "secret" not in letter.body and "Bo " not in letter.body


# The page ----------------------------------------------------------------------------------------------------


def test_a_member_reports_another_on_a_page(street, ada, bo, olga):
    client = signed_in(ada)
    assert "Report Bo" in text(client.get(page(street, bo)))

    response = client.post(page(street, bo), {"reason": "He shouted"}, follow=True)

    assert "Thank you for telling." in text(response)
    made = Report.objects.get()
    assert (made.circle, made.reporter, made.about, made.reason) == (street, ada, bo, "He shouted")
    assert made.subject == f"membership:{street.memberships.get(person=bo).pk}"
    assert not Block.objects.exists()


def test_reporting_and_blocking_are_one_step_if_one_likes(street, ada, bo):
    response = signed_in(ada).post(page(street, bo), {"reason": "He shouted", "block": "on"})

    assert response.url == "/me/blocks/"
    assert (Report.objects.get().about, Block.objects.get().whom) == (bo, bo)


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("", "This field is required."),
        (" \n ", "This field is required."),
        ("x" * 1001, "Ensure this value has at most 1000 characters (it has 1001)."),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(street, ada, bo, reason, wrong):
    response = signed_in(ada).post(page(street, bo), {"reason": reason, "block": "on"})

    assert (response.status_code, errors(response)) == (422, {"reason": [wrong]})
    assert not Report.objects.exists() and not Block.objects.exists()


def test_who_reported_already_is_told_so(street, ada, bo):
    report(street, ada, bo)

    shown = text(signed_in(ada).get(page(street, bo)))

    assert "You reported this" in shown


def test_there_is_a_limit_to_reports_in_a_day(street, ada, bo, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "report": "1/d/person"}
    client = signed_in(ada)
    client.post(page(street, bo), {"reason": "He shouted"})
    Report.objects.all().delete()

    response = client.post(page(street, bo), {"reason": "He shouted"})

    assert response.status_code == 422
    assert not Report.objects.exists()
