"""Three weeks of suppers for one family, from the first word to the last, with all that happens on the way.

The server's clock is the real one: what is said now is pressed in the browser, what time brings comes by the sweeps.
Not one mail may come that is not named here, and none may be missing.
"""

import datetime as dt
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from circles.models import Hears, Membership, Ring
from requests.models import Claim, HelpRequest, Slot, Standby
from supportnet.notices.models import Notice
from tests import cast

from .test_story import later

LISBON, BERLIN = ZoneInfo("Europe/Lisbon"), ZoneInfo("Europe/Berlin")
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
HELPERS = ["Bo", "Cy", "Dee", "Eve", "Fay", "Gus", "Hal", "Ida", "Jo", "Kit", "Lou", "Mo"]
TITLE, STREET = "Supper for four", "12 Lime Street"
# What the subject of a mail says to whoever looks over a shoulder.
NEVER_IN_A_SUBJECT = [TITLE, STREET, "upper", "eal", "soup", "Soup", "Lime", "Grandma", "twins"]


def monday_two_weeks_before_the_clocks_change():
    """A Monday to come; when the third week from it begins, the clocks in Lisbon have changed."""
    today = dt.datetime.now(LISBON).date()
    noons = [dt.datetime.combine(today + n * DAY, dt.time(12), LISBON) for n in range(15, 400)]
    change = next(a for a, b in zip(noons, noons[1:], strict=False) if a.utcoffset() != b.utcoffset())
    week_of_change = change.date() - change.weekday() * DAY
    return week_of_change - 7 * DAY


class Mailroom:
    """Every mail that the server takes, asked for by whom it is to and how its subject begins."""

    def __init__(self, house):
        self.house, self.read, self.clock = house, 0, cast.now()

    def brings(self, *expected, at=None):
        """Beat and worker come by, a quarter of an hour after last time or `at`; these mails come and no other.

        Returns the letters as they were named.
        """
        self.clock = at or self.clock + 15 * dt.timedelta(minutes=1)
        # First by the clock of the worker, who may have some of them in hand.
        for clock in (cast.now(), self.clock):
            later(clock)
            self.house.wait(lambda clock=clock: is_quiet(clock), "the worker to have sent all that is due")
        mails = self.house.sink.mails[self.read :]
        self.read += len(mails)
        came = sorted((mail["To"].split("@")[0].capitalize(), mail["Subject"].strip()) for mail in mails)
        wanted = sorted(expected)
        assert [who for who, _subject in came] == [who for who, _start in wanted], (came, wanted)
        for (_who, subject), (_same, start) in zip(came, wanted, strict=True):
            assert subject.startswith(start), (subject, start)
            assert not [word for word in NEVER_IN_A_SUBJECT if word in subject], subject
        return [
            self.house.mail_to(f"{who.lower()}@example.org", start if start in self._subjects(who) else "")
            for who, start in expected
        ]

    def _subjects(self, who):
        return " ".join(letter.subject for letter in self.house.mails_to(f"{who.lower()}@example.org"))


def is_quiet(at):
    """Whether nobody is still to be told by then."""
    return not Notice.objects.waiting().filter(try_at__lte=at).exists()


class Typing:
    """How much somebody does with their fingers."""

    def __init__(self, visitor):
        self.visitor, self.keys, self.taps, self.fields = visitor, 0, 0, 0

    def fill(self, **fields):
        """Fill in fields, counting keys and taps."""
        for value in fields.values():
            self.fields += 1
            # A day is picked or typed as eight figures, an hour as four; each tick is a tap.
            self.taps += len(value) if isinstance(value, list) else 1
            self.keys += 0 if isinstance(value, list) else len(value) - value.count("-") - value.count(":")
        self.visitor.fill(**fields)


@pytest.fixture
def family(transactional_db):
    """Ada, who asks, and twelve helpers, who hear at once. Nobody sleeps, and Bo lives an hour further east."""
    awake = {"quiet_from": dt.time(0), "quiet_until": dt.time(0)}
    ada = cast.make_person("Ada", **awake)
    circle = cast.make_circle(ada, name="Around the Lopes family")
    people = {}
    for name in HELPERS:
        zone = "Europe/Berlin" if name == "Bo" else "Europe/Lisbon"
        people[name] = cast.make_person(name, **awake, time_zone=zone)
        cast.join(circle, people[name], by=ada, ring=Ring.INNER).hear(hears=Hears.AT_ONCE)
    Notice.objects.all().delete()
    return ada, people


def slots():
    """All times, by their own date."""
    return list(Slot.objects.order_by("original_date"))


def promise(slot, person):
    """Somebody takes a place."""
    return Slot.objects.select_related("help_request__circle").get(pk=slot.pk).claim(by=person, at=cast.now())


@contextmanager
def as_if_it_had_been(slot):
    """Its time has come and gone meanwhile: the server's clock cannot be turned."""
    times = {name: getattr(slot, name) for name in ("starts_at", "ends_at", "open_until")}
    ended = cast.now() - HOUR
    Slot.objects.filter(pk=slot.pk).update(starts_at=ended - HOUR, ends_at=ended, open_until=ended)
    yield
    Slot.objects.filter(pk=slot.pk).update(**times)


def evening_before(slot):
    """When its helper in Lisbon is reminded."""
    return dt.datetime.combine(slot.original_date - DAY, dt.time(18, 1), LISBON).astimezone(dt.UTC)


def morning_after(slot):
    """When its helper in Lisbon, or further east, has been asked how it went."""
    return dt.datetime.combine(slot.original_date + DAY, dt.time(12), LISBON).astimezone(dt.UTC)


@pytest.mark.timeout(300)
def test_three_weeks_of_suppers(visit, house, family):
    ada, people = family
    bo, cy, eve, fay = (people[name] for name in ("Bo", "Cy", "Eve", "Fay"))
    post, monday = Mailroom(house), monday_two_weeks_before_the_clocks_change()

    # Asking takes less than a minute.
    asking = visit(ada)
    asking.go("/requests/new/instrumental/?category=meal")
    typing = Typing(asking)
    typing.fill(title=TITLE, timing=["series"], weekdays=["1", "3", "5"])
    typing.fill(starts_on=str(monday), until=str(monday + 20 * DAY), local_start="18:30", address=STREET)
    asking.press("Ask")
    asking.sees(TITLE)
    assert (typing.fields, typing.taps, typing.keys) == (7, 9, len(TITLE + STREET) + 8 + 8 + 4)
    page, train = asking.page.url, slots()
    assert [slot.starts_at.astimezone(LISBON).strftime("%a %H:%M") for slot in train] == [
        "Mon 18:30",
        "Wed 18:30",
        "Fri 18:30",
    ] * 3
    assert len({slot.starts_at.hour for slot in train}) == 2  # the clocks change between them

    # Each of the twelve hears of it once.
    told = post.brings(*[(name, "Ada could use a hand") for name in HELPERS])
    assert all(STREET not in letter.text + letter.html for letter in told)

    # Bo takes three at once: one mail to each of the two, with one file for the calendar.
    helping = visit(bo)
    helping.go(page)
    for slot in (train[1], train[3], train[6]):
        helping.page.locator(f'input[name="slots"][value="{slot.pk}"]').check(force=True)
    helping.page.locator("#several button").click()
    helping.page.locator('[name="bringing"]').fill("Lentil soup")
    helping.press("I'll do these")
    helping.sees("Yours")
    to_bo, _to_ada = post.brings(("Bo", "3 times, the first: "), ("Ada", "3 promises to help"))
    events = Calendar.from_ical(to_bo.calendar).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [train[n].starts_at for n in (1, 3, 6)]
    assert {e.decoded("dtstart").astimezone(BERLIN).strftime("%H:%M") for e in events} == {"19:30"}
    assert "19:30" in to_bo.text and "18:30" not in to_bo.text and STREET not in to_bo.text + to_bo.calendar

    # Others take the rest.
    rest = {0: "Kit", 2: "Gus", 4: "Eve", 5: "Dee", 7: "Hal", 8: "Ida"}
    for n, name in rest.items():
        promise(train[n], people[name])
    post.brings(*[(name, "") for name in rest.values()], ("Ada", "6 promises to help"))
    asking.go(page)
    assert asking.page.locator('.slot[data-state="taken"]').count() == 9

    # A swap: Bo looks for somebody, Cy takes over, three mails.
    helping.go(Claim.objects.get(person=bo, slot=train[3]).get_absolute_url())
    helping.press("Find somebody for me")
    helping.sees("The place stays yours")
    post.brings(("Ada", "Looking for somebody else: "))
    taking = visit(cy)
    taking.go(page)
    taking.press("I'll take over")
    taking.page.locator('.slot[data-state="mine"]').wait_for()
    post.brings(("Bo", "You are free: "), ("Ada", "Cy comes: "), ("Cy", ""))
    assert [claim.person for claim in Claim.objects.accepted().filter(slot=train[3])] == [cy]

    # A rescue: Eve drops out, Fay had said that she may be asked, and says yes from her mail.
    ready = visit(fay)
    ready.go(page)
    ready.press("Ask me if someone drops out")
    assert Standby.objects.get().person == fay
    dropping = visit(eve)
    dropping.go(Claim.objects.get(person=eve).get_absolute_url())
    dropping.press("Give it back")
    _to_ada, to_fay = post.brings(("Ada", "Eve can’t come: "), ("Fay", "Could you step in? "))
    link = to_fay.link("/standbys/")
    assert [house.get(link), Claim.objects.accepted().filter(slot=train[4]).count()] == [200, 0]
    ready.go(link)
    ready.press("Yes, I'll come")
    ready.sees(STREET)
    post.brings(("Fay", ""), ("Ada", "Fay helps: "))

    # The third week is called off in one go, with Ada's own words.
    asking.go(f"/slots/{train[6].pk}/cancel/")
    asking.fill(scope="later", reason="Grandma takes the twins")
    asking.press("Call it off")
    for name in ("Bo", "Hal", "Ida"):
        asking.sees(name)
    asking.sees("Nothing has changed yet")
    assert not Slot.objects.exclude(cancelled_at=None).exists()
    asking.press("Yes, call them off")
    off = post.brings(*[(name, "Called off: ") for name in ("Bo", "Hal", "Ida")])
    assert all("Grandma takes the twins" in letter.text for letter in off)
    assert [slot.cancelled_at is not None for slot in slots()] == [False] * 6 + [True] * 3

    # The evening before the first, Kit is reminded once. Nobody comes all the same, and that stays between few.
    post.brings(("Kit", "Tomorrow"), at=evening_before(train[0]))
    post.brings()
    with as_if_it_had_been(train[0]):
        asking.go(Claim.objects.get(person=people["Kit"]).get_absolute_url())
        asking.page.locator("summary", has_text="Did nobody come?").click()
        asking.press("Nobody came")
        assert Claim.objects.get(person=people["Kit"]).no_show_at
    post.brings(("Kit", "Yesterday"), at=morning_after(train[0]))

    # Bo came, and hears thanks.
    post.brings(("Bo", "Tomorrow"), at=evening_before(train[1]))
    _how_it_went, nudge = post.brings(("Bo", "Yesterday"), ("Ada", "Bo helped: "), at=morning_after(train[1]))
    with as_if_it_had_been(train[1]):
        asking.go(nudge.link("/claims/"))
        asking.fill(text="The soup was the best of the week.")
        asking.press("Say thanks")
    (thanks,) = post.brings(("Bo", "Ada thanks you"))
    helping.go(thanks.link("/claims/"))
    helping.sees("The soup was the best of the week.")

    # A kind ending: nobody is asked any more, and what was promised stands.
    asking.go(page)
    asking.press("No more help needed")
    asking.sees("No more help needed")
    assert HelpRequest.objects.get().state == "closed"
    still = Claim.objects.accepted().ahead(at=cast.now()).order_by("slot__original_date")
    assert [claim.person.name for claim in still] == ["Kit", "Bo", "Gus", "Cy", "Fay", "Dee"]
    late = visit(people["Lou"])
    late.go(page)
    late.sees("No more help needed")
    assert late.page.get_by_role("button", name="I'll do it").count() == 0
    post.brings()

    assert Membership.objects.current().count() == 13
    assert not Notice.objects.failed().exists()
