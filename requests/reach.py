"""Whom a request reaches: the rule of who sees it, read the other way round.

Wave mails, suggestions and the panel's lists of whom one may sign up start here.
"""

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from circles.models import Block, Hears, Membership, Person, Role

from .models import NotThisTime, Wave


def who_may_see(help_request, *, at):
    """Current members of the request's circle who may see it and take a place, but for those who ask."""
    reaching = Wave.objects.filter(help_request=help_request).opened(at=at)
    circle = help_request.circle_id
    near = reaching.filter(circle=circle, ring__gte=OuterRef("ring"))
    members = welcome(Membership.objects.current().filter(circle=circle), help_request)
    members = members.filter(Q(role=Role.KEEPER) | Exists(near) | Q(person__in=reaching.values("person")))
    return Person.objects.filter(pk__in=members.values("person"))


def welcome(memberships, help_request):
    """Of `memberships` those who could help: active, verified, not excluded or parted, and not those who ask."""
    askers = [help_request.asker_id, help_request.posted_by_id]
    parted = Block.objects.filter(
        Q(by=OuterRef("person"), whom__in=askers) | Q(whom=OuterRef("person"), by__in=askers)
    )
    return memberships.filter(
        ~Exists(parted), excluded_at__isnull=True, person__is_active=True, person__verified_at__isnull=False
    ).exclude(person__in=askers)


def fitting(memberships, help_request, *, at):
    """Of `memberships` those who take no break, have not passed on it, and do such things or have not said."""
    passed = NotThisTime.objects.filter(person=OuterRef("person"), help_request=help_request)
    return inclined(memberships, help_request.category, at=at).filter(~Exists(passed))


def inclined(memberships, category, *, at):
    """Of `memberships` those who take no break, and do things of the `category` or have not said what they do."""
    does = memberships.annotate(does=Cast("person__does", TextField()))
    likely = does.filter(Q(does__in=["", "[]"]) | Q(does__contains=f'"{category}"')) if category else does
    return likely.exclude(person__break_until__gte=at.date())


def hearers(wave, *, at):
    """Memberships of those who hear of the opened `wave` by mail."""
    if wave.person_id:
        reached = Membership.objects.filter(circle=wave.help_request.circle_id, person=wave.person_id)
    else:
        reached = Membership.objects.filter(circle=wave.circle_id, ring__lte=wave.ring)
    reached = welcome(reached.current().exclude(hears=Hears.NEVER), wave.help_request)
    return fitting(reached, wave.help_request, at=at)
