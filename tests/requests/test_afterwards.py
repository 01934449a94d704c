"""Still on, the morning after, thanks, and a private note when nobody came."""

import pytest
from django.urls import reverse

from circles.models import Person
from requests import sweeps
from requests.admin.concerns import unconfirmed
from requests.models import Claim, Slot, SlotAhead
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, now

pytestmark = pytest.mark.django_db


def nudged():
    return [str(notice.reader) for notice in Notice.objects.filter(kind="say_thanks")]


def test_the_asker_is_nudged_once_to_thank_and_not_for_who_needs_none(ada, bo, olga, street):
    Person.objects.filter(pk=olga.pk).update(thanks_wanted=False)
    slot = ask(ada, street, capacity=2).slots.get()
    for person in (bo, Person.objects.get(pk=olga.pk)):
        slot.claim(by=person, at=now())

    for days in (4, 5):
        sweeps.ask_the_morning_after(slot.ends_at + days * DAY)

    assert nudged() == ["Ada"]
    assert Notice.objects.get(kind="say_thanks").cause_id == Claim.objects.get(person=bo).pk


def test_whoever_thanked_already_is_not_nudged(slot, ada, bo):
    from supportnet.notices.delivery import deliver

    claim = slot.claim(by=bo, at=now())
    sweeps.ask_the_morning_after(slot.ends_at + 2 * DAY)
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
