"""What is said to a consent: yes, no thank you, taken back, never again."""

from django.db import transaction

from supportnet.notices.models import Notice

from .. import consent_rows
from ..hooks import tell_that_consent_changed
from .refusal import ASKS_AGAIN_AFTER, Refusal


class TheirsToSay(Exception):
    """The person said no themselves: nobody whom they named says yes instead."""


class NotTheirs(Exception):
    """Whoever decides here does not decide about this one, or not any more: the address is another's by now."""


class Answering:
    """The part of `Consent` that the person, or whom they named, says to it.

    Rows are locked in this order: consent, circle, person, slot, request.
    """

    def agree(self, *, by, at, struck=(), seen=None):
        """Yes, but for what is `struck` (keys). What was drafted is seen from now on. Twice is once.

        `seen` is the stamp of what `by` had before them (`consent_rows.stamp`); None for whoever reads no page. Raises
        `NotVerified`, `NotTheirs`, `TheirsToSay` for a delegate of somebody who said no themselves, and
        `consent_rows.ChangedMeanwhile` and `consent_rows.NobodyLeft`, and then nothing has happened.
        """
        with transaction.atomic():
            fresh, by = self._lock_for(by)
            if not fresh.may_agree(by, at=at):
                raise TheirsToSay
            if not fresh._is_said_already(by, struck):
                # From here on nobody changes a word of it: what was seen is what goes out.
                consent_rows.lock(fresh, at=at)
                fresh._say_yes(by=by, at=at, struck=consent_rows.checked(fresh, struck, seen=seen, at=at))
        self.refresh_from_db()

    def _is_said_already(self, by, struck):
        """Whether a yes of `by` adds nothing: neither that it is the person's own, nor that more is left out."""
        confirms = self.is_for(by) and self.agreed_by_id != by.pk
        return self.stands and not confirms and set(struck) <= set(self.struck)

    def _say_yes(self, *, by, at, struck):
        stood, own = self.stands, self.is_for(by)
        given = {"withdrawn_at": None, "declined_at": None, "struck": sorted({*self.struck, *struck})}
        given |= {} if stood and not own else {"agreed_at": at, "agreed_by": by}
        given |= {"person": by, "refused_at": None} if own else {}
        self._set(**given)
        if own:
            self.refusals.filter(until__isnull=False).delete()
        self._note("agreed", by=by, at=at)
        if self.around:
            self.around.open_after_yes(by=by, at=at)
        tell_that_consent_changed(self, by=by, at=at)
        if not stood:
            self._answer("agreed", by=by, at=at)
            self._tell_the_person(by=by, at=at)

    def decline(self, *, by, at):
        """No thank you: whoever asked is told kindly, and nothing is seen.

        A no ends whatever stands by then, whoever said yes meanwhile; the person's own holds until they themselves
        say yes. Raises `NotVerified` and `NotTheirs`.
        """
        with transaction.atomic():
            fresh, by = self._lock_for(by)
            fresh._say_no(by=by, at=at)
        self.refresh_from_db()

    def withdraw(self, *, by, at):
        """Take it back: all that was asked is hidden at once, and what was promised is called off. Twice is once.

        As `decline`. A yes that was written down is taken back by whoever keeps it.
        """
        with transaction.atomic():
            fresh = self.lock()
            if fresh.email:
                fresh, by = self._lock_for(by)
            fresh._say_no(by=by, at=at)
        self.refresh_from_db()

    def end_with_account(self, *, by, at):
        """Whom it is for closes their account: who can't take a yes back any more leaves none behind.

        Nor does whom they named say one afterwards, whoever closed it (`by`).
        """
        with transaction.atomic():
            fresh = self.lock()
            if fresh.asked_at:
                fresh._say_no(by=by, at=at, own=True)

    def _say_no(self, *, by, at, own=None):
        stood = self.stands
        own = self.is_for(by) if own is None else own
        said = {}
        if stood:
            said["withdrawn_at"] = at
        elif self.agreed_at is None and self.declined_at is None:
            said["declined_at"] = at
        is_news = bool(said)
        if own and (is_news or not self.refused_at):
            said["refused_at"] = at
        if not said:
            return
        self._set(**said)
        self._follow_a_no(stood, is_news=is_news, by=by, at=at)

    def _follow_a_no(self, stood, *, is_news, by, at):
        """What a no entails: it `stood` until now, and was taken back, or there was no yes yet."""
        self._note("took back" if stood else "declined", by=by, at=at)
        self._leave_in_peace(by=by, at=at)
        if stood:
            tell_that_consent_changed(self, by=by, at=at)
        if is_news:
            self._answer("taken back" if stood else "declined", by=by, at=at)

    def _leave_in_peace(self, *, by, at):
        """Nobody of this circle asks for a while, neither the person nor, instead of them, whom they named."""
        if not self.email:
            return
        until = at + ASKS_AGAIN_AFTER
        about = {"name": self.name, "circle": self.asked_in, "asked_by": self.asked_by, "consent": self}
        Refusal.objects.create(person=self.owner, email=self.email, at=at, until=until, **about)
        if self.delegate_email:
            about |= {"person": self.delegate, "email": self.delegate_email}
            Refusal.objects.create(at=at, until=until, **about)

    def never_ask_again(self, *, by, at):
        """No, and nobody of this circle is to ask again, ever, until they say otherwise. It is theirs alone to say.

        Raises as `decline`.
        """
        with transaction.atomic():
            fresh, by = self._lock_for(by)
            if not fresh.is_for(by):
                raise NotTheirs
            fresh._say_no(by=by, at=at)
            if not fresh.refusals.filter(person=by).exists():
                fresh._leave_in_peace(by=by, at=at)
            fresh.refusals.filter(person=by).update(until=None)
        self.refresh_from_db()

    def may_ask_after_all(self, *, by, at):
        """The person lifts `never_ask_again`; the usual while since their no is left. Raises as `decline`."""
        with transaction.atomic():
            fresh, by = self._lock_for(by)
            for refusal in fresh.refusals.filter(person=by):
                refusal.until = refusal.at + ASKS_AGAIN_AFTER
                refusal.save(update_fields=["until"])

    def asks_never_again(self):
        """Whether the person said that nobody of this circle is to ask again."""
        return self.refusals.filter(until=None).exists()

    def _tell_the_person(self, *, by, at):
        """Whoever was named has said yes for them: they hear of it, and can take it back. Of their own they do not."""
        reader = self.reader(self.email, self.owner)
        key = f"consent_given_for_you:{self.pk}:{at.isoformat()}"
        Notice.objects.queue("consent_given_for_you", self, to=reader, at=at, by=by, key=key)

    def _answer(self, said, *, by, at):
        """Tell whoever asked; of a care circle, those who keep it."""
        readers = {keeping.person for keeping in self.around.keepers()} if self.around else {self.asked_by}
        for reader in readers:
            key = f"consent_answered:{self.pk}:{at.isoformat()}:{reader.pk}"
            Notice.objects.queue(
                "consent_answered", self, to=reader, at=at, by=by, key=key, facts={"said": said}
            )
