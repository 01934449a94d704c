"""One specific ask of one kind."""

import uuid

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circles.limits import at_most, one_of
from circles.models import JournalEntry
from supportnet.notices.models import Notice

from ..catalogue import QUIET, Category, Doorstep, RequestKind
from .asking_for_another import Consented
from .choices import Importance, Timing, Wanted
from .circle_change import Moving
from .daily_wishes import Wishing
from .editing import Edited
from .help_request_queries import HelpRequestQuerySet, last_look
from .lifecycle import Lifecycle
from .several_slots import Several
from .thanks_to_all import Thanking
from .wave_plan import NotOpen, Reaching

# The journal's word for a look at what not everybody sees; `LAST_LOOK` in `visibility/rule.py` has it in SQL.
SAW_ADDRESS = "saw address"


class HelpRequest(Edited, Lifecycle, Wishing, Reaching, Moving, Several, Thanking, Consented, models.Model):
    """One specific ask of one kind, in a category. Where it stands is said by its timestamps."""

    circle = models.ForeignKey("circles.Circle", models.PROTECT, related_name="help_requests")
    kind = models.CharField(_("kind"), max_length=15, choices=RequestKind)
    category = models.CharField(_("category"), max_length=15, choices=Category)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="help_requests")
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posted_requests")

    title = models.CharField(_("title"), max_length=120)
    would_help = models.TextField(_("what would help"), max_length=2000, blank=True)
    would_not_help = models.TextField(_("what would not help"), max_length=1000, blank=True)
    how_done = models.CharField(_("how one knows it is done"), max_length=200, blank=True)
    importance = models.CharField(
        _("how much it matters"),
        max_length=10,
        choices=Importance,
        default=Importance.HELPS,
    )
    wanted = models.CharField(_("what is wanted"), max_length=10, choices=Wanted, blank=True)
    tags = models.CharField(_("tags"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)
    timing = models.CharField(_("when"), max_length=10, choices=Timing, default=Timing.WHENEVER)

    area = models.CharField(_("area"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    way_in = models.CharField(_("way in"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    doorstep = models.CharField(_("doorstep wish"), max_length=10, choices=Doorstep, blank=True)

    medical_note = models.CharField(_("medical note"), max_length=300, blank=True)
    children = models.CharField(_("children's names"), max_length=200, blank=True)
    away = models.CharField(_("when nobody is home"), max_length=200, blank=True)
    visit = models.JSONField(_("what a helper needs at the door"), default=dict, blank=True)
    wishes = models.JSONField(_("wishes about what is brought"), default=dict, blank=True)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    plan_b = models.CharField(_("what we do if nobody can"), max_length=300, blank=True)
    reaches = models.JSONField(_("who sees what"), default=dict, blank=True)

    quietly = models.BooleanField(_("ask quietly"), default=False)
    needs_checked = models.BooleanField(_("only for checked helpers"), default=False)
    consent = models.ForeignKey(
        "circles.Consent", models.PROTECT, null=True, blank=True, related_name="help_requests"
    )
    covered = models.CharField(max_length=16, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("begun"))
    changed_at = models.DateTimeField(_("changed"))
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(_("asked"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    close_reason = models.CharField(max_length=200, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)
    # What was asked quietly by somebody who left is called off then, and not as they leave
    # (`requests.reactions.membership_ended`).
    ends_unnoticed_at = models.DateTimeField(null=True, editable=False)
    form_key = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)

    objects = HelpRequestQuerySet.as_manager()

    # What a query for one reader brings along (`viewer.annotations`): whose it is (None: nobody's, so that whoever
    # asks a policy makes a query), and whether they hold a promise. `promises` are that reader's, once they were read.
    reader = promised_reader = promises = None

    class Meta:
        verbose_name = _("help request")
        verbose_name_plural = _("help requests")
        constraints = [
            one_of(RequestKind, "kind", model="help_request"),
            one_of(Category, "category", model="help_request"),
            one_of(Importance, "importance", model="help_request"),
            one_of(Timing, "timing", model="help_request"),
            at_most(120, "title", model="help_request"),
            at_most(2000, "would_help", model="help_request"),
            at_most(1000, "would_not_help", model="help_request"),
            at_most(300, "medical_note", model="help_request"),
            at_most(300, "plan_b", model="help_request"),
            at_most(200, "children", model="help_request"),
            at_most(200, "away", model="help_request"),
            models.CheckConstraint(condition=~Q(title=""), name="help_request_has_a_title"),
            models.CheckConstraint(
                condition=Q(quietly=False) | Q(category__in=QUIET), name="help_request_may_be_asked_quietly"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(published_at__isnull=False),
                name="help_request_is_closed_after_it_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="help_request_is_closed_or_cancelled",
            ),
        ]
        indexes = [
            models.Index(fields=["circle", "-published_at"], name="help_request_of_circle"),
            models.Index(fields=["asker", "-created_at"], name="help_request_of_asker"),
            models.Index(fields=["posted_by", "-created_at"], name="help_request_posted_by"),
            models.Index(
                fields=["paused_until"],
                condition=Q(paused_until__isnull=False),
                name="help_requests_paused",
            ),
            models.Index(
                fields=["ends_unnoticed_at"],
                condition=Q(ends_unnoticed_at__isnull=False),
                name="help_requests_ending",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """The request's page."""
        return reverse("request", args=[self.pk])

    @property
    def state(self):
        """ "draft", "open", "closed" or "cancelled"."""
        if self.cancelled_at:
            return "cancelled"
        if self.closed_at:
            return "closed"
        return "open" if self.published_at else "draft"

    @property
    def is_open(self):
        """Whether its places may be taken, or its question answered."""
        return self.state == "open"

    @property
    def needs_yes(self):
        """Whether the asker accepts each claim: both sides say yes to emotional support, and to a name."""
        return self.kind == RequestKind.EMOTIONAL or self.quietly

    @property
    def is_agreed(self):
        """Whether nobody's consent is missing: that of whom it is for, and of whom the circle is around."""
        consents = (self.consent_id and self.consent, self.circle.consent_id and self.circle.consent)
        return all(consent.stands for consent in consents if consent)

    @property
    def is_still_here(self):
        """Whether who asks or who posted it is in the circle: what somebody asked goes with them. One query."""
        askers = (self.asker_id, self.posted_by_id)
        return self.circle.memberships.current().filter(person__in=askers).exists()

    @property
    def whom(self):
        """The name of whom it is for. What a reader is told is for `policies.name_of_asker` to say."""
        return self.consent.name if self.consent_id else str(self.asker)

    @property
    def takes_answers(self):
        """Whether it is a question."""
        return self.kind == RequestKind.INFORMATIONAL

    @property
    def zone(self):
        """The time zone in which its times are meant: the circle's."""
        return self.circle.zone

    @property
    def has_slots_at_hand(self):
        """Whether the times came along, with whoever comes to each."""
        return "slots" in getattr(self, "_prefetched_objects_cache", ())

    def note_look(self, *, by, at, fields):
        """Keep for whoever asks that `by` was shown these `fields`: once an hour, and again when there are more."""
        fetched = self.reader == by.pk and "last_look" in vars(self)
        last = self.last_look if fetched else self._last_look(by=by, at=at)
        if not set(fields) <= set((last or {}).get("fields", [])):
            JournalEntry.objects.write(
                SAW_ADDRESS, self, by=by, at=at, circle=self.circle, fields=sorted(fields)
            )

    def _last_look(self, *, by, at):
        looked = HelpRequest.objects.filter(pk=self.pk).annotate(last=last_look(by, at=at))
        return looked.values_list("last", flat=True).first()

    def looks(self):
        """Who was shown the address and the like, and when, newest first."""
        looks = JournalEntry.objects.about(self).filter(verb=SAW_ADDRESS)
        return looks.select_related("actor").order_by("-at", "-pk")

    def claims(self):
        """All promises to come to any of its times, whatever became of them."""
        return self.slots.model.claims.field.model.objects.filter(slot__help_request=self)

    def to_tell(self):
        """Whoever hears about what happens with it: the asker, and who posted it for them."""
        return {self.asker, self.posted_by}

    def is_run_by(self, person):
        """Whether `person` asks it or posted it."""
        return person.pk in (self.asker_id, self.posted_by_id)

    def answer(self, *, by, text, at, been_there=False, for_work=False, form_key=None):
        """Answer the question; the asker is told. The same `form_key` gives the same answer again. Raises `NotOpen`."""
        by.require_verified()
        if not self.is_open or not self.takes_answers:
            raise NotOpen
        with transaction.atomic():
            answer, made = self.answers.model.objects.get_or_create(
                form_key=form_key or uuid.uuid4(),
                defaults={
                    "help_request": self,
                    "person": by,
                    "text": text,
                    "been_there": been_there,
                    "for_work": for_work,
                    "created_at": at,
                },
            )
            if made:
                Notice.objects.queue_all(
                    "request_answered",
                    [(answer, reader) for reader in self.to_tell()],
                    at=at,
                    by=by,
                )
        return answer
