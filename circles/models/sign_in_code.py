"""The code that opens the door for an address, and the count of what was mailed there and guessed at it.

One code for one address, whoever asked for it in whichever browser: what strangers press cannot put it out of use. So
these limits never turn against the owner:

- At most 5 code mails an hour and 20 a day go to an address. Of these, browsers that the owner never used set off at
  most 3 an hour and 10 a day: one, the next after 1 minute, the next after 20, then one every 3 hours. With those to an
  address that others type as their new one it is 3 an hour and 14 a day, so that the owner always has some left.
- As long as nothing more may be mailed, the last code stays good: it lies in the mailbox. A wrong guess does not end
  it either. It opens once, and again only while no other may be mailed for over a minute; the next mail has another.
- A code has 8 digits and ends after 4,000 wrong guesses; once 20 were wrong, the next ones have 12, until a day after
  the last wrong guess. Whoever guesses from everywhere at once has less than 1 chance in 10,000 a day.
- One mail of the 5 and of the 20 is spare, for when no code in the mailbox can work any more: it was guessed to death,
  which happens once a day at most, or the address had been given up.

So whoever reads the mailbox comes in within a minute, in any browser, as often as they like.

A row knows neither the address nor the code, and is gone after a day (`circles.sweeps`).
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
# Unless it opens the door before; longer while nobody else may have the next one (`_count`).
LASTS = dt.timedelta(minutes=15)
# Mails to one address, whoever presses: nobody's mailbox is filled.
MOST_AN_HOUR, MOST_A_DAY = 5, 20
# How long after the first, second, … mail of a day browsers that nobody knows set off another.
STRANGERS_WAIT = (MINUTE, 20 * MINUTE, 3 * HOUR)
# A signed-in person who types an address as their new one, which may be anybody's.
OTHERS_AN_HOUR, OTHERS_A_DAY = 2, 4
# What all but the owner set off together.
FOREIGN_AN_HOUR, FOREIGN_A_DAY = 3, 14
# After 4000 wrong guesses a code of 8 digits is worn out: they find one once in 25,000 times. From 20 on the next
# code has 12, until a day has passed without a wrong guess.
GUESSES, GUESSES_BEFORE_LONGER = 4000, 20
SHORT, LONG = 8, 12

# Who set a mail off: a browser that nobody knows, one in which the owner has signed in, a signed-in person who types
# the address as their new one; and a last one, where nothing that lies in the mailbox works any more.
STRANGER, OWNER, OTHER, SPARE = "stranger", "owner", "other", "spare"
ANYBODY, FOREIGN = (STRANGER, OWNER, OTHER, SPARE), (STRANGER, OTHER)


class TooManyMails(Exception):
    """No mail may go to this address before `again_at`."""

    def __init__(self, again_at):
        super().__init__()
        self.again_at = again_at


@dataclass(frozen=True)
class Asked:
    """What came of asking for a code."""

    code: str
    is_mailed: bool  # to be mailed now; else a mail with this code lies in the mailbox already
    minutes: int  # for how long it is good


class SignInCodeQuerySet(models.QuerySet):
    def ask(self, email, *, is_known, at):
        """A code for `email`, asked for in a browser in which its owner `is_known`; returns what came of it.

        Counts a mail: whoever can't send it calls `unsend`. Raises `TooManyMails` when there is no good code and the
        next one may be mailed within a minute.
        """
        with transaction.atomic():
            row = self._locked(email, at=at)
            asked = row._ask(OWNER if is_known else STRANGER, at=at)
            row.save()
        return asked

    def count_mail(self, email, *, is_own, at):
        """Count another mail with a code: to one's own address, or to one typed as new. Raises `TooManyMails`."""
        with transaction.atomic():
            row = self._locked(email, at=at)
            row._forget_old(at)
            whose = OWNER if is_own else OTHER
            again_at = row._room_for(whose, at=at)
            if again_at > at:
                raise TooManyMails(again_at)
            row._count(whose, at=at)
            row.save()

    def unsend(self, email, *, at):
        """The mail that was counted at `at` did not go out."""
        with transaction.atomic():
            row = self._locked(email, at=at)
            row.mails = [mail for mail in row.mails if mail[0] != at.timestamp()]
            row.save()

    def is_right(self, email, typed, *, at):
        """Whether `typed` (digits) is the good code of `email`, which is used up by that; else a guess is counted."""
        with transaction.atomic():
            row = self._locked(email, at=at)
            right = row._is_good(at) and constant_time_compare(typed, row.digits)
            row._use(at) if right else row._miss(at)
            row.save()
        return right

    def is_good(self, email, *, at):
        """Whether there is a code for `email` that still opens the door."""
        row = self.filter(key=key_of(email)).first()
        return row is not None and row._is_good(at)

    def minutes_left(self, email, *, at):
        """For how many more minutes the code of `email` is good."""
        row = self.filter(key=key_of(email)).first()
        return row._minutes(at) if row else 0

    def forget(self, email):
        """The address is nobody's any more: its code opens nothing. What was mailed stays counted."""
        self.filter(key=key_of(email)).update(salt="")

    def stale(self, at):
        """Rows that count nothing any more and hold no good code."""
        return self.filter(used_at__lt=at - DAY, good_until__lt=at)

    def _locked(self, email, *, at):
        key = key_of(email)
        self.get_or_create(key=key, defaults={"used_at": at, "good_until": at, "guessed_since": at})
        row = self.select_for_update().get(key=key)
        row.used_at = at
        return row


def key_of(email):
    """What stands for an address in the table, and in the cookie of a browser that knows it."""
    return salted_hmac("circles.SignInCode.key", email, algorithm="sha256").hexdigest()[:32]


class SignInCode(models.Model):
    """What the door knows of one address. All times are UTC."""

    key = models.CharField(max_length=32, unique=True)
    salt = models.CharField(max_length=32, blank=True)  # what the code is derived from; empty: none
    length = models.PositiveSmallIntegerField(default=SHORT)
    has_opened = models.BooleanField(default=False)
    good_until = models.DateTimeField()
    guesses = models.PositiveIntegerField(default=0)  # wrong ones at this code
    guessed_since = models.DateTimeField()
    guessed_lately = models.PositiveIntegerField(default=0)  # wrong ones since then
    mails = models.JSONField(default=list)  # [timestamp, who set it off] of each within a day
    used_at = models.DateTimeField()

    objects = SignInCodeQuerySet.as_manager()

    def __str__(self):
        return self.key

    @property
    def digits(self):
        """The code, without its dashes."""
        number = int(salted_hmac("circles.SignInCode", self.salt, algorithm="sha256").hexdigest(), 16)
        return f"{number % 10**self.length:0{self.length}}"

    def _ask(self, whose, *, at):
        self._forget_old(at)
        again_at = self._next_mail(whose, at=at)
        if again_at > at and self._is_lost():
            whose, again_at = SPARE, self._next_mail(SPARE, at=at)
        if again_at > at and not self._is_good(at) and not self._revive(again_at, at=at):
            raise TooManyMails(again_at)
        if again_at <= at:
            self._ready(at)
            self._count(whose, at=at)
        return Asked(grouped(self.digits), is_mailed=again_at <= at, minutes=self._minutes(at))

    def _revive(self, again_at, *, at):
        """Where no other may be mailed for a while, the last code opens once more: the owner has no other."""
        if not self._is_lost() and again_at > at + MINUTE:
            self.good_until = at + LASTS
        return self._is_good(at)

    def _ready(self, at):
        """What is mailed now: the same again while it lives, but not what has opened a door."""
        if self.has_opened or not self._is_good(at):
            self._renew()
        self.good_until = max(self.good_until, at + LASTS)

    def _minutes(self, at):
        return max(0, -((at - self.good_until) // MINUTE))

    def _is_good(self, at):
        return bool(self.salt) and at < self.good_until and not self._is_worn()

    def _is_lost(self):
        """Whether nothing that lies in the mailbox could work any more."""
        return not self.salt or self._is_worn()

    def _is_worn(self):
        return self.length == SHORT and self.guesses >= GUESSES

    def _renew(self):
        self.salt, self.guesses, self.has_opened = secrets.token_hex(16), 0, False
        self.length = LONG if self.guessed_lately >= GUESSES_BEFORE_LONGER else SHORT

    def _use(self, at):
        """It came back: the owner is there, and the last mail was theirs.

        Only the last, and once: else whoever presses all day would get a new share with each of the owner's visits.
        """
        last = next((mail for mail in reversed(self.mails) if mail[1] == STRANGER), None)
        if last and not self.has_opened:
            last[1] = OWNER
        self.good_until, self.has_opened = at, True

    def _miss(self, at):
        self._forget_old(at)
        self.guesses += 1
        self.guessed_lately += 1
        if self.guessed_lately >= GUESSES_BEFORE_LONGER:
            self.guessed_since = at

    def _forget_old(self, at):
        self.mails = [mail for mail in self.mails if mail[0] > (at - DAY).timestamp()]
        if self.guessed_since <= at - DAY:
            self.guessed_since, self.guessed_lately = at, 0

    def _count(self, whose, *, at):
        """What lies in the mailbox stays good until somebody elsewhere may have another."""
        self.mails = [*self.mails, [at.timestamp(), whose]]
        if self._is_good(at):
            self.good_until = max(self.good_until, self._next_mail(STRANGER, at=at) + MINUTE)

    def _next_mail(self, whose, *, at):
        """From when on `whose` asking at the door sends a mail; `at` when it does now."""
        sent = [sent for sent, by in self.mails if by == whose]
        waits = STRANGERS_WAIT if whose == STRANGER else (MINUTE,)
        again_at = _moment(sent[-1]) + waits[min(len(sent), len(waits)) - 1] if sent else at
        return max(again_at, self._room_for(whose, at=at))

    def _room_for(self, whose, *, at):
        """From when on there is room for another mail to the address; `at` when there is now."""
        kept = 0 if whose == SPARE else 1
        shares = [(MOST_AN_HOUR - kept, HOUR, ANYBODY), (MOST_A_DAY - kept, DAY, ANYBODY)]
        if whose in FOREIGN:
            shares += [(FOREIGN_AN_HOUR, HOUR, FOREIGN), (FOREIGN_A_DAY, DAY, FOREIGN)]
        if whose == OTHER:
            shares += [(OTHERS_AN_HOUR, HOUR, (OTHER,)), (OTHERS_A_DAY, DAY, (OTHER,))]
        return max([at, *(moment for share in shares if (moment := self._room(*share)))])

    def _room(self, most, span, of):
        """When the mail that fills the last of `most` places leaves the `span`; None while there is room."""
        sent = [sent for sent, by in self.mails if by in of]
        return _moment(sent[-most]) + span if len(sent) >= most else None


def _moment(timestamp):
    return dt.datetime.fromtimestamp(timestamp, dt.UTC)


def grouped(digits):
    """ "12345678" as "1234-5678", to be read aloud."""
    return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))
