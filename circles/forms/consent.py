"""For whom something is asked: for oneself, or for somebody who says yes to it first."""

from itertools import chain

from django import forms
from django.utils.translation import gettext_lazy as _

from ..addresses import AddressField
from ..models import HowSaid
from .fields import Line, Name

# For oneself; for somebody who is asked by mail; for somebody who said yes to a keeper, without e-mail.
ME, BY_MAIL, IN_WORDS = "me", "email", "no_email"
# Besides the name, whose field has another name in each form (`name_field`).
NEEDED = {BY_MAIL: ("whom_email", "how_they_know"), IN_WORDS: ("recorded_how", "recorded_note")}


class ForSomebody(forms.Form):
    """The part of a form that says for whom it is. `name_field` is the field in which their name stands.

    A subclass calls `require_somebody` from its `clean`, and says by `by` who fills it in.
    """

    name_field = "whom_name"

    whom = forms.ChoiceField(
        label=_("For whom?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (ME, _("For me\nFor myself and those I live with.")),
            (
                BY_MAIL,
                _(
                    "For somebody who reads e-mail\nWe ask them first. Until they have said yes, nobody sees it."
                ),
            ),
            (
                IN_WORDS,
                _("For somebody without e-mail\nYou ask them first, and write down how they said yes."),
            ),
        ],
    )
    whom_email = AddressField(
        label=_("Their e-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("They get one mail, and you see it before it goes."),
    )
    how_they_know = Line(
        label=_("How do you know each other?"),
        max_length=200,
        required=False,
        help_text=_("They read this, and know that it is really you: “I live across the landing.”"),
    )
    recorded_how = forms.ChoiceField(
        label=_("How did they say yes?"),
        required=False,
        widget=forms.RadioSelect,
        choices=HowSaid.choices,
    )
    recorded_note = Line(
        label=_("Who said it, and when?"),
        max_length=200,
        required=False,
        help_text=_("“Rosa herself, at her kitchen table on Sunday.” The keepers of the circle can read it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in {"whom", *chain(*NEEDED.values())}:
            self.fields[field].needed = True

    def require_somebody(self, values):
        """Say what is still missing about whoever it is for, and forget what the other choices would ask."""
        whom = values.get("whom")
        needed = (self.name_field, *NEEDED[whom]) if whom in NEEDED else ()
        for field in set(chain(*NEEDED.values())) - set(needed):
            self.errors.pop(field, None)
        for field in needed:
            if not values.get(field) and field not in self.errors:
                self.add_error(field, _("This is needed: nothing is asked behind anybody’s back."))
        if whom == BY_MAIL and values.get("whom_email") == self.by.email:
            self.add_error("whom_email", _("This is your own address. For yourself, choose “For me”."))

    def somebody(self):
        """What `Consent.objects.draft` or, with `how`, `record` wants; None when it is for whoever fills it in."""
        values = self.cleaned_data
        name = values.get(self.name_field)
        if values.get("whom") == BY_MAIL:
            return {"name": name, "email": values["whom_email"], "how_they_know": values["how_they_know"]}
        if values.get("whom") == IN_WORDS:
            return {"name": name, "how": values["recorded_how"], "note": values["recorded_note"]}
        return None


class DelegateForm(forms.Form):
    """Whom somebody names to decide for them."""

    name = Name(label=_("Their name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = AddressField(
        label=_("Their e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("They get a mail with a link of their own, and can do here what you can do."),
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, auto_id="delegate_%s", **kwargs)
        self.person = person

    def clean_email(self):
        """The address, of somebody else."""
        email = self.cleaned_data["email"]
        if email == self.person.email:
            raise forms.ValidationError(_("This is your own address."))
        return email


class RecordForm(forms.Form):
    """How somebody without e-mail said yes once more."""

    how = forms.ChoiceField(
        label=_("How did they say yes?"), widget=forms.RadioSelect, choices=HowSaid.choices
    )
    note = Line(label=_("Who said it, and when?"), max_length=200)
