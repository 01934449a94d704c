"""A group of people who may ask one another."""

import datetime as dt

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import hooks, names
from ..limits import at_most, one_of
from ..lookalikes import is_plain, looking_like, respelled
from ..zones import zone_named
from .archive import Archived
from .choices import CircleKind, JoinRule
from .circle_queries import CircleQuerySet
from .consent import Consent
from .journal import JournalEntry
from .membership import Membership, Ring
from .person import default_time_zone, known_time_zone
from .phone_member import TakesInByPhone
from .struck_fields import KeepsToTheYes
from .ways_in import WaysIn

# What somebody around whom a circle gathers may strike out of its words.
STRIKEABLE = ("description", "area")
# More than a handful, and people give up before they have joined.
MOST_QUESTIONS = 5


class Circle(WaysIn, Archived, TakesInByPhone, KeepsToTheYes, models.Model):
    """A group of people who may ask one another: personal, care or community."""

    kind = models.CharField(_("kind"), max_length=10, choices=CircleKind)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    around = models.CharField(_("around whom"), max_length=80, blank=True)
    area = models.CharField(_("area"), max_length=80, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default=default_time_zone,
        validators=[known_time_zone],
    )
    join_rule = models.CharField(
        _("who may join"), max_length=10, choices=JoinRule, default=JoinRule.INVITATION
    )
    listed = models.BooleanField(_("listed in the directory"), default=False)
    questions = models.JSONField(_("questions for those who would like to join"), default=list, blank=True)
    how_checked = models.CharField(_("how a helper is checked"), max_length=300, blank=True)
    consent = models.OneToOneField(
        "circles.Consent", models.PROTECT, null=True, blank=True, related_name="circle"
    )
    created_at = models.DateTimeField(_("started"))
    archived_at = models.DateTimeField(_("put away"), null=True, blank=True)
    form_key = models.UUIDField(unique=True, null=True, editable=False)

    objects = CircleQuerySet.as_manager()

    class Meta:
        verbose_name = _("circle")
        verbose_name_plural = _("circles")
        ordering = ["name", "pk"]
        constraints = [
            one_of(CircleKind, "kind", model="circle"),
            at_most(80, "name", model="circle"),
            at_most(1000, "description", model="circle"),
            at_most(80, "around", model="circle"),
            models.CheckConstraint(condition=~Q(name=""), name="circle_has_a_name"),
            one_of(JoinRule, "join_rule", model="circle"),
            at_most(300, "how_checked", model="circle"),
            models.CheckConstraint(
                condition=Q(listed=False) | Q(kind=CircleKind.COMMUNITY), name="only_communities_are_listed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["name"], condition=Q(listed=True, archived_at__isnull=True), name="circles_listed"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """The circle's page."""
        return reverse("circle", args=[self.pk])

    @property
    def zone(self):
        """The circle's time zone as a `ZoneInfo`."""
        return zone_named(self.time_zone)

    def date_at(self, at):
        """The calendar date in the circle's time zone at the UTC time `at`."""
        return at.astimezone(self.zone).date()

    def end_of(self, day):
        """The UTC time at which the calendar date `day` ends in the circle's time zone."""
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=self.zone)
        return midnight.astimezone(dt.UTC)

    @property
    def is_agreed(self):
        """Whether nobody's consent is missing; else only its keepers see it."""
        return self.consent_id is None or self.consent.stands

    def gather_around(self, whom, *, by, at):
        """Say around whom it is: their consent is drafted, or written down where `whom` says `how` they said it."""
        if "how" in whom:
            self.consent = Consent.objects.record(**whom, by=by, at=at, circle=self)
        else:
            self.consent = Consent.objects.draft(**whom, by=by, at=at)
        self.save(update_fields=["consent"])

    def open_after_yes(self, *, by, at):
        """Whom it is around has agreed: what they struck is left out, who was to be invited is, and they are in it."""
        struck = set(self.consent.struck)
        with transaction.atomic():
            Circle.objects.filter(pk=self.pk).update(**{field: "" for field in STRIKEABLE if field in struck})
            for invitation in self.invitations.named_in(struck):
                invitation.revoke(by=by, at=at)
            for membership in self.memberships.named_in(struck):
                membership.remove(by=by, at=at)
            self.invitations.send_prepared(at=at)
            if self.consent.person_id:
                theirs = Membership.objects.lock_membership(circle=self, person=self.consent.person)
                theirs.join(at=at, ring=Ring.INNER, rule="the circle is around them")

    def lock(self):
        """Hold the circle's row until the transaction ends, so that its keepers change one at a time.

        As everywhere here without its key: rows that merely point to it, such as the journal's, need not wait.
        """
        return Circle.objects.select_for_update(no_key=True).get(pk=self.pk)

    def keepers(self):
        """Current memberships of the keepers, with their people."""
        return self.memberships.keepers().select_related("person")

    def members(self):
        """Current memberships with their people, keepers first."""
        return self.memberships.current().select_related("person").order_by("role", "person__name", "pk")

    def is_kept_by(self, person):
        """Whether `person` keeps this circle. One query."""
        return self.memberships.keepers().filter(person=person).exists()

    def members_looking_like(self, people, *, newcomers):
        """{name: a member's name that looks the same and is written otherwise} of those among `people`.

        One query, if a name of theirs is written in a way that could deceive: of all members, or of those whose names
        differ by two letters for one. Only of the `newcomers` among them is the one letter looked at as well ("Mami"
        for "Marni"): too many names have one.
        """
        called = {person.name for person in people}
        odd = {name for name in called if not is_plain(name)}
        new = {person.name for person in newcomers}
        spellings = {name: respelled(name, both_ways=name in new) for name in called - odd}
        near = set().union(*spellings.values())
        if not odd and not near:
            return {}
        members = self.memberships.current()
        if not odd:
            members = members.alias(called=Lower("person__name")).filter(called__in=near)
        shown = odd | {name for name, others in spellings.items() if others}
        return looking_like(shown, members.values_list("person__name", flat=True))

    def edit(self, *, by, at, **changes):
        """Change the words, the clock, who may join, or how a helper is checked. Raises `PutAway`."""
        with transaction.atomic():
            fresh = self.lock()
            fresh.require_in_use()
            was = fresh.time_zone
            changes = names.fitted(fresh.without_struck_fields(changes, by=by))
            for field, value in changes.items():
                setattr(self, field, value)
            self.save(update_fields=list(changes))
            JournalEntry.objects.write("edited", self, by=by, at=at, circle=self, fields=sorted(changes))
            if "time_zone" in changes and self.time_zone != was:
                self.memberships.keep_checks_to_their_day(self)
                hooks.tell_that_circle_zone_changed(self, was=was, by=by, at=at)

    def place(self, memberships, ring, *, by, at):
        """Move several members to a ring at once; returns those who are no members any more and were left out."""
        with transaction.atomic():
            here = set(self.memberships.current().filter(pk__in=[m.pk for m in memberships]))
            moved = [membership for membership in memberships if membership in here]
            for membership in moved:
                membership.put_in(ring, by=by, at=at)
            hooks.tell_that_memberships_changed(moved, "placed", by=by, at=at)
        return [membership for membership in memberships if membership not in here]
