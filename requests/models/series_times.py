"""Another hour, length or room for the times of a series; and what another time zone does to them."""

import datetime as dt

from django.db import transaction

from ..schedule.recurrence import end_by_the_wall, end_of_day, times_on
from .locks import lock_in_order


class ChangesTimes:
    """The part of `Series` that moves its times."""

    def changes(self, *, local_start, minutes, all_day=False, since=None, at):
        """What `move` would change: (slot, new start, new end) in UTC of each, soonest first. Writes nothing.

        Times moved by hand keep what they have, and so does today's if its new time is past. Raises `NoSuchTime` or
        `TimeTwice`.
        """
        clock, found = {"local_start": local_start, "minutes": minutes, "all_day": all_day}, []
        for slot in self.ahead(since=since, at=at).order_by("starts_at", "pk"):
            date = slot.original_date
            starts_at, ends_at = times_on(date, zone=self.zone, **clock)
            if slot.starts_at == self._start_on(date) and starts_at > at:
                found.append((slot, starts_at, ends_at))
        return found

    def move(self, *, local_start, minutes, by, at, all_day=False, since=None, because=""):
        """Move every slot still ahead that stands at the series' own time, from the original date `since` on.

        With `since` these and all later ones become a series of their own, so that each series says one time. A slot
        keeps its identity, the original date, and its helpers. Returns the series that they are in now. Raises as
        `changes`.
        """
        with transaction.atomic():
            lock_in_order(self.slots.all())
            clock = {"local_start": local_start, "minutes": minutes, "all_day": all_day}
            changes = self.changes(**clock, since=since, at=at)
            series = self.split(since)
            for name, value in clock.items():
                setattr(series, name, value)
            series.save(update_fields=list(clock))
            for slot, starts_at, ends_at in changes:
                times = {"starts_at": starts_at, "ends_at": ends_at, "all_day": all_day}
                slot.move(**times, by=by, at=at, because=because)
        return series

    def change(self, *, capacity, by, at, since=None, **clock):
        """As `move`, and room for `capacity` helpers at each time still ahead from the original date `since` on.

        Raises `SlotHoldsMore` where more people hold places, and then nothing has happened.
        """
        with transaction.atomic():
            series = self.move(since=since, by=by, at=at, **clock)
            series.capacity = capacity
            series.save(update_fields=["capacity"])
            for slot in series.ahead(at=at).exclude(capacity=capacity).order_by("starts_at", "pk"):
                slot.resize(capacity, by=by, at=at)

    def changes_in_zone(self, zone, *, at):
        """What the same hours by the clocks of the `ZoneInfo` would change; as `changes`, but it raises nothing.

        What those clocks skip is calculated as if they did not; what comes twice is the first (RFC 5545, 3.3.5).
        """
        found = []
        for slot in self.ahead(at=at).order_by("starts_at", "pk"):
            starts_at, ends_at = self._times_on(slot.original_date, zone)
            if slot.starts_at == self._start_on(slot.original_date) and starts_at > at:
                found.append((slot, starts_at, ends_at))
        return found

    def _start_on(self, date):
        return self._times_on(date, self.zone)[0]

    def _times_on(self, date, zone):
        """Start and end in UTC of its time on a local date."""
        if self.all_day:
            return end_of_day(date - dt.timedelta(days=1), zone), end_of_day(date, zone)
        starts_at = dt.datetime.combine(date, self.local_start, tzinfo=zone).astimezone(dt.UTC)
        return starts_at, end_by_the_wall(
            date, self.local_start, self.minutes, zone=zone, starts_at=starts_at
        )
