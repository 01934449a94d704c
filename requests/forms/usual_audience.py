"""Who is usually asked, by what is asked for, and what a draft said of it."""

import datetime as dt

from circles.models import CircleKind, Ring

from ..catalogue import HABITS, Category, RequestKind

# In hours, as the form says it.
DAY = 24


def usual_reach(category, kind):
    """The ring in which such things usually begin: emotional support and childcare with the nearest.

    None while the category is not known and makes a difference.
    """
    if kind == RequestKind.INSTRUMENTAL and not category:
        return None
    return HABITS[category].ring if category else KINDS[kind]


# Where no category is chosen. Practical help is not here: with whom it begins depends on the category.
KINDS = {RequestKind.EMOTIONAL: Ring.INNER, RequestKind.INFORMATIONAL: Ring.EVERYONE}


def usually_checked(category, circle):
    """Whether only checked helpers may take it, unless somebody says otherwise: childcare in a community."""
    return category == Category.CHILDCARE and circle is not None and circle.kind == CircleKind.COMMUNITY


def as_planned(help_request):
    """What the form shows of a draft: its waves and its helpers as they were put down."""
    waves = list(help_request.waves.in_order())
    rings = [wave.ring for wave in waves if wave.circle_id == help_request.circle_id]
    people = [wave.person_id for wave in waves if wave.person_id]
    waits = [wave.after for wave in waves if wave.after]
    others = [wave.circle_id for wave in waves if wave.circle_id not in (None, help_request.circle_id)]
    checked = help_request.needs_checked
    return {
        "people": people,
        "up_to": min(rings, default=None),
        "widen_to": max(rings) if len(rings) > 1 else "",
        "widen_after": waits[0] // dt.timedelta(hours=1) if waits else "" if people else DAY,
        "then": others[0] if others else None,
        "needs_checked": ""
        if checked == usually_checked(help_request.category, help_request.circle)
        else "yes"
        if checked
        else "no",
    }
