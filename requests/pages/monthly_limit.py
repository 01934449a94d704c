"""How often somebody wants to help: a limit of their own, which nobody else learns of."""

import datetime as dt

from django.db.models.functions import Coalesce

from ..models import Claim


def promised_often(person, slot, *, at):
    """How often `person` has promised to help in the month of `slot`, if that is as often as they want to; else 0.

    The month is one of their own calendar; what has no time counts in the month in which it was promised. One query for
    those who have set a limit, none for others.
    """
    if not person.most_a_month:
        return 0
    first, end = _month(slot.starts_at or slot.ends_at or at, person.zone)
    promised = Claim.objects.live().filter(person=person).exclude(slot=slot)
    when = Coalesce("slot__starts_at", "slot__ends_at", "claimed_at")
    number = promised.annotate(when=when).filter(when__gte=first, when__lt=end).count()
    return number if number >= person.most_a_month else 0


def _month(moment, zone):
    """The first moment of its month, and of the next one."""
    first = moment.astimezone(zone).date().replace(day=1)
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return [dt.datetime.combine(date, dt.time(), tzinfo=zone) for date in (first, following)]
