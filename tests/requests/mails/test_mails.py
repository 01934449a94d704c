from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from icalendar import Calendar

from circles.models import Person
from requests.models import Claim
from requests.sweeps import waves
from supportnet.notices import personal_links, unsubscribe_links
from supportnet.notices.delivery import deliver
from supportnet.notices.kinds import find
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, join, make_circle, make_person, now

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def awake(street):
    """Nobody sleeps in these tests, whatever the hour; what came before is told already."""
    Person.objects.update(quiet_from="00:00", quiet_until="00:00")
    Notice.objects.all().delete()


def told(*names, at=None):
    """(kind, reader) of each notice that went out, of these kinds only; sends what is due."""
    deliver(at=at or now())
    return [(n.kind, n.reader) for n in Notice.objects.sent().filter(kind__in=names).order_by("pk")]


def dropped(kind):
    """Why notices of this kind were dropped."""
    return list(Notice.objects.dropped().filter(kind=kind).values_list("dropped_because", flat=True))


def later(slot, duration, *, by):
    """Move the slot."""
    slot.move(starts_at=slot.starts_at + duration, ends_at=slot.ends_at + duration, by=by, at=now())


def fresh(person):
    return Person.objects.get(pk=person.pk)


def test_a_promise_is_confirmed_to_the_helper_and_told_to_whoever_asks(slot, ada, bo):
    slot.claim(by=bo, at=now())

    assert told("claim_confirmed", "request_claimed") == [("claim_confirmed", bo), ("request_claimed", ada)]


def test_nothing_that_anybody_wrote_gets_into_a_mail(street, ada, bo, olga):
    fields = ["title", "would_help", "would_not_help", "how_done", "area", "address", "way_in", "phone"]
    slot = ask(ada, street, **{name: f"secret-{name}" for name in fields}).slots.get()
    waves.open_waves(now())
    claim = slot.claim(by=bo, at=now(), bringing="secret-soup", note="secret-note")
    claim.run_late(minutes=5, by=bo, at=now())
    later(slot, HOUR, by=olga)
    claim.thank(by=ada, text="secret-thanks", at=now())
    question = ask_for_advice(ada, street, title="secret-question")
    question.answer(by=bo, text="secret-answer", at=now())
    deliver(at=now() + 6 * MINUTE)
    deliver(at=now() + 2 * DAY)

    assert len({message.subject for message in mail.outbox}) > 5
    for message in mail.outbox:
        whole = message.message().as_string() + message.body + message.alternatives[0].content
        assert "secret" not in whole
        assert "Meals" not in message.subject


def test_several_promises_are_one_mail_with_one_calendar_file(street, ada, bo):
    slots = [ask(ada, street, in_days=days).slots.get() for days in (5, 3)]
    claims = [slot.claim(by=bo, at=now()) for slot in slots]

    assert told("claim_confirmed") == [("claim_confirmed", bo)] * 2
    [letter] = [message for message in mail.outbox if message.to == [bo.email] and message.attachments]
    [(name, content, mimetype)] = letter.attachments
    events = Calendar.from_ical(content).walk("VEVENT")
    assert (name, mimetype) == ("supportnet.ics", "text/calendar; method=PUBLISH")
    assert [event["uid"].split("@")[0] for event in events] == [f"claim-{claim.pk}" for claim in claims]
    assert [event.decoded("dtstart") for event in events] == [slot.starts_at for slot in slots]
    assert letter.subject.startswith("2 times, the first: ")


def test_a_moved_slot_keeps_its_uid_and_grows_its_sequence(slot, ada, bo):
    claim = slot.claim(by=bo, at=now())
    later(slot, HOUR, by=ada)
    deliver(at=now() + 6 * MINUTE)

    [letter] = [message for message in mail.outbox if message.subject.startswith("Changed")]
    [event] = Calendar.from_ical(letter.attachments[0].content).walk("VEVENT")
    assert event["uid"].startswith(f"claim-{claim.pk}@")
    assert (event["sequence"], event["status"], event.decoded("dtstart")) == (1, "CONFIRMED", slot.starts_at)


def test_what_is_called_off_leaves_the_calendar_and_says_why(slot, ada, bo):
    slot.claim(by=bo, at=now())
    deliver(at=now())
    slot.cancel(by=ada, at=now(), reason="My sister is here")

    assert told("slot_cancelled", at=now() + 6 * MINUTE) == [("slot_cancelled", bo)]
    letter = mail.outbox[-1]
    [event] = Calendar.from_ical(letter.attachments[0].content).walk("VEVENT")
    assert event["status"] == "CANCELLED"
    assert "The reason: My sister is here" in letter.body


def test_changes_within_five_minutes_are_one_mail_with_the_time_that_was_known(slot, ada, bo):
    first = slot.starts_at
    slot.claim(by=bo, at=now())
    for _ in range(2):
        later(slot, HOUR, by=ada)
    assert told("slot_changed") == []

    assert told("slot_changed", at=now() + 6 * MINUTE) == [("slot_changed", bo)] * 2
    [letter] = [message for message in mail.outbox if message.subject.startswith("Changed")]
    was = first.astimezone(bo.zone)
    assert f"{was.hour}:{was.minute:02} to" in letter.body.partition("until now: ")[2]


def test_what_is_moved_and_moved_back_has_not_changed(slot, ada, bo):
    slot.claim(by=bo, at=now())
    for duration in (HOUR, -HOUR):
        later(slot, duration, by=ada)

    assert told("slot_changed", at=now() + 6 * MINUTE) == []
    assert dropped("slot_changed") == ["It is back at its old time."] * 2


def test_a_keeper_who_signs_somebody_up_is_named(slot, bo, olga):
    slot.claim(by=bo, made_by=olga, at=now())
    deliver(at=now())

    assert "Olga signed you up" in next(m.body for m in mail.outbox if m.to == [bo.email])


def test_an_offer_waits_for_a_yes_and_both_are_told(street, ada, bo):
    claim = ask_for_company(ada, street).slots.get().claim(by=bo, at=now())
    assert told("claim_confirmed", "request_claimed") == [("request_claimed", ada)]
    assert "Say yes or not this time" in mail.outbox[-1].body

    claim.accept(by=ada, at=now())
    assert told("claim_confirmed") == [("claim_confirmed", bo)]
    assert "Ada says yes" in mail.outbox[-1].body


def test_not_this_time_is_told_kindly(street, ada, bo):
    ask_for_company(ada, street).slots.get().claim(by=bo, at=now()).decline(by=ada, at=now())

    assert told("claim_declined") == [("claim_declined", bo)]
    assert "Not this time, says Ada, and thank you" in mail.outbox[-1].body


def test_a_promise_taken_back_at_once_is_spoken_of_to_nobody(slot, ada, bo):
    slot.claim(by=bo, at=now()).release(by=bo, at=now())

    assert told("claim_confirmed", "request_claimed", "claim_released") == []


def test_on_short_notice_the_keepers_hear_of_it_too(street, ada, bo, olga):
    slot = ask(ada, street, in_days=1).slots.get()
    claim = slot.claim(by=bo, at=now())
    deliver(at=now())
    claim.release(by=bo, at=now())

    assert {reader for _, reader in told("claim_released")} == {ada, olga}


@pytest.mark.moment("2027-05-31T12:00Z")
def test_who_wants_a_daily_mail_gets_it_in_one(street, ada, bo, olga):
    at = datetime(2027, 6, 1, 10, tzinfo=UTC)
    Person.objects.filter(pk=ada.pk).update(told_of_claims="daily")
    slots = [ask(ada, street, in_days=30, capacity=2).slots.get() for _ in range(2)]
    for slot in slots:
        slot.claim(by=bo, at=at, even_if_clashing=True)

    assert told("request_claimed", at=at) == []
    assert told("request_claimed", at=at + 20 * HOUR) == []
    assert (
        told("request_claimed", at=datetime(2027, 6, 2, 7, 1, tzinfo=UTC)) == [("request_claimed", ada)] * 2
    )
    assert len([message for message in mail.outbox if message.to == [ada.email]]) == 1


def test_who_wants_no_mail_finds_it_on_their_page(slot, ada, bo):
    Person.objects.filter(pk=ada.pk).update(told_of_claims="never")
    slot.claim(by=bo, at=now())

    assert told("request_claimed") == []
    assert [notice.kind for notice in Notice.objects.on_the_page_of(ada, now())] == ["request_claimed"]


def test_turning_down_ones_own_requests_is_undone_to_what_it_was(client, slot, ada, bo):
    Person.objects.filter(pk=ada.pk).update(told_of_claims="daily")
    link = unsubscribe_links.path(find("request_claimed"), ada, slot.claim(by=bo, at=now()))

    page = client.post(link).content.decode()
    assert fresh(ada).told_of_claims == "never"
    assert 'name="undo" value="daily"' in page
    client.post(link, {"undo": "daily"})
    assert fresh(ada).told_of_claims == "daily"
    client.post(link, {"undo": "nonsense"})
    assert fresh(ada).told_of_claims == "at_once"


def hear_at_once(*people):
    for person in people:
        person.memberships.update(hears="at_once")


def test_a_wave_reaches_members_who_still_see_it(street, supper, ada, bo, olga):
    hear_at_once(ada, bo, olga)
    waves.open_waves(now())

    assert {reader for _, reader in told("wave_opened")} == {bo, olga}


def test_who_left_claimed_or_turned_it_down_meanwhile_is_not_asked(street, ada, bo, olga):
    hear_at_once(bo, olga)
    supper = ask(ada, street, capacity=3)
    waves.open_waves(now())
    supper.slots.get().claim(by=bo, at=now())
    street.memberships.filter(person=olga).update(hears="never")

    assert told("wave_opened") == []
    assert sorted(dropped("wave_opened")) == [
        "The reader chose not to hear of this by mail.",
        "The reader helps already.",
    ]
    assert [notice.kind for notice in Notice.objects.on_the_page_of(olga, now())] == ["wave_opened"]


def test_who_was_removed_is_not_told_what_the_circle_needs(street, supper, bo, olga):
    hear_at_once(bo)
    waves.open_waves(now())
    street.memberships.get(person=bo).remove(by=olga, at=now())

    assert told("wave_opened") == []
    assert "The reader can't see the request any more." in dropped("wave_opened")


def test_what_is_taken_needs_nobody_any_more(street, supper, bo, olga):
    hear_at_once(olga)
    waves.open_waves(now())
    supper.slots.get().claim(by=bo, at=now())

    assert told("wave_opened") == []


def test_turning_down_one_circle_leaves_the_other(client, street, supper, ada, bo, olga):
    choir = make_circle(olga, ada, bo, name="Choir")
    hear_at_once(bo)
    ask(ada, choir)
    client.post(unsubscribe_links.path(find("wave_opened"), bo, supper))
    waves.open_waves(now())

    deliver(at=now())

    assert list(
        Notice.objects.sent().filter(kind="wave_opened", reader=bo).values_list("circle_id", flat=True)
    ) == [choir.pk]
    assert bo.memberships.get(circle=street).hears == "never"


def test_each_circle_has_a_mail_of_its_own(street, supper, ada, bo, olga):
    choir = make_circle(olga, ada, bo, name="Choir")
    Notice.objects.all().delete()
    hear_at_once(bo)
    for circle in (choir, street):
        ask(ada, circle)
    waves.open_waves(now())

    deliver(at=now())

    subjects = [message.subject for message in mail.outbox if message.to == [bo.email]]
    assert sorted(subjects) == ["2 new requests in your circle", "Ada could use a hand"]


def test_telling_a_circle_takes_as_many_queries_for_ten_as_for_one(
    street, supper, ada, bo, django_assert_max_num_queries
):
    people = [make_person(f"Reader{n}", quiet_from="00:00", quiet_until="00:00") for n in range(10)]
    for person in people:
        join(street, person, by=street.keepers().get().person)
        hear_at_once(person)
    Notice.objects.all().delete()
    waves.open_waves(now())
    due = Notice.objects.filter(due_at__lte=now()).count()

    with django_assert_max_num_queries(16 + due):
        deliver(at=now())

    assert len(mail.outbox) == due >= 10


def reminded(kind, claim):
    Notice.objects.queue(kind, claim, to=claim.person, at=now())
    deliver(at=now())
    return Notice.objects.get(kind=kind)


@pytest.mark.parametrize(
    ("happens", "because"),
    [
        (lambda claim: claim.release(by=claim.person, at=now()), "The promise does not stand any more."),
        (lambda claim: claim.slot.cancel(by=claim.made_by, at=now()), "The promise does not stand any more."),
        (
            lambda claim: claim.slot.move(
                starts_at=now() + 9 * DAY, ends_at=now() + 9 * DAY + HOUR, by=claim.made_by, at=now()
            ),
            "It was moved to later.",
        ),
    ],
)
def test_a_reminder_that_is_no_longer_true_is_not_sent(street, ada, bo, happens, because):
    claim = ask(ada, street, in_days=1).slots.get().claim(by=bo, at=now())
    happens(claim)

    notice = reminded("reminder", Claim.objects.get(pk=claim.pk))

    assert notice.dropped_because == because


def test_a_reminder_offers_three_answers_each_on_a_page(street, ada, bo):
    claim = ask(ada, street, in_days=1).slots.get().claim(by=bo, at=now())

    assert reminded("reminder", claim).state == "sent"
    ways = [
        personal_links.path(bo, f"/claims/{claim.pk}/#{answer}") for answer in ("still-on", "late", "release")
    ]
    assert [way in mail.outbox[-1].body for way in ways] == [True] * 3


def test_no_reminder_comes_after_it_has_begun(street, ada, bo):
    claim = ask(ada, street, in_days=1).slots.get().claim(by=bo, at=now())
    Notice.objects.queue("reminder_soon", claim, to=bo, at=now())

    deliver(at=claim.slot.starts_at)

    assert dropped("reminder_soon") == ["It has begun."]


def test_who_has_said_how_it_went_is_not_asked(street, ada, bo):
    claim = ask(ada, street, in_days=1).slots.get().claim(by=bo, at=now())
    claim.say_it_happened(True, at=now())

    assert reminded("afterwards", claim).dropped_because == "The helper has said so already."


def test_a_mail_may_wake_when_it_is_about_the_next_twelve_hours_or_an_own_act(street, ada, bo, olga):
    soon, later = (ask(ada, street, in_days=days).slots.get().claim(by=bo, at=now()) for days in (0.4, 3))
    signed_up = ask(ada, street, in_days=4).slots.get().claim(by=bo, made_by=olga, at=now())

    assert [find("slot_changed").may_wake(claim, None, now()) for claim in (soon, later)] == [True, False]
    assert [find("claim_confirmed").may_wake(claim, None, now()) for claim in (soon, later, signed_up)] == [
        True,
        True,
        False,
    ]
    assert find("claim_late").may_wake(later, None, now())


def test_a_time_soon_that_is_taken_wakes_nobody_for_a_later_one(street, ada, bo):
    help_request = ask(ada, street, in_days=0.4)
    help_request.add_slot(by=ada, at=now(), starts_at=now() + 3 * DAY, ends_at=now() + 3 * DAY + HOUR)
    kind, soon = find("wave_opened"), help_request.slots.order_by("starts_at").first()

    wakes = [kind.may_wake(kind.causes({help_request.pk})[help_request.pk], None, now())]
    soon.claim(by=bo, at=now())
    wakes.append(kind.may_wake(kind.causes({help_request.pk})[help_request.pk], None, now()))

    assert wakes == [True, False]


def test_answers_and_thanks_arrive(street, slot, ada, bo):
    ask_for_advice(ada, street).answer(by=bo, text="We visited three.", at=now())
    slot.claim(by=bo, at=now()).thank(by=ada, text="That soup!", at=now())

    assert told("request_answered", "thanks_given") == [("request_answered", ada), ("thanks_given", bo)]


def test_names_of_any_kind_are_words_in_mails_and_calendars(ada, bo, street, slot):
    Person.objects.filter(pk=ada.pk).update(name="<b>Ada</b>\r\nBcc: x@example.org; 🍲, آدا")
    slot.claim(by=bo, at=now())

    told("claim_confirmed")

    letter = next(message for message in mail.outbox if message.to == [bo.email])
    assert "\n" not in letter.subject and letter.message()["Bcc"] is None
    assert "<b>Ada" not in letter.alternatives[0].content
    event = Calendar.from_ical(letter.attachments[0].content).walk("VEVENT")[0]
    assert "Bcc" not in event and "🍲, آدا" in str(event["summary"])


def test_who_keeps_the_circle_no_more_is_not_told_who_gave_a_place_back(ada, bo, olga, street):
    soon = ask(ada, street, in_days=1).slots.get()
    membership = join(street, make_person("Quinn"), by=olga)
    membership.make_keeper(by=olga, at=now())
    claim = soon.claim(by=bo, at=now())
    deliver(at=now())
    claim.release(by=bo, at=now())
    membership.make_member(by=olga, at=now())

    readers = {reader.name for _kind, reader in told("claim_released")}

    assert readers == {"Ada", "Olga"}
    assert dropped("claim_released") == ["The reader does not keep this circle any more."]
