"""Two who change the same rows at once: it is tried again, and never shown as a fault."""

import time
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from requests.models import Claim, Slot
from supportnet.conflicts import TIMES, is_conflict
from tests.cast import ask_for_company, make_circle, now
from tests.racing import at_once

A_MOMENT = 0.4


@pytest.fixture
def offer(transactional_db, ada, bo, olga):
    """Bo offers Ada company, and she has not answered."""
    return ask_for_company(ada, make_circle(olga, ada, bo)).slots.get().claim(by=bo, at=now())


def press_yes(offer, ada, *, lock_timeout="0"):
    """A press on yes, from a connection of its own that waits so long for a row."""
    browser = Client(raise_request_exception=False)
    browser.force_login(ada)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [lock_timeout])
    return browser.post(f"/claims/{offer.pk}/accept/")


@pytest.mark.postgres
def test_whoever_the_database_gives_up_on_gets_through_at_the_second_try(offer, ada):
    ready = Barrier(2)

    def the_wrong_way_round():
        with transaction.atomic():
            Claim.objects.select_for_update().get(pk=offer.pk)
            ready.wait()
            time.sleep(A_MOMENT)  # the press waits for the promise by now, with the slot in hand
            Slot.objects.select_for_update().get(pk=offer.slot_id)

    def press():
        ready.wait()
        return press_yes(offer, ada).status_code

    assert at_once(the_wrong_way_round, press) == [None, 302]
    assert Claim.objects.get().is_accepted


@pytest.mark.postgres
def test_after_three_tries_it_says_one_moment_and_nothing_has_happened(offer, ada):
    tried, done = Barrier(2), Barrier(2)

    def hold():
        with transaction.atomic():
            Slot.objects.select_for_update().get(pk=offer.slot_id)
            tried.wait()
            done.wait()

    def press():
        tried.wait()
        began = time.monotonic()
        answer = press_yes(offer, ada, lock_timeout="100ms")
        took = time.monotonic() - began
        done.wait()
        return answer, took

    _nothing, (answer, took) = at_once(hold, press)

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Somebody else is changing the same thing just now, so nothing was changed." in answer.text
    assert took >= TIMES * 0.1
    assert not Claim.objects.get().is_accepted


def test_other_troubles_are_no_conflict():
    assert is_conflict(OperationalError("database is locked"))
    assert not is_conflict(OperationalError("disk I/O error"))
    assert not is_conflict(ValueError("database is locked"))
