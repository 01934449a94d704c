"""Who sees and does what with a help request: one function a field or deed, its rule in words.

Pages, mails, feeds and exports ask here; there is no second copy of a rule.
"""

import datetime as dt

from .models import Claim

AFTERWARDS = dt.timedelta(hours=24)


def may_run(person, help_request):
    """Whoever asks or posted it, and the circle's keepers, may change it and call it off."""
    return help_request.is_run_by(person) or keeps(person, help_request)


def keeps(person, help_request):
    """The keepers of its circle. A draft has none: nobody but whoever writes it knows of it."""
    if help_request.state == "draft":
        return False
    # The pages ask for it together with the request itself (see `views/access.py`).
    known = getattr(help_request, "kept_by_reader", None)
    return help_request.circle.is_kept_by(person) if known is None else known


def may_say_yes(person, help_request):
    """Whoever asks or posted it says yes or not this time to an offer, and thanks; nobody can for them."""
    return help_request.is_run_by(person)


def may_answer(person, help_request):
    """Everybody who sees the question, but for whoever asks it, while it is open."""
    return help_request.is_open and help_request.takes_answers and not help_request.is_run_by(person)


def may_claim(person, help_request):
    """Everybody who sees it, but for whoever asks it or posted it."""
    return not help_request.is_run_by(person)


def may_see_helpers(person, help_request):
    """Everybody who sees the request; of emotional support only whoever asks, and the circle's keepers."""
    return not help_request.needs_yes or may_run(person, help_request)


def may_see_address(person, help_request, *, at):
    """Whoever asks or posted it, the circle's keepers, and whoever holds an accepted promise.

    These from the moment it is accepted until 24 hours after the end of its slot; without an end, until 24
    hours after the request was closed; and not once the promise was given back or called off.
    """
    if may_run(person, help_request):
        return True
    return any(_is_needed(claim, help_request, at=at) for claim in _promises_of(person, help_request))


def may_see_way_in(person, help_request, *, at):
    """Whoever may see the address: it is of no use without."""
    return may_see_address(person, help_request, at=at)


def may_see_phone(person, help_request, *, at):
    """Whoever may see the address: they are the ones who might have to call."""
    return may_see_address(person, help_request, at=at)


def _is_needed(claim, help_request, *, at):
    over = claim.slot.ends_at or help_request.closed_at
    return over is None or at < over + AFTERWARDS


def _promises_of(person, help_request):
    """Accepted promises of `person`, from what was fetched with the request, else by one query."""
    if "slots" not in getattr(help_request, "_prefetched_objects_cache", {}):
        mine = Claim.objects.accepted().filter(person=person, slot__help_request=help_request)
        return mine.select_related("slot")
    return [
        claim
        for slot in help_request.slots.all()
        for claim in slot.claims.all()
        if claim.person_id == person.pk and claim.is_accepted
    ]
