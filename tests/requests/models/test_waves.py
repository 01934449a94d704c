"""Waves: who is asked when, as whoever asks planned it; once each, and only while something is open."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from circles.models import Hears, Person, Ring
from requests.models import HelpRequest, NotOpen, Wave
from requests.models.wave_plan import planned
from requests.sweeps import waves
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.sweeps import run_all
from tests.cast import DAY, HOUR, ask, draft, join, make_circle, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(street, olga):
    """Somebody in each ring of the street, by their ring; all hear at once but olga, who wants no such mail."""
    people = {ring: make_person(ring.name.title()) for ring in Ring}
    for ring, person in people.items():
        join(street, person, by=olga, ring=ring)
    street.memberships.exclude(person=olga).update(hears=Hears.AT_ONCE)
    street.memberships.filter(person=olga).update(hears=Hears.NEVER)
    return people


@pytest.fixture
def choir(ada):
    """Another circle of Ada's, with Clara in it."""
    circle = make_circle(ada, make_person("Clara"), name="The choir")
    circle.memberships.update(hears=Hears.AT_ONCE)
    return circle


def plan(ada, circle, *, at, capacity=1, **reach):
    """A request for help in nine days, asked at `at` as planned."""
    help_request = draft(ada, circle)
    starts_at = at + 9 * DAY
    times = {"timing": "once", "starts_at": starts_at, "ends_at": starts_at + HOUR, "capacity": capacity}
    help_request.set_times(**times, at=at)
    help_request.set_reach(**reach)
    help_request.publish(by=ada, at=at)
    return help_request


def told(*kinds):
    """Who is told of something new, by name, in order."""
    found = Notice.objects.filter(kind__in=kinds or ("wave_opened", "wave_elsewhere", "asked_by_name"))
    return sorted(found.values_list("reader__name", flat=True))


def seen_by(*people, at):
    """Who of them sees anything."""
    return [person.name for person in people if HelpRequest.objects.visible_to(person, at=at).exists()]


def test_names_then_rings_then_another_circle_each_so_much_later(street, ada, bo, choir):
    reach = {"starts": Ring.INNER, "up_to": Ring.CLOSE, "people": [bo], "widen_after": DAY, "then": choir}

    steps = planned(circle=street, **reach)

    assert steps == [
        (0 * DAY, {"person": bo}),
        (1 * DAY, {"circle": street, "ring": Ring.INNER}),
        (2 * DAY, {"circle": street, "ring": Ring.CLOSE}),
        (3 * DAY, {"circle": choir, "ring": Ring.EVERYONE}),
    ]
    assert planned(circle=street, **{**reach, "widen_after": None}) == steps[:1]
    assert planned(circle=street, starts=Ring.EVERYONE, up_to=Ring.INNER) == [
        (0 * DAY, {"circle": street, "ring": Ring.EVERYONE})
    ]


def test_a_wave_opens_when_its_time_comes_and_tells_each_once(ada, street, near):
    at = now()
    plan(ada, street, at=at, starts=Ring.INNER, up_to=Ring.EVERYONE, widen_after=DAY)
    inner, close, far = near.values()

    run_all(at + HOUR)
    assert (told(), seen_by(inner, close, far, at=at + HOUR)) == (["Inner"], ["Inner"])
    run_all(at + DAY - HOUR)
    assert told() == ["Inner"]
    for _ in range(2):
        run_all(at + DAY + HOUR)

    assert told() == ["Close", "Inner"]
    assert seen_by(inner, close, far, at=at + DAY + HOUR) == ["Inner", "Close"]


def test_nobody_else_is_asked_once_enough_have_promised_and_all_are_after_a_place_is_given_back(
    ada, street, near
):
    at = now()
    inner, close, far = near.values()
    help_request = plan(ada, street, at=at, starts=Ring.INNER, up_to=Ring.CLOSE, widen_after=DAY)
    claim = help_request.slots.get().claim(by=inner, at=at + HOUR)

    run_all(at + 2 * DAY)
    assert seen_by(close, at=at + 2 * DAY) == []
    claim.release(by=inner, at=at + 3 * DAY)
    run_all(at + 3 * DAY)

    assert seen_by(close, far, at=at + 3 * DAY) == ["Close"]
    assert "Close" in told()


def test_one_of_two_places_taken_is_not_enough(ada, street, near):
    at = now()
    inner, close, _far = near.values()
    reach = {"starts": Ring.INNER, "up_to": Ring.CLOSE, "widen_after": DAY}
    plan(ada, street, at=at, capacity=2, **reach).slots.get().claim(by=inner, at=at + HOUR)

    run_all(at + DAY)

    assert seen_by(close, at=at + DAY) == ["Close"]


def test_what_is_closed_or_called_off_asks_nobody_else(ada, street, near):
    at = now()
    reach = {"starts": Ring.INNER, "up_to": Ring.CLOSE, "widen_after": DAY}
    plan(ada, street, at=at, **reach).close(by=ada, at=at + HOUR)
    plan(ada, street, at=at, **reach).cancel(by=ada, at=at + HOUR)

    run_all(at + 2 * DAY)

    assert seen_by(near[Ring.CLOSE], at=at + 2 * DAY) == []


def test_a_hold_keeps_the_rest_shut_until_it_goes_on(ada, street, near):
    at = now()
    inner, close, _far = near.values()
    help_request = plan(ada, street, at=at, starts=Ring.INNER, up_to=Ring.CLOSE, widen_after=DAY)
    help_request.pause_waves(by=ada, at=at + HOUR)

    run_all(at + 2 * DAY)
    assert seen_by(inner, close, at=at + 2 * DAY) == ["Inner"]
    help_request.resume_waves(by=ada, at=at + 2 * DAY)
    run_all(at + 2 * DAY)

    assert seen_by(inner, close, at=at + 2 * DAY) == ["Inner", "Close"]


def test_a_worker_that_was_down_for_days_opens_all_that_is_due_and_tells_each_once(ada, street, near):
    """Also whoever is asked by name and stands in a ring, too: one of the two notices is theirs."""
    at = now()
    inner, close, far = near.values()
    reach = {"starts": Ring.INNER, "up_to": Ring.EVERYONE, "people": [close], "widen_after": DAY}
    plan(ada, street, at=at, **reach)

    for _ in range(2):
        run_all(at + 5 * DAY)

    assert told("asked_by_name") == ["Close"]
    assert told() == ["Bo", "Close", "Everyone", "Inner"]
    assert seen_by(inner, close, far, at=at + 5 * DAY) == ["Inner", "Close", "Everyone"]


def test_another_circle_sees_it_only_when_its_turn_comes(ada, bo, street, choir):
    at = now()
    clara = choir.memberships.get(person__name="Clara").person
    reach = {"starts": Ring.EVERYONE, "widen_after": DAY, "then": choir}
    help_request = plan(ada, street, at=at, **reach)

    run_all(at + HOUR)
    assert seen_by(bo, clara, at=at + HOUR) == ["Bo"]
    assert signed_in(clara).get(help_request.get_absolute_url()).status_code == 404
    run_all(at + DAY)

    assert seen_by(bo, clara, at=at + DAY) == ["Bo", "Clara"]
    assert "Clara" in told()
    slot = help_request.slots.get()
    assert slot.claim(by=clara, at=at + DAY).is_accepted


def test_whoever_hears_of_it_by_another_circle_does_not_learn_which_one_it_was_asked_in(
    ada, bo, street, choir
):
    clara = choir.memberships.get(person__name="Clara").person
    help_request = ask(ada, street)
    help_request.ask_more(by=ada, at=now(), circle=choir)
    pages = ["/", "/requests/", choir.get_absolute_url(), help_request.get_absolute_url()]
    pages.append(help_request.slots.get().get_absolute_url())

    read = [text(signed_in(clara).get(page)) for page in pages]

    assert [("Supper for four" in page, "Our street" in page) for page in read] == [(True, False)] * 5
    assert all("Our street" in text(signed_in(bo).get(page)) for page in pages if "circles" not in page)


def test_the_mail_names_the_circle_of_its_reader_and_can_be_turned_down_for_it(
    ada, street, choir, mailoutbox
):
    clara = choir.memberships.get(person__name="Clara")
    Person.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(0))
    at = now()
    for _ in range(2):
        plan(ada, street, at=at, starts=Ring.INNER).ask_more(by=ada, at=at, circle=choir)
    run_all(at)
    deliver(at=at + HOUR)

    [mail] = [
        mail for mail in mailoutbox if "The choir" in mail.body and "List-Unsubscribe" in mail.extra_headers
    ]
    link = re.search(r"<(.+)>", mail.extra_headers["List-Unsubscribe"])[1]
    answer = Client().post(urlsplit(link).path)

    clara.refresh_from_db()
    assert ("The choir" in mail.body, "Our street" in mail.body) == (True, False)
    assert mail.body.count("- Meals, for Ada") == 2
    assert "Ada could use a hand" in text(signed_in(clara.person).get("/me/notices/"))
    assert (answer.status_code, clara.hears) == (200, Hears.NEVER)
    assert "new requests in The choir" in text(answer)


def test_a_mail_to_another_circle_is_not_sent_to_who_has_left_it(ada, street, choir, mailoutbox):
    clara = choir.memberships.get(person__name="Clara")
    at = now()
    plan(ada, street, at=at, starts=Ring.INNER).ask_more(by=ada, at=at, circle=choir)
    run_all(at)
    clara.leave(at=at)

    deliver(at=at + DAY)

    notice = Notice.objects.get(kind="wave_elsewhere")
    assert (notice.state, notice.dropped_because) == ("dropped", "The reader can't see the request any more.")


def test_asked_in_two_circles_one_is_told_once(ada, bo, street, choir):
    join(choir, bo, by=ada)
    choir.memberships.update(hears=Hears.AT_ONCE)
    at = now()
    plan(ada, street, at=at, starts=Ring.EVERYONE, widen_after=DAY, then=choir)

    run_all(at + HOUR)
    run_all(at + DAY)

    assert told() == ["Bo", "Clara", "Olga"]


def test_the_next_ones_may_be_asked_now(ada, street, near):
    at = now()
    inner, close, far = near.values()
    help_request = plan(ada, street, at=at, starts=Ring.INNER, up_to=Ring.EVERYONE, widen_after=DAY)

    help_request.hasten(by=ada, at=at + HOUR)

    assert seen_by(inner, close, far, at=at + HOUR) == ["Inner", "Close"]
    run_all(at + HOUR)
    assert told() == ["Close", "Inner"]
    opens = help_request.waves.to_come().values_list("ring", "opens_at")
    assert list(opens) == [(Ring.EVERYONE, at + 2 * DAY)]


def test_nobody_left_to_ask_is_no_harm(supper, ada):
    supper.hasten(by=ada, at=now())

    assert supper.waves.count() == 1


def test_asking_more_opens_at_once_whom_it_names(ada, bo, street, near, choir):
    at = now()
    help_request = plan(ada, street, at=at, starts=Ring.INNER)

    help_request.ask_more(by=ada, at=at + HOUR, people=[bo], circle=choir)
    run_all(at + HOUR)

    assert seen_by(bo, near[Ring.CLOSE], at=at + HOUR) == ["Bo"]
    assert {kind: told(kind) for kind in ("asked_by_name", "wave_elsewhere", "wave_opened")} == {
        "asked_by_name": ["Bo"],
        "wave_elsewhere": ["Clara"],
        "wave_opened": ["Inner"],
    }


def test_asking_more_people_who_were_to_be_asked_later_asks_them_now_and_not_again(ada, street, near):
    at = now()
    help_request = plan(ada, street, at=at, starts=Ring.INNER, up_to=Ring.EVERYONE, widen_after=DAY)
    help_request.pause_waves(by=ada, at=at)

    help_request.ask_more(by=ada, at=at + HOUR, circle=street, ring=Ring.EVERYONE)

    assert not help_request.waves.to_come().exists()
    assert seen_by(*near.values(), at=at + HOUR) == ["Inner", "Close", "Everyone"]


def ask_bo(help_request, bo, **by):
    """One more by name."""
    help_request.ask_more(people=[bo], **by)


def hasten(help_request, bo, **by):
    """Bo, who was to be asked tomorrow, now."""
    help_request.hasten(**by)


@pytest.mark.parametrize(("people", "ask_bo_now"), [([], ask_bo), (["Bo"], hasten)])
def test_whom_one_asks_while_all_is_taken_hears_of_it_when_a_place_is_free(
    people, ask_bo_now, ada, bo, street, near
):
    at = now()
    inner = near[Ring.INNER]
    help_request = plan(ada, street, at=at, starts=Ring.INNER)
    if people:
        help_request._add_waves([(DAY, {"person": bo})], opens_at=at + DAY)
    claim = help_request.slots.get().claim(by=inner, at=at + HOUR)

    ask_bo_now(help_request, bo, by=ada, at=at + HOUR)
    run_all(at + HOUR)
    assert seen_by(bo, at=at + HOUR) == []
    claim.release(by=inner, at=at + 2 * HOUR)
    run_all(at + 2 * HOUR)

    assert (seen_by(bo, at=at + 2 * HOUR), told("asked_by_name")) == (["Bo"], ["Bo"])


def test_only_what_is_open_asks_more(ada, bo, street, supper):
    supper.close(by=ada, at=now())

    for help_request in (supper, draft(ada, street)):
        with pytest.raises(NotOpen):
            help_request.ask_more(by=ada, at=now(), people=[bo])


def test_a_question_asks_wider_too(ada, street, near):
    at = now()
    question = draft(ada, street, kind="informational", category="question")
    question.set_times(timing="none", at=at)
    question.set_reach(starts=Ring.INNER, up_to=Ring.CLOSE, widen_after=DAY)
    question.publish(by=ada, at=at)

    run_all(at + DAY)

    assert seen_by(near[Ring.CLOSE], at=at + DAY) == ["Close"]


def test_one_wave_is_opened_by_one_of_two_workers(ada, street, near):
    at = now()
    plan(ada, street, at=at, starts=Ring.INNER, up_to=Ring.CLOSE, widen_after=DAY)

    opened = [Wave.objects.open_due(at=at + DAY) for _worker in range(2)]
    for wave in Wave.objects.untold():
        waves.tell_wave(wave, at=at + DAY)
        waves.tell_wave(wave, at=at + DAY)

    assert opened == [1, 0]
    assert told() == ["Close", "Inner"]


def test_a_draft_forgets_what_was_planned_before(ada, bo, street):
    help_request = draft(ada, street)
    help_request.set_reach(people=[bo], widen_after=DAY)

    help_request.set_reach(starts=Ring.CLOSE)

    assert list(help_request.waves.values_list("ring", "person", "after")) == [(Ring.CLOSE, None, 0 * DAY)]


def test_without_a_word_it_begins_as_is_usual(ada, street):
    company = draft(ada, street, kind="emotional", category="walk")
    company.set_reach()
    help_request = ask(ada, street)

    assert (company.waves.get().ring, help_request.waves.get().ring) == (Ring.INNER, Ring.EVERYONE)


def test_pressing_ask_the_next_twice_asks_one_ring(client, ada, street):
    help_request = draft(ada, street)
    help_request.set_times(timing="whenever", at=now())
    help_request.set_reach(starts=Ring.INNER, up_to=Ring.EVERYONE, widen_after=4 * HOUR)
    help_request.publish(by=ada, at=now())
    client.force_login(ada)
    page = client.get(help_request.get_absolute_url()).content.decode()
    pressed = {"planned_for": page.split('name="planned_for" value="')[1].split('"')[0]}

    for _ in range(2):
        client.post(f"/requests/{help_request.pk}/hasten/", pressed)

    assert [wave.ring for wave in help_request.waves.filter(opened_at__isnull=False).order_by("ring")] == [
        1,
        2,
    ]
