"""Members and those who wait at the door, for those who keep the circles."""

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circles.models import (
    LastKeeper,
    Membership,
    PutAway,
    Ring,
    StruckOut,
)
from supportnet.notices.text_direction import joined, typed
from supportnet.panel.admin import Standing, Verb, organizers

from .circles import _struck_out
from .forms import RingForm
from .journaled import Journaled, KeptCircle
from .keeper_notes import NOTES
from .words import in_words

# In place of exceptions of the verbs, which may still come after a page has offered the button.
PUT_AWAY = _("This circle was put away. A keeper can take it up again.")
LAST_KEEPER = _("A circle needs a keeper. Make somebody else a keeper first.")


class MembershipStanding(Standing):
    """Who waits, who is in, who left."""

    standings = {
        "waiting": (_("Waiting"), lambda rows: rows.waiting()),
        "current": (_("Members"), lambda rows: rows.current()),
        "keepers": (_("Keepers"), lambda rows: rows.keepers()),
        "new": (_("Without a first contact"), lambda rows: rows.current().filter(first_contact_at=None)),
        "checked": (_("Checked"), lambda rows: rows.checked(at=timezone.now())),
        "aside": (_("Quietly set aside"), lambda rows: rows.current().exclude(excluded_at=None)),
        "ended": (_("Left or removed"), lambda rows: rows.exclude(left_at=None, removed_at=None)),
    }


def _place(ring):
    return lambda membership, *, by, at: membership.place(ring, by=by, at=at)


@admin.register(Membership, site=organizers)
class MembershipAdmin(Journaled):
    """Members and those who wait at the door."""

    weight = 40
    list_display = ["person", "circle", "standing", "ring", "role", "asked_at", "joined_at"]
    list_filter = [MembershipStanding, KeptCircle, "ring", "role"]
    list_select_related = ["person", "circle"]
    search_fields = ["person__name"]
    ordering = ["-asked_at", "-pk"]
    fields = [
        *("person", "circle", "standing", "ring", "role", "how_they_came", "asked"),
        *("first_contact_at", "checked_by", "checked_until", "excluded_at"),
        *("asked_at", "joined_at", "declined_at", "left_at", "removed_at"),
    ]
    readonly_fields = ["standing", "how_they_came", "asked"]
    situations = {LastKeeper: LAST_KEEPER, StruckOut: _struck_out, PutAway: PUT_AWAY}
    verbs = (
        Verb(
            "admit",
            _("Let in"),
            lambda membership, *, by, at: membership.admit(by=by, at=at),
            done=_("They are in, and have been told."),
            when=lambda membership: membership.state == "waiting",
            bulk=True,
        ),
        Verb(
            "decline",
            _("Not now"),
            lambda membership, *, by, at: membership.decline(by=by, at=at),
            done=_("They have been told kindly, and may ask again."),
            when=lambda membership: membership.state == "waiting",
            hint=_("They are told in kind words that it does not fit now. They may ask again later."),
            bulk=True,
        ),
        Verb(
            "place",
            _("Choose the ring"),
            lambda membership, *, by, at, ring: membership.place(ring, by=by, at=at),
            done=_("Placed. Nobody but the keepers learns of it."),
            when=lambda membership: membership.is_current,
            form=RingForm,
        ),
        *(
            Verb(
                f"place-{ring.name.lower()}",
                label,
                _place(ring),
                done=_("Placed. Nobody but the keepers learns of it."),
                when=lambda membership, ring=ring: membership.is_current and membership.ring != ring,
                bulk=True,
            )
            for ring, label in (
                (Ring.INNER, _("Place in the inner ring")),
                (Ring.CLOSE, _("Place in the close ring")),
                (Ring.EVERYONE, _("Place in the ring of everyone")),
            )
        ),
        *NOTES,
        Verb(
            "keeper",
            _("Make a keeper"),
            lambda membership, *, by, at: membership.make_keeper(by=by, at=at),
            done=_("They keep the circle with you now."),
            when=lambda membership: (
                membership.is_current and not membership.is_keeper and not membership.person.is_by_phone
            ),
            hint=_("A keeper sees everything in the circle, addresses and names included."),
        ),
        Verb(
            "member",
            _("Make a member again"),
            lambda membership, *, by, at: membership.make_member(by=by, at=at),
            done=_("They are a member and keep the circle no more."),
            when=lambda membership: membership.is_keeper,
            hint=_("They stay in the circle but keep it no more."),
        ),
        Verb(
            "remove",
            _("Remove from the circle"),
            lambda membership, *, by, at: membership.remove(by=by, at=at),
            done=_("They are no longer in the circle."),
            when=lambda membership: membership.is_current,
            hint=_("What they promised for the days ahead becomes free again, and whoever asked is told."),
        ),
    )

    @admin.display(description=_("state"))
    def standing(self, membership):
        """Where they stand, in a word."""
        return {
            "current": _("Member"),
            "waiting": _("Waiting"),
            "removed": _("Removed"),
            "left": _("Left"),
            "declined": _("Declined"),
        }.get(membership.state, "")

    @admin.display(description=_("how they came"))
    def how_they_came(self, membership):
        """By whose invitation, if by any; while they wait, whether that says anything any more."""
        if not membership.via:
            return None
        by = membership.via.invited_by
        if membership.state == "waiting" and not membership.via.is_vouched_for():
            by = gettext("%(name)s, who no longer keeps this circle") % typed(name=by)
        return joined([by, membership.via], ": ")

    @admin.display(description=_("what they said when they asked"))
    def asked(self, membership):
        """Each time that they asked to join, newest first, with what came of it and their answers."""
        asked = membership.applications.select_related("decided_by")
        return format_html_join(
            "", "<p>{}<br>{}</p>", ((_outcome(one), in_words(one.answers)) for one in asked)
        )


def _outcome(application):
    words = {
        "by rule": _("came in by the rule that everybody may join"),
        "admitted": _("let in"),
        "declined": _("not now"),
        "taken back": _("taken back"),
        "open": _("waiting"),
    }[application.state]
    day = date_format(timezone.localtime(application.asked_at), "SHORT_DATE_FORMAT")
    return joined((part for part in (day, words, application.decided_by) if part), " · ")
