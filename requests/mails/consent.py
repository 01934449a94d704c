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
    """To whoever said yes for a request: somebody else changed its words or times. They look, and may take it back."""

    name = "agreed_words_changed"
    model = HelpRequest
    related = ("circle", *CONSENTS)
    label = _("What others ask for you")
    waits = collects = dt.timedelta(minutes=5)

    def agreed_about(self, cause):
        """The request itself."""
        return cause

    def still_true(self, cause, notice, at):
        """While their yes stands, and it says other than when they gave it."""
        own = cause.own_consent
        if not own or not own.may_decide(notice.reader):
            return "The reader does not decide about it any more."
        is_back = notice.facts.get("what") == "words" and cause.covered and cause.is_covered()
        return "It says again what they agreed to." if is_back else ""

    def apart(self, cause):
        """One mail is about one request."""
        return cause.pk

    def context(self, causes, notices, reader, at):
        """For whom it is asked, and what changed: words, times, or both. Older notices are about words."""
        what = {notice.facts.get("what", "words") for notice in notices}
        told = {"words": "words" in what, "times": "times" in what}
        return {"whom": causes[0].whom, "is_theirs": causes[0].own_consent.is_for(reader), **told}

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
