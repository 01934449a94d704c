"""What the panel's verbs about requests ask for."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circles.forms.fields import Words
from circles.models import Person
from requests.forms.quiet_asking import refuse_names
from requests.models import Claim, HelpRequest, Slot
from requests.models.bringing import MOST_TOGETHER
from requests.visibility.audience import to_sign_up
from supportnet.notices.text_direction import typed
from supportnet.panel.admin import VerbForm

from .words import time_of

# Texts that a keeper may change for whoever asks.
TEXTS = (
    *("title", "would_help", "would_not_help", "how_done", "importance", "tags"),
    *("area", "address", "way_in", "phone", "doorstep"),
)
# Where a name would tell who asks quietly; the address is seen by those who have their yes.
QUIET_TEXTS = ("title", "would_help", "would_not_help", "how_done", "tags", "area")


class TextsForm(forms.ModelForm):
    """The texts of a request. Refused, with what stands there now, when somebody else saved meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = HelpRequest
        fields = ["version", *TEXTS]
        field_classes = {"would_help": Words, "would_not_help": Words}

    def clean(self):
        """Tell what others wrote instead of writing over it."""
        said = super().clean()
        now = HelpRequest.objects.select_related("asker", "consent").get(pk=self.instance.pk)
        if now.quietly:
            refuse_names(self, said, [now.asker.name, now.whom], fields=QUIET_TEXTS)
        if said.get("version") != now.version:
            self.add_error(None, gettext("Somebody saved another version meanwhile. Yours was not saved."))
            for name in TEXTS:
                if name in said and said[name] != getattr(now, name):
                    words = gettext("It now says: “%(text)s”") % typed(text=getattr(now, name))
                    self.add_error(name, words)
            self.data = {**self.data.dict(), "version": now.version}
        return said


class ReasonForm(VerbForm):
    """Why, in a line that those concerned will read."""

    reason = forms.CharField(label=_("Why, in a line"), max_length=200, required=False)


class NoteForm(VerbForm):
    """A line to whoever asked."""

    note = forms.CharField(label=_("A line to whoever asked"), max_length=200, required=False)


class RoomForm(VerbForm):
    """How many helpers there is room for."""

    capacity = forms.IntegerField(
        label=_("Helpers"), min_value=1, max_value=500, required=False, help_text=_("Empty: as many as like.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("capacity", self.obj.capacity)


class SignUpForm(VerbForm):
    """Somebody who agreed to help, and what they bring; where all places are taken, also why there is one more."""

    person = forms.ModelChoiceField(label=_("Who"), queryset=Person.objects.none())
    bringing = forms.CharField(label=_("What they bring"), max_length=200, required=False)
    party_size = forms.IntegerField(
        label=_("How many of them come?"), min_value=1, max_value=MOST_TOGETHER, initial=1, required=False
    )
    over_limit_because = forms.CharField(
        label=_("Why more than there is room for?"),
        max_length=200,
        help_text=_("All places are taken. Room is made for them, and the journal keeps the reason."),
    )
    even_if_clashing = forms.BooleanField(
        label=_("They can do both"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = to_sign_up(self.obj, at=self.at)
        if not self.obj.is_full:
            del self.fields["over_limit_because"]
        offer_both(self)

    def clean_party_size(self):
        """Who says nothing comes alone."""
        return self.cleaned_data["party_size"] or 1


class OtherSlot(forms.ModelChoiceField):
    """A slot by its time."""

    def label_from_instance(self, slot):
        """Its time, in the circle's zone."""
        return time_of(slot, at=self.at)


class MoveForm(VerbForm):
    """Another time of the same request."""

    to = OtherSlot(label=_("To which time"), queryset=Slot.objects.none())
    even_if_clashing = forms.BooleanField(
        label=_("They can do both"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        slots = Slot.objects.filter(help_request=self.obj.slot.help_request_id).open(at=self.at)
        self.fields["to"].at = self.at
        self.fields["to"].queryset = (
            slots.exclude(claims__in=Claim.objects.live().filter(person=self.obj.person_id))
            .in_order()
            .select_related("help_request__circle")
        )
        offer_both(self)


def offer_both(form):
    """Show "they can do both" once the form was sent: whoever had no clash never sees it."""
    if form.is_bound:
        form.fields["even_if_clashing"].widget = forms.CheckboxInput()
