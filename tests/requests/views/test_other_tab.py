"""A draft that was asked or thrown away in another tab: it is said kindly, and what was typed is kept."""

import pytest

from circles.models import JournalEntry
from requests.models import HelpRequest
from tests.cast import draft, now
from tests.circles.pages import in_parallel, signed_in, text
from tests.fuzz.forms import forms_of
from tests.racing import at_once
from tests.requests.filled_in import ask_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(ada, street):
    """Ada put it down."""
    signed_in(ada).post("/requests/new/instrumental/", {**ask_fields(street), "put_down": "1"})
    return HelpRequest.objects.get()


@pytest.fixture
def page(plan, ada):
    """(client, address, fields): its page, opened, with other words typed."""
    client, address = signed_in(ada), f"{plan.get_absolute_url()}edit/"
    [form] = [one for one in forms_of(client.get(address), address) if "title" in one.fields]
    return client, address, form.filled() | {"title": ["Bread for Friday"], "would_help": ["No nuts, please"]}


@pytest.mark.parametrize("button", [{}, {"put_down": "1"}])
def test_asked_meanwhile_what_was_typed_stands_beside_it(page, plan, ada, button):
    client, address, typed = page
    plan.publish(by=ada, at=now())

    answer = client.post(address, {**typed, **button})

    assert answer.status_code == 422
    assert "This was asked already. Nothing that you wrote here is lost." in text(answer)
    assert "When it is, and who is asked, you change on the page of the request." in text(answer)
    assert answer.context["form"]["title"].value() == "Bread for Friday"
    assert HelpRequest.objects.get().title == "Supper for four"


def test_asked_meanwhile_in_the_same_words_there_is_nothing_to_do(page, plan, ada):
    client, address, typed = page
    plan.publish(by=ada, at=now())
    same = typed | {"title": [plan.title], "would_help": [plan.would_help]}

    answer = client.post(address, same, follow=True)

    assert answer.redirect_chain[-1][0] == plan.get_absolute_url()
    assert "It was asked already, in these words." in text(answer)


def test_thrown_away_meanwhile_what_was_typed_can_be_asked_anew(page, plan, ada):
    client, address, typed = page
    plan.discard(by=ada, at=now())

    answer = client.post(address, typed)

    assert answer.status_code == 422
    assert "You threw this away" in text(answer) and "Bread for Friday" in text(answer)
    [anew] = [form for form in forms_of(answer, address) if "title" in form.fields]
    assert client.post(anew.action, anew.filled()).status_code == 302
    made = HelpRequest.objects.get()
    assert (made.title, made.would_help, made.state) == ("Bread for Friday", "No nuts, please", "open")


@pytest.mark.parametrize("press", ["publish/", "discard/", "wishes/", "cancel/"])
def test_whatever_is_pressed_there_is_answered_kindly(press, plan, ada):
    plan.discard(by=ada, at=now())

    answer = signed_in(ada).post(f"{plan.get_absolute_url()}{press}", {"reason": "My sister is here"})

    assert answer.status_code == 422
    assert "This draft is not there any more, so nothing was done with it." in text(answer)
    assert "My sister is here" in text(answer)


def test_nobody_else_learns_that_there_was_one(plan, ada, bo, olga, mallory):
    plan.discard(by=ada, at=now())

    for person in (bo, olga, mallory):
        assert signed_in(person).post(f"{plan.get_absolute_url()}edit/", {}).status_code == 404
        assert signed_in(person).get(plan.get_absolute_url()).status_code == 404
    assert JournalEntry.objects.get(verb="thrown away").circle is None
    assert "thrown away" not in text(signed_in(olga).get("/organize/circles/journalentry/"))


def test_thrown_away_twice_is_thrown_away(plan, ada):
    client = signed_in(ada)

    first, again = (client.post(f"{plan.get_absolute_url()}discard/") for _ in range(2))

    assert (first.status_code, again.status_code) == (302, 422)


def test_asked_meanwhile_it_is_not_thrown_away(plan, ada):
    plan.publish(by=ada, at=now())

    answer = signed_in(ada).post(f"{plan.get_absolute_url()}discard/", follow=True)

    assert "This was asked already. You can call it off instead." in text(answer)


@in_parallel
@pytest.mark.parametrize("deed", ["publish", "discard"])
def test_in_the_same_moment_nothing_fails_and_nothing_typed_is_lost(deed, ada, street):
    client, other = signed_in(ada), signed_in(ada)
    for _round in range(6):
        client.post("/requests/new/instrumental/", {**ask_fields(street), "put_down": "1"})
        plan = HelpRequest.objects.latest("pk")
        address = f"{plan.get_absolute_url()}edit/"
        [form] = [one for one in forms_of(client.get(address), address) if "title" in one.fields]
        typed = form.filled() | {"title": ["Bread for Friday"], "put_down": ["1"]}

        answer, pressed = at_once(
            lambda address=address, typed=typed: client.post(address, typed),
            lambda plan=plan: other.post(f"{plan.get_absolute_url()}{deed}/"),
        )

        kept = HelpRequest.objects.filter(pk=plan.pk, title="Bread for Friday").exists()
        assert answer.status_code == 302 or "Bread for Friday" in text(answer)
        assert kept or answer.status_code == 422 or deed == "discard"
        assert pressed.status_code in (302, 422)


def test_a_draft_of_anybody_else_is_none_of_ones_business(ada, bo, street):
    theirs = draft(bo, street)
    theirs.discard(by=bo, at=now())

    assert signed_in(ada).get(theirs.get_absolute_url()).status_code == 404
