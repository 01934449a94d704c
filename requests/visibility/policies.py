"""Who sees and does what with a help request: one function a field or deed, its rule in words.

Pages, mails, feeds and exports ask here; there is no second copy of a rule.
"""

from django.utils.translation import gettext

from circles.models import Ring
from circles.models.person import known

from ..catalogue import Reach
from ..models import Claim
from ..models.slot_times import OVER
from .viewer import fetched_for, is_shut_to, standing

# Whoever came sees the address so long after the end: they may have forgotten an umbrella.
AFTERWARDS = OVER


def may_run(person, help_request):
    """Whoever asks or posted it, and the circle's keepers, may change it and call it off."""
    return help_request.is_run_by(person) or keeps(person, help_request)


def may_edit(person, help_request, *, at):
    """Whoever may run it; but not a keeper who does not see whoever asks: its words hold the address."""
    if help_request.is_run_by(person):
        return True
    return keeps(person, help_request) and not standing(person, help_request, at=at).is_parted


def keeps(person, help_request):
    """The keepers of its circle. A draft has none: nobody but whoever writes it knows of it."""
    if help_request.state == "draft":
        return False
    # The pages ask for it together with the request itself (see `viewer.py`).
    if help_request.reader == known(person).pk:
        return help_request.kept_by_reader
    return help_request.circle.is_kept_by(person)


def may_widen(person, help_request):
    """Whoever asks or posted it decides who else sees it; where somebody agreed to who sees it, only they.

    The keepers may hold or hasten what was planned, no more.
    """
    return help_request.may_be_widened_by(person)


def may_say_yes(person, help_request):
    """Whoever asks or posted it says yes or not this time to an offer, and thanks; nobody can for them."""
    return help_request.is_run_by(person)


def may_answer(person, help_request):
    """Everybody who sees the question, but for whoever asks it, while it is open."""
    return help_request.is_open and help_request.takes_answers and not help_request.is_run_by(person)


def may_claim(person, help_request):
    """Everybody who sees it, but for whoever asks it or posted it."""
    return not help_request.is_run_by(person)


def may_move(person, help_request):
    """Whoever asks or posted it, while it is open; where somebody agreed to who sees it, only they."""
    return help_request.is_movable(by=person)


def may_promise_for(person, help_request):
    """The keepers of its circle, while it is open and has times, for a helper who told them that they come."""
    return help_request.is_open and not help_request.takes_answers and keeps(person, help_request)


def may_speak_for(person, help_request, claim):
    """The keepers of its circle pass on what a helper told them: still on, or can't. Whoever asks does not."""
    return claim.person_id != person.pk and keeps(person, help_request)


def may_take_places(person, help_request):
    """Everybody who may claim it, while it is open; neither whom a circle quietly excludes, nor whoever is unchecked
    where a checked helper is needed. Nobody but for whom it was fetched (see `viewer.py`)."""
    fetched = help_request if help_request.reader == person.pk else None
    if not fetched or not help_request.is_open or not may_claim(person, help_request):
        return False
    return not fetched.shut_to_reader and (fetched.checked_reader or not help_request.needs_checked)


def must_be_checked(person, help_request, *, at):
    """Whether it is for helpers whom the circle's keepers have checked, and `person` is none."""
    return help_request.needs_checked and not standing(person, help_request, at=at).is_checked


def may_report(person, help_request):
    """Everybody who sees it, but for whoever wrote it. A draft is nobody's to look into."""
    return help_request.state != "draft" and help_request.posted_by_id != person.pk


def may_block(person, help_request):
    """Everybody who sees it and may know who asks, but for whoever asks it or posted it."""
    return not help_request.is_run_by(person) and may_see_name(person, help_request)


def may_see_helper(person, help_request, claim):
    """Who helps has a name for everybody who sees the helpers, but for those who do not see each other; keepers do.

    `claim` comes with `is_unseen` (see `slots.with_helpers`); without it this raises.
    """
    return not claim.is_unseen or keeps(person, help_request)


def may_stand_by(person, help_request):
    """Everybody who may claim it, while it is open and has times; whom the keepers exclude gets no say in it."""
    return help_request.is_open and not help_request.takes_answers and may_claim(person, help_request)


def may_see_helpers(person, help_request):
    """Everybody who sees the request; of emotional support only whoever asks, and the circle's keepers."""
    return not help_request.needs_yes or may_run(person, help_request)


def may_see_sheet(person, help_request, *, at):
    """The printed list of who comes when: for whoever runs it, and for those who come, until a day afterwards."""
    promises = () if may_run(person, help_request) else _promises_of(person, help_request)
    return may_run(person, help_request) or any(_is_needed(claim, help_request, at=at) for claim in promises)


def may_decide_doubt(person, help_request, claim, *, at):
    """The keepers of its circle say what becomes of a promise in doubt; not of their own."""
    return claim.is_live and may_speak_for(person, help_request, claim) and claim.is_in_doubt(at=at)


def waits_for_keeper(claim):
    """Whether whoever promised sees no address, because a keeper has yet to say whether they come. Their own claim."""
    return claim.is_live and is_shut_to(claim.person, claim.help_request) and not claim.kept_at


def check_ends_first(claim, *, at):
    """Whether whoever promised reads that their check ends before that day, and a keeper has yet to say whether they
    come. Their own claim. One query where it is for checked helpers."""
    in_doubt = claim.help_request.needs_checked and claim.is_in_doubt(at=at)
    return in_doubt and not is_shut_to(claim.person, claim.help_request)


def may_see_phone_of(person, help_request, claim, *, at):
    """Whoever counts on an accepted helper may call them, until a day afterwards: whoever asks or posted it, and the
    keepers of the circle; for others the number goes with whoever leaves, and as well across a block, also while the
    name still stands there."""
    counts_on = claim.is_accepted and claim.person_id != person.pk and may_run(person, help_request)
    may_call = not claim.is_gone or keeps(person, help_request)
    return counts_on and may_call and _is_needed(claim, help_request, at=at)


def name_of_asker(person, help_request):
    """Whom it is for, in the words for `person`: of a quiet request only those who may know learn the name.

    Without a person: as it may be told to everybody whom it reaches.
    """
    if not help_request.quietly or (person and may_see_name(person, help_request)):
        return help_request.whom
    return gettext("Someone in your circle")


def may_see_name(person, help_request):
    """Of a quiet request: whoever asks or posted it, the circle's keepers, and whoever they have accepted."""
    if not help_request.quietly:
        return True
    return may_run(person, help_request) or _has_promised(person, help_request)


def _has_promised(person, help_request):
    # A list asks it together with its rows (see `pages/closed_requests.py`).
    if help_request.reader == person.pk and help_request.promised_reader is not None:
        return help_request.promised_reader
    return bool(_promises_of(person, help_request))


def may_see_address(person, help_request, *, at):
    """Unless whoever asks said otherwise: those who come, and the keepers."""
    return _within_reach("address", person, help_request, at=at)


def may_see_way_in(person, help_request, *, at):
    """As far as its own reach, and never further than the address, without which it is of no use."""
    return _within_reach("way_in", person, help_request, at=at) and may_see_address(
        person, help_request, at=at
    )


def may_see_phone(person, help_request, *, at):
    """Unless whoever asks said otherwise: those who come, who might have to call, and the keepers."""
    return _within_reach("phone", person, help_request, at=at)


def may_see_medical_note(person, help_request, *, at):
    """Unless whoever asks said otherwise: those who come, and the keepers."""
    return _within_reach("medical_note", person, help_request, at=at)


def may_see_children(person, help_request, *, at):
    """The children's names. Unless whoever asks said otherwise: those who come, and the keepers."""
    return _within_reach("children", person, help_request, at=at)


def may_see_away(person, help_request, *, at):
    """When nobody is home. Unless whoever asks said otherwise: those who come, and the keepers."""
    return _within_reach("away", person, help_request, at=at)


def may_see_visit(person, help_request, *, at):
    """What one needs at the door: pets, parking and the like. As far as the address."""
    return may_see_address(person, help_request, at=at)


# The private fields, each with the function that says who sees it.
LADDER = {
    "address": may_see_address,
    "way_in": may_see_way_in,
    "phone": may_see_phone,
    "medical_note": may_see_medical_note,
    "children": may_see_children,
    "away": may_see_away,
}


def ladder(person, help_request, *, at):
    """{field: value} of what is filled in and `person` may see at the UTC time `at`. Raises `NobodyAsked`."""
    runs = help_request.is_run_by(known(person))
    told = {field: value for field in LADDER if (value := getattr(help_request, field))}
    if told and not runs:
        help_request = _with_promises(person, fetched_for(person, help_request, at=at))
    return {field: value for field, value in told.items() if LADDER[field](person, help_request, at=at)}


def reach_of(field, help_request):
    """Who sees a field of the ladder besides whoever asks, as they said.

    What is asked quietly goes no further than to those who come: an address would tell the name.
    """
    reach = Reach.said(help_request.reaches, field)
    return Reach.HELPERS if help_request.quietly and reach in RING_OF_REACH else reach


# How near one has to stand, where the asker chose so.
RING_OF_REACH = {Reach.INNER: Ring.INNER, Reach.CLOSE: Ring.CLOSE, Reach.EVERYONE: Ring.EVERYONE}


def _within_reach(field, person, help_request, *, at):
    """Whoever asks or posted it sees all, and so do the keepers; who else does is said by the field's reach.

    Never whom a keeper quietly excludes, unless one has said that they come all the same; nor, keeper or not, who is
    parted from whoever asks by a block. Those who come: whoever holds an accepted promise and still belongs to those
    who were asked, from the moment it is accepted until 24 hours after the end of its slot; and not once it was given
    back or called off.
    """
    if help_request.is_run_by(known(person)):
        return True
    stands = standing(person, help_request, at=at)
    if stands.is_parted or help_request.state == "draft":
        return False
    if stands.keeps:
        return True
    reach = reach_of(field, help_request)
    if reach == Reach.KEEPERS:
        return False
    if stands.belongs and _comes(person, help_request, only_kept=stands.is_shut_out, at=at):
        return True
    if stands.is_shut_out:
        return False
    ring = RING_OF_REACH.get(reach)
    return ring is not None and stands.ring is not None and stands.ring <= ring


def _comes(person, help_request, *, only_kept, at):
    return any(
        _is_needed(claim, help_request, at=at) and (claim.kept_at or not only_kept)
        for claim in _promises_of(person, help_request)
    )


def _is_needed(claim, help_request, *, at):
    """Without an end: until 24 hours after the helper said that it happened, or the request was closed."""
    over = claim.slot.ends_at or min(filter(None, [claim.happened_at, help_request.closed_at]), default=None)
    return over is None or at < over + AFTERWARDS


def _with_promises(person, help_request):
    """The request as it was fetched for `person`, with their promises, so that six fields do not ask six times."""
    help_request.promises = {person.pk: list(_promises_of(person, help_request))}
    return help_request


def _promises_of(person, help_request):
    """Accepted promises of `person`, from what was fetched with the request, else by one query."""
    if help_request.promises and person.pk in help_request.promises:
        return help_request.promises[person.pk]
    if not help_request.has_slots_at_hand:
        mine = Claim.objects.accepted().filter(person=person, slot__help_request=help_request)
        return mine.select_related("slot")
    return [
        claim
        for slot in help_request.slots.all()
        for claim in slot.claims.all()
        if claim.person_id == person.pk and claim.is_accepted
    ]
