"""Several times of a request promised at once."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from icalendar import Calendar

from circles.models import NotVerified, Person, Ring
from requests.forms.several_slots import MOST
from requests.models import Claim, Clash, HelpRequest, OutOfSight, OwnRequest, Slot, SlotCancelled, SlotTaken
from requests.pages.clashes import clashes_of
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_company, join, make_circle, make_person, now
from tests.circles.pages import errors, markup, signed_in, text

pytestmark = pytest.mark.django_db


def with_times(help_request, number, *, apart=DAY):
    """The request's slots, `number` of them, one hour each."""
    first = help_request.slots.in_order().last()
    for count in range(1, number):
        starts_at = first.starts_at + count * apart
        help_request.add_slot(by=help_request.asker, at=now(), starts_at=starts_at, ends_at=starts_at + HOUR)
    return list(help_request.slots.in_order())


@pytest.fixture
def slots(supper):
    """Three evenings of Ada's request."""
    return with_times(supper, 3)


def url(help_request):
    return reverse("request_claims", args=[help_request.pk])


def chosen(slots, **fields):
    return {"slots": [slot.pk for slot in slots], **fields}


def test_each_that_can_be_ticked_says_what_the_tick_means(supper, slots, bo):
    page = markup(signed_in(bo).get(supper.get_absolute_url()))

    # In sight, with the day for those who hear it.
    assert page.count('<span>I can<span class="visually-hidden">: ') == len(slots)


# The verb


def test_those_that_are_free_are_won_and_the_others_say_why(supper, slots, ada, bo, olga):
    slots[0].claim(by=olga, at=now())
    slots[1].cancel(by=ada, at=now())

    claims, refused = supper.claim_several(slots, by=bo, at=now(), bringing="Soup")

    assert [(claim.slot, claim.person, claim.bringing) for claim in claims] == [(slots[2], bo, "Soup")]
    assert [(slot, type(why)) for slot, why in refused] == [
        (slots[0], SlotTaken),
        (slots[1], SlotCancelled),
    ]
    assert [slot.taken for slot in supper.slots.in_order()] == [1, 0, 1]


def test_each_day_may_have_its_own_dish(supper, slots, bo):
    other = {slots[1].pk: {"bringing": "Rolls", "dish": "bread"}}

    supper.claim_several(slots, by=bo, at=now(), bringing="Soup", dish="soup", note="Gladly", otherwise=other)

    said = Claim.objects.order_by("slot__starts_at").values_list("bringing", "dish", "note")
    assert list(said) == [
        ("Soup", "soup", "Gladly"),
        ("Rolls", "bread", "Gladly"),
        ("Soup", "soup", "Gladly"),
    ]


def test_promising_them_again_is_one_claim_and_one_mail_each(supper, slots, bo):
    for _ in range(2):
        claims, refused = supper.claim_several(slots, by=bo, at=now())
        assert (len(claims), refused) == (3, [])

    assert Claim.objects.count() == Notice.objects.filter(kind="claim_confirmed").count() == 3


def test_clashes_are_left_out_unless_both_will_do(supper, slots, ada, bo, street):
    ride = ask(ada, street, title="A lift").slots.get()
    ride.move(starts_at=slots[1].starts_at, ends_at=slots[1].ends_at, by=ada, at=now())
    ride.claim(by=bo, at=now())

    claims, refused = supper.claim_several(slots, by=bo, at=now())
    assert [claim.slot for claim in claims] == [slots[0], slots[2]]
    assert [(slot, type(why)) for slot, why in refused] == [(slots[1], Clash)]

    claims, refused = supper.claim_several([slots[1]], by=bo, at=now(), both_will_do=[slots[1].pk])
    assert ([claim.slot for claim in claims], refused) == ([slots[1]], [])


@pytest.mark.parametrize("already", [[], [0], [2], [1]])
def test_back_to_back_is_no_clash(supper, bo, already):
    slots = with_times(supper, 3, apart=HOUR)
    for number in already:
        slots[number].claim(by=bo, at=now())

    claims, refused = supper.claim_several(slots, by=bo, at=now())

    assert (len(claims), refused) == (3, [])
    assert clashes_of(bo, slots) == {}


def test_times_of_another_request_are_not_touched(supper, slots, ada, bo, street):
    other = ask(ada, street).slots.get()

    claims, refused = supper.claim_several([other, 10**17, slots[0]], by=bo, at=now())

    assert ([claim.slot for claim in claims], refused) == ([slots[0]], [])


def test_who_may_not_gets_none(supper, slots, ada, bo, olga, mallory, street):
    assert {type(why) for _, why in supper.claim_several(slots, by=mallory, at=now())[1]} == {OutOfSight}
    assert {type(why) for _, why in supper.claim_several(slots, by=ada, at=now())[1]} == {OwnRequest}
    street.memberships.filter(person=olga).update(excluded_at=now())
    assert {type(why) for _, why in supper.claim_several(slots, by=olga, at=now())[1]} == {SlotTaken}
    Person.objects.filter(pk=bo.pk).update(verified_at=None)
    with pytest.raises(NotVerified):
        supper.claim_several(slots, by=Person.objects.get(pk=bo.pk), at=now())
    assert not Claim.objects.exists()


def test_offers_of_company_wait_for_a_yes(ada, bo, street):
    walk = ask_for_company(ada, street, up_to=Ring.EVERYONE)
    for days in (3, 4):
        walk.add_slot(by=ada, at=now(), starts_at=now() + days * DAY, ends_at=now() + days * DAY + HOUR)

    claims, refused = walk.claim_several(walk.slots.all(), by=bo, at=now())

    assert [claim.state for claim in claims] == ["waiting"] * 3
    assert [slot.taken for slot in walk.slots.all()] == [0, 0, 0]
    assert refused == []


def test_one_mail_with_one_calendar_file_confirms_all_and_one_tells_the_asker(supper, slots, ada, bo):
    at = now()
    Person.objects.update(quiet_from=dt.time(), quiet_until=dt.time())
    Notice.objects.all().delete()
    supper.claim_several(slots, by=bo, at=at, bringing="Soup")

    deliver(at=at)

    assert [one.to for one in mail.outbox] == [[bo.email], [ada.email]]
    assert [one.subject.split(",")[0] for one in mail.outbox] == ["3 times", "3 promises to help"]
    [(name, content, _)] = mail.outbox[0].attachments
    events = Calendar.from_ical(content).walk("VEVENT")
    assert name.endswith(".ics")
    assert [event.decoded("dtstart") for event in events] == [slot.starts_at for slot in slots]
    assert len({event["uid"] for event in events}) == 3


# The page


def test_ticked_dates_are_shown_first_and_nothing_is_promised_yet(supper, slots, bo):
    client = signed_in(bo)

    page = client.post(url(supper), chosen(slots[:2]))

    assert page.status_code == 200
    assert page.text.count(" checked") == 2
    assert f"bringing_{slots[0].pk}" in page.text
    assert f'value="{slots[2].pk}"' not in page.text
    assert "What I bring" in text(page)
    assert not Claim.objects.exists()


def test_the_next_press_promises_them(supper, slots, bo):
    fields = chosen(slots[:2], sure="on", bringing="Soup", **{f"bringing_{slots[1].pk}": "Bread"})

    page = signed_in(bo).post(url(supper), fields, follow=True)

    assert "2 times are yours. Thank you." in text(page)
    assert [claim.bringing for claim in Claim.objects.order_by("slot__starts_at")] == ["Soup", "Bread"]


def test_a_gentle_word_comes_first_and_the_helper_decides(supper, slots, bo):
    client, fields = signed_in(bo), chosen(slots, sure="on", dish="pasta", portions="4")

    asked = client.post(url(supper), fields)

    assert asked.status_code == 422
    assert text(asked).count("It would be the third of its kind this week: Pasta.") == 1
    assert not Claim.objects.exists()
    client.post(url(supper), {**fields, f"dish_{slots[2].pk}": "soup"})
    said = Claim.objects.order_by("slot__starts_at").values_list("dish", "portions")
    assert list(said) == [("pasta", 4), ("pasta", 4), ("soup", 4)]


def test_who_has_read_the_gentle_word_may_bring_it_all_the_same(supper, slots, bo):
    fields = chosen(slots, sure="on", read="on", dish="pasta")

    assert signed_in(bo).post(url(supper), fields).status_code == 302
    assert Claim.objects.filter(dish="pasta").count() == 3


def test_what_somebody_else_took_meanwhile_is_named(supper, slots, bo, olga):
    client = signed_in(bo)
    client.post(url(supper), chosen(slots))
    slots[1].claim(by=olga, at=now())

    page = text(client.post(url(supper), chosen(slots, sure="on"), follow=True))

    assert "2 times are yours. Thank you." in page
    assert page.count("Someone just took this one.") == 1
    assert Claim.objects.filter(person=bo).count() == 2


def test_what_is_gone_before_one_chose_is_said_and_left_out(supper, slots, bo, olga):
    slots[0].claim(by=olga, at=now())

    page = signed_in(bo).post(url(supper), chosen(slots))

    assert "Some of these are taken or over by now." in text(page)
    assert f'value="{slots[0].pk}"' not in page.text
    assert page.text.count(" checked") == 2


def test_a_clash_is_shown_and_the_helper_decides(supper, slots, ada, bo, street):
    ride = ask(ada, street, title="A lift").slots.get()
    ride.move(starts_at=slots[0].starts_at, ends_at=slots[0].ends_at, by=ada, at=now())
    ride.claim(by=bo, at=now())
    client, both = signed_in(bo), f"both_{slots[0].pk}"

    looked = client.post(url(supper), chosen(slots[:2]))
    refused = client.post(url(supper), chosen(slots[:2], sure="on", bringing="Soup"))

    assert "You have something else at that time A lift" in text(looked)
    assert (refused.status_code, list(errors(refused))) == (422, [both])
    assert 'value="Soup"' in refused.text
    assert f'aria-describedby="id_{both}_error"' in refused.text
    assert Claim.objects.count() == 1
    client.post(url(supper), chosen(slots[:2], sure="on", **{both: "on"}))
    assert Claim.objects.count() == 3


def test_two_of_the_chosen_at_one_time_are_a_clash_too(supper, bo):
    slots = with_times(supper, 2, apart=HOUR / 2)

    page = signed_in(bo).post(url(supper), chosen(slots))

    assert text(page).count("You have something else at that time") == 2


def test_nothing_ticked_is_said_and_all_that_is_open_is_offered(supper, slots, bo):
    client = signed_in(bo)

    for fields in ({}, {"slots": ["x", "-1", "9" * 40]}, {"sure": "on", "note": "Hello"}):
        page = client.post(url(supper), fields)
        assert (page.status_code, list(errors(page))) == (422, ["slots"])
        assert page.text.count('name="slots"') == 3
    assert 'value="Hello"' in page.text


def test_looking_offers_what_is_open_and_promises_nothing(supper, slots, bo):
    client = signed_in(bo)
    slots[0].claim(by=bo, at=now())

    page = client.get(url(supper), {"sure": "on", "slots": slots[1].pk})
    all_of_them = client.get(url(supper))

    assert page.status_code == 200
    assert all_of_them.text.count('name="slots"') == 2
    assert Claim.objects.count() == 1


def test_too_many_words_come_back_beside_their_field(supper, slots, bo):
    one = f"bringing_{slots[0].pk}"

    page = signed_in(bo).post(url(supper), chosen(slots[:1], sure="on", note="x" * 501, **{one: "y" * 201}))

    assert (page.status_code, sorted(errors(page))) == (422, sorted(["note", one]))
    assert not Claim.objects.exists()


def test_more_than_anybody_can_mean_is_refused_in_words(supper, bo):
    slots = with_times(supper, MOST + 1)

    page = signed_in(bo).post(url(supper), chosen(slots, sure="on"))

    assert (page.status_code, list(errors(page))) == (422, ["slots"])
    assert not Claim.objects.exists()


def test_outside_it_does_not_exist_and_the_asker_takes_no_place(supper, slots, ada, mallory, elsewhere):
    for method in ("get", "post"):
        assert getattr(signed_in(mallory), method)(url(supper), chosen(slots)).status_code == 404
        assert getattr(signed_in(ada), method)(url(supper), chosen(slots)).status_code == 403


def test_who_is_excluded_or_not_verified_is_told_as_everybody_is(supper, slots, street, bo, olga):
    street.memberships.filter(person=bo).update(excluded_at=now())
    page = signed_in(bo).get(url(supper))
    assert "No time is open for you here just now." in text(page)
    Person.objects.filter(pk=olga.pk).update(verified_at=None)
    assert signed_in(olga).post(url(supper), chosen(slots, sure="on")).status_code == 403
    assert not Claim.objects.exists()


def test_only_what_a_helper_may_say_is_taken_from_the_form(supper, slots, ada, bo):
    forged = {"person": ada.pk, "made_by": ada.pk, "accepted_at": "2020-01-01"}

    signed_in(bo).post(url(supper), chosen(slots[:1], sure="on", **forged))

    claim = Claim.objects.get()
    assert (claim.person, claim.made_by, claim.party_size) == (bo, bo, 1)


@pytest.mark.parametrize("number", [2, 40])
def test_the_page_makes_few_queries_whatever_the_number(supper, number, bo, django_assert_max_num_queries):
    slots = with_times(supper, number)
    client = signed_in(bo)

    with django_assert_max_num_queries(7):
        assert client.post(url(supper), chosen(slots)).status_code == 200


# Many at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_days_in_another_order_share_them_and_nobody_waits_for_ever(ada, olga):
    street = make_circle(olga, ada)
    people = [make_person(f"Helper{number}") for number in range(6)]
    for person in people:
        join(street, person, by=olga)
    for _ in range(4):
        help_request = ask(ada, street)
        slots = with_times(help_request, 5)
        start = threading.Barrier(len(people) + 1)

        def take(person, help_request=help_request, slots=slots, start=start):
            start.wait(timeout=60)
            try:
                fresh = HelpRequest.objects.select_related("circle").get(pk=help_request.pk)
                return fresh.claim_several(
                    slots if person.pk % 2 else slots[::-1],
                    by=person,
                    at=now(),
                    both_will_do=[slot.pk for slot in slots],
                )
            finally:
                connection.close()

        def close(help_request=help_request, start=start):
            start.wait(timeout=60)
            try:
                HelpRequest.objects.get(pk=help_request.pk).close(by=ada, at=now())
            finally:
                connection.close()

        with ThreadPoolExecutor(len(people) + 1) as threads:
            closing = threads.submit(close)
            won = [result for claims, _ in threads.map(take, people) for result in claims]
            closing.result()

        assert len(won) == len({claim.slot_id for claim in won})
        taken = Slot.objects.filter(help_request=help_request, taken=1)
        assert taken.count() == len(won)
