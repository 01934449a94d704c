"""Asking a circle of fifty thousand takes no longer than asking twenty; the worker then tells them."""

import datetime as dt

from django.db import connection
from django.utils import timezone

from circles.models import Circle, Person
from requests.models import HelpRequest, Wave
from requests.sweeps.waves import tell_wave
from supportnet.notices.models import Notice

from .measuring import say, take_turns

BARE = """
    INSERT INTO notices_notice (key, kind, reader_id, cause_id, facts, address, attempts,
                                dropped_because, error, created_at, due_at, try_at)
    SELECT 'bare:' || %(number)s || ':' || m.person_id, 'wave_opened', m.person_id, %(number)s, '{}', '', 0,
           '', '', %(at)s, %(at)s, %(at)s
    FROM circles_membership m JOIN circles_person p ON p.id = m.person_id
    WHERE m.circle_id = %(circle)s AND m.joined_at IS NOT NULL AND m.left_at IS NULL AND m.removed_at IS NULL
      AND m.hears <> 'never' AND p.is_active AND p.verified_at IS NOT NULL
    ON CONFLICT DO NOTHING
"""


def measure(world, asked):
    """The asking itself, and the telling."""
    big, small = (_asking(pk) for pk in (world.big, world.small))
    in_big, in_small = take_turns(big, small, rounds=61)
    words = f"asking a circle of {world.big_members}, times a circle of 20"
    say(words, in_big.wall / in_small.wall, at_most=1.2, ms=1000 * in_big.wall, small_ms=1000 * in_small.wall)
    _telling(world)
    Wave.objects.untold().update(told_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notices_notice")


def _asking(circle):
    circle = Circle.objects.get(pk=circle)
    by = Person.objects.filter(memberships__circle=circle).order_by("pk")[0]

    def ask():
        at = timezone.now()
        fields = {"kind": "instrumental", "category": "meal", "title": "Supper for four"}
        help_request = HelpRequest.objects.draft(by=by, circle=circle, at=at, **fields)
        starts_at = at + dt.timedelta(days=3)
        ends_at = starts_at + dt.timedelta(hours=1)
        help_request.set_times(timing="once", starts_at=starts_at, ends_at=ends_at, at=at)
        help_request.publish(by=by, at=at)

    return ask


def _telling(world, rounds=5):
    waves = iter(Wave.objects.untold().filter(circle=world.big).select_related("help_request"))
    ours, bare = take_turns(
        lambda: tell_wave(next(waves), at=timezone.now()), _inserting(world), rounds=rounds, warm_up=1
    )
    told = Notice.objects.count() // (2 * (rounds + 1))
    assert told > world.big_members * 0.9, told
    figures = {"notices": told, "seconds": ours.wall, "bare_seconds": bare.wall}
    say(
        "telling the circle: speed, times a bare INSERT … SELECT",
        bare.wall / ours.wall,
        at_least=0.5,
        **figures,
    )


def _inserting(world):
    numbers = iter(range(10**9, 10**9 + 100))

    def insert():
        with connection.cursor() as cursor:
            cursor.execute(BARE, {"number": next(numbers), "circle": world.big, "at": timezone.now()})

    return insert
