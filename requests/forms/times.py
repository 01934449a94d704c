"""When help is needed: local wall time as somebody types it, UTC as it is stored."""

import datetime as dt

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Clock, Line
from circles.forms.seen import SeenForm

from ..models import ShortMonth, Timing
from ..recurrence import MOST_OCCURRENCES, NoSuchTime, TimeTwice, dates, end_of_day, in_utc, occurrences
from .fields import FARTHEST, Day, Days, Helpers
from .promise import ReasonForm

DAY = dt.timedelta(days=1)
WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
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
        "skips",
    ],
}
# What a whole day does without.
CLOCKS = ["start", "end", "local_start", "minutes"]
# Nobody means to come for longer than this; it is a slip of the finger.
LONGEST = dt.timedelta(hours=16)
WHOLE_DAY = {"local_start": dt.time(), "minutes": 24 * 60, "all_day": True}
REPEATS = [
    ("1", _("Every week")),
    ("2", _("Every second week")),
    ("3", _("Every third week")),
    ("4", _("Every fourth week")),
    ("month", _("Every month, on the day of the first time")),
]


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
        """Reckon the times in UTC and speak about them beside their fields."""
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
        """Say so of a day that no clock can reckon with, or so far away that a digit must be wrong."""
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


class WhenForm(TimeForm):
    """As `TimeForm`, or on several days: a weekday pattern with an end."""

    timings = [*TimeForm.timings, (Timing.SERIES, _("On several days"))]

    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days?"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    repeats = forms.ChoiceField(label=_("How often?"), choices=REPEATS, initial="1", required=False)
    short = forms.ChoiceField(label=_("In short months"), choices=ShortMonth.choices, required=False)
    starts_on = Day(label=_("From"))
    until = Day(label=_("Until"), required=False)
    count = forms.IntegerField(
        label=_("Or so many times"), min_value=1, max_value=MOST_OCCURRENCES, required=False
    )
    skips = Days(label=_("Days left out"), required=False)
    local_start = Clock(label=_("At"))
    minutes = forms.IntegerField(label=_("For how many minutes?"), min_value=5, max_value=24 * 60, initial=60)

    def _clean_series(self, values):
        first, last = values["starts_on"], values["until"]
        if self._is_too_far("starts_on", first) or (last and self._is_too_far("until", last)):
            return
        if not last and not values["count"]:
            self.add_error("until", _("Please say until when, or how many times."))
        elif last and last < first:
            self.add_error("until", _("This is before the first day."))
        elif not values["weekdays"] and values["repeats"] != "month":
            self.add_error("weekdays", _("Choose at least one day of the week."))
        else:
            self._make_series(values)

    def _make_series(self, values):
        pattern = self._pattern(values)
        ends = (
            {"count": values["count"]}
            if values["count"] and not values["until"]
            else {"until": values["until"]}
        )
        found = self._occurrences(pattern, ends, values)
        if found:
            clock = {"local_start": values["local_start"], "minutes": values["minutes"]}
            if values["all_day"]:
                clock = WHOLE_DAY
            skips = [day.isoformat() for day in pattern.pop("skips")]
            self.times |= {
                **pattern,
                **clock,
                "skips": skips,
                "until": found[-1][0],
                "count": ends.get("count"),
            }
            self._must_begin(found[0])

    def _pattern(self, values):
        """The pattern as `recurrence.dates` and a `Series` name it."""
        pattern = {"starts_on": values["starts_on"], "skips": values["skips"]}
        if values["repeats"] == "month":
            return pattern | {
                "weekdays": [],
                "month_day": values["starts_on"].day,
                "short": values["short"] or ShortMonth.SKIP,
            }
        return pattern | {"weekdays": values["weekdays"], "every": int(values["repeats"] or 1)}

    def _occurrences(self, pattern, ends, values, field="local_start"):
        """All of them, or none after saying beside a field what is wrong; beside `field` what is with the hour."""
        number = len(dates(**pattern, **ends))
        if number == 0:
            self.add_error("weekdays", _("None of these days lies between the first and the last day."))
        if number > MOST_OCCURRENCES:
            self.add_error("until", _("These are more than 366 times. Please end it earlier."))
        if not 0 < number <= MOST_OCCURRENCES:
            return []
        try:
            length = {name: values.get(name) for name in ("local_start", "minutes", "all_day")}
            found = list(occurrences(**pattern, **ends, **length, zone=self.zone))
        except NoSuchTime as error:
            self.add_error(field, words_about(error))
            return []
        if self._is_too_far("count" if "count" in ends else "until", found[-1][0]):
            return []
        return found

    def _must_begin(self, first):
        _date, starts_at, ends_at = first
        if (ends_at if self.cleaned_data["all_day"] else starts_at) <= self.at:
            self.add_error("starts_on", _("The first time is past already. Please begin on a later day."))


SCOPES = [
    ("one", _("Only this time")),
    ("later", _("This one and all later ones")),
    ("all", _("All that are still to come")),
]


class ScopeForm(forms.Form):
    """How much of a series is meant; of a slot that is in none, always itself."""

    scope = forms.ChoiceField(
        label=_("What do you mean?"), choices=SCOPES, initial="one", widget=forms.RadioSelect
    )

    @property
    def is_one(self):
        """Whether only this one slot is meant."""
        return self.cleaned_data.get("scope", "one") == "one"

    def since(self, slot):
        """The original date from which on the series is meant; None for all that is to come."""
        return slot.original_date if self.cleaned_data["scope"] == "later" else None


class ChangeForm(SeenForm, ScopeForm, TimeForm):
    """Another time or other room for one slot, or another time of day for more of its series."""

    field_order = ["scope"]
    not_stored = ("scope", "because")

    because = Line(
        label=_("A word to those who come"),
        max_length=200,
        required=False,
        help_text=_("They read it in the mail that tells them."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.was.series_id is None:
            del self.fields["scope"]

    def clean(self):
        """Of several slots only the time of day can be changed at once."""
        values = super().clean()
        if not self.errors and not self.is_one:
            if values["timing"] != Timing.ONCE or "date" in self.changed_data:
                self.add_error("scope", _("Another day can only be chosen for this one time."))
        return values

    @property
    def says_room(self):
        """Whether there is to be room for another number of helpers."""
        return bool({"helpers", "no_limit"} & set(self.changed_data))

    def time_of_day(self):
        """What `Series.move` wants."""
        if self.cleaned_data["all_day"]:
            return WHOLE_DAY
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        day = dt.date(2000, 1, 1)
        minutes = (dt.datetime.combine(day, end) - dt.datetime.combine(day, start)).seconds // 60
        return {"local_start": start, "minutes": minutes}


class CallOffForm(ScopeForm, ReasonForm):
    """Which times are called off, and why."""

    def __init__(self, *args, slot, **kwargs):
        super().__init__(*args, **kwargs)
        if slot.series_id is None:
            del self.fields["scope"]


class ExtendForm(forms.Form):
    """Until when a series goes on."""

    use_required_attribute = False

    until = Day(label=_("Until"))

    def __init__(self, *args, series, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.series, self.at = series, at

    def clean_until(self):
        """A later day than now stands there, within two years, and not more times than anybody can look after."""
        until = self.cleaned_data["until"]
        if until <= self.series.until:
            raise forms.ValidationError(_("It goes on until then already. Please choose a later day."))
        if until > (self.at + FARTHEST).date():
            raise forms.ValidationError(_("Please choose a day within the next two years."))
        if len(self.series.dates_until(until)) > MOST_OCCURRENCES:
            raise forms.ValidationError(_("These are more than 366 times. Please end it earlier."))
        return until


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


def series_as_drafted(series):
    """What a form shows of a series that was put down."""
    rule = ("weekdays", "short", "starts_on", "count", "local_start", "minutes", "all_day", "skips")
    shown = {name: getattr(series, name) for name in rule}
    return shown | {
        "timing": Timing.SERIES,
        "repeats": "month" if series.month_day else str(series.every),
        "until": None if series.count else series.until,
        "helpers": series.capacity or 1,
        "no_limit": series.capacity is None,
    }
