"""A world of any size, written by INSERT … SELECT: the columns hold what the verbs would have written."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, models
from django.utils import timezone

from circles.models import Block, Circle, Consent, Membership, Person
from requests.models import Claim, HelpRequest, NotThisTime, Slot, Wave
from requests.models.wave import FOREVER

ZONES = "(ARRAY['Europe/Lisbon', 'Europe/Berlin', 'UTC'])[1 + i % 3]"
KIND = "CASE r / 2 % 11 WHEN 9 THEN 'emotional' WHEN 10 THEN 'informational' ELSE 'instrumental' END"
CATEGORY = "CASE r / 2 % 11 WHEN 9 THEN 'walk' WHEN 10 THEN 'question' ELSE 'meal' END"
OWN = 3  # open requests that each of those who look asked themselves, and as many closed ones
EARLY = 6000  # requests, the first of all, that are asked in …
WATCHED = 200  # … the circles of those who look
PARTED = 2  # people whom each of those who look does not see
PASSED = 20  # requests on which each of those who look has passed


@dataclass
class World:
    """Its sizes, and who looks at it: people and circles beyond the numbered ones."""

    people: int
    at: dt.datetime
    requests: int = 0

    @property
    def circles(self):
        return self.people // 2

    @property
    def big(self):
        """The circle of 50,000, or of a quarter of everybody."""
        return self.circles + 1

    @property
    def small(self):
        """The circle of 20."""
        return self.circles + 2

    @property
    def quiet(self):
        """Five circles in which nobody asks for anything."""
        return range(self.circles + 3, self.circles + 8)

    @property
    def big_members(self):
        return self.people // 4

    def looker(self, name):
        """One of those who look: "five", "many", "big", "aside" or "quiet"."""
        return Person.objects.get(email=f"{name}@example.org")


def welcome():
    """People from whom nobody keeps anything: in no block, and set aside in no circle."""
    people = Person.objects.filter(blocks=None, blocked_by=None)
    return people.exclude(memberships__excluded_at__isnull=False).order_by("pk")


# "aside" has five circles, and the keepers of the big one have quietly set them aside.
LOOKERS = ("five", "many", "big", "aside", "quiet")


def build(people):
    """People, circles and memberships: ten for each, one of a quarter of all, one of 20, five quiet ones.

    Every fiftieth was set aside in one circle, every tenth does not see somebody, and every hundredth circle is around
    somebody who agreed. Those who look do not see somebody either.
    """
    world = World(people=people, at=timezone.now().replace(microsecond=0))
    with _fast(Person, Consent, Circle, Membership, Block):
        _people(world)
        _circles(world)
        _memberships(world)
        _blocks(world)
    return world


def grow(world, requests):
    """Ask more, until there are so many requests: half of them open, each with six or seven slots.

    Every fiftieth is for somebody else, every twentieth names two people, and a third waits for its next ring.
    """
    first, world.requests = world.requests + 1, requests
    with _fast(Consent, HelpRequest, Membership, Wave, Slot, Claim, NotThisTime):
        _requests(world, first)
        _askers(world, first)
        _waves(world, first)
        _slots(world, first)
        _claims(world, first)
        _passes(world, first)
    return world


def _people(world):
    names = ", ".join(f"'{name}'" for name in LOOKERS)
    common = {"password": "'!'", "verified_at": _time(world.at), "welcomed_at": _time(world.at)}
    each = {"email": "'p' || i || '@example.org'", "name": "'Person ' || i", "time_zone": ZONES}
    _insert(Person, common | each, f"generate_series(1, {world.people}) i")
    looker = {"email": "name || '@example.org'", "name": "initcap(name)", "time_zone": "'Europe/Lisbon'"}
    _insert(Person, common | looker, f"unnest(ARRAY[{names}]) name")


def _circles(world):
    numbers, around = f"generate_series(1, {world.circles + 7}) c", f"c > {WATCHED} AND c % 100 = 77"
    consent = _consents(world, "c", f"{numbers} WHERE {around}", kind="circle")
    columns = {"kind": "'community'", "name": "'Circle ' || c", "time_zone": "'Europe/Lisbon'"}
    columns |= {"created_at": _time(world.at), "consent_id": f"CASE WHEN {around} THEN {consent} END"}
    _insert(Circle, columns, numbers)


def _consents(world, number, source, *, kind, withdrawn="NULL"):
    """A yes for each row of `source`, taken back at the time `withdrawn`; returns how its id is calculated."""
    pk = f"2 * {number} + {1 if kind == 'circle' else 0}"
    columns = {
        "id": pk,
        "name": f"'Somebody ' || {number}",
        "asked_by_id": "1",
        "token_hash": f"'{kind}' || {number}",
        **dict.fromkeys(("asked_at", "agreed_at"), _time(world.at)),
        "withdrawn_at": withdrawn,
    }
    _insert(Consent, columns, source)
    _set_sequence(Consent)
    return pk


def _memberships(world):
    each = f"1 + (i::bigint * 7919 + k * 104729) % {world.circles}"
    role = f"CASE WHEN k = 0 AND i <= {world.circles} THEN 'keeper' ELSE 'member' END"
    aside = f"CASE WHEN k = 3 AND i % 50 = 0 THEN {_time(world.at)} END"
    everybody = f"generate_series(1, {world.people}) i, generate_series(0, 9) k"
    near = {"ring": "1 + (i + k) % 3", "role": role, "excluded_at": aside}
    _join(world, everybody, circle_id=each, person_id="i", **near)
    _join(world, f"generate_series(1, {world.big_members}) i", circle_id=world.big, person_id="i")
    _join(world, "generate_series(1, 20) i", circle_id=world.small, person_id="i")
    for name, some in (
        ("five", "generate_series(1, 5) c"),
        ("many", "generate_series(1, 200) c"),
        ("big", f"generate_series({world.big}, {world.big}) c"),
        ("quiet", f"generate_series({world.quiet[0]}, {world.quiet[-1]}) c"),
        ("aside", "generate_series(1, 5) c"),
    ):
        _join(world, some, circle_id="c", person_id=world.looker(name).pk)
    aside = {"person_id": world.looker("aside").pk, "excluded_at": _time(world.at)}
    _join(world, f"generate_series({world.big}, {world.big}) c", circle_id="c", **aside)


def _join(world, source, **columns):
    hears = "CASE {person_id} % 3 WHEN 0 THEN 'at_once' ELSE 'daily' END".format(**columns)
    moments = {"asked_at": _time(world.at), "joined_at": _time(world.at)}
    columns = {"ring": "3", "role": "'member'", "hears": hears, **moments, **columns}
    _insert(Membership, columns, source)


def _blocks(world):
    """Blocks of numbered people, and of those who look: half of them made by the others."""
    created = {"created_at": _time(world.at)}
    other = f"1 + (i * 31 + 7) % {world.people}"
    some = f"generate_series(1, {world.people // 10}) i WHERE i <> {other}"
    _insert(Block, {"by_id": "i", "whom_id": other, **created}, some)
    for name in LOOKERS:
        person, asker = world.looker(name).pk, f"1 + (1000 + 2 * i) * 31 % {world.people}"
        for by, whom, which in ((person, asker, 0), (asker, person, 1)):
            some = f"generate_series(1, {PARTED}) i WHERE i % 2 = {which}"
            _insert(Block, {"by_id": by, "whom_id": whom, **created}, some)


def _requests(world, first):
    """Every hundredth is asked in the big circle. The first of all are asked by those who look.

    The next ones are asked in their circles: what they see stays the same as the world grows.
    """
    looker = world.people + 1
    own = 2 * len(LOOKERS) * OWN
    asker = (
        f"CASE WHEN r <= {own} THEN {looker} + r / 2 % {len(LOOKERS)} ELSE 1 + r * 31 % {world.people} END"
    )
    circle = f"""CASE WHEN r % 100 = 0 THEN {world.big} WHEN r <= {EARLY} THEN 1 + r / 2 % {WATCHED}
        ELSE {WATCHED + 1} + r / 2 % {world.circles - WATCHED} END"""
    numbers, for_other = f"generate_series({first}, {world.requests}) r", f"r > {EARLY} AND r % 50 = 26"
    withdrawn = f"CASE WHEN r % 100 = 76 THEN {_time(world.at)} END"
    others = f"{numbers} WHERE {for_other}"
    consent = _consents(world, "r::bigint", others, kind="request", withdrawn=withdrawn)
    columns = {
        "id": "r",
        "circle_id": circle,
        "consent_id": f"CASE WHEN {for_other} THEN {consent} END",
        "kind": KIND,
        "category": CATEGORY,
        "asker_id": asker,
        "posted_by_id": asker,
        "title": "'Supper for four, number ' || r",
        "area": "'Old town'",
        "timing": "'series'",
        **dict.fromkeys(("created_at", "changed_at", "published_at"), _published(world)),
        "closed_at": f"CASE WHEN r % 2 = 1 THEN {_time(world.at)} END",
    }
    _insert(HelpRequest, columns, numbers)
    _set_sequence(HelpRequest)


def _askers(world, first):
    """Whoever asks is in the circle: what somebody asked goes with them when they leave."""
    there = "m.circle_id = h.circle_id AND m.person_id = h.asker_id"
    asked = f"""(SELECT DISTINCT circle_id, asker_id FROM requests_helprequest h WHERE h.id >= {first}
        AND NOT EXISTS (SELECT 1 FROM circles_membership m WHERE {there})) asked"""  # noqa: S608 (a number of ours)
    _join(world, asked, circle_id="asked.circle_id", person_id="asked.asker_id")


def _waves(world, first):
    """A ring and the next one, which is open already or to come; and people by name."""
    ring = "1 + h.id / 2 % 3"
    _wave(world, first, "true", circle_id="h.circle_id", ring=ring)
    is_open = f"CASE WHEN h.id / 6 % 2 = 0 THEN h.published_at ELSE {_time(world.at)} + interval '1 day' END"
    later = {"opens_at": is_open, "opened_at": "CASE WHEN h.id / 6 % 2 = 0 THEN h.published_at END"}
    _wave(world, first, f"{ring} < 3", circle_id="h.circle_id", ring=f"{ring} + 1", **later)
    for number in (1, 2):
        person = f"1 + (h.id * 17 + {number} * 7919) % {world.people}"
        _wave(world, first, "h.id % 20 = 0", person_id=person)
    # Those who look are asked too, but for the last of them.
    looker = f"{world.people + 1} + h.id / 100 % {len(LOOKERS) - 1}"
    _wave(world, first, f"h.id % 100 = 10 AND h.id <= {EARLY}", person_id=looker)


def _wave(world, first, which, **columns):
    """What `publish` and `relist` write: nothing is listed of what is closed, or not agreed to any more."""
    is_open = "h.closed_at IS NULL AND (h.consent_id IS NULL OR h.id % 100 <> 76)"
    is_question = "h.kind = 'informational'"
    sort_at = f"CASE WHEN {is_question} THEN h.published_at + interval '7 days' ELSE {_first_slot(world)} END"
    until = (
        f"CASE WHEN {is_question} THEN {_time(FOREVER)} ELSE {_first_slot(world)} + interval '28 days' END"
    )
    relist = f"{_first_slot(world)} + interval '30 minutes'"
    columns = {
        "help_request_id": "h.id",
        "kind": "h.kind",
        "category": "h.category",
        "opens_at": "h.published_at",
        "opened_at": "h.published_at",
        "told_at": "h.published_at",
        "after": "interval '0'",
        "sort_at": sort_at,
        "listed_until": f"CASE WHEN {is_open} THEN {until} END",
        "relist_at": f"CASE WHEN {is_open} AND NOT {is_question} THEN {relist} END",
        **columns,
    }
    _insert(Wave, columns, f"requests_helprequest h WHERE h.id >= {first} AND {which}")


def _slots(world, first):
    """Six or seven weeks of one evening, unless it is a question; the past is taken, and the third week."""
    past = "CASE WHEN h.closed_at IS NULL THEN interval '0' ELSE interval '200 days' END"
    starts = f"{_first_slot(world)} + (k - 1) * interval '1 week' - {past}"
    columns = {
        "help_request_id": "h.id",
        "starts_at": starts,
        "ends_at": f"{starts} + interval '2 hours'",
        "taken": "(h.closed_at IS NOT NULL OR k = 3)::int",
        "open_until": f"COALESCE(h.closed_at, {starts} + interval '30 minutes')",
    }
    weeks = "generate_series(1, 6 + (h.id % 10 < 3)::int) k"
    _insert(
        Slot, columns, f"requests_helprequest h, {weeks} WHERE h.kind <> 'informational' AND h.id >= {first}"
    )


def _claims(world, first):
    """Claims on what is taken (of what is past, on every twelfth): those ahead wait to be reminded of."""
    person = f"1 + s.id * 17 % {world.people}"
    held = f"s.taken = 1 AND (s.open_until > {_time(world.at)} OR s.id % 12 = 0)"
    ahead = f"CASE WHEN s.starts_at > {_time(world.at)} THEN s.starts_at"
    columns = {
        "slot_id": "s.id",
        "person_id": person,
        "made_by_id": person,
        **dict.fromkeys(("claimed_at", "accepted_at"), _time(world.at)),
        "remind_at": f"{ahead} - interval '1 hour' END",
        "follow_up_at": f"{ahead} + interval '1 day' END",
    }
    _insert(Claim, columns, f"requests_slot s WHERE {held} AND s.help_request_id >= {first}")


def _passes(world, first):
    """Every tenth was passed on by somebody, and of the first ones some by those who look."""
    passed = {"help_request_id": "h.id", "at": _time(world.at)}
    some = f"requests_helprequest h WHERE h.id % 10 = 0 AND h.id >= {first}"
    _insert(NotThisTime, {"person_id": f"1 + h.id * 19 % {world.people}", **passed}, some)
    looker = f"{world.people + 1} + h.id / 2 % {len(LOOKERS)}"
    some = f"requests_helprequest h WHERE h.id BETWEEN {first} AND {2 * PASSED * len(LOOKERS) + 1000}"
    _insert(NotThisTime, {"person_id": looker, **passed}, f"{some} AND h.id > 1000 AND h.id % 2 = 0")


def _time(moment):
    return f"timestamptz '{moment.isoformat()}'"


def _published(world):
    return f"{_time(world.at)} - (1 + r % 90) * interval '1 day'"


def _first_slot(world):
    return f"{_time(world.at)} + interval '3 hours' + (h.id * 7919 % 86400) * interval '1 minute'"


def _insert(model, columns, source):
    """INSERT … SELECT: the given SQL expressions, and every other column's own default."""
    columns = {**_defaults(model, without=columns), **columns}
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(str(value) for value in columns.values())
    rows = f"SELECT {values} FROM {source}"  # noqa: S608 (only words of ours are put into it)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({names}) {rows} ON CONFLICT DO NOTHING")


def _defaults(model, *, without):
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and field.column not in without
    ]
    return {field.column: _default(field) for field in fields if not field.null or field.has_default()}


def _default(field):
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    value = field.get_db_prep_save(field.get_default(), connection)
    with connection.cursor() as cursor:
        return cursor.cursor.mogrify("%s", [value]).decode()


def _set_sequence(model):
    last = model.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, last])


class _fast:
    """Load without foreign-key triggers and secondary indexes; they are back afterwards, with statistics."""

    def __init__(self, *models):
        self.tables = [model._meta.db_table for model in models]

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND NOT EXISTS"
                " (SELECT FROM pg_constraint c WHERE c.conname = indexname)",
                [self.tables],
            )
            self.indexes = cursor.fetchall()
            for name, _ in self.indexes:
                cursor.execute(f'DROP INDEX "{name}"')

    def __exit__(self, *exception):
        with connection.cursor() as cursor:
            for _, definition in self.indexes:
                cursor.execute(definition)
            cursor.execute("SET session_replication_role = origin")
            for table in self.tables:
                cursor.execute(f"VACUUM ANALYZE {table}")
