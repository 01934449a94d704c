"""A person's promise to fill a place in a slot, and the thanks for it."""

import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from circles.limits import at_most, between
from circles.models import Block, JournalEntry, Membership
from circles.models.person import known
from supportnet.notices.models import Notice

from .covering import Covering
from .help_request import HelpRequest, is_checked, shut_out
from .reminded import Reminded
from .slot import Clash, NotChecked, OutOfSight, OwnRequest, RequestClosed, Slot, SlotOver, SlotTaken
from .wave import Wave


class SlotAhead(Exception):
    """Its time has not come yet."""


MOST_TOGETHER = 20
SHORT_NOTICE = dt.timedelta(hours=36)
OVER = dt.timedelta(hours=24)
LIVE = Q(released_at__isnull=True, cancelled_at__isnull=True, declined_at__isnull=True)


class Dish(models.TextChoices):
    """What kind of dish somebody brings; so that it is not the third of its kind in a week."""

    SOUP = "soup", _("Soup or stew")
    PASTA = "pasta", _("Pasta")
    RICE = "rice", _("Rice or curry")
    BAKE = "bake", _("Bake or casserole")
    MEAT = "meat", _("Meat")
    FISH = "fish", _("Fish")
    VEGETABLES = "vegetables", _("Vegetables or salad")
    BREAD = "bread", _("Bread or pizza")
    BREAKFAST = "breakfast", _("Breakfast")
    SWEET = "sweet", _("Something sweet")
    VOUCHER = "voucher", _("Take-away or voucher")
    OTHER = "other", _("Something else")


class ClaimQuerySet(models.QuerySet):
    """Claims, by who may see them and whether the promise stands."""

    def with_unseen(self, person):
        """Each with `is_unseen`, whether a block between `person` and the helper hides the claim, and `is_gone`,
        whether there is one at all, or the helper left where it is asked: what was over before keeps its name."""
        gone = Block.objects.parting(person, field="person") | ~Exists(_here())
        return self.annotate(is_unseen=_unseen(person), is_gone=gone)

    def visible_to(self, person, *, at):
        """My claims and those in circles that I keep, while I see the request; and those on what I ask or posted.

        None is seen across a block, but for what was over by then, by whoever was blocked (see
        `circles.models.block.PARTED_SINCE`); unless the rule lets a keeper see the request. Raises `NobodyAsked`
        without a person.
        """
        seen = Q(slot__help_request__in=HelpRequest.objects.visible_to(known(person), at=at).values("pk"))
        kept = Q(slot__help_request__circle__in=Membership.objects.circles_kept_by(person))
        asked = Q(slot__help_request__asker=person) | Q(slot__help_request__posted_by=person)
        asked &= ~_unseen(person)
        return self.filter(asked | seen & (Q(person=person) | kept))

    def kept_by(self, person):
        """Claims on requests in the circles that `person` keeps."""
        return self.filter(slot__help_request__in=HelpRequest.objects.kept_by(person).values("pk"))

    def live(self):
        """Promises that stand, accepted or waiting for the asker's yes."""
        return self.filter(LIVE)

    def live_or_called_off(self):
        """Promises that stand, and those that ended because their whole time was called off."""
        return self.filter(LIVE | Q(cancelled_at=F("slot__cancelled_at")))

    def accepted(self):
        """Promises that stand and hold a place."""
        return self.live().filter(accepted_at__isnull=False)

    def behind_a_name_unsaid(self):
        """Offers on what is asked quietly by whoever was never told the name: the circle's keepers know it anyway."""
        keeps = Membership.objects.keepers().filter(
            person=OuterRef("person"), circle=OuterRef("slot__help_request__circle")
        )
        told = Claim.objects.filter(
            person=OuterRef("person"),
            slot__help_request=OuterRef("slot__help_request"),
            accepted_at__isnull=False,
        )
        return self.filter(~Exists(keeps), ~Exists(told), slot__help_request__quietly=True)

    def waiting(self):
        """Promises that wait for the asker's yes."""
        return self.live().filter(accepted_at__isnull=True)

    def undated_done(self, *, since):
        """What was promised without a time counts as done `since` then, unless its helper has said since when."""
        return self.accepted().filter(slot__ends_at=None, happened_at=None).update(happened_at=since)

    def ahead(self, *, at):
        """Claims on slots that are not over and not called off at the UTC time `at`."""
        return self.filter(
            Q(slot__ends_at__gt=at) | Q(slot__ends_at__isnull=True),
            slot__cancelled_at__isnull=True,
        )

    def clashing_with(self, slot):
        """Claims on other slots whose time overlaps that of `slot`; back to back is no clash."""
        if slot.starts_at is None:
            return self.none()
        return self.filter(
            slot__starts_at__lt=slot.ends_at,
            slot__ends_at__gt=slot.starts_at,
            slot__cancelled_at__isnull=True,
        ).exclude(slot=slot)

    def make(self, *, slot, person, made_by, at, even_if_clashing, party_size, over_limit_because="", **said):
        """The part of `Slot.claim` under the person's lock."""
        help_request = slot.help_request
        of_slot, clashes = self._promises(slot, person)
        claim = of_slot or Claim(slot=slot, person=person)
        if claim.pk and claim.is_live:
            return claim
        if help_request.is_run_by(person):
            raise OwnRequest
        if clashes and not even_if_clashing:
            raise Clash(clashes)
        if (
            over_limit_because
            and slot.hold().room is not None
            and slot.help_request.circle.is_kept_by(made_by)
        ):
            slot.refresh_from_db(fields=["taken", "capacity", "covering"])
            if slot.taken + party_size > slot.capacity:
                slot.make_room(party_size, by=made_by, at=at, because=over_limit_because)
        claim.begin(made_by=made_by, at=at, party_size=party_size, **said)
        return claim

    def _promises(self, slot, person):
        """Their claim on `slot` or None, and their live ones that clash with it: one query."""
        clashing = Q(pk__in=self.live().filter(person=person).clashing_with(slot).values("pk"))
        found = list(self.filter(Q(slot=slot) | clashing, person=person))
        of_slot = [claim for claim in found if claim.slot_id == slot.pk]
        return next(iter(of_slot), None), [claim for claim in found if claim.slot_id != slot.pk]

    def require_welcome(self, person, help_request, *, at):
        """Raise unless they see it, nobody keeps it from them, and they are checked where that is needed. One query.

        Somebody whom the keepers exclude is told what everybody is told who comes too late.
        """
        seen = HelpRequest.objects.visible_to(person, at=at).filter(pk=help_request.pk)
        found = seen.values_list(shut_out(person), is_checked(person, at=at)).first()
        if found is None:
            raise OutOfSight
        is_shut_out, checked = found
        if is_shut_out:
            raise SlotTaken
        if help_request.needs_checked and not checked:
            raise NotChecked

    def keep_time_with(self, person, *, at):
        """Somebody's clock or reminder times changed: reckon their coming reminders anew."""
        claims = self.accepted().ahead(at=at).filter(person=person)
        claims = claims.select_related("slot__help_request__circle")
        for claim in claims:
            claim.person = person
            claim.set_reminders(at=at)


def _here():
    """Current memberships of a claim's helper in the circles in which it is asked."""
    asked = Wave.objects.filter(help_request=OuterRef(OuterRef("slot__help_request")))
    there = Q(circle=OuterRef("slot__help_request__circle")) | Q(circle__in=asked.values("circle"))
    return Membership.objects.current().filter(there, person=OuterRef("person"))


def _unseen(person):
    """Whether a block hides the claim from `person`: it was over when it ended, or else when its time had passed."""
    over = Coalesce("released_at", "cancelled_at", "declined_at", "slot__ends_at")
    return Block.objects.unseen(person, field="person", over=over)


class Claim(Covering, Reminded, models.Model):
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
        return f"{self.person} – {self.slot}"

    def get_absolute_url(self):
        """The claim's page: still on, running late, I can't."""
        return reverse("claim", args=[self.pk])

    @property
    def is_live(self):
        """Whether the promise stands."""
        return not (self.released_at or self.cancelled_at or self.declined_at)

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

    @property
    def help_request(self):
        """The request that it is a promise for."""
        return self.slot.help_request

    def begin(self, *, made_by, at, bringing="", note="", dish="", portions=None, party_size=1):
        """Make the promise, or make it again: win the place, or wait for the asker's yes. See `Slot.claim`."""
        self.made_by, self.bringing, self.note, self.party_size = made_by, bringing, note, party_size
        self.dish, self.portions = dish, portions
        self.claimed_at, self.accepted_at = at, None
        for ended in (
            "confirmed_at",
            "late_at",
            "late_minutes",
            "cover_wanted_at",
            "no_show_at",
            "happened_at",
            "missed_at",
            "released_at",
            "declined_at",
            "cancelled_at",
        ):
            setattr(self, ended, None)
        self.release_note = ""
        if self.help_request.needs_yes:
            if not self.slot.hold().is_open(at=at):
                self.slot.refuse(at=at)
        else:
            self.win_place(at=at)
            self.accepted_at = at
            self._reckon_reminders()
        # Not before the slot's row is theirs: while they waited for it, the request may have moved out of their sight.
        Claim.objects.require_welcome(self.person, self.help_request, at=at)
        self.save()
        JournalEntry.objects.write(
            "claimed",
            self,
            by=made_by,
            at=at,
            circle=self.help_request.circle,
            slot=self.slot_id,
        )
        self._tell_of_beginning(by=made_by, at=at)
        if self.slot.is_full:
            self.help_request.relist(at=at)
            self.slot.close_calls(at=at, but=self.person)

    def _tell_of_beginning(self, *, by, at):
        if self.accepted_at:
            self._confirm_to_helper(at=at)
        if self.took_over:
            self.tell_of_handing_over(by=by, at=at)
        else:
            self._tell_askers("request_claimed", by=by, at=at)

    def _confirm_to_helper(self, *, at):
        Notice.objects.queue(
            "claim_confirmed",
            self,
            to=self.person,
            at=at,
            key=self._key("claim_confirmed", at),
        )

    def _key(self, kind, at):
        return f"{kind}:{self.pk}:{at.isoformat()}"

    def _tell_askers(self, kind, *, by, at, also=(), facts=None):
        for reader in self.help_request.to_tell() | set(also):
            Notice.objects.queue(
                kind,
                self,
                to=reader,
                at=at,
                by=by,
                key=f"{self._key(kind, at)}:{reader.pk}",
                facts=facts,
            )

    def accept(self, *, by, at):
        """The asker says yes: the place is won now, and the helper is told. Raises `SlotTaken` and its like.

        Whoever left the circle and what they asked quietly there says no yes to anybody: `RequestClosed`.
        """
        with transaction.atomic():
            self.person.lock()
            if self.help_request.ends_unnoticed_at:
                raise RequestClosed
            if not Claim.objects.waiting().filter(pk=self.pk).update(accepted_at=at):
                return
            self.win_place(at=at)
            self.accepted_at = at
            self.set_reminders(at=at)
            JournalEntry.objects.write("accepted", self, by=by, at=at, circle=self.help_request.circle)
            self._confirm_to_helper(at=at)
            if self.took_over:
                self.tell_of_handing_over(by=by, at=at)
            if self.slot.is_full:
                self.help_request.relist(at=at)

    def decline(self, *, by, at):
        """The asker says not this time; the helper is told in kind words."""
        with transaction.atomic():
            if not Claim.objects.waiting().filter(pk=self.pk).update(declined_at=at):
                return
            self.declined_at = at
            JournalEntry.objects.write("declined", self, by=by, at=at, circle=self.help_request.circle)
            Notice.objects.queue(
                "claim_declined",
                self,
                to=self.person,
                at=at,
                by=by,
                key=self._key("claim_declined", at),
            )

    def bring(self, *, bringing, note, at, dish="", portions=None, party_size=None):
        """Say anew what one brings, a line to the asker, and how many come. Raises `SlotTaken` and its like."""
        with transaction.atomic():
            if party_size:
                self._come_with(party_size, at=at)
            self.bringing, self.note, self.dish, self.portions = bringing, note, dish, portions
            self.save(update_fields=["bringing", "note", "dish", "portions"])

    def _come_with(self, party_size, *, at):
        self.person.lock()
        slot = self.slot.hold()
        was = Claim.objects.live().filter(pk=self.pk).first()
        if was is None or was.party_size == party_size:
            return
        more = party_size - was.party_size
        self.party_size = party_size
        self.save(update_fields=["party_size"])
        if not was.accepted_at:
            return
        if more > 0:
            slot.take(more, at=at)
        slot.give_back(max(-more, 0), covering=-more if was.cover_wanted_at else 0, at=at)
        if more > 0 and slot.is_full:
            slot.close_calls(at=at, but=self.person)

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
        return f"{what}, {portions}" if what else portions

    def confirm(self, *, at, by=None):
        """Still on: the helper comes as promised. `by` is the keeper whom they told so, if they did not say it here."""
        self.confirmed_at = at
        with transaction.atomic():
            self.save(update_fields=["confirmed_at"])
            if by and by != self.person:
                JournalEntry.objects.write("confirmed", self, by=by, at=at, circle=self.help_request.circle)

    def run_late(self, *, minutes, by, at):
        """The helper comes later than agreed; the asker is told at once. Raises `SlotOver`."""
        if self.slot.is_over(at=at):
            raise SlotOver
        with transaction.atomic():
            self.late_at, self.late_minutes = at, minutes
            self.save(update_fields=["late_at", "late_minutes"])
            self._tell_askers("claim_late", by=by, at=at)

    def be_on_time(self):
        """They come as agreed after all; whoever was not told yet that they run late is not."""
        self.late_at = self.late_minutes = None
        self.save(update_fields=["late_at", "late_minutes"])

    def release(self, *, by, at, note=""):
        """Give the place back while there is time; the asker is told, on short notice the keepers too.

        When a keeper does it for them, so is the helper. Releasing twice is releasing once. Raises `SlotOver` when its
        time has come.
        """
        if self.has_begun(at=at):
            raise SlotOver
        with transaction.atomic():
            self.free(by=by, at=at, note=note)
            if self.released_at == at and by != self.person:
                self._tell_that_it_was_given_back(by=by, at=at)

    def _tell_that_it_was_given_back(self, *, by, at):
        Notice.objects.queue(
            "given_back",
            self,
            to=self.person,
            at=at,
            by=by,
            key=self._key("given_back", at),
        )

    def free(self, *, by, at, note=""):
        """The part of `release` that also ends a promise whose time has begun, when a membership ends."""
        with transaction.atomic():
            self.person.lock()
            self.slot.hold()
            held = Claim.objects.accepted().filter(pk=self.pk).first()
            if (
                not Claim.objects.live()
                .filter(pk=self.pk)
                .update(released_at=at, release_note=note, cover_wanted_at=None)
            ):
                return
            self.refresh_from_db()
            JournalEntry.objects.write("released", self, by=by, at=at, circle=self.help_request.circle)
            if held:
                self.slot.give_back(held.party_size, covering=held.places_to_cover, at=at)
                self.slot.ask_standbys(at=at)
            self._tell_askers(
                "claim_released",
                by=by,
                at=at,
                also=self._keepers_on_short_notice(at=at),
            )

    def tell_as_given_back(self, *, at):
        """Whoever asks is told what they are told when it is given back, while whoever offered sees it stand.

        So it is across a block behind a name that was not said: see docs/decisions/0010-blocks-and-quiet-asks.md.
        """
        self._tell_askers("claim_released", by=None, at=at, facts={"stands": True})

    def _keepers_on_short_notice(self, *, at):
        deadline = self.slot.deadline
        if deadline is None or deadline - at > SHORT_NOTICE:
            return set()
        keepers = {keeper.person for keeper in self.help_request.circle.keepers()}
        return keepers - {self.person}

    def end_with_slot(self, *, by, at):
        """The slot was called off: so is the promise, and the helper is told why."""
        if not Claim.objects.live().filter(pk=self.pk).update(cancelled_at=at, cover_wanted_at=None):
            return
        covering, self.cancelled_at, self.cover_wanted_at = self.places_to_cover, at, None
        if self.accepted_at:
            Slot.objects.filter(pk=self.slot_id).update(
                taken=F("taken") - self.party_size, covering=F("covering") - covering
            )
        self._tell_of_cancelling(by=by, at=at)

    def cancel(self, *, by, at):
        """A keeper or the asker takes the promise back for the helper; the place is open again.

        The helper is told, and the asker that the place is open.
        """
        with transaction.atomic():
            self.person.lock()
            self.slot.hold()
            held = Claim.objects.accepted().filter(pk=self.pk).first()
            if not Claim.objects.live().filter(pk=self.pk).update(cancelled_at=at, cover_wanted_at=None):
                return
            self.cancelled_at, self.cover_wanted_at = at, None
            JournalEntry.objects.write("cancelled", self, by=by, at=at, circle=self.help_request.circle)
            if held:
                self.slot.give_back(held.party_size, covering=held.places_to_cover, at=at)
                self.slot.ask_standbys(at=at)
            self._tell_of_cancelling(by=by, at=at)
            self._tell_askers("claim_released", by=by, at=at, also=self._keepers_on_short_notice(at=at))

    def let_them_be_called(self, *, by, at, **facts):
        """Whoever has no e-mail hears by phone what became of their promise: from who signed them up, if a keeper."""
        if not self.person.is_by_phone:
            return
        keepers = {keeper.person for keeper in self.help_request.circle.keepers()}
        for keeper in keepers & {self.made_by} or keepers:
            key = f"{self._key('call_helper', at)}:{keeper.pk}"
            Notice.objects.queue("call_helper", self, to=keeper, at=at, by=by, key=key, facts=facts or None)

    def _tell_of_cancelling(self, *, by, at):
        self.let_them_be_called(by=by, at=at)
        Notice.objects.queue(
            "slot_cancelled",
            self,
            to=self.person,
            at=at,
            by=by,
            key=self._key("slot_cancelled", at),
        )

    def say_anew(self):
        """It is at quite another time: what the helper said about the old one does not count."""
        self.confirmed_at = self.late_at = self.late_minutes = None
        self.save(update_fields=["confirmed_at", "late_at", "late_minutes"])

    def thank(self, *, by, text, at, tell=True):
        """Thank the helper; a second thanks replaces the words and tells nobody again.

        Without `tell` they find the words on the promise's page alone.
        """
        with transaction.atomic():
            thanks, made = Thanks.objects.update_or_create(
                claim=self,
                defaults={"text": text},
                create_defaults={"text": text, "by": by, "created_at": at},
            )
            if made and tell:
                Notice.objects.queue("thanks_given", thanks, to=self.person, at=at, by=by)
        return thanks

    def say_it_happened(self, happened, *, at):
        """The helper answers "did it happen?"; the last answer counts.

        Where no time says when it is over, their first yes does: within a day it can be taken back, and later nothing
        opens the address again.
        """
        said = self.happened_at if self.slot.ends_at is None else None
        if said and (happened or at >= said + OVER):
            return
        self.happened_at, self.missed_at = (at, None) if happened else (None, at)
        self.save(update_fields=["happened_at", "missed_at"])

    def note_no_show(self, *, by, at):
        """Whoever asks notes that nobody came; only they and the keepers see it. Noting it again takes it back.

        Raises `SlotAhead` before its time has come.
        """
        if not self.has_begun(at=at):
            raise SlotAhead
        self.no_show_at = None if self.no_show_at else at
        with transaction.atomic():
            self.save(update_fields=["no_show_at"])
            verb = "noted a no-show" if self.no_show_at else "took a no-show back"
            JournalEntry.objects.write(verb, self, by=by, at=at, circle=self.help_request.circle)


def with_company(name, party_size):
    """ "Bo and 2 more", of three who come together."""
    if party_size == 1:
        return name
    words = ngettext("%(name)s and %(number)d more", "%(name)s and %(number)d more", party_size - 1)
    return words % {"name": name, "number": party_size - 1}


class Thanks(models.Model):
    """What the asker says to a helper afterwards."""

    claim = models.OneToOneField(Claim, models.CASCADE, related_name="thanks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(_("thanks"), max_length=500)
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("thanks")
        verbose_name_plural = _("thanks")
        constraints = [at_most(500, "text", model="thanks")]

    def __str__(self):
        return self.text
