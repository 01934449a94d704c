"""What verbs of this room ask for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms import CheckForm
from circles.models import Ring
from supportnet.panel.admin import VerbForm


class RingForm(VerbForm):
    """How near a member stands."""

    ring = forms.TypedChoiceField(
        label=_("Ring"),
        choices=Ring,
        coerce=lambda value: Ring(int(value)),
        help_text=_("Members never see the ring that they or others are in."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ring", self.obj.ring)


class UntilForm(CheckForm, VerbForm):
    """Until when a member counts as checked."""

    def __init__(self, *args, obj, by, at, **kwargs):
        super().__init__(*args, obj=obj, by=by, at=at, today=obj.circle.date_at(at), **kwargs)
        if obj.circle.how_checked:
            self.fields["until"].help_text = obj.circle.how_checked
