"""What browsers, programs and people send that no page of ours would: it is refused in words, and nothing happens."""

import uuid

import pytest

from circles.models import Person
from requests.models import Answer, Claim, HelpRequest, NotOpen, Slot
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, draft, make_circle, now
from tests.circles.pages import signed_in, text
from tests.requests.filled_in import ask_fields

pytestmark = pytest.mark.django_db
PRACTICAL = "/requests/new/instrumental/"
MARKUP = "<script>alert(1)</script> & \"quoted\" 'too'"
TEXTS = {
    "NUL": "Soup\x00 and bread",
    "control characters": "Soup\x07\x1b[31m and bread",
    "line breaks": "Soup\r\nBcc: everybody@example.org",
    "right to left": "حساء للعشاء من فضلك",
    "emoji": "🍲 for 👨‍👩‍👧‍👦",
    "markup": MARKUP,
    "template": "{{ 7|add:7 }}{% now 'Y' %} %(name)s {0}",
}


@pytest.mark.parametrize("typed", TEXTS.values(), ids=TEXTS)
def test_whatever_is_typed_is_kept_as_words_or_refused(client, ada, bo, street, typed):
    client.force_login(ada)
    words = dict.fromkeys(("title", "would_help", "area", "address", "way_in", "phone", "meal-diet"), typed)

    status = client.post(PRACTICAL, ask_fields(street, **words)).status_code

    assert (status, HelpRequest.objects.count()) in [(302, 1), (422, 0)]
    for help_request in HelpRequest.objects.all():
        page = signed_in(bo).get(help_request.get_absolute_url()).content.decode()
        assert "<script>alert" not in page and "14" not in help_request.title
        assert not {"\n", "\r", "\x00", "\x07"} & set(help_request.title)


@pytest.mark.parametrize("typed", TEXTS.values(), ids=TEXTS)
def test_words_of_a_promise_and_an_answer_are_kept_or_refused(client, ada, bo, street, slot, typed):
    question = ask_for_advice(ada, street)
    client.force_login(bo)

    promised = client.post(f"/slots/{slot.pk}/claim/", {"bringing": typed, "note": typed})
    answered = client.post(f"/requests/{question.pk}/answers/", {"text": typed, "form_key": uuid.uuid4()})

    assert (promised.status_code, Claim.objects.count()) in [(302, 1), (422, 0)]
    assert (answered.status_code, Answer.objects.count()) in [(302, 1), (422, 0)]
    for address in (slot.help_request, question):
        assert "<script>alert" not in signed_in(ada).get(address.get_absolute_url()).content.decode()


@pytest.mark.parametrize("field", ["title", "would_help", "area", "address", "way_in", "phone", "meal-diet"])
def test_far_too_many_words_are_said_beside_their_field(client, ada, street, field):
    client.force_login(ada)

    response = client.post(PRACTICAL, ask_fields(street, **{field: "é" * 100_000}))

    assert (response.status_code, HelpRequest.objects.count()) == (422, 0)
    assert field in response.context["form"].errors


@pytest.mark.parametrize("number", ["-1", "0", "1.5", "9" * 30, "two", "NaN", "1e9", "\x00"])
@pytest.mark.parametrize("field", ["helpers", "circle", "up_to", "form_key", "date", "start", "meal-people"])
def test_numbers_that_are_none_make_no_request(client, ada, street, field, number):
    client.force_login(ada)

    response = client.post(PRACTICAL, ask_fields(street) | {field: number})

    assert (response.status_code, HelpRequest.objects.count()) == (422, 0)


QUERIES = [
    "after=0001-01-01T00:00:00%2B14:00&id=1",
    "after=9999-12-31T23:59:59-12:00&id=1",
    "after=2026-01-01T00:00:00Z&id=99999999999999999999",
    "after=%00&id=%00",
    "kind=%00&category=%FF",
    "kind=instrumental&category=%27%3B--",
    "circle=%00",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", ["/requests/", "/requests/new/", PRACTICAL, "/me/notices/"])
def test_a_broken_address_bar_does_no_harm(client, bo, supper, path, query):
    client.force_login(bo)

    assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("method", ["options", "put", "patch", "delete", "trace"])
def test_other_methods_change_nothing(ada, bo, supper, slot, method):
    claim = slot.claim(by=bo, at=now())
    pages = [
        *(
            f"/requests/{supper.pk}/{what}"
            for what in ("", "edit/", "close/", "cancel/", "times/", "publish/")
        ),
        *(f"/slots/{slot.pk}/{what}/" for what in ("claim", "edit", "cancel")),
        *(f"/claims/{claim.pk}/{what}" for what in ("", "release/", "late/", "happened/", "cancel/")),
        *("/", "/me/", "/circles/", "/circles/new/", "/requests/", PRACTICAL),
    ]

    for person in (ada, bo):
        for page in pages:
            assert getattr(signed_in(person), method)(page).status_code < 500, page

    supper.refresh_from_db()
    claim.refresh_from_db()
    assert (supper.state, supper.version, claim.state, Slot.objects.get().cancelled_at) == (
        *("open", 1, "accepted"),
        None,
    )


def test_ids_of_others_in_a_form_are_not_taken(client, ada, mallory, street, elsewhere):
    theirs = draft(mallory, elsewhere)
    client.force_login(ada)

    response = client.post(
        PRACTICAL, ask_fields(elsewhere, asker=mallory.pk, posted_by=mallory.pk, pk=theirs.pk, id=theirs.pk)
    )

    assert response.status_code == 422
    assert list(HelpRequest.objects.all()) == [theirs]


def test_a_promise_is_always_ones_own(client, ada, bo, olga, slot):
    client.force_login(bo)

    client.post(
        f"/slots/{slot.pk}/claim/",
        {"person": olga.pk, "by": olga.pk, "made_by": ada.pk, "accepted_at": "", "claimed_at": ""},
    )

    claim = Claim.objects.get()
    assert (claim.person, claim.made_by, claim.party_size, claim.is_accepted) == (bo, bo, 1, True)


def test_who_was_signed_out_meanwhile_presses_and_nothing_happens(client, slot, bo):
    claim = slot.claim(by=bo, at=now())

    responses = [
        client.post(f"/claims/{claim.pk}/{what}/") for what in ("release", "confirm", "late", "thank")
    ]

    assert [response.status_code for response in responses] == [302] * 4
    claim.refresh_from_db()
    assert (claim.state, claim.late_at) == ("accepted", None)


def test_a_closed_account_is_signed_out_at_once(client, bo, slot):
    client.force_login(bo)
    Person.objects.filter(pk=bo.pk).update(is_active=False)

    response = client.post(f"/slots/{slot.pk}/claim/")

    assert "/accounts/" in response.url
    assert not Claim.objects.exists()


def test_whoever_left_asks_nothing_more_in_the_circle(client, ada, street, supper):
    put_down = draft(ada, street)
    put_down.set_times(timing="whenever", at=now())
    supper.close(by=ada, at=now())
    street.memberships.get(person=ada).leave(at=now())
    client.force_login(ada)

    client.post(f"/requests/{put_down.pk}/publish/")
    client.post(f"/requests/{supper.pk}/reopen/", {"timing": "whenever", "helpers": "1"})
    client.post(f"/requests/{put_down.pk}/edit/", ask_fields(street))

    assert {asked.state for asked in HelpRequest.objects.all()} == {"draft", "closed"}
    with pytest.raises(NotOpen):
        put_down.publish(by=ada, at=now())


def test_what_was_asked_before_leaving_is_called_off_and_stays_as_it_is(client, ada, bo, street, supper):
    street.memberships.get(person=ada).leave(at=now())
    client.force_login(ada)

    edited = client.post(
        f"/requests/{supper.pk}/edit/",
        {"category": "meal", "title": "Supper for two", "importance": "helps", "version": supper.version},
    )
    added = client.post(f"/requests/{supper.pk}/times/", {"timing": "whenever", "helpers": "1"})

    supper.refresh_from_db()
    assert [edited.status_code, added.status_code] == [302, 302]
    assert (supper.state, supper.title, supper.slots.count()) == ("cancelled", "Supper for four", 1)


def test_nothing_is_asked_anew_in_a_circle_that_was_put_away(client, ada, olga, street, supper):
    supper.close(by=ada, at=now())
    street.archive(by=olga, at=now())
    client.force_login(ada)

    response = client.post(
        f"/requests/{supper.pk}/reopen/", {"timing": "whenever", "helpers": "1"}, follow=True
    )

    assert "can't be asked any more" in text(response).replace("&#x27;", "'")
    assert HelpRequest.objects.get().state == "closed"


def test_an_answer_to_an_offer_that_was_answered_already_says_so(client, ada, bo, street):
    walk = ask_for_company(ada, street)
    claim = walk.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())
    client.force_login(ada)

    declined = client.post(f"/claims/{claim.pk}/decline/", follow=True)
    accepted = client.post(f"/claims/{claim.pk}/accept/", follow=True)

    assert "You have said yes to Bo." in text(declined) and "You have said yes to Bo." in text(accepted)
    claim.refresh_from_db()
    assert claim.is_accepted


def test_an_offer_taken_back_meanwhile_can_not_be_accepted(client, ada, bo, street):
    claim = ask_for_company(ada, street).slots.get().claim(by=bo, at=now())
    claim.release(by=bo, at=now())
    client.force_login(ada)

    response = client.post(f"/claims/{claim.pk}/accept/", follow=True)

    assert "does not stand any more" in text(response)
    claim.refresh_from_db()
    assert claim.state == "released"


def test_a_draft_posted_twice_from_two_windows_is_asked_once(client, ada, street):
    client.force_login(ada)
    fields = ask_fields(street)

    client.post(PRACTICAL, fields | {"put_down": ""})
    responses = [client.post(PRACTICAL, fields) for _ in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert [asked.state for asked in HelpRequest.objects.all()] == ["open"]


def test_a_promise_that_ended_is_out_of_sight_with_its_request(client, ada, bo, olga, street, slot):
    claim = slot.claim(by=bo, at=now())
    street.memberships.get(person=bo).remove(by=olga, at=now())

    response = signed_in(bo).get(f"/claims/{claim.pk}/")

    assert response.status_code == 404


def test_a_time_that_ends_after_midnight_keeps_it_when_room_is_made(client, ada, street):
    starts_at = (now() + 3 * DAY).astimezone(street.zone).replace(hour=22, minute=0, second=0, microsecond=0)
    supper = ask(ada, street)
    slot = supper.slots.get()
    slot.move(starts_at=starts_at, ends_at=starts_at + 4 * HOUR, by=ada, at=now())
    client.force_login(ada)

    typed = {
        "timing": "once",
        "date": f"{starts_at:%Y-%m-%d}",
        "start": "22:00",
        "end": "02:00",
        "helpers": "3",
    }
    response = client.post(f"/slots/{slot.pk}/edit/", typed)

    slot.refresh_from_db()
    assert (response.status_code, slot.capacity, slot.ends_at) == (302, 3, starts_at + 4 * HOUR)


def test_a_person_in_a_zone_that_was_taken_out_of_the_tz_database_is_served(client, ada, bo, street, slot):
    for table in (Person.objects, type(street).objects):
        table.update(time_zone="Europe/Atlantis")
    bo.refresh_from_db()
    claim = slot.claim(by=bo, at=now())
    client.force_login(bo)

    pages = [
        "/",
        "/me/",
        "/requests/",
        f"/circles/{street.pk}/",
        f"/slots/{slot.pk}/claim/",
        f"/claims/{claim.pk}/",
    ]

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_a_second_circle_is_not_reached_by_the_number_of_the_first(
    client, ada, bo, mallory, elsewhere, supper
):
    slot = supper.slots.get()
    claim = slot.claim(by=bo, at=now())
    make_circle(mallory, name="Third")
    client.force_login(mallory)

    paths = [
        f"/slots/{slot.pk}/claim/",
        f"/slots/{slot.pk}/edit/",
        f"/slots/{slot.pk}/cancel/",
        f"/requests/{supper.pk}/close/",
        f"/requests/{supper.pk}/cancel/",
        f"/claims/{claim.pk}/release/",
        f"/claims/{claim.pk}/cancel/",
    ]

    assert {client.post(path).status_code for path in paths} == {404}
