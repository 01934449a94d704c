"""Nothing goes out of what somebody has not agreed to, or not any more; and where an answer of theirs leads."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from circles.mails import consent, guard_consent
from supportnet.notices.kinds import Kind, register

from ..models import HelpRequest

# Fetched along, so that asking for the yes costs no query.
CONSENTS = ("consent", "circle__consent")


class OnlyAgreed(guard_consent.OnlyAgreed):
    """For kinds about a help request; they fetch its `CONSENTS`."""

    def agreed_about(self, cause):
        """The request that `cause` belongs to."""
        return cause.help_request

    def is_theirs(self, cause, reader):
        """Whoever asks or posted it sees it all the same."""
        return self.agreed_about(cause).is_run_by(reader)


@register
class AgreedWordsChanged(OnlyAgreed, Kind):
    """To whoever said yes for a request: somebody else changed its words. They look, and may take it back."""

    name = "agreed_words_changed"
    model = HelpRequest
    related = ("circle", *CONSENTS)
    label = _("What others ask for you")
    waits = collects = dt.timedelta(minutes=5)

    def agreed_about(self, cause):
        """The request itself."""
        return cause

    def still_true(self, cause, notice, at):
        """While their yes stands."""
        own = cause.own_consent
        return (
            "" if own and own.may_decide(notice.reader) else "The reader does not decide about it any more."
        )

    def apart(self, cause):
        """One mail is about one request."""
        return cause.pk

    def context(self, causes, notices, reader, at):
        """For whom it is asked."""
        return {"whom": causes[0].whom, "is_theirs": causes[0].own_consent.is_for(reader)}

    def url(self, cause):
        """The page that shows who sees what."""
        return (cause.own_consent or cause).get_absolute_url()


@register
class ConsentAnswered(consent.ConsentAnswered):
    """To whoever asked: yes, no thank you, or taken back; it leads to the request, where it is about one."""

    def url(self, cause):
        """The circle, or the request."""
        about = None if cause.around else cause.help_requests.first()
        return about.get_absolute_url() if about else super().url(cause)
