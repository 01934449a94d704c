"""The times of one request, of a circle, or mine, as rows.

By hand, as in `home_queries.py`: the rule of who sees what is the one of `visibility/rule.py`, asked once for each
request.
"""

from circles.models.block import PARTED_SINCE
from circles.models.person import known

from ..visibility.rule import CHECKED, SHUT_OUT, filled, kept, rule
from ..visibility.sql import is_live
from .raw_sql import fetch

# Of a month: a circle that plans more has a list, not a calendar.
MOST = 1000

LIVE = is_live("k")
# Times of what is asked in this circle; what reaches it from another one stands in the list of needs.
IN_CIRCLE = """s.help_request_id IN (
    SELECT here.id FROM requests_helprequest here
    WHERE here.circle_id = %(circle)s AND here.published_at IS NOT NULL AND here.cancelled_at IS NULL
)"""
# What I promised, and all times of what I ask or posted: three index scans, where an OR would read the table.
MINE = f"""s.id IN (
    SELECT k.slot_id FROM requests_claim k WHERE k.person_id = %(person)s AND {LIVE}
    UNION SELECT t.id FROM requests_helprequest h JOIN requests_slot t ON t.help_request_id = h.id
        WHERE h.asker_id = %(person)s AND h.published_at IS NOT NULL
    UNION SELECT t.id FROM requests_helprequest h JOIN requests_slot t ON t.help_request_id = h.id
        WHERE h.posted_by_id = %(person)s AND h.published_at IS NOT NULL
)"""  # noqa: S608 (only words of ours are put into it)
# Which times one of the three calendars looks at, before the rule is asked.
WHOSE = {"help_request": "s.help_request_id = %(help_request)s", "circle": IN_CIRCLE, "mine": MINE}

# The rule is asked of each request once, in the order of their first times, and of no more of them than have a place on
# the page: a circle may ask for thousands of things.
PLANNED = """
    WITH near AS MATERIALIZED (
        SELECT s.id, s.help_request_id, s.starts_at, s.ends_at, s.all_day, s.capacity, s.taken, s.covering,
               s.open_until > %(at)s AS is_asked_for,
               ROW_NUMBER() OVER (ORDER BY s.starts_at IS NULL, s.starts_at, s.ends_at, s.id) AS place
        FROM requests_slot s
        WHERE s.cancelled_at IS NULL AND {whose} AND (
            (s.starts_at < %(until)s AND s.ends_at > %(since)s)
            OR (s.starts_at IS NULL AND s.ends_at > %(since)s AND s.ends_at <= %(until)s)
            OR (s.ends_at IS NULL AND {undated})
        )
    ), seen AS MATERIALIZED (
        SELECT h.id, h.title, h.kind, h.quietly, h.asker_id, h.posted_by_id, h.published_at, h.closed_at, c.time_zone,
               {is_shut} AS is_shut, {is_unchecked} AS is_unchecked, {is_kept} AS is_kept
        FROM (SELECT help_request_id, MIN(place) AS place FROM near GROUP BY help_request_id ORDER BY 2) asked
        JOIN requests_helprequest h ON h.id = asked.help_request_id JOIN circles_circle c ON c.id = h.circle_id
        WHERE h.cancelled_at IS NULL AND {is_seen}
        ORDER BY asked.place LIMIT %(most)s
    )
    SELECT near.id, near.help_request_id, near.starts_at, near.ends_at, near.all_day, near.capacity, near.taken,
           near.covering, near.is_asked_for, seen.title, seen.kind, seen.quietly, seen.asker_id, seen.posted_by_id,
           seen.published_at, seen.closed_at, seen.time_zone, seen.is_shut, seen.is_unchecked, seen.is_kept,
           k.id AS claim_id, k.accepted_at, k.bringing, k.dish, k.portions
    FROM near JOIN seen ON seen.id = near.help_request_id
    LEFT JOIN requests_claim k ON k.slot_id = near.id AND k.person_id = %(person)s AND {is_live}
    ORDER BY near.place LIMIT %(most)s
"""
# Where the rule finds these columns of a request in `PLANNED`.
COLUMNS = {name: f"h.{name}_id" for name in ("asker", "posted_by", "consent")}


def _sql(whose):
    # Of a circle's own calendar it is the same circle in each row: what hangs on it alone is looked up once.
    circle = "CAST(%(circle)s AS bigint)" if whose == "circle" else "h.circle_id"
    return PLANNED.format(
        whose=WHOSE[whose],
        # Of those without a day only what can be had, or was promised.
        undated="TRUE" if whose == "mine" else "s.open_until > %(at)s",
        is_seen=rule(pk="h.id", circle=circle, published_at="h.published_at", quietly="h.quietly", **COLUMNS),
        is_shut=filled(SHUT_OUT, circle=circle, pk="h.id"),
        is_unchecked=f"h.needs_checked AND NOT {filled(CHECKED, circle=circle)}",
        is_kept=kept(circle=circle),
        is_live=LIVE,
    )


# Formatted once, at import: whoever looks differs only in the parameters.
SQL = {whose: _sql(whose) for whose in WHOSE}
# Of the other moments only whether there is one matters.
MOMENTS = ("starts_at", "ends_at")


def planned(person, *, since, until, at, help_request=None, circle=None, most=MOST):
    """Times that touch the days from `since` up to `until`, and those without a day, as rows; at most `most`.

    Those of a request or a circle (ids) as far as `person` sees them at the UTC time `at`; else what `person`
    promised or asks. What was called off is left out. Raises `NobodyAsked` without a person. One query.
    """
    whose = "help_request" if help_request else "circle" if circle else "mine"
    params = {"person": known(person).pk, "help_request": help_request, "circle": circle, "most": most}
    params |= {"since": since, "until": until, "at": at}
    return fetch(SQL[whose], params, moments=MOMENTS)


# What was over by the time of a block keeps its name.
UNSEEN = PARTED_SINCE.format(me="%(person)s", them="k.person_id", over="s.ends_at")
# In the order in which they promised, which is the order on the request's own page.
COMING = f"""
    SELECT k.slot_id, p.name, k.party_size, k.bringing, k.dish, k.portions,
           k.cover_wanted_at IS NOT NULL AS looks_for_cover, {UNSEEN} AS is_unseen
    FROM requests_claim k JOIN circles_person p ON p.id = k.person_id JOIN requests_slot s ON s.id = k.slot_id
    WHERE k.slot_id IN ({{slots}}) AND k.person_id <> %(person)s AND k.accepted_at IS NOT NULL AND {LIVE}
    ORDER BY k.claimed_at, k.id
"""  # noqa: S608 (only words of ours are put into it)


def coming(person, slots):
    """Who else comes to these `slots` (ids), as rows: slot_id, name, party_size, bringing, dish, portions,
    `looks_for_cover` and `is_unseen`, where a block hides them. Whether `person` may know of them is for the
    policies to say. One query."""
    numbers = ", ".join(str(int(slot)) for slot in slots)
    return fetch(COMING.format(slots=numbers), {"person": known(person).pk}, moments=()) if slots else []
