"""One request: who sees what of it, and what becomes of it."""

import pytest
from django.test import Client
from django.urls import reverse

from circles.models import JournalEntry, Ring
from requests.models import HelpRequest
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, draft, make_person, now
from tests.circles.pages import errors, signed_in, text
from tests.requests.filled_in import a_day

pytestmark = pytest.mark.django_db
ADDRESS, PHONE = "12 Lime Street", "+351 555 0101"


def page_of(help_request, person):
    """The words of the request's page as `person` sees it."""
    return text(signed_in(person).get(help_request.get_absolute_url()))


def test_outside_it_does_not_exist(supper, mallory, elsewhere):
    client = signed_in(mallory)

    for name in ("request", "request_edit", "request_cancel", "request_times", "request_reopen"):
        assert client.get(reverse(name, args=[supper.pk])).status_code == 404
    for name in ("request_publish", "request_close", "request_discard", "request_answers"):
        assert client.post(reverse(name, args=[supper.pk])).status_code == 404


def test_a_request_for_the_inner_ring_does_not_exist_for_others(ada, bo, street):
    help_request = ask(ada, street, up_to=Ring.INNER)

    assert signed_in(bo).get(help_request.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "-1", "x", "1.5", "999999999999999999"])
@pytest.mark.parametrize(
    "path", ["/requests/{}/", "/slots/{}/claim/", "/claims/{}/", "/series/{}/extend/", "/requests/{}/edit/"]
)
def test_numbers_of_nothing_are_not_found(ada, supper, path, number):
    assert signed_in(ada).get(path.format(number)).status_code == 404


def test_who_has_no_session_meets_the_door_and_comes_back(client, supper):
    response = client.get(supper.get_absolute_url())
    close = reverse("request_close", args=[supper.pk])
    pressed = client.post(close, headers={"referer": f"http://testserver{supper.get_absolute_url()}"})

    for answer in (response, pressed):
        assert answer.url.endswith(f"?next={supper.get_absolute_url()}")


def test_the_address_is_shown_to_those_who_come_and_to_nobody_else(supper, slot, ada, bo, olga):
    assert ADDRESS not in page_of(supper, bo)
    assert "Old town" in page_of(supper, bo)

    claim = slot.claim(by=bo, at=now())

    assert [ADDRESS in page_of(supper, person) for person in (bo, ada, olga)] == [True, True, True]
    assert PHONE in page_of(supper, bo)

    claim.release(by=bo, at=now())

    assert ADDRESS not in page_of(supper, bo)
    assert PHONE not in page_of(supper, bo)


def test_the_asker_sees_who_looked_once_an_hour(supper, slot, ada, bo):
    slot.claim(by=bo, at=now())
    page_of(supper, bo)
    page_of(supper, bo)

    looks = JournalEntry.objects.filter(verb="saw address")

    assert [(look.actor, look.subject) for look in looks] == [(bo, f"helprequest:{supper.pk}")]
    assert "Who looked Bo" in page_of(supper, ada)
    assert "Who looked" not in page_of(supper, bo)


def test_asking_for_advice_or_in_general_notes_no_look(supper, ada, bo):
    page_of(supper, bo)
    page_of(supper, ada)

    assert not JournalEntry.objects.filter(verb="saw address").exists()


def test_who_helps_is_shown_but_not_for_emotional_support(supper, slot, street, ada, bo, olga):
    cleo = make_person("Cleo")
    membership = street.ask_to_join(cleo, at=now())
    membership.admit(by=olga, at=now())
    slot.claim(by=bo, at=now(), bringing="Lentil soup", note="I ring twice.")
    walk = ask_for_company(ada, street)
    walk.slots.get().claim(by=bo, at=now()).accept(by=ada, at=now())

    assert "Bo: Lentil soup" in page_of(supper, cleo)
    assert "I ring twice." not in page_of(supper, cleo)
    assert "I ring twice." in page_of(supper, ada)
    assert "Bo" not in page_of(walk, cleo)
    assert "Bo" in page_of(walk, ada)


def test_states_are_words(supper, slot, street, ada, bo, olga):
    """Without colour, a slot still says whether it is open, mine, taken, called off or past."""
    assert "Still open" in page_of(supper, bo)
    slot.claim(by=bo, at=now())
    assert "Yours" in page_of(supper, bo)
    assert "Taken" in page_of(supper, olga)
    slot.cancel(by=ada, at=now(), reason="We are away")
    assert "Called off: We are away" in page_of(supper, bo)
    many = ask(ada, street, capacity=4)
    many.slots.get().claim(by=bo, at=now(), even_if_clashing=True)
    assert "3 of 4 places open" in page_of(many, olga)


def test_the_words_of_people_are_not_markup(ada, bo, street):
    help_request = ask(ada, street, title="<script>alert(1)</script>", would_help="<b>x</b>")

    page = signed_in(bo).get(help_request.get_absolute_url()).content.decode()

    assert "<script>alert(1)" not in page
    assert "<b>x</b>" not in page


def test_members_see_no_buttons_of_the_asker_and_may_not_press_them(supper, bo):
    client = signed_in(bo)

    assert "Call it off" not in text(client.get(supper.get_absolute_url()))
    for name in ("request_edit", "request_cancel", "request_times", "request_reopen"):
        assert client.get(reverse(name, args=[supper.pk])).status_code == 403
    for name in ("request_close", "request_publish", "request_discard"):
        assert client.post(reverse(name, args=[supper.pk])).status_code == 403


def test_no_more_help_needed_leaves_promises_standing_and_asking_again_counts_from_zero(
    supper, slot, ada, bo
):
    claim = slot.claim(by=bo, at=now())
    client = signed_in(ada)

    client.post(reverse("request_close", args=[supper.pk]))
    reopen = reverse("request_reopen", args=[supper.pk])
    assert 'name="timing"' in client.get(reopen).content.decode()
    missing = client.post(reopen)
    again = {"timing": "once", "date": a_day(9), "start": "18:00", "end": "19:00", "helpers": "1"}
    client.post(reopen, again)

    claim.refresh_from_db()
    assert missing.status_code == 422
    assert claim.is_accepted
    assert [(slot.taken, slot.capacity) for slot in supper.slots.in_order()] == [(1, 1), (0, 1)]
    assert HelpRequest.objects.get(pk=supper.pk).is_open


def test_reopening_what_has_room_needs_no_time(supper, ada):
    client = signed_in(ada)
    client.post(reverse("request_close", args=[supper.pk]))
    reopen = reverse("request_reopen", args=[supper.pk])

    assert 'name="timing"' not in client.get(reopen).content.decode()
    client.post(reopen)

    assert HelpRequest.objects.get(pk=supper.pk).is_open
    assert supper.slots.count() == 1


def test_calling_off_asks_first_and_tells_why(supper, slot, ada, bo):
    claim = slot.claim(by=bo, at=now())
    client, url = signed_in(ada), reverse("request_cancel", args=[supper.pk])

    assert client.get(url).status_code == 200
    assert HelpRequest.objects.get(pk=supper.pk).is_open
    client.post(url, {"reason": "We are well again"})
    client.post(url, {"reason": "Twice"})

    claim.refresh_from_db()
    assert claim.state == "cancelled"
    assert "We are well again" in page_of(supper, ada)


def test_a_keeper_may_do_what_the_asker_may(supper, olga):
    client = signed_in(olga)

    client.post(reverse("request_close", args=[supper.pk]))

    assert HelpRequest.objects.get(pk=supper.pk).state == "closed"


def test_one_more_time(supper, ada):
    client, url = signed_in(ada), reverse("request_times", args=[supper.pk])

    refused = client.post(
        url, {"timing": "once", "date": a_day(-2), "start": "18:00", "end": "19:00", "helpers": "2"}
    )
    client.post(url, {"timing": "before", "before": a_day(4), "helpers": "2"})

    assert (refused.status_code, list(errors(refused))) == (422, ["date"])
    assert [slot.capacity for slot in supper.slots.order_by("pk")] == [1, 2]


def test_offers_wait_for_the_askers_yes(ada, bo, olga, street):
    walk = ask_for_company(ada, street)
    claim = walk.slots.get().claim(by=bo, at=now(), note="Any evening")

    assert "Somebody would like to be there for you" in page_of(walk, ada)
    assert "Yes, please" not in page_of(walk, olga)
    assert signed_in(olga).post(reverse("claim_accept", args=[claim.pk])).status_code == 403
    assert "You offered. Ada will say." in page_of(walk, bo)
    assert ADDRESS not in page_of(walk, bo)
    signed_in(ada).post(reverse("claim_accept", args=[claim.pk]))

    claim.refresh_from_db()
    assert claim.is_accepted
    assert ADDRESS in page_of(walk, bo)


def test_a_yes_for_a_place_that_is_gone_is_said_kindly(ada, bo, olga, street):
    slot = ask_for_company(ada, street).slots.get()
    first, second = slot.claim(by=bo, at=now()), slot.claim(by=olga, at=now())
    client = signed_in(ada)
    client.post(reverse("claim_accept", args=[first.pk]))

    response = client.post(reverse("claim_accept", args=[second.pk]), follow=True)

    assert "All places are taken" in text(response)
    client.post(reverse("claim_decline", args=[second.pk]))
    second.refresh_from_db()
    assert second.state == "declined"


def test_thanks_are_offered_after_the_time(ada, bo, street, monkeypatch):
    help_request = ask(ada, street)
    slot = help_request.slots.get()
    claim = slot.claim(by=bo, at=now())
    assert "Thank Bo" not in page_of(help_request, ada)
    type(slot).objects.filter(pk=slot.pk).update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)

    assert "Thank Bo" in page_of(help_request, ada)
    signed_in(ada).post(reverse("claim_thank", args=[claim.pk]), {"text": "It was so good."})

    assert "Thank Bo" not in page_of(help_request, ada)
    assert "It was so good." in text(signed_in(bo).get(claim.get_absolute_url()))


def busy(ada, street, people, *, slots, kind):
    """A request with so many times, claims or answers."""
    if kind == "question":
        question = ask_for_advice(ada, street)
        for number in range(slots):
            question.answer(by=people[number % len(people)], text="So and so", at=now())
        return question
    help_request = draft(ada, street)
    for number in range(slots):
        starts_at = now() + (number + 1) * DAY
        help_request.add_slot(by=ada, at=now(), starts_at=starts_at, ends_at=starts_at + HOUR, capacity=3)
    help_request.publish(by=ada, at=now())
    for slot in help_request.slots.all()[: slots // 2 + 1]:
        for person in people:
            slot.claim(by=person, at=now())
    return help_request


@pytest.mark.parametrize("kind", ["times", "question"])
@pytest.mark.parametrize("slots", [1, 3, 60])
@pytest.mark.parametrize("reader", ["ada", "bo", "olga"])
def test_the_page_makes_six_queries_whatever_stands_on_it(
    reader, slots, kind, ada, bo, olga, street, django_assert_max_num_queries
):
    help_request = busy(ada, street, [bo, olga], slots=slots, kind=kind)
    client = signed_in({"ada": ada, "bo": bo, "olga": olga}[reader])

    with django_assert_max_num_queries(6):
        response = client.get(help_request.get_absolute_url())

    assert response.status_code == 200


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_circles_page_shows_what_is_open_with_few_queries(
    number, ada, bo, street, django_assert_max_num_queries
):
    for _ in range(number):
        ask(ada, street)
    client = signed_in(bo)

    with django_assert_max_num_queries(6):
        response = client.get(f"/circles/{street.pk}/")

    assert len(response.context["needs"]) == number


def test_looking_changes_nothing(supper, slot, bo, ada):
    for path in (
        supper.get_absolute_url(),
        slot.get_absolute_url(),
        reverse("request_cancel", args=[supper.pk]),
    ):
        for person in (bo, ada):
            signed_in(person).get(path)
            signed_in(person).head(path)

    slot.refresh_from_db()
    assert (slot.taken, slot.claims.count()) == (0, 0)
    assert HelpRequest.objects.get().version == 1


def test_buttons_answer_to_post_alone(supper, ada):
    assert signed_in(ada).get(reverse("request_close", args=[supper.pk])).status_code == 405
    assert Client().get(reverse("request_close", args=[supper.pk])).status_code == 405
