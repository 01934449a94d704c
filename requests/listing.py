"""What the circles of a person need: the list that stays flat as data grows.

`visible_to` answers "may I see this one"; asked of a million requests it takes as long as there are requests. Here each
membership fetches its own first rows from the index `wave_open_in_circle`, ring by ring, and the few are merged.
tests/requests/test_visibility.py holds the two to the same answer.
"""

from django.db import connection

from circles.models.person import known

from .rows import fetch

PAGE = 30

IN_CIRCLES = """
    SELECT w.help_request_id, w.kind, w.category, w.sort_at
    FROM circles_membership m
    JOIN (SELECT 1 AS ring UNION ALL SELECT 2 UNION ALL SELECT 3) r ON r.ring >= m.ring
    {in_their_circle}
    WHERE m.person_id = %(person)s
      AND m.joined_at IS NOT NULL AND m.left_at IS NULL AND m.removed_at IS NULL AND m.excluded_at IS NULL
      {this_circle}
"""

BY_NAME = """
    SELECT w.help_request_id, w.kind, w.category, w.sort_at FROM requests_wave w
    WHERE w.person_id = %(person)s AND {listed}
"""

SLICE = """
    SELECT {columns} FROM requests_wave w
    WHERE w.circle_id = m.circle_id AND w.ring = r.ring AND w.circle_id IS NOT NULL AND {listed}
    ORDER BY w.sort_at, w.help_request_id LIMIT %(limit)s
"""

# A slot in which the person could take a place and has not promised to.
FOR_ME = """
    o.cancelled_at IS NULL AND o.open_until > %(at)s AND (o.capacity IS NULL OR o.taken < o.capacity + o.covering)
    AND NOT EXISTS (
        SELECT 1 FROM requests_claim k WHERE k.slot_id = o.id AND k.person_id = %(person)s
        AND k.released_at IS NULL AND k.cancelled_at IS NULL AND k.declined_at IS NULL
    )
"""

# What the person asks, what they passed on, what comes from somebody they do not see, what a circle keeps from them,
# and what they have promised all they could of. Small, and looked up once.
NOT_FOR_ME = f"""
    SELECT id FROM requests_helprequest WHERE asker_id = %(person)s
    UNION SELECT id FROM requests_helprequest WHERE posted_by_id = %(person)s
    UNION SELECT help_request_id FROM requests_notthistime WHERE person_id = %(person)s
    UNION SELECT h.id FROM circles_block b
        JOIN requests_helprequest h ON b.whom_id IN (h.asker_id, h.posted_by_id) WHERE b.by_id = %(person)s
    UNION SELECT h.id FROM circles_block b
        JOIN requests_helprequest h ON b.by_id IN (h.asker_id, h.posted_by_id) WHERE b.whom_id = %(person)s
    UNION SELECT h.id FROM circles_membership x JOIN requests_helprequest h ON h.circle_id = x.circle_id
        WHERE x.person_id = %(person)s AND x.excluded_at IS NOT NULL
    UNION SELECT v.help_request_id FROM circles_membership x JOIN requests_wave v ON v.circle_id = x.circle_id
        WHERE x.person_id = %(person)s AND x.excluded_at IS NOT NULL
    UNION SELECT s.help_request_id FROM requests_claim c JOIN requests_slot s ON s.id = c.slot_id
    WHERE c.person_id = %(person)s AND c.released_at IS NULL AND c.cancelled_at IS NULL AND c.declined_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM requests_slot o WHERE o.help_request_id = s.help_request_id AND {FOR_ME})
"""  # noqa: S608 (only words of ours are put into it)

LISTED = f"""
    w.listed_until > %(at)s AND w.opened_at <= %(at)s AND w.listed_until IS NOT NULL AND w.opened_at IS NOT NULL
    AND w.help_request_id NOT IN ({NOT_FOR_ME})
"""

NEEDS = """
    SELECT need.help_request_id, need.kind, need.category, need.sort_at,
           h.title, h.importance, h.wanted, h.timing, h.area, h.tags,
           h.circle_id, c.name AS circle_name,
           CASE WHEN h.quietly THEN '' ELSE COALESCE(f.name, a.name) END AS asker_name, h.quietly,
           s.id AS slot_id, s.starts_at, s.ends_at
    FROM (
        SELECT help_request_id, kind, category, MIN(sort_at) AS sort_at FROM ({reached}) reached
        GROUP BY help_request_id, kind, category
        ORDER BY 4, 1 LIMIT %(limit)s
    ) need
    JOIN requests_helprequest h ON h.id = need.help_request_id
    JOIN circles_circle c ON c.id = h.circle_id
    JOIN circles_person a ON a.id = h.asker_id
    LEFT JOIN circles_consent f ON f.id = h.consent_id
    LEFT JOIN requests_slot s ON s.id = (
        SELECT o.id FROM requests_slot o WHERE o.help_request_id = h.id AND {for_me}
        ORDER BY o.starts_at, o.ends_at, o.id LIMIT 1
    )
    ORDER BY need.sort_at, need.help_request_id
"""


def needs_of(person, *, at, kind=None, category=None, circle=None, after=None, limit=PAGE):
    """The first `limit` open requests that reach `person` at the UTC time `at`, soonest first.

    Left out are their own, and those of which they have promised all that they could.
    One query. Each is a dict: help_request_id, kind, category, sort_at, title, importance, wanted, timing, area, tags,
    circle_id, circle_name, asker_name (empty when asked quietly), quietly, and of the next open slot slot_id,
    starts_at, ends_at (None for a question).
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
    this_circle = "AND m.circle_id = %(circle)s" if wanted["circle"] else ""
    reached = [IN_CIRCLES.format(in_their_circle=_in_their_circle(listed), this_circle=this_circle)]
    if not wanted["circle"]:
        reached.append(BY_NAME.format(listed=listed))
    return NEEDS.format(reached=" UNION ALL ".join(reached), for_me=FOR_ME)


def _in_their_circle(listed):
    """The first rows of one circle and ring: a lateral join, or what SQLite makes as well of a correlated IN."""
    if connection.vendor == "postgresql":
        columns = "w.help_request_id, w.kind, w.category, w.sort_at"
        return f"CROSS JOIN LATERAL ({SLICE.format(columns=columns, listed=listed)}) w"
    return f"JOIN requests_wave w ON w.id IN ({SLICE.format(columns='w.id', listed=listed)})"
