"""Mails about a keeper's check whose last day is over: to the member, and to the keepers, who may renew it."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import register

from ..models import Membership
from .memberships import AboutMembership


class CheckEnded(AboutMembership):
    """What both have in common."""

    def still_true(self, cause, notice, at):
        """Until it is renewed, while they are a member."""
        ended = cause.check_ends_at and cause.check_ends_at <= at
        return "" if cause.is_current and ended else "It is checked again, or no member any more."


@register
class OwnCheckEnded(CheckEnded):
    """To the member: until when it held, and who renews it."""

    name = "own_check_ended"
    label = _("Your check has ended")


@register
class ChecksEnded(CheckEnded):
    """To the other keepers: whose check has ended, all of the same night in one mail."""

    name = "checks_ended"
    label = _("Checks that have ended")
    collects = timedelta(hours=1)

    def reasons_against(self, pairs, at):
        """Only keepers are told."""
        circles, readers = {cause.circle_id for _, cause in pairs}, {notice.reader_id for notice, _ in pairs}
        keepers = Membership.objects.keepers().filter(circle__in=circles, person__in=readers)
        keep = set(keepers.values_list("circle", "person"))
        return super().reasons_against(pairs, at) | {
            notice.pk: "The reader does not keep this circle any more."
            for notice, cause in pairs
            if (cause.circle_id, notice.reader_id) not in keep
        }

    def apart(self, cause):
        """Each circle's have a mail of their own."""
        return cause.circle_id

    def url(self, cause):
        """Where it is renewed."""
        return reverse("circle_members", args=[cause.circle_id])
