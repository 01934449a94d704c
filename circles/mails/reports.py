"""Mails about reports: to those who can act, and back to whoever reported. None says what it is about, or whom."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register

from ..models import Membership, Report


class AboutReport(Kind):
    """A notice about a report. It belongs to no circle's list of failed mail: whom it is about may keep the circle."""

    model = Report
    related = ("circle",)

    def circle_id(self, cause):
        """None: see above."""

    def context(self, causes, notices, reader, at):
        """The circle, and nothing of the report."""
        return {"circle": causes[0].circle}


@register
class Reported(AboutReport):
    """To the circle's keepers: somebody asks them to look at something."""

    name = "reported"
    label = _("Something was reported")

    def still_true(self, cause, notice, at):
        """Until somebody has settled it."""
        return "" if cause.is_open else "Somebody has settled it."

    def reasons_against(self, pairs, at):
        """Only keepers are told, and never whom it is about."""
        keepers = Membership.objects.keepers().filter(
            circle__in={cause.circle_id for _, cause in pairs}, person__in={n.reader_id for n, _ in pairs}
        )
        keepers = set(keepers.values_list("circle", "person"))
        return {
            notice.pk: "The reader does not keep this circle any more."
            for notice, cause in pairs
            if (cause.circle_id, notice.reader_id) not in keepers or notice.reader_id == cause.about_id
        }

    def url(self, cause):
        """The report, on the panel."""
        return reverse("organize:circles_report_change", args=[cause.pk])


@register
class ReportedToStaff(AboutReport):
    """To the installation's staff: a circle's only keeper was reported."""

    name = "reported_to_staff"
    label = _("A keeper was reported")

    def still_true(self, cause, notice, at):
        """Until somebody has settled it; nobody but staff reads it."""
        if not notice.reader.is_staff:
            return "The reader is not of the staff any more."
        return "" if cause.is_open else "Somebody has settled it."

    def url(self, cause):
        """The report, on the staff's pages."""
        return reverse("admin:circles_report_change", args=[cause.pk])


@register
class ReportSettled(AboutReport):
    """To whoever reported: it was looked at."""

    name = "report_settled"
    label = _("What you reported was looked at")

    def still_true(self, cause, notice, at):
        """Once it was settled."""
        return "" if cause.settled_at else "It is open again."

    def context(self, causes, notices, reader, at):
        """The circle, for whoever is in it."""
        circle = causes[0].circle
        is_inside = reader and circle.memberships.current().filter(person=reader).exists()
        return {"circle": circle if is_inside else None}

    def url(self, cause):
        """Their circles: perhaps they have left this one."""
        return reverse("circles")
