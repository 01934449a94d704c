"""Claiming a place: by its page in two taps, by one press, and what stands in the way."""

import pytest
from django.urls import reverse

from circles.models import JournalEntry, Person
from requests.models import Claim, Slot
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, draft, join, make_person, now
from tests.circles.pages import errors, markup, signed_in, text
from tests.requests.filled_in import a_day

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


def claim_url(slot):
    return reverse("slot_claim", args=[slot.pk])


def claim_of(person):
    return Claim.objects.get(person=person)


def test_two_taps_and_it_is_mine(slot, bo):
    client = signed_in(bo)

    page = text(client.get(claim_url(slot)))
    response = client.post(claim_url(slot), {"bringing": "Lentil soup", "note": "See you"}, follow=True)

    claim, slot = claim_of(bo), Slot.objects.get()
    assert "I'll do it" in page.replace("&#x27;", "'")
    assert (claim.bringing, claim.note, claim.is_accepted, slot.taken) == ("Lentil soup", "See you", True, 1)
    assert response.redirect_chain == [(claim.get_absolute_url(), 302)]
    words = text(response)
    assert "12 Lime Street" in words
    assert "Undo" in words
    assert "A reminder comes by mail:" in words
    assert Notice.objects.filter(kind="claim_confirmed", reader=bo).count() == 1


def test_looking_claims_nothing_and_the_door_leads_back(client, slot, bo):
    signed_in(bo).get(claim_url(slot))

    response = client.get(claim_url(slot))

    assert not Claim.objects.exists()
    assert response.url.endswith(f"?next={claim_url(slot)}")


@pytest.mark.parametrize("capacity", [1, 3, None])
def test_the_fragment_equals_what_a_reload_shows(ada, bo, street, capacity):
    help_request = ask(ada, street, capacity=capacity)
    slot, client = help_request.slots.get(), signed_in(bo)

    response = client.post(claim_url(slot), headers=HTMX)
    fragment = response.content.decode().partition('<div class="messages"')[0]

    assert response.status_code == 200
    assert without_tokens(fragment) in without_tokens(
        client.get(help_request.get_absolute_url()).content.decode()
    )
    assert 'data-state="mine"' in fragment
    assert "It is yours" in response.content.decode()


def without_tokens(page):
    """A page without blanks between lines and without the tokens that differ each time."""
    lines = (line.strip() for line in page.splitlines() if "csrfmiddlewaretoken" not in line)
    return "\n".join(line for line in lines if line)


def test_an_offer_waits_in_the_fragment_too(ada, bo, street):
    walk = ask_for_company(ada, street)
    slot, client = walk.slots.get(), signed_in(bo)

    fragment = (
        client.post(claim_url(slot), headers=HTMX).content.decode().partition('<div class="messages"')[0]
    )

    assert 'data-state="waiting"' in fragment
    assert without_tokens(fragment) in without_tokens(client.get(walk.get_absolute_url()).content.decode())
    assert Slot.objects.get().taken == 0


def test_giving_back_by_htmx_shows_the_place_open_again(supper, slot, bo):
    client = signed_in(bo)
    client.post(claim_url(slot))

    response = client.post(reverse("claim_release", args=[claim_of(bo).pk]), headers=HTMX)

    assert 'data-state="open"' in response.content.decode()


def test_someone_just_took_it(slot, supper, bo, olga):
    slot.claim(by=olga, at=now())
    client = signed_in(bo)

    plain = client.post(claim_url(slot), follow=True)
    swapped = client.post(claim_url(slot), headers=HTMX)

    assert plain.redirect_chain == [(supper.get_absolute_url(), 302)]
    for response in (plain, swapped):
        assert "Someone just took this one. Thank you all the same." in text(response)
    assert 'data-state="taken"' in swapped.content.decode()
    assert not Claim.objects.filter(person=bo).exists()


def test_no_limit_takes_all(ada, bo, olga, street):
    slot = ask(ada, street, capacity=None).slots.get()

    for person in (bo, olga):
        signed_in(person).post(claim_url(slot))

    assert Slot.objects.get().taken == 2


def test_what_was_called_off_closed_or_is_past_is_refused_kindly(ada, bo, street):
    client, client_of_ada = signed_in(bo), signed_in(ada)
    cancelled, closed, past = ask(ada, street), ask(ada, street), ask(ada, street)
    client_of_ada.post(reverse("request_cancel", args=[cancelled.pk]))
    client_of_ada.post(reverse("request_close", args=[closed.pk]))
    before = now() - DAY
    past.slots.update(starts_at=before, ends_at=before + HOUR, open_until=before)
    words = ("called off", "No more help is needed", "gone by")

    for help_request, why in zip((cancelled, closed, past), words, strict=True):
        response = client.post(claim_url(help_request.slots.get()), follow=True)
        assert (response.status_code, why in text(response)) == (200, True)
    assert not Claim.objects.exists()


def test_within_half_an_hour_after_the_start_one_may_still_come(ada, bo, olga, street):
    slot = ask(ada, street, capacity=2).slots.get()
    begun = now() - HOUR / 3
    slot.move(starts_at=begun, ends_at=begun + HOUR, by=ada, at=now())
    signed_in(bo).post(claim_url(slot))
    slot.refresh_from_db()
    slot.move(starts_at=now() - HOUR * 2 / 3, ends_at=now() + HOUR / 3, by=ada, at=now())

    response = signed_in(olga).post(claim_url(slot), follow=True)

    assert "gone by" in text(response)
    assert [claim.person for claim in Claim.objects.all()] == [bo]


def test_a_clash_is_shown_and_both_may_be_promised(ada, bo, street):
    first, second = (ask(ada, street, title=title).slots.get() for title in ("Supper", "Ride"))
    second.move(starts_at=first.starts_at + HOUR / 2, ends_at=first.ends_at + HOUR / 2, by=ada, at=now())
    client = signed_in(bo)
    client.post(claim_url(first))

    refused = client.post(claim_url(second), {"bringing": "A car"})
    swapped = client.post(claim_url(second), headers=HTMX)
    looked = client.get(claim_url(second))

    assert refused.status_code == 422
    assert "A car" in refused.content.decode()
    assert swapped.headers["HX-Redirect"] == claim_url(second)
    for response in (refused, looked):
        assert "You promised something else for that time Supper" in text(response)
        assert "I can do both" in text(response)
    assert Claim.objects.count() == 1

    client.post(claim_url(second), {"even_if_clashing": "on"})

    assert Claim.objects.live().count() == 2


@pytest.mark.parametrize("later_one_first", [False, True])
def test_back_to_back_is_no_clash(ada, bo, street, later_one_first):
    first, second = (ask(ada, street, title=title).slots.get() for title in ("Supper", "Ride"))
    second.move(starts_at=first.ends_at, ends_at=first.ends_at + HOUR, by=ada, at=now())
    client = signed_in(bo)

    for slot in (second, first) if later_one_first else (first, second):
        client.post(claim_url(slot))

    assert Claim.objects.live().count() == 2


def test_promised_given_back_and_promised_again_is_one_row_with_both_in_its_history(slot, bo):
    client = signed_in(bo)
    client.post(claim_url(slot))
    claim = claim_of(bo)
    client.post(reverse("claim_release", args=[claim.pk]))
    client.post(claim_url(slot))

    assert claim_of(bo).is_accepted
    verbs = [entry.verb for entry in JournalEntry.objects.about(claim)]
    assert verbs == ["claimed", "released", "claimed"]


def test_a_double_press_is_one_promise(slot, bo):
    client = signed_in(bo)

    for _ in range(2):
        client.post(claim_url(slot))

    assert Slot.objects.get().taken == 1
    assert Notice.objects.filter(kind="claim_confirmed").count() == 1


def test_the_asker_takes_no_place_of_their_own(slot, ada, olga):
    assert signed_in(ada).post(claim_url(slot)).status_code == 403
    assert "I'll do it" not in signed_in(ada).get(slot.help_request.get_absolute_url()).content.decode()
    assert signed_in(olga).post(claim_url(slot)).status_code == 302


def test_outside_and_in_drafts_there_is_nothing_to_claim(slot, street, ada, bo, mallory, elsewhere):
    hidden = draft(ada, street)
    hidden.set_times(timing="whenever", at=now())

    assert signed_in(mallory).post(claim_url(slot)).status_code == 404
    assert signed_in(bo).post(claim_url(hidden.slots.get())).status_code == 404
    assert not Claim.objects.exists()


def test_who_has_not_shown_that_the_address_is_theirs_is_told_how(slot, bo):
    Person.objects.filter(pk=bo.pk).update(verified_at=None)

    assert signed_in(bo).post(claim_url(slot)).status_code == 403
    assert not Claim.objects.exists()


def test_only_what_a_helper_may_say_is_taken_from_the_form(slot, bo, ada):
    forged = {
        "made_by": ada.pk,
        "person": ada.pk,
        "accepted_at": "2020-01-01",
        "at": "2020-01-01",
    }

    signed_in(bo).post(claim_url(slot), forged)

    assert (claim_of(bo).made_by, claim_of(bo).party_size) == (bo, 1)


def test_too_many_words_come_back_with_what_was_typed(slot, bo):
    response = signed_in(bo).post(claim_url(slot), {"note": "x" * 501, "bringing": "Soup"})

    assert (response.status_code, list(errors(response))) == (422, ["note"])
    assert 'value="Soup"' in response.content.decode()


def test_another_time_tells_whoever_promised(slot, ada, bo):
    slot.claim(by=bo, at=now())
    url = reverse("slot_edit", args=[slot.pk])
    typed = {"timing": "once", "date": a_day(6), "start": "12:00", "end": "13:00", "helpers": "2"}

    preview = signed_in(ada).post(url, typed)
    assert (preview.status_code, "Bo" in text(preview), Slot.objects.get().starts_at) == (
        422,
        True,
        slot.starts_at,
    )
    response = signed_in(ada).post(url, {**typed, "sure": "1", "because": "My sister comes at six"})

    slot.refresh_from_db()
    assert slot.changed_because == "My sister comes at six"
    assert response.url == slot.help_request.get_absolute_url()
    assert slot.starts_at.astimezone(slot.help_request.zone).strftime("%Y-%m-%d %H:%M") == f"{a_day(6)} 12:00"
    assert slot.capacity == 2
    assert Notice.objects.filter(kind="slot_changed", reader=bo).count() == 1


def test_room_for_fewer_than_have_promised_is_said_beside_the_field_and_changes_nothing(
    ada, bo, olga, street
):
    slot = ask(ada, street, capacity=3).slots.get()
    for person in (bo, olga):
        slot.claim(by=person, at=now())
    typed = {"timing": "once", "date": a_day(6), "start": "12:00", "end": "13:00", "helpers": "1"}

    url = reverse("slot_edit", args=[slot.pk])

    response = signed_in(ada).post(url, {**typed, "sure": "1"})

    fresh = Slot.objects.get()
    assert (response.status_code, list(errors(response))) == (422, ["helpers"])
    assert (fresh.starts_at, fresh.capacity) == (slot.starts_at, 3)

    bos = slot.claims.get(person=bo)
    assert f'name="let_go" value="{bos.pk}"' in markup(response)
    signed_in(ada).post(url, {**typed, "sure": "1", "let_go": [bos.pk]})
    fresh = Slot.objects.get()
    assert ([str(c.person) for c in fresh.claims.live()], fresh.capacity, fresh.taken) == (["Olga"], 1, 1)
    assert Notice.objects.filter(kind="slot_cancelled", reader=bo).count() == 1


def test_only_whoever_runs_it_changes_a_time(slot, bo, olga, mallory, elsewhere):
    for name in ("slot_edit", "slot_cancel"):
        url = reverse(name, args=[slot.pk])
        assert [signed_in(person).get(url).status_code for person in (bo, mallory, olga)] == [403, 404, 200]
        assert [signed_in(person).post(url).status_code for person in (bo, mallory)] == [403, 404]


def test_one_time_is_called_off(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())

    signed_in(ada).post(reverse("slot_cancel", args=[slot.pk]), {"reason": "We are away"})

    claim.refresh_from_db()
    assert claim.state == "cancelled"
    assert "Called off: We are away" in text(signed_in(bo).get(slot.help_request.get_absolute_url()))


def test_who_left_the_circle_sees_nothing_any_more(slot, street, olga):
    cleo = make_person("Cleo")
    membership = join(street, cleo, by=olga)
    client = signed_in(cleo)
    assert client.get(claim_url(slot)).status_code == 200

    membership.leave(at=now())

    assert client.post(claim_url(slot)).status_code == 404
