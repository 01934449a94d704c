"""A series that runs: other days, or more of the same."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles import time_text
from circles.forms.seen import SeenForm

from ..models import ShortMonth
from ..schedule.recurrence import MOST_OCCURRENCES
from .claim import ReasonForm
from .fields import FARTHEST, Day
from .series import REPEATS, _repeats_of, _weekdays


class DaysForm(SeenForm, ReasonForm):
    """Other days for a series that runs, from a day on; a day of the month is said and not counted."""

    use_required_attribute = False
    field_order = ["weekdays", "repeats", "month_day", "short", "since", "reason"]
    not_stored = ("since", "reason")

    weekdays = _weekdays()
    repeats = forms.ChoiceField(label=_("How often?"), choices=REPEATS[:-1])
    month_day = forms.IntegerField(
        label=_("On which day of the month?"), min_value=1, max_value=31, required=False
    )
    short = forms.ChoiceField(label=_("In short months"), choices=ShortMonth.choices, required=False)
    since = Day(
        label=_("From which day on?"),
        help_text=_("Weeks and months are counted from it. Times before it stay as they are."),
    )

    def __init__(self, *args, series, at, initial, **kwargs):
        shown = {"reason": _("The days have changed."), **_repeats_of(series), **initial}
        super().__init__(*args, initial=shown, **kwargs)
        self.series, self.at = series, at
        self.fields["weekdays"].needed = self.fields["month_day"].needed = True
        self.fields["repeats"].choices = [*self._weekly(), ("month", _("Every month, on one day of it"))]

    def _weekly(self):
        """How many weeks may lie between: as many as now, too."""
        every = str(self.series.every)
        unusual = [] if every in dict(REPEATS) else [(every, _("Every %(number)s weeks") % {"number": every})]
        return [*REPEATS[:-1], *unusual]

    @property
    def by_weeks(self):
        """The choices with which weekdays count, for the page."""
        return " ".join(value for value, _label in self._weekly())

    def clean_since(self):
        """A day while the series runs and that is not past."""
        since, earliest = self.cleaned_data["since"], self.series.earliest_change(at=self.at)
        if earliest <= since <= self.series.until:
            return since
        words = _("Please choose a day from %(first)s to %(last)s. It can go on for longer afterwards.")
        today = self.at.astimezone(self.series.zone).date()
        days = {"first": max(earliest, today), "last": self.series.until}
        named = {name: time_text.calendar_day(day, today=today) for name, day in days.items()}
        raise forms.ValidationError(words, params=named, code="outside")

    def clean(self):
        """Weekdays, or a day of the month."""
        values = super().clean()
        if values.get("repeats") == "month":
            if not values.get("month_day") and "month_day" not in self.errors:
                self.add_error("month_day", _("Please say on which day of the month."))
        elif not values.get("weekdays") and "weekdays" not in self.errors:
            self.add_error("weekdays", _("Choose at least one day of the week."))
        return values

    def days(self):
        """What `Series.change_days` wants."""
        values = self.cleaned_data
        short = values["short"] or self.series.short
        if values["repeats"] == "month":
            every = self.series.every if self.series.month_day else 1
            return {"weekdays": [], "every": every, "month_day": values["month_day"], "short": short}
        days = {"weekdays": values["weekdays"], "every": int(values["repeats"])}
        return {**days, "month_day": None, "short": short}


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
