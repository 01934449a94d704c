"""Circles, for those who keep them."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circles.models import Circle
from supportnet.notices.text_direction import typed
from supportnet.panel.admin import Verb, organizers

from .journaled import Journaled


def _struck_out(situation):
    words = gettext("%(name)s has struck this person out, so only they can let them in.")
    return words % typed(name=situation.circle.consent)


@admin.register(Circle, site=organizers)
class CircleAdmin(Journaled):
    """The circles that the reader keeps."""

    weight = 80
    list_display = ["name", "kind", "where", "created_at", "archived_at"]
    list_select_related = ["consent"]
    search_fields = ["name"]
    saw = ["name", "archived_at"]
    fields = [
        *("name", "kind", "description", "around", "area", "time_zone"),
        *("join_rule", "listed", "how_checked", "created_at", "archived_at"),
    ]

    verbs = (
        Verb(
            "put-away",
            _("Put it away"),
            lambda circle, *, by, at: circle.archive(by=by, at=at),
            done=_("Put away. You can take it up again at any time."),
            when=lambda circle: circle.archived_at is None,
            hint=_(
                "What is asked there is called off, invitations end, who waits is told kindly, and members hear of it."
            ),
        ),
        Verb(
            "take-up",
            _("Take it up again"),
            lambda circle, *, by, at: circle.take_up_again(by=by, at=at),
            done=_("The circle is in use again. Invitations that ended can be made anew."),
            when=lambda circle: circle.archived_at is not None,
        ),
    )

    def get_fields(self, request, obj=None):
        """Of a circle whose yes was taken back nothing about whom it is around."""
        hidden = obj is not None and obj.consent_id and obj.consent.is_taken_back
        return ["name", "kind", "created_at", "archived_at"] if hidden else self.fields

    @admin.display(description=_("area"))
    def where(self, circle):
        """Its area, unless the yes was taken back."""
        return circle.area if circle.is_agreed else ""
