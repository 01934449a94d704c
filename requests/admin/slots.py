"""Slots of the requests in the circles that the reader keeps."""

from django.contrib import admin
from django.db.models import Case, F, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from circles.admin.journaled import Journaled, KeptCircle
from requests.models import Slot
from supportnet.notices.text_direction import joined
from supportnet.panel.admin import Standing, Verb, organizers

from ..pages.situations import SITUATIONS
from .forms import ReasonForm, RoomForm, SignUpForm
from .words import kept_private, time_of


class SlotStanding(Standing):
    """Open, taken, or called off."""

    standings = {
        "open": (_("Open"), lambda rows: rows.open(at=timezone.now())),
        "taken": (_("Taken"), lambda rows: rows.filter(taken__gte=F("capacity"), cancelled_at__isnull=True)),
        "cancelled": (_("Called off"), lambda rows: rows.filter(cancelled_at__isnull=False)),
    }


class KeptCircleOfSlot(KeptCircle):
    """By the circle of the slot's request."""

    lookup = "help_request__circle"


def sign_up(slot, *, by, at, person, **said):
    """A keeper makes the promise for somebody who agreed to it."""
    with kept_private(by=by, at=at):
        slot.claim(by=person, made_by=by, at=at, **said)


def takes_promises(slot):
    """Whether its time is ahead and it is asked for; also when it is full, since a keeper may make room."""
    return not slot.cancelled_at and slot.open_until > timezone.now()


@admin.register(Slot, site=organizers)
class SlotAdmin(Journaled):
    """Times at which help is needed."""

    weight = 20
    list_display = ["time", "what", "circle", "places", "helpers", "standing"]
    list_filter = [SlotStanding, KeptCircleOfSlot]
    list_select_related = ["help_request__circle", "help_request__asker"]
    search_fields = ["help_request__title"]
    fields = ["what", "time", "circle", "places", "helpers", "standing", "cancel_reason"]
    readonly_fields = ["what", "time", "circle", "places", "helpers", "standing"]
    situations = SITUATIONS
    verbs = (
        Verb(
            "sign-up",
            _("Sign somebody up"),
            sign_up,
            done=_("Signed up. They are told that it was you, and can give it back."),
            when=takes_promises,
            form=SignUpForm,
            hint=_("For somebody who told you that they will come."),
        ),
        Verb(
            "room",
            _("Change how many"),
            lambda slot, *, by, at, capacity: slot.resize(capacity, by=by, at=at),
            done=_("Changed."),
            when=lambda slot: not slot.cancelled_at and slot.help_request.is_open,
            form=RoomForm,
        ),
        Verb(
            "cancel",
            _("Call it off"),
            lambda slot, *, by, at, reason: slot.cancel(by=by, at=at, reason=reason),
            done=_("Called off. Whoever promised to come is told."),
            when=lambda slot: not slot.cancelled_at and not slot.is_over(at=timezone.now()),
            form=ReasonForm,
            hint=_("Only this one time is called off; whoever promised to come is told why."),
            tells=lambda slot, *, at: [claim.person for claim in slot.claims.all() if claim.is_live],
        ),
    )

    def get_queryset(self, request):
        """Next first, what is over last; with the names of those who come."""
        rows = super().get_queryset(request).select_related("help_request__circle")
        over = Case(When(ends_at__lte=timezone.now(), then=1), default=0)
        return rows.order_by(over, F("starts_at").asc(nulls_last=True), "pk").prefetch_related(
            "claims__person"
        )

    def facts(self, slot):
        """When it is, for how many, who comes, and whether it stands."""
        return {
            "time": (slot.starts_at, slot.ends_at),
            "places": (slot.taken, slot.capacity),
            "helpers": sorted(claim.pk for claim in slot.claims.all() if claim.is_live),
            "standing": slot.cancelled_at,
        }

    def name_of(self, slot):
        """The request and the time."""
        return joined([slot.help_request, self.time(slot)], " · ")

    @admin.display(description=_("when"), ordering="starts_at")
    def time(self, slot):
        """Its time in the circle's zone."""
        return time_of(slot, at=timezone.now())

    @admin.display(description=_("what"))
    def what(self, slot):
        """The request."""
        return slot.help_request.title

    @admin.display(description=_("circle"))
    def circle(self, slot):
        """The request's circle."""
        return slot.help_request.circle

    @admin.display(description=_("places"))
    def places(self, slot):
        """Taken, of how many."""
        if slot.capacity is None:
            return gettext("%(taken)d, as many as like") % {"taken": slot.taken}
        return gettext("%(taken)d of %(room)d") % {"taken": slot.taken, "room": slot.capacity}

    @admin.display(description=_("helpers"))
    def helpers(self, slot):
        """Who promised to come."""
        return joined(claim.person for claim in slot.claims.all() if claim.is_live)

    @admin.display(description=_("state"))
    def standing(self, slot):
        """Where it stands, in words."""
        if slot.cancelled_at:
            return _("Called off")
        if slot.is_open(at=timezone.now()):
            return _("Open")
        return _("Taken") if slot.is_full else _("Over or closed")
