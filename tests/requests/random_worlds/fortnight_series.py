"""What somebody may do in a fortnight with patterns of times, whom is asked when, and the circle's clock."""

import datetime as dt

from circles.models import Circle, Person, Ring
from requests.models import Claim, HelpRequest, NotThisTime, Series, Slot
from requests.schedule.recurrence import NoSuchTime

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
HELPERS = ["Bo", "Cy", "Dee", "Eli"]
HOURS = [dt.time(2, 30), dt.time(7), dt.time(12, 15), dt.time(18), dt.time(23, 30)]
ABOUT = (
    "help_request__circle__consent",
    "help_request__asker",
    "help_request__posted_by",
    "help_request__consent",
)
REFUSALS = (NoSuchTime,)


def reach(asked, dice):
    """Plan at random whom it reaches when, by name, by ring or at once; `publish` goes by it."""
    first = [Person.objects.get(name=dice.choice(HELPERS))] if dice.random() < 0.4 else ()
    starts = dice.choice([Ring.INNER, Ring.CLOSE])
    further = {"up_to": Ring.EVERYONE, "widen_after": dice.choice([1, 4, 24]) * HOUR}
    asked.set_reach(starts=starts, people=first, **further)


def pattern(world, dice):
    """A rule for `set_times`, which begins tomorrow or soon, and ends within two weeks."""
    begins = world.at.date() + dice.randint(1, 4) * DAY
    return {
        "weekdays": sorted(dice.sample(range(1, 8), dice.randint(1, 4))),
        "starts_on": begins,
        "until": begins + dice.randint(3, 14) * DAY,
        "local_start": dice.choice(HOURS),
        "minutes": dice.choice([30, 60, 120]),
    }


def a_series(world):
    """A pattern of what is asked."""
    open_ones = HelpRequest.objects.open().values("pk")
    found = list(Series.objects.filter(help_request__in=open_ones).select_related(*ABOUT).order_by("pk"))
    return world.dice.choice(found) if found else None


def a_day(world, series):
    """A day of the pattern, from which on it is changed; or none, for all of it."""
    ahead = series.ahead(at=world.at).order_by("original_date").values_list("original_date", flat=True)
    return world.dice.choice([None, *ahead[:4]])


def ask_for_a_series(world, dice):
    return str(world.ask(series=True))


def extend(world, dice):
    if series := a_series(world):
        series.extend(
            until=series.until + dice.randint(1, 7) * DAY, by=series.help_request.posted_by, at=world.at
        )
        return str(series)


def other_days(world, dice):
    if series := a_series(world):
        since = max(series.earliest_change(at=world.at), world.at.date() + DAY)
        days = {
            "weekdays": sorted(dice.sample(range(1, 8), 2)),
            "every": 1,
            "month_day": None,
            "short": "skip",
        }
        if since <= series.until:
            series.change_days(days, since=since, by=series.help_request.posted_by, at=world.at)
            return f"{series}: {days['weekdays']} since {since}"


def other_hours(world, dice):
    if series := a_series(world):
        clock = {"local_start": dice.choice(HOURS), "minutes": dice.choice([30, 60])}
        how = {"since": a_day(world, series), "by": series.help_request.posted_by, "at": world.at}
        series.change(capacity=dice.choice([1, 2, 3, None]), **clock, **how)
        return f"{series}: {clock}"


def call_series_off(world, dice):
    series = a_series(world)
    if series and dice.random() < 0.3:
        series.cancel(since=a_day(world, series), by=series.help_request.posted_by, at=world.at)
        return str(series)


def other_zone(world, dice):
    """The circle's clocks show another zone: series keep their hour."""
    from .fortnight import ZONES

    zone, circle = dice.choice(ZONES), Circle.objects.get(pk=world.circle.pk)
    if dice.random() < 0.5:
        circle.edit(by=Person.objects.get(name="Olga"), at=world.at, time_zone=zone)
        return zone


def claim_several(world, dice):
    slots = Slot.objects.open(at=world.at).select_related(*ABOUT).in_order()
    asked = HelpRequest.objects.open().filter(slots__in=slots).order_by("pk").first()
    if asked:
        these = [slot for slot in slots if slot.help_request_id == asked.pk][:3]
        person = Person.objects.get(name=dice.choice(HELPERS))
        made = asked.claim_several(these, by=person, at=world.at)
        return f"{person}: {made}"


def move_promise(world, dice):
    """A keeper gives a helper another time of the same request."""
    ahead = (
        Claim.objects.live()
        .filter(slot__starts_at__gt=world.at)
        .select_related("person", *(f"slot__{a}" for a in ABOUT))
    )
    for found in ahead.order_by("pk")[:8]:
        others = Slot.objects.open(at=world.at).filter(help_request=found.slot.help_request_id)
        if to := others.exclude(pk=found.slot_id).select_related(*ABOUT).first():
            found.move(to, by=Person.objects.get(name="Olga"), at=world.at, even_if_clashing=True)
            return f"{found} to {to}"


def hasten(world, dice):
    asked = HelpRequest.objects.open().select_related("posted_by", "circle").order_by("-pk").first()
    if asked:
        asked.hasten(by=asked.posted_by, at=world.at)
        return str(asked)


def pass_on_it(world, dice):
    asked = HelpRequest.objects.open().order_by("-pk").first()
    person = Person.objects.get(name=dice.choice(HELPERS))
    if asked and dice.random() < 0.5:
        NotThisTime.objects.say(person=person, help_request=asked, at=world.at)
        return f"{person}: {asked}"


DEEDS = (
    *(ask_for_a_series, extend, other_days, other_hours, call_series_off, other_zone),
    *(claim_several, move_promise, hasten, pass_on_it),
)
