"""Who is asked and when, wave by wave: the plan, what is held and hastened, whom it reaches."""

import pytest

from circles.models import Consent, Ring
from requests.models import HelpRequest, NotOpen, Wave
from requests.models.wave_plan import planned
from tests.cast import DAY, HOUR, ask, draft, join, make_circle, make_person, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(mallory, ada):
    """Another circle of ada's."""
    return make_circle(mallory, ada, name="Garden")


@pytest.fixture
def gil(garden, mallory):
    """A member there alone."""
    gil = make_person("Gil")
    join(garden, gil, by=mallory)
    return gil


@pytest.fixture
def asked(ada, bo, street, garden):
    """Asked bo by name at once; in an hour the inner ring, in two the close one, in three everyone, then the garden."""
    plan = draft(ada, street)
    plan.set_times(timing="whenever", at=now())
    reach = {"people": [bo], "starts": Ring.INNER, "up_to": Ring.EVERYONE, "then": garden}
    plan.set_reach(widen_after=HOUR, **reach)
    plan.publish(by=ada, at=now())
    return plan


def opened(asked):
    """Whom the opened waves reach, in order."""
    waves = asked.waves.filter(opened_at__isnull=False).in_order()
    return [str(wave.person or f"{wave.circle} {wave.ring}") for wave in waves]


def test_the_plan_goes_from_names_over_rings_to_another_circle(street, garden, bo, ada):
    plan = planned(
        circle=street, starts=Ring.CLOSE, up_to=Ring.EVERYONE, people=[bo, ada], widen_after=HOUR, then=garden
    )

    assert plan == [
        *[(0 * HOUR, {"person": bo}), (0 * HOUR, {"person": ada})],
        *[(n * HOUR, {"circle": street, "ring": ring}) for n, ring in ((1, Ring.CLOSE), (2, Ring.EVERYONE))],
        (3 * HOUR, {"circle": garden, "ring": Ring.EVERYONE}),
    ]


def test_without_a_step_only_the_first_are_asked(street, garden, bo):
    assert planned(circle=street, starts=Ring.INNER, up_to=Ring.EVERYONE, then=garden) == [
        (0 * HOUR, {"circle": street, "ring": Ring.INNER})
    ]
    assert planned(circle=street, starts=Ring.INNER, people=[bo], then=garden) == [(0 * HOUR, {"person": bo})]


def test_as_far_as_a_nearer_ring_is_as_far_as_it_begins(street):
    plan = planned(circle=street, starts=Ring.CLOSE, up_to=Ring.INNER, widen_after=HOUR)

    assert plan == [(0 * HOUR, {"circle": street, "ring": Ring.CLOSE})]


def test_the_next_are_asked_now_and_the_others_when_they_were_to_be(asked, ada):
    asked.hasten(by=ada, at=now())

    assert opened(asked) == ["Bo", f"Our street {Ring.INNER}"]
    assert [wave.ring for wave in asked.waves.to_come()] == [Ring.CLOSE, Ring.EVERYONE, Ring.EVERYONE]


def test_what_was_held_is_hastened_alone_and_the_rest_stays_held(asked, ada):
    asked.pause_waves(by=ada, at=now())
    asked.hasten(by=ada, at=now())

    assert opened(asked) == ["Bo", f"Our street {Ring.INNER}"]
    assert {wave.state for wave in asked.waves.to_come()} == {"held"}
    Wave.objects.open_due(at=now() + DAY)
    assert len(opened(asked)) == 2


def test_what_would_have_come_meanwhile_comes_as_it_goes_on(asked, ada):
    asked.pause_waves(by=ada, at=now())
    assert Wave.objects.open_due(at=now() + 1.5 * HOUR) == 0

    asked.resume_waves(by=ada, at=now() + 1.5 * HOUR)

    assert {wave.state for wave in asked.waves.to_come()} == {"waiting"}
    assert Wave.objects.open_due(at=now() + 1.5 * HOUR) == 1


def test_where_it_stands_in_a_word(asked, ada, street):
    plan = draft(ada, street)
    plan.set_reach(starts=Ring.INNER)
    asked.pause_waves(by=ada, at=now())

    assert [wave.state for wave in asked.waves.in_order()] == ["opened", *["held"] * 4]
    assert plan.waves.get().state == "planned"


def test_what_is_closed_is_not_hastened(asked, ada):
    asked.close(by=ada, at=now())

    asked.hasten(by=ada, at=now())

    assert opened(asked) == ["Bo"]


def test_asking_the_ring_now_asks_who_stands_nearer_with_it_and_leaves_the_rest(asked, ada, street, garden):
    asked.ask_more(by=ada, at=now(), circle=street, ring=Ring.CLOSE)

    assert opened(asked) == ["Bo", f"Our street {Ring.CLOSE}"]
    assert [(wave.circle, wave.ring) for wave in asked.waves.to_come()] == [
        (street, Ring.EVERYONE),
        (garden, Ring.EVERYONE),
    ]


def test_asking_one_more_asks_nobody_else(asked, ada, olga):
    asked.pause_waves(by=ada, at=now())

    asked.ask_more(by=ada, at=now() + HOUR / 2, people=[olga])

    assert opened(asked) == ["Bo", "Olga"]
    assert {wave.state for wave in asked.waves.to_come()} == {"held"}
    assert asked.waves.get(person=olga).after >= HOUR / 2


@pytest.mark.parametrize("who", ["keeper", "member", "draft", "closed"])
def test_only_whoever_asks_asks_more_and_only_while_it_is_open(who, asked, ada, bo, olga):
    by = {"keeper": olga, "member": bo}.get(who, ada)
    if who == "closed":
        asked.close(by=ada, at=now())
    if who == "draft":
        HelpRequest.objects.filter(pk=asked.pk).update(published_at=None)

    with pytest.raises(NotOpen):
        HelpRequest.objects.get(pk=asked.pk).ask_more(by=by, at=now(), people=[olga])

    assert not asked.waves.filter(person=olga).exists()


def test_asked_in_are_its_own_circle_and_those_whose_wave_has_opened(asked, street, garden):
    assert asked.circles_asked() == {street.pk}

    Wave.objects.open_due(at=now() + DAY)

    assert asked.circles_asked() == {street.pk, garden.pk}


def test_a_wave_reaches_whom_it_names_and_who_stands_near_enough(asked, ada, bo, olga, street, gil, mallory):
    near = make_person("Near")
    join(street, near, by=olga, ring=Ring.INNER)
    later = now() + 1.5 * HOUR

    def reached(person, at):
        return [str(wave.person or wave.ring) for wave in asked.waves.reaching(person, at=at).in_order()]

    Wave.objects.open_due(at=later)
    assert reached(bo, later) == ["Bo"]
    assert (reached(near, now()), reached(near, later)) == ([], [str(Ring.INNER)])
    Wave.objects.open_due(at=later + DAY)
    assert len(reached(near, later + DAY)) == 3
    assert (len(reached(gil, later + DAY)), len(reached(bo, later + DAY))) == (1, 2)
    street.memberships.get(person=near).leave(at=later + DAY)
    assert reached(near, later + DAY) == []


def test_once_opened_nobody_has_been_told_until_they_are(asked):
    assert [wave.person for wave in Wave.objects.untold()] == [asked.waves.in_order().first().person]
    asked.waves.filter(opened_at__isnull=False).update(told_at=now())

    assert list(Wave.objects.untold()) == []


@pytest.mark.parametrize("why", ["held", "too early", "all taken", "opened"])
def test_what_is_held_early_full_or_open_is_not_due(why, ada, bo, street):
    plan = draft(ada, street)
    plan.set_times(timing="whenever", at=now())
    plan.set_reach(starts=Ring.INNER, up_to=Ring.EVERYONE, widen_after=HOUR)
    plan.publish(by=ada, at=now())
    first, second, third = plan.waves.in_order()
    at = second.opens_at
    assert list(Wave.objects.due(at)) == [second]
    if why == "held":
        plan.pause_waves(by=ada, at=now())
    elif why == "all taken":
        plan.waves.update(listed_until=None)
    elif why == "opened":
        assert Wave.objects.open_due(at=at) == 1
    else:
        at -= HOUR / 60

    assert list(Wave.objects.due(at)) == []


def test_what_one_strikes_out_is_known_by_its_key(asked, bo, street):
    keys = [wave.key for wave in asked.waves.in_order()]

    assert keys[:2] == [f"wave:person:{bo.pk}", f"wave:circle:{street.pk}:{int(Ring.INNER)}"]


def test_a_category_begins_as_is_usual_for_it_unless_said_otherwise(ada, street):
    plan = ask(ada, street, up_to=Ring.CLOSE)

    assert [(wave.circle, wave.ring) for wave in plan.waves.all()] == [(street, Ring.CLOSE)]


def test_to_a_circle_whose_person_has_not_agreed_no_wave_opens_and_to_the_others_it_does(
    ada, olga, street, garden
):
    care = Consent.objects.record(name="Rosa", by=olga, how="by_phone", note="", at=now())
    asked, theirs = ask(ada, street), ask(ada, garden)
    Wave.objects.update(opened_at=None, opens_at=now())
    Consent.objects.filter(pk=care.pk).update(withdrawn_at=now())
    type(garden).objects.filter(pk=garden.pk).update(consent=care)

    assert list(Wave.objects.due(now())) == [asked.waves.get()] and theirs.waves.exists()
