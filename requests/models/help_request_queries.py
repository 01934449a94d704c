"""Help requests by who may see them and where they stand, and how a new one is written down."""

import datetime as dt
import uuid

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from circles.models import Membership
from circles.models.person import known

from ..catalogue import RequestKind
from ..visibility.rule import CHECKED, LAST_LOOK, SHUT_OUT, ByHand, SeenBy
from .wave import FOREVER

# Looks within so long are one look.
LOOK = dt.timedelta(hours=1)
# Asked at some time, whatever became of it.
PUBLISHED = Q(published_at__isnull=False)
# Its places may be taken, or its question answered.
OPEN = PUBLISHED & Q(closed_at__isnull=True, cancelled_at__isnull=True)


class HelpRequestQuerySet(models.QuerySet):
    """Help requests, by who may see them and where they stand."""

    def visible_to(self, person, *, at):
        """What `person` may see at the UTC time `at`: the one rule that everything else builds on.

        I posted it, it is for me, I hold a claim on it, I keep its circle, or a wave that has opened reaches me.
        Drafts are seen by whoever posts them and whom they are for. Raises `NobodyAsked` without a person.
        """
        return self.filter(SeenBy(known(person), at=at))

    def kept_by(self, person):
        """Published requests in the circles that `person` keeps, as far as the rule lets a keeper see them.

        For keepers the rule knows no time: they see what nobody has been shown yet.
        """
        kept = Membership.objects.circles_kept_by(person)
        return self.filter(PUBLISHED, SeenBy(person, at=FOREVER), circle__in=kept)

    def asked_by(self, person):
        """Requests that `person` asks or posted for somebody."""
        return self.filter(Q(asker=person) | Q(posted_by=person))

    def drafts(self):
        """Put down, not yet asked."""
        return self.filter(published_at__isnull=True, cancelled_at__isnull=True)

    def open(self):
        """Asked, and neither closed nor cancelled. Its places may be taken."""
        return self.filter(OPEN)

    def over(self, *, at):
        """Asked once, and closed, called off, or with all its times gone by at the UTC time `at`."""
        slots = self.model.slots.field.model.objects
        ahead = slots.filter(help_request=OuterRef("pk"), cancelled_at__isnull=True)
        ahead = ahead.filter(Q(ends_at__gt=at) | Q(ends_at__isnull=True))
        gone_by = ~Q(kind=RequestKind.INFORMATIONAL) & ~Exists(ahead)
        ended = Q(closed_at__isnull=False) | Q(cancelled_at__isnull=False)
        return self.filter(PUBLISHED, ended | gone_by)

    def draft(self, *, by, circle, form_key=None, at, **fields):
        """Begin a request that only `by` sees. The same `form_key` gives the same draft again."""
        fields = {
            "asker": by,
            **fields,
            "posted_by": by,
            "circle": circle,
            "created_at": at,
            "changed_at": at,
        }
        help_request, _made = self.get_or_create(
            form_key=form_key or uuid.uuid4(), posted_by=by, defaults=fields
        )
        return help_request

    def ask(self, *, by, circle, form_key, at, times, reach=None, publish=True, **fields):
        """Write a request down with its `times` and `reach` (see `set_times`, `set_reach`); with `publish`, ask it.

        The same `form_key` is the same request: a draft takes what was said last, what was asked stays.
        Raises what `set_times` and `publish` raise, and then nothing has happened.
        """
        with transaction.atomic():
            help_request = self.draft(by=by, circle=circle, form_key=form_key, at=at, **fields)
            help_request = (
                self.select_for_update(of=("self",), no_key=True)
                .select_related("circle")
                .get(pk=help_request.pk)
            )
            if help_request.state == "draft":
                help_request.rewrite(by=by, at=at, times=times, reach=reach, circle=circle, **fields)
                if publish:
                    help_request.publish(by=by, at=at)
        return help_request


def shut_out(person, *, to=""):
    """An expression: whether a circle that is asked quietly excludes `person`. They see all places as taken."""
    return ByHand(SHUT_OUT, known(person), to=to)


def is_checked(person, *, at, to=""):
    """An expression: whether the keepers of the request's circle have checked `person`, and it holds at the UTC
    time `at`."""
    return ByHand(CHECKED, known(person), to=to, at=at)


def last_look(person, *, at, to=""):
    """An annotation: what `person` was shown in the last hour, for `note_look`. It spares a page one query."""
    return ByHand(LAST_LOOK, known(person), to=to, since=at - LOOK, output_field=models.JSONField())
