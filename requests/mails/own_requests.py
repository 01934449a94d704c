"""The choice of how often somebody hears about what happens with their own requests."""

from django.utils.translation import gettext_lazy as _

from circles.models import Tell
from supportnet.notices.models import NOT_BY_MAIL

from ..schedule.daily_mail import next_daily_mail


class AboutOwnRequest:
    """For kinds that whoever asks may hear at once, daily or not by mail."""

    topic = "requests"

    def still_true(self, cause, notice, at):
        """Unless the reader turned it down."""
        return NOT_BY_MAIL if notice.reader.told_of_claims == Tell.NEVER else ""

    def not_before(self, cause, notice, at):
        """The daily mail of whoever chose that, unless it would come too late."""
        if notice.reader.told_of_claims != Tell.DAILY or self.may_wake(cause, notice, at):
            return None
        reader = notice.reader
        return next_daily_mail(notice.due_at, zone=reader.time_zone, digest_at=reader.digest_at)

    def turn_down(self, reader, cause):
        """No more mail about their own requests."""
        was = reader.told_of_claims
        self._tell(reader, Tell.NEVER)
        return was if was != Tell.NEVER else ""

    def turn_up(self, reader, cause, was):
        """As it was, or at once."""
        back = was in (Tell.AT_ONCE, Tell.DAILY)
        self._tell(reader, was if back else Tell.AT_ONCE)

    def _tell(self, reader, how):
        reader.told_of_claims = how
        reader.save(update_fields=["told_of_claims"])

    def turned_down_key(self, cause):
        """One choice for all of one's own requests."""
        return "own requests"

    def turned_down_text(self, cause, reader):
        """What is switched off."""
        return _("what happens with your own requests")
