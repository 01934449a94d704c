"""Other days for a running series: which of its times stay, which go, which come, and doing just that."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.functional import cached_property

from circles.models import JournalEntry

from ..schedule.recurrence import dates, times_on
from .asking_for_another import TIMES
from .locks import lock_in_order
from .wave_plan import NotOpen

# What says on which days a series is.
RULE = ("weekdays", "every", "month_day", "short")


class DaysChangedMeanwhile(Exception):
    """What would become of the times is not what its reader saw: somebody promised, or changed something."""


@dataclass(frozen=True)
class Part:
    """What another pattern means for one `series`, from the local date `begins` on: slots that stay and that go, and
    those that come, not saved yet. In `again` are the dates whose slot was called off with its day before."""

    series: models.Model
    begins: dt.date
    starts_on: dt.date
    stays: list
    goes: list
    comes: list
    again: set


@dataclass(frozen=True)
class OtherDays:
    """What another pattern means for a series and its other hours, such as the ways back: one part for each."""

    parts: list

    @property
    def stays(self):
        """Slots that stay as they are, with whoever promised to come; soonest first."""
        return _in_order(slot for part in self.parts for slot in part.stays)

    @property
    def goes(self):
        """Slots that would be called off, soonest first."""
        return _in_order(slot for part in self.parts for slot in part.goes)

    @property
    def comes(self):
        """Slots that would be asked for, soonest first."""
        return _in_order(slot for part in self.parts for slot in part.comes)

    @cached_property
    def stamp(self):
        """A digest of what goes and comes, and of the promises that would end."""
        claims = self.parts[0].series.help_request.claims()
        promises = claims.live().filter(slot__in=self.goes).order_by("pk").values_list("pk", flat=True)
        went, come = [slot.pk for slot in self.goes], [slot.starts_at.timestamp() for slot in self.comes]
        return hashlib.sha256(str([went, come, list(promises)]).encode()).hexdigest()[:16]


def _in_order(slots):
    return sorted(slots, key=lambda slot: (slot.starts_at is None, slot.starts_at, slot.series_id))


class ChangesDays:
    """The part of `Series` that changes its pattern while it runs."""

    @property
    def rule(self):
        """On which days it is, as the journal keeps it."""
        return {name: getattr(self, name) for name in RULE}

    def earliest_change(self, *, at):
        """The first local date from which on it may have other days: not in the past, and no other series' time."""
        today = at.astimezone(self.zone).date()
        before = type(self).objects.filter(help_request=self.help_request_id, starts_on__lt=self.starts_on)
        return max(today, self.starts_on) if before.exists() else today

    def other_days(self, days, *, since, at):
        """What `change_days` would do: an `OtherDays`. Writes nothing. Raises `NoSuchTime` or `TimeTwice`."""
        found = [self, *self._other_hours().order_by("pk")]
        for series in found:
            series.help_request = self.help_request
        return OtherDays([series._part(days, self, since=since, at=at) for series in found])

    def _part(self, rule, first, *, since, at):
        """Weeks and months count from `since`, also where this one begins later than the series that is `first`."""
        begins = since if self.starts_on <= first.starts_on else max(since, self.starts_on)
        skips = self._pattern()["skips"]
        days = [day for day in dates(**rule, starts_on=since, until=self.until, skips=skips) if day >= begins]
        slots = self.slots.filter(original_date__gte=begins).select_related("help_request__circle")
        ahead = [slot for slot in slots if slot.is_ahead(at=at)]
        usual = set(self.dates_until(self.until))
        # Called off with its day, and not by hand: it comes back with its day.
        again = {slot.original_date for slot in slots if slot.cancelled_at} - usual
        there = {slot.original_date for slot in slots} - again
        come = [self.slot_on(day) for day in days if day not in there]
        return Part(
            series=self,
            begins=begins,
            starts_on=begins if begins == since else next(iter(days), begins),
            stays=[slot for slot in ahead if slot.original_date in days],
            goes=[slot for slot in ahead if slot.original_date not in days],
            comes=[slot for slot in come if slot.starts_at > at],
            again=again,
        )

    def slot_on(self, day):
        """The slot that it would have on a local date, not saved. Raises `NoSuchTime` or `TimeTwice`."""
        clock = {name: getattr(self, name) for name in ("local_start", "minutes", "all_day", "zone")}
        return self.new_slot(day, *times_on(day, **clock))

    def change_days(self, days, *, since, by, at, reason="", seen=None):
        """Ask on other days from the local date `since` on, until the same last day.

        `days` has the weekdays, `every` and the month's day of a `Series`; weeks and months count from `since`. A slot
        whose date stays keeps its time and its helpers, also one that was moved or called off by hand. The others are
        called off, and each helper is told once, and why. What stands at another hour of the same days follows.
        `seen` is the stamp of what was shown before: raises `DaysChangedMeanwhile` if it is not so any more; and
        `NotOpen`, `NoSuchTime`, `TimeTwice`. Then nothing has happened.
        """
        with transaction.atomic():
            lock_in_order(self.help_request.slots.all())
            if not type(self.help_request).objects.open().filter(pk=self.help_request_id).exists():
                raise NotOpen
            found = self.other_days(days, since=since, at=at)
            if seen not in (None, found.stamp):
                raise DaysChangedMeanwhile
            for part in found.parts:
                part.series._take_days(days, part, by=by, at=at, reason=reason)
            if found.comes:
                self.help_request.open_new_slots(by=by, at=at)
            else:
                self.help_request.relist(at=at)
                self.help_request.tell_who_agreed(TIMES if found.goes else (), by=by, at=at)

    def _take_days(self, rule, part, *, by, at, reason):
        before, later = self.rule, self.split(part.begins)
        for slot in part.goes:
            slot.call_off(by=by, at=at, reason=reason)
        comes = {slot.original_date: slot for slot in part.comes}
        for slot in later.slots.filter(original_date__in=part.again & comes.keys()).order_by("pk"):
            slot.ask_again(as_of=comes[slot.original_date])
        for name, value in {**rule, "starts_on": part.starts_on, "count": None}.items():
            setattr(later, name, value)
        later.skips = later._days_not_asked(comes)
        later.save(update_fields=[*RULE, "starts_on", "count", "skips"])
        later.expand()
        circle, told = self.help_request.circle, {"before": before, "after": later.rule}
        since = part.starts_on.isoformat()
        JournalEntry.objects.write(
            "changed the days", later, by=by, at=at, circle=circle, since=since, **told
        )

    def _days_not_asked(self, comes):
        """What is left out, and today once its hour is past: it is not made by a later `expand` either."""
        there = set(self.slots.values_list("original_date", flat=True))
        missed = set(self.dates_until(self.until)) - there - comes.keys()
        return sorted({*self.skips, *(day.isoformat() for day in missed)})
