"""How I like to help: what, which days, how often, and when not at all."""

import datetime as dt

import pytest

from circles.models import Hears, Person
from requests.models import Claim
from requests.sweeps import waves
from requests.visibility.audience import hearers
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from supportnet.notices.sweeps import run_all
from tests.cast import DAY, HOUR, ask, now
from tests.circles.pages import errors, signed_in, text

pytestmark = pytest.mark.django_db
HELPING = "/me/helping/"


def told():
    """Who hears of something new."""
    return sorted(Notice.objects.filter(kind="wave_opened").values_list("reader__name", flat=True))


def saved(person):
    """The person as stored."""
    return Person.objects.get(pk=person.pk)


def test_what_i_say_is_kept_and_shown_again(bo):
    client = signed_in(bo)
    until = (now() + 9 * DAY).date()
    said = {"does": ["meal", "ride"], "free_on": ["2", "6"], "most_a_month": "3", "break_until": until}

    answer = client.post(HELPING, said)

    bo = saved(bo)
    assert answer.url == HELPING
    assert (bo.does, bo.free_on, bo.most_a_month, bo.break_until) == (["meal", "ride"], [2, 6], 3, until)
    page = client.get(HELPING)
    assert page.content.decode().count("checked") == 4
    assert "You are taking a break." in text(page)
    assert "How I like to help" in text(client.get("/me/"))


def test_an_empty_form_forgets_it_all(bo):
    bo.edit(at=now(), does=["meal"], free_on=[1], most_a_month=2, break_until=now().date())

    signed_in(bo).post(HELPING, {})

    bo = saved(bo)
    assert (bo.does, bo.free_on, bo.most_a_month, bo.break_until) == ([], [], None, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"does": ["surgery"]}, "does"),
        ({"free_on": ["8"]}, "free_on"),
        ({"free_on": ["\x00"]}, "free_on"),
        ({"most_a_month": "0"}, "most_a_month"),
        ({"most_a_month": "101"}, "most_a_month"),
        ({"most_a_month": "9" * 30}, "most_a_month"),
        ({"most_a_month": "often"}, "most_a_month"),
        ({"break_until": "2020-01-01"}, "break_until"),
        ({"break_until": "9999-12-31"}, "break_until"),
        ({"break_until": "0001-01-01"}, "break_until"),
        ({"break_until": "soon"}, "break_until"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(bo, typed, field):
    answer = signed_in(bo).post(HELPING, {"does": ["meal"], **typed})

    assert (answer.status_code, list(errors(answer))) == (422, [field])
    assert saved(bo).does == []


@pytest.mark.moment("2027-01-12T10:30Z")
@pytest.mark.parametrize(
    ("zone", "at", "hears"),
    [
        ("America/New_York", "2027-01-12T19:30-05:00", False),
        ("America/New_York", "2027-01-13T00:30-05:00", True),
        ("Pacific/Chatham", "2027-01-12T23:30+13:45", False),
        ("Pacific/Chatham", "2027-01-13T00:30+13:45", True),
        ("Pacific/Pago_Pago", "2027-01-12T23:30-11:00", False),
        ("Pacific/Pago_Pago", "2027-01-13T00:30-11:00", True),
    ],
)
def test_a_break_lasts_until_its_last_day_is_over_where_the_helper_is(zone, at, hears, ada, bo, street):
    at = dt.datetime.fromisoformat(at)
    Person.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(0))
    bo.edit(at=now(), time_zone=zone, break_until=dt.date(2027, 1, 12), quiet_until=dt.time(0))
    street.memberships.get(person=bo).hear(hears="at_once")
    help_request = ask(ada, street)

    is_on_break = Person.objects.get(pk=bo.pk).is_on_break(at=at)
    wave = help_request.waves.get()
    assert (bo.pk in hearers(wave, at=at).values_list("person", flat=True)) is hears is not is_on_break
    Notice.objects.queue("wave_opened", help_request, to=bo, at=now())
    run_all(at)
    deliver(at=at)

    told = Notice.objects.filter(kind="wave_opened", reader=bo)
    assert any(notice.sent_at for notice in told) is hears


def test_a_break_that_is_over_is_none(bo):
    bo.edit(at=now(), break_until=(now() - 2 * DAY).date())

    page = signed_in(bo).get(HELPING)

    assert "You are taking a break." not in text(page)
    assert page.context["form"]["break_until"].value() is None


def test_one_hears_of_what_one_does_and_of_nothing_during_a_break(ada, bo, olga, street):
    street.memberships.update(hears=Hears.AT_ONCE)
    bo.edit(at=now(), does=["ride"])
    ask(ada, street)
    waves.open_waves(now())
    assert told() == ["Olga"]

    olga.edit(at=now(), break_until=(now() + DAY).date())
    ask(ada, street, category="ride")
    waves.open_waves(now())

    assert told() == ["Bo", "Olga"]


def test_what_waits_for_the_daily_mail_is_not_sent_to_who_takes_a_break_meanwhile(ada, bo, olga, street):
    Person.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(0))
    ask(ada, street, in_days=9)
    waves.open_waves(now())
    bo.edit(at=now(), break_until=(now() + 5 * DAY).date())

    deliver(at=now() + 2 * DAY)

    became = Notice.objects.filter(kind="wave_opened").order_by("reader__name")
    assert [(notice.reader.name, notice.state, notice.dropped_because) for notice in became] == [
        ("Bo", "dropped", "The reader takes a break."),
        ("Olga", "sent", ""),
    ]


@pytest.fixture
def once_a_month(ada, bo, street):
    """Bo wants to help once a month, and has promised to; another slot on the next day, in the middle of that month."""
    bo.edit(at=now(), most_a_month=1)
    first, other = (ask(ada, street).slots.get() for _ in range(2))
    for days, slot in enumerate((first, other)):
        starts_at = (now() + 31 * DAY).replace(day=15 + days, hour=12)
        slot.move(starts_at=starts_at, ends_at=starts_at + HOUR, by=ada, at=now())
    first.claim(by=bo, at=now())
    return other


def test_beyond_what_one_wants_one_is_asked_once_more(once_a_month, bo):
    client, url = signed_in(bo), once_a_month.get_absolute_url()

    page = client.get(url)
    pressed = client.post(url)
    with_htmx = client.post(url, headers={"HX-Request": "true"})

    for shown in (page, pressed):
        assert "You wanted to help at most once a month. Are you sure?" in text(shown)
        assert "I am sure" in text(shown)
    assert (pressed.status_code, with_htmx.headers["HX-Redirect"]) == (422, url)
    assert not Claim.objects.filter(slot=once_a_month).exists()


def test_who_is_sure_promises(once_a_month, bo):
    answer = signed_in(bo).post(once_a_month.get_absolute_url(), {"sure": "on"})

    assert (answer.status_code, Claim.objects.get(slot=once_a_month).is_accepted) == (302, True)


def test_another_month_is_another_month(once_a_month, ada, bo):
    far = once_a_month.starts_at + 40 * DAY
    once_a_month.move(starts_at=far, ends_at=far + HOUR, by=ada, at=now())

    answer = signed_in(bo).post(once_a_month.get_absolute_url())

    assert (answer.status_code, Claim.objects.filter(slot=once_a_month).count()) == (302, 1)


def test_what_was_given_back_does_not_count(once_a_month, bo):
    Claim.objects.get(person=bo).release(by=bo, at=now())

    assert signed_in(bo).post(once_a_month.get_absolute_url()).status_code == 302


def test_nobody_else_learns_of_the_limit(once_a_month, ada, olga, bo):
    signed_in(bo).post(once_a_month.get_absolute_url(), {"sure": "on"})

    for person in (ada, olga):
        page = text(signed_in(person).get(once_a_month.help_request.get_absolute_url()))
        assert "once a month" not in page
