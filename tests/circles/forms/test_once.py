"""Forms that make something: pressed twice they make it once, and other words on the same page are never dropped."""

import uuid

import pytest

from circles.models import Circle, Invitation, SentForm
from circles.sweeps import forget_who_only_knocked
from requests.models import Answer, HelpRequest
from tests.cast import DAY, ask_for_advice, now
from tests.circles.pages import errors, signed_in, text
from tests.requests.filled_in import ask_fields

NOT_ASKED = dict.fromkeys(("timing", "date", "start", "end", "helpers"))
INVITED = {
    "email": "mallory@example.org",
    "name": "Mallory",
    "how_they_know": "We sing",
    "ring": "3",
    "send": "",
}


def asking(world):
    said = ask_fields(world.street, category="question", **NOT_ASKED)
    return "/requests/new/informational/", said, {"would_help": "More about it"}, HelpRequest


def answering(world):
    question = ask_for_advice(world.ada, world.street)
    return f"/requests/{question.pk}/answers/", {"text": "Ask twice"}, {"been_there": "on"}, Answer


def starting(world):
    said = {"kind": "community", "name": "Lime Street"}
    return "/circles/new/", said, {"description": "Neighbours"}, Circle


def inviting(world):
    return f"/circles/{world.street.pk}/invite/", INVITED, {"ring": "1"}, Invitation


def adding(world):
    said = {"name": "Rosa", "phone": "+351 21 555 0107"}
    return (
        f"/circles/{world.street.pk}/members/add/",
        said,
        {"name": "Rosa Maria", "phone": "+351 21 555 0199"},
        None,
    )


FORMS = (asking, answering, starting, inviting, adding)


class World:
    """Who is there."""

    def __init__(self, street, ada):
        self.street, self.ada = street, ada


@pytest.fixture(params=FORMS, ids=lambda form: form.__name__)
def form(request, street, ada, olga):
    """(press, what is said, what is said otherwise, number): `press` sends it as olga from one page."""
    path, said, other, model = request.param(World(street, ada))
    client, key = signed_in(olga), str(uuid.uuid4())

    def press(**more):
        return client.post(path, {**said, "form_key": key, **more})

    def number():
        return model.objects.count() if model else street.members().count()

    return press, other, number


def test_the_same_once_more_is_done_once_and_leads_to_it(form):
    press, _other, number = form

    first, made = press(), number()
    again = press()

    assert (first.status_code, again.status_code, again.url) == (302, 302, first.url)
    assert number() == made


def test_other_words_are_not_dropped_and_not_taken_for_the_first(form):
    press, other, number = form
    press()
    made = number()

    answer = press(**other)

    assert (answer.status_code, number()) == (422, made)
    shown = (
        answer.context.get("form")
        if answer.context.get("answer_form") is None
        else answer.context["answer_form"]
    )
    assert shown.non_field_errors()[0].startswith("You have sent this page already, and it was done.")
    assert [str(shown[name].value()) for name in other] in ([*other.values()], ["True"])
    assert f'<a href="{SentForm.objects.get().page}">See what was sent</a>' in answer.content.decode()


def test_they_can_be_sent_as_one_more(form):
    press, other, number = form
    press()
    made = number()
    answer = press(**other)
    shown = answer.context.get("answer_form") or answer.context["form"]

    once_more = press(**other, form_key=str(shown["form_key"].value()))

    assert once_more.status_code == 302
    assert number() >= made


def test_nobody_meets_what_another_sent(street, ada, bo):
    said = ask_fields(street, category="question", form_key=str(uuid.uuid4()), **NOT_ASKED)

    for person, title in ((ada, "One"), (bo, "Two")):
        assert (
            signed_in(person).post("/requests/new/informational/", {**said, "title": title}).status_code
            == 302
        )

    assert set(HelpRequest.objects.values_list("title", flat=True)) == {"One", "Two"}


def test_what_was_refused_was_not_sent(street, ada):
    client, said = signed_in(ada), ask_fields(street, category="question", **NOT_ASKED)
    client.post("/requests/new/informational/", {**said, "title": ""})

    assert client.post("/requests/new/informational/", said).status_code == 302


def test_a_week_later_it_is_forgotten(street, ada):
    signed_in(ada).post("/circles/new/", {"kind": "community", "name": "Elm", "form_key": uuid.uuid4()})
    at = (now() + 6 * DAY).replace(minute=0)

    kept = []
    for moment in (at, at + 2 * DAY):
        forget_who_only_knocked(moment)
        kept.append(SentForm.objects.count())

    assert kept == [1, 0]


# What was asked can be changed instead ------------------------------------------------------------------------


@pytest.fixture
def asked(street, ada):
    """(client, what was said): asked, and on the page of before something is said otherwise."""
    client, said = signed_in(ada), ask_fields(street, would_help="Soup")
    client.post("/requests/new/instrumental/", said)
    return client, {**said, "would_help": "Bread, no nuts"}


def test_whoever_went_back_is_offered_to_change_what_they_asked(asked, street):
    client, said = asked
    page = client.post("/requests/new/instrumental/", said)
    edit = f"/requests/{HelpRequest.objects.get().pk}/edit/"
    assert f'formaction="{edit}"' in page.content.decode()

    both = client.post(edit, said)

    assert both.status_code == 422
    assert "This was asked already. Nothing that you wrote here is lost." in text(both)
    assert "What would help: now Soup" in text(both) and "Bread, no nuts" in text(both)
    form = both.context["form"]
    client.post(edit, {name: form[name].value() or "" for name in form.fields})
    assert HelpRequest.objects.get().would_help == "Bread, no nuts"


def test_what_was_put_down_takes_what_is_said_last(street, ada):
    client, said = signed_in(ada), ask_fields(street, would_help="Soup")
    client.post("/requests/new/instrumental/", {**said, "put_down": "1"})

    answer = client.post("/requests/new/instrumental/", {**said, "would_help": "Bread"})

    assert answer.status_code == 302
    assert (HelpRequest.objects.get().state, HelpRequest.objects.get().would_help) == ("open", "Bread")


def test_what_was_put_down_and_asked_in_another_tab_is_not_asked_in_silence(street, ada):
    client, said = signed_in(ada), ask_fields(street, would_help="Soup")
    client.post("/requests/new/instrumental/", {**said, "put_down": "1"})
    client.post(f"/requests/{HelpRequest.objects.get().pk}/publish/")

    answer = client.post("/requests/new/instrumental/", {**said, "would_help": "Bread"})

    assert answer.status_code == 422 and list(errors(answer)) == ["__all__"]
    assert answer.context["form"]["would_help"].value() == "Bread"
    assert HelpRequest.objects.get().would_help == "Soup"
