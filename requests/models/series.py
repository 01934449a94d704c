"""A pattern of slots: what is asked for again and again."""

import datetime as dt

from django.db import models, transaction
from django.db.models import F, Min, Q
from django.utils.translation import gettext_lazy as _

from circles.limits import between, one_of
from circles.models.person import known_time_zone
from circles.zones import zone_named

from ..schedule.recurrence import dates, occurrences
from .asking_for_another import TIMES
from .locks import lock_in_order
from .series_days import ChangesDays
from .series_times import ChangesTimes

# Of one time; a march needs no slots.
MOST_HELPERS = 500


class ShortMonth(models.TextChoices):
    """What becomes of a day that a month does not have."""

    SKIP = "skip", _("Leave that month out")
    LAST = "last", _("Take the month's last day")


class Series(ChangesTimes, ChangesDays, models.Model):
    """A pattern of slots: weekdays of every so-many-th week, or a day of the month; local wall time is kept.

    `until` is the last day, also where the pattern was said as a `count`. All-day slots last from midnight to midnight.
    """

    help_request = models.ForeignKey("requests.HelpRequest", models.CASCADE, related_name="series")
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    every = models.PositiveSmallIntegerField(_("every so many weeks or months"), default=1)
    month_day = models.PositiveSmallIntegerField(_("day of the month"), null=True, blank=True)
    short = models.CharField(_("in short months"), max_length=4, choices=ShortMonth, default=ShortMonth.SKIP)
    count = models.PositiveSmallIntegerField(_("how often"), null=True, blank=True)
    all_day = models.BooleanField(_("all day"), default=False)
    starts_on = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    skips = models.JSONField(_("days left out"), default=list, blank=True)
    local_start = models.TimeField(_("starts at"))
    minutes = models.PositiveIntegerField(_("length in minutes"))
    time_zone = models.CharField(max_length=64, validators=[known_time_zone])
    capacity = models.PositiveSmallIntegerField(_("helpers"), null=True, blank=True, default=1)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("starts_on")),
                name="series_ends_after_it_starts",
            ),
            between(1, 24 * 60, "minutes", model="series"),
            between(1, 12, "every", model="series"),
            between(1, 31, "month_day", model="series"),
            between(1, 366, "count", model="series"),
            one_of(ShortMonth, "short", model="series"),
            between(1, MOST_HELPERS, "capacity", model="series"),
        ]

    def __str__(self):
        return f"{self.help_request_id}: {self.weekdays} {self.local_start}"

    @property
    def zone(self):
        """The time zone of its wall time, as a `ZoneInfo`."""
        return zone_named(self.time_zone)

    def expand(self):
        """Make the slots that are not there yet: one for each local date, whatever time it was moved to since.

        Raises `NoSuchTime` or `TimeTwice`. Harmless to repeat.
        """
        slots = [self.new_slot(*times) for times in self._occurrences()]
        self.slots.bulk_create(slots, ignore_conflicts=True)

    def new_slot(self, date, starts_at, ends_at):
        """A slot of its on a local date, not saved."""
        return self.slots.model(
            help_request=self.help_request,
            series=self,
            original_date=date,
            all_day=self.all_day,
            starts_at=starts_at,
            ends_at=ends_at,
            capacity=self.capacity,
            open_until=starts_at,
        )

    def _occurrences(self):
        return occurrences(
            **self._pattern(),
            until=self.until,
            local_start=self.local_start,
            minutes=self.minutes,
            zone=self.zone,
            all_day=self.all_day,
        )

    def _pattern(self):
        names = ("weekdays", "every", "month_day", "short", "starts_on")
        skips = [dt.date.fromisoformat(skip) for skip in self.skips]
        return {name: getattr(self, name) for name in names} | {"skips": skips}

    def dates_until(self, until):
        """The local dates that it would have if it went on until `until`."""
        return dates(**self._pattern(), until=until)

    def ahead(self, *, since=None, at):
        """Slots that are still to come at the UTC time `at` and not called off, from the original date `since` on."""
        slots = self.slots.filter(starts_at__gt=at, cancelled_at__isnull=True)
        return slots.filter(original_date__gte=since) if since else slots

    def split(self, since):
        """The series of what comes from the local date `since` on: itself, or a new one that takes these slots over."""
        if since is None or since <= self.starts_on:
            return self
        rule = {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}
        later = Series.objects.create(**rule | {"id": None, "starts_on": since, "count": None})
        self.until, self.count = since - dt.timedelta(days=1), None
        self.save(update_fields=["until", "count"])
        self.slots.filter(original_date__gte=since).update(series=later)
        return later

    def to_call_off(self, *, since=None, at):
        """What `cancel` calls off: its own slots, and those at other hours of the same days that begin after the first.

        Who needs no way there needs no way back either.
        """
        own = self.ahead(since=since, at=at)
        first = own.aggregate(first=Min("starts_at"))["first"] if since else at
        if first is None:
            return own
        others = self.slots.model.objects.filter(series__in=self._other_hours(), cancelled_at__isnull=True)
        return own | others.filter(starts_at__gt=first)

    def cancel(self, *, since=None, by, at, reason=""):
        """Call off `to_call_off`, from the original date `since` on; each helper is told once, and why."""
        with transaction.atomic():
            slots = lock_in_order(self.to_call_off(since=since, at=at))
            for slot in slots:
                slot.help_request = self.help_request
                slot.call_off(by=by, at=at, reason=reason)
            self.help_request.relist(at=at)
            self.help_request.tell_who_agreed(TIMES if slots else (), by=by, at=at)

    def extend(self, *, until, by, at):
        """Ask for more of the same, as far as the local date `until`. Raises `NoSuchTime`, `TimeTwice`, `NotOpen`.

        What stands at another hour of the same days until now, such as the ways back, goes on as well.
        """
        with transaction.atomic():
            for series in [self, *self._other_hours()]:
                series.until, series.count = max(until, series.until), None
                series.save(update_fields=["until", "count"])
                series.expand()
            self.help_request.open_new_slots(by=by, at=at)

    def _other_hours(self):
        days = {name: getattr(self, name) for name in ("weekdays", "every", "month_day", "until")}
        others = Series.objects.filter(help_request=self.help_request_id, **days)
        return others.exclude(pk=self.pk).exclude(local_start=self.local_start)
