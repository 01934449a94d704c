"""Our pages against B, a signed-in blank page, and L, a plain list of 30 rows from the same tables."""

from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from requests.models import HelpRequest, Slot
from requests.pages.open_requests import needs_of

from .browser import Browser
from .measuring import say, take_turns

PROMISES = 3


def measure(world, asked):
    """Home, a circle's page, a request's page."""
    person = world.looker("big")  # in the very circle that L lists
    _promise(person)
    browser = Browser(person)
    needs = needs_of(person, at=timezone.now())
    _compare(browser, "home with 30 rows", "/", world, throughput=1.0, cpu=1.0, queries=4)
    for name, pk in (("circle", needs[0]["circle_id"]), ("request", _with_many_slots(needs))):
        path = _path(name, pk)
        if path and browser.get(path).status == 200:
            _compare(browser, f"{name} page", path, world, throughput=0.5, queries=6)
        else:
            say(f"{name} page", "does not stand yet")


def _promise(person):
    """A few promises, so that the page has something of everything."""
    for need in needs_of(person, at=timezone.now(), kind="instrumental", limit=PROMISES):
        Slot.objects.get(pk=need["slot_id"]).claim(by=person, at=timezone.now(), even_if_clashing=True)


def _with_many_slots(needs):
    asked = HelpRequest.objects.filter(pk__in=[need["help_request_id"] for need in needs])
    return asked.annotate(number=Count("slots")).order_by("-number", "pk")[0].pk


def _path(name, pk):
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return None


def _compare(browser, what, path, world, *, throughput, queries, cpu=None):
    plain = reverse("plain_list", args=[world.big])
    for address in (path, plain):
        assert browser.get(address).status == 200, address
    ours, listed, blank = take_turns(
        *(_getting(browser, address) for address in (path, plain, reverse("blank")))
    )
    figures = {"ms": 1000 * ours.wall, "L_ms": 1000 * listed.wall, "B_ms": 1000 * blank.wall}
    say(f"{what}: throughput, times L", listed.wall / ours.wall, at_least=throughput, **figures)
    say(f"{what}: CPU, times L", ours.cpu / listed.cpu, at_most=cpu, cpu_ms=1000 * ours.cpu)
    say(f"{what}: queries", browser.queries(path), at_most=queries)


def _getting(browser, path):
    return lambda: browser.get(path)
