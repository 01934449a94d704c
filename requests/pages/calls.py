"""Whom to call about tomorrow and the day after, on paper."""

from ..models import Claim, HelpRequest, Slot
from ..visibility import policies
from .months import DAY
from .sheets import _kept, _midnight, _open, _time, _within


def calls_of(circle, person, *, at):
    """Whom to call about tomorrow and the day after, in a circle that `person` keeps.

    {"to_call", "sure", "open"}: those who have not said "still on", first of them who has no mail that reaches them;
    those who have; and the times at which somebody is missing. Two queries.
    """
    tomorrow = at.astimezone(circle.zone).date() + DAY
    window = _within(_midnight(tomorrow, circle.zone), _midnight(tomorrow + 2 * DAY, circle.zone))
    asked = HelpRequest.objects.kept_by(person).filter(circle=circle)
    slots = Slot.objects.filter(window, help_request__in=asked.values("pk"), cancelled_at__isnull=True)
    claims = Claim.objects.accepted().filter(slot__in=slots.values("pk")).with_unseen(person)
    claims = claims.select_related(
        "person", *(f"slot__help_request__{name}" for name in ("asker", "consent"))
    )
    rows = [_call(claim, circle, person, at=at) for claim in claims.order_by("slot__starts_at", "pk")]
    rows.sort(key=lambda row: row["has_mail"])
    return {
        "to_call": [row for row in rows if not row["sure"]],
        "sure": [row for row in rows if row["sure"]],
        "open": [
            _missing(slot, circle, person, at=at)
            for slot in slots.open(at=at)
            .in_order()
            .select_related("help_request__asker", "help_request__consent")
        ],
    }


def _call(claim, circle, person, *, at):
    helper, help_request = claim.person, _kept(claim.help_request, circle, person)
    return {
        "name": str(helper),
        "claim_url": claim.get_absolute_url(),
        "phone": helper.phone if policies.may_see_phone_of(person, help_request, claim, at=at) else "",
        "has_mail": helper.hears_by_mail,
        "sure": claim.confirmed_at is not None,
        "looks_for_cover": claim.cover_wanted_at is not None,
        "bringing": claim.brings,
        **_about(claim.slot, help_request, person, circle.zone, at=at),
    }


def _missing(slot, circle, person, *, at):
    help_request = _kept(slot.help_request, circle, person)
    return {"room": _open(slot, at=at), **_about(slot, help_request, person, circle.zone, at=at)}


def _about(slot, help_request, person, zone, *, at):
    return {
        **_time(slot, zone, at=at),
        "title": help_request.title,
        "url": help_request.get_absolute_url(),
        "whom": policies.name_of_asker(person, help_request),
    }
