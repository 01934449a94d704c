"""What people do here, from the first mail to the last, through real pages, real mails and a real worker."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from circles.models import Circle, Hears, Membership, Person, Ring
from requests.models import Claim, HelpRequest, Slot
from supportnet.notices import sweeps
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests import cast

ADA, BO = "ada@example.org", "bo@example.org"
LISBON, BERLIN = ZoneInfo("Europe/Lisbon"), ZoneInfo("Europe/Berlin")


def next_wednesday():
    """A Wednesday at least three days ahead."""
    today = dt.datetime.now(LISBON).date()
    return today + dt.timedelta(days=3 + (2 - today.weekday() - 3) % 7)


def nobody_sleeps():
    """Mails that wait for the morning would make the tests depend on the hour."""
    Person.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(0))


def later(at):
    """What beat and worker do at the moment `at`."""
    sweeps.run_all(at)
    deliver(at=at)


@pytest.fixture
def people(transactional_db):
    """Ada in Lisbon, Bo in Berlin and Olga, in Olga's circle; all of them near."""
    ada, bo, olga = (
        cast.make_person(name, time_zone=zone, quiet_from=dt.time(0), quiet_until=dt.time(0))
        for name, zone in (("Ada", "Europe/Lisbon"), ("Bo", "Europe/Berlin"), ("Olga", "Europe/Lisbon"))
    )
    street = cast.make_circle(olga)
    for person in (ada, bo):
        cast.join(street, person, by=olga, ring=Ring.INNER)
    Notice.objects.all().delete()
    return ada, bo, olga


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_first_mail_to_a_place_given_back(visit, house, scripts):
    ada = visit(java_script_enabled=scripts)
    ada.come_in(ADA)
    ada.sees("What shall we call you?")
    ada.fill(name="Ada", time_zone="Europe/Lisbon")
    ada.press("Go on")
    ada.go("/circles/new/")
    ada.fill(kind="care", name="Around Emil", whom="me", around="Ada and Emil")
    ada.press("Start the circle")
    ada.press("Invite somebody")
    ada.fill(name="Bo", email=BO, how_they_know="We sing in the same choir.")
    ada.press("See the mail")
    ada.sees("We sing in the same choir.")
    ada.press("Send it")

    invitation = house.mail_to(BO)
    assert "We sing in the same choir." in invitation.text
    link = invitation.link("/circles/join/")
    assert [house.get(link), house.get(link)] == [200, 200]
    assert Membership.objects.count() == 1

    bo = visit(timezone_id="Europe/Berlin", java_script_enabled=scripts)
    bo.go(link)
    bo.press("Mail me the code")
    bo.enter_code(BO)
    bo.fill(name="Bo", time_zone="Europe/Berlin")
    bo.press("Go on")
    bo.press("Continue as Bo")
    bo.sees("Around Emil")
    members = Circle.objects.get().memberships.current().order_by("pk")
    assert [member.person.name for member in members] == ["Ada", "Bo"]
    nobody_sleeps()

    wednesday = next_wednesday()
    ada.go("/requests/new/instrumental/?category=meal")
    ada.fill(title="Supper for four", date=str(wednesday), start="18:00", end="19:00")
    ada.fill(address="12 Lime Street", area="Old town")
    ada.press("Ask")
    ada.sees("Supper for four")

    bo.go("/")
    bo.press("I'll do it")
    bo.fill(bringing="Lentil soup")
    bo.press("I'll do it")
    bo.sees("12 Lime Street")
    bo.sees("19:00")

    starts_at = dt.datetime.combine(wednesday, dt.time(18), LISBON)
    assert Slot.objects.get().starts_at == starts_at
    to_bo = house.mail_to(BO, "You promised to help Ada")
    to_ada = house.mail_to(ADA, "Bo will help")
    assert "19:00" in to_bo.text and "18:00" not in to_bo.text
    assert "18:00" in to_ada.text and "Lentil soup" not in to_ada.subject
    assert "12 Lime Street" not in to_bo.text + to_bo.html + to_bo.calendar
    (event,) = Calendar.from_ical(to_bo.calendar).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (
        starts_at,
        starts_at + dt.timedelta(hours=1),
    )

    evening = dt.datetime.combine(wednesday - dt.timedelta(days=1), dt.time(18), BERLIN)
    for minutes in (-1, 0, 1, 2):
        later(evening + dt.timedelta(minutes=minutes))
    reminder = house.mail_to(BO, "Still on")
    assert Counter(letter.subject for letter in house.mails_to(BO))[reminder.subject] == 1
    assert "19:00" in reminder.text

    bo.go(reminder.link("/claims/"))
    bo.press("Give it back")
    assert not Claim.objects.live().exists()
    assert Claim.objects.get().slot.is_open(at=cast.now())
    assert "open again" in house.mail_to(ADA, "open again").text
    bo.go("/")
    bo.sees("Supper for four")


def test_company_needs_the_askers_yes(visit, house, people):
    ada, bo, _olga = people
    asking, helping = visit(ada), visit(bo)
    asking.go("/requests/new/emotional/?category=walk")
    asking.sees("danger")
    asking.fill(title="A walk by the river", wanted="listen", timing="whenever")
    asking.press("Ask")

    helping.go("/")
    helping.press("Offer this")
    helping.fill(note="I would love to.")
    helping.press("Offer this")
    assert Claim.objects.get().accepted_at is None

    offer = house.mail_to(ADA, "would like to be there for you")
    asking.go(offer.link("/requests/"))
    asking.sees("I would love to.")
    asking.press("Yes, please")
    assert Claim.objects.get().is_accepted
    house.mail_to(BO, "Ada says yes")


def test_a_question_its_answer_and_what_helped(visit, house, people):
    ada, bo, _olga = people
    asking, helping = visit(ada), visit(bo)
    asking.go("/requests/new/informational/")
    asking.fill(title="How did you choose a care home?", up_to="3")
    asking.press("Ask")

    helping.go(HelpRequest.objects.get().get_absolute_url())
    helping.fill(text="We visited three, at supper time.", been_there=True)
    helping.press("Answer")
    helping.sees("Has been through this")

    asking.go(house.mail_to(ADA, "answer").link("/requests/"))
    asking.press("That helped")
    assert HelpRequest.objects.get().answers.get().helped_at is not None
    asking.press("Answered, thank you")
    assert HelpRequest.objects.get().state == "closed"


def test_a_series_of_three_days_a_week(visit, people):
    ada, bo, _olga = people
    asking, helping = visit(ada), visit(bo)
    monday = next_wednesday() + dt.timedelta(days=5)
    asking.go("/requests/new/instrumental/?category=meal")
    asking.fill(title="Suppers after the birth", timing="series")
    asking.fill(weekdays=["1", "3", "5"], starts_on=str(monday), until=str(monday + dt.timedelta(days=11)))
    asking.fill(local_start="18:30", minutes="45")
    asking.press("Ask")

    local = [slot.starts_at.astimezone(LISBON) for slot in Slot.objects.order_by("starts_at")]
    assert [(time.isoweekday(), f"{time:%H:%M}") for time in local] == [
        (day, "18:30") for day in (1, 3, 5) * 2
    ]

    helping.go(HelpRequest.objects.get().get_absolute_url())
    for _ in range(2):
        helping.page.get_by_role("button", name="I'll do it").first.click()
        helping.page.locator('[data-state="mine"]').nth(_).wait_for()
    assert Claim.objects.filter(person=bo).live().count() == 2


def test_a_link_lets_in_whom_a_keeper_approves(visit, house, people):
    _ada, _bo, olga = people
    keeping = visit(olga)
    circle = Circle.objects.get()
    keeping.go(f"/circles/{circle.pk}/link/")
    keeping.press("Open the link")
    link = keeping.page.locator("input[readonly]").input_value()

    coming = visit()
    coming.go(link)
    coming.come_in_here("dana@example.org")
    coming.fill(name="Dana")
    coming.press("Go on")
    coming.press("Ask to join as Dana")
    assert coming.go("/requests/") == 200
    assert circle.memberships.waiting().count() == 1

    nobody_sleeps()
    keeping.go(f"/circles/{circle.pk}/")
    keeping.press("Let in")
    coming.go(house.mail_to("dana@example.org", "Our street").link("/circles/"))
    coming.sees("Our street")
    assert circle.memberships.current().filter(person__name="Dana").exists()


def test_one_click_ends_a_kind_of_mail_and_no_other(house, people, visit):
    ada, bo, _olga = people
    membership = Membership.objects.get(person=bo)
    membership.hear(hears=Hears.AT_ONCE)
    cast.ask(ada, membership.circle)
    later(cast.now())
    letter = house.mail_to(BO)
    assert letter.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = letter.mail["List-Unsubscribe"].strip(" <>")

    anybody = visit()
    anybody.go(url)
    assert Membership.objects.get(pk=membership.pk).hears == Hears.AT_ONCE
    anybody.press("Switch these mails off")
    assert Membership.objects.get(pk=membership.pk).hears == Hears.NEVER

    cast.ask(ada, membership.circle, in_days=5)
    later(cast.now())
    assert len(house.mails_to(BO)) == 1


def test_olga_claims_for_somebody_in_the_panel(visit, house, people):
    ada, bo, olga = people
    slot = cast.ask(ada, Circle.objects.get()).slots.get()
    keeping = visit(olga)
    keeping.go("/organize/")
    keeping.go(f"/organize/requests/slot/{slot.pk}/change/")
    keeping.press("Sign somebody up")
    keeping.page.locator('[name="person"]').select_option(label="Bo")
    keeping.press("Sign somebody up")

    claim = Claim.objects.get()
    assert (claim.person, claim.made_by) == (bo, olga)
    told = house.mail_to(BO, "Olga signed you up")
    helping = visit(bo)
    helping.go(told.link("/claims/"))
    helping.press("Give it back")
    assert not Claim.objects.live().exists()


def test_claiming_on_a_phone_with_the_keyboard_alone(visit, people):
    ada, bo, _olga = people
    cast.ask(ada, Circle.objects.get())
    helping = visit(bo, viewport={"width": 390, "height": 844}, has_touch=True)
    helping.go("/")
    helping.tab_to("I'll do it")
    helping.page.keyboard.press("Enter")
    helping.page.wait_for_url("**/claim/")
    helping.tab_to("What I bring")
    helping.page.keyboard.type("Bread")
    helping.tab_to("I'll do it")
    helping.page.keyboard.press("Enter")
    helping.page.wait_for_url("**/claims/**")

    assert Claim.objects.get().bringing == "Bread"
    assert helping.page.evaluate("document.documentElement.scrollWidth") <= 390
