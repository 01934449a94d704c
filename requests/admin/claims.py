"""Promises on the requests in the circles that the reader keeps."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circles.admin.journaled import Journaled, KeptCircle
from requests.models import Claim
from supportnet.notices.text_direction import joined
from supportnet.panel.admin import Standing, Verb, organizers

from ..pages.situations import SITUATIONS
from .forms import MoveForm, NoteForm
from .words import kept_private, time_of


class ClaimStanding(Standing):
    """Stands, waits for a yes, or has ended."""

    standings = {
        "accepted": (_("Promised"), lambda rows: rows.accepted()),
        "waiting": (_("Waits for the asker's yes"), lambda rows: rows.waiting()),
        "released": (_("Given back"), lambda rows: rows.filter(released_at__isnull=False)),
    }


class KeptCircleOfClaim(KeptCircle):
    """By the circle of the request."""

    lookup = "slot__help_request__circle"


def move(claim, *, by, at, to, even_if_clashing):
    """Give the helper another time in one step: they hold one of the two at every moment."""
    with kept_private(by=by, at=at):
        claim.move(to, by=by, at=at, even_if_clashing=even_if_clashing)


def is_ahead(claim):
    """Whether the promise stands and its time has not come."""
    slot, now = claim.slot, timezone.now()
    return claim.is_live and not slot.is_over(at=now) and not (slot.starts_at and slot.starts_at <= now)


@admin.register(Claim, site=organizers)
class ClaimAdmin(Journaled):
    """Who promised what."""

    weight = 30
    list_display = ["person", "what", "time", "circle", "bringing", "standing", "made_by"]
    list_filter = [ClaimStanding, KeptCircleOfClaim]
    list_select_related = ["person", "made_by", "slot__help_request__circle"]
    search_fields = ["person__name", "slot__help_request__title"]
    ordering = ["-claimed_at", "-pk"]
    fields = [
        *("person", "what", "time", "circle", "bringing", "note", "standing", "made_by"),
        *("claimed_at", "accepted_at", "confirmed_at", "released_at", "release_note", "cancelled_at"),
        "no_show_at",
    ]
    readonly_fields = ["what", "time", "circle", "standing"]
    situations = SITUATIONS
    verbs = (
        Verb(
            "move",
            _("Move to another time"),
            move,
            done=_("Moved in one step. The helper and whoever asked are told once."),
            when=lambda claim: is_ahead(claim) and claim.slot.help_request.is_open,
            form=MoveForm,
            hint=_("For a helper who agreed to come at another time."),
        ),
        Verb(
            "release",
            _("Give it back for them"),
            lambda claim, *, by, at, note: claim.release(by=by, at=at, note=note),
            done=_("Given back. Whoever asked is told."),
            when=is_ahead,
            form=NoteForm,
            hint=_("For a helper who told you that they can't come. The place is open again."),
        ),
        Verb(
            "cancel",
            _("Take it back"),
            lambda claim, *, by, at: claim.cancel(by=by, at=at),
            done=_("Taken back. The helper is told, and the place is open again."),
            when=is_ahead,
            hint=_("The helper is told that they need not come, and the place is open again."),
            bulk=True,
            tells=lambda claim, *, at: [claim.person],
        ),
        Verb(
            "no-show-back",
            _("Take the note back that nobody came"),
            lambda claim, *, by, at: claim.take_no_show_back(by=by, at=at),
            done=_("The note is gone."),
            when=lambda claim: claim.no_show_at is not None,
            hint=_("Nobody is told; the helper never learned of it."),
        ),
    )

    def facts(self, claim):
        """With the time that it is for."""
        slot = claim.slot
        return {**super().facts(claim), "time": (slot.pk, slot.starts_at, slot.ends_at, slot.cancelled_at)}

    def name_of(self, claim):
        """The helper, the request and the time."""
        return joined([claim.person, self.what(claim), self.time(claim)], " · ")

    @admin.display(description=_("what"))
    def what(self, claim):
        """The request."""
        return claim.slot.help_request.title

    @admin.display(description=_("when"))
    def time(self, claim):
        """The slot's time in the circle's zone."""
        return time_of(claim.slot, at=timezone.now())

    @admin.display(description=_("circle"))
    def circle(self, claim):
        """The request's circle."""
        return claim.slot.help_request.circle

    @admin.display(description=_("state"))
    def standing(self, claim):
        """Where it stands, in words."""
        if claim.is_unanswered(at=timezone.now()):
            return _("Not answered")
        return {
            "waiting": _("Waits for the asker's yes"),
            "accepted": _("Promised"),
            "confirmed": _("Still on"),
            "released": _("Given back"),
            "declined": _("Declined"),
            "cancelled": _("Called off"),
        }[claim.state]
