"""What stands in the way of a promise or a change. Each is a situation that pages have words for."""


class SlotUnavailable(Exception):
    """No place in the slot can be claimed."""


class SlotTaken(SlotUnavailable):
    """Someone else claimed the last place."""


class TooFewPlaces(SlotTaken):
    """Fewer places are left than the party needs; `left` says how many."""

    def __init__(self, left):
        super().__init__(left)
        self.left = left


class SlotOver(SlotUnavailable):
    """Its time has come or gone."""


class SlotCancelled(SlotUnavailable):
    """It was called off."""


class RequestClosed(SlotUnavailable):
    """No more help is asked for."""


class SlotMoved(SlotUnavailable):
    """It is at another time than whoever pressed had before them."""


class OwnRequest(SlotUnavailable):
    """Whoever asks can't claim their own slot."""


class OutOfSight(SlotUnavailable):
    """Whoever would claim it may not see the request."""


class NotChecked(SlotUnavailable):
    """It needs a helper whom the circle's keepers have checked."""


class CheckEndsBefore(NotChecked):
    """It needs a checked helper, and the check does not hold on that day any more."""


class SlotHoldsMore(Exception):
    """More people hold places than the new capacity has room for: `places` too many."""

    def __init__(self, places=None):
        super().__init__(places)
        self.places = places


class Clash(Exception):
    """The person promised something else at the same time; `claims` are those promises."""

    def __init__(self, claims):
        super().__init__(claims)
        self.claims = claims


class SlotAhead(Exception):
    """Its time has not come yet."""
