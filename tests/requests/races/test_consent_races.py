"""A yes, and taking it back, while others press at the same moment."""

import pytest

from circles import consent_rows
from circles.models import Consent, JournalEntry, Person, change_email
from requests.models import Claim, HelpRequest, Slot, SlotUnavailable
from requests.reactions import consent_changed as consenting_of_requests
from supportnet.notices.models import Notice
from tests.cast import make_circle, make_person, now
from tests.racing import at_once, claiming, crowd, unexpected
from tests.requests.models.test_asking_for_another import for_rosa

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

    def throw_away():
        HelpRequest.objects.get(pk=help_request.pk).discard(by=ada, at=now())

    at_once(on(consent, "agree", rosa), throw_away)

    left = HelpRequest.objects.filter(pk=help_request.pk).first()
    assert (left is None) == (not Consent.objects.exists())
    assert left is None or (left.state, left.consent.stands) == ("open", True)


# Whose word, and to what -----------------------------------------------------------------------------------


def read(consent):
    """The stamp of the page as it stands."""
    return consent_rows.stamp(Consent.objects.get(pk=consent.pk))


def test_a_yes_and_a_change_of_the_words_at_once_publish_what_was_read_or_nothing(ada, olga, rosa):
    for number in range(6):
        help_request = for_rosa(ada, make_circle(olga, ada, name=f"Street {number}"), number=number)
        help_request.consent.send(by=ada, at=now())
        consent, stamp = help_request.consent, read(help_request.consent)

        at_once(
            lambda consent=consent, stamp=stamp: Consent.objects.get(pk=consent.pk).agree(
                by=rosa, at=now(), seen=stamp
            ),
            *[
                lambda pk=help_request.pk, n=n: consenting_of_requests.rewrite(
                    HelpRequest.objects.select_related("circle").get(pk=pk),
                    by=ada,
                    at=now(),
                    times={"timing": "whenever"},
                    title=f"Not seen {n}",
                    medical_note="Not seen",
                )
                for n in range(3)
            ],
        )

        asked = HelpRequest.objects.get(pk=help_request.pk)
        seen = asked.title == "Supper for Rosa" and "Not seen" not in asked.medical_note
        assert asked.published_at is None or seen
        assert not asked.consent.stands or seen


def test_an_edit_that_waited_for_the_yes_fills_in_nothing_that_it_did_not_cover(ada, olga, rosa):
    help_request = for_rosa(ada, make_circle(olga, ada), phone="")
    help_request.consent.send(by=ada, at=now())

    def edit():
        mine = HelpRequest.objects.select_related("circle", "consent").get(pk=help_request.pk)
        return mine.edit(by=ada, at=now(), version=mine.version, phone="+351 555 0199")

    consent, stamp = help_request.consent, read(help_request.consent)
    yes = lambda: Consent.objects.get(pk=consent.pk).agree(by=rosa, at=now(), seen=stamp)  # noqa: E731
    at_once(yes, *[edit] * 4)

    asked = HelpRequest.objects.get(pk=help_request.pk)
    assert asked.published_at is None or asked.phone == ""


def test_of_a_persons_no_and_a_delegates_yes_at_once_the_no_is_left(ada, olga, rosa):
    dora = make_person("Dora")
    street = make_circle(olga, ada)
    for number in range(6):
        consent = for_rosa(ada, street, number=number).consent
        Consent.objects.filter(pk=consent.pk).update(asked_at=now())
        consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=now())

        at_once(on(consent, "decline", rosa), *[on(consent, "agree", dora)] * 4)

        consent.refresh_from_db()
        assert (consent.stands, consent.refused_at is None) == (False, False)
        assert not HelpRequest.objects.filter(
            consent=consent, slots__open_until__gt=now(), published_at__isnull=False
        ).exists()


def test_publishing_while_it_is_taken_back_shows_nothing_and_offers_no_place(ada, olga, rosa):
    street = make_circle(olga, ada)
    consent = waiting(ada, street)
    HelpRequest.objects.update(cancelled_at=now())
    consent.agree(by=rosa, at=now())
    HelpRequest.objects.update(cancelled_at=None)

    def publish():
        return HelpRequest.objects.select_related("circle", "consent").get().publish(by=ada, at=now())

    at_once(*[publish] * 3, on(consent, "withdraw", rosa))

    assert not Slot.objects.filter(open_until__gt=now()).exists()


def test_whoever_changes_their_address_while_they_decide_does_neither_twice_nor_for_another(ada, olga, rosa):
    street = make_circle(olga, ada)
    for number in range(6):
        person = Person.objects.get(pk=rosa.pk)
        whom = {"name": "Rosa", "email": person.email}
        consent = for_rosa(ada, street, number=number, whom=whom).consent
        Consent.objects.filter(pk=consent.pk).update(asked_at=now())

        results = at_once(
            on(consent, "agree", person),
            lambda n=number: change_email(Person.objects.get(pk=rosa.pk), f"rosa{n}@new.example", at=now()),
            on(consent, "decline", person),
        )

        assert unexpected(results) == []
        consent.refresh_from_db()
        assert consent.owner == rosa
        assert consent.stands == (consent.refused_at is None)
