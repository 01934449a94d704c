"""Nothing goes out of what somebody has not agreed to, or not any more; and where an answer of theirs leads."""

from circles import mails
from supportnet.notices.kinds import register

NO_CONSENT = "Whom it is for has not agreed, or has taken it back."
CONSENTS = ("consent", "circle__consent")


class OnlyAgreed:
    """For kinds about a help request. `even_hidden`: told all the same, because somebody would come for nothing."""

    even_hidden = False

    def help_request_of(self, cause):
        """The request that `cause` belongs to."""
        return cause.help_request

    def reasons_against(self, pairs, at):
        """What else stands against it, and that somebody has not agreed."""
        return super().reasons_against(pairs, at) | self.not_agreed(pairs)

    def not_agreed(self, pairs):
        """{notice number: reason}; no query where the kind fetches the consents (`CONSENTS`) with its causes."""
        if self.even_hidden:
            return {}
        return {n.pk: NO_CONSENT for n, cause in pairs if not self.help_request_of(cause).is_agreed}


@register
class ConsentAnswered(mails.ConsentAnswered):
    """To whoever asked: yes, no thank you, or taken back; it leads to the request, where it is about one."""

    def url(self, cause):
        """The circle, or the request."""
        about = None if cause.around else cause.help_requests.first()
        return about.get_absolute_url() if about else super().url(cause)
