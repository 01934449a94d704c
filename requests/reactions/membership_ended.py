"""Somebody left a circle or was removed: what they promised and asked there ends, and others hear of it once."""

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import F, Q

from circles.models import JournalEntry, Membership
from supportnet.notices.sweeps import sweep

from ..models import Claim, HelpRequest, Slot, StandbyCall, Wave
from ..models.locks import lock_in_order
from .membership_changed import let_be

# Between these, by chance: what was asked quietly must not end in the minute in which somebody leaves.
SOON, LATE = dt.timedelta(days=1), dt.timedelta(days=4)
# So many end in one minute: the rest is found in the next one.
BATCH = 500


def end_with_membership(membership, *, by, at):
    """Free what the person promised in the circle, call off what they asked there, and ask nobody by their waves.

    What they asked quietly stays as it is for a few days: that it ended just then would tell whose it was.

    Whoever counted on them is told; so is a helper who did not leave by themselves (`by`). Why is told to nobody.
    What is over stays. The person, slots and then requests are locked, each in their order, as everywhere. Call it
    inside the transaction that ended the membership.
    """
    person, circle = membership.person, membership.circle
    person.lock()
    claims, asked = _promised(person, circle, at=at), _asked(person, circle)
    calls = StandbyCall.objects.waiting().filter(person=person)
    lock_all(claims, asked, calls=calls)
    for claim in claims.select_related("slot__help_request__circle", "person"):
        end = claim.free if by == person else claim.cancel
        end(by=by, at=at)
    for help_request in asked.select_related("circle"):
        (_end_unnoticed if help_request.quietly and help_request.is_open else call_off)(
            help_request, by=by, at=at
        )
    let_be(calls, at=at)
    _posted_for(person, circle).update(posted_by=F("asker"))
    _unasked(person, circle, by=by).delete()


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


def _posted_for(person, circle):
    """What the person posted for a member, or somebody for the person: it is the asker's alone from now on."""
    theirs = Q(posted_by=person, asker__in=_members(circle)) | Q(asker=person)
    return HelpRequest.objects.filter(theirs, circle=circle, published_at__isnull=False)


def _unasked(person, circle, *, by):
    """Waves by which the circle hears of what the person asks elsewhere, and those there that name them.

    Of what they ask quietly the circle hears on, unless its keepers removed them.
    """
    elsewhere = HelpRequest.objects.filter(
        Q(asker=person) | Q(posted_by=person) & ~Q(asker__in=_members(circle))
    ).exclude(circle=circle)
    if by == person:
        elsewhere = elsewhere.exclude(quietly=True, waves__circle=circle, waves__opened_at__isnull=False)
    return Wave.objects.filter(
        Q(circle=circle, help_request__in=elsewhere.values("pk"))
        | Q(person=person, help_request__circle=circle)
    )


def _members(circle):
    return circle.memberships.current().values("person")


def lock_all(claims, asked, *, calls=None):
    """Hold all that is about to end, in the order of `models/locks.py`."""
    calls = StandbyCall.objects.none() if calls is None else calls
    about = Q(pk__in=claims.order_by().values("slot")) | Q(pk__in=calls.values("slot"))
    lock_in_order(Slot.objects.filter(about | Q(help_request__in=asked.values("pk"))), requests=asked)


def call_off(help_request, *, by, at):
    """Without a reason: it is nobody's to know. Of what was closed, what was still promised."""
    if help_request.is_open:
        help_request.cancel(by=by, at=at)
        return
    promised = Claim.objects.live().ahead(at=at).filter(slot__help_request=help_request)
    for slot in help_request.slots.filter(pk__in=promised.values("slot")).order_by("pk"):
        slot.call_off(by=by, at=at)


def _end_unnoticed(help_request, *, by, at):
    """Call it off some days later, at a moment that tells nothing; whoever was accepted is told now.

    They know the name. For everybody else their place stays taken until then.
    """
    later = secrets.choice(range(int(SOON.total_seconds()), int(LATE.total_seconds())))
    HelpRequest.objects.filter(pk=help_request.pk).update(ends_unnoticed_at=at + dt.timedelta(seconds=later))
    accepted = Claim.objects.accepted().ahead(at=at).filter(slot__help_request=help_request)
    for claim in accepted.select_related("person", "slot__help_request__circle").order_by("slot_id", "pk"):
        claim.end_with_slot(by=by, at=at)
        JournalEntry.objects.write("cancelled", claim, by=by, at=at, circle=help_request.circle)
        Slot.objects.filter(pk=claim.slot_id).update(taken=F("taken") + claim.party_size)


@sweep
def end_what_was_asked_quietly(at):
    """Call off what whoever asked it quietly left behind some days ago."""
    for help_request in HelpRequest.objects.filter(ends_unnoticed_at__lte=at).select_related(
        "circle", "asker"
    )[:BATCH]:
        with transaction.atomic():
            lock_all(Claim.objects.none(), HelpRequest.objects.filter(pk=help_request.pk))
            HelpRequest.objects.filter(pk=help_request.pk).update(ends_unnoticed_at=None)
            help_request.refresh_from_db()
            # Nobody holds the places that stayed taken.
            gone = help_request.slots.exclude(claims__in=Claim.objects.accepted())
            gone.update(taken=0, covering=0)
            call_off(help_request, by=help_request.asker, at=at)
