"""What stands in the way of joining, leaving and asking. Each is a situation that pages have words for."""


class InvitationUnusable(Exception):
    """The invitation opens nothing any more."""


class InvitationExpired(InvitationUnusable):
    """Its time is over."""


class InvitationRevoked(InvitationUnusable):
    """A keeper took it back."""


class InvitationUsedUp(InvitationUnusable):
    """It has let in as many people as it was for."""


class InvitationLapsed(InvitationUnusable):
    """Whoever made it does not keep the circle any more, or the circle was put away."""


class InvitationWithoutConsent(InvitationUnusable):
    """Whom the circle is around has not agreed to it, or has taken it back."""


class LastKeeper(Exception):
    """A circle has at least one keeper, always: name another one first."""


class AskedLately(Exception):
    """A keeper said no not long ago; `again_at` is when one may ask again."""

    def __init__(self, again_at):
        super().__init__(again_at)
        self.again_at = again_at
