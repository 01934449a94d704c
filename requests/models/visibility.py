"""The one rule of who sees a help request, as one SQL expression on both databases.

Every page asks it, and the ORM takes longer to write its four subqueries than the database to answer them.
"""

from django.db.models import BooleanField, F, Func

CURRENT = "{m}.joined_at IS NOT NULL AND {m}.left_at IS NULL AND {m}.removed_at IS NULL"
# One yes is enough to be seen by others, and it is the person's own: see `circles.models.Consent`.
AGREED = """(
    {consent} IS NULL OR EXISTS (
        SELECT 1 FROM circles_consent own WHERE own.id = {consent}
          AND own.agreed_at IS NOT NULL AND own.withdrawn_at IS NULL
    )
) AND NOT EXISTS (
    SELECT 1 FROM circles_circle around JOIN circles_consent theirs ON theirs.id = around.consent_id
    WHERE around.id = {circle} AND (theirs.agreed_at IS NULL OR theirs.withdrawn_at IS NOT NULL)
)"""
PARTED = """EXISTS (
    SELECT 1 FROM circles_block parted
    WHERE (parted.by_id = %(person)s AND parted.whom_id IN ({asker}, {posted_by}))
       OR (parted.whom_id = %(person)s AND parted.by_id IN ({asker}, {posted_by}))
)"""
KEPT = """{circle} IN (
    SELECT kept.circle_id FROM circles_membership kept
    WHERE kept.person_id = %(person)s AND kept.role = 'keeper' AND {kept_is_current}
)"""
REPORTED = """EXISTS (
    SELECT 1 FROM circles_report report
    WHERE report.subject = 'helprequest:' || CAST({pk} AS text) AND report.settled_at IS NULL
)"""
PROMISED = """EXISTS (
    SELECT 1 FROM requests_slot place JOIN requests_claim promise ON promise.slot_id = place.id
    WHERE place.help_request_id = {pk} AND promise.person_id = %(person)s
      AND promise.released_at IS NULL AND promise.cancelled_at IS NULL AND promise.declined_at IS NULL
)"""
NAMED = """EXISTS (
    SELECT 1 FROM requests_wave wave
    WHERE wave.help_request_id = {pk} AND wave.opened_at <= %(at)s AND wave.person_id = %(person)s
)"""
NEAR = """EXISTS (
    SELECT 1 FROM requests_wave wave JOIN circles_membership near ON near.circle_id = wave.circle_id
    WHERE wave.help_request_id = {pk} AND wave.opened_at <= %(at)s AND near.ring <= wave.ring
      AND near.person_id = %(person)s AND {near_is_current}
)"""
# Who left its circle is there neither by an old promise nor by name; whom its keepers removed not by another circle.
NO_MORE = """EXISTS (
    SELECT 1 FROM circles_membership once
    WHERE once.circle_id = {circle} AND once.person_id = %(person)s AND NOT ({once_is_current})
)"""
REMOVED = """EXISTS (
    SELECT 1 FROM circles_membership gone
    WHERE gone.circle_id = {circle} AND gone.person_id = %(person)s AND gone.removed_at IS NOT NULL
)"""
RULE = f"""(
    {{posted_by}} = %(person)s OR {{asker}} = %(person)s
    OR ({{published_at}} IS NOT NULL AND {AGREED} AND CASE
        WHEN {PARTED} THEN {KEPT} AND {REPORTED}
        ELSE {KEPT} OR ({PROMISED} OR {NAMED}) AND NOT {NO_MORE} OR {NEAR} AND NOT {REMOVED}
    END)
)"""
COLUMNS = ("pk", "circle", "asker", "posted_by", "published_at", "consent")


class SeenBy(Func):
    """Whether `person` may see the help request at the UTC time `at`. To be used in `filter`."""

    output_field = BooleanField()

    def __init__(self, person, *, at):
        super().__init__(*(F(column) for column in COLUMNS))
        self.person_id, self.at = person.pk, at

    def as_sql(self, compiler, connection, **context):
        """The rule with this query's names for the request's columns."""
        names = {
            name: compiler.compile(column)[0]
            for name, column in zip(COLUMNS, self.get_source_expressions(), strict=True)
        }
        return _in_order(
            rule(**names),
            {"person": self.person_id, "at": connection.ops.adapt_datetimefield_value(self.at)},
        )


def rule(**names):
    """The rule for a SELECT written by hand: `names` calls each of `COLUMNS`; it wants `%(person)s` and `%(at)s`."""
    return _filled(RULE, names)


def kept(**names):
    """Whether `%(person)s` keeps the circle, for a SELECT written by hand: `names` calls the `circle` column."""
    return _filled(KEPT, names)


def _filled(sql, names):
    return sql.format(**names, **{f"{m}_is_current": CURRENT.format(m=m) for m in ("kept", "near", "once")})


def _in_order(sql, values):
    """`%(name)s` becomes `%s`, with the parameters in that order, as the ORM wants them."""
    first, *rest = sql.split("%(")
    parts = [part.split(")s", 1) for part in rest]
    return first + "".join(f"%s{text}" for _, text in parts), [values[name] for name, _ in parts]
