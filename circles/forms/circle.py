"""Starting a circle and describing it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Circle, CircleKind, JoinRule
from ..models.circle import MOST_QUESTIONS
from .consent import ME, ForSomebody
from .fields import Line, Lines, Name, Words, ZoneField
from .once import OnceForm
from .seen import SeenForm

LONGEST_QUESTION = 200
MEMBERS_READ = _(
    "Members read this; if the circle is listed, everybody who looks for one. No illnesses, no addresses."
)


class WhoJoins(forms.ModelForm):
    """How somebody comes into the circle, and how a helper in it gets checked."""

    join_rule = forms.ChoiceField(
        label=_("Who may join?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Whoever is invited by name joins directly in any case."),
        choices=[
            (JoinRule.INVITATION, _("Only who is invited\nA keeper invites each of them.")),
            (
                JoinRule.APPROVAL,
                _("Whoever asks, after a keeper’s yes\nThey find the circle in the directory."),
            ),
            (JoinRule.OPEN, _("Everybody who finds it\nThey join at once and start in the outer ring.")),
        ],
    )
    listed = forms.BooleanField(
        label=_("List it in the directory"),
        required=False,
        help_text=_(
            "People with an account here find its name, its area, its words and who keeps it. "
            "Nobody sees who else is in it."
        ),
    )
    questions = Lines(
        label=_("Questions for those who would like to join"),
        required=False,
        most=MOST_QUESTIONS,
        longest=LONGEST_QUESTION,
        help_text=_("Up to five, one on each line: “Where do you live, roughly?” Keepers read the answers."),
    )
    how_checked = Line(
        label=_("How a helper gets checked"),
        max_length=300,
        required=False,
        help_text=_(
            "For example: a talk, two references and a first visit together. Keepers note it on a member."
        ),
    )

    def clean(self):
        """Only a community is listed, and in words that say what it is for."""
        values = super().clean()
        kind = values.get("kind") or self.instance.kind
        if kind != CircleKind.COMMUNITY:
            values |= {"join_rule": JoinRule.INVITATION} if "join_rule" in self.fields else {}
            if values.get("listed"):
                self.add_error("listed", _("Only a community can be listed. Into the others one is invited."))
        elif values.get("listed") and not values.get("description") and "description" not in self.errors:
            self.add_error(
                "description", _("Say in a few words what it is for: people in the directory read it.")
            )
        return values


class CircleForm(SeenForm, WhoJoins):
    """What a circle is called, what it is for and who may join. `around` is asked of care circles only."""

    name = Name(label=_("Name of the circle"), max_length=80)
    around = Name(
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
        fields = [
            *("name", "around", "description", "area", "time_zone"),
            *("join_rule", "listed", "questions", "how_checked"),
        ]
        labels = {"description": _("What it is for")}
        help_texts = {"description": MEMBERS_READ}
        field_classes = {"description": Words}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A yes that was given for one is not for another.
        if self.instance.pk and (self.instance.kind != CircleKind.CARE or self.instance.consent_id):
            del self.fields["around"]
        if self.instance.kind != CircleKind.COMMUNITY:
            del self.fields["join_rule"], self.fields["listed"]

    def clean_join_rule(self):
        """Who says nothing about it leaves it as it is."""
        return self.cleaned_data["join_rule"] or self.initial["join_rule"]

    def changes(self):
        """What is different from before, by field."""
        return {field: self.cleaned_data[field] for field in self.changed_data}


class StartForm(OnceForm, ForSomebody, WhoJoins):
    """A new circle: which of three, and its name. The rest has good defaults and can be told later."""

    name_field = "around"
    makes_another = ("kind", "name")

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
                    "People who look after one person or family together. Whoever it is about says yes first."
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
    name = Name(
        label=_("Name of the circle"), max_length=80, help_text=_("As you would say it: “Our street”.")
    )
    around = Name(
        label=_("What are they called?"),
        max_length=80,
        required=False,
        help_text=_("The person or family that the circle gathers around, by the name that people know."),
    )

    class Meta:
        model = Circle
        fields = ["kind", "name", "around", "description", "join_rule", "listed", "questions", "how_checked"]
        labels = {"description": _("What it is for")}
        help_texts = {"description": MEMBERS_READ}
        field_classes = {"description": Words}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["around"].needed = True

    def clean(self):
        """A circle around someone says around whom, and how they say yes; the others have no such field."""
        values = super().clean()
        if values.get("kind") != CircleKind.CARE:
            values |= {"around": "", "whom": ME}
        elif not values.get("whom") and "whom" not in self.errors:
            self.add_error("whom", _("Say whether it is for you or for somebody else."))
        elif values.get("whom") == ME and "around" not in self.errors:
            values["around"] = values.get("around") or str(self.by)
        self.require_somebody(values)
        return values

    def circle(self):
        """What `Circle.objects.start` wants."""
        fields = {name: self.cleaned_data[name] for name in [*self._meta.fields, "form_key"]}
        return fields | {"whom": self.somebody()}
