"""Who is asked: in which circle, by name, how far, how much later, and who may help."""

import datetime as dt

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circles.forms.once import OnceForm
from circles.models import CircleKind, Ring, SentForm
from supportnet.notices.text_direction import typed

from ..catalogue import Category, RequestKind
from ..models import HelpRequest, Timing
from ..models.wave_plan import planned
from ..pages.wave_summary import Asked, later, lines
from .fields import as_it_stands
from .for_whom import ForWhom
from .people import PeopleForm
from .usual_audience import DAY, usual_reach, usually_checked

# Whom one can ask first, from near to far.
RINGS = [
    (Ring.INNER, _("The people nearest to me\nThe few in the circle who stand closest.")),
    (Ring.CLOSE, _("Those who know me well\nThe nearest, and those around them.")),
    (Ring.EVERYONE, _("Everyone in the circle")),
]
# In hours, until the next ones are asked; where nothing is chosen, only the first step is planned.
WAITS = [
    (4, _("After 4 hours")),
    (DAY, _("After 1 day")),
    (2 * DAY, _("After 2 days")),
    (3 * DAY, _("After 3 days")),
    ("", _("Nobody else is asked")),
]
# How far it goes in its own circle; from there another circle may follow (`then`).
FARTHER = [
    ("", _("No further than above")),
    (Ring.CLOSE, _("Those who know me well")),
    (Ring.EVERYONE, _("Everyone in the circle")),
]
# Left open it depends on category and circle: see `usually_checked`.
CHECKED = [
    ("", _("What is usual\nIn a community, childcare is for checked helpers. All else is for everybody.")),
    ("yes", _("Only helpers whom a keeper has checked")),
    ("no", _("Everybody who sees it")),
]


class ReachForm(ForWhom, PeopleForm, OnceForm):
    """In which circle, and who sees it there. `asker` chooses among the `circles` that they are in."""

    circle = forms.ModelChoiceField(
        label=_("Whom do you ask?"), queryset=None, widget=forms.RadioSelect, empty_label=None
    )
    up_to = forms.TypedChoiceField(
        label=_("Who sees it?"),
        choices=RINGS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    widen_after = forms.TypedChoiceField(
        label=_("If something is still open, ask more people"),
        choices=WAITS,
        coerce=int,
        empty_value=None,
        required=False,
        initial=DAY,
    )
    widen_to = forms.TypedChoiceField(
        label=_("As far as"), choices=FARTHER, coerce=int, empty_value=None, required=False
    )
    then = forms.ModelChoiceField(
        label=_("And in the end, everyone in"),
        queryset=None,
        required=False,
        empty_label=_("No other circle"),
    )
    needs_checked = forms.ChoiceField(
        label=_("Who may help?"), choices=CHECKED, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args, circles, asker, **kwargs):
        super().__init__(*args, asker=asker, by=asker, **kwargs)
        self.circles = circles
        self.fields["circle"].queryset = self.fields["then"].queryset = circles
        self.fields["circle"].label_from_instance = self._label_of
        self.fields["up_to"].initial = usual_reach(self.initial.get("category"), self.kind)
        self.offer_whom(circles)

    def _label_of(self, circle):
        if circle.time_zone == self.asker.time_zone:
            return circle.name
        return _("%(circle)s\nTimes are meant as clocks show them there: %(zone)s.") % {
            **typed(circle=circle.name),
            "zone": circle.time_zone.replace("_", " "),
        }

    @cached_property
    def among(self):
        """The circle that was chosen, as far as one knows yet."""
        chosen = str(self["circle"].value() or "")
        return next((circle for circle in self.circles if str(circle.pk) == chosen), None)

    @property
    def other_circles(self):
        """Whether there is a circle to go on to."""
        return len(self.circles) > 1

    @property
    def what(self):
        """The category that was chosen, as far as one knows yet."""
        chosen = self["category"].value()
        return Category(chosen) if chosen in Category.values else None

    @property
    def days(self):
        """The days on which help is needed, as far as one can read them."""
        if self.data.get("timing") == Timing.SERIES:
            return [day for day in self.data.getlist("weekdays") if day in "1234567"]
        try:
            return [dt.date.fromisoformat(self.data.get("date", "")).isoweekday()]
        except ValueError:
            return []

    @property
    def may_need_checked(self):
        """Whether to ask who may help: where somebody comes, in a community or where one does not know yet."""
        is_community = self.among is None or self.among.kind == CircleKind.COMMUNITY
        return is_community and self.kind != RequestKind.INFORMATIONAL

    def clean(self):
        """Where nobody said who sees it and who may help, what is usual: childcare is seen by the nearest."""
        values = super().clean()
        category, circle = values.get("category"), values.get("circle")
        if "up_to" not in self.errors and not values.get("up_to"):
            values["up_to"] = usual_reach(category, self.kind) or Ring.EVERYONE
        if values.get("then") == circle:
            values["then"] = None
        if circle is None:
            self.errors.pop("people", None)
        said = values.get("needs_checked")
        values["needs_checked"] = said == "yes" if said else usually_checked(category, circle)
        self.say_whom(values)
        return values

    def reach(self):
        """What `set_reach` wants."""
        return self._reach(**{name: self.cleaned_data[name] for name in (*REACH, "people")})

    def _reach(self, *, up_to, widen_after, widen_to, then, people):
        return {
            "starts": Ring(up_to),
            "up_to": widen_to,
            "people": list(people),
            "widen_after": widen_after and dt.timedelta(hours=widen_after),
            "then": then,
        }

    def terms(self):
        """Who may help."""
        return {"needs_checked": self.cleaned_data["needs_checked"]}

    def plan(self):
        """What happens if nothing is changed, as `wave_summary.lines`; nothing as long as one can't know."""
        said = {name: as_it_stands(self, name) for name in REACH}
        said["up_to"] = said["up_to"] or usual_reach(self.what, self.kind)
        if not said["up_to"]:
            return []
        steps = planned(circle=self.among, **self._reach(**said, people=self.chosen_people))
        return lines([_asked(after, **whom) for after, whom in steps], when=lambda wave: later(wave.after))

    def is_planned(self):
        """Whether more is said than whom one asks first, or has to be looked at."""
        wrong = any(self[name].errors for name in ("people", "widen_after", "widen_to", "then"))
        return (
            wrong
            or bool(self.chosen_people)
            or any(self[name].value() for name in ("find", "widen_to", "then"))
        )

    def only_checked(self):
        """Whether only checked helpers may help, as it stands."""
        said = as_it_stands(self, "needs_checked")
        return said == "yes" if said else usually_checked(self.what, self.among)

    def sent_before(self):
        """Also what was put down by this page and asked from its own: whatever it says, this press adds nothing."""
        return super().sent_before() or self.asked and SentForm(page=self.asked.get_absolute_url())

    @cached_property
    def asked(self):
        """The request that this page made, once it is no draft any more."""
        made = HelpRequest.objects.filter(form_key=self.once, posted_by=self.asker).first()
        return made if made and made.state != "draft" else None

    def about(self):
        """What `ask` wants besides texts, times and reach."""
        values = self.cleaned_data
        return {
            "kind": self.kind,
            "circle": values["circle"],
            "form_key": self.once,
            **self.for_whom(),
        }


# All that `_reach` takes but the people: before the form is valid those are found in another way.
REACH = ("up_to", "widen_after", "widen_to", "then")


def _asked(after, *, circle=None, ring=None, person=None):
    """A step of the plan as `wave_summary.lines` reads it."""
    if person:
        return Asked(name=str(person), after=after)
    name = str(circle) if circle else gettext("the circle")
    return Asked(ring=ring, circle_id=circle and circle.pk, circle=name, after=after)
