"""The one rule of who sees a help request, and what else a page must know of whoever looks: SQL for both databases.

Every page asks for it, and the ORM takes longer to write these subqueries than the database to answer them.
"""

import datetime as dt

from django.db.models import BooleanField, F, Func

from circles.models.person import known

from .sql import is_current, is_live

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
# Whoever keeps the circle in which it is asked.
KEPT = """{circle} IN (
    SELECT kept.circle_id FROM circles_membership kept
    WHERE kept.person_id = %(person)s AND kept.role = 'keeper' AND {kept_is_current}
)"""
# Once accepted they were told the name, whatever has become of the promise since.
TOLD_THE_NAME = """EXISTS (
    SELECT 1 FROM requests_slot place JOIN requests_claim promise ON promise.slot_id = place.id
    WHERE place.help_request_id = {pk} AND promise.person_id = %(person)s AND promise.accepted_at IS NOT NULL
)"""
# While they do not know who asks, a block changes nothing, or blocking one after the other would tell: see
# docs/decisions/0010-blocks-and-quiet-asks.md.
PARTED = f"""(EXISTS (
    SELECT 1 FROM circles_block parted
    WHERE (parted.by_id = %(person)s AND parted.whom_id IN ({{asker}}, {{posted_by}}))
       OR (parted.whom_id = %(person)s AND parted.by_id IN ({{asker}}, {{posted_by}}))
) AND (NOT {{quietly}} OR {KEPT} OR {TOLD_THE_NAME}))"""  # noqa: S608 (only words of ours are put into it)
# As long as a report is open, keepers look into it across a block.
REPORTED = """EXISTS (
    SELECT 1 FROM circles_report report
    WHERE report.subject = 'helprequest:' || CAST({pk} AS text) AND report.settled_at IS NULL
)"""
# Whoever has promised sees what they promised, also when the circle is further away by now.
PROMISED = f"""EXISTS (
    SELECT 1 FROM requests_slot place JOIN requests_claim promise ON promise.slot_id = place.id
    WHERE place.help_request_id = {{pk}} AND promise.person_id = %(person)s AND {is_live("promise")}
)"""  # noqa: S608 (only words of ours are put into it)
# Asked by name, by a wave that has opened.
NAMED = """EXISTS (
    SELECT 1 FROM requests_wave wave
    WHERE wave.help_request_id = {pk} AND wave.opened_at <= %(at)s AND wave.person_id = %(person)s
)"""
# In a circle that a wave has opened to, near enough for it.
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
# Whom its keepers removed: they come to it by no other circle either.
REMOVED = """EXISTS (
    SELECT 1 FROM circles_membership gone
    WHERE gone.circle_id = {circle} AND gone.person_id = %(person)s AND gone.removed_at IS NOT NULL
)"""
# What somebody asked goes with them: nobody but the keepers finds it once neither who asks nor who posted it is there.
# So a block, which hides it at once, does what leaving does, and neither where the name is not known: see
# docs/decisions/0010-blocks-and-quiet-asks.md.
STILL_HERE = """EXISTS (
    SELECT 1 FROM circles_membership here
    WHERE here.circle_id = {circle} AND here.person_id IN ({asker}, {posted_by}) AND {here_is_current}
)"""
# Neither who asks nor who posted it is in the circle any more, and the reader may know whose it was.
GONE = f"(NOT {STILL_HERE} AND (NOT {{quietly}} OR {TOLD_THE_NAME}))"
# They see every place as taken: see `circles.models.Membership.exclude`.
SHUT_OUT = """EXISTS (
    SELECT 1 FROM circles_membership aside
    WHERE aside.person_id = %(person)s AND aside.excluded_at IS NOT NULL AND (aside.circle_id = {circle} OR EXISTS (
        SELECT 1 FROM requests_wave wave WHERE wave.help_request_id = {pk} AND wave.circle_id = aside.circle_id
    ))
)"""
# A check holds up to and with its last day.
CHECKED = """EXISTS (
    SELECT 1 FROM circles_membership near WHERE near.circle_id = {circle} AND near.person_id = %(person)s
      AND {near_is_current} AND near.check_ends_at > %(at)s
)"""
# As near as the keepers say; of whom they set aside another expression tells, `SHUT_OUT`.
RING = """(
    SELECT near.ring FROM circles_membership near WHERE near.circle_id = {circle} AND near.person_id = %(person)s
      AND {near_is_current}
)"""
# In its circle, or in another that was asked unless it removed them, or asked by name and not gone since.
BELONGS = f"""(EXISTS (
    SELECT 1 FROM circles_membership near
    WHERE near.circle_id = {{circle}} AND near.person_id = %(person)s AND {{near_is_current}}
) OR EXISTS (
    SELECT 1 FROM requests_wave wave JOIN circles_membership near ON near.circle_id = wave.circle_id
    WHERE wave.help_request_id = {{pk}} AND wave.opened_at <= %(at)s
      AND near.person_id = %(person)s AND {{near_is_current}}
) AND NOT {REMOVED} OR {NAMED} AND NOT {NO_MORE})"""  # noqa: S608 (only words of ours are put into it)
# Said "not this time".
PASSED = """EXISTS (
    SELECT 1 FROM requests_notthistime passed WHERE passed.help_request_id = {pk} AND passed.person_id = %(person)s
)"""
# Said "ask me if somebody drops out".
STANDS_BY = """EXISTS (
    SELECT 1 FROM requests_standby standby
    WHERE standby.help_request_id = {pk} AND standby.person_id = %(person)s AND standby.ended_at IS NULL
)"""
# What they were shown within the last hour, so that one hour is one line in the journal.
LAST_LOOK = """(
    SELECT look.details FROM circles_journalentry look
    WHERE look.subject = 'helprequest:' || CAST({pk} AS text) AND look.actor_id = %(person)s
      AND look.verb = 'saw address' AND look.at > %(since)s
    ORDER BY look.at DESC, look.id DESC LIMIT 1
)"""
# Mine, or for me; else asked, agreed to, and then: across a block what a keeper has to look into, and nothing
# else; without one what I keep, and unless it is gone what reaches me by a circle or by name and what I promised.
RULE = f"""(
    {{posted_by}} = %(person)s OR {{asker}} = %(person)s
    OR ({{published_at}} IS NOT NULL AND {AGREED} AND CASE
        WHEN {PARTED} THEN {KEPT} AND {REPORTED}
        ELSE {KEPT} OR NOT {GONE} AND ({NEAR} AND NOT {REMOVED} OR ({NAMED} OR {PROMISED}) AND NOT {NO_MORE})
    END)
)"""
# What a statement that asks the rule has to call by these names.
COLUMNS = ("pk", "circle", "asker", "posted_by", "published_at", "consent", "quietly")


class ByHand(Func):
    """What `sql` says about `person` and a request, for `filter` and `annotate`; `to` is the way to the request.

    The SQL calls the request's columns `{pk}`, `{circle}` and so on, and `values` as `%(name)s`; of these it has
    `person` and, where given, the UTC time `at`. Raises `NobodyAsked` without a person.
    """

    output_field = BooleanField()

    def __init__(self, sql, person, *, to="", output_field=None, **values):
        columns = [column for column in COLUMNS if f"{{{column}}}" in sql]
        super().__init__(*(F(f"{to}{column}") for column in columns))
        if output_field:
            self.output_field = output_field
        self.sql, self.columns, self.values = sql, columns, {"person": known(person).pk, **values}

    def as_sql(self, compiler, connection, **context):
        """The SQL with this query's names for the request's columns."""
        names = {
            name: compiler.compile(column)[0]
            for name, column in zip(self.columns, self.get_source_expressions(), strict=True)
        }
        given = {name: _adapted(value, connection) for name, value in self.values.items()}
        return _in_order(filled(self.sql, **names), given)


def _adapted(value, connection):
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


class SeenBy(ByHand):
    """Whether `person` may see the help request at the UTC time `at`. To be used in `filter`."""

    def __init__(self, person, *, at):
        super().__init__(RULE, person, at=at)


def rule(**names):
    """The rule for a SELECT written by hand: `names` calls each of `COLUMNS`; it wants `%(person)s` and `%(at)s`."""
    return filled(RULE, **names)


def kept(**names):
    """Whether `%(person)s` keeps the circle, for a SELECT written by hand: `names` calls the `circle` column."""
    return filled(KEPT, **names)


def filled(sql, **names):
    """The SQL of this module with `names` for the request's columns, for a SELECT written by hand."""
    return sql.format(**names, **{f"{m}_is_current": is_current(m) for m in ("kept", "near", "once", "here")})


def _in_order(sql, values):
    """`%(name)s` becomes `%s`, with the parameters in that order, as the ORM wants them."""
    first, *rest = sql.split("%(")
    parts = [part.split(")s", 1) for part in rest]
    return first + "".join(f"%s{text}" for _, text in parts), [values[name] for name, _ in parts]
