"""Reports on the panel and on the staff's pages: who sees which, and what they do about it."""

import pytest
from django.test import Client

from circles.models import Block, JournalEntry, Report
from requests.models import HelpRequest
from supportnet.notices.models import Notice
from tests.cast import ask, ask_for_advice, join, make_person, now
from tests.circles.pages import signed_in, text
from tests.fuzz.forms import forms_of

from .conftest import page, verb


def report(circle, reporter, subject, about, reason="Shouts"):
    return Report.objects.make(
        circle=circle, reporter=reporter, subject=subject, about=about, reason=reason, at=now()
    )


def about_keeper(ours):
    """A report about Olga."""
    olga = ours.circle.memberships.get(person=ours.keeper)
    return report(ours.circle, ours.helprequest.asker, olga, ours.keeper, reason="Olga shouts")


@pytest.fixture
def kim(ours, olga):
    """Keeps the street with Olga."""
    kim = make_person("Kim")
    join(ours.circle, kim, by=olga).make_keeper(by=olga, at=now())
    return kim


@pytest.fixture
def robin(db):
    """Of the installation's staff, without any right by name."""
    return make_person("Robin", is_staff=True)


# Today -------------------------------------------------------------------------------------------------------


def sections(client):
    return {section.title: section for section in client.get("/organize/").context["sections"]}


def test_open_reports_stand_on_today_before_all_else(as_olga, ours):
    found = sections(as_olga)

    assert next(iter(found)) == "Reported"
    [row] = found["Reported"].rows
    assert (row.text, row.url) == ("Bo, a member", page("report", "change", ours.report.pk))
    assert "Shouts in Our street" in row.detail


def test_settled_reports_and_those_of_others_or_about_oneself_do_not(as_olga, ours, theirs, kim):
    ours.report.settle(by=ours.keeper, outcome="We talked", at=now())
    about_keeper(ours)

    assert "Reported" not in sections(as_olga)
    assert [row.text for row in sections(signed_in(kim))["Reported"].rows] == ["Olga, a member"]


@pytest.mark.parametrize("number", [1, 3])
def test_today_takes_the_same_queries_for_one_and_for_three(
    number, as_olga, ours, ada, django_assert_num_queries
):
    Report.objects.all().delete()
    as_olga.get("/organize/")
    with django_assert_num_queries(0) if number == 0 else _counting() as before:
        as_olga.get("/organize/")
    for index in range(number):
        question = ask_for_advice(ada, ours.circle, title=f"Question {index}")
        answer = question.answer(by=ours.claim.person, text="Nonsense", at=now())
        report(ours.circle, ada, answer, ours.claim.person)
    with _counting() as after:
        as_olga.get("/organize/")

    # The reports with what they are about, and how the subjects are called.
    assert len(after) - len(before) == 1


def _counting():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


# The page ----------------------------------------------------------------------------------------------------


def test_the_page_says_what_was_reported_by_whom_and_why(as_olga, ours, ada, bo):
    asked = ask(ada, ours.circle, title="Buy my car", would_help="A thousand in cash")
    made = report(ours.circle, bo, asked, ada, reason="This is no request for help")

    shown = as_olga.get(page("report", "change", made.pk)).content.decode()

    for said in ("A request: Buy my car", "A thousand in cash", "This is no request for help", "Ada", "Bo"):
        assert said in shown
    assert f'href="{asked.get_absolute_url()}"' in shown
    assert f'href="{page("helprequest", "change", asked.pk)}"' in shown


def test_an_answer_and_a_member_are_led_to_as_well(as_olga, ours, ada, bo):
    answer = ask_for_advice(ada, ours.circle).answer(by=bo, text="Pray harder", at=now())
    made = report(ours.circle, ada, answer, bo)

    of_answer = as_olga.get(page("report", "change", made.pk)).content.decode()
    of_member = as_olga.get(page("report", "change", ours.report.pk)).content.decode()

    assert "Pray harder" in of_answer and f"#answer-{answer.pk}" in of_answer
    assert page("membership", "change", ours.circle.memberships.get(person=bo).pk) in of_member


def test_what_is_gone_is_called_so(as_olga, ours, ada, bo):
    answer = ask_for_advice(ada, ours.circle).answer(by=bo, text="Pray harder", at=now())
    made = report(ours.circle, ada, answer, bo)
    answer.delete()

    assert "Something that is gone" in as_olga.get(page("report", "change", made.pk)).content.decode()
    assert "Something that is gone" in text(as_olga.get("/organize/"))


def test_what_somebody_wrote_is_no_markup(as_olga, ours, ada, bo):
    asked = ask(ada, ours.circle, title="<b>Bold</b>")
    made = report(ours.circle, bo, asked, ada, reason="<script>1</script>")

    shown = as_olga.get(page("report", "change", made.pk)).content.decode()

    assert "<b>Bold" not in shown and "<script>1" not in shown


def test_settling_asks_what_was_done_and_tells_whoever_reported(as_olga, ours, ada, olga):
    url = verb("report", ours.report, "settle")
    assert as_olga.post(url, {"outcome": " "}).status_code == 422

    assert as_olga.post(url, {"outcome": "We talked with both"}).status_code == 302

    ours.report.refresh_from_db()
    assert (ours.report.outcome, ours.report.settled_by) == ("We talked with both", olga)
    assert [entry.verb for entry in JournalEntry.objects.about(ours.report)] == ["reported", "settled"]
    assert Notice.objects.get(kind="report_settled").reader == ada
    assert "nothing was done" in text(as_olga.post(url, {"outcome": "Twice"}, follow=True))


# Whom it is about --------------------------------------------------------------------------------------------


def test_a_keeper_finds_no_report_about_themselves_anywhere(as_olga, ours, kim):
    made = about_keeper(ours)

    for kind in ("change", "history"):
        assert as_olga.get(page("report", kind, made.pk)).status_code == 404
        assert signed_in(kim).get(page("report", kind, made.pk)).status_code == 200
    assert as_olga.post(verb("report", made, "settle"), {"outcome": "Nothing"}).status_code == 404
    assert made not in as_olga.get(page("report")).context["cl"].queryset
    assert made not in as_olga.get(page("report"), {"q": "Olga shouts"}).context["cl"].queryset


def test_the_journal_hides_a_report_from_whom_it_is_about(as_olga, ours, kim):
    made = about_keeper(ours)
    made.settle(by=kim, outcome="We talked", at=now())
    entries = set(JournalEntry.objects.about(made))

    assert len(entries) == 2
    assert not entries & set(as_olga.get(page("journalentry")).context["cl"].queryset)
    assert entries <= set(signed_in(kim).get(page("journalentry")).context["cl"].queryset)
    for entry in entries:
        assert as_olga.get(page("journalentry", "change", entry.pk)).status_code == 404


# The staff ---------------------------------------------------------------------------------------------------


def test_the_staff_see_and_settle_what_no_keeper_can(ours, robin, ada):
    made, client = about_keeper(ours), signed_in(robin)
    url = f"/admin/circles/report/{made.pk}/change/"

    assert f'href="{url}"' in client.get("/admin/").content.decode()
    assert list(client.get("/admin/circles/report/").context["cl"].queryset) == [made]
    assert "Olga shouts" in client.get(url).content.decode()
    assert client.post(url, {"outcome": ""}).status_code == 200
    assert made.settled_at is None

    assert client.post(url, {"outcome": "A new keeper was found", "about": robin.pk}).status_code == 302

    made.refresh_from_db()
    assert (made.outcome, made.settled_by, made.about) == ("A new keeper was found", robin, ours.keeper)
    assert Notice.objects.get(kind="report_settled").reader == ada
    client.post(url, {"outcome": "Forged"})
    made.refresh_from_db()
    assert made.outcome == "A new keeper was found"
    assert "no keeper can look into it" not in client.get("/admin/").content.decode()


def test_the_second_of_the_staff_reads_that_it_is_settled_and_by_whom(ours, robin):
    made, client = about_keeper(ours), signed_in(robin)
    path = f"/admin/circles/report/{made.pk}/change/"
    old = next(form for form in forms_of(client.get(path), path) if "seen" in form.fields).filled()
    made.settle(by=make_person("Rika", is_staff=True), outcome="A new keeper was found", at=now())

    late = client.post(path, {**old, "outcome": "Nothing"}, follow=True)

    assert "Somebody settled this before." in text(late) and "Rika" in text(late)
    assert Report.objects.get(pk=made.pk).outcome == "A new keeper was found"


def test_words_that_were_changed_since_are_read_before_it_is_settled(ours, robin, ada, bo):
    ours.circle.memberships.get(person=bo).make_keeper(by=ours.keeper, at=now())
    made, client = report(ours.circle, bo, ours.helprequest, ada), signed_in(robin)
    Report.objects.filter(pk=made.pk).update(about=ours.keeper)
    ours.circle.memberships.get(person=bo).make_member(by=ours.keeper, at=now())
    path = f"/admin/circles/report/{made.pk}/change/"
    old = next(form for form in forms_of(client.get(path), path) if "seen" in form.fields).filled()
    ours.helprequest.edit(by=ada, at=now(), version=ours.helprequest.version, title="Breakfast for four")

    late = client.post(path, {**old, "outcome": "Nothing"})

    assert "Please look once more." in text(late) and "Breakfast for four" in text(late)
    assert Report.objects.get(pk=made.pk).is_open


def test_the_staff_do_not_see_what_keepers_can_settle(ours, kim, robin):
    about_keeper(ours)
    client = signed_in(robin)

    assert list(client.get("/admin/circles/report/").context["cl"].queryset) == []
    for made in Report.objects.all():
        assert client.get(f"/admin/circles/report/{made.pk}/change/").status_code == 404


def test_staff_who_are_reported_themselves_see_nothing(ours, olga):
    olga.is_staff = True
    olga.save()
    made, client = about_keeper(ours), signed_in(olga)

    assert client.get(f"/admin/circles/report/{made.pk}/change/").status_code == 404
    assert "no keeper can look into it" not in client.get("/admin/").content.decode()


def test_nobody_else_comes_to_the_staffs_reports(ours, ada):
    made = about_keeper(ours)

    for client in (Client(), signed_in(ada), signed_in(ours.keeper)):
        assert client.get(f"/admin/circles/report/{made.pk}/change/").status_code == 302


# Blocks and keepers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blocker", ["asker", "keeper"])
def test_a_keeper_who_is_blocked_sees_and_settles_what_is_reported(as_olga, ours, olga, ada, bo, blocker):
    asked = ask(ada, ours.circle, title="Buy my car")
    Block.objects.make(
        by=ada if blocker == "asker" else olga, whom=olga if blocker == "asker" else ada, at=now()
    )
    assert as_olga.get(asked.get_absolute_url()).status_code == 404
    for name, thing in (("helprequest", asked), ("slot", asked.slots.get())):
        assert as_olga.get(page(name, "change", thing.pk)).status_code == 404
    assert not HelpRequest.objects.visible_to(olga, at=now()).filter(pk=asked.pk).exists()

    made = report(ours.circle, bo, asked, ada)

    assert as_olga.get(asked.get_absolute_url()).status_code == 200
    assert as_olga.get(page("report", "change", made.pk)).status_code == 200
    assert as_olga.get(page("helprequest", "change", asked.pk)).status_code == 200
    as_olga.post(verb("helprequest", asked, "cancel"), {"reason": "This is no request for help"})
    asked.refresh_from_db()
    assert asked.state == "cancelled"

    made.settle(by=olga, outcome="Called off", at=now())
    assert as_olga.get(asked.get_absolute_url()).status_code == 404


def test_the_panel_shows_keepers_both_of_two_who_are_parted(as_olga, ours, ada, bo):
    Block.objects.make(by=bo, whom=ada, at=now())

    shown = {membership.person for membership in as_olga.get(page("membership")).context["cl"].queryset}

    assert {ada, bo} <= shown
    ours.claim.refresh_from_db()
    assert ours.claim.state == "released"
    assert as_olga.get(page("claim", "change", ours.claim.pk)).status_code == 200
    history = text(as_olga.get(page("claim", "history", ours.claim.pk)))
    assert "released" in history and "Bo released" not in history
