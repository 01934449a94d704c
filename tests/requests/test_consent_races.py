"""A yes, and taking it back, while others press at the same moment."""

import pytest

from circles.models import Consent, JournalEntry
from requests.models import Claim, HelpRequest, Slot, SlotUnavailable
from supportnet.notices.models import Notice
from tests.cast import make_circle, make_person, now
from tests.racing import at_once, claiming, crowd
from tests.requests.test_consent import for_rosa

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rosa(db):
    return make_person("Rosa")


def waiting(ada, street, capacity=1):
    help_request = for_rosa(ada, street)
    Slot.objects.update(capacity=capacity)
    help_request.consent.send(by=ada, at=now())
    return help_request.consent


def on(consent, verb, person):
    """A function that does `verb` to the consent as it stands in the database."""
    return lambda: getattr(Consent.objects.get(pk=consent.pk), verb)(by=person, at=now())


def test_of_many_presses_one_asks(ada, olga, rosa):
    consent = waiting(ada, make_circle(olga, ada))

    results = at_once(*[on(consent, "agree", rosa) for _ in range(8)])

    assert results == [None] * 8
    assert [entry.verb for entry in JournalEntry.objects.about(consent)] == ["asked for consent", "agreed"]
    assert Notice.objects.filter(kind="consent_answered").count() == 1
    assert JournalEntry.objects.about(HelpRequest.objects.get()).filter(verb="asked").count() == 1


def test_whoever_claims_while_it_is_taken_back_holds_no_place_afterwards(ada, olga, rosa):
    street = make_circle(olga, ada)
    people = crowd(street, olga, 10)
    consent = waiting(ada, street, capacity=10)
    consent.agree(by=rosa, at=now())
    slot = Slot.objects.get()

    claims = [claiming(slot, person) for person in people]
    results = at_once(*claims, on(consent, "withdraw", rosa))

    assert all(result is None or isinstance(result, (Claim, SlotUnavailable)) for result in results)
    assert (Claim.objects.live().count(), Slot.objects.get().taken) == (0, 0)
    cancelled = Claim.objects.filter(cancelled_at__isnull=False).count()
    assert Notice.objects.filter(kind="slot_cancelled").count() == cancelled


def test_throwing_it_away_and_agreeing_end_in_one_of_the_two(ada, olga, rosa):
    consent = waiting(ada, make_circle(olga, ada))
    help_request = HelpRequest.objects.get()

    at_once(on(consent, "agree", rosa), lambda: HelpRequest.objects.get(pk=help_request.pk).discard())

    left = HelpRequest.objects.filter(pk=help_request.pk).first()
    assert (left is None) == (not Consent.objects.exists())
    assert left is None or (left.state, left.consent.stands) == ("open", True)
