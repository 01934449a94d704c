"""Still on, the morning after, thanks, and a private note when nobody came."""

import pytest
from django.urls import reverse

from circles.models import Person, Ring
from requests.admin.today import no_shows, unconfirmed
from requests.models import Claim, HelpRequest, Slot, SlotAhead
from requests.sweeps import waves
from requests.visibility import policies
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, draft, now

pytestmark = pytest.mark.django_db


def nudged():
    return [str(notice.reader) for notice in Notice.objects.filter(kind="say_thanks")]


def test_the_asker_is_nudged_once_to_thank_and_not_for_who_needs_none(ada, bo, olga, street):
    Person.objects.filter(pk=olga.pk).update(thanks_wanted=False)
    slot = ask(ada, street, capacity=2).slots.get()
    for person in (bo, Person.objects.get(pk=olga.pk)):
        slot.claim(by=person, at=now())

    for days in (4, 5):
        waves.ask_the_morning_after(slot.ends_at + days * DAY)

    assert nudged() == ["Ada"]
    assert Notice.objects.get(kind="say_thanks").cause_id == Claim.objects.get(person=bo).pk


def test_whoever_thanked_already_is_not_nudged(slot, ada, bo):
    from supportnet.notices.delivery import deliver

    claim = slot.claim(by=bo, at=now())
    waves.ask_the_morning_after(slot.ends_at + 2 * DAY)
    claim.thank(by=ada, text="That soup.", at=slot.ends_at + 2 * DAY)

    deliver(at=(slot.ends_at + 2 * DAY).replace(hour=14))

    notice = Notice.objects.get(kind="say_thanks")
    assert (notice.sent_at, notice.dropped_because) == (None, "The reader has thanked already.")


def test_a_no_show_is_noted_privately_and_can_be_taken_back(client, slot, ada, bo, olga):
    claim = slot.claim(by=bo, at=now())
    with pytest.raises(SlotAhead):
        claim.note_no_show(by=ada, at=now())
    Slot.objects.filter(pk=slot.pk).update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)
    url = reverse("claim_no_show", args=[claim.pk])
    client.force_login(ada)

    client.post(url)
    assert Claim.objects.get().no_show_at is not None
    assert "Take the note back" in client.get(claim.get_absolute_url()).content.decode()
    client.post(url)
    assert Claim.objects.get().no_show_at is not None
    client.post(url, {"noted": "no"})
    assert Claim.objects.get().no_show_at is None

    client.post(url)
    client.force_login(bo)
    assert client.post(url).status_code == 403
    assert "no-show" not in client.get(claim.get_absolute_url()).content.decode().lower()
    assert (
        Notice.objects.filter(reader=bo).exclude(kind__in=["claim_confirmed", "join_accepted"]).count() == 0
    )


def test_who_has_not_said_still_on_is_shown_to_asker_and_keeper_alone(client, ada, bo, olga, street):
    help_request = ask(ada, street, in_days=1, capacity=2)
    slot = help_request.slots.get()
    slot.claim(by=bo, at=now())
    Claim.objects.update(claimed_at=now() - 3 * DAY, remind_at=None)

    def page(person):
        client.force_login(person)
        return client.get(help_request.get_absolute_url()).content.decode()

    assert "has not said “still on” yet" in page(ada)
    assert "has not said “still on” yet" in page(olga)
    assert "still on” yet" not in page(bo)
    assert [row.text for row in unconfirmed(olga, now()).rows] == ["Bo"]

    Claim.objects.get().confirm(at=now())
    assert "still on</span>" in page(ada)
    assert unconfirmed(olga, now()).rows == []


def test_nobody_is_called_unsure_before_they_were_asked(client, slot, supper, ada, bo):
    slot.claim(by=bo, at=now())
    client.force_login(ada)

    assert "still on" not in client.get(supper.get_absolute_url()).content.decode()


# What has no time -------------------------------------------------------------------------------------------


@pytest.fixture
def errand(ada, street):
    """Ada's request "whenever suits", at her address."""
    help_request = draft(ada, street)
    help_request.set_times(timing="whenever", at=now())
    help_request.publish(by=ada, at=now(), up_to=Ring.EVERYONE)
    return help_request


def reads_address(person, help_request, *, at):
    asked = HelpRequest.objects.get(pk=help_request.pk)
    return policies.may_see_address(person, asked, at=at)


def test_its_helper_is_asked_on_its_page_whether_it_happened(client, errand, bo):
    claim = errand.slots.get().claim(by=bo, at=now())
    Claim.objects.update(claimed_at=now() - HOUR)
    client.force_login(bo)
    page, asks = claim.get_absolute_url(), reverse("claim_happened", args=[claim.pk])

    assert asks in client.get(page).content.decode()
    client.post(asks, {"happened": "yes"})

    assert asks not in client.get(page).content.decode()
    assert not reads_address(bo, errand, at=now() + DAY)


def test_once_its_address_has_closed_no_other_answer_opens_it(errand, bo):
    claim, at = errand.slots.get().claim(by=bo, at=now()), now()
    claim.say_it_happened(True, at=at)

    for answer in (True, False):
        Claim.objects.get().say_it_happened(answer, at=at + 3 * DAY)
        assert not reads_address(bo, errand, at=at + 3 * DAY)


def test_a_yes_by_mistake_can_be_taken_back_within_a_day(errand, bo):
    claim, at = errand.slots.get().claim(by=bo, at=now()), now()
    claim.say_it_happened(True, at=at)

    claim.say_it_happened(False, at=at + HOUR)

    assert reads_address(bo, errand, at=at + 3 * DAY)


def test_asking_again_shows_the_address_to_nobody_who_came_long_ago(errand, ada, bo, olga):
    claim, at = errand.slots.get().claim(by=bo, at=now()), now()
    errand.close(by=ada, at=at)

    errand.reopen(by=ada, at=at + 30 * DAY)

    assert not reads_address(bo, errand, at=at + 30 * DAY)
    assert Claim.objects.get(pk=claim.pk).is_live


def test_asking_again_within_a_day_leaves_promises_as_they_were(errand, ada, bo):
    errand.slots.get().claim(by=bo, at=now())
    errand.close(by=ada, at=now())

    errand.reopen(by=ada, at=now() + HOUR)

    assert reads_address(bo, errand, at=now() + 3 * DAY)


def test_who_promises_once_more_reads_the_address_once_more(errand, bo):
    claim, at = errand.slots.get().claim(by=bo, at=now()), now()
    claim.say_it_happened(True, at=at)
    claim.release(by=bo, at=at + 3 * DAY)

    errand.slots.get().claim(by=bo, at=at + 3 * DAY)

    assert reads_address(bo, errand, at=at + 3 * DAY)


def test_today_says_for_two_weeks_where_nobody_came_until_the_note_is_taken_back(
    ada, bo, olga, mallory, elsewhere, street
):
    claim = ask(ada, street, in_days=1).slots.get().claim(by=bo, at=now())
    at = now() + 2 * DAY
    claim.note_no_show(by=ada, at=at)

    assert [row.text for row in no_shows(olga, at).rows] == ["Bo"]
    assert no_shows(mallory, at).rows == no_shows(olga, at + 15 * DAY).rows == []

    claim.take_no_show_back(by=olga, at=at)
    assert no_shows(olga, at).rows == []
