"""Calendars with five hundred times in a month: of a request, of a circle, and one's own."""

import datetime as dt
from itertools import islice

from django.urls import reverse
from django.utils import timezone

from circles.models import Circle, Person
from requests.models import Claim, HelpRequest, Slot, Wave
from requests.models.wave import FOREVER
from requests.pages.months import Month

from .browser import Browser
from .measuring import say, take_turns
from .pages import _compare

TIMES = 500
REQUESTS = 50


def measure(world, asked):
    """A month and a list of each; the one request is asked in another circle."""
    circle = Circle.objects.get(pk=world.small)
    reader, helper = (Person.objects.get(pk=pk) for pk in (2, 3))
    month = Month.of(timezone.localdate()).following
    one = _ask(Circle.objects.get(pk=world.big), Person.objects.get(pk=4), month, requests=1)
    _ask(circle, reader, month, requests=REQUESTS)
    _promise(Slot.objects.filter(help_request=one), helper)
    browser = Browser(reader)
    for name, path in (
        ("request", reverse("request_calendar", args=[one.pk])),
        ("circle", reverse("circle_calendar", args=[circle.pk])),
        ("own", reverse("my_calendar")),
    ):
        for view in ("month", "list"):
            address = f"{path}?month={month.key}&view={view}"
            what = f"calendar of {TIMES} times, {name}, as a {view}"
            _compare(browser, what, address, world, throughput=0.5, queries=6)
    _look_at_the_big_circle(world, browser, month)


def _look_at_the_big_circle(world, browser, month):
    """Where a hundredth of everything is asked: more than a month can show, and no budget."""
    path = f"{reverse('circle_calendar', args=[world.big])}?month={month.key}"
    [took] = take_turns(lambda: browser.get(path), rounds=11)
    asked = HelpRequest.objects.filter(circle=world.big).count()
    say(f"calendar of a circle with {asked} requests: ms", 1000 * took.wall, cpu_ms=1000 * took.cpu)


def _ask(circle, asker, month, *, requests):
    """So many requests of one person with `TIMES` slots in the month between them; returns the last."""
    at = timezone.now()
    common = {
        "circle": circle,
        "asker": asker,
        "posted_by": asker,
        "kind": "instrumental",
        "category": "meal",
    }
    common |= dict.fromkeys(("created_at", "changed_at", "published_at"), at)
    asked = HelpRequest.objects.bulk_create(
        [HelpRequest(title=f"Supper for four, {number}", **common) for number in range(requests)]
    )
    reach = {"circle": circle, "ring": 3, "kind": "instrumental", "category": "meal", "listed_until": FOREVER}
    reach |= dict.fromkeys(("opens_at", "opened_at", "sort_at"), at)
    Wave.objects.bulk_create([Wave(help_request=one, **reach) for one in asked])
    Slot.objects.bulk_create([_slot(asked[count % requests], month, count) for count in range(TIMES)])
    return asked[-1]


def _slot(help_request, month, count):
    starts_at = dt.datetime.combine(month.first, dt.time(6), tzinfo=dt.UTC) + dt.timedelta(
        days=count % 28, minutes=45 * (count // 28)
    )
    ends_at = starts_at + dt.timedelta(hours=1)
    return Slot(help_request=help_request, starts_at=starts_at, ends_at=ends_at, open_until=starts_at)


def _promise(slots, helper):
    """Every third is taken."""
    taken = list(islice(slots.order_by("pk"), 0, None, 3))
    Slot.objects.filter(pk__in=[slot.pk for slot in taken]).update(taken=1)
    said = dict.fromkeys(("claimed_at", "accepted_at"), timezone.now())
    promises = [
        Claim(slot=slot, person=helper, made_by=helper, bringing="Lentil soup", **said) for slot in taken
    ]
    Claim.objects.bulk_create(promises)
