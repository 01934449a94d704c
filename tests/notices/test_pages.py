import pytest
from django.core import signing
from django.urls import reverse

from circles.models import Person
from supportnet.notices import kinds, unsubscribe_links
from supportnet.notices.models import Notice
from tests.cast import DAY, make_person, now
from tests.notices.conftest import Declinable


@pytest.fixture
def link(ada, bo):
    """Bo's way out of greetings from Ada."""
    return unsubscribe_links.path(kinds.find("test_declinable"), bo, ada)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_the_way_out_changes_nothing(client, link, method):
    getattr(client, method)(link)

    assert Declinable.declined == set()


def test_the_way_out_says_what_it_would_switch_off(client, link):
    page = client.get(link).content.decode()

    assert "You would get no more mail about: greetings from Ada." in page


def test_a_signed_out_person_sees_what_was_switched_off_and_can_undo(client, link, ada, bo):
    page = client.post(link).content.decode()
    assert "You will get no more mail about: greetings from Ada." in page
    assert Declinable.declined == {(bo.pk, ada.pk)}

    assert 'name="undo" value="daily"' in page
    client.post(link, {"undo": "daily"})
    assert Declinable.declined == set()


def test_a_mail_program_posts_without_cookies_or_token(link, ada, bo):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(
        link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )

    assert (answer.status_code, Declinable.declined) == (200, {(bo.pk, ada.pk)})


@pytest.mark.parametrize(
    "make", [lambda link: link[:-6] + "/", lambda link: link.replace("unsubscribe/", "unsubscribe/x")]
)
def test_a_broken_link_says_what_to_do(client, link, make):
    answer = client.post(make(link))

    assert answer.status_code == 404
    assert "Open the link from the mail once more" in answer.content.decode()
    assert Declinable.declined == set()


def test_a_link_about_what_is_gone_or_can_not_be_turned_down_is_broken(client, ada, bo):
    for parts in (
        [bo.pk, "test_declinable", 0],
        [0, "test_declinable", ada.pk],
        [bo.pk, "test_greeting", ada.pk],
        [1],
    ):
        token = signing.dumps(parts, salt=unsubscribe_links.SALT)

        assert client.post(reverse("unsubscribe", args=[token])).status_code == 404


def test_the_page_lists_what_the_reader_was_told_and_nobody_elses(client, tell, ada, bo, olga, mallory):
    tell(bo, ada), tell(bo, olga, "test_collected"), tell(mallory, ada)
    tell(bo, bo, "test_quiet", due_at=now() + 30000 * DAY)
    client.force_login(bo)

    lines = client.get(reverse("notices")).context["page"].lines

    assert [(line.text, line.url) for line in lines] == [
        ("Hello from Olga", f"/people/{olga.pk}/"),
        ("Hello from Ada", f"/people/{ada.pk}/"),
    ]


def test_what_mail_could_not_bring_stands_there_and_what_is_untrue_does_not(client, tell, ada, bo):
    for key, because in (
        ("a", "The reader's address refused mail earlier."),
        ("b", "It came too late to be of use."),
    ):
        notice = tell(bo, ada, key=key)
        Notice.objects.filter(pk=notice.pk).update(dropped_at=now(), dropped_because=because)
    client.force_login(bo)

    assert [line.notice.key for line in client.get(reverse("notices")).context["page"].lines] == ["a"]


def test_what_is_gone_is_only_named(client, tell, bo):
    cleo = make_person("Cleo")
    tell(bo, cleo)
    cleo.delete()
    client.force_login(bo)

    assert [
        (line.text, line.label, line.url) for line in client.get(reverse("notices")).context["page"].lines
    ] == [("", "Greetings", "")]


def test_looking_marks_nothing_and_a_button_does(client, tell, ada, bo, mallory):
    old, foreign = tell(bo, ada), tell(mallory, ada)
    client.force_login(bo)
    client.get(reverse("notices"))
    assert Notice.objects.exclude(seen_at=None).count() == 0
    new = tell(bo, ada, key="new")

    client.post(reverse("notices"), {"up_to": old.pk})

    assert list(Notice.objects.exclude(seen_at=None)) == [old]
    assert new.pk > foreign.pk > old.pk


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40, "٣"])
def test_a_broken_number_does_no_harm(client, tell, ada, bo, number):
    tell(bo, ada)
    client.force_login(bo)

    assert client.get(reverse("notices"), {"before": number}).status_code == 200
    assert client.post(reverse("notices"), {"up_to": number}).status_code == 302


def test_older_ones_are_a_page_away(client, tell, ada, bo):
    for number in range(25):
        tell(bo, ada, key=f"{number:02}")
    client.force_login(bo)
    first = client.get(reverse("notices")).context["page"]

    second = client.get(reverse("notices"), {"before": first.older}).context["page"]

    assert [len(first.lines), len(second.lines)] == [20, 5]
    assert [line.notice.key for line in second.lines] == ["04", "03", "02", "01", "00"]
    assert second.older is None


def test_the_page_takes_as_many_queries_for_one_as_for_three(
    client, tell, ada, bo, olga, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(bo)
    counts = []
    for causes in ([ada], [olga, bo]):
        for cause in causes:
            tell(bo, cause)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("notices"))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 6


def test_the_page_is_for_those_who_are_signed_in(client):
    assert client.get(reverse("notices")).status_code == 302


def test_person_gone_takes_their_notices_along(tell, ada, bo):
    tell(bo, ada)
    Person.objects.get(pk=bo.pk).delete()

    assert Notice.objects.count() == 0
