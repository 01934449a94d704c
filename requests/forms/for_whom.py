"""For whom something is asked: for oneself, for whom the circle is around, or for somebody who says yes first."""

from django import forms
from django.utils.translation import gettext_lazy as _

from circles.forms import ForSomebody
from circles.forms.consent import BY_MAIL, IN_WORDS, ME
from circles.forms.fields import Name
from circles.models import Membership
from supportnet.notices.text_direction import typed

# For whom the circle is around.
AROUND = "around"
# What is filled in from the asker's own page and is not somebody else's.
OWN_PLACE = ("area", "address", "way_in", "phone")
NOT_A_KEEPER = _("Only a keeper of this circle can write down a yes. Ask them by e-mail, or ask a keeper.")
# All of them go once it is settled for whom it is.
FIELDS = ("whom", "whom_name", "whom_email", "how_they_know", "recorded_how", "recorded_note")


class ForWhom(ForSomebody):
    """The part of the form of a request that says for whom it is.

    A subclass calls `offer_whom` once it knows who asks (`asker`), and `say_whom` from its `clean`.
    """

    whom_name = Name(
        anew=True,
        label=_("What are they called?"),
        max_length=80,
        required=False,
        help_text=_("By the name that people know."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def offer_whom(self, circles):
        """Offer those for whom the asker may ask in `circles`. Whom it is for is settled once they were asked."""
        self.whom_is = self.initial.get("whom_is", "")
        if self.whom_is:
            for name in FIELDS:
                del self.fields[name]
            return
        circles = list(circles.select_related("consent"))
        kept = Membership.objects.circles_kept_by(self.asker).filter(circle__in=circles)
        self.kept = set(kept.values_list("circle", flat=True))
        self.around = {circle.pk: circle.consent for circle in circles if self._may_ask_around(circle)}
        self.fields["whom_name"].needed = True
        self.fields["whom"].choices = self._choices()
        if "whom" not in self.initial:
            self._begin_with(self.initial.get("circle"))

    def _begin_with(self, circle):
        """In a circle around somebody one asks for them, and not to one's own address."""
        if getattr(circle, "pk", circle) in self.around:
            self.initial |= {"whom": AROUND, **dict.fromkeys(OWN_PLACE, "")}
        else:
            self.initial["whom"] = ME

    def _may_ask_around(self, circle):
        consent = circle.consent
        if consent is None or consent.is_taken_back or consent.is_for(self.asker):
            return False
        return circle.pk in self.kept or consent.is_delegate(self.asker)

    def _choices(self):
        choices = [(ME, _("For me"))]
        if self.around:
            choices.append((AROUND, self._words_around()))
        words = _(
            "For somebody else, who reads e-mail\nWe ask them first. Until they say yes, nobody sees it."
        )
        choices.append((BY_MAIL, words))
        if self.kept:
            words = _("For somebody else, without e-mail\nAs a keeper you write down how they said yes.")
            choices.append((IN_WORDS, words))
        return choices

    def _words_around(self):
        if len(self.around) > 1:
            return _("For whom the circle is around")
        return _("For %(name)s\nThe circle is around them.") % typed(name=next(iter(self.around.values())))

    def say_whom(self, values):
        """Say what is still missing about whom it is for, and for whom one can't ask in the chosen circle."""
        if self.whom_is:
            return
        circle, whom = values.get("circle"), values.get("whom")
        if not whom and "whom" not in self.errors:
            whom = values["whom"] = AROUND if circle and circle.pk in self.around else ME
        self.require_somebody(values)
        if whom != ME:
            self._leave_own_door(values)
        if circle and whom == AROUND and circle.pk not in self.around:
            self.add_error("whom", _("This circle is not around anybody for whom you can ask."))
        elif circle and whom == AROUND and values.get("then"):
            self._keep_to_circle(self.around[circle.pk])
        if circle and whom == IN_WORDS and circle.pk not in self.kept:
            self.add_error("whom", NOT_A_KEEPER)

    def _leave_own_door(self, values):
        """The asker's own way in, which the form began with, does not lead to another's address."""
        own = values.get("way_in") and values["way_in"] == self.asker.way_in
        if own and values.get("address") != self.asker.address:
            values["way_in"] = ""

    def _keep_to_circle(self, consent):
        if not consent.may_decide(self.asker):
            words = _("%(name)s has agreed to this circle alone. Only they can ask others too.")
            self.add_error("then", words % typed(name=consent))

    def for_whom(self):
        """What `consent_changed.ask` wants besides: who asks, and for whom."""
        if self.whom_is:
            return {}
        values = self.cleaned_data
        if values["whom"] in (BY_MAIL, IN_WORDS):
            return {"asker": self.asker, "whom": self.somebody()}
        consent = self.around[values["circle"].pk] if values["whom"] == AROUND else None
        asker = consent.person if consent and consent.person_id else self.asker
        return {"asker": asker, "whom": consent}


def whom_drafted(help_request):
    """What the form of a draft shows about whom it is for."""
    own = help_request.own_consent
    if own is None:
        return {"whom": AROUND} if help_request.consent_id else {}
    if own.state != "draft":
        return {"whom_is": own.name}
    return {
        "whom": BY_MAIL,
        "whom_name": own.name,
        "whom_email": own.email,
        "how_they_know": own.how_they_know,
    }
