"""A circle was put away."""

from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register

from ..models import Circle, Membership
from .guard_consent import OnlyAgreed


@register
class CirclePutAway(OnlyAgreed, Kind):
    """To the members: nothing goes on in their circle any more."""

    name = "circle_put_away"
    model = Circle
    related = ("consent",)
    label = _("Circles that were put away")

    def circle_id(self, cause):
        """The circle itself."""
        return cause.pk

    def agreed_about(self, cause):
        """The circle itself."""
        return cause

    def still_true(self, cause, notice, at):
        """Unless it was taken up again."""
        return "" if cause.archived_at else "The circle was taken up again."

    def reasons_against(self, pairs, at):
        """To members alone."""
        readers = {notice.reader_id for notice, _ in pairs}
        members = Membership.objects.current().filter(circle__in={c.pk for _, c in pairs}, person__in=readers)
        inside = set(members.values_list("circle", "person"))
        return super().reasons_against(pairs, at) | {
            notice.pk: "The reader is no member any more."
            for notice, cause in pairs
            if (cause.pk, notice.reader_id) not in inside
        }

    def context(self, causes, notices, reader, at):
        """The circle."""
        return {"circle": causes[0]}

    def url(self, cause):
        """The circle, as it was."""
        return cause.get_absolute_url()
