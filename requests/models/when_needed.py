"""When help is needed: the times of a request, and more of them."""

from django.db import transaction

from circles.models import JournalEntry

from .asking_for_another import TIMES
from .choices import Timing
from .wave_plan import NotOpen


class WhenNeeded:
    """The part of `HelpRequest` that says when."""

    def set_times(self, *, timing, capacity=1, at, also=(), **when):
        """Say when a draft is needed: its slots are made anew. `when` is what the timing needs:

        once: starts_at, ends_at, all_day; and in `also` further (starts_at, ends_at), such as the way back
        before: ends_at · whenever: nothing · none: nothing, no slot
        series: the fields of a `Series`; and in `also` further hours at which one begins on the same days.
        Raises `NoSuchTime` for local times that do not exist.
        """
        with transaction.atomic():
            self.slots.all().delete()
            self.series.all().delete()
            self.timing = timing
            self.save(update_fields=["timing"])
            if timing == Timing.SERIES:
                self._set_series(capacity, when.pop("local_start"), *also, **when)
            elif timing != Timing.NONE:
                times = [when, *({"starts_at": starts_at, "ends_at": ends_at} for starts_at, ends_at in also)]
                for each in times:
                    self.slots.create(capacity=capacity, open_until=at, **each)

    def _set_series(self, capacity, *hours, **days):
        for local_start in hours:
            self.series.create(
                time_zone=self.circle.time_zone,
                capacity=capacity,
                local_start=local_start,
                **days,
            ).expand()

    def add_slot(self, *, by, at, starts_at=None, ends_at=None, capacity=1, all_day=False):
        """One more time at which help is needed. Asking twice for the same time is asking once.

        Raises `NotOpen` of a question, which has no times, once it is closed or cancelled, or as `publish`.
        """
        self.require_open_circle(by)
        with transaction.atomic():
            fresh = self._lock_with_slots()
            if fresh.takes_answers or fresh.state not in ("draft", "open"):
                raise NotOpen
            times = {"starts_at": starts_at, "ends_at": ends_at, "all_day": all_day}
            there = self.slots.filter(cancelled_at=None, capacity=capacity, **times).order_by("-pk").first()
            if there and there.is_open(at=at):
                return there
            slot = self.slots.create(capacity=capacity, open_until=at, **times)
            if fresh.is_open:
                self._open_slots(at=at)
            JournalEntry.objects.write("added", slot, by=by, at=at, circle=self.circle)
            fresh.tell_who_agreed(TIMES, by=by, at=at)
        return slot

    def open_new_slots(self, *, by, at):
        """New times were added to a series: ask for them, if it is being asked. Raises `NotOpen` as `add_slot`."""
        self.require_open_circle(by)
        fresh = self._lock_with_slots()
        if fresh.state not in ("draft", "open"):
            raise NotOpen
        if fresh.is_open:
            self._open_slots(at=at)
        JournalEntry.objects.write("added", self, by=by, at=at, circle=self.circle)
        fresh.tell_who_agreed(TIMES, by=by, at=at)
