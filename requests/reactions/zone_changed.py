"""What becomes of agreed times when a circle's clocks show another time zone: a series keeps its local hours.

Single times, and those moved by hand, stay the moments that they are; clocks only show them otherwise.
"""

from django.utils.translation import gettext, ngettext

from circles.zones import zone_named

from ..models import Claim, Series, Slot
from ..models.locks import lock_in_order


def _series_of(circle, *, was):
    """Series by the clocks of the zone named `was`, also of drafts and of what is closed but promised."""
    asked = {"help_request__circle": circle, "help_request__cancelled_at": None}
    return Series.objects.filter(time_zone=was, **asked).order_by("pk")


def effect_on_series(circle, *, was, zone, at):
    """Sentences: how many times would move to the zone named `zone`, and whose promises that touches."""
    changes = [
        change
        for series in _series_of(circle, was=was)
        for change in series.changes_in_zone(zone_named(zone), at=at)
    ]
    moved = [slot.pk for slot, starts_at, _ends_at in changes if starts_at != slot.starts_at]
    promises = Claim.objects.live().filter(slot__in=moved).count()
    return _words(len(moved), promises) if moved else []


def _words(times, promises):
    words = [
        ngettext(
            "%(number)d time of a series keeps its hour, by the clocks of the new time zone.",
            "%(number)d times of a series keep their hour, by the clocks of the new time zone.",
            times,
        )
        % {"number": times},
        ngettext(
            "%(number)d promise moves along, and its helper is told.",
            "%(number)d promises move along, and their helpers are told.",
            promises,
        )
        % {"number": promises},
    ]
    return [*words, gettext("Single times stay as they are: clocks will only show them at another hour.")]


def move_series_along(circle, *, was, by, at):
    """Let every series ahead keep its local hours in the circle's new zone; helpers are told. Locks all slots first."""
    found = list(_series_of(circle, was=was).select_related("help_request__circle"))
    lock_in_order(Slot.objects.filter(series__in=found))
    for series in found:
        changes = series.changes_in_zone(circle.zone, at=at)
        series.time_zone = circle.time_zone
        series.save(update_fields=["time_zone"])
        for slot, starts_at, ends_at in changes:
            slot.help_request = series.help_request
            slot.move(starts_at=starts_at, ends_at=ends_at, all_day=series.all_day, by=by, at=at)
