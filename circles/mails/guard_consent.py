"""Nothing is told of what somebody has not agreed to, or not any more: neither by mail nor on the page of notices."""

# Why a notice was dropped: staff read it on the page of notices, the reader never does.
NO_CONSENT = "Whom it is about has not agreed, or has taken it back."


class OnlyAgreed:
    """For kinds about a circle or a help request, of which both know whether they are agreed to.

    `even_hidden`: told all the same, because somebody would come for nothing.
    """

    even_hidden = False

    def agreed_about(self, cause):
        """The circle or help request that `cause` belongs to."""
        return cause.circle

    def is_theirs(self, cause, reader):
        """Whether the reader sees it even so."""
        return False

    def reasons_against(self, pairs, at):
        """What else stands against it, and that somebody has not agreed."""
        return super().reasons_against(pairs, at) | self.not_agreed(pairs)

    def not_agreed(self, pairs):
        """{notice number: reason}; no query where the kind fetches the consents with its causes."""
        if self.even_hidden:
            return {}
        return {notice.pk: NO_CONSENT for notice, cause in pairs if not self.agreed_about(cause).is_agreed}


def not_agreed_lines(told):
    """Those of the notices `told`, {notice: (kind, cause)}, about what somebody has not agreed to any more."""
    return [
        notice
        for notice, (kind, cause) in told.items()
        if isinstance(kind, OnlyAgreed) and cause is not None and kind.not_agreed([(notice, cause)])
        if not kind.is_theirs(cause, notice.reader)
    ]
