"""Changing what was asked: the words, and two who change at once."""

import pytest
from django.urls import reverse

from requests.models import HelpRequest
from supportnet.notices.models import Notice
from tests.cast import ask_for_advice, ask_for_company, now
from tests.circles.pages import errors, signed_in, text

pytestmark = pytest.mark.django_db


def words(help_request, **typed):
    """What the form of a practical request sends back."""
    fields = {
        "version": help_request.version,
        "category": "meal",
        "title": "Supper for four",
        "importance": "helps",
        "doorstep": "leave",
        "address": "12 Lime Street",
        "area": "Old town",
        "phone": "+351 555 0101",
        **typed,
    }
    return fields


def edit_url(help_request):
    return reverse("request_edit", args=[help_request.pk])


def test_the_form_shows_what_stands_there(supper, ada):
    page = signed_in(ada).get(edit_url(supper)).content.decode()

    assert 'value="Supper for four"' in page
    assert 'name="timing"' not in page
    assert 'name="up_to"' not in page


def test_changed_words_are_saved_and_told_to_whoever_promised(supper, slot, ada, bo):
    slot.claim(by=bo, at=now())

    response = signed_in(ada).post(
        edit_url(supper), words(supper, title="Supper for five", **{"meal-people": "5"})
    )

    fresh = HelpRequest.objects.get()
    assert response.url == supper.get_absolute_url()
    assert (fresh.title, fresh.details, fresh.version) == ("Supper for five", {"people": 5}, 2)
    assert Notice.objects.filter(kind="slot_changed", reader=bo).count() == 1


def test_who_saves_an_old_copy_sees_both_and_loses_nothing(supper, ada, olga):
    old = words(supper, title="Supper, by Olga", would_help="Soup")
    signed_in(ada).post(edit_url(supper), words(supper, title="Supper, by Ada"))
    client = signed_in(olga)

    told = client.post(edit_url(supper), old)

    assert told.status_code == 422
    assert HelpRequest.objects.get().title == "Supper, by Ada"
    page = told.content.decode()
    assert "Somebody else changed this while you were writing" in page
    assert "Supper, by Ada" in page
    assert 'value="Supper, by Olga"' in page
    assert 'name="version" value="2"' in page

    client.post(edit_url(supper), {**old, "version": "2"})

    assert HelpRequest.objects.get().title == "Supper, by Olga"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 20])
def test_a_version_that_is_none_is_refused(supper, ada, version):
    response = signed_in(ada).post(edit_url(supper), words(supper, title="Other", version=version))

    assert response.status_code == 422
    assert HelpRequest.objects.get().title == "Supper for four"


def test_errors_keep_what_was_typed(supper, ada):
    response = signed_in(ada).post(edit_url(supper), words(supper, title="", would_help="Something warm"))

    assert (response.status_code, list(errors(response))) == (422, ["title"])
    assert "Something warm" in response.content.decode()


def test_what_only_the_house_may_set_is_ignored(supper, ada, bo, elsewhere):
    forged = {
        "asker": bo.pk,
        "circle": elsewhere.pk,
        "up_to": "1",
        "cancelled_at": "2020-01-01",
        "kind": "emotional",
    }

    signed_in(ada).post(edit_url(supper), words(supper, **forged))

    fresh = HelpRequest.objects.get()
    assert (fresh.asker, fresh.circle_id, fresh.waves.get().ring, fresh.state) == (
        ada,
        supper.circle_id,
        3,
        "open",
    )
    assert fresh.kind == "instrumental"


def test_other_kinds_have_their_own_words(ada, street):
    client = signed_in(ada)
    walk, question = ask_for_company(ada, street), ask_for_advice(ada, street)
    common = {"version": "1", "importance": "need"}

    client.post(edit_url(walk), {**common, "category": "sit", "title": "Sit with me", "wanted": "distract"})
    client.post(edit_url(question), {**common, "category": "question", "title": "How?", "tags": "home"})

    walk.refresh_from_db()
    question.refresh_from_db()
    assert (walk.title, walk.wanted, walk.doorstep) == ("Sit with me", "distract", "stay")
    assert (question.title, question.tags) == ("How?", "home")


def test_what_was_called_off_stays_as_it_is(supper, ada):
    supper.cancel(by=ada, at=now())

    response = signed_in(ada).post(edit_url(supper), words(supper, title="Other"), follow=True)

    assert "stays as it is" in text(response)
    assert HelpRequest.objects.get().title == "Supper for four"
