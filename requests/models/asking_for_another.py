"""Asking for somebody else: nothing of it is seen before their yes, nor after they took it back."""

import hashlib
import json

from circles.models import Consent, JournalEntry, NotVerified
from supportnet.notices.models import Notice

from ..catalogue import Reach
from .wave_plan import NotOpen

# What not everybody sees who is asked (see `policies.LADDER`).
PRIVATE = ("address", "way_in", "phone", "medical_note", "children", "away")
# What whoever it is for may strike out of the words; a request without a title would be none.
STRIKEABLE = ("would_help", "would_not_help", "how_done", "tags", "area", *PRIVATE)
# What has changed, for `tell_who_agreed`, where it is no field of the request.
TIMES = frozenset({"times"})
# How the keys of what may be struck begin: "details.people", "visit.pets".
DETAIL, DOOR = "details.", "visit."
# What a request says of itself besides: who, when, and where it stands. All else is covered by a yes.
NOT_SAID = {
    *(
        "id",
        "asker_id",
        "posted_by_id",
        "consent_id",
        "form_key",
        "covered",
        "version",
        "timing",
        "paused_until",
    ),
    *(
        "created_at",
        "changed_at",
        "published_at",
        "closed_at",
        "close_reason",
        "cancelled_at",
        "cancel_reason",
        "ends_unnoticed_at",
    ),
}


class NoConsent(Exception):
    """Whoever it is asked for has not agreed, or has taken it back."""


class Consented:
    """The part of `HelpRequest` that is about the yes of whom it is for."""

    @property
    def own_consent(self):
        """The yes to this request alone, or None where none is needed, or where that of the whole circle counts."""
        if self.consent_id is None or self.consent_id == self.circle.consent_id:
            return None
        return self.consent

    def hold_to_the_yes(self):
        """Hold the row until the transaction ends, and read afresh what was agreed to.

        Whoever changes what somebody agreed to begins with it: their yes or no may have come while one waited.
        """
        type(self).objects.select_for_update(no_key=True).values_list("pk").get(pk=self.pk)
        if self.consent_id:
            self._state.fields_cache.pop("consent", None)
        if self.circle.consent_id:
            self.circle._state.fields_cache.pop("consent", None)

    def what_is_said(self):
        """All that others would read in it and who they are, as the database has it; but for its times."""
        fields = {f.attname: f.value_from_object(self) for f in self._meta.concrete_fields}
        waves = sorted((wave.key, wave.after.total_seconds()) for wave in self.waves.all())
        return [sorted((name, value) for name, value in fields.items() if name not in NOT_SAID), waves]

    def all_that_is_said(self):
        """The same with its times, who is asked where by name, and the version that each change of words counts up."""
        times = self.slots.order_by("starts_at", "ends_at", "pk")
        times = times.values_list("starts_at", "ends_at", "all_day", "capacity", "doorstep", "cancelled_at")
        asked = self.waves.order_by("pk").values_list("circle__name", "person__name")
        return [self.pk, self.version, *self.what_is_said(), list(times), self.circle.name, list(asked)]

    def cover(self):
        """Note that a yes is there for what it says now; where it can't be asked yet, for other times alone."""
        self.covered = self._fingerprint()
        self.save(update_fields=["covered"])

    def is_covered(self):
        """Whether it says no other than when there was a yes. A yes that was written down covers what it says."""
        return not self.covered or self.covered == self._fingerprint()

    def _fingerprint(self):
        said = json.dumps(self.what_is_said(), default=str)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def ask_consent(self, whom, *, by, at):
        """Say of a draft for whom it is: None for whoever asks, the consent of whom its circle is around, or a dict.

        That is what `Consent.objects.draft` or, with `how`, `record` wants. Nobody is told before `Consent.send`; once
        they were asked, whom it is for is not changed any more.
        """
        was = self.own_consent
        if was and was.state != "draft":
            return
        if isinstance(whom, dict) and "how" in whom:
            whom = Consent.objects.record(**whom, by=by, at=at, circle=self.circle)
        elif isinstance(whom, dict):
            whom = Consent.objects.draft(**whom, by=by, at=at)
        self.consent = whom
        self.save(update_fields=["consent"])
        if not self.may_be_asked_elsewhere_by(by):
            self.waves.filter(circle__isnull=False).exclude(circle=self.circle_id).delete()
        if not self.waves.exists():
            self.set_reach()
        if was:
            was.delete()

    def require_yes(self, by):
        """Raise `NoConsent` where somebody's yes is missing, or was given to other words than `by` asks now."""
        own = self.own_consent
        if not self.is_agreed or own and not self.is_covered() and not own.may_decide(by):
            raise NoConsent

    def is_too_late(self, *, at):
        """Whether every time of a draft has gone by at the UTC time `at`."""
        if self.state != "draft" or self.takes_answers:
            return False
        return not any(slot.last_moment() > at for slot in self.slots.all())

    def publish_as_planned(self, *, at):
        """The yes is there: ask it for whoever posted it. What can't be asked any more stays a draft."""
        if self.is_too_late(at=at) or not self.waves.exists():
            return
        try:
            self.publish(by=self.posted_by, at=at)
        except (NotOpen, NoConsent, NotVerified):
            return

    def leave_out(self, struck, *, by, at):
        """Empty what whoever it is for struck out, and ask nobody whom they struck. `struck` are keys."""
        changes = {field: "" for field in STRIKEABLE if field in struck and getattr(self, field)}
        left = {
            "details": _but(struck, self.details, DETAIL),
            "visit": _but(struck, self.visit, DOOR),
            "wishes": {} if "wishes" in struck else self.wishes,
        }
        changes |= {name: value for name, value in left.items() if value != getattr(self, name)}
        if changes:
            self.edit(by=by, at=at, version=self.version, **changes)
        unwanted = [wave.pk for wave in self.waves.all() if wave.key in struck]
        self.waves.filter(pk__in=unwanted).delete()

    def may_be_widened_by(self, person):
        """Whoever asks or posted it; where somebody agreed to who sees what, they and whom they named, nobody else."""
        own = self.own_consent
        if own and own.email and own.agreed_at:
            return own.may_decide(person)
        return self.is_run_by(person)

    def may_be_asked_elsewhere_by(self, person):
        """Whether `person` may ask it in other circles too: a yes to this circle is one to no other."""
        around = self.circle.consent_id and self.circle.consent
        return not around or self.consent_id != around.pk or around.may_decide(person)

    def without_struck_fields(self, changes, *, by):
        """Of `changes` what may be said: what was struck out is filled in again by nobody but whoever struck it.

        Nor is a private field filled in of which they saw nothing, nor does one reach further than they agreed to.
        """
        consent = self.own_consent
        if consent is None or consent.agreed_at is None or self.may_be_widened_by(by):
            return changes
        empty = {*consent.struck, *(field for field in PRIVATE if not getattr(self, field))}
        kept = {field: "" if field in empty else value for field, value in changes.items()}
        if "reaches" in kept:
            kept["reaches"] = _no_further(kept["reaches"], self.reaches)
        if "wishes" in kept and "wishes" in consent.struck:
            kept["wishes"] = {}
        for name, start in (("details", DETAIL), ("visit", DOOR)):
            if name in kept:
                kept[name] = _but(consent.struck, kept[name], start)
        return kept

    def goes_further(self, changes, *, by):
        """Whether `changes` say more than was agreed to, so that some of it is left out."""
        kept = self.without_struck_fields(changes, by=by)
        nearer = any(
            Reach.said(kept["reaches"], field) != Reach.said(changes["reaches"], field)
            for field in (PRIVATE if "reaches" in changes else ())
        )
        return nearer or any(kept[name] != value for name, value in changes.items() if name != "reaches")

    def tell_who_agreed(self, changed, *, by, at):
        """Whoever said yes hears that the words changed, unless they may change them as they like (`by`).

        `changed` are the names of fields, or `TIMES` alone: one time more, at another hour, or called off.
        """
        own = self.own_consent
        if not changed or not self.published_at or not own or not own.stands or not own.email:
            return
        if not own.may_decide(by):
            what = "times" if changed == TIMES else "words"
            key = f"agreed_words_changed:{self.pk}:{at.isoformat()}:{what}"
            about = {"key": key, "facts": {"what": what}}
            Notice.objects.queue("agreed_words_changed", self, to=own.agreed_by, at=at, by=by, **about)

    def without_struck_waves(self, waves):
        """Of `waves` those that whoever it is for has not struck out."""
        struck = set(self.own_consent.struck) if self.own_consent else set()
        return [wave for wave in waves if wave.key not in struck]

    def hide(self, *, by, at):
        """The yes was taken back: what was promised is called off, and no place can be taken. Helpers are told, once.

        Call it with the helpers, the slots and the request held, in this order.
        """
        ahead = self.claims().live().ahead(at=at)
        for claim in ahead.select_related("person", "slot").order_by("pk"):
            claim.slot.help_request = self
            claim.end_with_slot(by=by, at=at)
            JournalEntry.objects.write("cancelled", claim, by=by, at=at, circle=self.circle)
        for slot in self.slots.all():
            slot.close_calls(at=at)
        # Long past: whoever pressed a moment before `at` and waits for the slot wins nothing.
        self.slots.filter(open_until__gt=self.created_at).update(open_until=self.created_at)
        self.relist(at=at)

    def show_again(self, *, at):
        """The yes is there once more: its places are open again, without the promises of before."""
        if self.is_open and self.is_agreed:
            self._open_slots(at=at)
        else:
            self.relist(at=at)


def _no_further(reaches, agreed):
    """`reaches` by field, each as it is said unless it was agreed to be nearer."""
    near, usual = list(Reach), Reach.HELPERS
    return {
        field: min(reaches.get(field, usual), agreed.get(field, usual), key=near.index)
        for field in {*reaches, *agreed}
    }


def _but(struck, values, start):
    """`values` without those whose key, their name after `start`, was struck out."""
    return {name: value for name, value in values.items() if f"{start}{name}" not in struck}
