"""The rows around what is asked in the demo, as verbs would have written them."""

from dataclasses import dataclass, field

from circles.models import JournalEntry
from requests.models import HelpRequest
from requests.models.wave import FOREVER, UNDATED_SORTS_AFTER


@dataclass
class Asked:
    """One request and its rows, not yet saved."""

    help_request: HelpRequest
    ask: object
    fate: str
    helpers: list
    wave: list = field(default_factory=list)
    series: list = field(default_factory=list)
    slots: list = field(default_factory=list)
    claims: list = field(default_factory=list)
    thanks: list = field(default_factory=list)
    answers: list = field(default_factory=list)


def waves_copies(help_request, slots, *, at):
    """The columns that `HelpRequest.relist` would write at the UTC time `at`, for rows not yet saved."""
    undated = help_request.published_at + UNDATED_SORTS_AFTER
    copies = {"sort_at": undated, "listed_until": None, "relist_at": None}
    if not help_request.is_open:
        return copies
    if help_request.takes_answers:
        return copies | {"listed_until": FOREVER}
    still_open = [slot for slot in slots if slot.is_open(at=at)]
    if still_open:
        copies["sort_at"] = _first(still_open, "starts_at") or _first(still_open, "ends_at") or undated
        copies["relist_at"] = min(slot.open_until for slot in still_open)
        copies["listed_until"] = max(slot.open_until for slot in still_open)
    return copies


def _first(slots, field):
    return min((getattr(slot, field) for slot in slots if getattr(slot, field)), default=None)


def _journal(asked):
    """What the verbs would have noted."""
    help_request = asked.help_request
    about = {
        "circle_id": help_request.circle_id,
        "actor_id": help_request.posted_by_id,
        "subject": f"helprequest:{help_request.pk}",
    }
    for verb, at in (
        ("asked", help_request.published_at),
        ("closed", help_request.closed_at),
        ("cancelled", help_request.cancelled_at),
    ):
        if at:
            yield JournalEntry(verb=verb, at=at, **about)
    for claim in asked.claims:
        about |= {"actor_id": claim.person_id, "subject": f"claim:{claim.pk}"}
        yield JournalEntry(verb="claimed", at=claim.claimed_at, details={"slot": claim.slot_id}, **about)
        if claim.released_at:
            yield JournalEntry(verb="released", at=claim.released_at, **about)
