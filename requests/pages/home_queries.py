"""What I promised and what I asked, in one query.

The ORM would need 4 ms to write it, each time: more than the rest of the page. tests/requests/pages/test_home.py
holds it to what the verbs did.
"""

from itertools import groupby

from circles.models.block import PARTED_SINCE
from circles.models.person import known

from ..visibility.rule import filled, kept
from ..visibility.sql import has_room, is_live
from .raw_sql import fetch

# Of promises and of requests each, on the first page.
MOST = 12

# Whom it reached by another circle than its own learns no name of this one.
INSIDE = """EXISTS (
    SELECT 1 FROM circles_membership near
    WHERE near.circle_id = {circle} AND near.person_id = %(person)s AND {near_is_current}
)"""
# My own promises need no rule: a leaving, a block or a yes taken back ends those ahead that it would hide.
PROMISES = """
    SELECT 'promise' AS what, k.id AS row_id, h.id AS about_id, h.title AS about_title, h.kind AS about_kind,
           h.category AS about_category, CASE WHEN {inside} THEN c.name END AS circle_name,
           s.starts_at AS begins, s.ends_at AS ends, k.bringing AS words,
           CASE WHEN s.all_day THEN c.time_zone ELSE '' END AS own_zone,
           CASE WHEN s.doorstep <> '' THEN s.doorstep ELSE h.doorstep END AS wish,
           k.accepted_at AS since, k.confirmed_at AS sure,
           0 AS places, 0 AS waiting, 0 AS replies
    FROM requests_claim k
    JOIN requests_slot s ON s.id = k.slot_id
    JOIN requests_helprequest h ON h.id = s.help_request_id
    JOIN circles_circle c ON c.id = h.circle_id
    WHERE k.person_id = %(person)s
      AND {live} AND s.cancelled_at IS NULL AND (s.ends_at > %(at)s OR s.ends_at IS NULL)
    ORDER BY s.starts_at IS NULL, s.starts_at, k.id LIMIT %(most)s
""".replace("{inside}", filled(INSIDE, circle="h.circle_id")).replace("{live}", is_live("k"))

# What I asked, with how many times are open, how many offers wait for my yes, and how many answered. Those whom
# a block hides are not counted; but whoever keeps the circle sees, and so counts, all answers.
ASKED = """
    SELECT 'asked', h.id, h.id, h.title, h.kind, h.category, c.name,
           (SELECT MIN(s.starts_at) FROM requests_slot s WHERE {open}), CAST(NULL AS timestamptz),
           '', COALESCE((SELECT CASE WHEN s.all_day THEN c.time_zone ELSE '' END FROM requests_slot s
                         WHERE {open} AND s.starts_at IS NOT NULL ORDER BY s.starts_at LIMIT 1), ''),
           '', h.published_at, CAST(NULL AS timestamptz),
           (SELECT COUNT(*) FROM requests_slot s WHERE {open}),
           (SELECT COUNT(*) FROM requests_slot s JOIN requests_claim k ON k.slot_id = s.id
            WHERE s.help_request_id = h.id AND s.cancelled_at IS NULL AND k.accepted_at IS NULL
              AND (s.ends_at > %(at)s OR s.ends_at IS NULL)
              AND {live} AND NOT {unseen_k}),
           (SELECT COUNT(*) FROM requests_answer r WHERE r.help_request_id = h.id
            AND ({kept} OR NOT {unseen_r}))
    FROM requests_helprequest h
    JOIN circles_circle c ON c.id = h.circle_id
    WHERE (h.asker_id = %(person)s OR h.posted_by_id = %(person)s)
      AND h.closed_at IS NULL AND h.cancelled_at IS NULL
    ORDER BY h.created_at DESC, h.id DESC LIMIT %(most)s
""".replace(
    "{open}",
    f"s.help_request_id = h.id AND s.cancelled_at IS NULL AND s.open_until > %(at)s AND {has_room('s')}",
)
for _name, _sql in {
    "{live}": is_live("k"),
    "{kept}": kept(circle="h.circle_id"),
    "{unseen_k}": PARTED_SINCE.format(me="%(person)s", them="k.person_id", over="s.ends_at"),
    "{unseen_r}": PARTED_SINCE.format(me="%(person)s", them="r.person_id", over="r.created_at"),
}.items():
    ASKED = ASKED.replace(_name, _sql)

# Both in one statement, since the first page makes it on every visit.
MINE = f"""
    SELECT * FROM (SELECT * FROM ({PROMISES}) promises UNION ALL SELECT * FROM ({ASKED}) asked) mine
    ORDER BY what, begins IS NULL, begins, row_id
"""  # noqa: S608 (only words of ours are put into it)


def mine_of(person, *, at):
    """`{"promise": rows, "asked": rows}` of `person` at the UTC time `at`, soonest first.

    What there is none of is left out. Raises `NobodyAsked` without a person. One query.
    """
    params = {"person": known(person).pk, "at": at, "most": MOST}
    rows = fetch(MINE, params, moments=("begins", "ends", "since", "sure"))
    return {what: list(group) for what, group in groupby(rows, key=lambda row: row["what"])}
