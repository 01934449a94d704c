"""The mails of this room: what people are told about circles."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register
from supportnet.notices.models import NOT_BY_MAIL
from supportnet.notices.text_direction import typed

from ..models import Membership
from ..name_in_links import name_for
from .guard_consent import OnlyAgreed


class AboutMembership(OnlyAgreed, Kind):
    """What the notices about a membership have in common."""

    model = Membership
    related = ("circle__consent", "person")

    def context(self, causes, notices, reader, at):
        """The memberships, and the circle and person of the first."""
        return {"memberships": causes, "circle": causes[0].circle, "person": causes[0].person}

    def url(self, cause):
        """The circle."""
        return cause.circle.get_absolute_url()


@register
class JoinAsked(AboutMembership):
    """To keepers: somebody would like to join."""

    name = "join_asked"
    label = _("People who want to join")
    topic = "joiners"
    from_strangers = True
    collects = timedelta(hours=1)

    def still_true(self, cause, notice, at):
        """Until a keeper has answered."""
        return "" if cause.state == "waiting" else "Somebody answered already."

    def reasons_against(self, pairs, at):
        """Only keepers are told, and only those who want to hear of it by mail."""
        against = super().reasons_against(pairs, at)
        keepers = Membership.objects.keepers().filter(
            circle__in={cause.circle_id for _, cause in pairs}, person__in={n.reader_id for n, _ in pairs}
        )
        hears = {(m.circle_id, m.person_id): m.hears_of_joiners for m in keepers}
        reasons = {True: "", False: NOT_BY_MAIL, None: "The reader does not keep this circle any more."}
        return {n.pk: reasons[hears.get((cause.circle_id, n.reader_id))] for n, cause in pairs} | against

    def apart(self, cause):
        """Each circle's joiners have a mail of their own, which turns down that circle's alone."""
        return cause.circle_id

    def url(self, cause):
        """Where joiners are let in."""
        return reverse("circle_members", args=[cause.circle_id])

    def turn_down(self, reader, cause):
        """This keeper hears no more of who wants to join this circle."""
        return "heard" if self._hear(reader, cause, False) else ""

    def turn_up(self, reader, cause, was):
        """They hear of it again."""
        self._hear(reader, cause, True)

    def _hear(self, reader, cause, hears):
        other = Membership.objects.filter(circle=cause.circle_id, person=reader, hears_of_joiners=not hears)
        return other.update(hears_of_joiners=hears)

    def turned_down_text(self, cause, reader):
        """What is switched off."""
        circle = name_for(reader, cause.circle_id)
        if circle is None:
            return _("people who want to join the circle")
        return _("people who want to join %(circle)s") % typed(circle=circle)


@register
class JoinAccepted(AboutMembership):
    """A keeper said yes."""

    name = "join_accepted"
    label = _("You are in")

    def still_true(self, cause, notice, at):
        """While they are a member."""
        return "" if cause.is_current else "The reader is no member any more."


@register
class JoinDeclined(AboutMembership):
    """A keeper said no."""

    name = "join_declined"
    label = _("An answer from a circle")
    from_strangers = True

    def still_true(self, cause, notice, at):
        """Unless they were let in after all."""
        return "" if cause.declined_at else "The answer has changed since."

    def url(self, cause):
        """They can't see the circle: to their own circles."""
        return reverse("circles")
