"""A request that reaches people by another circle: they learn nothing of the circle in which it was asked."""

import pytest
from django.urls import reverse

from circles.models import Report, Ring
from supportnet.notices import kinds, rendering
from supportnet.notices.models import Notice
from tests.cast import HOUR, ask, join, make_circle, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db
SECRET = "Sober on Tuesdays"


@pytest.fixture
def group(ada, olga):
    """A circle of which its members tell nobody."""
    return make_circle(olga, ada, name=SECRET, how_checked="At Sober House")


@pytest.fixture
def choir(ada, bo, mallory):
    """Another circle of ada's."""
    return make_circle(mallory, ada, bo, name="The choir")


@pytest.fixture
def errand(group, choir, ada):
    """Asked in the one, and in the other."""
    help_request = ask(ada, group, in_days=1, up_to=Ring.INNER)
    help_request.ask_more(by=ada, at=now(), circle=choir)
    return help_request


def pages_of(help_request):
    slot = help_request.slots.get()
    mine = [reverse("claim", args=[claim.pk]) for claim in slot.claims.all()]
    about = [
        reverse(name, args=[help_request.pk]) for name in ("request", "request_calendar", "request_report")
    ]
    elsewhere = [
        "/",
        "/requests/",
        "/requests/?state=closed",
        "/me/helping/",
        "/me/calendar/",
        "/me/notices/",
    ]
    return [*mine, *about, reverse("slot_claim", args=[slot.pk]), *elsewhere]


def test_its_name_stands_on_no_page_of_theirs_with_a_promise_or_without(errand, ada, bo):
    client = signed_in(bo)
    without = [page for page in pages_of(errand) if SECRET in text(client.get(page))]
    errand.slots.get().claim(by=bo, at=now())
    promised = [page for page in pages_of(errand) if SECRET in text(client.get(page))]
    errand.close(by=ada, at=now())
    closed = [page for page in pages_of(errand) if SECRET in text(client.get(page))]

    assert (without, promised, closed) == ([], [], [])
    assert "Supper for four" in text(client.get("/requests/?state=closed"))


def test_whoever_is_in_it_reads_its_name(errand, ada, group, olga):
    cleo = make_person("Cleo")
    join(group, cleo, by=olga, ring=Ring.INNER)
    errand.slots.get().claim(by=cleo, at=now())

    named = [page for page in pages_of(errand) if SECRET in text(signed_in(cleo).get(page))]

    claim = reverse("claim", args=[errand.slots.get().claims.get().pk])
    assert {claim, errand.get_absolute_url(), "/"} <= set(named)


def test_who_must_be_checked_there_learns_neither_where_nor_by_whom(group, choir, ada, bo):
    help_request = ask(ada, group, up_to=Ring.INNER, needs_checked=True)
    help_request.ask_more(by=ada, at=now(), circle=choir)

    page = text(signed_in(bo).get(help_request.get_absolute_url()))

    assert "This is for helpers who were checked in the circle of whoever asks." in page
    assert [words for words in (SECRET, "Olga", "Sober House") if words in page] == []


def test_the_keepers_of_a_circle_learn_of_no_other_that_is_asked(choir, group, ada, mallory):
    help_request = ask(ada, choir)
    help_request.ask_more(by=ada, at=now(), circle=group)

    page = text(signed_in(mallory).get(help_request.get_absolute_url()))

    assert "People in another circle" in page and SECRET not in page
    assert f"Everyone in {SECRET}" in text(signed_in(ada).get(help_request.get_absolute_url()))


def test_the_answer_to_a_report_does_not_name_it_either(errand, ada, bo, olga):
    for reporter, named in ((bo, False), (ada, True)):
        said = {"subject": errand, "about": ada if reporter == bo else bo, "reason": "Odd", "at": now()}
        report = Report.objects.make(circle=errand.circle, reporter=reporter, **said)
        notice = Notice(kind="report_settled", reader=reporter, cause_id=report.pk, key="look")
        letter = rendering.compose(kinds.find("report_settled"), [notice], [report], at=now())

        assert (SECRET in letter.body + letter.alternatives[0][0]) == named
        assert "was looked at" in letter.body


def test_whom_it_quietly_excludes_reads_its_name_like_everybody(ada, bo, olga, street):
    help_request = ask(ada, street)
    street.memberships.get(person=bo).exclude(by=olga, at=now() - HOUR)

    assert "Our street" in text(signed_in(bo).get(help_request.get_absolute_url()))
