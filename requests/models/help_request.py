"""One specific ask of one kind."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from circles.limits import at_most, one_of
from circles.models import JournalEntry, Membership
from circles.models.person import known
from supportnet.notices.models import Notice

from ..categories import QUIET, Category, Doorstep, RequestKind
from .consented import Consented
from .moving import Moving
from .reaching import NotOpen, Reaching
from .several import Several
from .thanking import Thanking
from .visibility import CHECKED, LAST_LOOK, SHUT_OUT, ByHand, SeenBy
from .wave import FOREVER, UNDATED_SORTS_AFTER
from .wishing import Wishing

SAW_ADDRESS = "saw address"
LOOK = dt.timedelta(hours=1)
PUBLISHED = Q(published_at__isnull=False)
OPEN = PUBLISHED & Q(closed_at__isnull=True, cancelled_at__isnull=True)
LISTED_BY = (
    *("kind", "category", "published_at", "closed_at", "cancelled_at"),
    *("consent__agreed_at", "consent__withdrawn_at"),
    *("circle__consent__agreed_at", "circle__consent__withdrawn_at"),
)
# What whoever promised is told of, in the order in which it is told: with the words that stood there before, and,
# of what not everybody may see, only that it changed.
TOLD_WITH_OLD_WORDS = ("title", "would_help", "would_not_help", "how_done", "details", "area", "doorstep")
TOLD_TO_CLAIMERS = {*TOLD_WITH_OLD_WORDS, "address", "way_in", "phone", "medical_note", "children", "away"}


class EditedMeanwhile(Exception):
    """Somebody saved another version since this form was opened."""


class Importance(models.TextChoices):
    """How much it matters to whoever asks."""

    NICE = "nice", _("Nice to have")
    HELPS = "helps", _("It would really help")
    NEED = "need", _("I need this")


class Wanted(models.TextChoices):
    """What somebody who asks for emotional support would like."""

    LISTEN = "listen", _("Just listen")
    DISTRACT = "distract", _("Distract me")
    THINK = "think", _("Think of me")
    ADVICE = "advice", _("Advice welcome")


class Timing(models.TextChoices):
    """When help is needed: the form's choice, from which slots are made."""

    ONCE = "once", _("At one time")
    BEFORE = "before", _("Any time before a day")
    WHENEVER = "whenever", _("Whenever suits")
    SERIES = "series", _("On several days")
    NONE = "none", _("No time needed")


class HelpRequestQuerySet(models.QuerySet):
    """Help requests, by who may see them and where they stand."""

    def visible_to(self, person, *, at):
        """What `person` may see at the UTC time `at`: the one rule that everything else builds on.

        I posted it, it is for me, I hold a claim on it, I keep its circle, or a wave that has opened reaches me.
        Drafts are seen by whoever posts them and whom they are for. Raises `NobodyAsked` without a person.
        """
        return self.filter(SeenBy(known(person), at=at))

    def kept_by(self, person):
        """Published requests in the circles that `person` keeps, as far as the rule lets a keeper see them.

        For keepers the rule knows no time: they see what nobody has been shown yet.
        """
        kept = Membership.objects.circles_kept_by(person)
        return self.filter(PUBLISHED, SeenBy(person, at=FOREVER), circle__in=kept)

    def asked_by(self, person):
        """Requests that `person` asks or posted for somebody."""
        return self.filter(Q(asker=person) | Q(posted_by=person))

    def drafts(self):
        """Put down, not yet asked."""
        return self.filter(published_at__isnull=True, cancelled_at__isnull=True)

    def open(self):
        """Asked, and neither closed nor cancelled. Its places may be taken."""
        return self.filter(OPEN)

    def over(self, *, at):
        """Asked once, and closed, called off, or with all its times gone by at the UTC time `at`."""
        from .slot import Slot

        ahead = Slot.objects.filter(help_request=OuterRef("pk"), cancelled_at__isnull=True)
        ahead = ahead.filter(Q(ends_at__gt=at) | Q(ends_at__isnull=True))
        gone_by = ~Q(kind=RequestKind.INFORMATIONAL) & ~Exists(ahead)
        ended = Q(closed_at__isnull=False) | Q(cancelled_at__isnull=False)
        return self.filter(PUBLISHED, ended | gone_by)

    def draft(self, *, by, circle, form_key=None, at, **fields):
        """Begin a request that only `by` sees. The same `form_key` gives the same draft again."""
        fields = {
            "asker": by,
            **fields,
            "posted_by": by,
            "circle": circle,
            "created_at": at,
            "changed_at": at,
        }
        help_request, _made = self.get_or_create(
            form_key=form_key or uuid.uuid4(), posted_by=by, defaults=fields
        )
        return help_request

    def ask(self, *, by, circle, form_key, at, times, reach=None, publish=True, **fields):
        """Write a request down with its `times` and `reach` (see `set_times`, `set_reach`); with `publish`, ask it.

        The same `form_key` is the same request: a draft takes what was said last, what was asked stays.
        Raises what `set_times` and `publish` raise, and then nothing has happened.
        """
        with transaction.atomic():
            help_request = self.draft(by=by, circle=circle, form_key=form_key, at=at, **fields)
            help_request = (
                self.select_for_update(of=("self",), no_key=True)
                .select_related("circle")
                .get(pk=help_request.pk)
            )
            if help_request.state == "draft":
                help_request.rewrite(by=by, at=at, times=times, reach=reach, circle=circle, **fields)
                if publish:
                    help_request.publish(by=by, at=at)
        return help_request


def shut_out(person, *, to=""):
    """An expression: whether a circle that is asked quietly excludes `person`. They see all places as taken."""
    return ByHand(SHUT_OUT, known(person), to=to)


def is_checked(person, *, at, to=""):
    """An expression: whether the keepers of the request's circle have checked `person`, and it still holds."""
    return ByHand(CHECKED, known(person), to=to, today=at.date())


def last_look(person, *, at, to=""):
    """An annotation: what `person` was shown in the last hour, for `note_look`. It spares a page one query."""
    return ByHand(LAST_LOOK, known(person), to=to, since=at - LOOK, output_field=models.JSONField())


class HelpRequest(Wishing, Reaching, Moving, Several, Thanking, Consented, models.Model):
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
    # What was asked quietly by somebody who left is called off then, and not as they leave: see `requests.leaving`.
    ends_unnoticed_at = models.DateTimeField(null=True, editable=False)
    form_key = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)

    objects = HelpRequestQuerySet.as_manager()

    # What a query for one reader brings along (`standing.annotations`): whose it is (None: nobody's, so that whoever
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

    def to_tell(self):
        """Whoever hears about what happens with it: the asker, and who posted it for them."""
        return {self.asker, self.posted_by}

    def is_run_by(self, person):
        """Whether `person` asks it or posted it."""
        return person.pk in (self.asker_id, self.posted_by_id)

    def set_times(self, *, timing, capacity=1, at, also=(), **when):
        """Say when a draft is needed: its slots are made anew. `when` is what the timing needs:

        once: starts_at, ends_at, all_day; and in `also` further (starts_at, ends_at), such as the way back
        before: ends_at · whenever: nothing · none: nothing, no slot
        series: the fields of a `Series`; and in `also` further hours at which one begins on the same days.
        Raises `NoSuchTime` for local times that do not exist.
        """
        from .series import Series
        from .slot import Slot

        with transaction.atomic():
            self.slots.all().delete()
            self.series.all().delete()
            self.timing = timing
            self.save(update_fields=["timing"])
            if timing == Timing.SERIES:
                for local_start in (when.pop("local_start"), *also):
                    Series.objects.create(
                        help_request=self,
                        time_zone=self.circle.time_zone,
                        capacity=capacity,
                        local_start=local_start,
                        **when,
                    ).expand()
            elif timing != Timing.NONE:
                Slot.objects.create(help_request=self, capacity=capacity, open_until=at, **when)
                for starts_at, ends_at in also:
                    Slot.objects.create(
                        help_request=self,
                        capacity=capacity,
                        open_until=at,
                        starts_at=starts_at,
                        ends_at=ends_at,
                    )

    def rewrite(self, *, by, at, times, reach=None, version=None, **fields):
        """Say anew all that a draft says. Raises `EditedMeanwhile`, and `NotOpen` once it was asked."""
        with transaction.atomic():
            if self.lock().state != "draft":
                raise NotOpen
            self.edit(by=by, at=at, version=version or self.version, **fields)
            self.set_times(**times, at=at)
            self.set_reach(**reach or {})

    def discard(self):
        """Throw a draft away for good. Raises `NotOpen` once it was asked."""
        with transaction.atomic():
            own = self.own_consent and self.own_consent.lock()
            deleted, _rows = HelpRequest.objects.drafts().filter(pk=self.pk).delete()
            if not deleted:
                raise NotOpen
            if own and not own.help_requests.exists():
                own.delete()

    def publish(self, *, by, at, up_to=None):
        """Ask: the first wave sees it from now on and is told, the others as planned. Twice is once.

        `up_to` asks the circle up to that ring at once, instead of what was planned. Raises `NotOpen` for a cancelled
        draft, when the circle was put away or `by` is not in it, `NoConsent`, `NotVerified`.
        """
        by.require_verified()
        if self.cancelled_at:
            raise NotOpen
        self.require_open_circle(by)
        with transaction.atomic():
            self.hold_to_the_yes()
            self.require_yes(by)
            won = HelpRequest.objects.drafts().filter(pk=self.pk).update(published_at=at, changed_at=at)
            if not won:
                return
            self.refresh_from_db()
            if up_to or not self.waves.exists():
                self.set_reach(starts=up_to)
            self.waves.update(opens_at=at + F("after"))
            self.waves.filter(opens_at__lte=at).update(opened_at=at)
            self._open_slots(at=at)
            JournalEntry.objects.write("asked", self, by=by, at=at, circle=self.circle)
            self._hurry()

    def lock(self, only=()):
        """The request as it stands now, its row held until the transaction ends; fetched are the fields `only`."""
        rows = HelpRequest.objects.select_for_update(no_key=True, of=("self",))
        rows = rows.select_related("consent", "circle__consent")
        return (rows.only(*only) if only else rows).get(pk=self.pk)

    def _lock_with_slots(self):
        """As `lock`, after its slots: whoever claims holds the slot and then wants the request."""
        list(self.slots.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        return self.lock()

    def require_open_circle(self, person):
        """Raise `NotOpen` unless `person` is in the circle and it was not put away: only then they ask there."""
        if self.circle.archived_at or not self.circle.memberships.current().filter(person=person).exists():
            raise NotOpen

    def _hurry(self):
        from ..tasks import hurry_waves

        hurry_waves()

    def _open_slots(self, *, at):
        for slot in self.slots.filter(cancelled_at__isnull=True):
            slot.open_until = at if self.pauses(slot) else slot.last_moment()
            slot.save(update_fields=["open_until"])
        self.relist(at=at)

    def relist(self, *, at):
        """Bring the waves' copies up to date with what is still open. Call it inside the transaction of the change.

        Takes the request's row, so that two last places won at once are both counted.
        """
        fresh = self.lock(only=LISTED_BY)
        copies = {"listed_until": None, "relist_at": None}
        if not fresh.is_agreed:
            pass
        elif fresh.is_open and fresh.takes_answers:
            copies = {
                "listed_until": FOREVER,
                "sort_at": fresh.published_at + UNDATED_SORTS_AFTER,
            }
        elif fresh.is_open:
            copies |= fresh._times_still_open(at=at)
        fresh.waves.update(kind=fresh.kind, category=fresh.category, **copies)

    def _times_still_open(self, *, at):
        span = self.slots.open(at=at).aggregate(
            next=Min("starts_at"),
            deadline=Min("ends_at"),
            first=Min("open_until"),
            last=Max("open_until"),
        )
        if span["last"] is None:
            return {}
        sort_at = span["next"] or span["deadline"] or self.published_at + UNDATED_SORTS_AFTER
        return {
            "sort_at": sort_at,
            "relist_at": span["first"],
            "listed_until": span["last"],
        }

    def edit(self, *, by, at, version, **changes):
        """Change the texts; whoever promised to come is told of what matters to them, once within five minutes.

        `version` is the one that the form was opened with. Raises `EditedMeanwhile` if there is a newer one.
        """
        with transaction.atomic():
            self.hold_to_the_yes()
            changes = self.but_what_was_struck(changes, by=by)
            was = {name: getattr(self, name) for name in changes}
            changed = {name for name, value in changes.items() if was[name] != value}
            won = HelpRequest.objects.filter(pk=self.pk, version=version).update(
                version=F("version") + 1, changed_at=at, **changes
            )
            if not won:
                raise EditedMeanwhile
            self.refresh_from_db()
            if self.published_at:
                JournalEntry.objects.write(
                    "edited",
                    self,
                    by=by,
                    at=at,
                    circle=self.circle,
                    fields=sorted(changed),
                )
                self._tell_claimers(changed & TOLD_TO_CLAIMERS, was=was, by=by, at=at)
                self.tell_who_agreed(changed, by=by, at=at)
                self.relist(at=at)

    def _tell_claimers(self, fields, *, by, at, was=None, key=""):
        """`was` holds what stood in the fields before."""
        from .claim import Claim

        if not fields:
            return
        old = {name: was[name] for name in TOLD_WITH_OLD_WORDS if was and name in fields}
        for claim in (
            Claim.objects.live().ahead(at=at).filter(slot__help_request=self).select_related("person")
        ):
            Notice.objects.queue(
                "slot_changed",
                claim,
                to=claim.person,
                at=at,
                by=by,
                key=f"slot_changed:{claim.pk}:text:{key or self.version}",
                facts={"fields": sorted(fields), "was": old},
            )

    def close(self, *, by, at, reason=""):
        """No more help is needed: open places are no longer offered, what was promised stands. Raises `NotOpen`."""
        with transaction.atomic():
            self._lock_with_slots()
            won = (
                HelpRequest.objects.open()
                .filter(pk=self.pk)
                .update(closed_at=at, close_reason=reason, changed_at=at)
            )
            if not won:
                raise NotOpen
            self.slots.filter(open_until__gt=at).update(open_until=at)
            self.refresh_from_db()
            JournalEntry.objects.write("closed", self, by=by, at=at, circle=self.circle)
            self.relist(at=at)

    def reopen(self, *, by, at, starts_at=None, ends_at=None):
        """Ask again after closing. Old claims stay; where no place would be open, a new slot counts from zero.

        What was promised without a time and closed a day ago is over: its helpers are shown no address again.
        The new slot takes the times given, or "whenever suits". Raises `NotOpen` unless it is closed, where `publish`
        would, and of somebody who left.
        """
        from .claim import OVER, Claim

        self.require_open_circle(by)
        if not self.is_still_here:
            raise NotOpen
        with transaction.atomic():
            closed_at = self._lock_with_slots().closed_at
            won = HelpRequest.objects.filter(pk=self.pk, closed_at__isnull=False).update(
                closed_at=None, close_reason="", changed_at=at
            )
            if not won:
                raise NotOpen
            self.refresh_from_db()
            if at >= closed_at + OVER:
                Claim.objects.filter(slot__help_request=self).undated_done(since=closed_at)
            self._open_slots(at=at)
            if not self.takes_answers and not self.slots.open(at=at).exists():
                self.add_slot(by=by, at=at, starts_at=starts_at, ends_at=ends_at)
            JournalEntry.objects.write("reopened", self, by=by, at=at, circle=self.circle)

    def add_slot(self, *, by, at, starts_at=None, ends_at=None, capacity=1):
        """One more time at which help is needed.

        Raises `NotOpen` of a question, which has no times, once it is closed or cancelled, or as `publish`.
        """
        from .slot import Slot

        self.require_open_circle(by)
        with transaction.atomic():
            fresh = self._lock_with_slots()
            if fresh.takes_answers or fresh.state not in ("draft", "open"):
                raise NotOpen
            slot = Slot.objects.create(
                help_request=self,
                starts_at=starts_at,
                ends_at=ends_at,
                capacity=capacity,
                open_until=at,
            )
            if fresh.is_open:
                self._open_slots(at=at)
            JournalEntry.objects.write("added", slot, by=by, at=at, circle=self.circle)
        return slot

    def open_new_slots(self, *, by, at):
        """New times were added to a series: ask for them, if it is being asked. Raises `NotOpen` as `add_slot`."""
        self.require_open_circle(by)
        fresh = self._lock_with_slots()
        if fresh.state not in ("draft", "open"):
            raise NotOpen
        if fresh.is_open:
            self._open_slots(at=at)
        JournalEntry.objects.write("added", self, by=by, at=at, circle=self.circle)

    def cancel(self, *, by, at, reason=""):
        """Call it off: every place is cancelled, and whoever promised to come is told why. Raises `NotOpen`."""
        with transaction.atomic():
            for slot in (
                self.slots.select_for_update(no_key=True).filter(cancelled_at__isnull=True).order_by("pk")
            ):
                slot.call_off(by=by, at=at, reason=reason)
            won = HelpRequest.objects.filter(
                pk=self.pk, closed_at__isnull=True, cancelled_at__isnull=True
            ).update(cancelled_at=at, cancel_reason=reason, changed_at=at)
            if not won:
                raise NotOpen
            self.refresh_from_db()
            JournalEntry.objects.write("cancelled", self, by=by, at=at, circle=self.circle)
            self.relist(at=at)

    def answer(self, *, by, text, at, been_there=False, for_work=False, form_key=None):
        """Answer the question; the asker is told. The same `form_key` gives the same answer again. Raises `NotOpen`."""
        from .answer import Answer

        by.require_verified()
        if not self.is_open or not self.takes_answers:
            raise NotOpen
        with transaction.atomic():
            answer, made = Answer.objects.get_or_create(
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
