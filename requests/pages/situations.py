"""What stands in the way of a promise or a change, in words: to a helper, to a keeper on a page, on the panel.

A situation that is not listed is told in plain words that fit all of them.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from circles.models import NotVerified
from supportnet.notices.text_direction import joined

from ..models import (
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
    SlotMoved,
    SlotOver,
    SlotTaken,
    TooFewPlaces,
)

# To a helper who came too late, or may not.
WHY_NOT = {
    SlotTaken: gettext_lazy("Someone just took this one. Thank you all the same."),
    SlotOver: gettext_lazy("The time for this one has gone by. Thank you all the same."),
    SlotMoved: gettext_lazy(
        "The time was changed after you opened the page. Please look whether it still suits you."
    ),
    SlotCancelled: gettext_lazy("This one was called off. Thank you all the same."),
    RequestClosed: gettext_lazy("No more help is needed here just now. Thank you all the same."),
    CheckEndsBefore: gettext_lazy("Your check ends before that day. A keeper of the circle can renew it."),
    NotChecked: gettext_lazy("This is for helpers whom a keeper has checked. The page says how that goes."),
    Clash: gettext_lazy("You promised something else for that time."),
    OwnRequest: gettext_lazy("This is your own request, so its places are for others."),
}


def why_not(why):
    """What to say to a helper."""
    if isinstance(why, TooFewPlaces):
        return fewer_left(why.left)
    return str(WHY_NOT.get(type(why), _("This place can't be taken now.")))


def fewer_left(left):
    """That a party is larger than the number of places left."""
    words = ngettext(
        "Only %(left)d place is left, so not all of you fit in.",
        "Only %(left)d places are left, so not all of you fit in.",
        left,
    )
    return words % {"left": left}


# To a keeper who would sign somebody up.
WHY_NOT_SIGN_UP = {
    SlotTaken: gettext_lazy("The last place was just taken. To make room for one more, say why."),
    OutOfSight: gettext_lazy("They do not see this request, so they can’t be signed up for it."),
    OwnRequest: gettext_lazy("Whoever asks can’t also be the one who helps."),
    NotChecked: gettext_lazy(
        "This needs a helper whom a keeper has checked. Note the check among the members first."
    ),
    CheckEndsBefore: gettext_lazy("Their check ends before that day. Renew it among the members first."),
    NotVerified: gettext_lazy("They have not shown yet that their e-mail address is theirs."),
}


def why_not_sign_up(why):
    """What to say to a keeper."""
    return str(WHY_NOT_SIGN_UP.get(type(why), _("Nobody can be signed up for this time any more.")))


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


# On the panel, for each exception of the verbs; what names others is made of the exception.
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
