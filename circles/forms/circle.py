"""Starting a circle and describing it."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Circle, CircleKind
from .fields import Line, ZoneField


class CircleForm(forms.ModelForm):
    """What a circle is called and what it is for. `around` is asked of care circles only."""

    name = Line(label=_("Name of the circle"), max_length=80)
    around = Line(
        label=_("Who is it for?"),
        max_length=80,
        required=False,
        help_text=_("The person or family that the circle gathers around."),
    )
    area = Line(
        label=_("Area"), max_length=80, required=False, help_text=_("A part of town or a village. No street.")
    )
    time_zone = ZoneField(help_text=_("What clocks show where the circle is."))

    class Meta:
        model = Circle
        fields = ["name", "around", "description", "area", "time_zone"]
        labels = {"description": _("What it is for")}
        help_texts = {"description": _("Members read this. Keep illnesses and addresses out of it.")}
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.kind != CircleKind.CARE:
            del self.fields["around"]

    def changes(self):
        """What is different from before, by field."""
        return {field: self.cleaned_data[field] for field in self.changed_data}


class StartForm(forms.ModelForm):
    """A new circle: which of three, and its name. The rest has good defaults and can be told later."""

    kind = forms.ChoiceField(
        label=_("What is it for?"),
        widget=forms.RadioSelect,
        choices=[
            (
                CircleKind.PERSONAL,
                _("For me\nMy own people: family, friends, neighbours whom I may ask, and who may ask me."),
            ),
            (
                CircleKind.CARE,
                _(
                    "Around someone\n"
                    "People who look after one person or family together. Ask them first, if you can."
                ),
            ),
            (
                CircleKind.COMMUNITY,
                _(
                    "Our community\n"
                    "A street, a congregation, a support group: everybody may ask and everybody may help."
                ),
            ),
        ],
    )
    name = Line(
        label=_("Name of the circle"), max_length=80, help_text=_("As you would say it: “Our street”.")
    )
    around = Line(
        label=_("Who is it for?"),
        max_length=80,
        required=False,
        help_text=_("The person or family that the circle gathers around."),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = Circle
        fields = ["kind", "name", "around"]

    def clean(self):
        """A circle around someone says around whom; the others have no such field."""
        values = super().clean()
        if values.get("kind") != CircleKind.CARE:
            values["around"] = ""
        elif not values.get("around") and "around" not in self.errors:
            self.add_error("around", _("Say who the circle gathers around."))
        return values
