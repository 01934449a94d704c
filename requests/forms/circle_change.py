"""Into which of my circles a request moves, and what that costs whom."""

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supportnet.notices.text_direction import isolated


class MoveForm(forms.Form):
    """One of `circles`; each says who would lose their place (`losing`: {circle number: promises}).

    Who that is stands in `known` as well, sent along unseen: nobody loses a place whom one has not read of.
    """

    circle = forms.ChoiceField(label=_("In which circle instead?"), widget=forms.RadioSelect)
    known = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, circles, losing):
        super().__init__(data, initial={"known": _stamp(losing)})
        self.losing, self.circles = losing, {str(circle.pk): circle for circle in circles}
        self.fields["circle"].choices = [
            (number, f"{circle}\n{_in_words(losing[circle.pk])}") for number, circle in self.circles.items()
        ]

    def clean_circle(self):
        """The circle itself."""
        return self.circles[self.cleaned_data["circle"]]

    def clean_known(self):
        """Whether what was read still holds; if not, it is shown anew."""
        now = _stamp(self.losing)
        if self.cleaned_data["known"] != now:
            self.data = self.data.copy()
            self.data["known"] = now
            raise forms.ValidationError(
                _("Who has promised to come has changed meanwhile. Look once more, then move it.")
            )
        return now


def _stamp(losing):
    return ".".join(str(pk) for pk in sorted({claim.pk for claims in losing.values() for claim in claims}))


def _in_words(claims):
    names = list(dict.fromkeys(str(claim.person) for claim in claims))
    if not names:
        return gettext("Whoever has promised to come keeps their place.")
    words = ngettext("%(names)s would lose the place.", "%(names)s would lose their places.", len(names))
    return words % {"names": get_text_list([isolated(name) for name in names], gettext("and"))}
