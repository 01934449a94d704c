"""Nothing goes out of what somebody has not agreed to, or not any more; and where an answer of theirs leads."""

from circles import mails, only_agreed
from supportnet.notices.kinds import register

CONSENTS = ("consent", "circle__consent")


class OnlyAgreed(only_agreed.OnlyAgreed):
    """For kinds about a help request; they fetch its `CONSENTS`."""

    def agreed_about(self, cause):
        """The request that `cause` belongs to."""
        return cause.help_request

    def is_theirs(self, cause, reader):
        """Whoever asks or posted it sees it all the same."""
        return self.agreed_about(cause).is_run_by(reader)


@register
class ConsentAnswered(mails.ConsentAnswered):
    """To whoever asked: yes, no thank you, or taken back; it leads to the request, where it is about one."""

    def url(self, cause):
        """The circle, or the request."""
        about = None if cause.around else cause.help_requests.first()
        return about.get_absolute_url() if about else super().url(cause)
