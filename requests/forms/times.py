"""When help is needed: local wall time as somebody types it, UTC as it is stored."""

import datetime as dt

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Clock

from ..models import Timing
from ..schedule.recurrence import NoSuchTime, TimeTwice, end_of_day, in_utc
from .fields import FARTHEST, Day, Helpers

DAY = dt.timedelta(days=1)
# Errors in fields of another way of saying when are forgotten: whoever changed their mind left them behind.
NEEDED = {
    Timing.ONCE: ["date", "start", "end"],
    Timing.BEFORE: ["before"],
    Timing.WHENEVER: [],
    Timing.SERIES: [
        "weekdays",
        "repeats",
        "short",
        "starts_on",
        "until",
        "count",
        "local_start",
        "minutes",
        "left_out",
        "skips",
    ],
}
# What a whole day does without.
CLOCKS = ["start", "end", "local_start", "minutes"]
# Nobody means to come for longer than this; it is a slip of the finger.
LONGEST = dt.timedelta(hours=16)
# From midnight to midnight, by the circle's clock, also where such a day has 23 hours.
WHOLE_DAY = {"local_start": dt.time(), "minutes": 24 * 60, "all_day": True}


class TimeForm(forms.Form):
    """One time, any time before a day, or whenever suits; and for how many.

    `zone` is where the wall time is meant, `at` the present moment; the slot `was` may keep its time.
    What the chosen timing does not need may say anything. Afterwards `times` holds what `set_times` wants.
    """

    use_required_attribute = False
    timings = [
        (Timing.ONCE, _("At one time")),
        (Timing.BEFORE, _("Any time before a day")),
        (Timing.WHENEVER, _("Whenever suits")),
    ]

    timing = forms.ChoiceField(label=_("When is it needed?"), widget=forms.RadioSelect)
    date = Day(label=_("Day"))
    start = Clock(label=_("From"))
    end = Clock(label=_("Until"))
    before = Day(label=_("Before which day?"))
    all_day = forms.BooleanField(label=_("The whole day"), required=False)
    helpers = Helpers()
    no_limit = forms.BooleanField(label=_("As many as like"), required=False)

    def __init__(self, *args, zone, at, was=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone, self.at, self.was = zone, at, was
        self.fields["timing"].choices = self.timings

    def clean(self):
        """Calculate the times in UTC and speak about them beside their fields."""
        values = super().clean()
        self._forget_what_is_not_needed(values)
        self.times = {"timing": values.get("timing"), "capacity": values.get("helpers")}
        if not self._lacks("timing", *NEEDED.get(values.get("timing"), [])):
            getattr(self, f"_clean_{values['timing']}")(values)
        return values

    def _forget_what_is_not_needed(self, values):
        for timing, fields in NEEDED.items():
            if timing != values.get("timing"):
                for field in fields:
                    self.errors.pop(field, None)
        if values.get("no_limit"):
            self.errors.pop("helpers", None)
            values["helpers"] = None
        if values.get("all_day"):
            for field in CLOCKS:
                self.errors.pop(field, None)

    def _lacks(self, *fields):
        return any(field in self.errors for field in fields)

    def _clean_once(self, values):
        if self._is_as_before():
            # Also one that ends after midnight, or in an hour that comes twice, as those of a series may.
            times = {name: getattr(self.was, name) for name in ("starts_at", "ends_at", "all_day")}
            self.times |= times
            return
        if self._is_too_far("date", values["date"]):
            return
        if values.get("all_day"):
            self._whole_day(values["date"])
            return
        date, start, end = values["date"], values["start"], values["end"]
        # An end before the start is on the next morning.
        end_date = date + DAY if end <= start else date
        starts_at, ends_at = self._moment("start", date, start), self._moment("end", end_date, end)
        if starts_at and ends_at and ends_at - starts_at > LONGEST:
            self.add_error("end", _("It ends before it begins. Please choose a later time."))
        elif starts_at and ends_at:
            self._must_come("date", starts_at, ends_at)

    def _whole_day(self, date):
        """From midnight to midnight; today still may be asked for."""
        starts_at, ends_at = end_of_day(date - DAY, self.zone), end_of_day(date, self.zone)
        if ends_at <= self.at:
            self._must_come("date", starts_at, ends_at)
        self.times |= {"starts_at": starts_at, "ends_at": ends_at, "all_day": True}

    def _is_as_before(self):
        return bool(self.was) and not {"timing", "all_day", *NEEDED[Timing.ONCE]} & set(self.changed_data)

    def _clean_before(self, values):
        # Far days first: the last day of the calendar has no day after it.
        if not self._is_too_far("before", values["before"]):
            self._must_come("before", None, end_of_day(values["before"] - DAY, self.zone))

    def _clean_whenever(self, values):
        self.times |= {"starts_at": None, "ends_at": None}

    def _must_come(self, field, starts_at, ends_at):
        is_as_before = self.was and (self.was.starts_at, self.was.ends_at) == (starts_at, ends_at)
        if not is_as_before and (starts_at or ends_at) <= self.at:
            self.add_error(field, _("This is past already. Please choose a time to come."))
        self.times |= {"starts_at": starts_at, "ends_at": ends_at}

    def _is_too_far(self, field, date):
        """Say so of a day that no clock can calculate with, or so far away that a digit must be wrong."""
        if dt.date(2000, 1, 1) < date < (self.at + FARTHEST).date():
            return False
        self.add_error(field, _("Please choose a day within the next two years."))
        return True

    def _moment(self, field, date, time):
        """The UTC time, or None after saying beside `field` why there is none."""
        try:
            return in_utc(date, time, self.zone)
        except NoSuchTime as error:
            self.add_error(field, words_about(error))


# How much of a series is meant.
SCOPES = [
    ("one", _("Only this time")),
    ("later", _("This one and all later ones")),
    ("all", _("All that are still to come")),
]


def words_about(error):
    """What is wrong with a time that a clock change takes away or gives twice."""
    told = {"date": date_format(error.local.date()), "time": error.local.strftime("%H:%M")}
    if isinstance(error, TimeTwice):
        return (
            _("On %(date)s the clocks go back, and %(time)s comes twice. Please choose another time.") % told
        )
    return (
        _("On %(date)s the clocks go forward, and there is no %(time)s. Please choose another time.") % told
    )


def times_of(slot, zone):
    """What a form shows of a slot's time and room."""
    shown = {"helpers": slot.capacity or 1, "no_limit": slot.capacity is None, "timing": Timing.WHENEVER}
    if slot.starts_at:
        starts, ends = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
        return shown | {
            "timing": Timing.ONCE,
            "all_day": slot.all_day,
            "date": starts.date(),
            "start": starts.time(),
            "end": ends.time(),
        }
    if slot.ends_at:
        return shown | {"timing": Timing.BEFORE, "before": slot.ends_at.astimezone(zone).date()}
    return shown
