"""What the circles of a person need: the list that stays flat as data grows.

`visible_to` answers "may I see this one"; asked of a million requests it takes as long as there are requests. Here each
membership fetches its own first rows from the index `wave_open_in_circle`, ring by ring, and the few are merged.
tests/requests/random_worlds/test_worlds.py holds the two to the same answer.
"""

from django.db import connection

from circles.models.person import known

from ..visibility.rule import KEPT, STILL_HERE, TOLD_THE_NAME, filled
from ..visibility.sql import has_room, is_current, is_live
from .raw_sql import fetch

# Rows of one page of the list; the view asks for one more, to know whether there is another page.
PAGE = 30

# What is looked up once, before the list; all of it is small. Each is read many times: what stands in fewer tables
# takes the database less time to plan, and planning takes it longer than the list itself.
LOOKED_UP = f"""
    inside AS MATERIALIZED (
        SELECT circle_id, ring, {is_current("m")} AS is_current,
               excluded_at IS NOT NULL AS is_aside, removed_at IS NOT NULL AS is_removed,
               role = 'keeper' AND {is_current("m")} AS is_kept
        FROM circles_membership m WHERE person_id = %(person)s
    ),
    shut AS MATERIALIZED (SELECT circle_id, is_aside, is_removed FROM inside WHERE is_aside OR NOT is_current),
    parted AS MATERIALIZED (
        SELECT whom_id AS id FROM circles_block WHERE by_id = %(person)s
        UNION ALL SELECT by_id FROM circles_block WHERE whom_id = %(person)s
    ),
    held AS MATERIALIZED (
        SELECT slot_id FROM requests_claim k WHERE person_id = %(person)s AND {is_live("k")}
    ),
    not_for_me AS MATERIALIZED ({{not_for_me}})
"""  # noqa: S608 (only words of ours are put into it)

# A slot in which the person could take a place and has not promised to.
FOR_ME = f"""
    o.cancelled_at IS NULL AND o.open_until > %(at)s AND {has_room("o")}
    AND o.id NOT IN (SELECT slot_id FROM held)
"""  # noqa: S608 (only words of ours are put into it)

# What the person asks, or somebody whom they do not see unless it is quietly (see `PARTED`), what somebody left behind
# whose name they were told (but for its keepers), what they passed on, and what they have promised all they could of.
NOT_FOR_ME = f"""
    SELECT h.id FROM requests_helprequest h WHERE h.asker_id = %(person)s OR h.posted_by_id = %(person)s
    UNION ALL SELECT h.id FROM parted
        JOIN requests_helprequest h ON h.asker_id = parted.id OR h.posted_by_id = parted.id
        WHERE NOT h.quietly OR {filled(KEPT, circle="h.circle_id")} OR {filled(TOLD_THE_NAME, pk="h.id")}
    UNION ALL SELECT h.id FROM requests_claim k
        JOIN requests_slot s ON s.id = k.slot_id JOIN requests_helprequest h ON h.id = s.help_request_id
        WHERE k.person_id = %(person)s AND k.accepted_at IS NOT NULL AND h.quietly
          AND NOT {filled(STILL_HERE, circle="h.circle_id", asker="h.asker_id", posted_by="h.posted_by_id")}
          AND NOT EXISTS (SELECT 1 FROM inside WHERE inside.circle_id = h.circle_id AND is_kept)
    UNION ALL SELECT help_request_id FROM requests_notthistime WHERE person_id = %(person)s
    UNION ALL SELECT s.help_request_id FROM held JOIN requests_slot s ON s.id = held.slot_id
        WHERE NOT EXISTS (
            SELECT 1 FROM requests_slot o WHERE o.help_request_id = s.help_request_id AND {FOR_ME}
        )
"""  # noqa: S608 (only words of ours are put into it)

# What a circle asks that has quietly set them aside, or that removed them, by whatever other way it might reach them;
# by name also what one asks that they left. Hardly anybody has such a circle, and for them it is looked up row by row:
# a circle may ask for thousands of things.
KEPT_FROM_ME = """
    EXISTS (
        SELECT 1 FROM shut
        WHERE {by_its_own} AND shut.circle_id = (
            SELECT h.circle_id FROM requests_helprequest h WHERE h.id = w.help_request_id
        ) OR shut.is_aside AND EXISTS (
            SELECT 1 FROM requests_wave v WHERE v.help_request_id = w.help_request_id AND v.circle_id = shut.circle_id
        )
    )
"""

# All of it stands in the index `wave_open_in_circle`: the rows of the table are never read.
LISTED = """
    w.listed_until > %(at)s AND w.opened_at <= %(at)s AND w.listed_until IS NOT NULL AND w.opened_at IS NOT NULL
    AND w.help_request_id NOT IN (SELECT id FROM not_for_me)
"""

# A ring is reached by the waves to it and to every ring further out: up to three slices of a sorted index.
IN_CIRCLES = """
    SELECT w.sort_at, w.help_request_id
    FROM inside m JOIN (VALUES (1), (2), (3)) ring ON ring.column1 >= m.ring
    {in_their_circle}
    WHERE m.is_current AND NOT m.is_aside {this_circle}
"""

# The first rows of one circle and ring, read in order from the index and no further: the reason why the list takes
# as long with a million requests as with a thousand.
SLICE = f"""
    SELECT {{columns}} FROM requests_wave w
    WHERE w.circle_id = m.circle_id AND w.ring = ring.column1 AND w.circle_id IS NOT NULL AND {{listed}}
      AND NOT {KEPT_FROM_ME.format(by_its_own="(shut.is_aside OR shut.is_removed)")}
    ORDER BY w.sort_at, w.help_request_id LIMIT %(limit)s
"""  # noqa: S608 (only words of ours are put into it)

# Somebody is rarely asked by name: all of these are read.
BY_NAME = f"""
    SELECT w.sort_at, w.help_request_id
    FROM requests_wave w
    WHERE w.person_id = %(person)s AND {{listed}} {{this_circle}}
      AND NOT {KEPT_FROM_ME.format(by_its_own="TRUE")}
"""  # noqa: S608 (only words of ours are put into it)

# On the page of one circle: a wave to a person has none of its own, so that its request's counts.
ASKED_HERE = """
    AND %(circle)s = (SELECT asked.circle_id FROM requests_helprequest asked WHERE asked.id = w.help_request_id)
"""

# The place that a press takes: the soonest that I can have.
NEXT = f"""
    FROM requests_slot o WHERE o.help_request_id = h.id AND {FOR_ME}
    ORDER BY o.starts_at NULLS LAST, o.ends_at NULLS LAST, o.id LIMIT 1
"""

# Whom it reaches by another circle than its own learns from what they are in, not what others are in.
CIRCLE_NAME = """
    CASE WHEN h.circle_id IN (SELECT circle_id FROM inside WHERE is_current)
    THEN (SELECT c.name FROM circles_circle c WHERE c.id = h.circle_id) END
"""

# First which, then what they say: titles and names are fetched of as many rows as the page has, and of no more.
NEEDS = """
    WITH {looked_up}
    SELECT need.help_request_id, h.kind, h.category, need.sort_at,
           h.title, h.importance, h.wanted, h.timing, h.area, h.tags,
           h.circle_id, {circle_name} AS circle_name,
           CASE WHEN h.quietly THEN '' ELSE COALESCE(
               (SELECT f.name FROM circles_consent f WHERE f.id = h.consent_id),
               (SELECT a.name FROM circles_person a WHERE a.id = h.asker_id)
           ) END AS asker_name, h.quietly,
           s.id AS slot_id, s.starts_at, s.ends_at,
           CASE WHEN s.all_day THEN (SELECT time_zone FROM circles_circle WHERE id = h.circle_id) END AS own_zone
    FROM (
        SELECT DISTINCT sort_at, help_request_id FROM ({reached}) reached
        ORDER BY sort_at, help_request_id LIMIT %(limit)s
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
    here, named_here = ("AND m.circle_id = %(circle)s", ASKED_HERE) if wanted["circle"] else ("", "")
    in_circles = IN_CIRCLES.format(in_their_circle=_in_their_circle(listed), this_circle=here)
    by_name = BY_NAME.format(listed=listed, this_circle=named_here)
    looked_up = LOOKED_UP.format(not_for_me=NOT_FOR_ME)
    reached = f"{in_circles} UNION ALL {by_name}"
    return NEEDS.format(looked_up=looked_up, reached=reached, next=_next(), circle_name=CIRCLE_NAME)


def _in_their_circle(listed):
    """The first rows of one circle and ring: a lateral join, or what SQLite makes as well of a correlated IN."""
    if connection.vendor == "postgresql":
        columns = "w.sort_at, w.help_request_id"
        return f"CROSS JOIN LATERAL ({SLICE.format(columns=columns, listed=listed)}) w"
    return f"JOIN requests_wave w ON w.id IN ({SLICE.format(columns='w.id', listed=listed)})"


def _next():
    """The next slot that they could promise to fill, in the same two ways."""
    if connection.vendor == "postgresql":
        return f"LATERAL (SELECT o.id, o.starts_at, o.ends_at, o.all_day {NEXT}) s ON true"
    return f"requests_slot s ON s.id = (SELECT o.id {NEXT})"
