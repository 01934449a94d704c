"""What is asked for again and again: on which days, how often, until when, and which days are left out."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from circles import time_text
from circles.forms.fields import Clock

from ..models import ShortMonth, Timing
from ..schedule.recurrence import MOST_OCCURRENCES, NoSuchTime, dates, occurrences
from .fields import FARTHEST, Day, Days, TickedDays, as_it_stands
from .times import WHOLE_DAY, TimeForm, words_about

# Monday is 1, as in ISO 8601.
WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
# The month stands last: where the days of a series are changed, it is worded in another way.
REPEATS = [
    ("1", _("Every week")),
    ("2", _("Every second week")),
    ("3", _("Every third week")),
    ("4", _("Every fourth week")),
    ("month", _("Every month, on the day of the first time")),
]
# From when until when: read as they stand, so that the days are shown before the form is valid.
SPAN = ("starts_on", "until", "count")


def _weekdays():
    return forms.TypedMultipleChoiceField(
        label=_("On which days?"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class WhenForm(TimeForm):
    """As `TimeForm`, or on several days: a weekday pattern with an end."""

    timings = [*TimeForm.timings, (Timing.SERIES, _("On several days"))]

    weekdays = _weekdays()
    repeats = forms.ChoiceField(label=_("How often?"), choices=REPEATS, initial="1", required=False)
    short = forms.ChoiceField(label=_("In short months"), choices=ShortMonth.choices, required=False)
    starts_on = Day(label=_("From"))
    until = Day(label=_("Until"), required=False)
    count = forms.IntegerField(
        label=_("Or so many times"), min_value=1, max_value=MOST_OCCURRENCES, required=False
    )
    left_out = TickedDays(label=_("Which of its days are left out?"), required=False)
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
        elif self._leave_out(values):
            self._make_series(values)

    @cached_property
    def days_to_tick(self):
        """The days of the series, to tick those that are left out; without choices while its pattern is not known."""
        today = self.at.astimezone(self.zone).date() if self.zone else self.at.date()
        self.fields["left_out"].choices = [
            (day.isoformat(), time_text.calendar_day(day, today=today)) for day in self._days_so_far()
        ]
        return self["left_out"]

    def _days_so_far(self):
        values = {name: as_it_stands(self, name) for name in ("weekdays", "repeats", "short", *SPAN)}
        first, far = values["starts_on"], (self.at + FARTHEST).date()
        if not first or not first < far or not (values["until"] or values["count"]):
            return []
        found = dates(**self._pattern(values), **self._ends(values))
        return found if len(found) <= MOST_OCCURRENCES else []

    def _leave_out(self, values):
        """Whether each day that was written is one of the series; what was ticked and is none needs no leaving out."""
        days = dates(**self._pattern(values), **self._ends(values))
        if strange := [day for day in values["skips"] if day not in days]:
            words = _("Not among its days: %(days)s. Please write one of its days, or tick it.")
            today = self.at.astimezone(self.zone).date()
            named = ", ".join(time_text.calendar_day(day, today=today) for day in strange)
            self.add_error("skips", forms.ValidationError(words, params={"days": named}, code="strange"))
        else:
            values["skips"] = sorted({*values["skips"], *(day for day in values["left_out"] if day in days)})
        return not strange

    def _make_series(self, values):
        pattern, ends = self._pattern(values, skips=values["skips"]), self._ends(values)
        found = self._occurrences(pattern, ends, values)
        if found:
            clock = {"local_start": values["local_start"], "minutes": values["minutes"]}
            clock = WHOLE_DAY if values["all_day"] else clock
            skips = [day.isoformat() for day in pattern.pop("skips")]
            ending = {"until": found[-1][0], "count": ends.get("count")}
            self.times |= {**pattern, **clock, "skips": skips, **ending}
            self._must_begin(found[0])

    def _ends(self, values):
        if values["count"] and not values["until"]:
            return {"count": values["count"]}
        return {"until": values["until"]}

    def _pattern(self, values, skips=()):
        """The pattern as `recurrence.dates` and a `Series` name it."""
        pattern = {"starts_on": values["starts_on"], "skips": skips}
        if values["repeats"] == "month":
            return pattern | {
                "weekdays": [],
                "month_day": values["starts_on"].day,
                "short": values["short"] or ShortMonth.SKIP,
            }
        return pattern | {"weekdays": values["weekdays"] or [], "every": int(values["repeats"] or 1)}

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


def _repeats_of(series):
    """On which days it is, as a form shows it."""
    shown = {name: getattr(series, name) for name in ("weekdays", "month_day", "short")}
    return shown | {"repeats": "month" if series.month_day else str(series.every)}


def series_as_drafted(series):
    """What a form shows of a series that was put down."""
    rule = ("starts_on", "count", "local_start", "minutes", "all_day")
    shown = {name: getattr(series, name) for name in rule}
    return (
        shown
        | _repeats_of(series)
        | {
            "timing": Timing.SERIES,
            "left_out": series.skips,
            "until": None if series.count else series.until,
            "helpers": series.capacity or 1,
            "no_limit": series.capacity is None,
        }
    )
