"""When a standby may be asked, and until when their answer is waited for: in hours in which they may be told."""

import datetime as dt
import math

from supportnet.notices.quiet_hours import awake_between, awake_later, may_tell_from, quiet_until

# How long an answer is waited for: less is no question, more keeps the next one waiting.
SHORTEST, LONGEST = dt.timedelta(minutes=15), dt.timedelta(hours=12)
SHARE = 6  # each standby has a sixth of what is left
# Where not everybody would have so long one after the other, several are asked at once.
IN_TURN = dt.timedelta(hours=1)
# Nobody is woken while the morning leaves at least so long before the time comes.
TIME_IN_THE_MORNING = dt.timedelta(hours=1)


def may_be_asked_from(person, *, deadline, at):
    """The first moment from `at` on at which `person` may be asked to step in at `deadline`; None: not before it.

    In the quiet hours only where the morning would be too late; never during a break.
    """
    morning = may_tell_from(person, at, of_new=True)
    if person.is_on_break(at=at) or morning + TIME_IN_THE_MORNING <= deadline:
        return morning if morning + SHORTEST < deadline else None
    return at


def answer_by(person, *, asked_at, deadline):
    """Until when the answer of `person` is waited for, who is told at `asked_at`; nights do not count, but for the one
    in which they were woken."""
    patience = min(max((deadline - asked_at) / SHARE, SHORTEST), LONGEST)
    if quiet_until(person, asked_at):
        return asked_at + patience
    return min(awake_later(person, asked_at, patience), deadline)


def how_many_at_once(number, person, *, asked_at, deadline):
    """How many of `number` standbys are asked at the same time, calculated by the hours of `person`, who is next."""
    left = max(awake_between(person, asked_at, deadline), SHORTEST)
    return max(1, math.ceil(number * IN_TURN / left))
