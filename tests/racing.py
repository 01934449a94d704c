"""Many at the same moment, each on a connection of their own. Tests of races are marked `postgres`."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from requests.models import Slot, SlotUnavailable
from tests.cast import join, make_person, now


def at_once(*doings):
    """Run every function in a thread of its own, all starting together; returns what each returned or raised."""
    start = threading.Barrier(len(doings))

    def run(doing):
        try:
            start.wait(timeout=60)
            return doing()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as threads:
        return list(threads.map(run, doings))


def crowd(circle, keeper, number):
    """`number` members of the circle."""
    people = [make_person(f"Helper{n}") for n in range(number)]
    for person in people:
        join(circle, person, by=keeper)
    return people


def claiming(slot, person, **how):
    """A function that claims the slot as it stands in the database."""
    return lambda: (
        Slot.objects.select_related("help_request__circle").get(pk=slot.pk).claim(by=person, at=now(), **how)
    )


def unexpected(results):
    """What was raised that is no situation of ours: a deadlock, say."""
    return [
        result
        for result in results
        if isinstance(result, Exception) and not isinstance(result, SlotUnavailable)
    ]
