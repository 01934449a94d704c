"""Asking more people, after it was asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.models import Ring
from supportnet.notices.text_direction import typed

from .audience import RINGS
from .people import PeopleForm

# The words of the form of asking: a ring is called the same on both pages.
LABELS = dict(RINGS)


class MoreForm(PeopleForm):
    """Some people by name, or a group: further in the circle of the request, or another of the asker's `circles`."""

    group = forms.ChoiceField(label=_("A group"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args, help_request, circles, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.among = self.help_request = help_request
        self.what, self.at = help_request.category, at
        self.fields["people"].label = _("By name")
        self.fields["people"].help_text = _("They hear of it at once. Nobody learns who else was asked.")
        self.groups = self._groups(circles)
        nobody = ("", _("Nobody besides those by name"))
        self.fields["group"].choices = [
            nobody,
            *((key, words) for key, (words, _c, _r) in self.groups.items()),
        ]

    @property
    def days(self):
        """The weekdays of the times that are still open."""
        starts = self.help_request.slots.open(at=self.at).filter(starts_at__isnull=False)
        zone = self.help_request.zone
        return sorted({at.astimezone(zone).isoweekday() for at in starts.values_list("starts_at", flat=True)})

    def _groups(self, circles):
        """{key: (words, circle, ring)} of the groups that do not see it yet."""
        asked = self.help_request.waves.filter(opened_at__isnull=False, circle__isnull=False)
        widest = {}
        for circle_id, ring in asked.values_list("circle", "ring"):
            widest[circle_id] = max(ring, widest.get(circle_id, 0))
        own = self.help_request.circle_id
        return {
            f"{circle.pk}:{ring}": (_words(circle, ring), circle, ring)
            for circle in sorted(circles, key=lambda circle: circle.pk != own)
            for ring in (Ring if circle.pk == own else [Ring.EVERYONE])
            if ring > widest.get(circle.pk, 0)
        }

    def clean(self):
        """Somebody must be chosen."""
        values = super().clean()
        if not self.errors and not values.get("people") and not values.get("group"):
            self.add_error("people", _("Choose somebody by name, or a group."))
        return values

    def more(self):
        """What `ask_more` wants."""
        _words, circle, ring = self.groups.get(self.cleaned_data["group"], ("", None, Ring.EVERYONE))
        return {"people": list(self.cleaned_data["people"]), "circle": circle, "ring": ring}


def _words(circle, ring):
    if ring == Ring.EVERYONE:
        return _("Everyone in %(circle)s") % typed(circle=circle)
    return LABELS[ring]
