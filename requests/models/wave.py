"""Who may see a request, from when."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from circles.limits import one_of
from circles.models import Circle, Membership, Ring
from circles.models.consent import agreed
from circles.models.person import known

from ..catalogue import RequestKind

# Of what has no end: one comparison finds it too, and NULL is left to what is not listed at all.
FOREVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
# What has no date stands in the list as if it were for a week after it was asked.
UNDATED_SORTS_AFTER = dt.timedelta(days=7)


class WaveQuerySet(models.QuerySet):
    """Waves by whom they reach and where they stand: to come, held, opened, told."""

    def opened(self, *, at):
        """Waves whose people see the request at the UTC time `at`."""
        return self.filter(opened_at__lte=at)

    def to_come(self):
        """Waves that are planned and have not opened, in their order."""
        return self.filter(opened_at__isnull=True, opens_at__isnull=False).order_by("opens_at", "ring", "pk")

    def in_order(self):
        """As they open: people by name before a ring, the nearest ring first."""
        return self.order_by("after", models.F("ring").asc(nulls_first=True), "pk")

    def reaching(self, person, *, at):
        """Waves opened by the UTC time `at` that name `person` or a circle in which they stand near enough."""
        near_enough = Membership.objects.current().filter(
            person=known(person), circle=OuterRef("circle"), ring__lte=OuterRef("ring")
        )
        return self.opened(at=at).filter(Q(person=person) | Exists(near_enough))

    def due(self, at):
        """Waves whose time has come and that nobody holds, while there is still a place to take.

        When enough have promised they stay shut; a place given back lets them open after all. So they do to a circle
        around somebody who has not agreed to it, or has taken it back: its members know of no such circle.
        """
        hidden = Circle.objects.filter(pk=OuterRef("circle")).exclude(agreed())
        return self.filter(
            ~Exists(hidden),
            opens_at__lte=at,
            opened_at__isnull=True,
            held_at__isnull=True,
            listed_until__gt=at,
        )

    def untold(self):
        """Opened waves whose people have not been told yet."""
        return self.filter(opened_at__isnull=False, told_at__isnull=True)

    def open_due(self, *, at):
        """Open what has come due; of two workers that try, one does it. Returns how many opened."""
        return self.due(at).update(opened_at=at)


class Wave(models.Model):
    """A named person, or a circle up to a ring, who see a help request from the moment it is opened on.

    `after` is how long after the asking it was planned for. Asking sets `opens_at`; a sweep sets `opened_at` when that
    has come, unless enough have promised by then or whoever asks holds it (`held_at`), and `told_at` once its
    people have their notices.

    `kind`, `category`, `sort_at`, `listed_until` and `relist_at` are copies that the list of open requests is
    sorted and filtered by, so that it stays flat as data grows; `HelpRequest.relist` alone writes them.
    `listed_until` is null while nothing can be claimed or answered.
    """

    help_request = models.ForeignKey(
        "requests.HelpRequest",
        models.CASCADE,
        related_name="waves",
        db_index=False,
    )
    circle = models.ForeignKey(
        "circles.Circle",
        models.CASCADE,
        null=True,
        related_name="waves",
        db_index=False,
    )
    ring = models.PositiveSmallIntegerField(choices=Ring, null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="waves",
        db_index=False,
    )
    after = models.DurationField(default=dt.timedelta())
    opens_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    kind = models.CharField(max_length=15, choices=RequestKind)
    category = models.CharField(max_length=15)
    sort_at = models.DateTimeField()
    listed_until = models.DateTimeField(null=True)
    relist_at = models.DateTimeField(null=True)

    objects = WaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(circle__isnull=False, ring__isnull=False, person__isnull=True)
                | Q(circle__isnull=True, ring__isnull=True, person__isnull=False),
                name="wave_reaches_a_person_or_a_circle_up_to_a_ring",
            ),
            models.CheckConstraint(
                condition=Q(ring__in=Ring.values) | Q(ring__isnull=True),
                name="wave_ring_is_known",
            ),
            one_of(RequestKind, "kind", model="wave"),
            models.UniqueConstraint(
                fields=["help_request", "circle", "ring"],
                name="one_wave_per_request_circle_and_ring",
            ),
            models.UniqueConstraint(
                fields=["help_request", "person"],
                name="one_wave_per_request_and_person",
            ),
        ]
        indexes = [
            # All that the rule of who sees what asks of a request's waves.
            models.Index(
                fields=["help_request"],
                include=["circle", "ring", "person", "opened_at"],
                name="wave_of_help_request",
            ),
            models.Index(
                fields=["circle", "ring", "sort_at", "help_request"],
                include=["listed_until", "opened_at", "kind", "category"],
                condition=Q(listed_until__isnull=False, opened_at__isnull=False, circle__isnull=False),
                name="wave_open_in_circle",
            ),
            models.Index(
                fields=["person", "sort_at", "help_request"],
                condition=Q(listed_until__isnull=False, opened_at__isnull=False, person__isnull=False),
                name="wave_open_to_person",
            ),
            models.Index(
                fields=["opens_at"],
                condition=Q(opened_at__isnull=True, held_at__isnull=True, opens_at__isnull=False),
                name="wave_to_open",
            ),
            models.Index(
                fields=["opened_at"],
                condition=Q(opened_at__isnull=False, told_at__isnull=True),
                name="wave_to_tell",
            ),
            models.Index(
                fields=["relist_at"],
                condition=Q(relist_at__isnull=False),
                name="wave_to_relist",
            ),
        ]

    def __str__(self):
        return f"{self.help_request_id} → {self.circle_id or self.person_id}"

    @property
    def key(self):
        """Whom it reaches, in a word that lasts: what somebody strikes out who does not want them asked."""
        if self.person_id:
            return f"wave:person:{self.person_id}"
        return f"wave:circle:{self.circle_id}:{int(self.ring)}"

    @property
    def state(self):
        """ "opened", "held", "waiting" for its time, or "planned" in a draft."""
        if self.opened_at:
            return "opened"
        if self.opens_at is None:
            return "planned"
        return "held" if self.held_at else "waiting"
