"""The asker's side of a consent: asking, reminding, asking once more, writing down what somebody said."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from supportnet.notices.models import Notice

from ..hooks import tell_that_consent_changed
from .exceptions import AskedLately
from .recorded_consent import require_recordable
from .refusal import ASKS_AGAIN_AFTER, REMINDS_AFTER, LeftInPeace, Refusal

NAMED_AGAIN_AFTER = dt.timedelta(hours=1)


class Asking:
    """The part of `Consent` that asks for it."""

    def send(self, *, by, at):
        """Ask the person, by mail. Asking twice is asking once. Raises `NotVerified`, `LeftInPeace`."""
        by.require_verified()
        with transaction.atomic():
            if self.lock().asked_at is None:
                self._ask(by=by, at=at)

    def may_ask_again_at(self):
        """When the person may be asked once more; None where nobody is to be asked."""
        if self.stands or self.asked_at is None or not self.email:
            return None
        answered_at = self.withdrawn_at or self.declined_at
        return answered_at + ASKS_AGAIN_AFTER if answered_at else self.asked_at + REMINDS_AFTER

    def ask_again(self, *, by, at):
        """Remind somebody who has not answered, or ask once more after a no.

        Raises `AskedLately` while it is early, and `LeftInPeace`.
        """
        by.require_verified()
        with transaction.atomic():
            again_at = self.lock().may_ask_again_at()
            if again_at is None:
                return
            if at < again_at:
                raise AskedLately(again_at)
            self._ask(by=by, at=at, declined_at=None)

    def ask_about_more(self, *, by, at):
        """More is to be seen than they agreed to: their yes does not hold for it, and they are asked once more."""
        with transaction.atomic():
            fresh = self.lock()
            if not fresh.stands or not fresh.email:
                return
            self._set(agreed_at=None, agreed_by=None)
            if not Refusal.objects.against(self, by=by, at=at).exists():
                self._ask(by=by, at=at)

    def _ask(self, *, by, at, **changes):
        if Refusal.objects.against(self, by=by, at=at).exists():
            raise LeftInPeace
        self._set(asked_at=at, **changes)
        self._note("asked for consent", by=by, at=at)
        self._mail_person(by=by, at=at)

    def record_again(self, *, by, how, note, at):
        """Somebody without e-mail, who had taken it back, said yes once more. It stands at once.

        Raises `LeftInPeace` where somebody of that name has said no here, or reads e-mail and can be asked.
        """
        by.require_verified()
        require_recordable(self.name, circle=self.asked_in, by=by, at=at)
        said = {"recorded_how": how, "recorded_note": note, "agreed_at": at, "agreed_by": by}
        with transaction.atomic():
            fresh = self.lock()
            if not fresh.stands and not fresh.email:
                self._set(withdrawn_at=None, **said)
                self._note("recorded consent", by=by, at=at)
                tell_that_consent_changed(self, by=by, at=at)

    def _mail_person(self, *, by, at):
        """Queue the link for the person."""
        self._mail("person", self.reader(self.email, self.owner), by=by, at=at)

    def _mail_delegate(self, *, by, at):
        """Queue the link for whom they named; who is named, left and named again hears of it once in a while.

        A mail that still waits will hold the link as it is by then, and what was mailed lately leads nowhere any more.
        """
        reader = self.reader(self.delegate_email, self.delegate)
        told = Notice.objects.filter(kind="consent_asked", cause_id=self.pk, facts__to="delegate")
        told = told.filter(**({"address": reader} if isinstance(reader, str) else {"reader": reader}))
        if not told.waiting().exists():
            lately = told.sent().aggregate(at=Max("sent_at"))["at"]
            due_at = max(at, lately + NAMED_AGAIN_AFTER) if lately else at
            self._mail("delegate", reader, by=by, at=at, due_at=due_at)

    def _mail(self, to, reader, *, by, at, due_at=None):
        about = {
            "key": f"consent_asked:{self.pk}:{to}:{at.isoformat()}",
            "facts": {"to": to},
            "due_at": due_at,
        }
        Notice.objects.queue("consent_asked", self, to=reader, at=at, by=by, **about)
