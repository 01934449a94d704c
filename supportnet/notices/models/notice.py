from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supportnet.notices.models.leasing import Leasing
from supportnet.notices.models.queueing import Queueing
from supportnet.notices.wake import DELIVER, wake_once

# Why a notice was dropped, as staff read it.
NO_ADDRESS = "The reader has no e-mail address."
NOT_VERIFIED = "The reader has not shown that the address is theirs."
REFUSED_EARLIER = "The reader's address refused mail earlier."
NOT_BY_MAIL = "The reader chose not to hear of this by mail."
ONLY_MAIL_FAILED = (
    NO_ADDRESS,
    NOT_VERIFIED,
    REFUSED_EARLIER,
    NOT_BY_MAIL,
)  # reasons to drop that leave it true

# Two indexes below hold these rows alone, for queries with this very condition.
WAITING = Q(sent_at=None, dropped_at=None, failed_at=None)


class NoticeQuerySet(Queueing, Leasing, models.QuerySet):
    def waiting(self):
        """Neither sent nor given up: somebody is still to be told."""
        return self.filter(WAITING)

    def ended(self):
        """Sent, dropped or failed."""
        return self.exclude(WAITING)

    def free(self, at):
        """Waiting, and no deliverer has them in hand."""
        return self.waiting().filter(Q(leased_until=None) | Q(leased_until__lte=at))

    def due(self, at):
        """Free, and their time has come."""
        return self.free(at).filter(try_at__lte=at)

    def on_the_page_of(self, reader, at):
        """What stands on the reader's page, newest first: what they were told, and what only mail missed."""
        told = Q(dropped_at=None) | Q(dropped_because__in=ONLY_MAIL_FAILED)
        return self.filter(told, reader=reader, due_at__lte=at).order_by("-pk")

    def sent(self):
        return self.exclude(sent_at=None)

    def dropped(self):
        return self.exclude(dropped_at=None)

    def failed(self):
        return self.exclude(failed_at=None)


class Notice(models.Model):
    """One thing that one person is told, by mail and on their page.

    It holds no text: it is rendered when it is sent, after asking whether it is still true.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notices",
        null=True,
        blank=True,
        db_index=False,
    )
    address = models.EmailField(blank=True, default="")
    cause_id = models.BigIntegerField()
    circle_id = models.BigIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    try_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=200, blank=True, default="")
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(
                name="notice_goes_to_a_person_or_to_an_address",
                condition=Q(reader__isnull=False, address="") | Q(reader__isnull=True) & ~Q(address=""),
            ),
            models.CheckConstraint(
                name="notice_ends_only_one_way",
                condition=Q(sent_at=None, dropped_at=None)
                | Q(sent_at=None, failed_at=None)
                | Q(dropped_at=None, failed_at=None),
            ),
            models.CheckConstraint(
                name="notice_lease_has_an_end",
                condition=Q(lease=None, leased_until=None)
                | Q(lease__isnull=False, leased_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="notice_waiting_next", fields=["try_at", "id"], condition=WAITING),
            models.Index(name="notice_waiting_siblings", fields=["reader", "kind"], condition=WAITING),
            models.Index(
                name="notice_sent_lately", fields=["reader", "kind", "sent_at"], condition=~Q(sent_at=None)
            ),
            models.Index(name="notice_page", fields=["reader", "-id"]),
            models.Index(
                name="notice_failed_in_circle",
                fields=["circle_id", "-failed_at"],
                condition=~Q(failed_at=None),
            ),
        ]

    def __str__(self):
        return self.key

    @property
    def state(self):
        """ "sent", "dropped", "failed" or "waiting"."""
        ends = (("sent", self.sent_at), ("dropped", self.dropped_at), ("failed", self.failed_at))
        return next((name for name, at in ends if at), "waiting")

    def send_again(self, *, at):
        """Somebody asks for another try after it failed for good; what was sent meanwhile stays sent."""
        again = Notice.objects.failed().filter(pk=self.pk)
        if again.update(failed_at=None, error="", attempts=0, try_at=at):
            wake_once(DELIVER)
