"""What a member tells the keepers because something is not right."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from supportnet.notices.models import Notice

from ..limits import at_most
from .journal import JournalEntry
from .membership import Membership
from .person import Person, known

# While one about a request is open, keepers see that request across a block (`requests/visibility/rule.py`).
OPEN = Q(settled_at__isnull=True)


class AboutOneself(Exception):
    """Nobody reports what they did themselves."""


class ReportQuerySet(models.QuerySet):
    """Reports, by who may read them and whether they were looked at."""

    def open(self):
        """Not settled yet."""
        return self.filter(OPEN)

    def settled(self):
        """Looked at, with an outcome."""
        return self.exclude(OPEN)

    def open_of(self, reporter, subject, *, circle):
        """What `reporter` told the keepers of `circle` about the model instance `subject` and waits for."""
        return self.open().filter(reporter=reporter, subject=name_of(subject), circle=circle)

    def kept_by(self, person):
        """Reports in the circles that `person` keeps, but for those about `person`. Raises `NobodyAsked`."""
        kept = Membership.objects.circles_kept_by(person)
        return self.filter(circle__in=kept).exclude(about=person)

    def beyond_keepers(self):
        """Reports that no keeper can act on, since they are about the circle's only one: the staff's business."""
        return self.exclude(Exists(_other_keepers(OuterRef("circle"), OuterRef("about"))))

    def subjects_about(self, person):
        """How the journal names the reports about `person`, as a subquery: they read of none of them."""
        name = Concat(Value("report:"), Cast("pk", CharField()), output_field=CharField())
        return self.filter(about=known(person)).values(name=name)

    def make(self, *, circle, reporter, subject, about, reason, at):
        """`reporter` tells the keepers of `circle` of the model instance `subject`, a deed of the person `about`.

        Everybody who keeps the circle is told at once, but for `about`; if nobody else keeps it, the staff. Reporting
        what one has reported, and nobody has settled yet, is the same report. Raises `AboutOneself`.
        """
        if reporter == about:
            raise AboutOneself
        this = {"circle": circle, "reporter": reporter, "subject": name_of(subject), "settled_at": None}
        said = {"about": about, "reason": reason, "created_at": at}
        with transaction.atomic():
            report, made = self.get_or_create(**this, defaults=said)
            if made:
                JournalEntry.objects.write("reported", report, by=reporter, at=at, circle=circle)
                report.tell(at=at)
        return report


def name_of(subject):
    """How a report names what it is about: "<model>:<pk>", as the journal does."""
    return f"{subject._meta.model_name}:{subject.pk}"


def _other_keepers(circle, about):
    return Membership.objects.keepers().filter(circle=circle, person__is_active=True).exclude(person=about)


class Report(models.Model):
    """Somebody reports a person, a request or an answer. `subject` is "<model>:<pk>", as in the journal.

    `about` is the person whose doing it is: they never see it, even as a keeper.
    """

    circle = models.ForeignKey("circles.Circle", models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports_made")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports_about")
    subject = models.CharField(_("what is reported"), max_length=60)
    reason = models.TextField(_("reason"), max_length=1000)
    created_at = models.DateTimeField(_("reported"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(_("what was done"), max_length=300, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            at_most(1000, "reason", model="report"),
            models.CheckConstraint(condition=~Q(reason=""), name="report_has_a_reason"),
            models.UniqueConstraint(
                fields=["circle", "reporter", "subject"],
                condition=Q(settled_at__isnull=True),
                name="one_open_report_per_person_and_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subject"], condition=Q(settled_at__isnull=True), name="open_reports_of_subject"
            ),
        ]

    def __str__(self):
        return f"{self.subject} – {self.circle_id}"

    @property
    def is_open(self):
        """Whether nobody has settled it yet."""
        return self.settled_at is None

    def may_be_read_by(self, person):
        """The circle's keepers, and the staff when it is about the only one; never whom it is about."""
        mine = Report.objects.filter(pk=self.pk)
        return (
            mine.kept_by(person).exists()
            or person.is_staff
            and person.pk != self.about_id
            and mine.beyond_keepers().exists()
        )

    def tell(self, *, at):
        """Queue the word to those who can act on it."""
        keepers = [
            keeper.person for keeper in _other_keepers(self.circle, self.about).select_related("person")
        ]
        kind = "reported" if keepers else "reported_to_staff"
        readers = keepers or Person.objects.filter(is_staff=True, is_active=True).exclude(pk=self.about_id)
        pairs = [(self, reader) for reader in readers]
        Notice.objects.queue_all(kind, pairs, at=at, by=self.reporter)

    def settle(self, *, by, outcome, at):
        """Somebody looked at it: say what was done. Whoever reported is told that it was looked at, once."""
        with transaction.atomic():
            settled = {"settled_at": at, "settled_by": by, "outcome": outcome}
            if not Report.objects.open().filter(pk=self.pk).update(**settled):
                return
            self.refresh_from_db()
            JournalEntry.objects.write("settled", self, by=by, at=at, circle=self.circle)
            Notice.objects.queue("report_settled", self, to=self.reporter, at=at, by=by)
