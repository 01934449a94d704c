"""`manage.py demo`: a believable small town, of any size, the same for the same seed."""

import datetime as dt
import gc
import time
from contextlib import contextmanager

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from circles.models import Circle, Person
from requests.models import Claim, HelpRequest
from supportnet import environment
from supportnet.demo.asking import Asking
from supportnet.demo.telling import Telling
from supportnet.demo.town import FEWEST, Town


class Command(BaseCommand):
    """Fills an empty database with people who ask and help."""

    help = "Fill the database with a believable small town; the same seed gives the same town."

    def add_arguments(self, parser):
        """How many, which, and whether others may be there already."""
        parser.add_argument("--people", type=int, default=60, help=f"how many people (at least {FEWEST})")
        parser.add_argument("--seed", type=int, default=1, help="another number, another town")
        parser.add_argument(
            "--at", type=moment, default=None, help="the moment to take for now (ISO, with offset)"
        )
        parser.add_argument("--add", action="store_true", help="add to the people who are there")
        parser.add_argument("--fresh", action="store_true", help="delete everything first")

    def handle(self, *, people, seed, at, add, fresh, **options):
        """Grow the town in one transaction and say what came of it."""
        if fresh:
            self.empty()
        already = Person.objects.count()
        if already and not add:
            raise CommandError(
                "There are people in this database already. Say --add, or --fresh to delete everything."
            )
        began = time.perf_counter()
        with transaction.atomic(), uncollected():
            grow(people=people, seed=seed, at=at or timezone.now(), suffix=f"+{already}" if already else "")
        self.stdout.write(
            f"A town of {Person.objects.count()} people, {Circle.objects.count()} circles, "
            f"{HelpRequest.objects.count()} requests and {Claim.objects.count()} promises "
            f"in {time.perf_counter() - began:.1f} s."
        )

    def empty(self):
        """Delete all rows, but never where others could reach this installation."""
        if not environment.is_loopback(settings.SITE_URL):
            raise CommandError(f"--fresh deletes everything, and {settings.SITE_URL} is no place for that.")
        call_command("flush", interactive=False, verbosity=0)


@contextmanager
def uncollected():
    """Many small objects without cycles: looking for garbage among them takes as long as making them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def grow(*, people, seed, at, suffix=""):
    """Build and save the town as of the UTC moment `at`; returns it."""
    town = Town(people=people, seed=seed, at=at, suffix=suffix)
    town.settle()
    asking = Asking(town)
    asking.ask()
    Telling(town, asking).tell()
    town.sower.finish()
    return town


def moment(text):
    """An aware datetime from ISO text, in UTC."""
    parsed = parse_datetime(text)
    if parsed is None or parsed.tzinfo is None:
        raise ValueError(f"{text!r} is no moment with an offset, like 2027-03-01T09:00:00Z")
    return parsed.astimezone(dt.UTC)
