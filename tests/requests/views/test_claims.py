"""A promise: its page for the helper, for the asker, and for the keeper."""

import pytest
from django.urls import reverse

from requests.models import Claim, Slot, Thanks
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, join, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db
MINE = ("confirm", "late", "release", "bring")
THEIRS = ("accept", "decline", "cancel", "thank")


@pytest.fixture
def claim(slot, bo):
    """Bo's promise for the supper."""
    return slot.claim(by=bo, at=now(), bringing="Lentil soup")


def url(claim, what):
    return reverse(f"claim_{what}", args=[claim.pk])


def begun(claim, hours=1):
    """Put the claim's slot so many hours into the past."""
    starts_at = now() - hours * HOUR
    Slot.objects.filter(pk=claim.slot_id).update(starts_at=starts_at, ends_at=starts_at + HOUR / 2)


def test_who_sees_a_promise(claim, ada, bo, olga, mallory, elsewhere):
    people = (bo, ada, olga, mallory)

    assert [signed_in(person).get(claim.get_absolute_url()).status_code for person in people] == [
        200,
        200,
        200,
        404,
    ]


def test_other_members_do_not_see_it(claim, street, olga):
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)

    assert signed_in(cleo).get(claim.get_absolute_url()).status_code == 404
    for what in (*MINE, *THEIRS, "happened"):
        assert signed_in(cleo).post(url(claim, what)).status_code == 404


def test_only_the_helper_speaks_for_the_promise_and_only_the_asker_says_yes(claim, ada, bo, olga):
    for what in MINE:
        assert signed_in(ada).post(url(claim, what)).status_code == 403
    # What a keeper was told on the phone is in `test_sign_up.py`.
    for what in ("late", "bring"):
        assert signed_in(olga).post(url(claim, what)).status_code == 403
    for what in ("accept", "decline", "thank"):
        assert [signed_in(person).post(url(claim, what)).status_code for person in (bo, olga)] == [403, 403]
    assert signed_in(bo).post(url(claim, "cancel")).status_code == 403
    claim.refresh_from_db()
    assert claim.state == "accepted"


def test_the_page_shows_all_that_the_helper_needs(claim, bo):
    page = text(signed_in(bo).get(claim.get_absolute_url()))

    for words in ("12 Lime Street", "+351 555 0101", "You bring: Lentil soup", "Give it back"):
        assert words in page


def test_the_address_goes_a_day_after(claim, bo):
    begun(claim, hours=23)
    assert "12 Lime Street" in text(signed_in(bo).get(claim.get_absolute_url()))

    begun(claim, hours=25)

    assert "12 Lime Street" not in text(signed_in(bo).get(claim.get_absolute_url()))


def test_still_on(ada, bo, street):
    claim = ask(ada, street, in_days=1).slots.get().claim(by=bo, at=now())
    client = signed_in(bo)
    assert "Still on" in text(client.get(claim.get_absolute_url()))

    client.post(url(claim, "confirm"))

    claim.refresh_from_db()
    assert claim.confirmed_at is not None


def test_running_late_tells_the_asker(claim, ada, bo):
    client = signed_in(bo)

    for minutes in ("", "-5", "601", "soon", "9" * 30):
        response = client.post(url(claim, "late"), {"minutes": minutes})
        assert (
            response.status_code,
            "Please check" in text(response) or "still needs a look" in text(response),
        ) == (422, True)
    client.post(url(claim, "late"), {"minutes": "20"})

    claim.refresh_from_db()
    assert claim.late_minutes == 20
    assert Notice.objects.filter(kind="claim_late", reader=ada).count() == 1
    assert "about 20 minutes later" in text(signed_in(ada).get(claim.help_request.get_absolute_url()))


def test_a_slip_of_the_thumb_is_undone(bo, street, ada):
    claim = ask(ada, street, in_days=0.3).slots.get().claim(by=bo, at=now())
    client = signed_in(bo)
    before = text(client.get(claim.get_absolute_url()))
    client.post(url(claim, "late"), {"minutes": "45"})
    late = text(client.get(claim.get_absolute_url()))

    client.post(url(claim, "late"), {"on_time": "on"})
    deliver(at=now())

    claim.refresh_from_db()
    assert ["On time after all" in page for page in (before, late)] == [False, True]
    assert (claim.late_at, claim.late_minutes) == (None, None)
    assert Notice.objects.get(kind="claim_late").dropped_because == "They come on time after all."


def test_i_cant_gives_the_place_back_and_tells_the_asker(claim, slot, ada, bo):
    response = signed_in(bo).post(url(claim, "release"), {"note": "I have a cold."}, follow=True)

    slot.refresh_from_db()
    assert slot.taken == 0
    assert response.redirect_chain == [(slot.help_request.get_absolute_url(), 302)]
    assert "A no costs nothing" in text(response)
    assert Notice.objects.filter(kind="claim_released", reader=ada).count() == 1
    assert "I have a cold." in text(signed_in(ada).get(claim.get_absolute_url()))


def test_once_it_has_begun_one_calls_instead(claim, bo):
    begun(claim, hours=0.1)

    response = signed_in(bo).post(url(claim, "release"), follow=True)

    claim.refresh_from_db()
    assert claim.is_live
    assert "Please call" in text(response)


def test_what_i_bring_may_change(claim, bo):
    client = signed_in(bo)

    client.post(url(claim, "bring"), {"bringing": "Pumpkin soup", "note": "And bread"})
    refused = client.post(url(claim, "bring"), {"bringing": "x" * 201})

    claim.refresh_from_db()
    assert (claim.bringing, claim.note) == ("Pumpkin soup", "And bread")
    assert refused.status_code == 422


def test_a_promise_that_was_given_back_takes_no_more_words(claim, bo):
    client = signed_in(bo)
    client.post(url(claim, "release"))

    for what, fields in (("confirm", {}), ("late", {"minutes": "5"}), ("bring", {"bringing": "Cake"})):
        assert "does not stand any more" in text(client.post(url(claim, what), fields, follow=True))

    fresh = Claim.objects.get()
    assert (fresh.confirmed_at, fresh.late_at, fresh.bringing) == (None, None, "Lentil soup")


def test_a_keeper_takes_a_promise_back_for_the_helper(claim, slot, bo, olga):
    signed_in(olga).post(url(claim, "cancel"))

    slot.refresh_from_db()
    assert slot.taken == 0
    assert Notice.objects.filter(kind="slot_cancelled", reader=bo).count() == 1


def test_who_was_signed_up_sees_by_whom_and_leaves_by_the_same_rules(slot, bo, olga):
    claim = slot.claim(by=bo, made_by=olga, at=now())
    client = signed_in(bo)

    assert "Olga signed you up" in text(client.get(claim.get_absolute_url()))
    client.post(url(claim, "release"))

    assert not Claim.objects.live().exists()


def test_did_it_happen_is_answered_by_a_press(claim, bo, ada):
    client, page = signed_in(bo), reverse("claim_happened", args=[claim.pk])
    assert client.get(page).url == claim.get_absolute_url()
    begun(claim)

    assert client.get(page).status_code == 200
    assert client.post(page, {"happened": "perhaps"}).status_code == 422
    assert Claim.objects.get().happened_at is None
    client.post(page, {"happened": "yes"})
    assert Claim.objects.get().happened_at is not None
    client.post(page, {"happened": "no"})

    fresh = Claim.objects.get()
    assert (fresh.happened_at, fresh.missed_at is None) == (None, False)
    assert signed_in(ada).get(page).status_code == 403


def test_thanks_reach_the_helper_once(claim, ada, bo):
    begun(claim)
    client = signed_in(ada)
    assert client.post(url(claim, "thank"), {"text": " "}).status_code == 422

    for words in ("Thank you.", "Thank you so much."):
        client.post(url(claim, "thank"), {"text": words})

    assert Thanks.objects.get().text == "Thank you so much."
    assert Notice.objects.filter(kind="thanks_given", reader=bo).count() == 1


def test_an_offer_that_waits_shows_no_address(ada, bo, street):
    claim = ask_for_company(ada, street).slots.get().claim(by=bo, at=now())
    client = signed_in(bo)

    page = text(client.get(claim.get_absolute_url()))
    signed_in(ada).post(url(claim, "decline"))

    assert "Ada was told and will say" in page
    assert "12 Lime Street" not in page
    assert "Not this time" in text(client.get(claim.get_absolute_url()))


def test_without_an_end_the_address_stays_until_a_day_after_closing(ada, bo, street):
    walk = ask_for_company(ada, street)
    claim = walk.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())
    client = signed_in(bo)
    assert "12 Lime Street" in text(client.get(claim.get_absolute_url()))

    walk.close(by=ada, at=now() - 2 * DAY)

    assert "12 Lime Street" not in text(client.get(claim.get_absolute_url()))


def test_errors_stand_beside_their_field(claim, ada):
    begun(claim)

    response = signed_in(ada).post(url(claim, "thank"), {"text": "x" * 501})

    assert list(response.context["thanks_form"].errors) == ["text"]
    assert 'aria-describedby="id_text_error"' in response.content.decode()
