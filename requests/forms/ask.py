"""Asking: what, when, where, and who sees it, in one form for each kind."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from ..catalogue import HABITS, Category, RequestKind, categories_of
from ..models import Timing
from .audience import ReachForm
from .for_whom import whom_drafted
from .quiet_asking import QuietForm
from .series import WhenForm, series_as_drafted
from .texts import EmotionalTexts, PracticalTexts, QuestionTexts
from .times import times_of
from .usual_audience import as_planned

CHANGED_MEANWHILE = _(
    "This draft was changed after you opened the page. Below is what you wrote here; "
    "if you save it, it takes the place of the other."
)


class _AskWithTimes(ReachForm, WhenForm):
    """The wall time is that of the chosen circle, so the circle is known before the times are calculated."""

    def __init__(self, *args, circles, at, initial, **kwargs):
        super().__init__(*args, circles=circles, at=at, zone=None, initial=initial, **kwargs)
        habit = HABITS.get(initial.get("category"))
        if habit:
            self.initial = {**habit.times(), **self.initial}

    def clean(self):
        """First the circle, whose clocks count."""
        circle = self.cleaned_data.get("circle")
        self.zone = circle.zone if circle else self.asker.zone
        return super().clean()

    def when(self):
        """What `set_times` wants."""
        return self.times


class PracticalAsk(QuietForm, PracticalTexts, _AskWithTimes):
    """Ask for something practical."""

    def clean(self):
        """A ride's way back is a time of its own; two adults together are room for two at least."""
        values = super().clean()
        if values.get("childcare-two_adults") and values.get("category") == Category.CHILDCARE:
            self.times["capacity"] = max(self.times.get("capacity") or 2, 2)
        back_at = values.get("ride-back_at")
        if back_at and values.get("category") == Category.RIDE and not values.get("all_day"):
            self._add_way_back(values, back_at)
        return values

    def _add_way_back(self, values, back_at):
        if self.times.get("timing") == Timing.SERIES and "local_start" in self.times:
            self._add_ways_back(values, back_at)
        if self.times.get("timing") == Timing.ONCE and "ends_at" in self.times:
            self._add_one_way_back(values, back_at)

    def _add_ways_back(self, values, back_at):
        """As long as the ways there, on the same days."""
        there = dt.datetime.combine(values["starts_on"], self.times["local_start"])
        ended = there + dt.timedelta(minutes=self.times["minutes"])
        if dt.datetime.combine(values["starts_on"], back_at) < ended:
            self.add_error("ride-back_at", _("The way back begins before the way there has ended."))
        elif self._occurrences(
            self._pattern(values, skips=values["skips"]),
            {"until": self.times["until"]},
            {"local_start": back_at, "minutes": self.times["minutes"]},
            field="ride-back_at",
        ):
            self.times["also"] = [back_at]

    def _add_one_way_back(self, values, back_at):
        """As long as the way there, on the same day."""
        starts_at = self._moment("ride-back_at", values["date"], back_at)
        if starts_at and starts_at < self.times["ends_at"]:
            self.add_error("ride-back_at", _("The way back begins before the way there has ended."))
        elif starts_at:
            self.times["also"] = [(starts_at, starts_at + (self.times["ends_at"] - self.times["starts_at"]))]


class EmotionalAsk(QuietForm, EmotionalTexts, _AskWithTimes):
    """Ask for company, an ear, a thought."""


class QuestionAsk(QuietForm, QuestionTexts, ReachForm):
    """Ask a question; it needs no time."""

    def __init__(self, *args, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.at = at

    def when(self):
        """No slot is made."""
        return {"timing": Timing.NONE}


# Any other kind in an address has no page: see `request_new_kind`.
ASKS = {form.kind: form for form in (PracticalAsk, EmotionalAsk, QuestionAsk)}


class _Draft(forms.Form):
    """An old copy of a draft is known by its version."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1, required=False)

    def look_again(self, version):
        """Somebody saved another `version` meanwhile: what was typed stays, and may be saved over it."""
        self.data = self.data.copy()
        self.data["version"] = str(version)
        self.add_error(None, CHANGED_MEANWHILE)


# To go on with a draft.
DRAFTS = {kind: type(f"{form.__name__}Draft", (form, _Draft), {}) for kind, form in ASKS.items()}


def blank(kind, person, *, circle, category):
    """What a new form shows: where the person lives, and what is usual."""
    place = {name: getattr(person, name) for name in ("area", "address", "way_in", "phone")}
    timing = Timing.ONCE if kind == RequestKind.INSTRUMENTAL else Timing.WHENEVER
    choices = categories_of(kind)
    usual = choices[0] if len(choices) == 1 else None
    return {
        **place,
        "timing": timing,
        "circle": circle,
        "category": category if category in choices else usual,
    }


def as_drafted(help_request):
    """What the form of a draft shows: what was put down."""
    names = [
        *("circle", "category", "title", "would_help", "would_not_help", "importance", "wanted", "tags"),
        *("how_done", "doorstep", "area", "address", "way_in", "phone", "details", "form_key"),
        *("medical_note", "children", "away", "reaches", "quietly", "version"),
    ]
    shown = {name: getattr(help_request, name) for name in names}
    shown |= {"circle": help_request.circle_id, **whom_drafted(help_request), **as_planned(help_request)}
    for slot in help_request.slots.in_order()[:1]:
        shown |= times_of(slot, help_request.zone)
    for series in help_request.series.order_by("pk")[:1]:
        shown |= series_as_drafted(series)
    return shown
