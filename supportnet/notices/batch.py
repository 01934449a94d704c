"""Notices under one lease, on their way out."""

import logging
import traceback
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction

from supportnet.notices import eligibility, rendering, smtp
from supportnet.notices.kinds import kind_named
from supportnet.notices.models import Notice

logger = logging.getLogger(__name__)
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180)] + [timedelta(hours=6)] * 11  # about 3 days
MARGIN = timedelta(minutes=1)  # a letter is begun only while the lease lasts this much longer


class Batch:
    """Notices under one lease, on their way out."""

    def __init__(self, notices, letterbox, now, *, until):
        self.notices, self.letterbox, self.now = notices, letterbox, now
        self.until = min(until, notices[0].leased_until - MARGIN)
        self.causes, self.drafts = {}, {}
        self.sent = 0
        self.interruptions = 0
        self.stopped = False

    def send(self):
        """Drop what is no longer true, put off what must wait, send the rest; returns how many mails."""
        mails = self._mails()
        for count, (kind, notices) in enumerate(mails):
            self.stopped = self.stopped or self.now() > self.until
            if self.stopped:
                self._give_back(mails[count:])
                break
            self._send(kind, notices)
        return self.sent

    def _mails(self):
        """(kind, notices) of each mail to be sent now."""
        mails, dropped, put_off = defaultdict(list), defaultdict(list), defaultdict(list)
        for kind, notice, verdict in self._verdicts():
            match verdict:
                case None:
                    mails[kind, self._goes_with(kind, notice)].append(notice)
                case eligibility.Drop(because):
                    dropped[because].append(notice)
                case eligibility.PutOff(until):
                    put_off[until].append(notice)
        for because, notices in dropped.items():
            Notice.objects.mark_dropped(notices, because, self.now())
        for until, notices in put_off.items():
            Notice.objects.put_off(notices, until)
        return [(kind, notices) for (kind, _), notices in mails.items()]

    def _goes_with(self, kind, notice):
        """What notices in one mail have in common."""
        if not (kind.collects and notice.reader_id):
            return notice
        return notice.reader_id, kind.apart(self._cause(notice))

    def _verdicts(self):
        """(kind, notice, verdict) of each notice, oldest first; what fails over them waits on its own."""
        at = self.now()
        collected_until = Notice.objects.collected_until(self.notices, at)
        for kind, notice, reason in self._with_causes():
            if reason:
                yield kind, notice, eligibility.Drop(reason)
                continue
            try:
                cause = self._cause(notice)
                verdict = eligibility.sift(notice, kind, cause, at=at, collected_until=collected_until)
            except Exception as error:
                self._broken([notice], error)
            else:
                yield kind, notice, verdict

    def _with_causes(self):
        """(kind, notice, reason to drop it or "") of each notice; each kind asks the database once."""
        by_kind, found = defaultdict(list), []
        for notice in self.notices:
            by_kind[notice.kind].append(notice)
        for name, notices in by_kind.items():
            kind = kind_named(name)
            if kind is None:
                Notice.objects.mark_failed(notices, "Nobody knows this kind of notice.", self.now())
                continue
            try:
                causes = self.causes[name] = kind.causes({notice.cause_id for notice in notices})
                pairs = [(n, causes[n.cause_id]) for n in notices if n.cause_id in causes]
                reasons = kind.reasons_against(pairs, self.now()) if pairs else {}
            except Exception as error:
                self._broken(notices, error)
            else:
                found += [(kind, notice, reasons.get(notice.pk, "")) for notice in notices]
        return sorted(found, key=lambda row: row[1].pk)

    def _cause(self, notice):
        return self.causes[notice.kind].get(notice.cause_id)

    def _send(self, kind, notices):
        try:
            letter = rendering.compose(
                kind,
                notices,
                [self._cause(notice) for notice in notices],
                at=self.now(),
                drafts=self.drafts,
            )
            self.letterbox.send(letter)
        except smtp.AddressRefused as refused:
            self._address_refused(notices, str(refused))
        except smtp.LetterRefused as refused:
            Notice.objects.mark_failed(notices, str(refused), self.now())
        except smtp.TryLater as trouble:
            self._try_later(notices, trouble)
        except Exception as error:
            self._unwritable(kind, notices, error)
        else:
            self.interruptions = 0
            self.sent += 1
            Notice.objects.mark_sent(notices, self.now())

    def _address_refused(self, notices, reason):
        at, reader = self.now(), notices[0].reader
        with transaction.atomic():
            Notice.objects.mark_failed(notices, reason, at)
            if reader:
                reader.mark_mail_refused(reason=reason, at=at)

    def _try_later(self, notices, trouble):
        """One broken connection may be this letter's fault; two in a row are the server's."""
        self._wait(notices, str(trouble))
        self.interruptions += isinstance(trouble, smtp.Interrupted)
        self.stopped = isinstance(trouble, smtp.ServerDown) or self.interruptions > 1

    def _unwritable(self, kind, notices, error):
        """What can't be written together is written one by one, so that one does not hold up the others."""
        if len(notices) == 1:
            self._broken(notices, error)
        else:
            for notice in notices:
                self._send(kind, [notice])

    def _broken(self, notices, error):
        """Something of ours failed over these notices. A database that is away is not their fault."""
        if isinstance(error, OperationalError | InterfaceError):
            raise error
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
        for notice in notices:
            logger.error("Could not write notice %s (%s): %s", notice.pk, notice.kind, what)
            self._wait([notice], what)

    def _wait(self, notices, error):
        """Later, and later each time; after about three days it has failed, for everybody to see."""
        at = self.now()
        for notice in notices:
            if notice.attempts < len(WAITS):
                Notice.objects.try_again([notice], at + _wait(notice, at), error)
            else:
                Notice.objects.mark_failed([notice], error, at)

    def _give_back(self, mails):
        Notice.objects.give_back([notice for _, notices in mails for notice in notices])


def _wait(notice, at):
    """How long to wait, but never past half of the time in which it is still of use."""
    wait = WAITS[notice.attempts]
    if notice.expires_at:
        wait = min(wait, max(WAITS[0], (notice.expires_at - at) / 2))
    return wait
