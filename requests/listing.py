"""What the circles of a person need: the list that stays flat as data grows.

`visible_to` answers "may I see this one"; asked of a million requests it takes as long as there are requests. Here each
membership fetches its own first rows from the index `wave_open_in_circle`, ring by ring, and the few are merged.
tests/requests/test_worlds.py holds the two to the same answer.
"""

from django.db import connection

from circles.models.person import known

from .rows import fetch

PAGE = 30

# What is looked up once, before the list; all of it is small.
LOOKED_UP = """
    theirs AS MATERIALIZED (
        SELECT %(person)s AS id
        UNION ALL SELECT whom_id FROM circles_block WHERE by_id = %(person)s
        UNION ALL SELECT by_id FROM circles_block WHERE whom_id = %(person)s
    ),
    held AS MATERIALIZED (
        SELECT slot_id FROM requests_claim
        WHERE person_id = %(person)s AND released_at IS NULL AND cancelled_at IS NULL AND declined_at IS NULL
    ),
    shut AS MATERIALIZED (
        SELECT circle_id, excluded_at IS NOT NULL AS is_aside FROM circles_membership
        WHERE person_id = %(person)s AND (excluded_at IS NOT NULL OR removed_at IS NOT NULL)
    ),
    not_for_me AS MATERIALIZED ({not_for_me})
"""

# A slot in which the person could take a place and has not promised to.
FOR_ME = """
    o.cancelled_at IS NULL AND o.open_until > %(at)s AND (o.capacity IS NULL OR o.taken < o.capacity + o.covering)
    AND o.id NOT IN (SELECT slot_id FROM held)
"""

# What the person asks or somebody whom they do not see, what they passed on, and what they have promised all they
# could of.
NOT_FOR_ME = f"""
    SELECT h.id FROM theirs JOIN requests_helprequest h ON h.asker_id = theirs.id OR h.posted_by_id = theirs.id
    UNION ALL SELECT help_request_id FROM requests_notthistime WHERE person_id = %(person)s
    UNION ALL SELECT s.help_request_id FROM held JOIN requests_slot s ON s.id = held.slot_id
        WHERE NOT EXISTS (
            SELECT 1 FROM requests_slot o WHERE o.help_request_id = s.help_request_id AND {FOR_ME}
        )
"""  # noqa: S608 (only words of ours are put into it)

# What a circle asks that has quietly set them aside, or that removed them, by whatever other way it might reach them.
# Hardly anybody has such a circle, and for them it is looked up row by row: a circle may ask for thousands of things.
KEPT_FROM_ME = """
    EXISTS (SELECT 1 FROM shut) AND (
        (SELECT h.circle_id FROM requests_helprequest h WHERE h.id = w.help_request_id)
            IN (SELECT circle_id FROM shut)
        OR EXISTS (
            SELECT 1 FROM requests_wave v WHERE v.help_request_id = w.help_request_id
              AND v.circle_id IN (SELECT circle_id FROM shut WHERE is_aside)
        )
    )
"""

LISTED = f"""
    w.listed_until > %(at)s AND w.opened_at <= %(at)s AND w.listed_until IS NOT NULL AND w.opened_at IS NOT NULL
    AND w.help_request_id NOT IN (SELECT id FROM not_for_me) AND NOT ({KEPT_FROM_ME})
"""  # noqa: S608 (only words of ours are put into it)

CURRENT = "m.joined_at IS NOT NULL AND m.left_at IS NULL AND m.removed_at IS NULL"

IN_CIRCLES = f"""
    SELECT w.help_request_id, w.kind, w.category, w.sort_at
    FROM circles_membership m
    JOIN (SELECT 1 AS ring UNION ALL SELECT 2 UNION ALL SELECT 3) r ON r.ring >= m.ring
    {{in_their_circle}}
    WHERE m.person_id = %(person)s AND {CURRENT} AND m.excluded_at IS NULL {{this_circle}}
"""  # noqa: S608 (only words of ours are put into it)

SLICE = """
    SELECT {columns} FROM requests_wave w
    WHERE w.circle_id = m.circle_id AND w.ring = r.ring AND w.circle_id IS NOT NULL AND {listed}
    ORDER BY w.sort_at, w.help_request_id LIMIT %(limit)s
"""

BY_NAME = f"""
    SELECT w.help_request_id, w.kind, w.category, w.sort_at
    FROM requests_wave w
    JOIN requests_helprequest asked ON asked.id = w.help_request_id
    LEFT JOIN circles_membership m ON m.circle_id = asked.circle_id AND m.person_id = %(person)s
    WHERE w.person_id = %(person)s AND (m.id IS NULL OR ({CURRENT})) AND {{listed}} {{this_circle}}
"""  # noqa: S608 (only words of ours are put into it)

NEXT = f"""
    FROM requests_slot o WHERE o.help_request_id = h.id AND {FOR_ME}
    ORDER BY o.starts_at NULLS LAST, o.ends_at NULLS LAST, o.id LIMIT 1
"""

# Whom it reaches by another circle than its own learns from what they are in, not what others are in.
CIRCLE_NAME = f"""
    SELECT c.name FROM circles_circle c JOIN circles_membership m ON m.circle_id = c.id
    WHERE c.id = h.circle_id AND m.person_id = %(person)s AND {CURRENT}
"""  # noqa: S608 (only words of ours are put into it)

NEEDS = """
    WITH {looked_up}
    SELECT need.help_request_id, need.kind, need.category, need.sort_at,
           h.title, h.importance, h.wanted, h.timing, h.area, h.tags,
           h.circle_id, ({circle_name}) AS circle_name,
           CASE WHEN h.quietly THEN '' ELSE COALESCE(
               (SELECT f.name FROM circles_consent f WHERE f.id = h.consent_id),
               (SELECT a.name FROM circles_person a WHERE a.id = h.asker_id)
           ) END AS asker_name, h.quietly,
           s.id AS slot_id, s.starts_at, s.ends_at,
           CASE WHEN s.all_day THEN (SELECT time_zone FROM circles_circle WHERE id = h.circle_id) END AS own_zone
    FROM (
        SELECT help_request_id, kind, category, MIN(sort_at) AS sort_at FROM ({reached}) reached
        GROUP BY help_request_id, kind, category
        ORDER BY 4, 1 LIMIT %(limit)s
    ) need
    JOIN requests_helprequest h ON h.id = need.help_request_id
    LEFT JOIN {next}
    ORDER BY need.sort_at, need.help_request_id
"""


def needs_of(person, *, at, kind=None, category=None, circle=None, after=None, limit=PAGE):
    """The first `limit` open requests that reach `person` at the UTC time `at`, soonest first.

    Left out are their own, and those of which they have promised all that they could. With a `circle`: what that one
    hears of, and what they are asked there by name.
    One query. Each is a dict: help_request_id, kind, category, sort_at, title, importance, wanted, timing, area, tags,
    circle_id, circle_name (None outside that circle), asker_name (empty when asked quietly), quietly, and of the next
    open slot slot_id, starts_at, ends_at (None for a question) and, where it is a whole day, own_zone.
    `kind`, `category` and `circle` (an id) narrow it; `after` is the last row of the page before.
    Raises `NobodyAsked` without a person.
    """
    wanted = {"kind": kind, "category": category, "circle": circle}
    params = {"person": known(person).pk, "at": at, "limit": limit, **wanted}
    if after:
        params |= {"after_sort": after["sort_at"], "after_id": after["help_request_id"]}
    return fetch(_sql(wanted, after), params, moments=("sort_at", "starts_at", "ends_at"))


def _sql(wanted, after):
    listed = LISTED + "".join(f" AND w.{name} = %({name})s" for name in ("kind", "category") if wanted[name])
    if after:
        listed += " AND (w.sort_at, w.help_request_id) > (%(after_sort)s, %(after_id)s)"
    here, named_here = ("AND m.circle_id = %(circle)s", "AND asked.circle_id = %(circle)s")
    if not wanted["circle"]:
        here = named_here = ""
    in_circles = IN_CIRCLES.format(in_their_circle=_in_their_circle(listed), this_circle=here)
    by_name = BY_NAME.format(listed=listed, this_circle=named_here)
    looked_up = LOOKED_UP.format(not_for_me=NOT_FOR_ME)
    reached = f"{in_circles} UNION ALL {by_name}"
    return NEEDS.format(looked_up=looked_up, reached=reached, next=_next(), circle_name=CIRCLE_NAME)


def _in_their_circle(listed):
    """The first rows of one circle and ring: a lateral join, or what SQLite makes as well of a correlated IN."""
    if connection.vendor == "postgresql":
        columns = "w.help_request_id, w.kind, w.category, w.sort_at"
        return f"CROSS JOIN LATERAL ({SLICE.format(columns=columns, listed=listed)}) w"
    return f"JOIN requests_wave w ON w.id IN ({SLICE.format(columns='w.id', listed=listed)})"


def _next():
    """The next slot that they could promise to fill, in the same two ways."""
    if connection.vendor == "postgresql":
        return f"LATERAL (SELECT o.id, o.starts_at, o.ends_at, o.all_day {NEXT}) s ON true"
    return f"requests_slot s ON s.id = (SELECT o.id {NEXT})"
