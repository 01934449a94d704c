"""Whom a request reaches: the rule of who sees it, read the other way round.

Wave mails, suggestions and the panel's lists of whom one may sign up start here.
"""

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, TextField
from django.db.models.functions import Cast

from circles.breaks import on_break
from circles.models import Block, Hears, Membership, Person, Role

from ..models import Claim, NotThisTime, Wave


def who_may_see(help_request, *, at):
    """Current members of the request's circle who may see it and take a place, but for those who ask."""
    if help_request.published_at is None or not help_request.is_agreed:
        return Person.objects.none()
    person = OuterRef("person")
    opened = Wave.objects.filter(help_request=help_request).opened(at=at)
    near = Membership.objects.current().filter(
        person=person, circle__waves__in=opened, ring__lte=F("circle__waves__ring")
    )
    promised = Claim.objects.live().filter(person=person, slot__help_request=help_request)
    reached = Q(Exists(near)) | Exists(promised) | Q(person__in=opened.values("person"))
    told = Claim.objects.filter(person=person, slot__help_request=help_request, accepted_at__isnull=False)
    if not help_request.is_still_here:
        reached = reached & ~Exists(told) if help_request.quietly else Q(pk=None)
    sees = Q(role=Role.KEEPER) | reached
    members = welcome(Membership.objects.current().filter(circle=help_request.circle_id), help_request)
    return Person.objects.filter(pk__in=members.filter(sees).values("person"))


def to_sign_up(slot, *, at):
    """Whom a keeper may sign up for `slot`: who may see it and holds no place. Those without e-mail come first."""
    holding = Claim.objects.live().filter(slot=slot).values("person")
    people = who_may_see(slot.help_request, at=at).exclude(pk__in=holding)
    has_mail = ExpressionWrapper(Q(email__isnull=False), BooleanField())
    return people.annotate(has_mail=has_mail).order_by("has_mail", "name", "pk")


def welcome(memberships, help_request):
    """Of `memberships` those who could help: active, verified, not kept from it or parted, and not those who ask."""
    askers = [help_request.asker_id, help_request.posted_by_id]
    parted = Block.objects.filter(
        Q(by=OuterRef("person"), whom__in=askers) | Q(whom=OuterRef("person"), by__in=askers)
    )
    return able(memberships, help_request).filter(~Exists(parted))


def able(memberships, help_request):
    """As `welcome`, blocks aside.

    Whoever has no address was vouched for by the keeper who brought them in.
    """
    askers = [help_request.asker_id, help_request.posted_by_id]
    vouched = Q(person__verified_at__isnull=False) | Q(person__email__isnull=True)
    return memberships.filter(vouched, person__is_active=True).exclude(
        Q(person__in=askers) | Q(person__in=_kept_from(help_request).values("person"))
    )


def _kept_from(help_request):
    """Memberships of those whom one of the circles that are asked has set aside, or who were removed from its own."""
    asked = Wave.objects.filter(help_request=help_request, circle__isnull=False)
    aside = Q(excluded_at__isnull=False) & (
        Q(circle=help_request.circle_id) | Q(circle__in=asked.values("circle"))
    )
    return Membership.objects.filter(aside | Q(circle=help_request.circle_id, removed_at__isnull=False))


def fitting(memberships, help_request, *, at):
    """Of `memberships` those who take no break, have not passed on it, and do such things or have not said."""
    passed = NotThisTime.objects.filter(person=OuterRef("person"), help_request=help_request)
    return inclined(memberships, help_request.category, at=at).filter(~Exists(passed))


def inclined(memberships, category, *, at):
    """Of `memberships` those who take no break, and do things of the `category` or have not said what they do."""
    does = memberships.annotate(does=Cast("person__does", TextField()))
    likely = does.filter(Q(does__in=["", "[]"]) | Q(does__contains=f'"{category}"')) if category else does
    return likely.exclude(on_break(at, person="person__"))


def hearers(wave, *, at):
    """Memberships of those who hear of the opened `wave` by mail.

    What is asked quietly is told to everybody alike: whose block holds all the same is sorted out before it is sent.
    """
    if wave.person_id:
        reached = Membership.objects.filter(circle=wave.help_request.circle_id, person=wave.person_id)
    else:
        reached = Membership.objects.filter(circle=wave.circle_id, ring__lte=wave.ring)
    by_mail = reached.current().exclude(hears=Hears.NEVER).filter(person__email__isnull=False)
    reached = (able if wave.help_request.quietly else welcome)(by_mail, wave.help_request)
    return fitting(reached, wave.help_request, at=at)
