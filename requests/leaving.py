"""Somebody left a circle or was removed: what they promised and asked there ends, and others hear of it once."""

from django.db.models import F, Q

from circles.models import Membership

from .models import Claim, HelpRequest, Slot, Wave


def end_with_membership(membership, *, by, at):
    """Free what the person promised in the circle, call off what they asked there, and ask nobody by their waves.

    Whoever counted on them is told; so is a helper who did not leave by themselves (`by`). Why is told to nobody.
    What is over stays. The person, slots and then requests are locked, each in their order, as everywhere. Call it
    inside the transaction that ended the membership.
    """
    person, circle = membership.person, membership.circle
    person.lock()
    claims, asked = _promised(person, circle, at=at), _asked(person, circle)
    _hold(claims, asked)
    for claim in claims.select_related("slot__help_request__circle", "person"):
        end = claim.free if by == person else claim.cancel
        end(by=by, at=at)
    for help_request in asked.select_related("circle"):
        _call_off(help_request, by=by, at=at)
    _asked_for_who_stays(person, circle).update(posted_by=F("asker"))
    _unasked(person, circle).delete()


def _promised(person, circle, *, at):
    """Live promises ahead in the circle, and in others those of which the person knew by this one alone."""
    mine = Claim.objects.live().ahead(at=at).filter(person=person)
    known = Q(slot__help_request__in=Wave.objects.reaching(person, at=at).values("help_request"))
    member = Q(
        slot__help_request__circle__in=Membership.objects.current().filter(person=person).values("circle")
    )
    by_this = Q(slot__help_request__in=Wave.objects.filter(circle=circle).values("help_request"))
    there = Q(slot__help_request__circle=circle)
    return mine.filter(there | by_this & ~known & ~member).order_by("slot__help_request_id", "slot_id")


def _asked(person, circle):
    """What the person asked there, or posted for somebody who is not in the circle either."""
    theirs = Q(asker=person) | Q(posted_by=person) & ~Q(asker__in=_members(circle))
    there = HelpRequest.objects.filter(theirs, circle=circle, published_at__isnull=False)
    return there.filter(cancelled_at__isnull=True).order_by("pk")


def _asked_for_who_stays(person, circle):
    """What the person posted for a member: it is theirs alone from now on."""
    posted = HelpRequest.objects.filter(posted_by=person, circle=circle, published_at__isnull=False)
    return posted.filter(asker__in=_members(circle))


def _unasked(person, circle):
    """Waves by which the circle hears of what the person asks elsewhere, and those there that name them."""
    elsewhere = HelpRequest.objects.filter(
        Q(asker=person) | Q(posted_by=person) & ~Q(asker__in=_members(circle))
    ).exclude(circle=circle)
    return Wave.objects.filter(
        Q(circle=circle, help_request__in=elsewhere.values("pk"))
        | Q(person=person, help_request__circle=circle)
    )


def _members(circle):
    return circle.memberships.current().values("person")


def _hold(claims, asked):
    """All slots before the first request: see `HelpRequest.lock`."""
    slots = Slot.objects.filter(
        Q(pk__in=claims.order_by().values("slot")) | Q(help_request__in=asked.values("pk"))
    )
    slots = list(slots.select_for_update(no_key=True).order_by("pk").values_list("help_request", flat=True))
    requests = HelpRequest.objects.filter(Q(pk__in=slots) | Q(pk__in=asked.values("pk")))
    list(requests.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _call_off(help_request, *, by, at):
    """Without a reason: it is nobody's to know. Of what was closed, what was still promised."""
    if help_request.is_open:
        help_request.cancel(by=by, at=at)
        return
    promised = Claim.objects.live().ahead(at=at).filter(slot__help_request=help_request)
    for slot in help_request.slots.filter(pk__in=promised.values("slot")).order_by("pk"):
        slot.call_off(by=by, at=at)
