"""Memberships by where they stand in their life, and how they come into being."""

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from .application import Application
from .block import Block
from .choices import Role
from .consent import agreed
from .person import known

# `is_current` in `requests/visibility/sql.py` says the same in SQL: change both.
CURRENT = Q(joined_at__isnull=False, left_at__isnull=True, removed_at__isnull=True)
# Asked, with no answer; whoever was removed waits like anybody else.
WAITING = Q(asked_at__isnull=False, joined_at__isnull=True, declined_at__isnull=True)


class MembershipQuerySet(models.QuerySet):
    """Memberships by where they stand in their life."""

    def current(self):
        """Members now."""
        return self.filter(CURRENT)

    def here_since(self, moment):
        """Members now, and those who were at the UTC time `moment` or joined later."""
        gone = Q(left_at__gte=moment) | Q(removed_at__gte=moment)
        return self.filter(CURRENT | gone)

    def waiting(self):
        """People who asked to join and have no answer yet."""
        return self.filter(WAITING)

    def not_excluded(self):
        """Members now whom no keeper has quietly set aside."""
        return self.current().filter(excluded_at__isnull=True)

    def checked(self, *, at):
        """Members now whom a keeper has checked, and whose check still holds at the UTC time `at`."""
        return self.current().filter(check_ends_at__gt=at)

    def ran_out(self, *, at):
        """Members now whose check has ended by the UTC time `at`, and of whom nobody was told so."""
        return self.current().filter(check_ends_at__lte=at, check_end_told_at__isnull=True)

    def keep_checks_to_their_day(self, circle):
        """The clocks of `circle` show another zone: each check holds to the end of its last day there."""
        checked = self.filter(check_ends_at__isnull=False)
        for day in checked.values_list("checked_until", flat=True).distinct():
            self.filter(checked_until=day).update(check_ends_at=circle.end_of(day))

    def with_who_vouches(self):
        """With `is_vouched`: whether they came by somebody who may let others in as things stand; in the same query."""
        sender = self.model.objects.who_may_invite().filter(
            circle=OuterRef("circle"), person=OuterRef("via__invited_by")
        )
        return self.annotate(is_vouched=Exists(sender))

    def with_answers(self):
        """With `answers`: what those who wait said to the circle's questions, as pairs; in the same query."""
        asked = Application.objects.open().filter(membership=OuterRef("pk"))
        return self.annotate(answers=Subquery(asked.values("answers")))

    def keepers(self):
        """Current keepers."""
        return self.current().filter(role=Role.KEEPER)

    def who_may_invite(self):
        """Those who may let others into their circle: its active keepers, as long as it is in use."""
        return self.keepers().filter(person__is_active=True, circle__archived_at__isnull=True)

    def in_sight(self):
        """Those in circles for which nobody's consent is missing, and those of the keepers in any."""
        return self.filter(agreed("circle__") | Q(role=Role.KEEPER))

    def seen_by(self, person):
        """Without whom `person` blocked or is blocked by; not so the keepers, whom everybody has to know."""
        return self.filter(~Block.objects.parting(person, field="person") | Q(role=Role.KEEPER))

    def met_by(self, person, *, circle=None):
        """The others who are, or were since `person` joined, in their circles (or one), where they could see them.

        Who was blocked by somebody can report them as before, and somebody who left as well: this tells neither.
        Raises `NobodyAsked` without a person.
        """
        mine = self.model.objects.current().in_sight().filter(person=known(person))
        mine = mine.filter(circle=circle) if circle else mine
        here = mine.filter(circle=OuterRef("circle"))
        others = self.filter(circle__in=mine.values("circle")).exclude(person=person)
        others = others.alias(i_joined_at=Subquery(here.values("joined_at")[:1])).here_since(F("i_joined_at"))
        before = Q(created_at__lt=OuterRef("i_joined_at")) | Q(created_at__lt=OuterRef("joined_at"))
        never_seen = Exists(Block.objects.filter(before, by=OuterRef("person"), whom=person))
        i_blocked = Q(person__in=Block.objects.filter(by=person).values("whom"))
        i_keep = Exists(here.filter(role=Role.KEEPER))
        return others.filter(~never_seen | i_blocked | Q(role=Role.KEEPER) | i_keep)

    def named_in(self, keys):
        """Current members, but for the keepers, whose key ("membership:5") is among `keys`."""
        return self.named_in_any(keys).current().exclude(role=Role.KEEPER)

    def named_in_any(self, keys):
        """As `named_in`, whoever they are by now."""
        return self.filter(pk__in=[key.partition(":")[2] for key in keys if key.startswith("membership:")])

    def circles_kept_by(self, person):
        """The ids of the circles that `person` keeps, as a subquery. Raises `NobodyAsked` without a person."""
        return self.keepers().filter(person=known(person)).values("circle")

    def kept_by(self, person):
        """Memberships, whatever their state, in the circles that `person` keeps."""
        return self.filter(circle__in=self.model.objects.circles_kept_by(person))

    def ask(self, *, circle, person, at, via=None, answers=()):
        """See `Circle.ask_to_join`."""
        person.require_verified()
        with transaction.atomic():
            membership = self.lock_membership(circle=circle, person=person)
            membership.ask(at=at, via=via, answers=answers)
        return membership

    def lock_membership(self, *, circle, person):
        """The row of `person` in `circle`, made if need be and held until the transaction ends.

        Whoever presses twice waits here, and then sees what the first press did.
        """
        membership, _made = self.get_or_create(circle=circle, person=person)
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("circle", "person")
            .get(pk=membership.pk)
        )
