"""Who is asked, and when: the waves of a help request as whoever asks plans, widens, holds and hastens them."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from circles.models import JournalEntry, Ring
from supportnet.notices.wake import wake

from ..catalogue import HABITS
from .wave import Wave

# The name of the task that opens what has come due: models wake it without importing it.
OPEN_WAVES = "requests.open_waves"


def planned(*, circle, starts, up_to=None, people=(), widen_after=None, then=None):
    """[(how long after the asking, whom)] of what `set_reach` is told; each of `whom` is what a wave names."""
    rings = [ring for ring in Ring if starts <= ring <= max(starts, up_to or starts)]
    steps = [[{"person": person} for person in people]] if people else []
    steps += [[{"circle": circle, "ring": ring}] for ring in rings]
    if then:
        steps.append([{"circle": then, "ring": Ring.EVERYONE}])
    steps = steps if widen_after else steps[:1]
    return [
        (number * (widen_after or dt.timedelta()), each) for number, step in enumerate(steps) for each in step
    ]


class NotOpen(Exception):
    """The help request is a draft, closed or cancelled, or its circle takes nothing new from whoever asks."""


class Reaching:
    """The part of `HelpRequest` that decides who hears of it."""

    def set_reach(self, *, starts=None, up_to=None, people=(), widen_after=None, then=None):
        """Say of a draft who is asked, and when; what was said before is forgotten.

        First `people` by name, else the circle's ring `starts` (what is usual for its category if not given), then,
        each `widen_after` later, ring by ring as far as `up_to`, and in the end everyone in the circle `then`. Without
        `widen_after` only the first are asked.
        """
        starts = Ring(starts or HABITS[self.category].ring)
        further = {"up_to": up_to, "people": people, "widen_after": widen_after, "then": then}
        with transaction.atomic():
            self.waves.all().delete()
            self._add_waves(planned(circle=self.circle, starts=starts, **further))

    def circles_asked(self):
        """The ids of the circles that it is asked in: its own, and those of its opened waves. One query."""
        others = self.waves.filter(opened_at__isnull=False, circle__isnull=False).values_list(
            "circle", flat=True
        )
        return {self.circle_id, *others}

    def _add_waves(self, steps, *, even_struck=False, **when):
        copies = {"kind": self.kind, "category": self.category, "sort_at": self.changed_at}
        waves = [Wave(help_request=self, after=after, **whom, **copies, **when) for after, whom in steps]
        waves = waves if even_struck else self.without_struck_waves(waves)
        Wave.objects.bulk_create(waves, ignore_conflicts=True)

    def ask_more(self, *, by, at, people=(), circle=None, ring=Ring.EVERYONE):
        """Ask others too, from now on: `people` by name, or `circle` up to `ring`. Raises `NotOpen` unless it is open.

        So it does where somebody else agreed to who is asked, and only they may widen it.
        Whoever was to be asked later anyway is asked now. While all places are taken they wait until one is free.
        """
        whom = [{"person": person} for person in people]
        whom += [{"circle": circle, "ring": ring}] if circle else []
        with transaction.atomic():
            self.hold_to_the_yes()
            if not self.lock().is_open or not self.may_be_widened_by(by):
                raise NotOpen
            if circle and circle.archived_at:
                raise NotOpen
            if circle and circle.pk != self.circle_id and not self.may_be_asked_elsewhere_by(by):
                raise NotOpen
            since = at - self.published_at
            # Where somebody struck people out, nobody but they comes so far.
            self._add_waves([(since, each) for each in whom], even_struck=True, opens_at=at)
            # Who stands nearer than `ring` is asked with the others.
            self.waves.to_come().filter(circle=circle, ring__lt=ring).delete()
            asked = Q(person__in=people) | Q(circle=circle, ring=ring) if circle else Q(person__in=people)
            self.waves.filter(asked, opened_at__isnull=True).update(opens_at=at, held_at=None)
            JournalEntry.objects.write("asked more", self, by=by, at=at, circle=self.circle)
            self.relist(at=at)
            self._open_due(at=at)

    def pause_waves(self, *, by, at):
        """Ask nobody else for now: the waves to come stay shut until `go_on`. What has opened stays open."""
        with transaction.atomic():
            if self.waves.to_come().filter(held_at__isnull=True).update(held_at=at):
                JournalEntry.objects.write("held", self, by=by, at=at, circle=self.circle)

    def resume_waves(self, *, by, at):
        """Take back `pause_waves`: what is to come comes when it was planned; what would have come meanwhile, now."""
        with transaction.atomic():
            if self.waves.to_come().filter(held_at__isnull=False).update(held_at=None):
                JournalEntry.objects.write("went on", self, by=by, at=at, circle=self.circle)
                wake(OPEN_WAVES)

    def hasten(self, *, by, at, planned_for=None):
        """Ask the next ones now, without waiting for their time. Nothing happens if nobody is left to ask.

        `planned_for` is when those were to be asked whom `by` saw as the next: if they are asked by now, pressing once
        more asks nobody else.
        """
        with transaction.atomic():
            is_open = self.lock().is_open
            coming = self.waves.to_come().first()
            if coming is None or not is_open or planned_for not in (None, coming.opens_at):
                return
            now = self.waves.to_come().filter(opens_at=coming.opens_at)
            now.update(opens_at=at, held_at=None)
            JournalEntry.objects.write("hastened", self, by=by, at=at, circle=self.circle)
            self._open_due(at=at)

    def _open_due(self, *, at):
        """Open at once what has come due, as the sweep would, and hurry its mails along."""
        self.waves.open_due(at=at)
        wake(OPEN_WAVES)
