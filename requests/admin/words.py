"""Situations and times in plain words, for the panel."""

from contextlib import contextmanager

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from circles.models import NotVerified
from circles.time_text import when
from requests.models import (
    CheckEndsBefore,
    Clash,
    EditedMeanwhile,
    NotChecked,
    NotOpen,
    OutOfSight,
    OwnRequest,
    RequestClosed,
    SlotCancelled,
    SlotHoldsMore,
    SlotOver,
    SlotTaken,
    TooFewPlaces,
)
from supportnet.notices.text_direction import joined

from ..pages.clashes import seen_of


def time_of(slot, *, at):
    """The slot's time in its circle's zone."""
    return capfirst(when(slot.starts_at, slot.ends_at, zone=slot.help_request.zone, at=at))


@contextmanager
def kept_private(*, by, at):
    """A clash names only what the keeper `by` may see."""
    try:
        yield
    except Clash as clash:
        raise Clash(seen_of(clash.claims, by, at=at)) from None


def _clash(clash):
    others = joined(claim.slot.help_request for claim in clash.claims)
    if not others:
        return _("They promised something else at that time. Tick the box if they can do both.")
    return _("They promised something else at that time: %(others)s. Tick the box if they can do both.") % {
        "others": others
    }


def _too_few(few):
    words = ngettext(
        "Only %(left)d place is left there, and more of them come.",
        "Only %(left)d places are left there, and more of them come.",
        few.left,
    )
    return words % {"left": few.left}


# What each exception of the verbs means on the panel.
SITUATIONS = {
    TooFewPlaces: _too_few,
    Clash: _clash,
    SlotTaken: gettext_lazy("Someone just took this place."),
    SlotOver: gettext_lazy("Its time has come or gone."),
    SlotCancelled: gettext_lazy("This time was called off."),
    RequestClosed: gettext_lazy("No more help is asked for here."),
    OwnRequest: gettext_lazy("Whoever asks can't also be the one who helps."),
    OutOfSight: gettext_lazy("This person may not see the request. Ask somebody who stands nearer."),
    NotChecked: gettext_lazy(
        "This needs a helper whom a keeper has checked. Note the check on the member’s page first."
    ),
    CheckEndsBefore: gettext_lazy("Their check ends before that day. Renew it on the member’s page first."),
    SlotHoldsMore: gettext_lazy("More people than that have promised to come."),
    NotVerified: gettext_lazy("This person has not shown yet that their address is theirs."),
    NotOpen: gettext_lazy("The request is not open any more; nothing was changed."),
    EditedMeanwhile: gettext_lazy(
        "Somebody saved another version meanwhile. Have a look, then change it again."
    ),
}
