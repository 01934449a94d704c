"""Times in the words of `circles.time_text`, in the zone and language of whoever reads the page or the mail."""

from django import template
from django.utils import timezone

from circles import time_text

register = template.Library()


@register.simple_tag(takes_context=True)
def when(context, slot):
    """The time of anything with `starts_at` and `ends_at`, seen from `at` in the context, else from now.

    What says so of itself (`own_zone`) is told by its own clocks: a whole day is that date whoever reads it.
    """
    zone = getattr(slot, "own_zone", None) or _zone()
    return time_text.when(slot.starts_at, slot.ends_at, zone=zone, at=_at(context))


@register.filter
def day(moment):
    """ "Tomorrow, Wednesday"."""
    return time_text.day(moment, zone=_zone(), at=timezone.now())


@register.filter
def calendar_day(date):
    """ "Friday 6 March", of a date."""
    return time_text.calendar_day(date, today=timezone.localdate())


@register.filter
def clock(moment):
    """ "17:30"."""
    return time_text.clock(moment, zone=_zone())


@register.filter
def weekday(moment):
    """ "Fri", for a calendar leaf."""
    return time_text.weekday(moment, zone=_zone())


@register.filter
def day_of_month(moment):
    """ "6", for a calendar leaf."""
    return time_text.day_of_month(moment, zone=_zone())


@register.filter
def in_words(moment):
    """ "Today, 17:30"."""
    return time_text.moment_in_words(moment, zone=_zone(), at=timezone.now())


def _zone():
    return timezone.get_current_timezone()


def _at(context):
    return context.get("at") or timezone.now()
