"""What a keeper says for somebody else: that they come, or that they can't."""

from copy import deepcopy

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Line
from circles.models import Person
from supportnet.notices.text_direction import typed
from supportnet.notices.typed_ids import typed_id

from ..models.bringing import MOST_TOGETHER
from .claim import TogetherForm, company

# In a larger circle one looks for a name first.
MOST_SHOWN = 200


class Helper(forms.ModelChoiceField):
    """Somebody who may be signed up; who has no e-mail is marked."""

    def label_from_instance(self, person):
        """Their name."""
        return gettext("%(name)s (no e-mail)") % typed(name=person) if person.is_by_phone else str(person)


class SignUpForm(TogetherForm):
    """Somebody who told a keeper that they come, and what they bring.

    `people` are those who may be signed up; in a large circle only those whose name holds `name` are shown. A reason
    to go over the limit is asked for where no place is left.
    """

    field_order = ["person", "dish", "bringing", "portions", "party_size", "note", "over_limit_because"]

    person = Helper(
        label=_("Who comes?"),
        queryset=Person.objects.none(),
        empty_label=_("Choose somebody"),
        error_messages={
            "invalid_choice": _(
                "They do not see this request, so they can’t be signed up for it. "
                "Let it be asked of more people first, or place them nearer in the circle."
            )
        },
    )
    over_limit_because = Line(
        label=_("Why more than there is room for?"),
        max_length=200,
        help_text=_("Room is made for them, and the circle’s journal keeps the reason."),
    )
    even_if_clashing = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, slot, people, name="", **kwargs):
        super().__init__(*args, slot=slot, **kwargs)
        self.fields["person"].queryset = people
        self.fields["bringing"].label = _("What they bring")
        # A keeper may make room for a party, also where none is left.
        self.fields["party_size"] = company(room=MOST_TOGETHER)
        self.fields["party_size"].label = _("How many of them come?")
        self.order_fields(self.field_order)
        self.shown_all = self._show(people, name)
        if not slot.is_full:
            self.fields["over_limit_because"].required = False
        if not slot.is_full and "over_limit_because" not in self.data:
            del self.fields["over_limit_because"]

    def offer(self, left, party_size=None):
        """As many as fit in, or all of them for a reason."""
        if self.data.get("over_limit_because", "").strip():
            return
        super().offer(left, party_size)
        reason = deepcopy(self.base_fields["over_limit_because"])
        self.fields.setdefault("over_limit_because", reason).required = False

    def _show(self, people, name):
        """Whether all of them are in the list."""
        shown = list(people.filter(name__icontains=name)[: MOST_SHOWN + 1])
        shown_all, shown = len(shown) <= MOST_SHOWN and not name, shown[:MOST_SHOWN]
        if (chosen := typed_id(self.data.get("person"))) is not None:
            shown += [one for one in people.filter(pk=chosen) if one not in shown]
        field = self.fields["person"]
        field.choices = [
            ("", field.empty_label),
            *((one.pk, field.label_from_instance(one)) for one in shown),
        ]
        return shown_all

    def said(self):
        """What `Slot.claim` wants, but for who comes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "person"}


class GiveBackForm(forms.Form):
    """A way out for a helper who told a keeper; no reason is asked for."""

    note = Line(label=_("A line to the one who asks"), max_length=200, required=False)
