"""A person's promise to fill a place in a slot."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from circles.limits import at_most, between
from supportnet.notices.text_direction import joined

from .afterwards import Afterwards
from .bringing import MOST_TOGETHER, Bringing, Dish, with_company
from .claim_notices import ClaimNotices
from .claim_queries import LIVE, ClaimQuerySet
from .cover import Covering
from .occupancy import Occupancy
from .on_the_day import OnTheDay
from .reminder_times import Reminded
from .slot import Slot
from .thanks import Thanked


class Claim(OnTheDay, Afterwards, Occupancy, Covering, ClaimNotices, Reminded, Thanked, models.Model):
    """A promise. The row stays for ever and lives again when somebody claims once more; the journal has its history.

    `remind_at`, `remind_again_at` and `follow_up_at` say when a sweep has something to queue next; null: nothing.
    """

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="claims")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    party_size = models.PositiveSmallIntegerField(_("how many come"), default=1)
    bringing = models.CharField(_("what I bring"), max_length=200, blank=True)
    dish = models.CharField(_("what kind of dish"), max_length=15, choices=Dish, blank=True)
    portions = models.PositiveSmallIntegerField(_("portions"), null=True, blank=True)
    note = models.CharField(_("a line to the asker"), max_length=500, blank=True)
    claimed_at = models.DateTimeField(_("promised"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("still on"), null=True, blank=True)
    late_at = models.DateTimeField(_("said they run late"), null=True, blank=True)
    late_minutes = models.PositiveSmallIntegerField(_("minutes late"), null=True, blank=True)
    released_at = models.DateTimeField(_("given back"), null=True, blank=True)
    release_note = models.CharField(max_length=200, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True)
    happened_at = models.DateTimeField(_("said to have happened"), null=True, blank=True)
    missed_at = models.DateTimeField(_("said not to have happened"), null=True, blank=True)
    cover_wanted_at = models.DateTimeField(_("looks for somebody else"), null=True, blank=True)
    kept_at = models.DateTimeField(_("kept by a keeper although in doubt"), null=True, editable=False)
    no_show_at = models.DateTimeField(_("did not come"), null=True, blank=True)

    remind_at = models.DateTimeField(null=True, editable=False)
    remind_again_at = models.DateTimeField(null=True, editable=False)
    follow_up_at = models.DateTimeField(null=True, editable=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(fields=["slot", "person"], name="one_claim_per_slot_and_person"),
            at_most(200, "bringing", model="claim"),
            at_most(500, "note", model="claim"),
            between(1, MOST_TOGETHER, "party_size", model="claim"),
            between(1, 600, "late_minutes", model="claim"),
            between(1, 100, "portions", model="claim"),
            models.CheckConstraint(condition=Q(dish__in=["", *Dish.values]), name="claim_dish_is_known"),
        ]
        indexes = [
            models.Index(fields=["person", "slot"], condition=LIVE, name="claim_live_of_person"),
            models.Index(
                fields=["claimed_at"],
                condition=LIVE & Q(accepted_at__isnull=True),
                name="claim_waits_for_yes",
            ),
            models.Index(
                fields=["cover_wanted_at"],
                condition=Q(cover_wanted_at__isnull=False),
                name="claim_wants_cover",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="claim_to_remind",
            ),
            models.Index(
                fields=["remind_again_at"],
                condition=Q(remind_again_at__isnull=False),
                name="claim_to_remind_again",
            ),
            models.Index(
                fields=["follow_up_at"],
                condition=Q(follow_up_at__isnull=False),
                name="claim_to_follow_up",
            ),
        ]

    def __str__(self):
        return joined([self.person, self.slot], " – ")

    def get_absolute_url(self):
        """The claim's page: still on, running late, I can't."""
        return reverse("claim", args=[self.pk])

    @property
    def is_live(self):
        """Whether the promise stands."""
        return not (self.released_at or self.cancelled_at or self.declined_at)

    @property
    def ended_at(self):
        """When it was given back, declined or called off; None while it stands."""
        return self.released_at or self.declined_at or self.cancelled_at

    @property
    def is_accepted(self):
        """Whether the promise stands and holds a place."""
        return self.is_live and self.accepted_at is not None

    @property
    def state(self):
        """ "waiting", "accepted", "confirmed", "released", "declined" or "cancelled"."""
        for state in ("released", "declined", "cancelled"):
            if getattr(self, f"{state}_at"):
                return state
        if self.accepted_at is None:
            return "waiting"
        return "confirmed" if self.confirmed_at else "accepted"

    def is_unanswered(self, *, at):
        """Whether it waits for a yes that nobody can give any more: its time has passed."""
        return self.state == "waiting" and self.slot.is_over(at=at)

    @property
    def help_request(self):
        """The request that it is a promise for."""
        return self.slot.help_request

    def bring(self, *, at, party_size=None, **said):
        """Say anew what one brings, a line to the asker, and how many come. Raises `SlotTaken` and its like."""
        with transaction.atomic():
            if party_size:
                self.come_with(party_size, at=at)
            Bringing(**said, party_size=self.party_size).put_on(self)
            self.save(update_fields=["bringing", "note", "dish", "portions"])

    @property
    def who(self):
        """Who comes: the helper by name, and how many they bring along."""
        return with_company(str(self.person), self.party_size)

    @property
    def brings(self):
        """What they bring, in words: what they wrote, else the kind of dish; and for how many."""
        what = self.bringing or (self.get_dish_display() if self.dish else "")
        if not self.portions:
            return what
        portions = ngettext("%(number)d portion", "%(number)d portions", self.portions) % {
            "number": self.portions
        }
        return joined([what, portions]) if what else portions

    def keep(self, *, by, at):
        """A keeper says that they come, although set aside or unchecked by now: they see the address again.

        Nobody is told; it holds until they are set aside or their check ends once more.
        """
        with transaction.atomic():
            self._lock()
            if not self.is_live or self.kept_at:
                return
            self.kept_at = at
            self.save(update_fields=["kept_at"])
            self._note("kept", by=by, at=at)

    def is_in_doubt(self, *, at):
        """Whether the keepers have yet to say what becomes of it: see `ClaimQuerySet.in_doubt`. One query."""
        return type(self).objects.in_doubt(at=at).filter(pk=self.pk).exists()

    def say_anew(self):
        """It is at quite another time: what the helper said about the old one does not count."""
        self.confirmed_at = self.late_at = self.late_minutes = None
        self.save(update_fields=["confirmed_at", "late_at", "late_minutes"])
