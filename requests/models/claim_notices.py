"""Who is told what of a promise, once each: the helper, whoever asks, on short notice the keepers."""

import datetime as dt

from supportnet.notices.models import Notice

from .slot_times import is_far

# Whoever drops out later leaves too little time for the list alone: the keepers are told as well.
SHORT_NOTICE = dt.timedelta(hours=36)
# So long the page of a promise shows what changed, with the old words. After that nobody needs them.
CHANGES_SHOWN = dt.timedelta(days=7)


class ClaimNotices:
    """The part of `Claim` that tells of it."""

    def _key(self, kind, at):
        return f"{kind}:{self.pk}:{at.isoformat()}"

    def _tell_helper(self, kind, *, by, at, key=None, facts=None):
        Notice.objects.queue(
            kind, self, to=self.person, at=at, by=by, key=key or self._key(kind, at), facts=facts
        )

    def _tell_askers(self, kind, *, by, at, also=(), facts=None):
        for reader in self.help_request.to_tell() | set(also):
            key = f"{self._key(kind, at)}:{reader.pk}"
            Notice.objects.queue(kind, self, to=reader, at=at, by=by, key=key, facts=facts)

    def _keepers_on_short_notice(self, *, at):
        deadline = self.slot.deadline
        if deadline is None or deadline - at > SHORT_NOTICE:
            return set()
        keepers = {keeper.person for keeper in self.help_request.circle.keepers()}
        return keepers - {self.person}

    def _tell_of_beginning(self, *, by, at):
        if self.accepted_at:
            self._confirm_to_helper(at=at)
        if self.took_over:
            self.tell_of_handing_over(by=by, at=at)
        else:
            self._tell_askers("request_claimed", by=by, at=at)

    def _confirm_to_helper(self, *, at):
        self._tell_helper("claim_confirmed", by=None, at=at)

    def tell_of_handing_over(self, *, by, at):
        """After a take-over: the released helpers that they are free, the asker who comes instead."""
        for other in self.took_over:
            other._tell_helper("cover_found", by=by, at=at)
            other.let_them_be_called(by=by, at=at)
        self._tell_askers("cover_taken", by=by, at=at)

    def _tell_of_party(self, was, *, at):
        """Of more who come, whoever asks; of fewer, as of a release of so many, on short notice the keepers too."""
        also = self._keepers_on_short_notice(at=at) if self.party_size < was else ()
        self._tell_askers("party_changed", by=self.person, at=at, also=also, facts={"was": was})

    def _tell_that_it_is_free(self, *, by, at):
        self._tell_askers("claim_released", by=by, at=at, also=self._keepers_on_short_notice(at=at))

    def tell_as_given_back(self, *, at):
        """Whoever asks is told what they are told when it is given back, while whoever offered sees it stand.

        So it is across a block behind a name that was not said: see docs/decisions/0010-blocks-and-quiet-asks.md.
        """
        self._tell_askers("claim_released", by=None, at=at, facts={"stands": True})

    def _tell_of_cancelling(self, *, by, at):
        self.let_them_be_called(by=by, at=at)
        self._tell_helper("slot_cancelled", by=by, at=at)

    def _tell_of_moving(self, other, *, by, at):
        """Of the place that `other` held before: one mail to the helper, one to whoever asks."""
        slot = other.slot
        was = {"old_starts_at": slot.starts_at, "old_ends_at": slot.ends_at, "moved_from": other.pk}
        self._tell_helper("slot_changed", by=by, at=at, facts=was)
        self.let_them_be_called(by=by, at=at, moved=True)
        self._tell_askers("claim_moved", by=by, at=at, also=other._keepers_on_short_notice(at=at), facts=was)

    def follow(self, was, *, by, at):
        """Its slot was moved: remind by the new time, and tell the helper what it `was`. The rows are held."""
        self.set_reminders(at=at, moved=True)
        if is_far(self.slot.starts_at, was["old_starts_at"]):
            self.say_anew()
        key = f"slot_changed:{self.pk}:{self.slot.sequence}"
        self._tell_helper("slot_changed", by=by, at=at, key=key, facts=was)
        self.let_them_be_called(by=by, at=at, moved=True)

    def tell_of_words(self, was, *, fields, by, at, key):
        """What stands in `fields` was changed: the helper is told, with what `was` there if a mail may say it."""
        if self.slot.doorstep:  # the wish of this time stands before that of all
            fields = fields - {"doorstep"}
        if fields:
            facts = {"fields": sorted(fields), "was": {name: was[name] for name in was if name in fields}}
            self._tell_helper("slot_changed", by=by, at=at, key=key, facts=facts)
            self.let_them_be_called(by=by, at=at, changed=True)

    def tell_of_wish(self, was, *, by, at):
        """The doorstep wish of its time is another than it `was`."""
        key = f"slot_changed:{self.pk}:doorstep:{at.isoformat()}"
        facts = {"fields": ["doorstep"], "was": {"doorstep": was}}
        self._tell_helper("slot_changed", by=by, at=at, key=key, facts=facts)
        self.let_them_be_called(by=by, at=at, changed=True)

    def let_them_be_called(self, *, by, at, **facts):
        """Whoever has no e-mail hears by phone what became of their promise: from who signed them up, if a keeper."""
        if not self.person.is_by_phone:
            return
        keepers = {keeper.person for keeper in self.help_request.circle.keepers()}
        for keeper in keepers & {self.made_by} or keepers:
            key = f"{self._key('call_helper', at)}:{keeper.pk}"
            Notice.objects.queue("call_helper", self, to=keeper, at=at, by=by, key=key, facts=facts or None)
