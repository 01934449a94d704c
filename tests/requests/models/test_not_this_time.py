"""Not this time: one press, no reason; it is not offered again, and nobody else ever learns of it."""

import datetime as dt

import pytest
from django.urls import reverse

from circles.models import Hears, JournalEntry, Person
from requests.models import HelpRequest, NotThisTime
from requests.pages.open_requests import needs_of
from requests.sweeps import waves
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, ask, ask_for_advice, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def passing(help_request, **more):
    """Where one passes on it, or with `back=True` takes that back."""
    return reverse("request_unpass" if more else "request_pass", args=[help_request.pk])


def listed(person):
    """What stands on the list of this person."""
    return [need["title"] for need in needs_of(person, at=now())]


def test_it_leaves_the_list_and_comes_back(supper, bo, olga):
    client = signed_in(bo)

    answer = client.post(passing(supper), {"next": "/requests/?kind=instrumental"}, follow=True)

    assert answer.redirect_chain == [("/requests/?kind=instrumental", 302)]
    assert f'<a href="{supper.get_absolute_url()}#pass">' in answer.content.decode()
    assert (listed(bo), listed(olga)) == ([], ["Supper for four"])
    page = text(client.get(supper.get_absolute_url()))
    assert "It is off your list, and nobody learns of it." in page
    client.post(passing(supper, back=True))
    assert listed(bo) == ["Supper for four"]


def test_saying_it_twice_is_saying_it_once(supper, bo):
    first = NotThisTime.objects.say(person=bo, help_request=supper, at=now() - DAY)

    assert NotThisTime.objects.say(person=bo, help_request=supper, at=now()) == first
    assert NotThisTime.objects.get().at == first.at


def test_taking_it_back_takes_back_no_other(supper, ada, bo, olga, street):
    for person, asked in ((bo, supper), (olga, supper), (bo, ask(ada, street, title="Lunch"))):
        NotThisTime.objects.say(person=person, help_request=asked, at=now())

    NotThisTime.objects.take_back(person=bo, help_request=supper)

    left = NotThisTime.objects.order_by("pk").values_list("person__name", "help_request__title")
    assert list(left) == [("Olga", "Supper for four"), ("Bo", "Lunch")]


def test_for_two_weeks_one_does_not_ask_again(supper, bo):
    passed = NotThisTime.objects.say(person=bo, help_request=supper, at=now())

    assert list(NotThisTime.objects.lately(at=passed.at + 14 * DAY - dt.timedelta(seconds=1))) == [passed]
    assert list(NotThisTime.objects.lately(at=passed.at + 14 * DAY)) == []


@pytest.mark.parametrize("path", ["/", "/requests/", "circle", "request", "slot"])
def test_it_is_one_press_wherever_it_is_asked(supper, slot, street, bo, path):
    pages = {"circle": street, "request": supper, "slot": slot}
    page = pages[path].get_absolute_url() if path in pages else path

    shown = signed_in(bo).get(page).content.decode()

    assert f'action="{passing(supper)}"' in shown.replace("formaction", "action")
    assert "Not this time" in shown


def test_with_htmx_a_line_to_take_it_back_stands_where_the_card_was(supper, bo):
    client = signed_in(bo)

    answer = client.post(passing(supper), {"next": "/"}, headers=HTMX)

    assert (answer.status_code, [t.name for t in answer.templates][0]) == (200, "requests/_passed.html")
    assert "Show it again : Supper for four" in text(answer)
    assert client.post(passing(supper, back=True), {"next": "/"}).url == "/"


def test_who_helps_already_gives_it_back_instead(supper, slot, bo):
    slot.claim(by=bo, at=now())

    assert passing(supper) not in signed_in(bo).get(supper.get_absolute_url()).content.decode()


def test_who_asks_does_not_pass_and_who_is_outside_finds_nothing(supper, ada, mallory, elsewhere):
    own = ask(mallory, elsewhere)

    assert signed_in(ada).post(passing(supper)).status_code == 403
    assert signed_in(mallory).post(passing(supper)).status_code == 404
    assert signed_in(mallory).post(passing(own)).status_code == 403
    assert not NotThisTime.objects.exists()


def test_no_mail_offers_it_again(ada, bo, olga, street):
    street.memberships.update(hears=Hears.AT_ONCE)
    question = ask_for_advice(ada, street)
    NotThisTime.objects.say(person=bo, help_request=question, at=now())

    waves.open_waves(now())

    assert [notice.reader for notice in Notice.objects.filter(kind="wave_opened")] == [olga]


def test_a_mail_that_waits_is_not_sent_any_more(ada, bo, olga, street):
    Person.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(0))
    question = ask_for_advice(ada, street)
    at = now()
    waves.open_waves(at)
    NotThisTime.objects.say(person=bo, help_request=question, at=at)

    deliver(at=at + 2 * DAY)

    waiting = Notice.objects.filter(kind="wave_opened").order_by("reader__name")
    assert [(notice.reader.name, notice.state) for notice in waiting] == [("Bo", "dropped"), ("Olga", "sent")]


def test_whoever_is_asked_by_name_after_passing_hears_nothing(ada, bo, supper):
    NotThisTime.objects.say(person=bo, help_request=supper, at=now())
    supper.ask_more(by=ada, at=now(), people=[bo])

    waves.open_waves(now())

    assert not Notice.objects.filter(kind="asked_by_name").exists()


def test_the_asker_the_keeper_and_the_panel_see_no_difference(supper, ada, bo, olga):
    """Every page that shows the request reads the same before and after."""
    panel = [
        *("/organize/", "/organize/requests/helprequest/", "/organize/circles/journalentry/"),
        f"/organize/requests/helprequest/{supper.pk}/change/",
        f"/organize/requests/slot/{supper.slots.get().pk}/do/sign-up/",
    ]
    pages = {ada: ["/", supper.get_absolute_url()], olga: ["/", supper.get_absolute_url(), *panel]}
    read = {person: [text(signed_in(person).get(path)) for path in pages[person]] for person in pages}
    read = {person: [text(signed_in(person).get(path)) for path in pages[person]] for person in pages}
    entries = JournalEntry.objects.count()

    signed_in(bo).post(passing(supper))

    assert {person: [text(signed_in(person).get(path)) for path in pages[person]] for person in pages} == read
    assert JournalEntry.objects.count() == entries


def test_nothing_happens_by_looking(supper, bo):
    for path in (passing(supper), passing(supper, back=True)):
        assert signed_in(bo).get(path).status_code == 405
    assert not NotThisTime.objects.exists()
    assert HelpRequest.objects.count() == 1
