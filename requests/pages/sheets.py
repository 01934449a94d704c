"""What is printed: who comes when to one request, what is planned in a circle, and whom to call about tomorrow.

Times are those of the clocks where the circle is: that is where the paper hangs.
"""

import datetime as dt

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.text import capfirst
from django.utils.translation import gettext

from circles import time_text

from ..catalogue import Doorstep, RequestKind
from ..models import HelpRequest, Slot
from ..visibility import policies
from .months import DAY, TICK
from .slot_words import hours, room_in_words
from .slots import as_seen, with_helpers

# How many days, and how many rows, are one page: those of a circle say more and take two lines.
DAYS = {"request": 28, "circle": 14}
# Rows that fit on a sheet of A4, also where each takes two lines.
MOST = {"request": 32, "circle": 22}


def sheet_of_request(help_request, person, *, since, at):
    """Who comes from the local date `since` on: {"rows", "goes_on"}; `goes_on` is the first date of the next page.

    Names and phone numbers as far as `person` may see them. Two queries.
    """
    slots = with_helpers(help_request.slots.filter(cancelled_at__isnull=True), person)
    return _sheet(
        slots,
        person,
        at=at,
        since=since,
        until=since + DAYS["request"] * DAY,
        of=help_request,
        most=MOST["request"],
    )


def sheet_of_circle(circle, person, *, since, at):
    """What is planned in a circle that `person` keeps, for two weeks. As `sheet_of_request`.

    Practical help alone, and no name of whoever asks quietly: paper is read by others. Two queries.
    """
    asked = HelpRequest.objects.kept_by(person).filter(circle=circle, kind=RequestKind.INSTRUMENTAL)
    slots = Slot.objects.filter(help_request__in=asked.values("pk"), cancelled_at__isnull=True)
    slots = with_helpers(slots.select_related("help_request__asker", "help_request__consent"), person)
    span = {"at": at, "since": since, "until": since + DAYS["circle"] * DAY}
    return _sheet(slots.filter(ends_at__isnull=False), person, **span, of=circle, most=MOST["circle"])


def _sheet(slots, person, *, at, since, until, of, most):
    first, last = (_midnight(date, of.zone) for date in (since, until))
    slots = slots.order_by(Coalesce("starts_at", "ends_at").asc(nulls_last=True), "pk")
    planned = list(slots.filter(_within(first, last) | Q(ends_at__isnull=True))[: most + 1])
    goes_on = None
    if len(planned) > most:
        planned, goes_on = _one_page(planned, of.zone, most)
    elif slots.filter(starts_at__gte=last).exists():
        goes_on = until
    return {"rows": [_row(slot, of, person, at=at) for slot in planned], "goes_on": goes_on}


def _one_page(planned, zone, most):
    """What fits on it, and the date on which the next page begins: a day is not torn apart, unless it is too long."""
    following = _date(planned[most], zone)
    if following is None:
        return planned[:most], None
    whole = [slot for slot in planned if _date(slot, zone) != following]
    return (whole, following) if whole else (planned[:most], following + DAY)


def _within(first, last):
    """Times that touch the days from `first` up to `last`, and those whose last day is one of them."""
    timed = Q(starts_at__lt=last, ends_at__gt=first)
    return timed | Q(starts_at__isnull=True, ends_at__gt=first, ends_at__lte=last)


def _midnight(date, zone):
    return dt.datetime.combine(date, dt.time(), tzinfo=zone).astimezone(dt.UTC)


def _date(slot, zone):
    """The local date on which it begins, or its last day; None for "whenever suits"."""
    moment = slot.starts_at or (slot.ends_at and slot.ends_at - TICK)
    return moment and moment.astimezone(zone).date()


def _row(slot, of, person, *, at):
    help_request = of if isinstance(of, HelpRequest) else _kept(slot.help_request, of, person)
    slot, claims = as_seen(slot, help_request, person)
    return {
        **_time(slot, of.zone, at=at),
        "title": help_request.title,
        "whom": policies.name_of_asker(None, help_request),
        "helpers": _helpers(claims, help_request, person, at=at),
        "open": _open(slot, at=at),
        "doorstep": _doorstep(slot, help_request),
    }


def _kept(help_request, circle, person):
    """The request, which is in a circle that `person` is known to keep."""
    help_request.circle = circle
    help_request.reader, help_request.kept_by_reader = person.pk, True
    return help_request


def _time(slot, zone, *, at):
    date = _date(slot, zone)
    today = at.astimezone(zone).date()
    if date is None:
        return {"day": gettext("Whenever suits"), "hours": ""}
    day = capfirst(time_text.calendar_day(date, today=today))
    if slot.all_day:
        return {"day": day, "hours": gettext("All day")}
    if slot.starts_at is None:
        return {"day": day, "hours": gettext("By this day")}
    return {"day": day, "hours": hours(slot.starts_at, slot.ends_at, zone=zone, at=at)}


def _helpers(claims, help_request, person, *, at):
    """Who comes, as far as `person` may know: of emotional support a helper sees themselves alone."""
    sees = policies.may_see_helpers(person, help_request)
    return [
        _helper(claim, help_request, person, at=at)
        for claim in claims
        if claim.accepted_at and (sees or claim.person_id == person.pk)
    ]


def _helper(claim, help_request, person, *, at):
    may_call = policies.may_see_phone_of(person, help_request, claim, at=at)
    return {
        "name": claim.who,
        "bringing": claim.brings,
        "phone": claim.person.phone if may_call else "",
    }


def _open(slot, *, at):
    return room_in_words(slot.capacity, slot.room, covering=slot.covering) if slot.is_open(at=at) else ""


def _doorstep(slot, help_request):
    """The wish for this very time; the request's own stands above the list."""
    return Doorstep(slot.doorstep).label if slot.doorstep and slot.doorstep != help_request.doorstep else ""
